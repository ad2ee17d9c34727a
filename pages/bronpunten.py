"""Bronpunten: small places of quality that the province invests in, and how they grow."""

from __future__ import annotations

import streamlit as st

from planlib.model.register import Bronpunt
from planlib.scenario import assess
from planlib.ui import choices
from planlib.ui.entries import entry_map, entry_side
from planlib.ui.free_space import footer
from planlib.ui.loading import load_catalogue, load_entries, load_register, load_release
from planlib.ui.register_panel import register_filter, visible

words = choices.words()
release = load_release(words)
every_entry = load_entries(release, words)
register = load_register(release)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
catalogue = load_catalogue(release)
shown = [entry for entry in visible(every_entry, chosen.hidden) if isinstance(entry, Bronpunt)]

with st.sidebar:
    st.header(release.area.title, anchor=False)
    register_filter(every_entry, chosen.hidden, catalogue, words)

st.title(words("Bronpunten"), anchor=False)
map_side, entry_column = st.columns([6, 5])
with map_side, st.container(key="map_frame"):
    entry_map(assessment, chosen, shown, words, key="bronpunt_map")
with entry_column:
    entry_side(Bronpunt, shown, chosen, register, assessment, catalogue, words)

footer(assessment, words, below_map=True)
