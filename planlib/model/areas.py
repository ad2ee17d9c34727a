"""A study area: one folder with parcels, rules and what lies under the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planlib.model.rules import Constraint, LayerSource
from planlib.model.vocabulary import ContextKind, Use


@dataclass(frozen=True, slots=True)
class ParcelSource:
    """Where the parcels stand and which columns say what."""

    source: LayerSource
    id_column: str
    registered_area_column: str | None = None
    owner_kind_column: str | None = None


@dataclass(frozen=True, slots=True)
class NotHere:
    """A person's word that an unchecked rule does not play in this area."""

    id: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class ContextLayer:
    """One layer under the map."""

    kind: ContextKind
    source: LayerSource
    label_column: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule of the area file that plays no part, and why."""

    constraint: Constraint
    reason: str
    """``not_in_force`` on the reference date, or ``other_province``."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area folder, read and found in order.

    ``constraints`` are the rules that play a part on ``reference_date``; ``left_out`` are the others. ``not_named`` are
    the core rules of the catalogue that play a part here too and that the area file says nothing about.
    """

    path: Path
    """The folder."""
    title: str
    crs: str
    reference_date: date
    parcels: ParcelSource
    constraints: tuple[Constraint, ...]
    left_out: tuple[LeftOut, ...] = ()
    not_named: tuple[Constraint, ...] = ()
    not_here: tuple[NotHere, ...] = ()
    context: tuple[ContextLayer, ...] = ()
    use: Use | None = None
    province: str | None = None
    fictional: bool = False

    def constraint(self, constraint_id: str) -> Constraint | None:
        """Return the rule with this id, or None."""
        return next((rule for rule in self.constraints if rule.id == constraint_id), None)

    def context_of(self, kind: ContextKind) -> tuple[ContextLayer, ...]:
        """Return the context layers of one kind, in the order of the area file."""
        return tuple(layer for layer in self.context if layer.kind is kind)
