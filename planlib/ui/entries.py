"""The parts that the pages *Initiatieven* and *Bronpunten* share: list and map together, and the one that is open."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit_folium import st_folium

from planlib.catalogue import Catalogue
from planlib.model.register import Bronpunt, Entry, Initiative
from planlib.scenario import Assessment
from planlib.store import Register
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.entry_form import edit_entry, new_entry
from planlib.ui.land import chosen_land
from planlib.ui.lists import entry_list
from planlib.ui.map_clicks import take_click
from planlib.ui.players import table_of
from planlib.ui.register_panel import entry_card
from planlib.ui.story_panel import story
from planlib.ui.story_stage import story_button
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import exploration


def entry_map(assessment: Assessment, chosen: Choices, entries: Sequence[Entry], words: Words, *, key: str) -> None:
    """Draw the map with these entries; a click or a drawn shape is the place of a new one."""
    release = assessment.release
    st_folium(
        area_map(release),
        key=key,
        height=520,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=map_state(
            assessment,
            texts=map_texts(words, release, disclaimer=exploration(assessment, words), drawing=True),
            selected=release.find_parcel(chosen.parcel),
            pins=entry_pins(entries, words),
            focus=choices.look(),
            land=chosen_land(release).outline,
        ),
        on_change=lambda: take_click(release, key),
    )


def entry_side(
    noun: type[Initiative] | type[Bronpunt],
    entries: Sequence[Entry],
    chosen: Choices,
    register: Register,
    assessment: Assessment,
    catalogue: Catalogue,
    words: Words,
) -> None:
    """Draw the open entry with its card, table, story and form; without one the list, and the form of a new one."""
    release = assessment.release
    stored = register.get(noun, chosen.entry) if chosen.entry else None
    if stored is None:
        listed, new = st.tabs([words("The list"), words("A new one")])
        with listed:
            entry_list(entries, words, selected=None, key=f"list_{noun.__name__}")
        with new:
            new_entry(noun, release, words)
        return
    st.button(words("Back to the list"), on_click=choices.select, key="close_entry")
    names = [words("Card"), *([words("Players")] if noun is Initiative else []), words("Story"), words("Edit")]
    tabs = dict(zip(names, st.tabs(names), strict=True))
    with tabs[words("Card")]:
        entry_card(stored.entity, assessment, words)
        story_button(stored.entity, words)
    if isinstance(stored.entity, Initiative):
        with tabs[words("Players")]:
            table_of(stored.entity, stored.version, register, assessment, words)
    with tabs[words("Story")]:
        story(stored.entity, register, assessment, words)
    with tabs[words("Edit")]:
        edit_entry(stored, register, release, catalogue, words)
