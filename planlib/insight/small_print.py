"""The small print of free land: what it asks, what nobody looked at, how old the maps are, how firm the legal texts.

Everything is a sum over signatures, so a village and a drawn shape are as quick as one parcel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planlib.insight.land import Land
from planlib.model import OUTCOMES, Confidence, Constraint, Outcome, State
from planlib.release import TOUCHED_M2
from planlib.scenario import HELD_RANK, Assessment, doubt_rank, rank_codes

#: The texts that were not, or not wholly, read in the law itself.
NOT_CONFIRMED = (Confidence.PARTLY, Confidence.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class RuleOnLand:
    """A rule, its state, and the square metres of a land that it is about."""

    rule: Constraint
    state: State
    area_m2: float


@dataclass(frozen=True)
class SmallPrint:
    """What free land carries.

    Attributes
    ----------
    open_m2
        The land that is free or free under conditions.
    conditions, moved
        Rules on that land that ask something; rules on it that were moved, of which the duties remain.
    thought_away
        Rules on it that the scenario thinks away: nobody decided that.
    surveys
        Rules that were not surveyed on part of the land, with that part: what has to be looked at first.
    unchecked
        Rules that nobody could load anywhere.
    sources
        Rules that were looked at, with the date of their data, the oldest first; without a date come first.
    unconfirmed_m2, partly_m2
        The land whose outcome rests on a legal text that nobody read in the law, and on one that was read in part or
        not at all: without those rules it would be another.
    """

    open_m2: float
    conditions: tuple[RuleOnLand, ...]
    moved: tuple[RuleOnLand, ...]
    thought_away: tuple[RuleOnLand, ...]
    surveys: tuple[RuleOnLand, ...]
    unchecked: tuple[Constraint, ...]
    sources: tuple[tuple[Constraint, date | None], ...]
    land_m2: float
    unconfirmed_m2: float
    partly_m2: float


def small_print(assessment: Assessment, land: Land) -> SmallPrint:
    """Return what the free and conditional part of a land carries, and what its answer rests on."""
    open_codes = land.code_area_m2 * (assessment.rank < HELD_RANK)
    on_open = rules_on(assessment, open_codes)
    lapsed = {rule.id for rule in assessment.changed}
    looked_at = [rule for rule in assessment.checked if not rule.coverage.is_none]
    return SmallPrint(
        open_m2=float(open_codes.sum()),
        conditions=tuple(item for item in on_open if item.state is State.CONDITION),
        moved=tuple(item for item in on_open if item.state is State.MOVED),
        thought_away=tuple(item for item in on_open if item.state is State.LAPSED and item.rule.id in lapsed),
        surveys=tuple(
            item for item in rules_on(assessment, land.code_area_m2, not_known=True) if item.state is not State.LAPSED
        ),
        unchecked=assessment.unchecked,
        sources=tuple(
            (rule, rule.source_date)
            for rule in sorted(looked_at, key=lambda rule: (rule.source_date or date.min, rule.id))
        ),
        land_m2=land.area_m2,
        unconfirmed_m2=rests_on_m2(assessment, land, (Confidence.UNCONFIRMED,)),
        partly_m2=rests_on_m2(assessment, land, NOT_CONFIRMED),
    )


def rules_on(assessment: Assessment, code_area_m2: np.ndarray, *, not_known: bool = False) -> tuple[RuleOnLand, ...]:
    """Return the rules present, or not known, on land given as the area of each code; the most land first."""
    here = assessment.release.signatures
    by_member = code_area_m2[here.code] * (here.not_known == not_known)
    areas = np.bincount(here.rule, by_member, len(assessment.release.rules))
    order = sorted(np.flatnonzero(areas > TOUCHED_M2).tolist(), key=lambda at: (-areas[at], at))
    return tuple(RuleOnLand(assessment.release.rules[at], assessment.states[at], float(areas[at])) for at in order)


def rests_on_m2(assessment: Assessment, land: Land, confidences: Sequence[Confidence]) -> float:
    """Return the square metres whose outcome would be another without the rules of these confidences."""
    here = assessment.release.signatures
    doubted = np.array([rule.confidence in confidences for rule in assessment.release.rules], dtype=bool)
    if not doubted.any():
        return 0.0
    without = np.where(doubted[here.rule], OUTCOMES.index(Outcome.FREE), assessment.member_rank).astype(np.uint8)
    floor = doubt_rank(assessment.release.area, assessment.scenario)
    return float(land.code_area_m2[rank_codes(here, without, floor) != assessment.rank].sum())
