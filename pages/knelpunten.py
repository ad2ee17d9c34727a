"""Which rule holds it back: per rule, per body, and which rules must move to free so much land."""

from __future__ import annotations

import streamlit as st

from planlib.scenario import assess
from planlib.ui import choices, knelpunten
from planlib.ui.free_space import footer, question
from planlib.ui.land import pick_land
from planlib.ui.loading import load_release

words = choices.words()
release = load_release(words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)

st.title(words("Which rule holds it back?"), anchor=False)
asked, where, seen = st.columns([2, 2, 5], vertical_alignment="bottom")
with asked:
    question(chosen.use, words)
with where:
    picked = pick_land(release, words)
with seen:
    view = knelpunten.view(words)
knelpunten.thought_so_far(assessment, picked, words)
if view == knelpunten.BODIES:
    knelpunten.bodies(assessment, picked, words)
elif view == knelpunten.SETS:
    knelpunten.sets(assessment, picked, words)
else:
    knelpunten.rules(assessment, picked, words)
knelpunten.small_print(assessment, words)
footer(assessment, words)
