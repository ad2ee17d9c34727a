"""The parts of the page *Thema's en plekken*: from a theme to places, from a place to themes, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit_folium import st_folium

from planlib.catalogue import Catalogue, Theme
from planlib.insight.eight import (
    Evidence,
    Gaps,
    assess_uses,
    entries_on,
    evidence_of_land,
    find_gaps,
    places_for,
    themes_for,
)
from planlib.insight.named_land import NamedLand, region_text
from planlib.model.register import Entry
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.land import PickedLand, chosen_land, set_land
from planlib.ui.map_clicks import take_click
from planlib.ui.pick_table import pick_table
from planlib.views.entry_words import entry_label
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import USE_NAMES, exploration

_MAP_KEY = "theme_map"
PLACES, THEMES, GAPS, EDIT = "plekken", "themas", "gaten", "bewerk"
#: msgids of the three ways to look, and of changing what is looked for.
WAY_NAMES = {
    PLACES: "a theme looks for a place",
    THEMES: "a place looks for a theme",
    GAPS: "what is missing",
    EDIT: "change the themes",
}


def way(words: Words) -> str:
    """Draw the choice between the two ways, the gaps and changing the themes, and return it."""
    wanted = choices.way_in_address()
    now = wanted if wanted in WAY_NAMES else PLACES
    picked = st.segmented_control(
        words("What do you start from?"),
        list(WAY_NAMES),
        format_func=lambda option: _capital(words(WAY_NAMES[option])),
        required=True,
        **choices.bound("way", now, lambda option: choices.set_way(str(option))),
    )
    return str(picked or PLACES)


def pick_theme(themes: Sequence[Theme], words: Words) -> Theme:
    """Draw the choice of a theme, kept in the address, and return it with what it is about below."""
    by_id = {theme.id: theme for theme in themes}
    wanted = choices.theme_in_address()
    now = wanted if wanted in by_id else themes[0].id
    st.selectbox(
        words("Theme"),
        list(by_id),
        format_func=lambda theme_id: by_id[theme_id].title.in_language(words.language),
        **choices.bound("theme", now, lambda picked: choices.set_theme(str(picked))),
    )
    theme = by_id[now]
    st.html(f'<p class="pl-quiet">{safe(theme.description.in_language(words.language))}</p>')
    return theme


def assess_theme(assessment: Assessment, theme: Theme) -> Assessment:
    """Return the area for the theme's own first use, so that map and list speak of the same; as it is without one."""
    if not theme.uses:
        return assessment
    return assess(assessment.release, replace(assessment.scenario, use=theme.uses[0]))


def places_of_theme(matrix: Sequence[Evidence], theme: Theme, release: Release, words: Words) -> None:
    """Draw the places for a theme, the best first; picking one shows it on the map and says why."""
    ranked = places_for(matrix, theme.id)
    title = theme.title.in_language(words.language)
    if not ranked:
        st.html(f'<p class="pl-answer">{safe(words("Nothing here speaks for {theme} yet.", theme=title))}</p>')
        return
    said = words("For {theme} most speaks for {place}.", theme=_low(title), place=ranked[0].place)
    st.html(f'<p class="pl-answer">{safe(said)}</p>')
    now = chosen_land(release)
    selected = now.label if now.kind == "region" else None
    headers = [words("place"), words("initiatives"), words("bronpunten"), words("core qualities"), words("room")]
    rows = [[evidence.place, *_figures(evidence, words)] for evidence in ranked]
    picked = pick_table(
        headers,
        rows,
        [evidence.place for evidence in ranked],
        selected=selected,
        caption=words("Places for {theme}, the most evidence first", theme=title),
        key="theme_places",
    )
    if picked and picked != selected:
        set_land(release, region_text(picked))
        st.rerun()
    for evidence in ranked:
        if evidence.place == (selected or ranked[0].place):
            st.html(_why(evidence, evidence.place, words))


def themes_of_place(
    picked: PickedLand, assessment: Assessment, entries: Sequence[Entry], catalogue: Catalogue, words: Words
) -> None:
    """Draw the themes for a piece of land, the best first, each with its reasons."""
    by_use = assess_uses(assessment.release, assessment.scenario)
    here = entries_on(picked.named, entries)
    ranked = themes_for(evidence_of_land(picked.land, here, catalogue, by_use, place=picked.title), picked.title)
    if not ranked:
        st.html(f'<p class="pl-answer">{safe(words("Nothing here points to a theme yet."))}</p>')
        return
    best = _low(ranked[0].theme.title.in_language(words.language))
    st.html(
        f'<p class="pl-answer">{safe(words("In {place} most speaks for {theme}.", place=picked.title, theme=best))}</p>'
    )
    st.html("".join(_why(evidence, evidence.theme.title.in_language(words.language), words) for evidence in ranked))


def gaps(matrix: Sequence[Evidence], entries: Sequence[Entry], words: Words) -> None:
    """Draw what is missing: themes without a plan, places without a plan, and plans without a theme."""
    found: Gaps = find_gaps(matrix, entries)
    themes = [theme.title.in_language(words.language) for theme in found.themes_without_place]
    plans = [entry_label(entry, words) for entry in found.entries_without_theme]
    blocks = (
        (words("Themes that no initiative or bronpunt serves here"), themes),
        (words("Places where no initiative or bronpunt serves a theme"), list(found.places_without_theme)),
        (words("Initiatives and bronpunten that serve no theme"), plans),
    )
    for title, names in blocks:
        items = "".join(f"<li>{safe(name)}</li>" for name in names)
        body = (
            f'<ul class="pl-open">{items}</ul>' if names else f"<p>{safe(words('None: nothing is missing here.'))}</p>"
        )
        st.html(f'<div class="pl-card"><h4>{safe(title)}</h4>{body}</div>')


def without_theme(matrix: Sequence[Evidence], entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that serve no theme, for the map beside the gaps."""
    return list(find_gaps(matrix, entries).entries_without_theme)


def theme_map(assessment: Assessment, entries: Sequence[Entry], land: NamedLand, words: Words, *, height: int) -> None:
    """Draw the map with the entries that serve the theme, and a line around the place."""
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
            pins=entry_pins(entries, words),
            focus=choices.look(),
            land=land.outline,
        ),
        on_change=lambda: take_click(release, _MAP_KEY),
    )


def _figures(evidence: Evidence, words: Words) -> list[str]:
    space = words.area(evidence.space_m2) if evidence.space_m2 else "–"
    counts = (len(evidence.initiatives), len(evidence.bronpunten), len(evidence.qualities))
    return [*(words.number(count) if count else "–" for count in counts), space]


def _why(evidence: Evidence, title: str, words: Words) -> str:
    """Return the reasons as a card; people's titles go through the one escape."""
    rows = [
        (words("initiatives"), [entry.title for entry in evidence.initiatives]),
        (words("bronpunten"), [entry.title for entry in evidence.bronpunten]),
        (words("core qualities"), [item.title.in_language(words.language) for item in evidence.qualities]),
    ]
    if evidence.space_m2:
        use = max(evidence.suiting_m2, key=lambda name: evidence.suiting_m2[name])
        area = words.area(evidence.space_m2)
        room = words("{area} free or free under conditions for {use}", area=area, use=words(USE_NAMES[use]))
        rows.append((words("room"), [room]))
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(', '.join(said))}</dd>" for name, said in rows if said)
    return f'<div class="pl-card"><h4>{safe(title)}</h4><div class="pl-rule"><dl>{facts}</dl></div></div>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]
