"""A button that takes the map as it stands now along with what is being written beside it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component as make_component

from planlib.model.register import MapView
from planlib.text.words import Words
from planlib.views.map_views import read_map_view

_HERE = Path(__file__).parent


def take_view(words: Words, *, key: str) -> MapView | None:
    """Draw the button and return the view that was taken, None while there is none; :func:`forget_view` lets it go."""
    component = make_component(
        "planlib_take_view", css=(_HERE / "take_view.css").read_text(), js=(_HERE / "take_view.js").read_text()
    )

    def keep() -> None:
        st.session_state[f"{key}_taken"] = read_map_view(st.session_state[key].get("view"))

    component(data={"label": words("Take along the map as it stands now")}, key=key, on_view_change=keep)
    view = st.session_state.get(f"{key}_taken")
    if view is not None:
        st.text(words("The map as it stood goes with this step."))
        st.button(words("Leave the map out"), key=f"{key}_drop", on_click=forget_view, args=(key,))
    return view


def forget_view(key: str) -> None:
    """Let go of the view that was taken with the button of this key."""
    st.session_state.pop(f"{key}_taken", None)
