"""The colours and patterns of the five outcomes for whatever is not a browser: a QGIS style, a drawn picture.

Told apart by pattern and outline, not by hue alone (DESIGN section 8). The browser has the same in its own files:
``ui/style.css`` and ``web/assets/planlib-tiles.js``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planlib.model import Outcome

Pattern = Literal["plain", "dots", "hatch", "cross"]


@dataclass(frozen=True, slots=True)
class Look:
    """The ground, what is drawn on it and the outline of an outcome; colours as #rrggbb."""

    ground: str
    pattern: Pattern
    ink: str
    outline: str


LOOKS = {
    Outcome.FREE: Look("#C7E9A0", "plain", "#C7E9A0", "#5D8F3C"),
    Outcome.CONDITIONAL: Look("#C7E9A0", "dots", "#2F5D12", "#5D8F3C"),
    Outcome.MOVABLE: Look("#E08214", "hatch", "#5A2D00", "#7A3B00"),
    Outcome.UNKNOWN: Look("#DADAD6", "cross", "#6B6B66", "#6B6B66"),
    Outcome.BLOCKED: Look("#4A2A86", "plain", "#4A2A86", "#1F0D47"),
}
