"""What a benchmark hands back: figures, each with the aim it is held against, if there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.builds import Builds


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    ``aim`` says what it should be at least (``least=True``) or at most; None: it is only told. ``note`` says what a
    reader must know to weigh it.
    """

    what: str
    value: float
    unit: str = ""
    aim: float | None = None
    least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None when there is none."""
        if self.aim is None:
            return None
        return self.value >= self.aim if self.least else self.value <= self.aim


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one part: its figures, and everything that was measured."""

    name: str
    title: str
    figures: tuple[Figure, ...]
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """How much is measured. ``middle`` and ``large`` name sizes of :data:`benchmarks.generate.SIZES`."""

    builds: Builds
    middle: str = "middle"
    large: str = "large"
    repeats: int = 3
    held: bool = True
    """Whether the aims count; they are set for the full sizes."""

    def aim(self, value: float) -> float | None:
        """Return ``value`` when the aims count."""
        return value if self.held else None


Measure = Callable[[Setting], Part]
