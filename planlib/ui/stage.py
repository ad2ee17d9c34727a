"""The projector's controls: big switches for the rules on the table tonight, worked with arrows, space and Esc."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """What the facilitator did: switched a rule, asked for another use or a story, or left the projector view."""

    switched: str | None
    use: str | None
    story: str | None
    left: bool


def stage(
    switches: Sequence[Switch], uses: Mapping[str, str], use: str, stories: Mapping[str, str], words: Words
) -> StageEvent:
    """Draw the line of controls with its hidden switches and return what was just done with it.

    ``uses`` gives the name of every use that can be asked for, ``use`` is the one that is shown; ``stories`` the
    title of every entry whose story can be told, by its uid.
    """
    component = make_component(
        "planlib_stage",
        css=(_HERE / "stage.css").read_text(),
        js=(_HERE / "room.js").read_text() + (_HERE / "stage.js").read_text(),
    )
    data = {
        "switches": [asdict(switch) for switch in switches],
        "uses": [{"id": each, "name": name} for each, name in uses.items()],
        "use": use,
        "stories": [{"id": uid, "name": title} for uid, title in stories.items()],
        "story": words("Story"),
        "choose": words("choose a story"),
        "ask": words("What for?"),
        "title": words("Rules on the table"),
        "back": words("Back"),
        "hint": words("Arrow: next rule · space: switch · W: next use · Esc: back"),
    }
    result = component(
        data=data,
        key="stage",
        on_switch_change=lambda: None,
        on_use_change=lambda: None,
        on_story_change=lambda: None,
        on_leave_change=lambda: None,
    )
    switched, asked, story = (result.get(name) for name in ("switch", "use", "story"))
    return StageEvent(
        switched=str(switched) if switched else None,
        use=str(asked) if asked else None,
        story=str(story) if story else None,
        left=bool(result.get("leave")),
    )
