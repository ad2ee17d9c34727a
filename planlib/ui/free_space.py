"""The parts of the page *Vrije ruimte*: the question, the answer, the map and the card."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit_folium import st_folium

from planlib.catalogue import read_catalogue
from planlib.insight import explain_parcel
from planlib.insight.land import outcomes_m2
from planlib.insight.named_land import NamedLand, region_text
from planlib.insight.regions import region_shapes
from planlib.model import Use
from planlib.model.register import Entry
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.land import PickedLand, set_land
from planlib.ui.loading import search_index
from planlib.ui.map_clicks import take_click
from planlib.ui.register_panel import entry_card, entry_label
from planlib.views.html import outcome_bar, parcel_card
from planlib.views.maps import area_map, make_pin, map_state, map_texts
from planlib.views.search import Find, find_focus
from planlib.views.sentences import (
    USE_NAMES,
    changed_sentence,
    checked_sentence,
    exploration,
    headline,
    left_out_sentence,
    release_line,
    statement,
)

_MAP_KEY = "map"
_FIND_NAMES = {"parcel": "parcel", "address": "address", "street": "street", "place": "place"}


def question(use: Use | None, words: Words) -> None:
    """Draw the question: what for?"""
    names = {None: _capital(words("anything at all (the strictest rules)")), **_use_names(words)}
    st.selectbox(
        words("What for?"),
        [*Use, None],
        format_func=lambda option: names[option],
        **choices.bound("use", use, lambda picked: choices.set_use(Use(str(picked)) if picked else None)),
    )


def search(release: Release, words: Words) -> None:
    """Draw the search field; a find moves the map and, where it is a parcel or an address, selects the parcel."""
    text = st.text_input(words("Search"), key="search", placeholder=words("parcel, address, street or place"))
    if not text:
        return
    index = search_index(release.id)
    finds = index.find(text)
    if not finds:
        st.text(words("Nothing found; try a part of the name."))
        return
    with st.container(horizontal=True, gap="small"):
        for at, find in enumerate(finds):
            st.button(
                f"{find.name} ({words(_FIND_NAMES[find.kind])})",
                key=f"find_{at}",
                on_click=_go_to,
                args=(release, find, index.parcel_of(find)),
            )


def answer(assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw the answer in words for a piece of land, and the bar that is the legend of the map."""
    small = " ".join(filter(None, (checked_sentence(assessment, words), left_out_sentence(assessment, words))))
    changed = changed_sentence(assessment, words)
    said = headline(assessment, words, named=picked.named)
    note = f' <small class="pl-changed">{safe(changed)}</small>' if changed else ""
    st.html(f'<p class="pl-answer">{safe(said)} <small>{safe(small)}</small>{note}</p>')
    st.html(outcome_bar(outcomes_m2(assessment, picked.land), words))


def map_panel(
    assessment: Assessment,
    chosen: Choices,
    entries: Sequence[Entry],
    words: Words,
    *,
    land: NamedLand,
    height: int,
) -> None:
    """Draw the map; a click puts the parcel, initiative, bronpunt or drawn shape in the address."""
    release = assessment.release
    texts = map_texts(words, release, disclaimer=exploration(assessment, words), drawing=True)
    st_folium(
        area_map(release),
        key=_MAP_KEY,
        height=height,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=map_state(
            assessment,
            texts=texts,
            selected=release.find_parcel(chosen.parcel),
            pins=[make_pin(entry, label=entry_label(entry, words)) for entry in entries],
            focus=choices.look(),
            land=land.outline,
        ),
        on_change=lambda: take_click(release, _MAP_KEY),
    )


def card(assessment: Assessment, chosen: Choices, entries: Sequence[Entry], words: Words) -> None:
    """Draw the card of what is selected, or what to try first."""
    entry = next((entry for entry in entries if entry.uid == chosen.entry), None)
    if entry is not None:
        entry_card(entry, assessment.release, words)
    elif assessment.release.find_parcel(chosen.parcel) is not None and chosen.parcel is not None:
        st.html(parcel_card(explain_parcel(assessment, chosen.parcel), words))
    else:
        _first_steps(chosen, words)
    if entry is not None or chosen.parcel is not None:
        st.button(words("Close this card"), on_click=choices.select, key="close_card")
    _duties(assessment, words)


def footer(assessment: Assessment, words: Words) -> None:
    """Draw the line that goes with every number: date, use, scenario, release, no decision, no promise."""
    st.html(f'<p class="pl-foot">{safe(statement(assessment, words))} {safe(release_line(assessment, words))}</p>')


def language(words: Words) -> None:
    """Draw the choice of language."""
    names = {"nl": "Nederlands", "en": "English"}
    st.segmented_control(
        words("Language"),
        list(names),
        format_func=lambda code: names[code],
        required=True,
        **choices.bound("language", words.language, lambda picked: choices.set_language(str(picked))),
    )


def _first_steps(chosen: Choices, words: Words) -> None:
    missing = ""
    if chosen.parcel is not None:
        missing = f"<p>{safe(words('There is no parcel {id} here.', id=chosen.parcel))}</p>"
    steps = (
        words("Choose above what you want to do: housing, nature, solar panels …"),
        words("Click a parcel on the map, or search for an address: its card says what holds it and whom to talk to."),
        words("Open a group of rules on the left and think one away: the map and the answer follow."),
    )
    items = "".join(f"<li>{safe(step)}</li>" for step in steps)
    st.html(f'<div class="pl-card"><h3>{safe(words("Where to begin"))}</h3>{missing}<ol>{items}</ol></div>')


def _duties(assessment: Assessment, words: Words) -> None:
    use = assessment.scenario.use
    duties = [duty for duty in read_catalogue().duties if use is None or use in duty.uses]
    if not duties:
        return
    names = ", ".join(duty.title.in_language(words.language).lower() for duty in duties)
    texts = "".join(
        f"<p><b>{safe(duty.title.in_language(words.language))}</b><br>{safe(duty.text.in_language(words.language))}"
        f"<br><small>{safe(duty.legal_basis)}</small></p>"
        for duty in duties
    )
    summary = safe(words("Everywhere also holds: {names}", names=names))
    folded = f'<details class="pl-rule"><summary><small>{summary}</small></summary>{texts}</details>'
    st.html(f'<div class="pl-card">{folded}</div>')


def _go_to(release: Release, find: Find, parcel: str | None) -> None:
    if find.name in region_shapes(release).names:
        set_land(release, region_text(find.name))
        return
    choices.look_at(find_focus(find, crs=release.area.crs))
    if parcel is not None:
        choices.select(parcel=parcel)


def _use_names(words: Words) -> dict[Use | None, str]:
    return {use: _capital(words(name)) for use, name in USE_NAMES.items() if use is not None}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
