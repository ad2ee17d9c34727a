"""The one way in and out of a coordinate reference system.

Areas are measured in the plane of the area's own CRS, so that CRS must be projected, in metres, and true to area within
one per cent at the area. Longitude and latitude serve the map only.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from planlib.errors import CrsError

WGS84 = "EPSG:4326"
WEB_MERCATOR = "EPSG:3857"
#: Largest accepted departure of the areal scale from 1 (DESIGN 5.1).
AREAL_TOLERANCE = 0.01

Geometries = npt.NDArray[np.object_]


@lru_cache(maxsize=64)
def parse_crs(text: str) -> CRS:
    """Return the horizontal CRS that ``text`` names.

    Raises
    ------
    CrsError
        PROJ does not know it.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError as problem:
        raise CrsError("{crs!r} is not a known coordinate reference system.", crs=text) from problem
    return crs.sub_crs_list[0] if crs.is_compound else crs


def require_metric(text: str, *, file: str) -> CRS:
    """Return the CRS when areas may be measured in it: projected, in metres, not web mercator.

    Whether it is true to area at a place is for :func:`require_true_area`. ``file`` is where it was written.

    Raises
    ------
    CrsError
        It is not, or PROJ does not know it.
    """
    try:
        crs = parse_crs(text)
    except CrsError as problem:
        raise CrsError(
            "{file}: {crs!r} is not a known coordinate reference system; write for example EPSG:28992.",
            file=file,
            crs=text,
        ) from problem
    if not crs.is_projected:
        raise CrsError(
            "{file}: {crs} is not a projected CRS; areas need one in metres, such as EPSG:28992.", file=file, crs=text
        )
    if any(axis.unit_name not in {"metre", "meter"} for axis in crs.axis_info):
        raise CrsError(
            "{file}: {crs} is not in metres; areas need a CRS in metres, such as EPSG:28992.", file=file, crs=text
        )
    if crs.to_epsg() == 3857 or "Pseudo-Mercator" in crs.name:
        raise CrsError(
            "{file}: {crs} (web mercator) stretches areas; use the national grid, such as EPSG:28992.",
            file=file,
            crs=text,
        )
    return crs


def require_true_area(text: str, bounds: tuple[float, float, float, float], *, file: str) -> None:
    """Refuse a CRS whose areal scale departs more than 1% from true at the corners or centre of ``bounds``.

    ``bounds`` are (left, bottom, right, top) in that CRS, of what stands in ``file``. The areal scale is PROJ's own
    (Tissot's indicatrix).
    """
    crs = require_metric(text, file=file)
    left, bottom, right, top = bounds
    x = np.array([left, left, right, right, (left + right) / 2])
    y = np.array([bottom, top, bottom, top, (bottom + top) / 2])
    try:
        geodetic = Proj(crs)
        lon, lat = geodetic(x, y, inverse=True, errcheck=True)
        scale = np.asarray(geodetic.get_factors(lon, lat, errcheck=True).areal_scale)
    except ProjError as problem:
        raise CrsError(
            "{file}: the coordinates lie outside {crs}; is it the CRS of the parcels?", file=file, crs=text
        ) from problem
    worst = float(scale[np.argmax(np.abs(scale - 1))]) if np.isfinite(scale).all() else float("nan")
    if not abs(worst - 1) <= AREAL_TOLERANCE:
        raise CrsError(
            "{file}: {crs} shows areas at {percent:.1f}% of their true size here; choose a CRS made for this place.",
            file=file,
            crs=text,
            percent=worst * 100,
        )


def area_of_use(text: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of where a CRS is used, in degrees; None when PROJ does not say."""
    area = parse_crs(text).area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def same_crs(one: CRS, other: CRS) -> bool:
    """Whether two CRSs place the same numbers at the same spot, whatever the order of their axes."""
    if one.equals(other, ignore_axis_order=True):
        return True
    code = one.to_epsg(min_confidence=70)
    return code is not None and code == other.to_epsg(min_confidence=70)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)


def transform(geometries: Geometries, *, source: str, target: str) -> Geometries:
    """Return the geometries in another CRS, x east and y north in both.

    Points that PROJ cannot transform become infinite; the reader drops such rows with a finding.
    """
    move = _transformer(source, target)

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(move.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(geometries, moved)


def transform_points(x: Any, y: Any, *, source: str, target: str) -> tuple[Any, Any]:  # numpy in, numpy out
    """Return x and y (numbers or arrays) in another CRS, x east and y north in both."""
    return _transformer(source, target).transform(x, y)


@lru_cache(maxsize=64)
def accuracy_m(source: str, target: str) -> float | None:
    """Return the accuracy in metres of the operation that :func:`transform` uses; None when PROJ states none."""
    with warnings.catch_warnings():
        # PROJ warns when a better grid exists elsewhere; the accuracy that is returned says the same in metres.
        warnings.simplefilter("ignore", UserWarning)
        best = TransformerGroup(parse_crs(source), parse_crs(target), always_xy=True).transformers
    stated = best[0].accuracy if best else -1
    return stated if stated is not None and stated >= 0 else None
