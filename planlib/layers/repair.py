"""Refuse or report: geometries go in as they came, and come out finite, valid and of one kind, with findings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.model import Finding, Severity

POINT, LINE, POLYGON = 0, 1, 2
#: Coordinates beyond this many metres are no place on earth in any projected CRS.
FARTHEST_M = 5e7


def repair(
    geometry: Geometries, rows: np.ndarray, *, where: str, dimensions: Iterable[int] = (POLYGON,)
) -> tuple[Geometries, np.ndarray, list[Finding]]:
    """Return the usable part of each geometry, flattened to 2D and valid, with the position it came from.

    Parameters
    ----------
    geometry
        Geometries in the area's CRS, or None.
    rows
        Row in the file of each geometry, for the findings.
    where
        Name of the layer or file, for the findings.
    dimensions
        Which kinds are wanted: 0 points, 1 lines, 2 polygons. Parts of other kinds are dropped with a finding.

    Returns
    -------
    geometry, position, findings
        ``position`` indexes the input. Polygons are repaired with GEOS' *structure* method: the default repair takes
        doubly covered land out, which would show it as free.
    """
    findings: list[Finding] = []
    geometry = shapely.force_2d(geometry)
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    findings += _dropped(rows[~there], where, "no geometry")
    bounds = shapely.bounds(geometry)
    placed = there & np.isfinite(bounds).all(axis=1) & (np.abs(np.nan_to_num(bounds)) < FARTHEST_M).all(axis=1)
    findings += _dropped(rows[there & ~placed], where, "coordinates that are no numbers or lie off the earth")
    position = np.flatnonzero(placed)
    geometry = geometry[position].copy()
    _make_valid(geometry, rows[position], where, findings)
    geometry, position = _only(geometry, position, rows, where, tuple(dimensions), findings)
    return geometry, position, findings


def _dropped(rows: np.ndarray, where: str, problem: str) -> list[Finding]:
    return [Finding(Severity.WARNING, where, int(row), problem, "dropped the row", None, 0.0) for row in rows]


def _make_valid(geometry: Geometries, rows: np.ndarray, where: str, findings: list[Finding]) -> None:
    invalid = np.flatnonzero(~shapely.is_valid(geometry))
    for at in invalid:
        before = float(shapely.area(geometry[at]))
        reason = str(shapely.is_valid_reason(geometry[at]))
        geometry[at] = shapely.make_valid(geometry[at], method="structure", keep_collapsed=False)
        empty = bool(shapely.is_empty(geometry[at]))
        findings.append(
            Finding(
                Severity.WARNING,
                where,
                int(rows[at]),
                f"invalid shape ({reason})",
                "nothing was left of it: dropped the row" if empty else "repaired it",
                before,
                float(shapely.area(geometry[at])),
            )
        )


def _only(
    geometry: Geometries,
    position: np.ndarray,
    rows: np.ndarray,
    where: str,
    dimensions: tuple[int, ...],
    findings: list[Finding],
) -> tuple[Geometries, np.ndarray]:
    """Split into single parts of the wanted dimensions; report what is left behind."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    while (shapely.get_type_id(parts) >= 4).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    wanted = np.isin(shapely.get_dimensions(parts), dimensions) & ~shapely.is_empty(parts)
    names = {POINT: "points", LINE: "lines", POLYGON: "polygons"}
    for dimension, name in names.items():
        if dimension not in dimensions:
            lost = np.unique(position[owner[shapely.get_dimensions(parts) == dimension]])
            findings += [
                Finding(Severity.WARNING, where, int(rows[at]), f"{name} among the rest", f"left the {name} out")
                for at in lost
            ]
    return parts[wanted], position[owner[wanted]]
