"""An area as it stands on disk now, and the names that its content gives its overlay and its release."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planlib.area import area_from_table, read_area_table
from planlib.catalogue import read_catalogue
from planlib.model import Area
from planlib.overlay import OVERLAY_VERSION, InputFiles, files, make_plan
from planlib.release import current_release_id

_INPUTS = "inputs.json"


@dataclass(frozen=True, slots=True)
class Given:
    """An area as it stands on disk now; ``table`` and ``catalogue`` are what its words are read from."""

    area: Area
    table: dict[str, Any]
    catalogue: dict[str, Any]
    overlay_id: str
    release_id: str


def input_files(home: Path) -> InputFiles:
    """Return what identifies the input files of an area, with what was remembered of them."""
    return InputFiles(home / _INPUTS)


def read_given(area_folder: Path | str, home: Path, inputs: InputFiles | None = None) -> Given:
    """Return an area as its files are now.

    Raises
    ------
    PlanlibError
        The area file or a file it names cannot be read.
    """
    folder, table = read_area_table(area_folder)
    folder = folder.resolve()
    area = area_from_table(table, folder=folder)
    rules = [*area.constraints, *(item.constraint for item in area.left_out)]
    used = read_catalogue().used_by(rule.id for rule in rules)
    inputs = inputs or input_files(home)
    plan = make_plan(area.constraints)
    parts = [
        OVERLAY_VERSION,
        area.crs,
        inputs.of(area.parcels.source),
        [area.parcels.id_column, area.parcels.registered_area_column, area.parcels.owner_kind_column],
        [[member.name, inputs.of(member.source), member.buffer_m] for member in plan.members],
        [plan.rules, plan.features, plan.coverage],
    ]
    inputs.save()
    overlay_id = digest(parts)
    return Given(area, table, used, overlay_id, digest([overlay_id, str(folder), table, used]))


def digest(parts: object) -> str:
    """Return the name that a content gets."""
    canonical = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def is_current(area_folder: Path | str, home: Path, given: Given) -> bool:
    """Whether the release in use is what the files say now, with all its files."""
    return current_release_id(area_folder) == given.release_id and files.is_whole(home / "overlays" / given.overlay_id)
