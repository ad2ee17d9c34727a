"""What waits for whom: the next steps of all initiatives, the earliest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from planlib.model.register import Entry, Initiative
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.long_list import more_rows, rows_shown
from planlib.ui.pick_table import pick_table


def waiting(entries: Sequence[Entry], words: Words, *, selected: str | None) -> None:
    """Draw the initiatives that wait for somebody; picking one opens its card."""
    found = [entry for entry in entries if isinstance(entry, Initiative) and entry.runs and entry.next_step]
    found.sort(
        key=lambda entry: (entry.next_step_on or date.max, entry.next_step_by.casefold(), entry.title.casefold())
    )
    if not found:
        st.text(words("Nothing waits for anybody: no initiative has a next step."))
        return
    first = found[: rows_shown("waiting")]
    headers = [words("initiative"), words("next step"), words("who"), words("before")]
    rows = [
        [
            entry.title,
            entry.next_step,
            entry.next_step_by or words("nobody yet"),
            words.date(entry.next_step_on) if entry.next_step_on else "–",
        ]
        for entry in first
    ]
    picked = pick_table(
        headers,
        rows,
        [entry.uid for entry in first],
        selected=selected,
        caption=words("What waits for whom"),
        key="waiting",
        texts=len(headers),
    )
    more_rows(len(found), words, key="waiting")
    if picked and picked != selected:
        choices.select(entry=picked)
        st.rerun()
