"""Initiatives and bronpunten: what people want where, and where the province sees quality that can grow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planlib.model.vocabulary import Use


class InitiativeState(StrEnum):
    """Where an initiative is on its way from idea to project."""

    IDEA = "idea"
    CONVERSATION = "conversation"
    QUICKSCAN = "quickscan"
    DECISION = "decision"
    PROJECT = "project"
    DONE = "done"
    STOPPED = "stopped"


class Visibility(StrEnum):
    """Who may see an entry; an idea on somebody's land is personal and can move prices."""

    INTERNAL = "internal"
    TABLE = "table"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: a point in degrees, and rings of (longitude, latitude) when it has a shape."""

    longitude: float
    latitude: float
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Initiative:
    """Somebody's plan for a place."""

    uid: str
    title: str
    place: Place
    use: Use
    state: InitiativeState
    visibility: Visibility
    summary: str = ""
    story: str = ""
    area_needed_m2: float | None = None
    initiator: str = ""
    leads: str = ""
    themes: tuple[str, ...] = ()
    next_step: str = ""
    next_step_by: str = ""
    next_step_on: str = ""
    experiment: bool = False

    @property
    def serves(self) -> tuple[str, ...]:
        """The ids of the themes it serves."""
        return self.themes

    @property
    def runs(self) -> bool:
        """Whether somebody still works on it or has made it, so that it speaks for its place."""
        return self.state is not InitiativeState.STOPPED


@dataclass(frozen=True, slots=True)
class Bronpunt:
    """A small place of quality in which the province invests from its own goals."""

    uid: str
    title: str
    place: Place
    visibility: Visibility
    summary: str = ""
    story: str = ""
    quality: str = ""
    goals: tuple[str, ...] = ()
    province_brings: str = ""
    could_become: str = ""

    @property
    def serves(self) -> tuple[str, ...]:
        """The ids of the themes it serves: the province's own goals."""
        return self.goals


Entry = Initiative | Bronpunt
