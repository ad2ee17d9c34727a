"""From usable land to parcels that a plan fits on: one by itself, or a few neighbours together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from planlib.insight.pieces import Pieces
from planlib.insight.usable import ONE_LINE_M, Site, usable_sites
from planlib.scenario import Assessment

#: More parcels than this together are no few neighbours any more.
MOST_NEIGHBOURS = 6
#: Parcels that are tried by themselves in one go, which bounds memory.
_AT_ONCE = 500


def sites_alone(
    assessment: Assessment, pieces: Pieces, sites: Sequence[Site], *, area_m2: float, width_m: float
) -> list[Site]:
    """Return for each parcel on which it fits without any other its largest site.

    Parameters
    ----------
    pieces
        Open land: parcels whole, or what of them lies in reach.
    sites
        Its usable sites at this width, of at least ``area_m2``.
    """
    enough = [site.land.parcels[site.parcel_m2 >= area_m2] for site in sites]
    parcels = np.unique(np.concatenate([np.array([], dtype=np.intp), *enough]))
    found: dict[int, Site] = {}
    for start in range(0, len(parcels), _AT_ONCE):
        own = pieces.where(np.isin(pieces.parcel, parcels[start : start + _AT_ONCE]))
        fits, parcel = usable_sites(assessment, own, own.parcel, width_m=width_m, site_area_m2=area_m2)
        for at, site in zip(parcel.tolist(), fits, strict=True):
            found.setdefault(at, site)
    return list(found.values())


def sites_together(
    assessment: Assessment,
    pieces: Pieces,
    sites: Sequence[Site],
    alone: Sequence[Site],
    *,
    area_m2: float,
    width_m: float,
) -> list[Site]:
    """Return sites on a few neighbouring parcels that do not do ``alone``; no two share a parcel.

    From the parcel with the most usable land, the neighbour with the most is added until it fits, or
    :data:`MOST_NEIGHBOURS` were tried. A site on which neither one nor a few parcels are found is returned whole, so
    that nothing that fits is kept silent.
    """
    outlines = np.array([site.outline for site in sites], dtype=object)
    points = shapely.point_on_surface(np.array([site.outline for site in alone], dtype=object))
    served = np.zeros(len(sites), dtype=bool)
    served[shapely.STRtree(outlines).query(points, predicate="intersects")[1]] = True
    used = {parcel for site in alone for parcel in site.land.parcels.tolist()}
    found: list[Site] = []
    for at, site in enumerate(sites):
        usable = {
            parcel: area
            for parcel, area in zip(site.land.parcels.tolist(), site.parcel_m2.tolist(), strict=True)
            if parcel not in used
        }
        few = _together(assessment, pieces, usable, area_m2=area_m2, width_m=width_m)
        used.update(parcel for one in few for parcel in one.land.parcels.tolist())
        found += few if few or served[at] else [site]
    return found


def _together(
    assessment: Assessment, pieces: Pieces, usable: dict[int, float], *, area_m2: float, width_m: float
) -> list[Site]:
    """Return sites on a few neighbouring parcels of ``usable`` (parcel -> usable m2), no two on the same parcel."""
    if sum(sorted(usable.values(), reverse=True)[:MOST_NEIGHBOURS]) < area_m2:
        return []
    own = pieces.where(np.isin(pieces.parcel, list(usable)))
    beside = _beside(own)
    found = []
    for seed in sorted(usable, key=lambda parcel: (-usable[parcel], parcel)):
        if seed not in usable:
            continue
        group = {seed}
        while len(group) < MOST_NEIGHBOURS:
            around = {near for parcel in group for near in beside.get(parcel, ())} & usable.keys() - group
            if not around:
                break
            group.add(min(around, key=lambda parcel: (-usable[parcel], parcel)))
            if sum(usable[parcel] for parcel in group) < area_m2:
                continue
            here = own.where(np.isin(own.parcel, list(group)))
            alike = np.zeros(len(here), dtype=np.intp)
            fits, _ = usable_sites(assessment, here, alike, width_m=width_m, site_area_m2=area_m2)
            if fits:
                found.append(fits[0])
                usable = {parcel: area for parcel, area in usable.items() if parcel not in fits[0].land.parcels}
                break
    return found


def _beside(pieces: Pieces) -> dict[int, set[int]]:
    """Return for each parcel the parcels whose pieces lie beside its own, no more than a line between them."""
    tree = shapely.STRtree(pieces.geometry)
    one, other = tree.query(pieces.geometry, predicate="dwithin", distance=ONE_LINE_M)
    pairs = np.unique(np.column_stack([pieces.parcel[one], pieces.parcel[other]]), axis=0)
    beside: dict[int, set[int]] = {}
    for parcel, near in pairs.tolist():
        beside.setdefault(parcel, set()).add(near)
    return beside
