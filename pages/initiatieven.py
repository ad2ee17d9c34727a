"""Initiatives: who wants what where, who plays along, how the story goes, and what waits for whom."""

from __future__ import annotations

import streamlit as st

from planlib.model.register import Initiative
from planlib.scenario import assess
from planlib.ui import choices
from planlib.ui.entries import entry_map, entry_side
from planlib.ui.free_space import footer
from planlib.ui.loading import load_catalogue, load_entries, load_register, load_release
from planlib.ui.register_panel import register_filter, visible
from planlib.ui.waiting import waiting

words = choices.words()
release = load_release(words)
every_entry = load_entries(release, words)
register = load_register(release)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
catalogue = load_catalogue(release)
shown = [entry for entry in visible(every_entry, chosen.hidden) if isinstance(entry, Initiative)]

with st.sidebar:
    st.header(release.area.title, anchor=False)
    register_filter(every_entry, chosen.hidden, catalogue, words)

st.title(words("Initiatives"), anchor=False)
map_side, entry_column = st.columns([6, 5])
with map_side, st.container(key="map_frame"):
    entry_map(assessment, chosen, shown, words, key="initiative_map")
with entry_column:
    entry_side(Initiative, shown, chosen, register, assessment, catalogue, words)
st.subheader(words("What waits for whom"), anchor=False)
waiting(shown, words, selected=chosen.entry)
footer(assessment, words, below_map=True)
