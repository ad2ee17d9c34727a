"""Two scenarios beside each other: what is gained and lost, where, for which plan, and by whose decision.

Both are seen on the same parcels; they may differ in the states of rules, in who sits at the table, and in how far a
rule reaches (a variant of the same release).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planlib.errors import ScenarioError
from planlib.insight.fit_here import Verdict, enough_m2, needed_m2, verdict_of
from planlib.insight.land import Land, outcomes_m2
from planlib.insight.regions import region_of_parcels, region_shapes
from planlib.model import OUTCOMES, Constraint, Outcome, State, Use
from planlib.model.register import Initiative
from planlib.release import Release
from planlib.scenario import Assessment, assess, is_thought

#: A share of what a plan needs that is told: map lines are not exact to the metre.
_TOLD_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Change:
    """Square metres per outcome before and after, in the order of OUTCOMES; ``name`` is the region, if it has one."""

    name: str | None
    before_m2: np.ndarray
    after_m2: np.ndarray

    @property
    def gain_m2(self) -> np.ndarray:
        """What each outcome gained; what it lost is negative. The gains add up to zero: land only changes hands."""
        return self.after_m2 - self.before_m2

    def gain_of(self, outcome: Outcome) -> float:
        """Return what one outcome gained, in m2."""
        return float(self.gain_m2[OUTCOMES.index(outcome)])


@dataclass(frozen=True, slots=True)
class RuleSide:
    """How a rule works in one scenario.

    ``own`` is its state as it holds now; ``fixed`` when it could move but by nobody at the table, ``thought`` when
    nobody there can decide on its state, ``beyond`` when that goes beyond the scenario's frame; ``buffer_m`` how far
    it reaches around its features.
    """

    state: State
    own: State
    fixed: bool
    thought: bool
    beyond: bool
    buffer_m: float


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """A rule that works differently in two scenarios."""

    rule: Constraint
    before: RuleSide
    after: RuleSide


@dataclass(frozen=True, slots=True)
class PlanFit:
    """How a plan fits: the verdict, and which share of what it needs is free or free under conditions there."""

    verdict: Verdict
    open_share: float


@dataclass(frozen=True, slots=True)
class PlanChange:
    """An initiative before and after, for its own use; ``drawn`` when its land is its own shape and not a parcel."""

    initiative: Initiative
    before: PlanFit
    after: PlanFit
    drawn: bool


def total_change(before: Assessment, after: Assessment) -> Change:
    """Return what changes over the whole area.

    Raises
    ------
    ScenarioError
        The two are not about the same parcels.
    """
    _check_same_parcels(before.release, after.release)
    return Change(None, before.totals_m2, after.totals_m2)


def region_changes(before: Assessment, after: Assessment) -> list[Change]:
    """Return what changes per village or other region, and at last outside all of them; together they are the total.

    Raises
    ------
    ScenarioError
        The two are not about the same parcels.
    """
    _check_same_parcels(before.release, after.release)
    names = region_shapes(before.release).names
    region = region_of_parcels(before.release)
    old, new = (_per_region(assessment, region, len(names)) for assessment in (before, after))
    changes = [Change(name, old[at], new[at]) for at, name in enumerate(names)]
    return [*changes, Change(None, old[-1], new[-1])] if old[-1].sum() > 0 else changes


def rule_differences(before: Assessment, after: Assessment) -> list[RuleDifference]:
    """Return the rules that limit the use and work differently, in the order of the area file."""
    found = []
    for rule in before.limiting:
        twin = after.release.area.constraint(rule.id)
        if twin is None:
            continue
        old, new = _side(rule, before), _side(twin, after)
        if (old.state, old.buffer_m) != (new.state, new.buffer_m):
            found.append(RuleDifference(rule, old, new))
    return found


def plan_fit(assessment: Assessment, initiative: Initiative, land: Land) -> PlanFit:
    """Return how an initiative fits on its land under a scenario, for its own use, as its card says it."""
    areas = outcomes_m2(_for_use(assessment, initiative.use), land)
    needed = needed_m2(land, initiative.area_needed_m2)
    usable = areas[Outcome.FREE] + areas[Outcome.CONDITIONAL]
    enough = enough_m2(land, initiative.area_needed_m2)
    return PlanFit(verdict_of(areas, enough), min(1.0, usable / needed) if needed > 0 else 0.0)


def plan_changes(
    before: Assessment, after: Assessment, plans: Sequence[tuple[Initiative, Land | None, Land | None]]
) -> list[PlanChange]:
    """Return how each initiative fits before and after, those whose word or share changes.

    Parameters
    ----------
    plans
        Each initiative with its land in the release of ``before`` and in that of ``after``, which are one land when
        the releases are the same; one without land is left out.
    """
    sides: dict[Use | None, tuple[Assessment, Assessment]] = {}
    found = []
    for initiative, old_land, new_land in plans:
        if old_land is None or new_land is None:
            continue
        use = initiative.use
        if use not in sides:
            sides[use] = _for_use(before, use), _for_use(after, use)
        old, new = (
            plan_fit(side, initiative, land) for side, land in zip(sides[use], (old_land, new_land), strict=True)
        )
        if old.verdict is not new.verdict or abs(new.open_share - old.open_share) >= _TOLD_SHARE:
            found.append(PlanChange(initiative, old, new, drawn=bool(initiative.place.rings)))
    return found


def _for_use(assessment: Assessment, use: Use | None) -> Assessment:
    if assessment.scenario.use is use:
        return assessment
    return assess(assessment.release, replace(assessment.scenario, use=use))


def _side(rule: Constraint, assessment: Assessment) -> RuleSide:
    at = assessment.release.rule_index(rule.id)
    state = State.LAPSED if at is None else assessment.states[at]
    return RuleSide(
        state=state,
        own=rule.state_for(assessment.scenario.use) or State.LAPSED,
        fixed=rule.id in {item.id for item in assessment.fixed},
        thought=is_thought(rule, assessment.scenario),
        beyond=rule.id in {item.id for item in assessment.beyond_frame},
        buffer_m=rule.buffer_m,
    )


def _per_region(assessment: Assessment, region: np.ndarray, regions: int) -> np.ndarray:
    """Return square metres per region and outcome; the last row is outside all regions."""
    areas = assessment.parcel_areas_m2
    row = np.where(region < 0, regions, region)
    return np.column_stack([np.bincount(row, areas[:, rank], regions + 1) for rank in range(len(OUTCOMES))])


def _check_same_parcels(before: Release, after: Release) -> None:
    if before.overlay_id == after.overlay_id:
        return
    if not np.array_equal(before.parcels["parcel_id"].to_numpy(), after.parcels["parcel_id"].to_numpy()):
        raise ScenarioError("Two scenarios can be compared on the same parcels only; load the page again.")
