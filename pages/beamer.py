"""The map for a projector: one question at a time, by keyboard, readable from six metres; or a story as slides."""

from __future__ import annotations

import streamlit as st

from planlib.scenario import assess
from planlib.ui import choices, projector
from planlib.ui.loading import load_entries, load_release, load_told
from planlib.ui.register_panel import visible
from planlib.ui.routes import FREE_SPACE
from planlib.ui.story_stage import story_stage

words = choices.words()
release = load_release(words)
chosen = choices.read_choices(release.area)
assessment = assess(release, chosen.scenario)
every_entry = load_entries(release, words)

projector.looks()
story = choices.story_in_address()
if story is not None:
    public = visible(every_entry, frozenset(), public_only=True)
    story_stage(story, public, assessment, words)
    st.stop()

entries = visible(every_entry, chosen.hidden, public_only=True)
projector.question(assessment, words)
projector.change(assessment, words)
with st.container(key="stage_frame"):
    projector.stage_map(assessment, chosen, entries, words)
projector.legend(assessment, words)
done = projector.controls(assessment, entries, load_told(release), words)
if projector.follow(done, assessment):
    st.rerun()
if done.left:
    st.switch_page(FREE_SPACE, query_params=st.query_params.to_dict())
