"""Small areas on disk, the command line in this process, and an oracle that reckons them by exact fractions.

The oracle knows DESIGN section 3 and nothing of how planlib works: it sweeps a horizontal line over all edges, in
rational numbers, and asks of every trapezoid between two edges which shapes hold it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import shapely
from shapely import Geometry, Polygon

from planlib.cli import main

#: Shapes in tests are written in metres from here, a place in the Netherlands in RD.
ORIGIN = (200_000.0, 500_000.0)
RD = "EPSG:28992"
OUTCOMES = ("free", "conditional", "movable", "unknown", "blocked")
USES = ("housing", "business", "solar", "wind", "farming", "nature", "recreation", "infrastructure")


@dataclass(frozen=True)
class Rule:
    """One constraint of a test area: its shapes, and what differs from a plain hard rule known everywhere.

    ``coverage`` is "all", "none" or the shapes in which it is known; ``keys`` are added to its block as they are.
    """

    id: str
    shapes: Sequence[Geometry] = ()
    state: str | Mapping[str, str] = "hard"
    coverage: str | Sequence[Geometry] = "all"
    uses: Sequence[str] | None = None
    buffer_m: float = 0.0
    keys: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ran:
    """What one call of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of stdout."""
        return self.out.splitlines()[-1]


def box(left: float, bottom: float, right: float, top: float) -> Polygon:
    """Return a rectangle, in metres from the origin."""
    x, y = ORIGIN
    return shapely.box(x + left, y + bottom, x + right, y + top)


def at_origin(shape: Geometry) -> Geometry:
    """Return a shape that was drawn around (0, 0), moved to the origin."""
    return shapely.transform(shape, lambda xy: xy + ORIGIN)


def wkt(text: str) -> Geometry:
    """Return the shape in ``text``, in metres from the origin; it may be invalid."""
    return at_origin(shapely.from_wkt(text))


# --- writing an area ---------------------------------------------------------------------------------------------


def toml_value(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def to_toml(table: Mapping[str, Any]) -> str:
    """Return a document: plain keys first, then tables, then lists of tables."""
    blocks = {key: value for key, value in table.items() if isinstance(value, list) and value and _tables(value)}
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    lines = [f"{key} = {toml_value(value)}" for key, value in table.items() if key not in blocks | tables]
    for key, value in tables.items():
        lines += ["", f"[{key}]", *(f"{name} = {toml_value(item)}" for name, item in value.items())]
    for key, items in blocks.items():
        for item in items:
            lines += ["", f"[[{key}]]", *(f"{name} = {toml_value(value)}" for name, value in item.items())]
    return "\n".join(lines) + "\n"


def _tables(value: list[Any]) -> bool:
    return all(isinstance(item, dict) for item in value)


def write_layer(
    path: Path, shapes: Sequence[Geometry | None], *, layer: str = "shapes", crs: str | None = RD, **columns: Sequence
) -> Path:
    """Write shapes with columns as a GeoPackage layer (or by suffix); a file that is there gets a layer more."""
    frame = geopandas.GeoDataFrame(dict(columns), geometry=list(shapes), crs=crs)
    if not shapes:
        frame = geopandas.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=crs)
    options: dict[str, Any] = {"layer": layer} if path.suffix == ".gpkg" else {}
    if not shapes:
        options["geometry_type"] = "Polygon"
    with pyogrio_says_nothing():
        pyogrio.write_dataframe(frame, path, **options)
    return path


@contextlib.contextmanager
def pyogrio_says_nothing() -> Iterable[None]:
    """Keep pyogrio's warnings about files that a test makes wrong on purpose out of the way."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def constraint(rule_id: str, **keys: Any) -> dict[str, Any]:
    """Return the block of a rule with every key that DESIGN 5.1 asks for; None takes a key out."""
    block = {
        "id": rule_id,
        "path": f"{rule_id}.gpkg",
        "state": "hard",
        "level": "provincie",
        "made_by": "Provinciale Staten",
        "legal_basis": "art. 1",
        "confidence": "confirmed",
        "reference_url": "https://example.org/rule",
        "title": {"nl": f"Regel {rule_id}", "en": f"Rule {rule_id}"},
        "source_date": date(2025, 1, 1),
        "coverage": "all",
        **keys,
    }
    return {key: value for key, value in block.items() if value is not None}


def area_table(rules: Iterable[dict[str, Any]] = (), **top: Any) -> dict[str, Any]:
    """Return the content of an ``area.toml`` as a table; None takes a key out."""
    table: dict[str, Any] = {
        "title": "Proef",
        "crs": RD,
        "reference_date": date(2026, 11, 1),
        "parcels": {"path": "parcels.gpkg", "id": "id"},
        **top,
        "constraint": list(rules),
    }
    return {key: value for key, value in table.items() if value is not None}


