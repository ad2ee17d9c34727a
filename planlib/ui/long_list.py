"""A long list on a page: its first rows, and more of them for who asks."""

from __future__ import annotations

import streamlit as st

from planlib.text.words import Words

#: Rows that stand there at first, and that come at a time; a browser draws thousands of them slowly.
_ROWS = 50


def rows_shown(key: str) -> int:
    """Return how many rows of the list with this key are shown."""
    return int(st.session_state.get(f"{key}_rows", _ROWS))


def more_rows(count: int, words: Words, *, key: str) -> None:
    """Say below a list of ``count`` rows how many are shown, with the way to more; nothing when all of them are."""
    shown = rows_shown(key)
    if count <= shown:
        return
    st.text(words("The first {shown} of {all}.", shown=words.number(shown), all=words.number(count)))
    st.button(words("Show more"), key=f"{key}_more", on_click=_show_more, args=(key,))


def _show_more(key: str) -> None:
    st.session_state[f"{key}_rows"] = rows_shown(key) + _ROWS
