"""The features of one rule near an area: read, brought to the area's CRS, repaired, buffered and dissolved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planlib.crs import Geometries, accuracy_m, parse_crs, same_crs, transform
from planlib.errors import CrsError, LayerError
from planlib.layers.formats import RawLayer, read_raw
from planlib.layers.repair import FARTHEST_M, LINE, POINT, POLYGON, repair
from planlib.model import Finding, LayerSource, Severity

#: Segments in a quarter circle of a buffer: the area of a disc is then 0.04% short (DESIGN section 3).
QUAD_SEGS = 32
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Features:
    """Polygons of one rule, valid, not overlapping each other, in the area's CRS."""

    polygons: Geometries
    findings: tuple[Finding, ...]


def read_features(source: LayerSource, *, name: str, crs: str, bounds: Bounds, buffer_m: float = 0.0) -> Features:
    """Return the polygons of a rule that come near ``bounds``.

    Parameters
    ----------
    name
        Id of the rule, for messages.
    crs
        The area's CRS, in which ``bounds`` (left, bottom, right, top) and ``buffer_m`` are.

    Raises
    ------
    LayerError
        The file cannot be used, had rows of which none survived repair, or has a row of points or lines without a
        buffer: such a row means something, and leaving it out would show land as free. What is left of a polygon
        beside its area, such as the point in a collection, is left out with a finding.
    """
    raw, findings = read_placed(source, name=name, crs=crs)
    if buffer_m == 0:
        _refuse_flat(raw, name=name, path=str(source.path))
    near = _near(raw.geometry, bounds, buffer_m)
    dimensions = (POINT, LINE, POLYGON) if buffer_m > 0 else (POLYGON,)
    geometry, _, repairs = repair(raw.geometry[near], raw.rows[near], where=name, dimensions=dimensions)
    findings += repairs
    if not len(raw.geometry):
        findings.append(Finding(Severity.WARNING, name, None, why_empty(raw, source), "it covers 0 m2"))
    elif not len(geometry) and _lost_all(raw.geometry, near):
        raise LayerError(
            "{name}: of the {count} rows of {path} none could be used; check the shapes in that layer.",
            name=name,
            count=len(raw.geometry),
            path=source.path,
        )
    elif not len(geometry):
        findings.append(Finding(Severity.WARNING, name, None, "no feature lies near the area", "it covers 0 m2"))
    if buffer_m > 0:
        geometry = shapely.buffer(geometry, buffer_m, quad_segs=QUAD_SEGS)
    return Features(dissolve_overlaps(geometry), tuple(findings))


def read_placed(
    source: LayerSource, *, name: str, crs: str, columns: tuple[str, ...] = ()
) -> tuple[RawLayer, list[Finding]]:
    """Return the rows of a layer in the area's CRS; a transformation is a finding with its accuracy.

    Raises
    ------
    LayerError
        The file cannot be used.
    CrsError
        Its CRS is not known.
    """
    raw = read_raw(source, columns=columns)
    findings = [replace(finding, where=name) for finding in raw.findings]
    try:
        own = parse_crs(raw.crs)
    except CrsError as problem:
        raise CrsError(
            "{path} is in {crs!r}, which is no known coordinate reference system.", path=source.path, crs=raw.crs
        ) from problem
    target = parse_crs(crs)
    if same_crs(own, target):
        return raw, findings
    label = own.to_string() if len(own.to_string()) < 40 else own.name
    accuracy = accuracy_m(raw.crs, crs)
    stated = f"accurate to {accuracy:g} m" if accuracy is not None else "of unknown accuracy"
    problem = f"the layer is in {label}, the area in {crs}"
    findings.append(Finding(Severity.NOTE, name, None, problem, f"transformed it, {stated}"))
    return replace(raw, geometry=transform(raw.geometry, source=raw.crs, target=crs)), findings


def why_empty(raw: RawLayer, source: LayerSource) -> str:
    """Return why a layer without rows has none: there are none in the file, or none passes its condition."""
    if not raw.in_file:
        return "the layer has no features"
    return f"none of the {raw.in_file} features passes where = {source.where!r}, so no features are left"


