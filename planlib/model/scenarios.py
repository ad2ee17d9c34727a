"""A scenario: a named set of states that differ from the rules' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from planlib.model.vocabulary import State, Use


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
    doubt_unchecked
        Show the area as if the rules nobody could load could hold everything.
    """

    title: str | None = None
    use: Use | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    set_by: str | None = None
    set_on: date | None = None
    doubt_unchecked: bool = False
