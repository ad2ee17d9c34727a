"""Where would this fit? And does it fit here? (ADR 0011)

A *candidate* is one parcel, or a few neighbouring ones, on whose own usable space a plan of some size and width fits.
The parcels themselves are the unit, since it is their owners with whom one has to talk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from planlib.insight.claims import Claim
from planlib.insight.clusters import sites_alone, sites_together
from planlib.insight.land import Land, land_of_parcels
from planlib.insight.named_land import NamedLand
from planlib.insight.pieces import parcel_shapes, pieces_of
from planlib.insight.regions import region_shapes
from planlib.insight.small_print import RuleOnLand, rules_on
from planlib.insight.usable import Site, usable_sites
from planlib.model import Outcome, State
from planlib.release import Release
from planlib.scenario import HELD_RANK, Assessment

#: An initiative that takes less than this of a site only shares its edge: two drawings of one line.
CLAIMED_M2 = 10.0
#: Candidates that are worked out; nobody reads further.
MOST_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: so much land in one piece, so wide, near something."""

    area_m2: float
    width_m: float = 0.0
    near: shapely.Geometry | None = None
    distance_m: float = 0.0
    only_unclaimed: bool = False


@dataclass(frozen=True, eq=False)
class Candidate:
    """A place where a wish fits.

    Attributes
    ----------
    site
        The usable land, on these parcels alone.
    parcel_ids
        Its parcels, the one with most of the site first.
    distance_m
        From what the wish is near to the site; None when it is near nothing.
    owner_kinds
        Kinds of owner, the one with most of the site first; "" where the register does not say.
    carried
        Rules that ask something of the site, with the m2 they are on.
    claims
        Initiatives that have the site, or part of it, as their place.
    """

    site: Site
    parcel_ids: tuple[str, ...]
    distance_m: float | None
    owner_kinds: tuple[str, ...]
    carried: tuple[RuleOnLand, ...]
    claims: tuple[Claim, ...]

    @property
    def free_share(self) -> float:
        """The share of the site that is free without conditions."""
        return self.site.outcomes_m2[Outcome.FREE] / self.site.area_m2


@dataclass(frozen=True, eq=False)
class Places:
    """The best candidates for a wish, best first; how many were found, and the usable land they were found in."""

    wish: Wish
    candidates: tuple[Candidate, ...]
    found: int
    usable_m2: float


def shape_of(release: Release, named: NamedLand) -> shapely.Geometry | None:
    """Return the polygon of a named land, to look in or near it; None for the whole area."""
    if named.kind == "area":
        return None
    if named.kind == "region":
        regions = region_shapes(release)
        return regions.shapes[regions.names.index(named.label)]
    return named.land.shape if named.kind == "shape" else shapely.union_all(parcel_shapes(release, named.land.parcels))


def where_fits(assessment: Assessment, wish: Wish, claims: Sequence[Claim] = ()) -> Places:
    """Return where a wish fits under an assessment, in free land and land that is free under conditions.

    Land further than ``distance_m`` from what the wish is near does not take part, nor, when the wish asks for that,
    land that somebody claimed. Best first: what nobody claimed; then what takes the fewest parcels, since every parcel
    is an owner more to agree with; then what is free without conditions for the larger share, in whole per cents; then
    what is nearest, in whole metres; then what is largest; and last the order of the parcels.

    Raises
    ------
    ReleaseError
        Too many parcels lie within reach to be looked at in one go.
    """
    release = assessment.release
    zone = None if wish.near is None else shapely.buffer(wish.near, wish.distance_m)
    land = _reach(release, zone)
    taken = np.array([claim.shape for claim in claims if wish.only_unclaimed], dtype=object)
    pieces = pieces_of(release, land, codes=assessment.rank < HELD_RANK, without=taken)
    size: dict[str, float] = {"area_m2": wish.area_m2, "width_m": wish.width_m}
    alike = np.zeros(len(pieces), dtype=np.intp)
    sites, _ = usable_sites(assessment, pieces, alike, width_m=wish.width_m, site_area_m2=wish.area_m2)
    found = sites_alone(assessment, pieces, sites, **size)
    claimed = _claimed(found, claims)
    if claimed.count(()) < MOST_CANDIDATES:
        # Several parcels come after one, so they are looked for only when the list has room for them.
        several = sites_together(assessment, pieces, sites, found, **size)
        found, claimed = [*found, *several], [*claimed, *_claimed(several, claims)]
    away_m = [None if wish.near is None else float(shapely.distance(wish.near, site.outline)) for site in found]
    order = sorted(range(len(found)), key=lambda at: _key(found[at], claimed[at], away_m[at]))
    best = _candidates(assessment, [(found[at], claimed[at], away_m[at]) for at in order[:MOST_CANDIDATES]])
    return Places(wish, best, len(found), sum(site.area_m2 for site in sites))


