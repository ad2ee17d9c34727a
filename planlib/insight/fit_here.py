"""Does it fit here? The verdict on a plan that stands on the map already, on its own shape (ADR 0011)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import shapely

from planlib.insight.land import Land, outcomes_m2
from planlib.insight.small_print import RuleOnLand, rules_on
from planlib.insight.smallest import SmallestSets, smallest_sets
from planlib.insight.usable import usable_space
from planlib.model import OUTCOMES, Constraint, Outcome, State
from planlib.scenario import HELD_RANK, Assessment

#: All of a land but the hair by which two maps differ is enough for a plan that needs its land.
_ALL_OF_IT = 0.99
#: What a plan says that it needs it needs; the same pieces add up to a little less or more in another order.
_AS_SAID = 1 - 1e-9


class Verdict(StrEnum):
    """Whether a plan fits on its land."""

    FITS = "fits"
    SMALL_PRINT = "small_print"
    IF_MOVED = "if_moved"
    NOT_KNOWN = "not_known"
    NOT = "not"


#: The worst outcome a plan may stand on for each verdict, the best verdict first.
_WORST = {
    Verdict.FITS: Outcome.FREE,
    Verdict.SMALL_PRINT: Outcome.CONDITIONAL,
    Verdict.IF_MOVED: Outcome.MOVABLE,
    Verdict.NOT_KNOWN: Outcome.UNKNOWN,
}


@dataclass(frozen=True)
class Fit:
    """Whether a plan fits on its land, and why.

    Attributes
    ----------
    needed_m2, enough_m2
        What it needs, and what is enough for that.
    land_m2, outcomes_m2
        The land it stands on, and how it works out.
    counted_m2, largest_m2
        The land that the verdict counts with, and its largest piece; for *not* the open land.
    carried
        Rules that ask something of the open land.
    moving
        Rules that can move by a decision and hold some of the land.
    ways
        The smallest sets of those that are enough to move, when it fits by that and not without.
    not_surveyed
        Rules that hold some of it because nobody looked there.
    blocking
        Rules that hold some of it and that nobody at this table can move.
    unchecked
        Rules that nobody could load anywhere: with the verdict goes that they were not looked at.
    """

    verdict: Verdict
    needed_m2: float
    enough_m2: float
    land_m2: float
    outcomes_m2: dict[Outcome, float]
    counted_m2: float
    largest_m2: float
    carried: tuple[RuleOnLand, ...]
    moving: tuple[RuleOnLand, ...]
    ways: SmallestSets | None
    not_surveyed: tuple[RuleOnLand, ...]
    blocking: tuple[RuleOnLand, ...]
    unchecked: tuple[Constraint, ...]

    @property
    def too_small(self) -> bool:
        """Whether the land is smaller than what the plan needs, whatever the rules."""
        return self.land_m2 < self.enough_m2

    @property
    def in_one_piece(self) -> bool:
        """Whether one connected piece of the land is as large as the plan needs."""
        return self.largest_m2 >= self.enough_m2


def needed_m2(land: Land, area_needed_m2: float | None) -> float:
    """Return what a plan needs: what it says, else all of its land, also where a drawn shape has no parcels."""
    if area_needed_m2 is not None:
        return area_needed_m2
    return land.area_m2 if land.shape is None else float(shapely.area(land.shape))


def verdict_of(areas_m2: dict[Outcome, float], enough_m2: float) -> Verdict:
    """Return whether land that works out in these areas is enough: the best verdict that holds."""
    reached = 0.0
    for verdict, worst in _WORST.items():
        reached += areas_m2[worst]
        if reached >= enough_m2 > 0:
            return verdict
    return Verdict.NOT


def enough_m2(land: Land, area_needed_m2: float | None) -> float:
    """Return what is enough for a plan: what it says that it needs, else its land but for a hair."""
    return needed_m2(land, area_needed_m2) * (_ALL_OF_IT if area_needed_m2 is None else _AS_SAID)


def fit_of(assessment: Assessment, land: Land, *, area_needed_m2: float | None) -> Fit:
    """Return whether a plan fits on its land: a drawn shape, or whole parcels.

    It fits when there is as much land as the plan needs: of free land; else of free and conditional land; else with
    what can move; else with what nobody looked at. The land need not be in one piece, since those who drew it knew what
    runs through it; ``in_one_piece`` says whether it is.

    Parameters
    ----------
    area_needed_m2
        What the plan needs; None when it does not say: then its land.

    Raises
    ------
    ReleaseError
        The land has too many parcels to be looked at in one go.
    """
    enough = enough_m2(land, area_needed_m2)
    areas = outcomes_m2(assessment, land)
    verdict = verdict_of(areas, enough)
    worst = _WORST.get(verdict, Outcome.CONDITIONAL)
    sites = usable_space(assessment, land, width_m=0.0, worst=worst).sites
    held = land.code_area_m2 * (assessment.rank >= HELD_RANK)
    holding = rules_on(assessment, held)
    ways = None
    if verdict is Verdict.IF_MOVED:
        lacking = enough - areas[Outcome.FREE] - areas[Outcome.CONDITIONAL]
        ways = smallest_sets(assessment, land, min(lacking, areas[Outcome.MOVABLE]))
    return Fit(
        verdict=verdict,
        needed_m2=needed_m2(land, area_needed_m2),
        enough_m2=enough,
        land_m2=land.area_m2,
        outcomes_m2=areas,
        counted_m2=sum(areas[outcome] for outcome in OUTCOMES[: OUTCOMES.index(worst) + 1]),
        largest_m2=max((site.area_m2 for site in sites), default=0.0),
        carried=tuple(
            item
            for item in rules_on(assessment, land.code_area_m2 - held)
            if item.state in (State.CONDITION, State.MOVED)
        ),
        moving=tuple(item for item in holding if item.state is State.MOVABLE),
        ways=ways,
        not_surveyed=tuple(
            item for item in rules_on(assessment, held, not_known=True) if item.state in (State.HARD, State.MOVABLE)
        ),
        blocking=tuple(item for item in holding if item.state is State.HARD),
        unchecked=assessment.unchecked,
    )
