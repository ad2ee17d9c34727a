"""Where would this fit? How much, how wide, near what: places in order, with the reasons."""

from __future__ import annotations

import streamlit as st

from planlib.scenario import assess
from planlib.ui import choices, fit
from planlib.ui.free_space import footer, question
from planlib.ui.land import pick_land
from planlib.ui.loading import load_entries, load_release

words = choices.words()
release = load_release(words)
entries = load_entries(release, words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)

st.title(words("Would it fit here?"), anchor=False)
asked, where, measures = st.columns([2, 2, 5])
with asked:
    question(chosen.use, words)
with where:
    picked = pick_land(release, words)
with measures:
    measure = fit.wish(picked.named, words)
found = fit.find(assessment, picked.named, measure, entries, words)
if found is not None:
    places = found.places
    fit.answer(places, assessment, picked.named, words)
    selected = fit.selected_place(places, chosen.parcel)
    list_side, map_side = st.columns([5, 6])
    with map_side, st.container(key="map_frame"):
        fit.places_map(found, assessment, entries, picked.named, words, selected=selected, height=560)
    with list_side, st.container(height=560, border=False, key="card"):
        fit.why(places, assessment, words, selected=selected)
        fit.place_list(found, words, selected=selected)
footer(assessment, words, below_map=found is not None)
