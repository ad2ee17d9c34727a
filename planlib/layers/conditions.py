"""Which rows pass an SQL condition: one dialect (SQLite) and one way to write a value, whatever the format."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planlib.errors import LayerError, reason_of

#: The largest whole number SQLite can hold; beyond it a number is a float.
_LARGEST_INTEGER = 2**63 - 1


def rows_where(columns: dict[str, np.ndarray], condition: str, *, path: Path, rows: int) -> np.ndarray:
    """Return a boolean per row: does it pass the SQL ``condition``?

    Numbers compare as numbers, decimals too. A column of dates compares as text such as ``2024-01-31``, and so does a
    column of times that all are midnight; any other column of times as ``2024-01-31T08:30:00``, in its own zone.

    Raises
    ------
    LayerError
        ``condition`` is not an SQL condition on these columns.
    """
    # A column without a name cannot be named in a condition.
    named = {name: sql_values(values) for name, values in columns.items() if name}
    _need_quoted_columns(list(named), condition, path=path)
    row_name = "_row"
    while row_name in {name.casefold() for name in named}:
        row_name += "_"
    connection = sqlite3.connect(":memory:")
    try:
        kinds = [f"{_quoted(name)} {_kind(values)}" for name, values in named.items()]
        connection.execute(f"CREATE TABLE layer({', '.join([f'{row_name} INTEGER', *kinds])})")
        places = ", ".join("?" * (1 + len(named)))
        connection.executemany(f"INSERT INTO layer VALUES({places})", zip(range(rows), *named.values(), strict=True))
        # A partial index takes a condition on the columns of its own table and nothing else: no second query, no
        # second statement. What it takes may be asked.
        connection.execute(f"CREATE INDEX probe ON layer({row_name}) WHERE ({condition}\n)")
        connection.execute("PRAGMA query_only = ON")
        hits = connection.execute(f"SELECT {row_name} FROM layer WHERE ({condition}\n)").fetchall()
    except (sqlite3.Error, sqlite3.Warning, ValueError) as problem:
        raise LayerError(
            "{path}: where = {condition!r} cannot be used: {problem}; the columns are {columns}.",
            path=path,
            condition=condition,
            problem=reason_of(problem),
            columns=", ".join(named) or "none",
        ) from problem
    finally:
        connection.close()
    keep = np.zeros(rows, dtype=bool)
    keep[[hit[0] for hit in hits]] = True
    return keep


def sql_values(values: np.ndarray) -> list[Any]:
    """Return a column as SQLite holds it: numbers, dates as ISO text, all else as text or None."""
    if values.dtype.kind == "M":
        return _texts_of_times(pd.DatetimeIndex(values))
    if values.dtype.kind in "biuf":
        return [_number(value) for value in values.tolist()]
    if _are_times(values):
        # Times of a day, each in its own zone: what stands on the clock there is what a condition speaks of.
        local = [pd.NaT if pd.isna(value) else value.replace(tzinfo=None) for value in values]
        return _texts_of_times(pd.DatetimeIndex(local))
    return [_plain(value) for value in values]


def _texts_of_times(times: pd.DatetimeIndex) -> list[str | None]:
    there = times.dropna()
    form = "%Y-%m-%d" if (there == there.normalize()).all() else "%Y-%m-%dT%H:%M:%S"
    return [None if pd.isna(time) else time.strftime(form) for time in times]


def _are_times(values: np.ndarray) -> bool:
    kinds = {type(value) for value in values if value is not None and value is not pd.NaT}
    return bool(kinds) and all(issubclass(kind, pd.Timestamp) for kind in kinds)


def _plain(value: Any) -> int | float | str | None:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        return float(value)
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float) -> int | float:
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return float(value)
    return value


def _kind(values: Sequence[Any]) -> str:
    """Return how SQLite should compare a column: its type decides what a literal beside it is taken for."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, bool}:
        return "INTEGER" if kinds else "TEXT"
    return "REAL" if kinds <= {int, bool, float} else "TEXT"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _need_quoted_columns(columns: list[str], condition: str, *, path: Path) -> None:
    """Refuse a double-quoted name that is no column: SQLite would take it for a text, and every row would fail."""
    known = {name.casefold() for name in columns}
    outside_texts = re.sub(r"'(?:[^']|'')*'", "''", condition)
    for name in re.findall(r'"((?:[^"]|"")*)"', outside_texts):
        if name.replace('""', '"').casefold() not in known:
            raise LayerError(
                "{path}: where = {condition!r} cannot be used: there is no column {name}, and texts stand in single "
                "quotes; the columns are {columns}.",
                path=path,
                condition=condition,
                name=name,
                columns=", ".join(columns) or "none",
            )
