"""Getting a release onto a page: open it, build it first, or say what is wrong and how to mend it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st

from planlib.build import is_stale, read_failure, read_progress
from planlib.catalogue import Catalogue, read_catalogue
from planlib.errors import BuildError, PlanlibError
from planlib.model.register import Entry, QualityEdit, StoryStep, ThemeEdit
from planlib.release import Release, build_folder, current_release_id
from planlib.store import Register, edited_catalogue, open_register, register_stamp
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.open_releases import current_release, release_by_id
from planlib.views.search import SearchIndex

AREA_VARIABLE = "PLANLIB_AREA"
_DEMO = Path(__file__).parents[2] / "data" / "areas" / "demo"
_STEPS = {
    "parcels": "reading the parcels",
    "layers": "preparing the rules",
    "cells": "laying the rules over the parcels",
    "release": "adding up",
}

_builders: dict[Path, subprocess.Popen[bytes]] = {}
_lock = threading.Lock()


def area_folder() -> Path:
    """Return the area this server shows: PLANLIB_AREA, or the demo."""
    return Path(os.environ.get(AREA_VARIABLE) or _DEMO).resolve()


def today() -> date:
    """Return the day from which the age of data is told; numbers never depend on it."""
    return datetime.now(UTC).date()


def load_release(words: Words) -> Release:
    """Return the release in use; while there is none the page shows the build's progress, and stops there.

    An area whose files changed is built again beside the page, which goes on with the last good release and says so.
    """
    folder = area_folder()
    refused: PlanlibError | None = None
    stale = False
    try:
        stale = _stale(str(folder), str(current_release_id(folder)))
    except PlanlibError as problem:
        refused = problem
    release = _last_good(folder)
    if release is None:
        if refused is not None:
            show_problem(refused, words)
        else:
            _build_first(folder, words)
        st.stop()
    refused = refused or (read_failure(folder) if stale else None)
    if refused is not None:
        st.warning(
            words("The changed data cannot be used, so you see the last good release:") + " " + words.error(refused)
        )
    elif stale:
        _start_builder(folder)
        st.info(
            words("The data of this area changed and is being worked in; until then you see the last good release.")
        )
    return release


def _last_good(folder: Path) -> Release | None:
    try:
        return current_release(folder)
    except PlanlibError:
        # Never built, or spoilt on disk: either way a build makes it good.
        return None


def load_entries(release: Release, words: Words) -> tuple[Entry, ...]:
    """Return the register of the area; what cannot be read is said, and the map goes on without it."""
    try:
        register = load_register(release)
        return _entries(str(release.area.path), register_stamp(release.area.path), register.head().hash, register)
    except PlanlibError as problem:
        st.warning(words.error(problem))
        return ()


def load_told(release: Release) -> frozenset[str]:
    """Return the uids of the entries whose story has steps; none of a register that cannot be read."""
    try:
        register = load_register(release)
        return _told(str(release.area.path), register_stamp(release.area.path), register.head().hash, register)
    except PlanlibError:
        # Said by load_entries, on the same page.
        return frozenset()


def load_register(release: Release) -> Register:
    """Return the register of the area to read; whoever writes opens it for that.

    Raises
    ------
    StoreError
        It cannot be opened.
    """
    return _register(str(release.area.path), register_stamp(release.area.path))


def load_catalogue(release: Release) -> Catalogue:
    """Return the catalogue with the themes and core qualities as this area words them.

    Where the register cannot be read it is the catalogue as it comes; :func:`load_entries` says so.
    """
    try:
        register = load_register(release)
        themes = [stored.entity for stored in register.all(ThemeEdit)]
        qualities = [stored.entity for stored in register.all(QualityEdit)]
    except PlanlibError:
        return read_catalogue()
    return edited_catalogue(read_catalogue(), themes, qualities)


@st.cache_resource(max_entries=4, show_spinner=False)
def _register(folder: str, stamp: str) -> Register:
    """Return the register in a folder, opened once; ``stamp`` differs when another one must be opened."""
    return open_register(folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _entries(folder: str, stamp: str, head: str, _register: Register) -> tuple[Entry, ...]:
    """Return the entries of a register as they were at ``head``; every change makes another head."""
    return _register.entries()


@st.cache_resource(max_entries=4, show_spinner=False)
def _told(folder: str, stamp: str, head: str, _register: Register) -> frozenset[str]:
    return frozenset(stored.entity.entry for stored in _register.all(StoryStep))


def show_problem(problem: PlanlibError, words: Words) -> None:
    """Say what is wrong with the area and how to find out more."""
    st.title(words("This area cannot be shown"), anchor=False)
    st.html(f'<p class="pl-problem">{safe(words.error(problem))}</p>')
    st.html(f"<p>{safe(words('See everything that is wrong with it, with this command:'))}</p>")
    st.code(f"python -m planlib check {area_folder()}", language=None)
    if st.button(words("Try again"), type="primary"):
        _stale.clear()
        st.rerun()


@st.cache_resource(max_entries=2, show_spinner=False)
def search_index(release_id: str) -> SearchIndex:
    """Return the search index of an open release, made once."""
    return SearchIndex(release_by_id(release_id) or current_release(area_folder()))


@st.cache_data(ttl=30, max_entries=4, show_spinner=False)
def _stale(folder: str, release_id: str) -> bool:
    """Whether the area's files differ from ``release_id``; asked at most twice a minute, not at every click."""
    return is_stale(folder)


def _build_first(folder: Path, words: Words) -> None:
    """Show how far the first build is; the page comes by itself when it is done."""
    st.title(words("The map is being made"), anchor=False)
    st.text(words("This happens once, and again when the data of the area changes."))
    if read_failure(folder) is None:
        _start_builder(folder)

    @st.fragment(run_every="0.7s")
    def watch() -> None:
        failed = read_failure(folder)
        if current_release_id(folder) is not None:
            _stale.clear()
            st.rerun()
        elif failed is None and not _is_building(folder):
            show_problem(BuildError("The build stopped without a word; run it by hand to see why."), words)
        elif failed is not None:
            show_problem(failed, words)
            if st.button(words("Build again")):
                _forget_failure(folder)
                st.rerun()
        else:
            progress = read_progress(folder) or {"step": "parcels", "done": 0, "of": 1}
            step = words(_STEPS.get(progress["step"], "adding up"))
            st.progress(progress["done"] / max(1, progress["of"]), text=step)

    watch()


def _start_builder(folder: Path) -> None:
    """Start a build in a process of its own, unless this server has one running."""
    with _lock:
        running = _builders.get(folder)
        if running is not None and running.poll() is None:
            return
        _builders[folder] = subprocess.Popen(
            [sys.executable, "-m", "planlib", "build", str(folder)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _is_building(folder: Path) -> bool:
    with _lock:
        running = _builders.get(folder)
        return running is None or running.poll() is None


def forget_release() -> None:
    """Look at the area's files again at the next run, instead of believing what was seen half a minute ago."""
    _stale.clear()


def _forget_failure(folder: Path) -> None:
    (build_folder(folder) / "failure.json").unlink(missing_ok=True)
    _stale.clear()
