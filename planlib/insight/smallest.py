"""The question turned round: which rules must move to free so much land, with which bodies.

Exact up to three rules: every set of which no part is enough. Beyond three a bound: fewer than four never do, and with
these rules it is enough. Land comes free when all rules that hold it are in the set, so the gain of a set is the area
of the pieces whose holders it contains, and one of at most three rules sees only pieces of at most three holders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from planlib.insight.bodies import needed_bodies
from planlib.insight.holders import Holders, find_holders
from planlib.insight.land import Land
from planlib.insight.minimal_sets import EXACT_SIZE, Found, minimal_sets, take_away
from planlib.insight.rules import can_move
from planlib.model import Constraint, Level
from planlib.release import TOUCHED_M2
from planlib.scenario import HELD_RANK, Assessment

#: A gain that is short of what was asked by no more than this share is enough: the same pieces add up to a little less
#: or more in another order.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that move together, in the order of the area file.

    ``gain_m2`` is what comes free under conditions by it; ``bodies`` the smallest sets of levels that may decide on all
    of them, more than one when the choice is open.
    """

    rules: tuple[Constraint, ...]
    gain_m2: float
    bodies: tuple[tuple[Level, ...], ...]


@dataclass(frozen=True, slots=True)
class StuckBy:
    """A rule that keeps land from coming free whatever moves at this table, and how much of it."""

    rule: Constraint
    area_m2: float


@dataclass(frozen=True, slots=True)
class SmallestSets:
    """Which rules must move to free ``wanted_m2`` more of a piece of land.

    Attributes
    ----------
    sets
        Sets of at most three rules that are enough and of which no part is, the smallest first and then those that give
        the most; no more than were asked for. Empty when fewer than four rules never do.
    count
        How many such sets there are.
    enough
        A set of four rules or more that is enough and of which no rule can be left out, found by taking away the rule
        that costs least; None when fewer do, or when all rules together do not. There may be smaller ones, of four at
        the least.
    reachable_m2
        What comes free when every rule moves that may move at this table.
    held_m2
        What is held now, by rules that may move or not.
    stuck
        Rules that hold the rest whatever moves, the most first; their areas overlap where more than one holds it.
    """

    wanted_m2: float
    sets: tuple[RuleSet, ...]
    count: int
    enough: RuleSet | None
    reachable_m2: float
    held_m2: float
    stuck: tuple[StuckBy, ...]

    @property
    def best(self) -> RuleSet | None:
        """The smallest set that is enough, or one that is when the smallest was not looked for; None for never."""
        return self.sets[0] if self.sets else self.enough

    @property
    def fewest(self) -> int | None:
        """How many rules must move at the least, exact up to three; 4 is four or more, None is never enough."""
        if self.sets:
            return len(self.sets[0].rules)
        return None if self.enough is None else EXACT_SIZE + 1


def smallest_sets(
    assessment: Assessment, land: Land, wanted_m2: float | None = None, *, most: int = 10
) -> SmallestSets:
    """Return the smallest sets of rules that must move so that ``wanted_m2`` more comes free under conditions.

    Only rules count that can move now, and on which a body at this table decides. What must move after others did is
    the same question under the scenario in which those moved. Wanting nothing takes the empty set; without
    ``wanted_m2`` all that can come free is wanted, but for pieces of 0.01 m2 or less, where two maps draw one line.
    """
    holders = find_holders(assessment, land)
    movable = can_move(assessment)
    free = holders.comes_free(movable)
    area = holders.area_m2[free]
    reachable = float(area.sum())
    wanted = float(area[area > TOUCHED_M2].sum()) if wanted_m2 is None else wanted_m2
    goal = wanted * (1 - _ROUNDING)
    found, enough = Found((), 0), None
    if goal <= reachable:
        columns = np.flatnonzero(movable)
        held = csr_array(csc_array(holders.held[free])[:, columns])
        found = minimal_sets(held, area, goal, most=most)
        if not found.count:
            enough = _rule_set(assessment, holders, columns[take_away(held, area, goal)])
        found = Found(tuple(tuple(columns[list(members)]) for members in found.sets), found.count)
    return SmallestSets(
        wanted_m2=wanted,
        sets=tuple(_rule_set(assessment, holders, np.array(members, dtype=np.intp)) for members in found.sets),
        count=found.count,
        enough=enough,
        reachable_m2=reachable,
        held_m2=float(land.code_area_m2[assessment.rank >= HELD_RANK].sum()),
        stuck=_stuck(assessment, holders, free),
    )


def _rule_set(assessment: Assessment, holders: Holders, members: np.ndarray) -> RuleSet:
    release = assessment.release
    moved = np.zeros(len(release.rules), dtype=bool)
    moved[members] = True
    rules = tuple(release.rules[at] for at in members)
    return RuleSet(rules, holders.gain_m2(moved), needed_bodies(rules, assessment.scenario.table))


def _stuck(assessment: Assessment, holders: Holders, free: np.ndarray) -> tuple[StuckBy, ...]:
    """Return the rules that cannot move and hold land that does not come free, the most first."""
    by_rule = (holders.area_m2 * ~free) @ holders.held
    found = [
        StuckBy(rule, float(area))
        for rule, area, movable in zip(assessment.release.rules, by_rule, can_move(assessment), strict=True)
        if area > TOUCHED_M2 and not movable
    ]
    return tuple(sorted(found, key=lambda item: -item.area_m2))
