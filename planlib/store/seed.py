"""The tracked seed of an area's register: a GeoJSON file in the register's own exchange form.

The register that people write in comes with its own issue; until then the seed is what the map shows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape

from planlib.errors import StoreError
from planlib.model import Table, Use
from planlib.model.register import Bronpunt, Entry, Initiative, InitiativeState, Place, Visibility

SEED_FILE = "register-seed.geojson"


def read_seed(area_folder: Path) -> tuple[Entry, ...]:
    """Return the entries of an area's seed in file order; none when there is no seed.

    Raises
    ------
    StoreError
        The file is not GeoJSON, or an entry is incomplete.
    """
    path = area_folder / SEED_FILE
    if not path.exists():
        return ()
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise StoreError("{path} is not a readable GeoJSON file: {problem}.", path=path, problem=problem) from problem
    return tuple(_entry(feature, path, row) for row, feature in enumerate(features))


def _entry(feature: Mapping[str, Any], path: Path, row: int) -> Entry:
    table = Table(feature.get("properties"), file=str(path), place=f"row {row}", error=StoreError)
    kind = table.text("kind")
    common: dict[str, Any] = {
        "uid": table.text("uid"),
        "title": table.text("title"),
        "place": _place(feature.get("geometry"), table),
        "visibility": table.choice("visibility", Visibility),
        "summary": table.optional_text("summary") or "",
        "story": table.optional_text("story") or "",
    }
    if kind == "initiative":
        needed = table.value("area_needed_m2")
        return Initiative(
            **common,
            use=table.choice("use", Use),
            state=table.choice("state", InitiativeState),
            area_needed_m2=None if needed is None else table.number("area_needed_m2", default=0.0),
            initiator=table.optional_text("initiator") or "",
            leads=table.optional_text("leads") or "",
            themes=table.texts("themes") or (),
            next_step=table.optional_text("next_step") or "",
            next_step_by=table.optional_text("next_step_by") or "",
            next_step_on=table.optional_text("next_step_on") or "",
            experiment=table.flag("experiment"),
        )
    if kind == "bronpunt":
        return Bronpunt(
            **common,
            quality=table.optional_text("quality") or "",
            goals=table.texts("goals") or (),
            province_brings=table.optional_text("province_brings") or "",
            could_become=table.optional_text("could_become") or "",
        )
    raise table.refuse("kind must be initiative or bronpunt, not {kind!r}.", kind=kind)


def _place(geometry: Any, table: Table) -> Place:  # parsed JSON
    try:
        form = shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, GEOSException):
        raise table.refuse("the geometry cannot be read.") from None
    middle = form.representative_point()
    if form.is_empty or not (math.isfinite(middle.x) and abs(middle.x) <= 180 and abs(middle.y) <= 90):
        raise table.refuse("the geometry must be a point or polygon in longitude and latitude.")
    polygons = [part for part in shapely.get_parts(form) if part.geom_type == "Polygon"]
    rings = tuple(tuple((x, y) for x, y in polygon.exterior.coords) for polygon in polygons)
    return Place(longitude=middle.x, latitude=middle.y, rings=rings)
