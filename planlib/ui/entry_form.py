"""Adding and editing an initiative or bronpunt: one short form, and a choice when somebody else was faster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import streamlit as st

from planlib.catalogue import Catalogue
from planlib.errors import PlanlibError
from planlib.model import Use
from planlib.model.register import Bronpunt, Entry, Initiative, InitiativeState, Lead, Visibility
from planlib.release import Release
from planlib.store import ConflictError, Stored, open_register
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.entry_place import place_on_map
from planlib.ui.register_panel import LEAD_NAMES, STATE_NAMES, VISIBILITY_NAMES
from planlib.views.sentences import USE_NAMES

_M2_PER_HA = 10_000
#: A story of a page; more belongs in its steps.
_MOST_CHARACTERS = 4_000


def new_entry(noun: type[Initiative] | type[Bronpunt], release: Release, catalogue: Catalogue, words: Words) -> None:
    """Draw the form of a new entry at the place that is chosen on the map."""
    place = place_on_map(release)
    if place is None:
        st.text(words("Click a parcel on the map, or draw a shape: the new one comes there."))
        return
    key = f"new_{noun.__name__}"
    uid = st.session_state.setdefault(f"{key}_uid", str(uuid4()))
    made = _form(noun(uid, "", place), catalogue, words, key=key)
    if made is not None and _save(made, 0, release, words):
        del st.session_state[f"{key}_uid"]
        choices.select(entry=uid)
        st.rerun()


def edit_entry(stored: Stored[Any], release: Release, catalogue: Catalogue, words: Words) -> None:
    """Draw the form of an entry that is there; what somebody else changed meanwhile is shown beside it first."""
    key = f"edit_{stored.entity.uid}"
    # As it was when the form was opened, so that what somebody types stays, whatever others save meanwhile.
    base, entry = st.session_state.setdefault(f"{key}_base", (stored.version, stored.entity))
    if base != stored.version:
        _conflict(stored, entry, key, words)
    made = _form(entry, catalogue, words, key=key)
    moved = place_on_map(release)
    if moved is not None and st.button(words("Put it at the place chosen on the map"), key=f"{key}_move"):
        made = replace(entry, place=moved)
    if made is not None and _save(made, base, release, words):
        st.session_state.pop(f"{key}_base", None)
        st.rerun()


def _form(entry: Entry, catalogue: Catalogue, words: Words, *, key: str) -> Entry | None:
    """Draw the fields of an entry; return it as it was filled in when somebody pressed save."""
    with st.form(key, border=False):
        title = st.text_input(words("Name"), entry.title, max_chars=120)
        summary = st.text_input(words("In one sentence"), entry.summary, max_chars=280)
        changed = _initiative(entry, words) if isinstance(entry, Initiative) else _bronpunt(entry, words)
        titles = {theme.id: theme.title.in_language(words.language) for theme in catalogue.themes}
        known = [theme for theme in entry.serves if theme in titles]
        themes = st.multiselect(
            words("Themes"), list(titles), known, format_func=titles.__getitem__, placeholder=words("choose themes")
        )
        story = st.text_area(words("The story so far"), entry.story, max_chars=_MOST_CHARACTERS)
        visibility = st.radio(
            words("Who may see it"),
            list(Visibility),
            index=list(Visibility).index(entry.visibility),
            format_func=lambda option: words(VISIBILITY_NAMES[option]),
            horizontal=True,
        )
        saved = st.form_submit_button(words("Save"), type="primary")
    if not saved:
        return None
    if not title.strip():
        st.html(f'<p class="pl-problem" role="alert">{safe(words("Give it a name first."))}</p>')
        return None
    common = {"title": title.strip(), "summary": summary.strip(), "story": story.strip(), "visibility": visibility}
    goals = {"themes" if isinstance(entry, Initiative) else "goals": tuple(themes)}
    return replace(entry, **common, **goals, **changed)


def _initiative(entry: Initiative, words: Words) -> dict[str, object]:
    left, right = st.columns(2)
    use = left.selectbox(
        words("What for?"),
        list(Use),
        index=None if entry.use is None else list(Use).index(entry.use),
        format_func=lambda option: words(USE_NAMES[option]),
        placeholder=words("not said yet"),
    )
    hectares = right.number_input(
        words("Hectares needed"),
        min_value=0.0,
        value=None if entry.area_needed_m2 is None else entry.area_needed_m2 / _M2_PER_HA,
        step=0.1,
    )
    state = left.selectbox(
        words("How far is it?"),
        list(InitiativeState),
        index=list(InitiativeState).index(entry.state),
        format_func=lambda option: words(STATE_NAMES[option]),
    )
    leads = right.selectbox(
        words("Who leads"),
        list(Lead),
        index=None if entry.leads is None else list(Lead).index(entry.leads),
        format_func=lambda option: words(LEAD_NAMES[option]),
        placeholder=words("not said yet"),
    )
    initiator = left.text_input(words("Whose plan is it (organisation or role)"), entry.initiator, max_chars=120)
    step = right.text_input(words("Next step"), entry.next_step, max_chars=200)
    step_by = left.text_input(words("Who does the next step"), entry.next_step_by, max_chars=120)
    step_on = right.date_input(words("Before"), entry.next_step_on, format="DD-MM-YYYY")
    return {
        "use": use,
        "area_needed_m2": None if hectares is None else hectares * _M2_PER_HA,
        "state": state,
        "leads": leads,
        "initiator": initiator.strip(),
        "next_step": step.strip(),
        "next_step_by": step_by.strip(),
        "next_step_on": step_on,
    }


def _bronpunt(entry: Bronpunt, words: Words) -> dict[str, object]:
    fields = (
        ("quality", words("What makes it a source"), entry.quality),
        ("goals_why", words("Why it serves these goals"), entry.goals_why),
        ("province_brings", words("What the province brings"), entry.province_brings),
        ("could_become", words("What it could become"), entry.could_become),
    )
    return {name: st.text_area(label, value, max_chars=1_000, height=80).strip() for name, label, value in fields}


def _save(entry: Entry, base: int, release: Release, words: Words) -> bool:
    """Write an entry; a conflict or a refusal is said, and nothing that was typed is lost."""
    try:
        with open_register(release.area.path, to_write=True) as register:
            register.put(entry, by=words("dashboard"), base=base)
    except ConflictError:
        st.html(f'<p class="pl-problem" role="alert">{safe(words("Somebody changed this just now."))}</p>')
        return False
    except PlanlibError as problem:
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return False
    return True


def _conflict(stored: Stored[Any], mine: Entry, key: str, words: Words) -> None:
    """Say that somebody changed it while this form was open, and let the reader choose what to start from."""
    said = words("Somebody changed this while you had it open. What is there now:")
    theirs = stored.entity
    rows = "".join(f"<li>{safe(text)}</li>" for text in (theirs.title, theirs.summary, theirs.story) if text)
    st.html(f'<div class="pl-ask" role="alert"><p>{safe(said)}</p><ul>{rows}</ul></div>')

    def start_from(version: int, entry: Entry) -> None:
        st.session_state[f"{key}_base"] = version, entry

    ours, others = st.columns(2)
    ours.button(
        words("Go on with mine, over theirs"), key=f"{key}_mine", on_click=start_from, args=(stored.version, mine)
    )
    others.button(words("Take theirs"), key=f"{key}_theirs", on_click=start_from, args=(stored.version, theirs))
