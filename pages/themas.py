"""De 8: from a theme to the places for it, from a place to its themes, and what is missing."""

from __future__ import annotations

import streamlit as st

from planlib.insight.eight import evidence_matrix
from planlib.scenario import assess
from planlib.ui import choices, themes
from planlib.ui.free_space import footer
from planlib.ui.land import chosen_land, pick_land
from planlib.ui.loading import load_catalogue, load_entries, load_register, load_release
from planlib.ui.theme_edit import edit_themes

words = choices.words()
release = load_release(words)
entries = load_entries(release, words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
catalogue = load_catalogue(release)

st.title(words("Themes and places"), anchor=False)
way = themes.way(words)
list_side, map_side = st.columns([5, 7])
shown = entries
with list_side:
    if way == themes.THEMES:
        picked = pick_land(release, words)
        themes.themes_of_place(picked, assessment, entries, catalogue, words)
    elif way == themes.EDIT:
        edit_themes(catalogue, load_register(release), release, words)
    else:
        matrix = evidence_matrix(release, entries, catalogue, scenario=chosen.scenario)
        if way == themes.PLACES and catalogue.themes:
            theme = themes.pick_theme(catalogue.themes, words)
            assessment = themes.assess_theme(assessment, theme)
            shown = [entry for entry in entries if theme.id in entry.serves]
            themes.places_of_theme(matrix, theme, release, words)
        else:
            themes.gaps(matrix, entries, words)
            shown = themes.without_theme(matrix, entries)
with map_side, st.container(key="map_frame"):
    themes.theme_map(assessment, shown, chosen_land(release), words, height=560)
footer(assessment, words, below_map=True)
