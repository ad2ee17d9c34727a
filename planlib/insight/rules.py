"""Which rule holds what: the area it covers, and the area that it alone keeps from being free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planlib.model import Constraint, State
from planlib.scenario import HELD_RANK, Assessment


@dataclass(frozen=True, slots=True)
class RuleInsight:
    """What one rule holds over the whole area.

    ``covered_m2`` is the area of the parcels inside it, whatever the use; ``sole_m2`` the area that is not free now and
    would be free, or free under conditions, if this rule alone lapsed; ``parcels`` how many it touches.
    """

    rule: Constraint
    state: State
    covered_m2: float
    sole_m2: float
    parcels: int


def rule_insights(assessment: Assessment) -> list[RuleInsight]:
    """Return what each rule holds, in the order of the area file."""
    release = assessment.release
    here = release.signatures
    present = ~here.not_known
    covered = np.bincount(here.rule[present], release.code_area_m2[here.code[present]], len(release.rules))
    sole = sole_m2(assessment, release.code_area_m2)
    touched = release.touched_parcels
    return [
        RuleInsight(rule, state, float(covered[at]), float(sole[at]), int(touched[at]))
        for at, (rule, state) in enumerate(zip(release.rules, assessment.states, strict=True))
    ]


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
    holds = assessment.member_rank >= HELD_RANK
    holders = np.bincount(here.code[holds], minlength=len(here))
    holder = np.full(len(here), -1)
    alone = holds & (holders[here.code] == 1)
    holder[here.code[alone]] = here.rule[alone]
    # Doubt about unchecked rules holds land too, and no single rule's lapse would lift it.
    floor = assessment.rank > _highest_member(assessment)
    holder[floor & (assessment.rank >= HELD_RANK)] = -1
    return holder


def _highest_member(assessment: Assessment) -> np.ndarray:
    here = assessment.release.signatures
    highest = np.zeros(len(here), dtype=np.uint8)
    np.maximum.at(highest, here.code, assessment.member_rank)
    return highest
