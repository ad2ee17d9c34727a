"""Two scenarios side by side: two maps with one view, what is gained and lost, and whose decision it is."""

from __future__ import annotations

import streamlit as st

from planlib.ui import choices, compare, free_space
from planlib.ui.loading import load_entries, load_release
from planlib.ui.register_panel import visible

words = choices.words()
release = load_release(words)
every_entry = load_entries(release, words)
chosen = choices.read_choices(release.area)
entries = visible(every_entry, chosen.hidden)

asked, sides = st.columns([1, 2])
with asked:
    free_space.question(chosen.use, words)
with sides:
    a, b = compare.pick_sides(release, chosen, words)

plans = compare.changed_plans(a, b, every_entry)
compare.answer(a, b, plans, words)
map_a, map_b = st.columns(2)
with map_a:
    compare.side_map(a, entries, words, place="a")
with map_b:
    compare.side_map(b, entries, words, place="b")
compare.tables(a, b, plans, words)
compare.footer(a, b, words)
