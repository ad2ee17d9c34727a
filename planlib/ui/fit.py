"""The parts of the page *Past dit hier?*: the wish, the answer, the list, the map and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import streamlit as st
from streamlit_folium import st_folium

from planlib.errors import ReleaseError
from planlib.insight.fit import Places
from planlib.insight.named_land import NamedLand
from planlib.model.register import Entry, Initiative
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.fit_results import Found, places_for
from planlib.ui.map_clicks import take_click
from planlib.ui.pick_table import pick_table
from planlib.views.address import MOST_SIZE_M2, MOST_WIDTH_M, MOST_WITHIN_M, Measure
from planlib.views.fit_html import distance, owners, places_headline, site_name, why_card
from planlib.views.maps import area_map, focus_site, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import changed_sentence, checked_sentence, exploration, land_where

_MAP_KEY = "fit_map"
_M2_PER_HA = 10_000.0
#: What the page asks for before anybody chose.
_SIZE_M2, _WIDTH_M = 20_000.0, 40.0


def wish(named: NamedLand, words: Words) -> Measure:
    """Draw how much land is needed, how wide, how near, and whether it may be claimed; kept in the address."""
    measure = choices.measure_in_address(size_m2=_SIZE_M2, width_m=_WIDTH_M)
    size, width, within = st.columns(3)
    size.number_input(
        words("How many hectares?"),
        min_value=0.01,
        max_value=MOST_SIZE_M2 / _M2_PER_HA,
        step=0.25,
        help=words("One hectare is 10,000 m²: a football pitch and a half."),
        **choices.bound(
            "fit_size", measure.size_m2 / _M2_PER_HA, lambda picked: choices.set_size(float(str(picked)) * _M2_PER_HA)
        ),
    )
    width.number_input(
        words("How wide, in metres?"),
        min_value=0.0,
        max_value=MOST_WIDTH_M,
        step=5.0,
        format="%.0f",
        help=words("A circle this wide must fit in the land everywhere it is counted. Zero asks for no width."),
        **choices.bound("fit_width", measure.width_m, lambda picked: choices.set_width(float(str(picked)))),
    )
    within.number_input(
        words("Within how many metres of it?"),
        min_value=0.0,
        max_value=MOST_WITHIN_M,
        step=100.0,
        format="%.0f",
        disabled=named.kind == "area",
        help=words("Around the place chosen under Where; zero stays inside it."),
        **choices.bound("fit_within", measure.within_m, lambda picked: choices.set_within(float(str(picked)))),
    )
    st.toggle(
        words("Only land that nobody has a plan for"),
        **choices.bound("fit_unclaimed", measure.only_unclaimed, lambda on: choices.set_unclaimed(bool(on))),
    )
    return measure


def find(
    assessment: Assessment, named: NamedLand, measure: Measure, entries: Sequence[Entry], words: Words
) -> Found | None:
    """Return where it fits; None after saying why it cannot be looked for."""
    try:
        with st.spinner(words("Looking for places"), show_time=False):
            return places_for(assessment, named, measure, tuple(entries))
    except ReleaseError as problem:
        st.html(f'<p class="pl-problem">{safe(words.error(problem))}</p>')
        return None


def answer(places: Places, assessment: Assessment, named: NamedLand, words: Words) -> None:
    """Draw the answer in words."""
    where = land_where(named, assessment.release, words)
    said = places_headline(places, assessment.scenario.use, where, words)
    changed = changed_sentence(assessment, words)
    note = f' <small class="pl-changed">{safe(changed)}</small>' if changed else ""
    st.html(f'<p class="pl-answer">{safe(said)} <small>{safe(checked_sentence(assessment, words))}</small>{note}</p>')


def selected_place(places: Places, parcel: str | None) -> int | None:
    """Return the position of the best place that holds the selected parcel, None when none does."""
    return next((at for at, candidate in enumerate(places.candidates) if parcel in candidate.parcel_ids), None)


def place_list(found: Found, words: Words, *, selected: int | None) -> None:
    """Draw the places, best first; picking one selects its first parcel and moves the map there."""
    places = found.places
    if not places.candidates:
        st.html(f"<p>{safe(words('Ask for less land, less width or a wider reach, or move a rule first.'))}</p>")
        return
    headers = [
        words("spot"),
        words("in one piece"),
        words("free"),
        words("parcels"),
        words("distance"),
        words("owners"),
    ]
    rows = [
        [
            f"{number}. {site_name(candidate, words)}",
            words.area(candidate.site.area_m2),
            words.share(candidate.free_share, 1.0),
            words.number(len(candidate.parcel_ids)),
            "–" if not candidate.distance_m else distance(candidate.distance_m, words),
            owners(candidate, words) + (" · " + words("claimed") if candidate.claims else ""),
        ]
        for number, candidate in enumerate(places.candidates, start=1)
    ]
    ids = [str(number) for number in range(len(rows))]
    marked = None if selected is None else str(selected)
    picked = pick_table(
        headers, rows, ids, selected=marked, caption=words("Places where it fits, best first"), key="fit_table"
    )
    order = words(
        "Best first: unclaimed, then the fewest parcels, then the most that is free without conditions, then the "
        "nearest."
    )
    count = words("{shown} of {all} places", shown=len(rows), all=words.number(places.found))
    st.html(f'<p class="pl-quiet">{safe(count)}. {safe(order)}</p>')
    if picked and picked != marked:
        choices.select(parcel=places.candidates[int(picked)].parcel_ids[0])
        choices.look_at(focus_site(found.sites[int(picked)], token=uuid4().hex))
        st.rerun()


def why(places: Places, assessment: Assessment, words: Words, *, selected: int | None) -> None:
    """Draw why it fits on the selected place, or what to do first."""
    if selected is not None:
        st.html(why_card(places.candidates[selected], selected + 1, assessment, words))
    elif places.candidates:
        st.html(f'<p class="pl-quiet">{safe(words("Pick a place in the list or on the map: here stands why."))}</p>')


def places_map(
    found: Found,
    assessment: Assessment,
    entries: Sequence[Entry],
    named: NamedLand,
    words: Words,
    *,
    selected: int | None,
    height: int,
) -> None:
    """Draw the map with the places outlined and numbered as in the list, and the plans that are there."""
    release = assessment.release
    plans = [entry for entry in entries if isinstance(entry, Initiative)]
    st_folium(
        area_map(release),
        key=_MAP_KEY,
        height=height,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=map_state(
            assessment,
            texts=map_texts(words, release, disclaimer=exploration(assessment, words), drawing=True),
            pins=entry_pins(plans, words),
            focus=choices.look(),
            land=named.outline,
            sites=[replace(site, selected=at == selected) for at, site in enumerate(found.sites)],
        ),
        on_change=lambda: take_click(release, _MAP_KEY),
    )