def dissolve_overlaps(polygons: Geometries) -> Geometries:
    """Return polygons that cover the same land without overlapping each other.

    Only groups that touch or overlap are united. A union is computed twice, plainly and on a fine grid, since a single
    floating overlay can be silently wrong; when the two disagree the one on the grid is taken.
    """
    if len(polygons) < 2:
        return polygons
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = one < other
    links = coo_matrix(
        (np.ones(pairs.sum(), dtype=bool), (one[pairs], other[pairs])), shape=(len(polygons), len(polygons))
    )
    _, group = connected_components(links, directed=False)
    alone = np.bincount(group)[group] == 1
    order = np.flatnonzero(~alone)[np.argsort(group[~alone], kind="stable")]
    borders = np.flatnonzero(np.diff(group[order])) + 1
    united = [checked_union(polygons[members]) for members in np.split(order, borders) if len(members)]
    parts = shapely.get_parts(np.array(united, dtype=object))
    return np.concatenate([polygons[alone], parts[shapely.get_dimensions(parts) == POLYGON]])


def checked_union(polygons: Geometries) -> shapely.Geometry:
    """Return the union of valid polygons, checked against the same union on a 0.1 mm grid."""
    on_grid = shapely.union_all(polygons, grid_size=1e-4)
    try:
        plain = shapely.union_all(polygons)
    except shapely.errors.GEOSException:
        return on_grid
    # On a grid every vertex may move half a cell, so areas may differ by the length of the boundary times that.
    tolerance = 1e-4 * float(shapely.length(shapely.boundary(polygons)).sum()) + 1e-6
    return plain if abs(shapely.area(plain) - shapely.area(on_grid)) <= tolerance else on_grid


def quick_union(polygons: Geometries) -> Geometries:
    """Return the union of valid polygons as polygons, in half the time of :func:`checked_union`.

    It is checked another way: a point inside every polygon must lie in the union, and the union may not be larger than
    all of them together; when it fails it is made again on a grid of a millimetre.
    """
    try:
        union = shapely.get_parts(shapely.disjoint_subset_union_all(polygons))
    except shapely.errors.GEOSException:
        union = np.array([], dtype=object)
    points = shapely.point_on_surface(polygons)
    held = np.unique(shapely.STRtree(union).query(points, predicate="intersects")[0])
    together = float(shapely.area(polygons).sum())
    if len(held) < len(points) or float(shapely.area(union).sum()) > together * (1 + 1e-9):
        union = shapely.get_parts(shapely.union_all(polygons, grid_size=1e-3))
    return union[shapely.get_dimensions(union) == POLYGON]


def _near(geometry: Geometries, bounds: Bounds, buffer_m: float) -> np.ndarray:
    """Rows whose envelope comes within reach of ``bounds``, and rows without a usable place, to be reported."""
    left, bottom, right, top = bounds
    box = shapely.bounds(geometry)
    unplaced = ~(np.abs(box) < FARTHEST_M).all(axis=1)
    reach = buffer_m + 1.0
    apart = (
        (box[:, 0] > right + reach)
        | (box[:, 2] < left - reach)
        | (box[:, 1] > top + reach)
        | (box[:, 3] < bottom - reach)
    )
    return unplaced | ~apart


def _lost_all(geometry: Geometries, near: np.ndarray) -> bool:
    """Whether no usable row is left although rows lay near the area, or none of them had a place at all."""
    placed = np.isfinite(shapely.bounds(geometry)).all(axis=1)
    return bool((near & placed).any() or not placed.any())


def _refuse_flat(raw: RawLayer, *, name: str, path: str) -> None:
    kinds = shapely.get_dimensions(raw.geometry)
    flat = np.flatnonzero((kinds == POINT) | (kinds == LINE))
    if len(flat):
        raise LayerError(
            "{name}: row {row} of {path} holds points or lines, which have no area; give the constraint a buffer_m, "
            "or take such rows out with where.",
            name=name,
            row=raw.rows[flat[0]],
            path=path,
        )
