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

    What a rule gives after others moved is the same figure under the scenario in which those others are moved.

    Attributes
    ----------
    covered_m2
        Area of the parcels inside it, whatever the use.
    held_m2
        Area that it keeps from being free, alone or with others, also where it was not surveyed.
    sole_m2
        Area that is not free now and would be free, or free under conditions, if this rule alone lapsed.
    gain_m2
        Area that comes free under conditions when it moves; 0 when it moved already, or when nobody here can move it.
    parcels
        How many parcels it touches there.
    movable
        Whether a body at this table can move it now.
    """

    rule: Constraint
    state: State
    covered_m2: float
    held_m2: float
    sole_m2: float
    gain_m2: float
    parcels: int
    movable: bool


def rule_insights(assessment: Assessment, land: Land | None = None) -> list[RuleInsight]:
    """Return what each rule holds on a piece of land, in the order of the area file; without one, on all parcels."""
    release = assessment.release
    land = land or whole_area(release)
    here = release.signatures
    area = land.code_area_m2[here.code]
    covered = np.bincount(here.rule, area * ~here.not_known, len(release.rules))
    held = np.bincount(here.rule, area * (assessment.member_rank >= HELD_RANK), len(release.rules))
    sole = sole_m2(assessment, land.code_area_m2)
    movable = can_move(assessment)
    touched = _touched_parcels(assessment, land)
    return [
        RuleInsight(
            rule=rule,
            state=state,
            covered_m2=float(covered[at]),
            held_m2=float(held[at]),
            sole_m2=float(sole[at]),
            gain_m2=float(sole[at]) if movable[at] else 0.0,
            parcels=int(touched[at]),
            movable=bool(movable[at]),
        )
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
