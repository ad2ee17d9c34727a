"""Usable space: what is left of free land when a plan needs room to turn and a minimum of land in one piece (ADR 0011).

Land may be free and still be of no use: a verge two metres wide, a corner behind a ditch. A spot is *usable* at a width
when it lies in a circle of that diameter that fits in the free land, whatever parcels that land is made of. Corners
where the circle does not reach do not count. Usable spots that hang together are a *site*; a site smaller than the
minimum is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.insight.land import Land
from planlib.insight.pieces import Pieces, pieces_of
from planlib.layers import QUAD_SEGS, quick_union
from planlib.model import OUTCOMES, Outcome
from planlib.overlay import cut
from planlib.release import TOUCHED_M2
from planlib.scenario import Assessment

#: Lines closer than this are one line: a gap or strip between two drawings of the same border parts nothing.
ONE_LINE_M = 0.1
#: The circles are drawn this much wider again, so that a site's outline and the borders of the cells it holds are not
#: two lines a hair apart.
_RIM_M = 0.01


@dataclass(frozen=True, eq=False)
class Site:
    """Usable land in one piece.

    Attributes
    ----------
    land
        Its parcels (those of which more than a hair lies in it), and the m2 of each code.
    outline
        Its polygon in the area's CRS, gaps narrower than :data:`ONE_LINE_M` filled.
    parcel_m2
        Usable m2 of each of ``land.parcels``.
    outcomes_m2
        Usable m2 per outcome.
    """

    land: Land
    outline: shapely.Geometry
    parcel_m2: np.ndarray
    outcomes_m2: dict[Outcome, float]

    @property
    def area_m2(self) -> float:
        """Usable m2."""
        return self.land.area_m2


@dataclass(frozen=True, eq=False)
class UsableSpace:
    """Usable space of a piece of land.

    ``asked_m2`` is what was looked at, before width and area; ``sites`` the usable pieces, the largest first.
    """

    width_m: float
    site_area_m2: float
    asked_m2: float
    sites: tuple[Site, ...]

    @property
    def area_m2(self) -> float:
        """Usable m2."""
        return sum(site.area_m2 for site in self.sites)

    @property
    def outcomes_m2(self) -> dict[Outcome, float]:
        """Usable m2 per outcome."""
        return {outcome: sum(site.outcomes_m2[outcome] for site in self.sites) for outcome in OUTCOMES}


def usable_space(
    assessment: Assessment,
    land: Land,
    *,
    width_m: float,
    site_area_m2: float = 0.0,
    worst: Outcome = Outcome.CONDITIONAL,
    without: Geometries | None = None,
) -> UsableSpace:
    """Return the usable space of a land: what is free or free under conditions, wide enough, in pieces large enough.

    Parameters
    ----------
    width_m
        Diameter of the circle that must fit; to 0.1 m, as far as lines are exact.
    site_area_m2
        Smallest site that counts.
    worst
        The worst outcome that takes part: also what can move, say.
    without
        Polygons in the area's CRS whose land does not take part.

    Raises
    ------
    ReleaseError
        The land has too many parcels to be looked at in one go.
    """
    codes = assessment.rank <= OUTCOMES.index(worst)
    pieces = pieces_of(assessment.release, land, codes=codes, without=without)
    alike = np.zeros(len(pieces), dtype=np.intp)
    sites, _ = usable_sites(assessment, pieces, alike, width_m=width_m, site_area_m2=site_area_m2)
    return UsableSpace(width_m, site_area_m2, float(pieces.area_m2.sum()), sites)


def usable_sites(
    assessment: Assessment, pieces: Pieces, group: np.ndarray, *, width_m: float, site_area_m2: float
) -> tuple[tuple[Site, ...], np.ndarray]:
    """Return the sites in pieces of land, the largest first, and the group of each; no site spans two groups."""
    outlines, of_group = _outlines(pieces.geometry, group, width_m)
    # A site's land is never more than its outline, so what is too small is dropped before anything is cut.
    large = shapely.area(outlines) >= site_area_m2
    outlines, of_group = outlines[large], of_group[large]
    if not len(outlines):
        return (), np.array([], dtype=np.intp)
    held, site = _pieces_in(pieces, group, outlines, of_group)
    by_site = np.split(np.argsort(site, kind="stable"), np.cumsum(np.bincount(site, minlength=len(outlines)))[:-1])
    sites = [_site(assessment, held.where(own), outlines[at]) for at, own in enumerate(by_site)]
    order = sorted(range(len(sites)), key=lambda at: (-sites[at].area_m2, at))
    kept = [at for at in order if sites[at].area_m2 >= max(site_area_m2, TOUCHED_M2)]
    return tuple(sites[at] for at in kept), of_group[kept]


def _outlines(geometry: Geometries, group: np.ndarray, width_m: float) -> tuple[Geometries, np.ndarray]:
    """Return the outlines of the usable land of each group, and the group of each.

    The land is grown by half a line's width, which closes gaps; shrunk by half the asked width, which leaves the
    centres of the circles that fit; and those are grown into circles again. GEOS draws a circle to 1% of its radius.
    """
    if not len(geometry):
        return geometry, group
    # Square corners stay square, sharp ones are cut off: a spike of land must not reach into what holds it.
    grown = shapely.buffer(geometry, ONE_LINE_M / 2, join_style="mitre", mitre_limit=1.5)
    whole, of_group = _united(grown, group)
    radius = max(width_m, ONE_LINE_M) / 2
    # Each connected part by itself: that is faster, and memory holds one of them.
    centres = shapely.buffer(whole, -radius, quad_segs=QUAD_SEGS)
    some = ~shapely.is_empty(centres)
    circles = shapely.buffer(centres[some], radius - ONE_LINE_M / 2 + _RIM_M, quad_segs=QUAD_SEGS)
    outlines, part = shapely.get_parts(circles, return_index=True)
    return outlines, of_group[some][part]


def _united(shapes: Geometries, group: np.ndarray) -> tuple[Geometries, np.ndarray]:
    """Return the union of each group as polygons, and the group of each."""
    order = np.argsort(group, kind="stable")
    groups, start = np.unique(group[order], return_index=True)
    united = [quick_union(shapes[members]) for members in np.split(order, start[1:])]
    return np.concatenate(united), np.repeat(groups, [len(parts) for parts in united])


def _pieces_in(
    pieces: Pieces, group: np.ndarray, outlines: Geometries, of_group: np.ndarray
) -> tuple[Pieces, np.ndarray]:
    """Return the parts of pieces inside an outline of their own group, and the position of that outline."""
    parts = cut(pieces.geometry, outlines, np.zeros(len(outlines), dtype=np.intp), members=1)
    within = np.flatnonzero(parts.inside[:, 0])
    points = shapely.point_on_surface(parts.geometry[within])
    at, outline = shapely.STRtree(outlines).query(points, predicate="intersects")
    own = group[parts.parcel[within[at]]] == of_group[outline]
    at, outline = within[at[own]], outline[own]
    of = parts.parcel[at]
    return Pieces(parts.geometry[at], pieces.parcel[of], pieces.code[of], parts.area_m2[at]), outline


def _site(assessment: Assessment, held: Pieces, outline: shapely.Geometry) -> Site:
    # Parcels that overlap in the register count twice in a sum; the ground itself is there once.
    share = min(1.0, float(shapely.area(outline)) / max(float(held.area_m2.sum()), TOUCHED_M2))
    area = held.area_m2 * share
    codes = np.bincount(held.code, area, len(assessment.rank))
    parcels, of = np.unique(held.parcel, return_inverse=True)
    by_parcel = np.bincount(of, area, len(parcels))
    by_outcome = np.bincount(assessment.rank, codes, len(OUTCOMES))
    touched = by_parcel > TOUCHED_M2
    return Site(
        Land(codes, parcels[touched], outline),
        outline,
        by_parcel[touched],
        {outcome: float(by_outcome[rank]) for rank, outcome in enumerate(OUTCOMES)},
    )
