"""Which body can free what: per level that decides on deviating, and all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from planlib.insight.holders import find_holders
from planlib.insight.land import Land
from planlib.insight.rules import can_move
from planlib.model import Constraint, Level
from planlib.scenario import Assessment


@dataclass(frozen=True, slots=True)
class BodyInsight:
    """What one body, or all together (``level`` None), decides on and can free on a piece of land.

    ``rules`` limit the use and are up to it; ``covered_m2`` is the land inside any of them; ``movable`` are those that
    can move now, at this table; ``gain_m2`` is what comes free under conditions when all of these move. A rule that
    more than one body may decide on counts for each of them alone. ``at_table``: whether it sits at the table.
    """

    level: Level | None
    rules: tuple[Constraint, ...]
    movable: tuple[Constraint, ...]
    covered_m2: float
    gain_m2: float
    at_table: bool = True


def body_insights(assessment: Assessment, land: Land) -> tuple[BodyInsight, ...]:
    """Return what each body can free alone, what moving gives the most first, and at the end all bodies together.

    A body is in it when it decides on a rule that limits the use. Gains do not add up: land that two bodies hold comes
    free only when both move, and land of a rule that either may move counts for both.
    """
    release, scenario = assessment.release, assessment.scenario
    here, holders = release.signatures, find_holders(assessment, land)
    limiting = {rule.id for rule in assessment.limiting}
    decided = np.array([bool(rule.decides) and rule.id in limiting for rule in release.rules], dtype=bool)
    movable = can_move(assessment)

    def insight(level: Level | None, mine: np.ndarray, *, at_table: bool = True) -> BodyInsight:
        inside = np.zeros(len(here), dtype=bool)
        inside[here.code[mine[here.rule] & ~here.not_known]] = True
        moved = mine & movable & at_table
        return BodyInsight(
            level=level,
            rules=_those(release.rules, mine),
            movable=_those(release.rules, moved),
            covered_m2=float(land.code_area_m2[inside].sum()),
            gain_m2=holders.gain_m2(moved),
            at_table=at_table,
        )

    alone = []
    for level in Level:
        mine = decided & np.array([level in rule.decides for rule in release.rules], dtype=bool)
        if mine.any():
            alone.append(insight(level, mine, at_table=not scenario.table or level in scenario.table))
    alone.sort(key=lambda item: (-item.gain_m2, -item.covered_m2))
    return (*alone, insight(None, decided))


def needed_bodies(rules: Iterable[Constraint], table: tuple[Level, ...] = ()) -> tuple[tuple[Level, ...], ...]:
    """Return the smallest sets of levels that together may decide on all of some rules, each in the order of levels.

    More than one when the choice is open. Only levels at the ``table`` count, when there is one; none when some rule is
    up to nobody there.
    """
    choices = [{level for level in rule.decides if not table or level in table} for rule in rules]
    levels = [level for level in Level if any(level in choice for choice in choices)]
    for size in range(len(levels) + 1):
        found = tuple(
            some for some in combinations(levels, size) if all(choice.intersection(some) for choice in choices)
        )
        if found:
            return found
    return ()


def _those(rules: tuple[Constraint, ...], mask: np.ndarray) -> tuple[Constraint, ...]:
    return tuple(rule for rule, chosen in zip(rules, mask, strict=True) if chosen)
