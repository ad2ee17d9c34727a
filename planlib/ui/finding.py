"""Finding a place by word, and where the map looks when a link is opened."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import streamlit as st

from planlib.insight.named_land import region_text
from planlib.insight.regions import region_shapes
from planlib.release import Release
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.land import set_land
from planlib.ui.loading import search_index
from planlib.views.maps import focus_parcel
from planlib.views.search import Find, SearchIndex, find_focus

_FIELD, _CHOSEN = "search", "search_chosen"
KIND_NAMES = {"parcel": "parcel", "address": "address", "street": "street", "place": "place"}


@st.fragment
def search(release: Release, words: Words) -> None:
    """Draw the search field with what is found below it, as one types.

    A choice moves the map and, where it is a parcel or an address, selects the parcel. Only this part of the page runs
    while somebody types.
    """
    if st.session_state.pop(_CHOSEN, False):
        # The choice stands in the address by now: the whole page follows it.
        st.rerun()
    index = search_index(release.id)
    with st.container(key="search_box"):
        text = st.text_input(
            words("Search"),
            key=_FIELD,
            live=True,
            placeholder=words("parcel, address, street or place"),
            on_change=_typed,
            args=(release, index),
        )
        if text and text.strip():
            with st.container(key="search_finds"):
                _finds(index, text, release, words)


def look_at_linked(release: Release, chosen: Choices) -> None:
    """Let the map look at the parcel in the link that a visit begins with, unless the link names a place to look at."""
    if choices.has_looked():
        return
    parcel = release.find_parcel(chosen.parcel)
    focus = None if parcel is None else focus_parcel(release, parcel, token=uuid4().hex)
    choices.look_at(focus and replace(focus, yields=True))


def _finds(index: SearchIndex, text: str, release: Release, words: Words) -> None:
    found = index.find(text)
    if not found.best:
        st.text(words("Nothing found; try a part of the name."))
    for at, find in enumerate(found.best):
        st.button(
            f"{find.name} ({words(KIND_NAMES[find.kind])})",
            key=f"find_{at}",
            type="tertiary",
            on_click=_go_to,
            args=(release, find, index.parcel_of(find)),
        )
    if found.total > len(found.best):
        shown, every = len(found.best), words.number(found.total)
        more = words("The first {shown} of {all}; type more to find another.", shown=shown, all=every)
        st.html(f'<p class="pl-ruleline">{safe(more)}</p>')


def _typed(release: Release, index: SearchIndex) -> None:
    """Go at once to the one thing whose whole name was typed."""
    text = st.session_state[_FIELD] or ""
    sole = index.find(text).sole(text)
    if sole is not None:
        _go_to(release, sole, index.parcel_of(sole))


def _go_to(release: Release, find: Find, parcel: str | None) -> None:
    st.session_state[_FIELD] = ""
    st.session_state[_CHOSEN] = True
    if find.name in region_shapes(release).names:
        set_land(release, region_text(find.name))
        return
    choices.look_at(find_focus(find, crs=release.area.crs))
    if parcel is not None:
        choices.select(parcel=parcel)
