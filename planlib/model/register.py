"""The register's nouns: what people want where, where quality can grow, who plays along, and how the story goes.

Every noun has a ``uid`` that whoever makes it chooses, so that sending it twice does no harm, and defaults for all that
is not known yet. Nouns that nest (an agreement in an initiative) have none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planlib.model.vocabulary import Level, Use

Ring = tuple[tuple[float, float], ...]


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


class Lead(StrEnum):
    """Who leads, in five steps from the citizens alone to the government alone."""

    CITIZENS = "citizens"
    CITIZENS_SUPPORTED = "citizens_supported"
    TOGETHER = "together"
    GOVERNMENT_INVITING = "government_inviting"
    GOVERNMENT = "government"


class PlayerKind(StrEnum):
    """What sort of party plays along."""

    RESIDENTS = "residents"
    OWNER = "owner"
    BUSINESS = "business"
    SOCIETY = "society"
    GOVERNMENT = "government"
    KNOWLEDGE = "knowledge"


class MediaType(StrEnum):
    """The forms in which a picture is kept."""

    JPEG = "image/jpeg"
    WEBP = "image/webp"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its pin in degrees (WGS 84), and polygons when it has a shape.

    Each polygon is its outer ring followed by its holes, closed rings of (longitude, latitude). The pin of a shape is
    a point inside it.
    """

    longitude: float
    latitude: float
    polygons: tuple[tuple[Ring, ...], ...] = ()

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The outer rings."""
        return tuple(polygon[0] for polygon in self.polygons)


@dataclass(frozen=True, slots=True)
class Link:
    """A page elsewhere that tells more."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class LeadTurn:
    """Who led until a day."""

    lead: Lead
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a player brings and gets: taking part is not free of obligation. ``player`` is the uid of one."""

    player: str
    brings: str = ""
    gets: str = ""
    agreed_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """How something grew, as somebody saw it on a day."""

    text: str
    noted_by: str = ""
    noted_on: date | None = None


@dataclass(frozen=True, slots=True)
class GoalReason:
    """Why something serves one of the province's goals; ``goal`` is the id of a theme."""

    goal: str
    why: str


@dataclass(frozen=True, slots=True)
class MapView:
    """What a map showed: its middle in degrees, and its zoom level."""

    longitude: float
    latitude: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Initiative:
    """Somebody's plan for a place.

    Attributes
    ----------
    use, area_needed_m2
        What for, and how much of it; None while nobody said.
    scale
        Id of the kind of table it belongs to, from one kitchen to the whole town.
    leads, led_before
        Who leads now, and who did before, the oldest first.
    themes
        Ids of the strategic themes it serves.
    experiment, experiment_question, experiment_until
        Whether it is one, what it should teach, and until when.
    planning, money, carried_by
        The way from process to project.
    """

    uid: str
    title: str
    place: Place
    use: Use | None = None
    state: InitiativeState = InitiativeState.IDEA
    visibility: Visibility = Visibility.INTERNAL
    summary: str = ""
    story: str = ""
    area_needed_m2: float | None = None
    initiator: str = ""
    scale: str = ""
    leads: Lead | None = None
    led_before: tuple[LeadTurn, ...] = ()
    themes: tuple[str, ...] = ()
    experiment: bool = False
    experiment_question: str = ""
    experiment_until: date | None = None
    agreements: tuple[Agreement, ...] = ()
    planning: str = ""
    money: str = ""
    carried_by: str = ""
    next_step: str = ""
    next_step_by: str = ""
    next_step_on: date | None = None
    links: tuple[Link, ...] = ()
    created_on: date | None = None

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
    """A small place of quality in which the province invests from its own goals.

    Attributes
    ----------
    quality
        What makes this place a source: quality, innovation, character.
    goals, goals_why, goal_reasons
        Ids of the province's themes it serves, why it serves them together, and why each of them.
    notes
        How it grows, the oldest first.
    """

    uid: str
    title: str
    place: Place
    visibility: Visibility = Visibility.INTERNAL
    summary: str = ""
    story: str = ""
    quality: str = ""
    goals: tuple[str, ...] = ()
    goals_why: str = ""
    province_brings: str = ""
    could_become: str = ""
    notes: tuple[Note, ...] = ()
    links: tuple[Link, ...] = ()
    created_on: date | None = None
    goal_reasons: tuple[GoalReason, ...] = ()

    @property
    def serves(self) -> tuple[str, ...]:
        """The ids of the themes it serves: the province's own goals."""
        return self.goals


@dataclass(frozen=True, slots=True)
class Player:
    """A role or organisation that plays along; ``level`` says which government, when it is one.

    There is no place for private contact details, so that none are kept.
    """

    uid: str
    name: str
    player_kind: PlayerKind | None = None
    level: Level | None = None
    interest: str = ""
    goal: str = ""
    brings: str = ""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step of an entry's story; ``entry`` and ``picture`` are uids. It is seen by whoever may see the entry."""

    uid: str
    entry: str
    text: str
    position: int = 0
    added_by: str = ""
    added_on: date | None = None
    picture: str = ""
    view: MapView | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an entry, in a form without metadata. It is seen by whoever may see the entry."""

    uid: str
    entry: str
    media_type: MediaType
    data: bytes
    alt: str = ""
    position: int = 0
    added_by: str = ""
    added_on: date | None = None

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class ThemeEdit:
    """A strategic theme as this area words it, in the place of the catalogue's; a theme of its own has a new id."""

    uid: str
    theme: str
    title_nl: str
    title_en: str = ""
    description_nl: str = ""
    description_en: str = ""
    uses: tuple[Use, ...] = ()
    core_qualities: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class QualityEdit:
    """A core quality as this area words it; one that the catalogue has keeps its rules, one of its own has a new id.

    ``rules`` are ids of the rules where one of its own is present.
    """

    uid: str
    core_quality: str
    title_nl: str
    title_en: str = ""
    description_nl: str = ""
    description_en: str = ""
    retired: bool = False
    rules: tuple[str, ...] = ()


Entry = Initiative | Bronpunt
Entity = Initiative | Bronpunt | Player | StoryStep | Picture | ThemeEdit | QualityEdit
