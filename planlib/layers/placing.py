"""Where a file's numbers lie: the CRS that it states or that a person named, held against the numbers themselves.

A CRS that is missing, or that does not fit, is for a person to name; it is never guessed in silence. What the numbers
look like is said, so that the answer is easy.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from pyproj.exceptions import ProjError

from planlib.crs import WGS84, Geometries, area_of_use, parse_crs, same_crs, transform_points
from planlib.errors import CrsError, LayerError, PlacingError
from planlib.layers.repair import FARTHEST_M
from planlib.model import Finding, Severity

RD = "EPSG:28992"
#: What Dutch files come in: the national grid, degrees (ETRS89, WGS84), web maps, and UTM of the two zones.
COMMON_CRS = (RD, "EPSG:4258", "EPSG:4326", "EPSG:3857", "EPSG:25831", "EPSG:25832")
Box = tuple[float, float, float, float]


def settle_crs(
    geometry: Geometries, *, own: str, named: str | None, path: Path
) -> tuple[Geometries, str, list[Finding]]:
    """Return geometries with the CRS they are in, x east and y north, and what was noticed.

    Parameters
    ----------
    own, named
        The CRS that the file states (empty: none), and the one that a person named for it, which goes first.

    Raises
    ------
    PlacingError
        No CRS is known, or all coordinates lie far from where it is used; a person must name the right one.
    LayerError
        The CRS that was named is not known.
    """
    findings: list[Finding] = []
    crs = named or own
    if not crs:
        raise PlacingError(
            "{path} states no coordinate reference system; name it for this layer in area.toml "
            '(crs = "{likely}", if that is what its numbers are), or save the file again with one.',
            path=path,
            likely=(likely_crs(geometry) or [RD])[0],
        )
    try:
        parsed = parse_crs(crs)
        if named and own and not same_crs(parsed, parse_crs(own)):
            problem = f"the file says {_short(own)}, the area file {named}"
            findings.append(Finding(Severity.WARNING, path.name, None, problem, f"took it as {named}"))
    except CrsError:
        if not named:
            # A CRS that only the file knows is for whoever needs to transform it.
            return geometry, crs, findings
        raise LayerError(
            "{path}: {crs!r} is no known coordinate reference system; write for example EPSG:28992.",
            path=path,
            crs=named,
        ) from None
    boxes = shapely.bounds(geometry)
    placed = np.isfinite(boxes).all(axis=1) & (np.abs(np.nan_to_num(boxes)) < FARTHEST_M).all(axis=1)
    if not placed.any():
        return geometry, crs, findings
    if _is_swapped(boxes[placed], crs):
        findings.append(
            Finding(
                Severity.WARNING,
                path.name,
                None,
                "x and y (or longitude and latitude) stand the wrong way round",
                "swapped them: only then it lies in the Netherlands",
            )
        )
        return shapely.transform(geometry, lambda xy: xy[:, ::-1]), crs, findings
    usual = _usual_box(crs)
    if usual is None:
        return geometry, crs, findings
    far = placed & ~_meets(boxes, usual)
    if far.sum() == placed.sum():
        raise PlacingError(
            "{path} is said to be in {crs}, but its coordinates lie far from where that is used; name the right "
            'coordinate reference system for this layer in area.toml (crs = "{likely}", if that is what they are).',
            path=path,
            crs=_short(crs),
            likely=(likely_crs(geometry) or [RD])[0],
        )
    problem = f"it lies far from where {_short(crs)} is used"
    findings += [
        Finding(Severity.WARNING, path.name, int(row), problem, "left it where it says") for row in np.flatnonzero(far)
    ]
    return geometry, crs, findings


def likely_crs(geometry: Geometries) -> list[str]:
    """Return the common CRSs in which most of the shapes would lie in the Netherlands, the likeliest first."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return []
    return [crs for crs in COMMON_CRS if _meets(boxes, dutch_box(crs)).mean() > 0.5]


def in_the_netherlands(geometry: Geometries, crs: str) -> np.ndarray:
    """Return per shape whether it meets the box around the European Netherlands; what has no place does not."""
    here = dutch_box(crs)
    if not np.isfinite(here).all():
        return np.zeros(len(geometry), dtype=bool)
    return _meets(shapely.bounds(geometry), here)


@lru_cache(maxsize=16)
def dutch_box(crs: str) -> Box:
    """Return left, bottom, right and top of the European Netherlands in a CRS."""
    return _projected(area_of_use(RD) or (3.2, 50.75, 7.22, 53.7), crs)


def _is_swapped(boxes: np.ndarray, crs: str) -> bool:
    """Whether nothing lies in the Netherlands as it stands and most of it does with x and y the other way round."""
    if not (parse_crs(crs).is_geographic or same_crs(parse_crs(crs), parse_crs(RD))):
        return False
    here = dutch_box(crs)
    turned = boxes[:, [1, 0, 3, 2]]
    return not _meets(boxes, here).any() and float(_meets(turned, here).mean()) > 0.5


@lru_cache(maxsize=64)
def _usual_box(crs: str) -> Box | None:
    """Return where a CRS is used, and half as much again on every side; None when PROJ does not know."""
    area = area_of_use(crs)
    if area is None:
        return None
    try:
        left, bottom, right, top = _projected(area, crs)
    except ProjError:
        return None
    if not np.isfinite([left, bottom, right, top]).all():
        return None
    wide, high = (right - left) / 2, (top - bottom) / 2
    return left - wide, bottom - high, right + wide, top + high


def _projected(degrees: Box, crs: str) -> Box:
    """Return the box around a box of degrees in another CRS; its sides are curves there."""
    left, bottom, right, top = degrees
    edge = np.linspace(0.0, 1.0, 21)
    x = np.concatenate([left + edge * (right - left)] * 2 + [np.full(21, left), np.full(21, right)])
    y = np.concatenate([np.full(21, bottom), np.full(21, top)] + [bottom + edge * (top - bottom)] * 2)
    east, north = transform_points(x, y, source=WGS84, target=crs)
    return float(np.min(east)), float(np.min(north)), float(np.max(east)), float(np.max(north))


def _meets(boxes: np.ndarray, other: Box) -> np.ndarray:
    left, bottom, right, top = other
    return (boxes[:, 0] <= right) & (boxes[:, 2] >= left) & (boxes[:, 1] <= top) & (boxes[:, 3] >= bottom)


def _short(crs: str) -> str:
    return crs if len(crs) < 40 else parse_crs(crs).name
