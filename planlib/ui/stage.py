"""The projector's controls: big switches for the rules on the table tonight, worked with arrows, space and Esc."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from streamlit.components.v2 import component as make_component

from planlib.text.words import Words

_HERE = Path(__file__).parent
#: Switches on the strip: what a room can keep in mind.
MOST_SWITCHES = 5


@dataclass(frozen=True, slots=True)
class Switch:
    """One rule on the strip: its name, what would come of it, and whether it differs from what holds now."""

    id: str
    name: str
    note: str
    on: bool


@dataclass(frozen=True, slots=True)
class StageEvent:
    """What the facilitator did: switched a rule, or left the projector view."""

    switched: str | None
    left: bool


def stage(switches: Sequence[Switch], words: Words) -> StageEvent:
    """Draw the hidden strip of switches and return what was just done with it."""
    component = make_component(
        "planlib_stage", css=(_HERE / "stage.css").read_text(), js=(_HERE / "stage.js").read_text()
    )
    data = {
        "switches": [asdict(switch) for switch in switches],
        "title": words("Rules on the table"),
        "hint": words("Arrow: next rule · space: switch · Esc: leave"),
    }
    result = component(data=data, key="stage", on_switch_change=lambda: None, on_leave_change=lambda: None)
    switched = result.get("switch")
    return StageEvent(switched=str(switched) if switched else None, left=bool(result.get("leave")))
