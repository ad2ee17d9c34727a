"""Does it fit here? The verdict on a plan that stands on the map already, on its own shape (ADR 0011)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from planlib.insight.land import Land
from planlib.insight.small_print import RuleOnLand, rules_on
from planlib.insight.usable import usable_space
from planlib.model import OUTCOMES, Constraint, Level, Outcome, State
from planlib.scenario import HELD_RANK, Assessment

#: A plan that does not say how much it needs needs its land: all but the hair by which two maps differ.
_ALL_OF_IT = 0.99


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
    needed_m2
        What it needs.
    land_m2, outcomes_m2
        The land it stands on, and how it works out.
    usable_m2, largest_m2
        The land that the verdict counts with and is wide enough, and its largest piece; for *not* the open land.
    carried
        Rules that ask something of the open land.
    moving
        Rules that can move by a decision and hold some of the land.
    not_surveyed
        Rules that hold some of it because nobody looked there.
    blocking
        Rules that hold some of it and that nobody at this table can move.
    unchecked
        Rules that nobody could load anywhere: with the verdict goes that they were not looked at.
    """

    verdict: Verdict
    needed_m2: float
    land_m2: float
    outcomes_m2: dict[Outcome, float]
    usable_m2: float
    largest_m2: float
    carried: tuple[RuleOnLand, ...]
    moving: tuple[RuleOnLand, ...]
    not_surveyed: tuple[RuleOnLand, ...]
    blocking: tuple[RuleOnLand, ...]
    unchecked: tuple[Constraint, ...]

    @property
    def too_small(self) -> bool:
        """Whether the land is smaller than what the plan needs, whatever the rules."""
        return self.land_m2 < self.needed_m2

    @property
    def in_one_piece(self) -> bool:
        """Whether one connected piece of the land is as large as the plan needs."""
        return self.largest_m2 >= self.needed_m2

    @property
    def bodies(self) -> tuple[Level, ...]:
        """The levels of which a body may decide on the rules that can move, in the order of those rules."""
        return tuple(dict.fromkeys(level for item in self.moving for level in item.rule.decides))


def fit_of(assessment: Assessment, land: Land, *, area_needed_m2: float | None, width_m: float = 0.0) -> Fit:
    """Return whether a plan fits on its land: a drawn shape, or whole parcels.

    It fits when there is as much usable land (:func:`planlib.insight.usable.usable_space`) as the plan needs: of free
    land; else of free and conditional land; else with what can move; else with what nobody looked at. The land need
    not be in one piece, since those who drew it knew what runs through it; ``in_one_piece`` says whether it is. All
    rules that can move there are named, not the fewest that would do.

    Parameters
    ----------
    area_needed_m2
        What the plan needs; None when it does not say: then its land.

    Raises
    ------
    ReleaseError
        The land has too many parcels to be looked at in one go.
    """
    needed = _ALL_OF_IT * land.area_m2 if area_needed_m2 is None else area_needed_m2
    verdict, usable_m2, largest_m2 = _verdict(assessment, land, needed, width_m)
    by_rank = [land.code_area_m2 * (assessment.rank == rank) for rank in range(len(OUTCOMES))]
    held = sum(by_rank[HELD_RANK:], np.zeros_like(land.code_area_m2))
    holding = rules_on(assessment, held)
    return Fit(
        verdict=verdict,
        needed_m2=needed,
        land_m2=land.area_m2,
        outcomes_m2={outcome: float(by_rank[rank].sum()) for rank, outcome in enumerate(OUTCOMES)},
        usable_m2=usable_m2,
        largest_m2=largest_m2,
        carried=tuple(
            item
            for item in rules_on(assessment, land.code_area_m2 - held)
            if item.state in (State.CONDITION, State.MOVED)
        ),
        moving=tuple(item for item in holding if item.state is State.MOVABLE),
        not_surveyed=tuple(
            item for item in rules_on(assessment, held, not_known=True) if item.state in (State.HARD, State.MOVABLE)
        ),
        blocking=tuple(item for item in holding if item.state is State.HARD),
        unchecked=assessment.unchecked,
    )


def _verdict(assessment: Assessment, land: Land, needed_m2: float, width_m: float) -> tuple[Verdict, float, float]:
    """Return the verdict, the usable land it counts with, and its largest piece."""
    for verdict, worst in _WORST.items():
        # What is not there in square metres needs no shapes to be refused.
        if float(land.code_area_m2[assessment.rank <= OUTCOMES.index(worst)].sum()) >= needed_m2:
            usable_m2, largest_m2 = _usable(assessment, land, width_m, worst)
            if usable_m2 >= needed_m2 > 0:
                return verdict, usable_m2, largest_m2
    return Verdict.NOT, *_usable(assessment, land, width_m, Outcome.CONDITIONAL)


def _usable(assessment: Assessment, land: Land, width_m: float, worst: Outcome) -> tuple[float, float]:
    space = usable_space(assessment, land, width_m=width_m, worst=worst)
    return space.area_m2, max((site.area_m2 for site in space.sites), default=0.0)
