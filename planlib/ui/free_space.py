"""The parts of the page *Vrije ruimte*: the question, the answer, the map and the card."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit_folium import st_folium

from planlib.insight.land import outcomes_m2
from planlib.insight.named_land import NamedLand
from planlib.model import Use
from planlib.model.register import Entry
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.land import PickedLand
from planlib.ui.loading import today
from planlib.ui.map_clicks import take_click
from planlib.views.ages import stale_sentence
from planlib.views.html import not_in_area, outcome_bar
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import (
    USE_NAMES,
    checked_sentence,
    exploration,
    headline,
    left_out_sentence,
    refused_sentence,
    release_line,
    scenario_line,
    scenario_sentences,
    statement,
)

_MAP_KEY = "map"
_ANY = "any"


def question(use: Use | None, words: Words) -> None:
    """Draw the question: what for?"""
    # A choice of nothing would be shown as no choice, so every use goes by a word here.
    names = {str(each): _capital(words(name)) for each, name in USE_NAMES.items() if each is not None}
    names[_ANY] = _capital(words("anything at all (the strictest rules)"))
    st.selectbox(
        words("What for?"),
        list(names),
        format_func=lambda option: names[option],
        **choices.bound(
            "use", str(use or _ANY), lambda picked: choices.set_use(None if picked == _ANY else Use(str(picked)))
        ),
    )


def answer(assessment: Assessment, picked: PickedLand, words: Words, *, refused: int = 0) -> None:
    """Draw the answer in words for a piece of land, and the bar that is the legend of the map.

    ``refused`` is how many choices of the link do not fit this area.
    """
    asides = (
        checked_sentence(assessment, words),
        left_out_sentence(assessment, words),
        stale_sentence(assessment.checked, today(), words),
    )
    small = " ".join(filter(None, asides))
    scenario = " ".join(scenario_sentences(assessment, words))
    said = headline(assessment, words, named=picked.named)
    note = f' <small class="pl-changed">{safe(scenario)}</small>' if scenario else ""
    if refused:
        note += f" <small>{safe(refused_sentence(refused, words))}</small>"
    st.html(
        f'<p class="pl-answer">{safe(said)} <small>{safe(small)}</small>{note}</p>'
        + not_in_area(assessment, words)
        + outcome_bar(outcomes_m2(assessment, picked.land), words)
    )


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
            pins=entry_pins(entries, words),
            focus=choices.look(),
            land=land.outline,
        ),
        on_change=lambda: take_click(release, _MAP_KEY),
    )


def footer(assessment: Assessment, words: Words, *, below_map: bool = False) -> None:
    """Draw the line that goes with every number; on a page with a map only what the line on the map leaves out."""
    line = scenario_line(assessment, words) if below_map else statement(assessment, words)
    st.html(f'<p class="pl-foot">{safe(line)} {safe(release_line(assessment, words))}</p>')


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
