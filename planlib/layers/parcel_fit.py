"""Do parcels fit each other? Land that is in two of them, and land between them that is in none."""

from __future__ import annotations

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.layers.parcels import Parcels
from planlib.model import Finding, Severity

#: Smaller than this is two drawings of the same line.
_LEAST_M2 = 0.01
#: Where parcels do not fit line on line they are put on a grid: plain floating overlay can be silently wrong.
_GRID_M = 1e-4


def fit_findings(parcels: Parcels) -> list[Finding]:
    """Return a finding when parcels overlap, and one when they enclose land that is in none of them.

    GEOS' coverage check points out the few parcels that do not fit; only those are intersected and put on a grid.
    """
    geometry = parcels.geometry
    suspect = ~shapely.is_empty(shapely.coverage_invalid_edges(geometry))
    overlaps, gaps = _overlaps(geometry, suspect), shapely.area(_gaps(geometry, suspect))
    overlaps, gaps = overlaps[overlaps > _LEAST_M2], gaps[gaps > _LEAST_M2]
    findings = []
    if len(overlaps):
        problem = f"{len(overlaps)} pairs of parcels overlap, {float(overlaps.sum()):.2f} m2 together"
        done = "kept both: that land counts in each of them"
        findings.append(Finding(Severity.WARNING, "parcels", None, problem, done))
    if len(gaps):
        problem = f"{len(gaps)} gaps between parcels, {float(gaps.sum()):.2f} m2 together"
        findings.append(Finding(Severity.NOTE, "parcels", None, problem, "that land counts nowhere"))
    return findings


def _overlaps(geometry: Geometries, suspect: np.ndarray) -> np.ndarray:
    """Return the m2 that two parcels share, for each pair of which one does not fit."""
    # A parcel that lies wholly inside another marks only itself, so suspects are held against all parcels.
    at = np.flatnonzero(suspect)
    one, other = shapely.STRtree(geometry).query(geometry[at], predicate="intersects")
    one = at[one]
    pairs = np.unique(np.sort(np.column_stack([one, other])[one != other], axis=1), axis=0)
    return shapely.area(shapely.intersection(geometry[pairs[:, 0]], geometry[pairs[:, 1]], grid_size=_GRID_M))


def _gaps(geometry: Geometries, suspect: np.ndarray) -> Geometries:
    """Return the land that parcels enclose and that is in none of them, without what lies outside all of them."""
    whole = shapely.coverage_union_all(geometry[~suspect])
    if suspect.any():
        odd = shapely.union_all(geometry[suspect], grid_size=_GRID_M)
        whole = shapely.union(whole, odd, grid_size=_GRID_M)
    # Every face that the outlines of all parcels together make, and that is no parcel, is enclosed by parcels: also
    # where these touch in a point only, or where a parcel stands free within.
    outlines = shapely.get_parts(shapely.node(shapely.boundary(whole)))
    faces = shapely.get_parts(shapely.polygonize(outlines))
    shapely.prepare(whole)
    return faces[~shapely.contains(whole, shapely.point_on_surface(faces))]
