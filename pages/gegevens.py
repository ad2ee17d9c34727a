"""The data behind the map: what each rule's data is worth, and how a new file gets in."""

from __future__ import annotations

import streamlit as st

from planlib.insight.layer_report import layer_reports, parcel_findings
from planlib.scenario import assess
from planlib.ui import choices, data_panel
from planlib.ui.free_space import footer
from planlib.ui.loading import load_release
from planlib.ui.new_file import new_file

words = choices.words()
release = load_release(words)
assessment = assess(release, choices.read_choices(release.area).scenario)

st.title(words("Data"), anchor=False)
behind, new = st.tabs([words("Behind the map"), words("A new file")])
with behind:
    data_panel.data_table(layer_reports(release), words)
    data_panel.parcels_note(parcel_findings(release), words)
with new:
    new_file(assessment, words)
footer(assessment, words)
