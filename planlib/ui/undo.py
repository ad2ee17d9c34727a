"""One step back for a scenario: a button that undoes, beside the browser's own Back, which does the same.

Each change of a scenario writes one address (:mod:`planlib.ui.choices`), so what can be undone is a pile of addresses.
"""

from __future__ import annotations

import streamlit as st

from planlib.text.words import Words
from planlib.ui import choices

#: Steps that can be undone.
_MOST = 60
_PILE, _NOW = "undo_pile", "undo_now"


def undo(words: Words) -> None:
    """Draw the button that takes the last change of the scenario back."""
    pile = _remember(choices.scenario_in_address())
    st.button(
        words("Undo"),
        icon=":material/undo:",
        key="undo",
        on_click=_step_back,
        disabled=not pile,
        help=words("Takes back the last change of the scenario; so does Back in your browser."),
        width="stretch",
    )


def _remember(now: dict[str, str]) -> list[dict[str, str]]:
    pile: list[dict[str, str]] = st.session_state.setdefault(_PILE, [])
    before = st.session_state.get(_NOW, now)
    if now != before:
        # The browser's Back leads to what lies on top: then that step is undone, and nothing new was done.
        if pile and pile[-1] == now:
            pile.pop()
        else:
            pile.append(before)
            del pile[:-_MOST]
    st.session_state[_NOW] = now
    return pile


def _step_back() -> None:
    pile = st.session_state[_PILE]
    if pile:
        st.session_state[_NOW] = pile.pop()
        choices.put_all(st.session_state[_NOW])
