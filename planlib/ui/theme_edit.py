"""Changing the themes and core qualities of an area: other words, one of its own, or one that is no longer used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

import streamlit as st

from planlib.catalogue import Catalogue, CoreQuality, Theme
from planlib.model import Use
from planlib.model.register import QualityEdit, ThemeEdit
from planlib.release import Release
from planlib.store import Register, Stored
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui.draft import Draft, choose_version, open_draft, problem, save_draft
from planlib.ui.entry_fields import paragraph, text
from planlib.views.entry_words import FIELD_NAMES, names_in
from planlib.views.sentences import USE_NAMES

_NEW = ""
_MOST_CHARACTERS = 600
E = TypeVar("E", ThemeEdit, QualityEdit)


def edit_themes(catalogue: Catalogue, register: Register, release: Release, words: Words) -> None:
    """Draw the form of a theme and that of a core quality; what is saved counts at once, on every page."""
    st.html(f'<h4 class="pl-side">{safe(words("Themes"))}</h4>')
    _theme(catalogue, register.all(ThemeEdit), release, words)
    st.html(f'<h4 class="pl-side">{safe(words("Core qualities"))}</h4>')
    _quality(catalogue, register.all(QualityEdit), release, words)


def _theme(catalogue: Catalogue, edits: Sequence[Stored[ThemeEdit]], release: Release, words: Words) -> None:
    retired = {theme.id for theme in catalogue.retired_themes}
    by_id = {theme.id: theme for theme in (*catalogue.themes, *catalogue.retired_themes)}
    picked = _pick(by_id, retired, words("Which theme"), words("a new theme"), words, "edit_theme")
    kept = next((stored for stored in reversed(edits) if stored.entity.theme == picked), None)
    given = _theme_edit(by_id.get(picked))
    draft = _open(f"draft_theme_{given.theme}", kept, given, catalogue, words)
    start, key = draft.entity, draft.key
    with st.form(key, border=False):
        values = _texts(start, words, key)
        uses = st.multiselect(
            words(FIELD_NAMES["uses"]),
            list(Use),
            list(start.uses),
            format_func=lambda use: words(USE_NAMES[use]),
            placeholder=words("none"),
            key=f"{key}_uses",
            select_all=False,
        )
        titles = names_in(catalogue, words)
        qualities = st.multiselect(
            words(FIELD_NAMES["core_qualities"]),
            list(dict.fromkeys([*(quality.id for quality in catalogue.core_qualities), *start.core_qualities])),
            list(start.core_qualities),
            format_func=lambda quality: str(titles.get(quality, quality)),
            placeholder=words("none"),
            key=f"{key}_qualities",
            select_all=False,
        )
        gone = st.checkbox(words(FIELD_NAMES["retired"]), start.retired, key=f"{key}_retired")
        saved = st.form_submit_button(words("Save"), type="primary")
    if saved:
        made = replace(start, **values, uses=tuple(uses), core_qualities=tuple(qualities), retired=gone)
        _save(draft, made, made.theme, "edit_theme", release, words)


def _quality(catalogue: Catalogue, edits: Sequence[Stored[QualityEdit]], release: Release, words: Words) -> None:
    retired = {quality.id for quality in catalogue.retired_qualities}
    by_id = {quality.id: quality for quality in (*catalogue.core_qualities, *catalogue.retired_qualities)}
    picked = _pick(by_id, retired, words("Which core quality"), words("a new core quality"), words, "edit_quality")
    kept = next((stored for stored in reversed(edits) if stored.entity.core_quality == picked), None)
    given = _quality_edit(by_id.get(picked))
    draft = _open(f"draft_quality_{given.core_quality}", kept, given, catalogue, words)
    start, key = draft.entity, draft.key
    # The rules of one that the catalogue has are the catalogue's own.
    own = picked == _NEW or bool(start.rules)
    with st.form(key, border=False):
        values = _texts(start, words, key)
        rules = start.rules
        if own:
            titles = {rule.id: rule.title.in_language(words.language) for rule in release.rules}
            rules = tuple(
                st.multiselect(
                    words(FIELD_NAMES["rules"]),
                    list(dict.fromkeys([*titles, *start.rules])),
                    list(start.rules),
                    format_func=lambda rule: str(titles.get(rule, rule)),
                    placeholder=words("none"),
                    key=f"{key}_rules",
                    select_all=False,
                )
            )
        gone = st.checkbox(words(FIELD_NAMES["retired"]), start.retired, key=f"{key}_retired")
        saved = st.form_submit_button(words("Save"), type="primary")
    if saved:
        if own and not rules:
            problem(words("Say which rule shows where this core quality is."))
            return
        made = replace(start, **values, rules=rules, retired=gone)
        _save(draft, made, made.core_quality, "edit_quality", release, words)


def _pick(
    by_id: dict[str, Theme] | dict[str, CoreQuality], retired: set[str], label: str, new: str, words: Words, key: str
) -> str:
    """Draw the choice of what is changed and return its id; empty for a new one."""

    def name(option: str) -> str:
        if option == _NEW:
            return new
        title = by_id[option].title.in_language(words.language)
        return words("{title} (no longer used)", title=title) if option in retired else title

    wanted = st.session_state.pop(f"{key}_saved", None)
    if wanted in by_id:
        st.session_state[key] = wanted
    return str(st.selectbox(label, [*by_id, _NEW], format_func=name, key=key) or _NEW)


def _open(name: str, kept: Stored[E] | None, given: E, catalogue: Catalogue, words: Words) -> Draft[E]:
    """Return the draft of an edit: as it is kept, else as the catalogue has it, which nobody changed before."""
    entity, version = (given, 0) if kept is None else (kept.entity, kept.version)
    draft = open_draft(name, entity, version, first="title_nl")
    choose_version(draft, entity, version, names_in(catalogue, words), words)
    return draft


def _texts(edit: ThemeEdit | QualityEdit, words: Words, key: str) -> dict[str, str]:
    left, right = st.columns(2)
    values = {}
    for column, language in ((left, "nl"), (right, "en")):
        with column:
            title = f"title_{language}"
            values[title] = text(edit, title, words, key, most=80)
            about = f"description_{language}"
            values[about] = paragraph(edit, about, words, key, most=_MOST_CHARACTERS, height=120)
    return values


def _save(draft: Draft[E], made: E, picked: str, field: str, release: Release, words: Words) -> None:
    if not getattr(made, "title_nl", ""):
        problem(words("Give it a name first."))
    elif save_draft(draft, made, release, words):
        st.session_state[f"{field}_saved"] = picked
        st.session_state.pop(f"{field}_new", None)
        st.rerun()


def _theme_edit(theme: Theme | None) -> ThemeEdit:
    """Return a theme as an edit that changes nothing; of a theme that is not there yet an empty one.

    Its uid follows from the theme, so that two people who change a theme of the catalogue for the first time meet.
    """
    if theme is None:
        new = _new_id("edit_theme")
        return ThemeEdit(f"theme-{new}", new, "")
    return ThemeEdit(
        f"theme-{theme.id}",
        theme.id,
        theme.title.nl,
        theme.title.en or "",
        theme.description.nl,
        theme.description.en or "",
        theme.uses,
        theme.core_qualities,
    )


def _quality_edit(quality: CoreQuality | None) -> QualityEdit:
    """Return a core quality as :func:`_theme_edit` does a theme."""
    if quality is None:
        new = _new_id("edit_quality")
        return QualityEdit(f"core-quality-{new}", new, "")
    return QualityEdit(
        f"core-quality-{quality.id}",
        quality.id,
        quality.title.nl,
        quality.title.en or "",
        quality.description.nl,
        quality.description.en or "",
    )


def _new_id(name: str) -> str:
    """Return the id of one that is being made, the same until it is saved, so that saving it twice does no harm."""
    return str(st.session_state.setdefault(f"{name}_new", f"eigen-{uuid4().hex[:8]}"))
