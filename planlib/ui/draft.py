"""What somebody is changing in a form: where it started from, and a choice when somebody else was faster."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import uuid4

import streamlit as st

from planlib.errors import PlanlibError
from planlib.model.register import Entity
from planlib.release import Release
from planlib.store import ConflictError, changed_fields, open_register
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.entry_words import FIELD_NAMES, said

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class Draft(Generic[E]):
    """What a form was opened with: the version that was read (0 for a new one) and what it said then.

    The fields of the form have ``key`` before their names, so that what was typed stays for as long as it is the same
    draft, whatever others save meanwhile.
    """

    name: str
    version: int
    entity: E
    token: str

    @property
    def key(self) -> str:
        """What the keys of the form and its fields start with."""
        return f"{self.name}_{self.token}"


def open_draft(name: str, entity: E, version: int, *, first: str = "title", beside: Collection[str] = ()) -> Draft[E]:
    """Return the draft of a form with this name.

    Parameters
    ----------
    entity, version
        What the register holds now.
    first
        A field that the form always has.
    beside
        Fields that the form does not hold: where only those were changed there is nothing to choose.
    """
    draft: Draft[E] | None = st.session_state.get(name)
    # A form that is no longer on the page lost what was typed in it, so it starts anew.
    if draft is None or (draft.version != version and f"{draft.key}_{first}" not in st.session_state):
        draft = Draft(name, version, entity, uuid4().hex[:12])
    elif draft.version != version and set(changed_fields(draft.entity, entity)) <= set(beside):
        draft = replace(draft, version=version, entity=_with_beside(draft.entity, entity, beside))
    st.session_state[name] = draft
    return draft


def choose_version(
    draft: Draft[E],
    theirs: E,
    version: int,
    names: Mapping[str, str],
    words: Words,
    *,
    beside: Collection[str] = (),
) -> None:
    """Say what somebody changed while this form was open, and let the reader choose what to start from."""
    if draft.version == version:
        return
    lead = words("Somebody changed this while you had it open. What is there now:")
    rows = []
    for field in changed_fields(draft.entity, theirs):
        if field in FIELD_NAMES:
            now = said(getattr(theirs, field), names, words) or words("nothing")
            rows.append(f"<dt>{safe(words(FIELD_NAMES[field]))}</dt><dd>{safe(now)}</dd>")
    st.html(
        f'<div class="pl-ask" role="alert"><p>{safe(lead)}</p><div class="pl-rule"><dl>{"".join(rows)}</dl></div></div>'
    )

    def start_from(start: Draft[E]) -> None:
        st.session_state[draft.name] = start

    mine = replace(draft, version=version, entity=_with_beside(draft.entity, theirs, beside))
    other = Draft(draft.name, version, theirs, uuid4().hex[:12])
    ours, others = st.columns(2)
    ours.button(
        words("Go on with mine, over theirs"),
        key=f"{draft.name}_mine",
        on_click=start_from,
        args=(mine,),
        width="stretch",
    )
    others.button(words("Take theirs"), key=f"{draft.name}_theirs", on_click=start_from, args=(other,), width="stretch")


def save_draft(draft: Draft[E], made: E, release: Release, words: Words) -> bool:
    """Write what was made of a draft; a conflict or a refusal is said, and nothing that was typed is lost."""
    try:
        with open_register(release.area.path, to_write=True) as register:
            register.put(made, by=words("dashboard"), base=draft.version)
    except ConflictError:
        problem(words("Somebody changed this just now."))
        return False
    except PlanlibError as refused:
        problem(words.error(refused))
        return False
    st.session_state.pop(draft.name, None)
    return True


def today() -> date:
    """Return the day on which somebody writes something down."""
    return datetime.now().astimezone().date()


def problem(text: str) -> None:
    """Say what is wrong with what was filled in."""
    st.html(f'<p class="pl-problem" role="alert">{safe(text)}</p>')


def _with_beside(entity: E, theirs: E, beside: Collection[str]) -> E:
    return replace(entity, **{name: getattr(theirs, name) for name in beside})
