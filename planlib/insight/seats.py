"""Have we everybody at the table? Which bodies made or decide on a rule on a plan's land, and who speaks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from planlib.insight.land import Land
from planlib.model import Constraint, Level, State
from planlib.model.register import Initiative, Player
from planlib.release import TOUCHED_M2
from planlib.scenario import Assessment


@dataclass(frozen=True)
class Seat:
    """A body that a plan has to do with: the rules on its land that it decides on, and those it only made.

    ``players`` are the parties of the initiative that speak for this body; none means that it is missing.
    """

    level: Level
    decides: tuple[Constraint, ...]
    made: tuple[Constraint, ...]
    players: tuple[Player, ...]

    @property
    def is_missing(self) -> bool:
        """Whether nobody at the table speaks for this body."""
        return not self.players


def seats_on(assessment: Assessment, land: Land, players: Iterable[Player]) -> list[Seat]:
    """Return the bodies that a plan on this land has to do with, those who decide first.

    A body decides on a rule that could move by its decision; it only made a rule that nobody here can move, or that is
    a condition. What is there already (*feitelijk*) is nobody's seat, and neither is a rule that was thought away.
    """
    there = list(players)
    rules = _rules_on(assessment, land)
    found = []
    for level in Level:
        if level is Level.FEITELIJK:
            continue
        decides = tuple(rule for rule in rules if level in rule.decides and _can_move(rule, assessment))
        made = tuple(rule for rule in rules if rule.level is level and rule not in decides)
        if decides or made:
            found.append(Seat(level, decides, made, tuple(player for player in there if player.level is level)))
    return sorted(found, key=lambda seat: (not seat.decides, list(Level).index(seat.level)))


def players_of(initiative: Initiative, players: Iterable[Player]) -> list[Player]:
    """Return the players that an initiative has an agreement with, in the order of its agreements."""
    by_uid = {player.uid: player for player in players}
    return [by_uid[item.player] for item in initiative.agreements if item.player in by_uid]


def _rules_on(assessment: Assessment, land: Land) -> list[Constraint]:
    here = assessment.release.signatures
    area = np.bincount(here.rule, land.code_area_m2[here.code], len(assessment.release.rules))
    return [
        rule
        for at, rule in enumerate(assessment.release.rules)
        if area[at] > TOUCHED_M2 and assessment.states[at] is not State.LAPSED
    ]


def _can_move(rule: Constraint, assessment: Assessment) -> bool:
    return rule.state_for(assessment.scenario.use) is State.MOVABLE
