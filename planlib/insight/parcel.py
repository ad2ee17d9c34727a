"""Why is this parcel what it is: its five areas and every rule on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planlib.insight.rules import sole_m2
from planlib.model import OUTCOMES, Constraint, Outcome, State
from planlib.release import TOUCHED_M2
from planlib.scenario import Assessment


@dataclass(frozen=True, slots=True)
class RuleOnParcel:
    """A rule that covers part of a parcel: its state here, how much it covers, and how much it alone holds.

    ``fixed`` when it could move, but by nobody at this table; ``thought`` when its state goes beyond what anybody at
    this table may decide.
    """

    rule: Constraint
    state: State
    own_state: State
    covered_m2: float
    sole_m2: float
    fixed: bool = False
    thought: bool = False


@dataclass(frozen=True, slots=True)
class ParcelExplanation:
    """One parcel under a scenario.

    ``rules`` are the rules that limit the use and touch it, the most restrictive first; ``unknown`` the rules that were
    not surveyed on some part of it; ``unchecked`` the rules that nobody could load anywhere.
    """

    parcel_id: str
    area_m2: float
    registered_area_m2: float | None
    owner_kind: str | None
    outcomes_m2: dict[Outcome, float]
    rules: tuple[RuleOnParcel, ...]
    unknown: tuple[Constraint, ...]
    unchecked: tuple[Constraint, ...]


def explain_parcel(assessment: Assessment, parcel_id: str) -> ParcelExplanation:
    """Return what a parcel is under a scenario, and why.

    Raises
    ------
    ReleaseError
        There is no such parcel.
    """
    release = assessment.release
    at = release.parcel_index(parcel_id)
    rows = slice(release.row_start[at], release.row_start[at + 1])
    code_area = np.zeros(len(release.signatures))
    code_area[release.row_code[rows]] = release.row_area_m2[rows]
    here = release.signatures
    by_member = code_area[here.code]
    covered = np.bincount(here.rule, by_member * ~here.not_known, len(release.rules))
    lacking = np.bincount(here.rule, by_member * here.not_known, len(release.rules))
    sole = sole_m2(assessment, code_area)
    area, registered, owner = (
        release.parcels[name].to_numpy()[at] for name in ("area_m2", "registered_area_m2", "owner_kind")
    )
    outcomes = assessment.parcel_outcomes_m2(at)
    return ParcelExplanation(
        parcel_id=parcel_id,
        area_m2=float(area),
        registered_area_m2=None if np.isnan(registered) else float(registered),
        owner_kind=owner if isinstance(owner, str) else None,
        outcomes_m2={outcome: float(outcomes[rank]) for rank, outcome in enumerate(OUTCOMES)},
        rules=_rules_on(assessment, covered, sole),
        unknown=tuple(
            rule
            for rank, rule in enumerate(release.rules)
            if lacking[rank] > TOUCHED_M2 and assessment.states[rank] is not State.LAPSED
        ),
        unchecked=assessment.unchecked,
    )


_ORDER = {State.HARD: 0, State.MOVABLE: 1, State.MOVED: 2, State.CONDITION: 3, State.LAPSED: 4}


def _rules_on(assessment: Assessment, covered: np.ndarray, sole: np.ndarray) -> tuple[RuleOnParcel, ...]:
    found = []
    fixed, thoughts = ({rule.id for rule in rules} for rules in (assessment.fixed, assessment.thoughts))
    for at, rule in enumerate(assessment.release.rules):
        own = rule.state_for(assessment.scenario.use)
        if own is not None and covered[at] > TOUCHED_M2:
            found.append(
                RuleOnParcel(
                    rule,
                    assessment.states[at],
                    own,
                    float(covered[at]),
                    float(sole[at]),
                    fixed=rule.id in fixed,
                    thought=rule.id in thoughts,
                )
            )
    return tuple(sorted(found, key=lambda item: (_ORDER[item.state], -item.covered_m2)))
