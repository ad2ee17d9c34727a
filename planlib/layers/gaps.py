"""Land between parcels that is in none of them: nothing is reckoned there, so a reader must know that it is there."""

from __future__ import annotations

import shapely

from planlib.crs import Geometries
from planlib.layers.parcels import Parcels
from planlib.model import Finding, Severity

#: A gap smaller than this is two drawings of the same line.
_LEAST_M2 = 0.01


def gap_findings(parcels: Parcels) -> list[Finding]:
    """Return a finding when parcels enclose land that is in none of them: roads that were left out, or slivers."""
    areas = shapely.area(_gaps(parcels.geometry))
    areas = areas[areas > _LEAST_M2]
    if not len(areas):
        return []
    problem = f"{len(areas)} gaps between parcels, {float(areas.sum()):.2f} m2 together"
    return [Finding(Severity.NOTE, "parcels", None, problem, "that land counts nowhere")]


def _gaps(geometry: Geometries) -> Geometries:
    """Return the land that parcels enclose and that is in none of them, without what lies outside all of them."""
    if shapely.coverage_is_valid(geometry):
        whole = shapely.coverage_union_all(geometry)
    else:
        # Parcels overlap or do not fit line on line; on a grid, since a plain floating union can be silently wrong.
        whole = shapely.union_all(geometry, grid_size=1e-4)
    # Every face that the outlines of all parcels together make, and that is no parcel, is enclosed by parcels: also
    # where these touch in a point only, or where a parcel stands free within.
    outlines = shapely.get_parts(shapely.node(shapely.boundary(whole)))
    faces = shapely.get_parts(shapely.polygonize(outlines))
    shapely.prepare(whole)
    return faces[~shapely.contains(whole, shapely.point_on_surface(faces))]
