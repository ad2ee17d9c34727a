"""Cells + states + use -> outcomes. No geometry: any what-if is a look-up per signature and one sum.

The outcome of a signature is the first that holds of: a hard rule present -> blocked; a hard or movable rule not known
-> unknown; a movable rule present -> movable; a condition or moved rule, present or not known -> conditional; else free
(DESIGN section 3). Ranking the outcomes in reverse, that is the highest rank among the members of the signature: the
product of the signature matrix with the states in which "plus" is "the highest of".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planlib.errors import ScenarioError
from planlib.model import OUTCOMES, Area, Constraint, Outcome, Scenario, State, Use
from planlib.release import Release, Signatures

#: Rank (position in OUTCOMES) that a rule gives a cell in which it is present, by its state.
RANK_PRESENT = {
    State.HARD: OUTCOMES.index(Outcome.BLOCKED),
    State.MOVABLE: OUTCOMES.index(Outcome.MOVABLE),
    State.MOVED: OUTCOMES.index(Outcome.CONDITIONAL),
    State.CONDITION: OUTCOMES.index(Outcome.CONDITIONAL),
    State.LAPSED: OUTCOMES.index(Outcome.FREE),
}
#: The same for a cell in which nobody looked whether the rule is there.
RANK_NOT_KNOWN = {
    **RANK_PRESENT,
    State.HARD: OUTCOMES.index(Outcome.UNKNOWN),
    State.MOVABLE: OUTCOMES.index(Outcome.UNKNOWN),
}
#: From this rank on land is held: neither free nor free under conditions.
HELD_RANK = OUTCOMES.index(Outcome.MOVABLE)


@dataclass(frozen=True)
class Assessment:
    """A release seen under a scenario.

    Attributes
    ----------
    states
        State of each rule that counts here, aligned with ``release.rules``: LAPSED for a rule that does not limit the
        use or was thought away.
    rank
        Per signature code the position of its outcome in OUTCOMES (uint8): L of DESIGN section 3, and the look-up
        table of the map.
    """

    release: Release
    scenario: Scenario
    states: tuple[State, ...]
    member_rank: np.ndarray
    rank: np.ndarray

    @cached_property
    def totals_m2(self) -> np.ndarray:
        """Square metres per outcome over the whole area, in the order of OUTCOMES."""
        return np.bincount(self.rank, self.release.code_area_m2, len(OUTCOMES))

    @cached_property
    def parcel_areas_m2(self) -> np.ndarray:
        """Square metres per parcel and outcome (parcels x outcomes)."""
        release, kinds = self.release, len(OUTCOMES)
        key = release.row_parcel * np.int32(kinds) + self.rank[release.row_code]
        return np.bincount(key, release.row_area_m2, len(release.parcels) * kinds).reshape(-1, kinds)

    def parcel_outcomes_m2(self, parcel: int) -> np.ndarray:
        """Return the square metres per outcome of one parcel, by its index."""
        rows = slice(self.release.row_start[parcel], self.release.row_start[parcel + 1])
        return np.bincount(self.rank[self.release.row_code[rows]], self.release.row_area_m2[rows], len(OUTCOMES))

    @property
    def checked(self) -> tuple[Constraint, ...]:
        """Rules that limit the use and were looked at, here or in part of the area, or closed by a person."""
        gone = {rule.id for rule in self.unchecked}
        return tuple(rule for rule in self.limiting if rule.id not in gone)

    @property
    def unchecked(self) -> tuple[Constraint, ...]:
        """Rules that limit the use and that nobody could load or close."""
        return unchecked_rules(self.release.area, self.scenario.use)

    @property
    def not_in_area(self) -> tuple[Constraint, ...]:
        """Core rules of the catalogue that limit the use and that the area file does not name at all."""
        return tuple(rule for rule in self.release.area.not_named if rule.state_for(self.scenario.use) is not None)

    @property
    def limiting(self) -> tuple[Constraint, ...]:
        """Rules that limit the use, whatever a scenario thinks of them."""
        return tuple(rule for rule in self.release.rules if rule.state_for(self.scenario.use) is not None)

    @property
    def changed(self) -> tuple[Constraint, ...]:
        """Rules that limit the use and are thought to be in another state than their own."""
        own = self.scenario.use
        return tuple(
            rule
            for rule in self.limiting
            if self.scenario.states.get(rule.id, rule.state_for(own)) != rule.state_for(own)
        )

    @property
    def fixed(self) -> tuple[Constraint, ...]:
        """Rules that could move by a decision, but not by anybody at this table; they count as hard."""
        return tuple(
            rule
            for rule in self.limiting
            if self.scenario.table
            and rule.id not in self.scenario.states
            and rule.state_for(self.scenario.use) is State.MOVABLE
            and not at_the_table(rule, self.scenario)
        )

    @property
    def thoughts(self) -> tuple[Constraint, ...]:
        """Changed rules whose change nobody at this table can decide on: thought experiments."""
        return tuple(rule for rule in self.changed if is_thought(rule, self.scenario))

    @property
    def beyond_frame(self) -> tuple[Constraint, ...]:
        """Rules that hold less here than the frame accepts; none when the scenario has no frame."""
        frame = self.scenario.frame
        if frame is None:
            return ()
        return tuple(
            rule
            for rule in self.limiting
            if RANK_PRESENT[self._state(rule, self.scenario.states)] < RANK_PRESENT[self._state(rule, frame.states)]
        )

    def _state(self, rule: Constraint, states: Mapping[str, State]) -> State:
        return states.get(rule.id) or rule.state_for(self.scenario.use) or State.LAPSED


def assess(release: Release, scenario: Scenario | None = None) -> Assessment:
    """Return a release under a scenario; without one, under the rules as they are for the area's own use.

    Raises
    ------
    ScenarioError
        The scenario names a rule that the area does not have.
    """
    scenario = scenario or Scenario(use=release.area.use)
    check_rules(scenario.states, release.area, place=scenario.title or "states")
    states = tuple(_effective(rule, scenario) for rule in release.rules)
    here = release.signatures
    member_rank = member_ranks(here, states)
    floor = doubt_rank(release.area, scenario)
    return Assessment(release, scenario, states, member_rank, rank_codes(here, member_rank, floor))


def member_ranks(here: Signatures, states: Sequence[State]) -> np.ndarray:
    """Return the rank (uint8) that each member of each signature gives, from the states of the rules they count."""
    by_kind = [rank[state] for state in states for rank in (RANK_PRESENT, RANK_NOT_KNOWN)]
    return np.array(by_kind, dtype=np.uint8)[here.kind]


def rank_codes(here: Signatures, member_rank: np.ndarray, floor: int = 0) -> np.ndarray:
    """Return the rank (uint8) of each signature: the highest of its members, and ``floor`` at least."""
    rank = np.full(len(here), floor, dtype=np.uint8)
    if len(here.filled):
        highest = np.maximum.reduceat(member_rank, here.start[here.filled])
        rank[here.filled] = np.maximum(rank[here.filled], highest)
    return rank


def doubt_rank(area: Area, scenario: Scenario) -> int:
    """Return the lowest rank that any land has: above free only when unchecked rules count as if they held it."""
    if not scenario.doubt_unchecked:
        return 0
    return max((RANK_NOT_KNOWN[_effective(rule, scenario)] for rule in unchecked_rules(area, scenario.use)), default=0)


def at_the_table(rule: Constraint, scenario: Scenario) -> bool:
    """Whether a body that may deviate from a rule sits at the table of a scenario."""
    return bool(rule.decides) and (not scenario.table or any(level in scenario.table for level in rule.decides))


def is_thought(rule: Constraint, scenario: Scenario) -> bool:
    """Whether the state a scenario gives a rule goes beyond what anybody at its table may decide."""
    own = rule.state_for(scenario.use)
    state = scenario.states.get(rule.id, own)
    if state == own:
        return False
    return not (state is State.MOVED and own is State.MOVABLE and at_the_table(rule, scenario))


def unchecked_rules(area: Area, use: Use | None) -> tuple[Constraint, ...]:
    """Return the rules that limit ``use``, that nobody could load, and that nobody closed with a reason."""
    closed = {item.id for item in area.not_here}
    return tuple(
        rule
        for rule in area.constraints
        if rule.coverage.is_none and rule.id not in closed and rule.state_for(use) is not None
    )


def check_rules(states: Mapping[str, State], area: Area, *, place: str) -> None:
    """Refuse states of rules that the area file does not have; ``place`` is where the states were written.

    Raises
    ------
    ScenarioError
        There is no such rule in the area.
    """
    known = {rule.id for rule in area.constraints} | {item.constraint.id for item in area.left_out}
    for rule_id in states:
        if rule_id not in known:
            raise ScenarioError(
                "{place}: there is no constraint {id} in {area}; it has {known}.",
                place=place,
                id=rule_id,
                area=area.title,
                known=", ".join(sorted(known)) or "none",
            )


def _effective(rule: Constraint, scenario: Scenario) -> State:
    own = rule.state_for(scenario.use)
    if own is None:
        return State.LAPSED
    if rule.id in scenario.states:
        return scenario.states[rule.id]
    return State.HARD if own is State.MOVABLE and scenario.table and not at_the_table(rule, scenario) else own
