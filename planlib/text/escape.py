"""The one way for people's text onto a map or into a script.

``html.escape`` is not enough for folium: it pastes texts into JavaScript template literals, where a backtick or ``${``
ends the text and starts a program.
"""

from __future__ import annotations

import html
import json
import re

#: What may not stand in a JavaScript template literal, or ends a line in a script.
_SCRIPT_CHARACTERS = "`${}\\\n\r\u2028\u2029"


def safe(text: object) -> str:
    """Return ``text`` as HTML that shows it literally, in markup as well as inside a script's template literal."""
    return "".join(f"&#{ord(char)};" if char in _SCRIPT_CHARACTERS else char for char in html.escape(str(text)))


def is_web_address(text: str) -> bool:
    """Whether ``text`` is the address of a page elsewhere, and nothing that runs when somebody clicks it."""
    return re.match(r"https?://[^\s/?#][^\s]*\Z", text) is not None


def script_json(value: object) -> str:
    r"""Return ``value`` as JSON that may stand inside a script, in a page or in a template literal.

    Everything outside plain ASCII and every character with a meaning to HTML or to a template literal is written as a
    ``\uXXXX`` escape; reading the JSON gives ``value`` back.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for char in "<>&'`$":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