def _reach(release: Release, zone: shapely.Geometry | None) -> Land:
    """Return the land within a zone: only parcels that come near it, and their cells are cut by it later."""
    if zone is None:
        return land_of_parcels(release, range(len(release.parcels)))
    left, bottom, right, top = shapely.bounds(zone)
    near = [np.array([], dtype=np.intp)]
    for at, (west, south, east, north) in enumerate(release.partition_bounds):
        if west <= right and east >= left and south <= top and north >= bottom:
            hit = shapely.STRtree(release.read_parcels(at)).query(zone, predicate="intersects")
            near.append(hit + release.first_parcel(at))
    parcels = np.sort(np.concatenate(near))
    return Land(land_of_parcels(release, parcels).code_area_m2, parcels, zone)


def _claimed(sites: Sequence[Site], claims: Sequence[Claim]) -> list[tuple[Claim, ...]]:
    """Return for each site the claims that take part of it."""
    outlines = np.array([site.outline for site in sites], dtype=object)
    shapes = np.array([claim.shape for claim in claims], dtype=object)
    claim, site = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    taken = shapely.area(shapely.intersection(shapes[claim], outlines[site])) > CLAIMED_M2
    by_site: list[list[Claim]] = [[] for _ in sites]
    for at, by in zip(site[taken].tolist(), claim[taken].tolist(), strict=True):
        by_site[at].append(claims[by])
    return [tuple(found) for found in by_site]


def _key(site: Site, claimed: tuple[Claim, ...], away_m: float | None) -> tuple[float, ...]:
    return (
        len(claimed) > 0,
        len(site.land.parcels),
        -round(100 * site.outcomes_m2[Outcome.FREE] / site.area_m2),
        round(away_m or 0.0),
        -round(site.area_m2),
        *site.land.parcels.tolist(),
    )


def _candidates(
    assessment: Assessment, places: Sequence[tuple[Site, tuple[Claim, ...], float | None]]
) -> tuple[Candidate, ...]:
    """Return places, each a site with its claims and its distance, with the names of their parcels and rules."""
    # Columns of texts are turned into Python's once, not for every place.
    kinds, names = (assessment.release.parcels[column].to_numpy() for column in ("owner_kind", "parcel_id"))
    made = []
    for site, claims, away_m in places:
        order = np.argsort(-site.parcel_m2, kind="stable")
        index = site.land.parcels[order]
        owners: dict[str, float] = {}
        for kind, area in zip(kinds[index], site.parcel_m2[order], strict=True):
            known = kind if isinstance(kind, str) else ""
            owners[known] = owners.get(known, 0.0) + float(area)
        carried = rules_on(assessment, site.land.code_area_m2)
        made.append(
            Candidate(
                site=site,
                parcel_ids=tuple(str(name) for name in names[index]),
                distance_m=away_m,
                owner_kinds=tuple(sorted(owners, key=lambda kind, held=owners: -held[kind])),
                carried=tuple(item for item in carried if item.state in (State.CONDITION, State.MOVED)),
                claims=claims,
            )
        )
    return tuple(made)
