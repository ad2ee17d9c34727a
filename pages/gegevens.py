"""The data behind the map: what each layer is worth, what the last refresh changed, and how a new file gets in."""

from __future__ import annotations

import streamlit as st

from planlib.scenario import assess
from planlib.ui import choices, data_panel
from planlib.ui.free_space import footer
from planlib.ui.loading import load_release
from planlib.ui.new_file import new_file

words = choices.words()
release = load_release(words)
assessment = assess(release, choices.read_choices(release.area).scenario)

st.title(words("Data"), anchor=False)
behind, refresh, new = st.tabs([words("Behind the map"), words("What the last refresh changed"), words("A new file")])
with behind:
    data_panel.behind_the_map(release, words)
with refresh:
    data_panel.last_refresh(release, words)
with new:
    new_file(assessment, words)
footer(assessment, words)
