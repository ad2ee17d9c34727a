"""A story on the projector: one slide at a time, beside the map that goes along, worked with arrows and Esc."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component as make_component
from streamlit_folium import st_folium

from planlib.model.register import Entry, Visibility
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.loading import load_register
from planlib.ui.routes import PROJECTOR
from planlib.views.address import STORY
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import statement
from planlib.views.slides import Slide, legend_html, slide_html, story_slides

_HERE = Path(__file__).parent


def story_button(entry: Entry, words: Words) -> None:
    """Draw the way to the story of an entry on the projector; there is none for what is not public."""
    if entry.visibility is Visibility.PUBLIC and st.button(words("Story on the projector"), key="story_on_projector"):
        st.switch_page(PROJECTOR, query_params={**choices.in_address(), STORY: entry.uid})


def story_stage(uid: str, public: Sequence[Entry], assessment: Assessment, words: Words) -> None:
    """Draw the story of the entry with this uid; what is not among the ``public`` ones is told so and not shown."""
    entry = next((entry for entry in public if entry.uid == uid), None)
    if entry is None:
        # Whether there is such an entry is not for the room either.
        said = words("This story is not public, so it is not shown on the projector.")
        st.html(f'<div class="pl-stage-head"><h1>{safe(said)}</h1></div>')
        _follow(_controls(0, 0, words), 0, 0)
        return
    register = load_register(assessment.release)
    steps = [stored.entity for stored in register.steps_of(entry.uid)]
    pictures = [stored.entity for stored in register.pictures_of(entry.uid)]
    slides = story_slides(entry, steps, pictures, words)
    at = min(choices.step_in_address(), len(slides))
    slide = slides[at - 1]
    st.html(f'<div class="pl-stage-head"><h1>{safe(entry.title)}</h1></div>')
    with st.container(key="story_frame"):
        told, map_side = st.columns(2)
        told.html(slide_html(slide))
        with map_side:
            _map(entry, slide, assessment, words)
    st.html(legend_html(words))
    st.html(f'<p class="pl-stage-foot">{safe(statement(assessment, words))}</p>')
    _follow(_controls(at, len(slides), words), at, len(slides))


def _map(entry: Entry, slide: Slide, assessment: Assessment, words: Words) -> None:
    texts = replace(map_texts(words, assessment.release, disclaimer=""), fictional="")
    st_folium(
        area_map(assessment.release),
        key="story_map",
        height=700,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=map_state(
            assessment,
            texts=texts,
            pins=entry_pins([entry], words),
            focus=slide.focus,
            big=True,
        ),
    )


def _controls(at: int, count: int, words: Words) -> str:
    """Draw the controls; return ``next``, ``previous`` or ``leave``, or nothing when nothing was done."""
    component = make_component(
        "planlib_story_stage",
        css=(_HERE / "stage.css").read_text(),
        js=(_HERE / "room.js").read_text() + (_HERE / "story_stage.js").read_text(),
    )
    data = {
        "at": at,
        "count": count,
        "back": words("Back to the map"),
        "previous": words("Previous"),
        "next": words("Next"),
        "where": words("{at} of {count}", at=words.number(at), count=words.number(count)) if count else "",
        "hint": words("Arrow: next or previous · Esc: back to the map"),
    }
    result = component(data=data, key="story_stage", on_go_change=lambda: None)
    return str(result.get("go") or "")


def _follow(done: str, at: int, count: int) -> None:
    """Put in the address what was done with the controls, and show it."""
    if done == "leave":
        choices.set_story(None)
    elif done in ("next", "previous"):
        # A key may be pressed before the browser has heard that this is the last slide.
        choices.set_step(min(at + 1, count) if done == "next" else max(at - 1, 1))
    else:
        return
    st.rerun()
