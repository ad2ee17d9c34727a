"""The last scenario is back after a crash: one quiet link on a page that was opened without any choice."""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2 import component as make_component

from planlib.model import Area
from planlib.text.words import Words
from planlib.ui import choices

_HERE = Path(__file__).parent
_CSS = """
a { color: #005a9c; font-size: 0.875rem; font-family: inherit; }
a[hidden] { display: none; }
a:focus-visible { outline: 2px solid #005a9c; outline-offset: 2px; }
"""


def last_visit(area: Area, words: Words) -> None:
    """Let the browser keep the address of this area, and offer it on a page that was opened bare."""
    component = make_component(
        "planlib_last_visit", html="<a hidden></a>", css=_CSS, js=(_HERE / "last_visit.js").read_text()
    )
    data = {
        "area": area.title,
        "chosen": any(choices.scenario_in_address().values()),
        "label": words("Go on where you were"),
    }
    component(data=data, key="last_visit")
