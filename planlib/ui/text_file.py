"""A button that takes a small text file from the reader's machine, in the reader's language.

Streamlit's own uploader speaks English only, and keeps what it took on the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from streamlit.components.v2 import component as make_component

_HERE = Path(__file__).parent
#: Characters that are taken at most: a page of text, and enough more to see that it is none.
_MOST = 250_000
_HTML = '<label><input type="file"><span></span></label>'
_CSS = """
label { display: block; font: inherit; font-size: 0.875rem; border: 1px solid #767676; border-radius: 0.5rem;
  padding: 0.375rem 0.75rem; text-align: center; cursor: pointer; color: #1a1a1a; background: #fff; }
label:hover { border-color: #005a9c; color: #005a9c; }
label:focus-within { outline: 2px solid #005a9c; outline-offset: 2px; }
input { position: absolute; opacity: 0; width: 1px; height: 1px; }
"""


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that somebody gave: its name and its text."""

    name: str
    text: str


def pick_text_file(label: str, *, suffix: str, key: str) -> TextFile | None:
    """Draw the button; return the file that was just given, None when there is none."""
    component = make_component("planlib_text_file", html=_HTML, css=_CSS, js=(_HERE / "text_file.js").read_text())
    result = component(data={"label": label, "suffix": suffix, "most": _MOST}, key=key, on_file_change=lambda: None)
    given = result.get("file")
    if not isinstance(given, dict):
        return None
    return TextFile(str(given.get("name", "")), str(given.get("text", ""))[:_MOST])
