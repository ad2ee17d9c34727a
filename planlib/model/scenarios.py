"""A scenario: a named set of states that differ from the rules' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from planlib.model.vocabulary import Level, State, Use


@dataclass(frozen=True, slots=True)
class Frame:
    """What a board has set as the room it gives: the states it accepts, whose frame it is, and since when."""

    title: str
    set_by: str
    set_on: date | None = None
    states: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is looked at: a use, and the rules that are thought to be in another state.

    Attributes
    ----------
    title
        Name on screen; None for the rules as they are.
    use
        The use that is asked about; None counts every rule with its strictest state.
    states
        Rule id -> state; rules that are not named keep their own.
    set_by, set_on
        Whose frame it is, and since when.
    description
        What it is about, in somebody's own words.
    table
        Levels that sit at the table; a rule that none of them decides on counts as fixed. Empty: all of them sit there.
    frame
        The frame it started from; a rule that holds less than there goes beyond it.
    edited
        Somebody changed it since it was saved under its title.
    doubt_unchecked
        Show the area as if the rules nobody could load could hold everything.
    """

    title: str | None = None
    use: Use | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    set_by: str | None = None
    set_on: date | None = None
    description: str | None = None
    table: tuple[Level, ...] = ()
    frame: Frame | None = None
    edited: bool = False
    doubt_unchecked: bool = False

    @property
    def as_frame(self) -> Frame | None:
        """The frame of a scenario that goes on from here: this one when a board set it, else the one it has."""
        if self.set_by is None:
            return self.frame
        return Frame(title=self.title or self.set_by, set_by=self.set_by, set_on=self.set_on, states=self.states)
