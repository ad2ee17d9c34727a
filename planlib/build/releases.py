"""Putting a release in use, and dropping what nothing refers to any more.

A release that is built from the area's files is a *base*; a *variant* stands beside its base and goes with it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from planlib.build.given import Given
from planlib.overlay import files
from planlib.release import Release

#: Bases that are kept: the one in use, and the one before it, which a server may still have open.
_KEPT_RELEASES = 2
#: Variants of each base that are kept, the newest.
_KEPT_VARIANTS = 10


def make_release(home: Path, given: Given) -> Release:
    """Write the release and put it in use, drop what nothing refers to any more, and return it."""
    release = write_release(home, given, {})
    files.write_json(home / "current.json", {"release": given.release_id})
    drop_old(home)
    return release


def write_release(home: Path, given: Given, more: dict[str, Any]) -> Release:
    """Write the record of a release, with what ``more`` says of it, and return it opened.

    Raises
    ------
    ReleaseError
        It cannot be opened: such a release must never come into use.
    """
    releases = home / "releases"
    releases.mkdir(exist_ok=True)
    record = {
        "overlay": given.overlay_id,
        "folder": str(given.area.path),
        "area": given.table,
        "catalogue": given.catalogue,
        **more,
    }
    files.write_json(releases / f"{given.release_id}.json", record)
    return Release(home, given.release_id)


def drop_old(home: Path) -> None:
    """Drop the records and cells of releases that are not kept."""
    newest = sorted((home / "releases").glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    records = {path: _read(path) for path in newest}
    kept = [path for path in newest if records[path].get("variant_of") is None][:_KEPT_RELEASES]
    for base in tuple(kept):
        variants = [path for path in newest if records[path].get("variant_of") == base.stem]
        kept += variants[:_KEPT_VARIANTS]
    for path in newest:
        if path not in kept:
            path.unlink()
    overlays = {records[path].get("overlay") for path in kept}
    for folder in (home / "overlays").iterdir():
        if folder.name not in overlays:
            shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path) -> dict[str, Any]:
    """Return the record of a release; an empty one when it is damaged, since nobody can open that."""
    try:
        record = files.read_json(path)
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