def write_toml(folder: Path, table: Mapping[str, Any]) -> Path:
    """Write ``area.toml`` in a folder and return the folder."""
    (folder / "area.toml").write_text(to_toml(table), encoding="utf-8")
    return folder


def write_area(folder: Path, here: Mapping[str, Geometry], rules: Sequence[Rule] = (), /, **top: Any) -> Path:
    """Write a whole area folder: parcels, a file per rule and per coverage, ``area.toml``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_layer(folder / "parcels.gpkg", list(here.values()), layer="parcels", id=list(here))
    blocks = []
    for rule in rules:
        keys: dict[str, Any] = {"state": rule.state}
        if rule.buffer_m:
            keys["buffer_m"] = rule.buffer_m
        if rule.uses is not None:
            keys["uses"] = list(rule.uses)
        if isinstance(rule.coverage, str):
            keys["coverage"] = rule.coverage
        else:
            write_layer(folder / f"{rule.id}-known.gpkg", rule.coverage)
            keys["coverage"] = f"{rule.id}-known.gpkg"
        keys |= rule.keys
        if rule.coverage == "none" and not rule.shapes:
            keys |= {"path": None, "source_date": None}
        elif "path" not in rule.keys:
            write_layer(folder / f"{rule.id}.gpkg", rule.shapes)
        blocks.append(constraint(rule.id, **keys))
    return write_toml(folder, area_table(blocks, **top))


# --- the command line --------------------------------------------------------------------------------------------


def run(*arguments: object) -> Ran:
    """Run ``python -m planlib`` with these arguments, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


def succeed(*arguments: object) -> Ran:
    """Run the command line and insist that it did the job."""
    ran = run(*arguments)
    assert ran.code == 0, ran.err
    return ran


