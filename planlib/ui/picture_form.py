"""The pictures of an entry: adding one, saying what is on it, which stands on the card, and taking one away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import streamlit as st

from planlib.errors import PlanlibError
from planlib.model.register import Entry, Picture, StoryStep
from planlib.release import Release
from planlib.store import Register, Stored, Writing, open_register
from planlib.store.pictures import clean_picture
from planlib.text.words import Words
from planlib.ui.draft import problem, today
from planlib.views.story import picture_html


def pictures_form(entry: Entry, register: Register, release: Release, words: Words) -> None:
    """Draw the pictures of an entry, each with its own form, and the form of a new one."""
    stored = register.pictures_of(entry.uid)
    in_story = {item.entity.picture for item in register.steps_of(entry.uid)}
    with st.expander(words("Pictures ({count})", count=words.number(len(stored)))):
        for at, item in enumerate(stored):
            _one(item, stored[0], release, words, is_first=at == 0, in_story=item.entity.uid in in_story)
        name = f"picture_{entry.uid}"
        key = f"{name}_{st.session_state.setdefault(name, uuid4().hex[:12])}"
        with st.form(key, border=False):
            given = st.file_uploader(words("A picture to add"), type=["jpg", "jpeg", "png", "webp"], key=f"{key}_file")
            alt = st.text_input(words("What is on the picture, for who cannot see it"), max_chars=200, key=f"{key}_alt")
            by = st.text_input(words("Who gives it (a role is enough)"), max_chars=80, key=f"{key}_by")
            saved = st.form_submit_button(words("Add the picture"))
        if not saved or given is None:
            return
        try:
            media_type, data = clean_picture(given.getvalue())
        except PlanlibError as refused:
            problem(words.error(refused))
            return
        last = max((item.entity.position for item in stored), default=-1)
        made = Picture(str(uuid4()), entry.uid, media_type, data, alt.strip(), last + 1, by.strip(), today())
        if _write(lambda writing: writing.put(made, base=0), release, words):
            del st.session_state[name]
            st.rerun()


def _one(
    item: Stored[Picture], first: Stored[Picture], release: Release, words: Words, *, is_first: bool, in_story: bool
) -> None:
    picture = item.entity
    shown, said = st.columns([1, 2])
    # Not an image of Streamlit: one that cannot be drawn would take the page down with it.
    shown.html(f'<div class="pl-photo">{picture_html(picture)}</div>')
    with said, st.form(f"picture_{picture.uid}_{item.version}", border=False):
        alt = st.text_input(
            words("What is on the picture, for who cannot see it"),
            picture.alt,
            max_chars=200,
            key=f"alt_{picture.uid}_{item.version}",
        )
        with st.container(horizontal=True):
            kept = st.form_submit_button(words("Save"))
            top = not is_first and st.form_submit_button(words("On the card"))
            gone = st.form_submit_button(words("Take away"))
    if kept or top:
        position = first.entity.position - 1 if top else picture.position
        changed = replace(picture, alt=alt.strip(), position=position)
        if _write(lambda writing: writing.put(changed, base=item.version), release, words):
            st.rerun()
    if gone:

        def take_away(writing: Writing) -> None:
            if in_story:
                for step in writing.all(StoryStep):
                    if step.entity.picture == picture.uid:
                        writing.put(replace(step.entity, picture=""), base=step.version)
            writing.remove(picture, base=item.version)

        if _write(take_away, release, words):
            st.rerun()


def _write(write: Callable[[Writing], object], release: Release, words: Words) -> bool:
    """Write in one transaction; whether that was done is told."""
    try:
        with (
            open_register(release.area.path, to_write=True) as register,
            register.writing(words("dashboard")) as writing,
        ):
            write(writing)
    except PlanlibError as refused:
        problem(words.error(refused))
        return False
    return True
