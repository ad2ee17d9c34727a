"""The nouns of the domain: frozen records without tools."""

from planlib.model.areas import Area, ContextLayer, LeftOut, NotHere, ParcelSource
from planlib.model.findings import Finding
from planlib.model.rules import Constraint, Coverage, LayerSource, LocalText
from planlib.model.scenarios import Frame, Scenario
from planlib.model.table import Table
from planlib.model.vocabulary import (
    DECIDING_LEVELS,
    OUTCOMES,
    RULE_STATES,
    STRICTNESS,
    Confidence,
    ContextKind,
    Level,
    Outcome,
    Severity,
    State,
    Use,
)

__all__ = [
    "DECIDING_LEVELS",
    "OUTCOMES",
    "RULE_STATES",
    "STRICTNESS",
    "Area",
    "Confidence",
    "Constraint",
    "ContextKind",
    "ContextLayer",
    "Coverage",
    "Finding",
    "Frame",
    "LayerSource",
    "LeftOut",
    "Level",
    "LocalText",
    "NotHere",
    "Outcome",
    "ParcelSource",
    "Scenario",
    "Severity",
    "State",
    "Table",
    "Use",
]
