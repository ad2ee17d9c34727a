"""What GDAL passes over in a GeoJSON file: a CRS that it does not know, and ids of features that are numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planlib.crs import parse_crs, same_crs
from planlib.errors import CrsError, LayerError, PlacingError, reason_of

#: Members of a GeoJSON file that are kept while it is read; coordinates and attributes are let go at once.
_KEPT = frozenset({"crs", "type", "properties", "name", "code", "features", "id"})


@dataclass(frozen=True, slots=True)
class Members:
    """``crs`` is the old ``crs`` member as it stands, ``ids`` the id of each feature, None where it has none."""

    crs: Any
    ids: tuple[Any, ...]

    def id_column(self) -> np.ndarray | None:
        """Return the ids as a column when they are whole numbers, which GDAL does not show; None when they are not."""
        given = [value for value in self.ids if value is not None]
        if not given or not all(isinstance(value, int) and not isinstance(value, bool) for value in given):
            return None
        return np.array(self.ids, dtype=object)


def read_members(path: Path) -> Members:
    """Return the members of a GeoJSON file that GDAL passes over.

    Raises
    ------
    LayerError
        The file is not JSON.
    """
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig", errors="replace"), object_pairs_hook=_kept)
    except (OSError, ValueError, RecursionError) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=reason_of(problem)) from problem
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        features = [data]
    ids = tuple(feature.get("id") if isinstance(feature, dict) else None for feature in features)
    return Members(data.get("crs") if isinstance(data, dict) else None, ids)


def require_known_crs(members: Members, *, taken: str | None, path: Path) -> None:
    """Refuse a file that names a CRS other than ``taken``: GDAL takes what it does not know for degrees, unsaid."""
    if members.crs is None:
        return
    properties = members.crs.get("properties") if isinstance(members.crs, dict) else None
    properties = properties if isinstance(properties, dict) else {}
    name = properties.get("name") or (f"EPSG:{properties['code']}" if "code" in properties else None)
    try:
        right = name is not None and taken is not None and same_crs(parse_crs(str(name)), parse_crs(taken))
    except CrsError:
        right = False
    if not right:
        raise PlacingError(
            "{path} names a coordinate reference system that is not known ({name}); name the right one for this layer "
            'in area.toml (such as crs = "EPSG:28992"), or save the file again with it.',
            path=path,
            name=name or "in an unknown way",
        )


def _kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if key in _KEPT}
