"""A rule (constraint): one policy, legal or physical limit with a basis, a maker and a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planlib.model.vocabulary import STRICTNESS, Confidence, Level, State, Use


@dataclass(frozen=True, slots=True)
class LocalText:
    """A text in Dutch, with English where somebody wrote it."""

    nl: str
    en: str | None = None

    def in_language(self, language: str) -> str:
        """Return the text in ``language`` ("nl" or "en"), Dutch when there is no English."""
        return self.en if language == "en" and self.en else self.nl


@dataclass(frozen=True, slots=True)
class LayerSource:
    """Where features stand: a file, its layer, which of its rows, and the CRS that a person named for it."""

    path: Path
    layer: str | None = None
    where: str | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where a rule was surveyed.

    ``everywhere`` and ``source`` exclude each other; with neither, nobody could load the rule (*unchecked*).
    """

    everywhere: bool = False
    source: LayerSource | None = None

    @property
    def is_none(self) -> bool:
        """Whether the rule was surveyed nowhere."""
        return not self.everywhere and self.source is None


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule. Which keys it has and what they mean: DESIGN 5.1."""

    id: str
    title: LocalText
    level: Level
    made_by: str
    states: Mapping[Use, State]
    """Its own state for each use it limits; a use that is not a key is not limited by it."""
    legal_basis: str
    confidence: Confidence
    coverage: Coverage
    source: LayerSource | None = None
    buffer_m: float = 0.0
    decides: tuple[Level, ...] = ()
    route: str | None = None
    reference_url: str | None = None
    small_print: LocalText | None = None
    duties: LocalText | None = None
    summary: LocalText | None = None
    doubt: LocalText | None = None
    ask: LocalText | None = None
    buffer_source: str | None = None
    source_date: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    applies_in: tuple[str, ...] = ()
    idle_uses: tuple[Use, ...] = ()
    """Uses that were given a state though the rule does not limit them: it says nothing, and may be a mistake."""

    def state_for(self, use: Use | None) -> State | None:
        """Return its own state for ``use``; None when it does not limit that use.

        Without a use every rule counts with its strictest state (DESIGN section 3).
        """
        if use is not None:
            return self.states.get(use)
        return max(self.states.values(), key=STRICTNESS.__getitem__)

    def in_force_on(self, day: date) -> bool:
        """Whether the rule plays a part on ``day`` (both ends included)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def applies_to(self, province: str | None) -> bool:
        """Whether the rule plays a part in ``province``; it does when either names none."""
        return not self.applies_in or province is None or province in self.applies_in
