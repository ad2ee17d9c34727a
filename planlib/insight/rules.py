"""Which rule holds what: the area it covers, the area that it alone keeps from being free, and what moving it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from planlib.insight.land import Land, whole_area
from planlib.model import Constraint, State
from planlib.release import TOUCHED_M2
from planlib.scenario import HELD_RANK, RANK_NOT_KNOWN, Assessment, at_the_table


@dataclass(frozen=True, slots=True)
class RuleInsight:
    """What one rule holds on a piece of land.

    ``covered_m2`` is the area of the parcels inside it, whatever the use; ``sole_m2`` the area that is not free now and
    would be free, or free under conditions, if this rule alone lapsed; ``parcels`` how many it touches there;
    ``gain_m2`` the area that comes free under conditions when it moves, 0 for a rule that nobody at this table can
    move, or that moved already.

    What a rule gives after others moved is the same figure under the scenario in which those others are moved.
    """

    rule: Constraint
    state: State
    covered_m2: float
    sole_m2: float
    parcels: int
    gain_m2: float


def rule_insights(assessment: Assessment, land: Land | None = None) -> list[RuleInsight]:
    """Return what each rule holds on a piece of land, in the order of the area file; without one, on all parcels."""
    release = assessment.release
    land = land or whole_area(release)
    here = release.signatures
    present = ~here.not_known
    covered = np.bincount(here.rule[present], land.code_area_m2[here.code[present]], len(release.rules))
    sole = sole_m2(assessment, land.code_area_m2)
    gain = np.where(can_move(assessment), sole, 0.0)
    touched = _touched_parcels(assessment, land)
    return [
        RuleInsight(rule, state, float(covered[at]), float(sole[at]), int(touched[at]), float(gain[at]))
        for at, (rule, state) in enumerate(zip(release.rules, assessment.states, strict=True))
    ]


def can_move(assessment: Assessment) -> np.ndarray:
    """Return per rule whether it can move now, and a body at this table may decide so."""
    scenario = assessment.scenario
    return np.array(
        [
            state is State.MOVABLE and at_the_table(rule, scenario)
            for rule, state in zip(assessment.release.rules, assessment.states, strict=True)
        ],
        dtype=bool,
    )


def doubt_holds(assessment: Assessment) -> bool:
    """Whether all land is held by doubt: the scenario counts rules nobody could load as if they could be anywhere.

    No rule's moving or lapse takes that away; somebody has to look.
    """
    if not assessment.scenario.doubt_unchecked:
        return False
    doubted = {rule.id for rule in assessment.unchecked}
    states = zip(assessment.release.rules, assessment.states, strict=True)
    return any(rule.id in doubted and RANK_NOT_KNOWN[state] >= HELD_RANK for rule, state in states)


def sole_m2(assessment: Assessment, code_area_m2: np.ndarray) -> np.ndarray:
    """Return per rule the area that it alone holds, given the area of each code (everywhere, or in a part)."""
    holder = sole_holder(assessment)
    held = holder >= 0
    return np.bincount(holder[held], code_area_m2[held], len(assessment.release.rules))


def sole_holder(assessment: Assessment) -> np.ndarray:
    """Return per code the one rule that holds it, -1 where none does or more than one.

    Land is held by the members of its signature that rank movable or higher. When there is just one, and nothing else
    holds the land, taking it away leaves the land free or free under conditions.
    """
    here = assessment.release.signatures
    holder = np.full(len(here), -1)
    if doubt_holds(assessment):
        return holder
    holds = assessment.member_rank >= HELD_RANK
    holders = np.bincount(here.code[holds], minlength=len(here))
    alone = holds & (holders[here.code] == 1)
    holder[here.code[alone]] = here.rule[alone]
    return holder


def _touched_parcels(assessment: Assessment, land: Land) -> np.ndarray:
    """Return per rule how many parcels of the land it covers for more than TOUCHED_M2, on that land."""
    release = assessment.release
    if land.parts is not None:
        covered = csr_array(land.parts @ release.present)
    elif len(land.parcels) == len(release.parcels):
        return release.touched_parcels
    else:
        covered = csr_array(release.covered[land.parcels])
    return np.bincount(covered.indices[covered.data > TOUCHED_M2], minlength=len(release.rules))
