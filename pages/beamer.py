"""The map for a projector: one question at a time, by keyboard, readable from six metres."""

from __future__ import annotations

import streamlit as st

from planlib.scenario import assess
from planlib.ui import choices, projector
from planlib.ui.loading import load_entries, load_release
from planlib.ui.register_panel import visible
from planlib.ui.routes import FREE_SPACE

words = choices.words()
release = load_release(words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
entries = visible(load_entries(release, words), chosen.hidden, public_only=True)

projector.looks()
projector.question(assessment, words)
projector.change(assessment, words)
with st.container(key="stage_frame"):
    projector.stage_map(assessment, chosen, entries, words)
projector.legend(assessment, words)
done = projector.controls(assessment, words)
if projector.follow(done, assessment):
    st.rerun()
if done.left:
    st.switch_page(FREE_SPACE, query_params=st.query_params.to_dict())
