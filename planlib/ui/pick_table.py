"""A table to pick a row from with mouse or keyboard: plain HTML, so that a screen reader can read it.

Streamlit's own table draws on a canvas, which neither a screen reader nor a keyboard gets into.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streamlit.components.v2 import component as make_component

_HERE = Path(__file__).parent


def pick_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    ids: Sequence[str],
    *,
    selected: str | None,
    caption: str,
    key: str,
    texts: int = 1,
) -> str | None:
    """Draw a table whose first column holds buttons; return the id of the row that was just picked, or None.

    Parameters
    ----------
    headers, rows
        Texts as they are shown; columns after the first ``texts`` hold figures and are right aligned.
    ids
        What to return for each row.
    selected
        The id of the row that is marked.
    caption
        What the table holds, for a screen reader.
    """
    component = make_component(
        "planlib_pick_table", css=(_HERE / "pick_table.css").read_text(), js=(_HERE / "pick_table.js").read_text()
    )
    data = {
        "headers": list(headers),
        "rows": [list(row) for row in rows],
        "ids": list(ids),
        "selected": selected,
        "caption": caption,
        "texts": texts,
    }
    result = component(data=data, key=key, on_pick_change=lambda: None)
    picked = result.get("pick")
    return str(picked) if picked else None
