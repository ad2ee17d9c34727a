"""Free space for a use: the question, the answer, the map, the reasons and the controls."""

from __future__ import annotations

import streamlit as st

from planlib.insight import rule_insights
from planlib.scenario import assess
from planlib.ui import choices, free_space
from planlib.ui.card import card
from planlib.ui.finding import look_at_linked, search
from planlib.ui.land import pick_land, selected_land
from planlib.ui.lists import entry_list, parcel_list
from planlib.ui.loading import load_catalogue, load_entries, load_release
from planlib.ui.register_panel import BRONPUNT, INITIATIVE, kind_of, register_filter, visible
from planlib.ui.rule_controls import rule_controls
from planlib.ui.scenario_panel import scenario_panel
from planlib.ui.small_print import catch_panel

words = choices.words()
release = load_release(words)
every_entry = load_entries(release, words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
entries = visible(every_entry, chosen.hidden)
look_at_linked(release, chosen)

with st.sidebar:
    st.header(release.area.title, anchor=False)
    scenario_panel(assessment, chosen, words)
    rule_controls(assessment, rule_insights(assessment), words)
    register_filter(every_entry, chosen.hidden, load_catalogue(release), words)
    free_space.language(words)

with st.container(key="asked"):
    asked, where, sought = st.columns([2, 2, 5])
with asked:
    free_space.question(chosen.use, words)
with where:
    picked = pick_land(release, words)
with sought:
    search(release, words)
free_space.answer(assessment, picked, words, refused=chosen.refused)

map_side, card_side = st.columns([5, 2])
with map_side, st.container(key="map_frame"):
    free_space.map_panel(assessment, chosen, entries, words, land=picked.named, height=560)
with card_side, st.container(height=560, border=False, key="card"):
    card(assessment, chosen, every_entry, words)
    catch_panel(assessment, selected_land(release) or picked.named, words)
free_space.footer(assessment, words, below_map=True)

parcels, initiatives, bronpunten = st.tabs([words("Parcels"), words("Initiatives"), words("Bronpunten")])
with parcels:
    parcel_list(assessment, words, named=picked.named, selected=chosen.parcel)
with initiatives:
    shown = [entry for entry in entries if kind_of(entry) == INITIATIVE]
    entry_list(shown, words, selected=chosen.entry, key="initiative_table")
with bronpunten:
    shown = [entry for entry in entries if kind_of(entry) == BRONPUNT]
    entry_list(shown, words, selected=chosen.entry, key="bronpunt_table")
