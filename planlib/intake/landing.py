"""Where the shapes of a file would lie, were its coordinates in this or that CRS: what a person is shown and asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from planlib.crs import WGS84, Geometries, transform
from planlib.errors import LayerError
from planlib.layers import settle_crs
from planlib.layers.formats import read_unplaced
from planlib.layers.opening import CSV
from planlib.layers.placing import COMMON_CRS, in_the_netherlands, likely_crs
from planlib.model import LayerSource

#: The national grid and degrees are always asked for; the rest only when it would bring a file home.
_ALWAYS = COMMON_CRS[:3]
_MOST_SHAPES = 60
_MOST_CORNERS = 3_000


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a layer would lie in one CRS.

    ``rings`` are drawn around its first shapes and ``bounds`` (west, south, east, north) around all of them, in
    degrees; both are empty when it cannot be in that CRS. ``fits``: most of it lies in the Netherlands then.
    ``noticed`` is what would be done to it, such as swapping x and y.
    """

    crs: str
    fits: bool
    bounds: list[float]
    rings: list[list[list[float]]]
    noticed: list[str]


def landings(source: LayerSource) -> list[Landing]:
    """Return where a layer would lie in each CRS that may be meant, those that fit first."""
    # Only in a table the CRS decides which columns are read.
    geometry = None if source.path.suffix.lower() == CSV else read_unplaced(source)[0]
    found = []
    for crs in COMMON_CRS:
        shapes = geometry if geometry is not None else read_unplaced(replace(source, crs=crs))[0]
        landing = _landing(shapes, replace(source, crs=crs), crs)
        if crs in _ALWAYS or landing.fits:
            found.append(landing)
    return sorted(found, key=lambda landing: not landing.fits)


def landing_of(geometry: Geometries, crs: str, noticed: tuple[str, ...] = ()) -> Landing:
    """Return where shapes lie that are in ``crs``."""
    there = geometry[np.isfinite(shapely.bounds(geometry)).all(axis=1)]
    if not len(there):
        return Landing(crs, False, [], [], list(noticed))
    fits = float(in_the_netherlands(there, crs).mean()) > 0.5
    corners = np.array([shapely.box(*shapely.total_bounds(there))], dtype=object)
    bounds = shapely.total_bounds(transform(corners, source=crs, target=WGS84))
    if not np.isfinite(bounds).all():
        return Landing(crs, False, [], [], list(noticed))
    drawn = transform(there[:_MOST_SHAPES], source=crs, target=WGS84)
    drawn = drawn[np.isfinite(shapely.bounds(drawn)).all(axis=1)]
    return Landing(crs, fits, [float(side) for side in bounds], _rings(drawn, bounds), list(noticed))


def _landing(geometry: Geometries, source: LayerSource, crs: str) -> Landing:
    try:
        placed, _, findings = settle_crs(geometry, own="", named=crs, path=source.path)
    except LayerError:
        return Landing(crs, False, [], [], [])
    landing = landing_of(placed, crs, tuple(finding.problem for finding in findings if finding.row is None))
    return replace(landing, fits=landing.fits or crs in likely_crs(placed))


def _rings(shapes: Geometries, bounds: np.ndarray) -> list[list[list[float]]]:
    """Return rings around shapes in degrees, simplified; points and lines get a little body, to be seen."""
    west, south, east, north = bounds
    size = max(east - west, north - south, 1e-4)
    flat = shapely.get_dimensions(shapes) < 2
    shapes = shapely.simplify(shapes, size / 1_000)
    shapes[flat] = shapely.buffer(shapes[flat], size / 150, quad_segs=2)
    rings: list[list[list[float]]] = []
    corners = 0
    for ring in shapely.get_rings(shapes[~shapely.is_empty(shapes)]):
        corners += int(shapely.get_num_coordinates(ring))
        if corners > _MOST_CORNERS:
            break
        rings.append(shapely.get_coordinates(ring).round(6).tolist())
    return rings