def read_rows(path: Path, key: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a CSV file by their ``key``, numbers as floats where they are numbers."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = {row[key]: row for row in csv.DictReader(stream)}
    return {name: {column: _number(value) for column, value in row.items()} for name, row in rows.items()}


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def free(area: Path, *options: object) -> dict[str, dict[str, float]]:
    """Return what ``free`` writes: by parcel its area per outcome, and ``area``."""
    out = area / "free-out.csv"
    succeed("free", area, *options, "--out", out)
    rows = read_rows(out, "parcel_id")
    names = {"area_m2": "area"} | {f"{outcome}_m2": outcome for outcome in OUTCOMES}
    return {parcel: {names[key]: value for key, value in row.items() if key in names} for parcel, row in rows.items()}


def insight(area: Path, *options: object) -> dict[str, dict[str, Any]]:
    """Return what ``insight`` writes, by rule."""
    out = area / "insight-out.csv"
    succeed("insight", area, *options, "--out", out)
    return read_rows(out, "id")


def explain(area: Path, parcel: str, *options: object) -> dict[str, Any]:
    """Return what ``explain --json`` prints."""
    return json.loads(succeed("explain", area, parcel, *options, "--json").out)


def findings(path: Path) -> list[dict[str, Any]]:
    """Return what ``check --json`` prints, refused or not."""
    return json.loads(run("check", path, "--json").out)


def outcomes(row: Mapping[str, float]) -> dict[str, float]:
    """Return the five areas of a row of ``free``."""
    return {outcome: row[outcome] for outcome in OUTCOMES}


# --- the oracle --------------------------------------------------------------------------------------------------

Edge = tuple[Fraction, Fraction, Fraction, Fraction, int]


def trapezoid_areas(shapes: Sequence[Geometry]) -> dict[frozenset[int], Fraction]:
    """Return the exact area held by each set of shapes, by their positions; the first must be among them.

    Every shape is a valid polygon or multipolygon. Coordinates are the floats' own values, so nothing is rounded.
    """
    edges = [edge for at, shape in enumerate(shapes) for edge in _edges(shape, at)]
    own = [edge for edge in edges if edge[4] == 0]
    low, high = min(edge[1] for edge in own), max(edge[3] for edge in own)
    edges = [edge for edge in edges if edge[3] > low and edge[1] < high]
    levels = sorted({y for y in _levels(edges) if low <= y <= high})
    areas: dict[frozenset[int], Fraction] = {}
    for bottom, top in zip(levels, levels[1:], strict=False):
        across = [edge for edge in edges if edge[1] <= bottom and edge[3] >= top]
        ends = sorted((_x(edge, bottom) + _x(edge, top), at) for at, edge in enumerate(across))
        holding: set[int] = set()
        for (left, at), (right, _) in zip(ends, ends[1:], strict=False):
            holding ^= {across[at][4]}
            if 0 in holding and right > left:
                key = frozenset(holding)
                areas[key] = areas.get(key, Fraction(0)) + (right - left) * (top - bottom) / 2
    return areas


def _edges(shape: Geometry, at: int) -> Iterable[Edge]:
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        points = [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(ring).tolist()]
        for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
            if y1 < y2:
                yield x1, y1, x2, y2, at
            elif y2 < y1:
                yield x2, y2, x1, y1, at


def _x(edge: Edge, y: Fraction) -> Fraction:
    x1, y1, x2, y2, _ = edge
    return x1 + (x2 - x1) * (y - y1) / (y2 - y1)


def _levels(edges: Sequence[Edge]) -> Iterable[Fraction]:
    for first, one in enumerate(edges):
        yield one[1]
        yield one[3]
        for other in edges[first + 1 :]:
            low, high = max(one[1], other[1]), min(one[3], other[3])
            if low >= high:
                continue
            apart_low, apart_high = _x(one, low) - _x(other, low), _x(one, high) - _x(other, high)
            if apart_low * apart_high < 0:
                yield low + (high - low) * apart_low / (apart_low - apart_high)


def state_of(rule: Rule, use: str | None, states: Mapping[str, str]) -> str | None:
    """Return the state of a rule for a use under a scenario; None when it plays no part (DESIGN section 3)."""
    limited = USES if rule.uses is None else rule.uses
    own = {name: rule.state if isinstance(rule.state, str) else rule.state.get(name) for name in limited}
    if not isinstance(rule.state, str):
        own = {name: state or rule.state["default"] for name, state in own.items()}
    if use is not None and use not in own:
        return None
    strictest = next(state for state in ("hard", "movable", "condition") if state in own.values())
    state = states.get(rule.id, own[use] if use is not None else strictest)
    return None if state == "lapsed" else state


def outcome_of(present: Iterable[str], not_known: Iterable[str]) -> str:
    """Return the outcome of a cell from the states of the rules present, and of those not known, there."""
    present, not_known = set(present), set(not_known)
    if "hard" in present:
        return "blocked"
    if not_known & {"hard", "movable"}:
        return "unknown"
    if "movable" in present:
        return "movable"
    if (present | not_known) & {"condition", "moved"}:
        return "conditional"
    return "free"


@dataclass(frozen=True)
class Truth:
    """What a parcel must come out as: its five areas, and per rule the area covered and the area it alone holds."""

    outcomes: dict[str, float]
    covered: dict[str, float]
    sole: dict[str, float]


def truth(
    parcel: Geometry, rules: Sequence[Rule], *, use: str | None = None, states: Mapping[str, str] | None = None
) -> Truth:
    """Return the truth about one parcel, reckoned exactly."""
    shapes: list[Geometry] = [parcel]
    roles: list[tuple[str, bool]] = [("", False)]
    for rule in rules:
        for shape in rule.shapes:
            shapes.append(shapely.buffer(shape, rule.buffer_m, quad_segs=32) if rule.buffer_m else shape)
            roles.append((rule.id, True))
        if not isinstance(rule.coverage, str):
            for shape in rule.coverage:
                shapes.append(shape)
                roles.append((rule.id, False))
    result = Truth(dict.fromkeys(OUTCOMES, 0.0), {rule.id: 0.0 for rule in rules}, {rule.id: 0.0 for rule in rules})
    for held_by, area in trapezoid_areas(shapes).items():
        size = float(area)
        there = {roles[at][0] for at in held_by if roles[at][1]}
        known = {roles[at][0] for at in held_by if not roles[at][1]}
        lacking = {rule.id for rule in rules if not isinstance(rule.coverage, str)} - known - there
        now = _cell(rules, there, lacking, use, states or {})
        result.outcomes[now] += size
        for rule in rules:
            if rule.id in there:
                result.covered[rule.id] += size
            then = _cell(rules, there, lacking, use, {**(states or {}), rule.id: "lapsed"})
            if now in {"blocked", "movable", "unknown"} and then in {"free", "conditional"}:
                result.sole[rule.id] += size
    return result


def _cell(rules: Sequence[Rule], there: set[str], lacking: set[str], use: str | None, states: Mapping[str, str]) -> str:
    now = {rule.id: state_of(rule, use, states) for rule in rules}
    return outcome_of(
        [state for rule_id in there if (state := now[rule_id])],
        [state for rule_id in lacking if (state := now[rule_id])],
    )
