"""Adding and editing an initiative or bronpunt: a short form first, all of it in groups after that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import streamlit as st

from planlib.catalogue import Catalogue
from planlib.errors import PlanlibError, UnfitError
from planlib.model.register import Bronpunt, Entry, Initiative, LeadTurn
from planlib.release import Release
from planlib.store import Register, Stored, open_register
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.draft import Draft, choose_version, open_draft, problem, save_draft, today
from planlib.ui.entry_fields import bronpunt_fields, first_fields, initiative_fields, read_hectares
from planlib.ui.entry_place import choose_place
from planlib.ui.picture_form import pictures_form
from planlib.views.entry_words import names_in

#: Fields of an entry that its form does not hold: they are changed elsewhere on the page.
_BESIDE = {
    Initiative: ("agreements", "place", "created_on"),
    Bronpunt: ("place", "created_on"),
}


def new_entry(noun: type[Initiative] | type[Bronpunt], release: Release, words: Words) -> None:
    """Draw the form of a new entry at the place that is chosen on the map."""
    name = f"new_{noun.__name__}"
    chosen = choose_place(release, words, key=name)
    if chosen is None:
        st.text(words("Click a parcel on the map, or draw a shape: the new one comes there."))
        return
    place, title = chosen
    uid = st.session_state.setdefault(f"{name}_uid", str(uuid4()))
    draft = Draft(name, 0, noun(uid, "", place, created_on=today()), uid)
    with st.form(draft.key, border=False):
        values = first_fields(draft.entity, words, draft.key)
        where = words("It comes on {place}, and starts internal.", place=title)
        st.html(f'<p class="pl-quiet">{safe(where)} {safe(words("All the rest can be added after that."))}</p>')
        saved = st.form_submit_button(words("Save"), type="primary")
    if not saved:
        return
    made = _made(draft.entity, values, words)
    if made is not None and save_draft(draft, made, release, words):
        del st.session_state[f"{name}_uid"]
        choices.select(entry=uid)
        st.rerun()


def edit_entry(stored: Stored[Any], register: Register, release: Release, catalogue: Catalogue, words: Words) -> None:
    """Draw the form of an entry that is there; what somebody else changed meanwhile is shown beside it first."""
    entry: Entry = stored.entity
    beside = _BESIDE[type(entry)]
    draft = open_draft(f"edit_{entry.uid}", entry, stored.version, beside=beside)
    choose_version(draft, entry, stored.version, names_in(catalogue, words), words, beside=beside)
    with st.form(draft.key, border=False):
        start = draft.entity
        if isinstance(start, Initiative):
            values = initiative_fields(start, catalogue, words, draft.key)
        else:
            values = bronpunt_fields(start, catalogue, words, draft.key)
        saved = st.form_submit_button(words("Save"), type="primary")
    if saved:
        made = _made(start, values, words)
        if made is not None and save_draft(draft, made, release, words):
            st.rerun()
    pictures_form(entry, register, release, words)
    _move(stored, release, words)


def _made(entry: Entry, values: dict[str, Any], words: Words) -> Entry | None:
    """Return an entry as it was filled in; None after saying what is wrong with that."""
    if not values["title"]:
        problem(words("Give it a name first."))
        return None
    if isinstance(entry, Bronpunt):
        return replace(entry, **values)
    try:
        if "hectares" in values:
            values["area_needed_m2"] = read_hectares(values.pop("hectares"), entry.area_needed_m2, words)
    except UnfitError as refused:
        problem(words.error(refused))
        return None
    made = replace(entry, **values)
    return replace(made, led_before=_led_before(entry, made))


def _led_before(before: Initiative, made: Initiative) -> tuple[LeadTurn, ...]:
    """Return who led before; whoever led until now comes last, unless that was written down by hand."""
    if before.leads in (None, made.leads) or len(made.led_before) > len(before.led_before):
        return made.led_before
    return (*made.led_before, LeadTurn(before.leads, today()))


def _move(stored: Stored[Any], release: Release, words: Words) -> None:
    chosen = choose_place(release, words, key=f"move_{stored.entity.uid}")
    if chosen is None or chosen[0] == stored.entity.place:
        return
    if st.button(words("Put it at the place chosen on the map"), key=f"move_{stored.entity.uid}"):
        try:
            with open_register(release.area.path, to_write=True) as register:
                register.put(replace(stored.entity, place=chosen[0]), by=words("dashboard"), base=stored.version)
        except PlanlibError as refused:
            problem(words.error(refused))
            return
        st.rerun()
