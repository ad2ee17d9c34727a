"""The closed vocabularies of the domain; the words of DESIGN section 2 and 3."""

from __future__ import annotations

from enum import StrEnum


class Use(StrEnum):
    """What one wants to do on a piece of land."""

    HOUSING = "housing"
    BUSINESS = "business"
    SOLAR = "solar"
    WIND = "wind"
    FARMING = "farming"
    NATURE = "nature"
    RECREATION = "recreation"
    INFRASTRUCTURE = "infrastructure"


class State(StrEnum):
    """How a rule works out for a use, or in a scenario."""

    HARD = "hard"
    MOVABLE = "movable"
    MOVED = "moved"
    CONDITION = "condition"
    LAPSED = "lapsed"


#: The states a rule may have by itself; ``moved`` and ``lapsed`` exist in scenarios only.
RULE_STATES = (State.HARD, State.MOVABLE, State.CONDITION)

#: Strictness of a state, for "the strictest over all uses" (DESIGN section 3).
STRICTNESS = {State.LAPSED: 0, State.CONDITION: 1, State.MOVED: 1, State.MOVABLE: 2, State.HARD: 3}


class Outcome(StrEnum):
    """What a cell is for the chosen use under a scenario."""

    FREE = "free"
    CONDITIONAL = "conditional"
    MOVABLE = "movable"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"


#: Fixed order; an outcome's index in it is its rank: of all that apply to a cell the highest rank wins.
OUTCOMES = tuple(Outcome)


class Level(StrEnum):
    """Whose decision a rule is; its group on screen."""

    EU = "eu"
    RIJK = "rijk"
    PROVINCIE = "provincie"
    WATERSCHAP = "waterschap"
    GEMEENTE = "gemeente"
    FEITELIJK = "feitelijk"


#: Levels whose bodies can take a decision in this process.
DECIDING_LEVELS = (Level.RIJK, Level.PROVINCIE, Level.WATERSCHAP, Level.GEMEENTE)


class Confidence(StrEnum):
    """How sure we are of the legal text behind a rule."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    UNCONFIRMED = "unconfirmed"


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class ContextKind(StrEnum):
    """What lies under the map."""

    ROADS = "roads"
    WATER = "water"
    BUILDINGS = "buildings"
    WOODS = "woods"
    PLACES = "places"
    ADDRESSES = "addresses"
    REGIONS = "regions"
