"""Results as a spreadsheet: the numbers, where they come from in words, and the rules behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planlib.errors import OutputError
from planlib.text.words import Words
from planlib.views.provenance import provenance_rows

#: Rows that a sheet can hold, its header apart.
MOST_ROWS = 1_048_575
#: A cell holds 32,767 characters, of which some count double.
_CELL_CHARACTERS = 16_000
# Text that starts like a formula must stay text.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(sheets: Mapping[str, pd.DataFrame], about: Mapping[str, Any], path: Path) -> None:
    """Write tables as the sheets of a workbook, their provenance on the second one, in Dutch.

    Raises
    ------
    OutputError
        A table is longer than a sheet.
    """
    if max(map(len, sheets.values())) > MOST_ROWS:
        raise OutputError(
            "A sheet holds {most} rows and there are {rows}; write CSV, Parquet or GPKG.",
            most=MOST_ROWS,
            rows=max(map(len, sheets.values())),
        )
    words = Words("nl")
    rows = [row for told in provenance_rows(about, words) for row in _cells(*told)]
    herkomst = pd.DataFrame(rows, columns=[words("what"), words("value"), words("code")])
    first, *others = sheets
    pages = {first: sheets[first], words("provenance"): herkomst, **{name: sheets[name] for name in others}}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS}) as writer:
        for name, table in pages.items():
            table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 1))
            writer.sheets[name].autofit(max_width=500)


def _cells(key: str, told: str, code: str) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of a value: what is too long for one cell goes on in the next row, under the same key."""
    for at in range(0, max(1, len(told), len(code)), _CELL_CHARACTERS):
        yield key, told[at : at + _CELL_CHARACTERS], code[at : at + _CELL_CHARACTERS]
