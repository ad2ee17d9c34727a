"""How much free land stands or falls with a metre: the boundaries of all rules moved out and in, and cut again.

Maps are drawn by hand from other maps. Land is *surely free* when it stays free though every rule reached some metres
further; *on the edge* when it is free now and would not be then.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.errors import ReleaseError
from planlib.insight.land import Land
from planlib.insight.pieces import parcel_shapes, require_few
from planlib.layers import Bounds, quick_union
from planlib.model import OUTCOMES, Outcome, State
from planlib.overlay import cut, rules_at
from planlib.release import Signatures
from planlib.scenario import HELD_RANK, RANK_PRESENT, Assessment, doubt_rank, member_ranks, rank_codes

#: Parcels that are cut again in one go: a village, some seconds.
MOST_PARCELS = 6_000
DISTANCES_M = (1.0, 5.0)
#: Segments in a quarter circle where a grown corner is rounded: within 2% of the distance.
_QUAD_SEGS = 8


@dataclass(frozen=True, slots=True)
class Margin:
    """Square metres now, and what becomes of them when every rule's boundary is off.

    ``surely_m2`` are so even when every rule reaches further, ``at_most_m2`` when every rule reaches less far.
    """

    now_m2: float
    surely_m2: float
    at_most_m2: float

    @property
    def edge_m2(self) -> float:
        """Square metres that are so now and would not be then."""
        return self.now_m2 - self.surely_m2

    @property
    def gain_m2(self) -> float:
        """Square metres that are not so now and would be when every rule reaches less far."""
        return self.at_most_m2 - self.now_m2


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """A land when every rule's boundary is ``distance_m`` off: its free land, and the same with what has conditions."""

    distance_m: float
    free: Margin
    free_or_conditional: Margin


@dataclass(frozen=True, slots=True)
class _Group:
    """Rules that work out alike: the members of their features, where they are known, and their state."""

    state: State
    members: tuple[int, ...]
    coverage: int | None


def boundary_sensitivity(
    assessment: Assessment, land: Land, distances_m: Sequence[float] = DISTANCES_M
) -> tuple[Sensitivity, ...]:
    """Return what the free area of a land of whole parcels becomes when the boundary of every rule is off.

    The polygons of every rule, buffered as the rule says, are grown and shrunk by each distance, round; where a rule
    was surveyed stays as it is. Parcels keep their shape.

    Raises
    ------
    ReleaseError
        The land is a drawn shape, or has more than :data:`MOST_PARCELS` parcels.
    """
    if land.shape is not None:
        raise ReleaseError("How firm the borders are is reckoned for whole parcels; choose parcels or a village.")
    require_few(land, most=MOST_PARCELS)
    now = _outcomes_m2(np.bincount(assessment.rank, land.code_area_m2, len(OUTCOMES)))
    parcels = parcel_shapes(assessment.release, land.parcels)
    moves_m = [by_m for distance_m in distances_m for by_m in (distance_m, -distance_m)]
    with ThreadPoolExecutor() as threads:
        then = dict(zip(moves_m, threads.map(lambda by_m: _open_m2(assessment, parcels, by_m), moves_m), strict=True))
    return tuple(
        Sensitivity(
            distance_m,
            *(Margin(*areas_m2) for areas_m2 in zip(now, then[distance_m], then[-distance_m], strict=True)),
        )
        for distance_m in distances_m
    )


def _open_m2(assessment: Assessment, parcels: Geometries, by_m: float) -> tuple[float, float]:
    """Return free m2, and free or conditional m2, of parcels when every rule reaches ``by_m`` further."""
    if not len(parcels):
        return 0.0, 0.0
    groups = _groups(assessment)
    polygons, member = assessment.release.read_features(_grown_bounds(parcels, max(by_m, 0.0)))
    features, coverage, shapes, of = [], [], [np.array([], dtype=object)], [np.array([], dtype=np.intp)]
    members = 0
    for group in groups:
        moved = shapely.buffer(polygons[np.isin(member, group.members)], by_m, quad_segs=_QUAD_SEGS)
        features.append(members)
        shapes.append(quick_union(moved[~shapely.is_empty(moved)]))
        of.append(np.full(len(shapes[-1]), members))
        members += 1
        coverage.append(None)
        if group.coverage is not None:
            coverage[-1] = members
            shapes.append(polygons[member == group.coverage])
            of.append(np.full(len(shapes[-1]), members))
            members += 1
    cells = cut(parcels, np.concatenate(shapes), np.concatenate(of), members=members)
    present, not_known = rules_at(cells.inside, features, coverage)
    floor = doubt_rank(assessment.release.area, assessment.scenario)
    rank = _rank(present, not_known, [group.state for group in groups], floor)
    return _outcomes_m2(np.bincount(rank, cells.area_m2, len(OUTCOMES)))


def _groups(assessment: Assessment) -> list[_Group]:
    """Return the rules that play a part, as few as whether land is open asks for.

    Of the rules known everywhere those that hold land are one, and so are those that only ask something of it.
    """
    plan = assessment.release.plan
    state = {rule.id: state for rule, state in zip(assessment.release.rules, assessment.states, strict=True)}
    alike: dict[bool, list[int]] = {}
    groups = []
    for rule_id, own, known in zip(plan.rules, plan.features, plan.coverage, strict=True):
        if state[rule_id] is State.LAPSED:
            continue
        if known is not None:
            groups.append(_Group(state[rule_id], () if own is None else (own,), known))
        elif own is not None:
            alike.setdefault(RANK_PRESENT[state[rule_id]] >= HELD_RANK, []).append(own)
    holding = [_Group(State.HARD if holds else State.CONDITION, tuple(own), None) for holds, own in alike.items()]
    return [*groups, *holding]


def _rank(present: np.ndarray, not_known: np.ndarray, states: list[State], floor: int) -> np.ndarray:
    """Return the rank of each cell, by the same rule as that of every signature."""
    kinds, code = np.unique(np.hstack([present, not_known]), axis=0, return_inverse=True)
    half = present.shape[1]
    signatures = Signatures.from_lists(
        [np.flatnonzero(kind[:half]) for kind in kinds], [np.flatnonzero(kind[half:]) for kind in kinds]
    )
    return rank_codes(signatures, member_ranks(signatures, states), floor)[code]


def _outcomes_m2(by_rank: np.ndarray) -> tuple[float, float]:
    free, conditional = (float(by_rank[OUTCOMES.index(one)]) for one in (Outcome.FREE, Outcome.CONDITIONAL))
    return free, free + conditional


def _grown_bounds(parcels: Geometries, by_m: float) -> Bounds:
    left, bottom, right, top = shapely.total_bounds(parcels)
    return float(left - by_m), float(bottom - by_m), float(right + by_m), float(top + by_m)
