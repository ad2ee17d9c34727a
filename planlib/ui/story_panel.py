"""The story of an entry on a page: step by step, with room for the next one, and a file to hand on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import streamlit as st

from planlib.errors import PlanlibError
from planlib.model.register import Entry, Picture, StoryStep
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.store import Register, open_register
from planlib.store.pictures import clean_picture
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui.take_view import forget_view, take_view
from planlib.views.map_views import step_maps
from planlib.views.sentences import statement
from planlib.views.story import in_order, step_html, story_html

_MOST_CHARACTERS = 2_000


def story(entry: Entry, register: Register, assessment: Assessment, words: Words) -> None:
    """Draw the story of an entry, the form of its next step, and the file to take along."""
    steps = [stored.entity for stored in register.steps_of(entry.uid)]
    pictures = [stored.entity for stored in register.pictures_of(entry.uid)]
    by_uid = {picture.uid: picture for picture in pictures}
    told = "".join(step_html(step, by_uid, words) for step in in_order(entry, steps))
    empty = f"<p>{safe(words('No steps yet. A story grows: imagine the next step, without an end picture.'))}</p>"
    st.html(f'<div class="pl-card pl-story">{told or empty}</div>')
    position = max((step.position for step in steps), default=-1) + 1
    _next_step(entry, position, assessment.release, words)
    st.download_button(
        words("Take the story along (one file, also as slides)"),
        data=lambda: _file(entry, steps, pictures, assessment, words),
        file_name=f"verhaal-{entry.uid[:8]}.html",
        mime="text/html",
        on_click="ignore",
        key=f"story_file_{entry.uid}",
    )


def _file(
    entry: Entry, steps: Sequence[StoryStep], pictures: Sequence[Picture], assessment: Assessment, words: Words
) -> bytes:
    """Return the file of the story; its maps are drawn when somebody asks for it, as the page shows them now."""
    maps = step_maps(entry, steps, assessment, words)
    return story_html(entry, steps, pictures, words, statement=statement(assessment, words), maps=maps).encode()


def _next_step(entry: Entry, position: int, release: Release, words: Words) -> None:
    view_key = f"step_view_{entry.uid}"
    with st.expander(words("Add a step")):
        view = take_view(words, key=view_key)
        # Of this step only: what was typed stays until it is kept, and the next step starts empty.
        with st.form(f"step_{entry.uid}_{position}", border=False):
            text = st.text_area(words("What happened, or what could"), max_chars=_MOST_CHARACTERS)
            added_by = st.text_input(words("Who tells this (a role is enough)"), max_chars=80).strip()
            given = st.file_uploader(words("A picture"), type=["jpg", "jpeg", "png", "webp"])
            alt = st.text_input(words("What is on the picture, for who cannot see it"), max_chars=200)
            saved = st.form_submit_button(words("Add"), type="primary")
    if not saved:
        return
    if not text.strip():
        st.html(f'<p class="pl-problem" role="alert">{safe(words("Tell first what happened, or what could."))}</p>')
        return
    today = datetime.now().astimezone().date()
    try:
        picture = None
        if given is not None:
            media_type, data = clean_picture(given.getvalue())
            picture = Picture(str(uuid4()), entry.uid, media_type, data, alt.strip(), position, added_by, today)
        picture_uid = picture.uid if picture else ""
        step = StoryStep(str(uuid4()), entry.uid, text.strip(), position, added_by, today, picture_uid, view)
        with open_register(release.area.path, to_write=True) as register, register.writing(added_by or "-") as writing:
            if picture is not None:
                writing.put(picture, base=0)
            writing.put(step, base=0)
    except PlanlibError as problem:
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return
    forget_view(view_key)
    st.rerun()
