"""Points from a table as spreadsheets write it: a CSV file with a column for x and one for y."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from planlib.crs import Geometries, parse_crs
from planlib.errors import CrsError, LayerError, reason_of
from planlib.model import Finding, Severity

#: Names of columns with coordinates, in small letters and without signs: metres first, then degrees.
_METRES = (
    ("x", "y"),
    ("xrd", "yrd"),
    ("rdx", "rdy"),
    ("xcoord", "ycoord"),
    ("xcoordinaat", "ycoordinaat"),
    ("xcoordinate", "ycoordinate"),
    ("xcoor", "ycoor"),
    ("coordx", "coordy"),
    ("pointx", "pointy"),
    ("geox", "geoy"),
    ("easting", "northing"),
)
_DEGREES = (
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("longitude", "latitude"),
    ("lengtegraad", "breedtegraad"),
)
_SEPARATORS = (";", ",", "\t", "|")
#: A number that may be kept as one: no zeros before it, as codes have, and no exponent.
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
#: How it is done without a word: 233.000,5 is Dutch and 233,000.5 English.
_BOTH = re.compile(r"[.,].*[.,]")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file: its points (None where one is missing), its columns, and what was noticed."""

    geometry: Geometries
    columns: dict[str, np.ndarray]
    findings: tuple[Finding, ...]


def csv_columns(path: Path) -> list[str]:
    """Return the names of the columns, in the order of the file."""
    return _split(_text(path), path)[0]


def read_csv(path: Path, *, crs: str | None) -> CsvTable:
    """Return the table; of two pairs of coordinates, that which suits ``crs`` (degrees or metres) is taken.

    A comma or semicolon between columns and a decimal comma or point are found out from the file. A column of numbers
    without leading zeros becomes numbers, all others stay text.

    Raises
    ------
    LayerError
        The file is no table, or has no columns with coordinates.
    """
    names, separator, text = _split(_text(path), path)
    x_name, y_name = _pair(names, crs, path)
    said = dict(zip(names, _cells_of(text, separator, len(names), path), strict=True))
    x, y = _numbers(said[x_name]), _numbers(said[y_name])
    missing = (said[x_name] == "") | (said[y_name] == "")
    # What is no number has no place; the repair that every layer goes through drops the row and says so.
    geometry = np.asarray(shapely.points(np.where(np.isfinite(x), x, np.inf), np.where(np.isfinite(y), y, np.inf)))
    geometry[missing] = None
    taken = Finding(Severity.NOTE, path.name, None, f"the places stand in {x_name} and {y_name}", "nothing")
    return CsvTable(geometry, {name: _typed(values) for name, values in said.items()}, (taken,))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise LayerError(
            "The file {path} cannot be read: {problem}.", path=path, problem=problem.strerror or problem
        ) from problem
    if b"\x00" in content:
        raise LayerError("{path} is not a {suffix} file, whatever its name says.", path=path, suffix=".csv")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # As spreadsheets on Windows write it.
        return content.decode("cp1252", errors="replace")


def _split(text: str, path: Path) -> tuple[list[str], str, str]:
    """Return the names of the columns, what stands between them, and the text below a line that only says that."""
    first, _, rest = text.partition("\n")
    stated = re.fullmatch(r"sep=(.)\s*", first)
    if stated:
        text, first = rest, rest.partition("\n")[0]
    separators = [stated[1]] if stated else _SEPARATORS
    found = [(names, separator) for separator in separators if _coordinates(names := _cells(first, separator))]
    if not found:
        raise LayerError(
            "{path} has no columns with coordinates, such as x and y or lon and lat; it has {columns}.",
            path=path,
            columns=", ".join(max((_cells(first, mark) for mark in separators), key=len)) or "none",
        )
    names, separator = found[0]
    if len(set(names)) < len(names):
        raise LayerError("{path} has two columns of one name; give each its own.", path=path)
    return names, separator, text


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _cells_of(text: str, separator: str, count: int, path: Path) -> list[np.ndarray]:
    """Return the cells under the header, a column each; a row may be short, but not long."""
    rows = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=separator):
            if any(cell.strip() for cell in row):
                if any(cell.strip() for cell in row[count:]):
                    raise LayerError(
                        "{path}: row {row} has more cells than there are columns; is a number with a comma in it not "
                        "between quotes?",
                        path=path,
                        row=len(rows) - 1,
                    )
                rows.append([cell.strip() for cell in row[:count]] + [""] * (count - len(row)))
    except csv.Error as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=reason_of(problem)) from problem
    body = rows[1:]
    return [np.array([row[at] for row in body], dtype=object) for at in range(count)]


def _coordinates(names: list[str]) -> list[tuple[str, str]]:
    plain = {_plain(name): name for name in names}
    return [(plain[x], plain[y]) for x, y in (*_METRES, *_DEGREES) if x in plain and y in plain]


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in bare if letter.isalnum())


def _pair(names: list[str], crs: str | None, path: Path) -> tuple[str, str]:
    pairs = _coordinates(names)
    degrees = {x for x, _ in _DEGREES}
    wants_degrees = crs is not None and _in_degrees(crs)
    suits = [pair for pair in pairs if (_plain(pair[0]) in degrees) == wants_degrees]
    if len(pairs) > 1 and len(suits) != 1 and crs is not None:
        raise LayerError(
            "{path} has more than one pair of columns with coordinates ({columns}); leave one.",
            path=path,
            columns=", ".join(name for pair in pairs for name in pair),
        )
    return (suits or pairs)[0]


def _in_degrees(crs: str) -> bool:
    try:
        return parse_crs(crs).is_geographic
    except CrsError:
        # Whoever places the table says so.
        return False


def _numbers(said: np.ndarray) -> np.ndarray:
    """Return a column of coordinates as numbers, NaN where it is none; the whole column is written in one way."""
    both = next((value for value in said if _BOTH.search(value) and value.count(",") and value.count(".")), "")
    comma = both.rfind(",") > both.rfind(".") if both else any("," in value for value in said)
    thousands, decimal = (".", ",") if comma else (",", ".")
    plain = [value.replace(thousands, "").replace(decimal, ".").replace(" ", "") for value in said]
    return pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce").to_numpy(dtype=float)


def _typed(said: np.ndarray) -> np.ndarray:
    """Return a column as numbers when every value that is there is one, with a decimal comma or point."""
    plain = [value.replace(",", ".") for value in said]
    there = [value for value in plain if value]
    if there and all(_NUMBER.fullmatch(value) for value in there):
        if all("." not in value for value in there) and len(there) == len(plain):
            return np.array([int(value) for value in plain], dtype=object)
        return np.array([float(value) if value else None for value in plain], dtype=object)
    return np.array([value or None for value in said], dtype=object)
