"""Synthetic area folders, made once and kept outside the repository, by default in the system's temp folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from benchmarks.parcels import BLOCK_M, ORIGIN_M, Geometries, parcels
from benchmarks.rules import RuleKind, draw_rules
from planlib.model import DECIDING_LEVELS

#: Raise it when the same call draws something else.
GENERATOR_VERSION = 3
#: Environment variable that says where the area folders are kept.
FOLDER_VARIABLE = "PLANLIB_BENCH_DIR"
CRS = "EPSG:28992"
PARCELS = "parcels.parquet"
#: Villages along each side of an area.
VILLAGES = 4
#: Blocks along each side: about 3,000, 40,000 and 400,000 parcels.
SIZES = {"small": 4, "middle": 13, "large": 41}
_VILLAGES_FILE = "villages.parquet"
_OWNERS = np.array(["particulier", "gemeente", "waterschap", "rijk", "bedrijf"])


def bench_folder() -> Path:
    """Return the folder in which areas and builds of the benchmarks stand."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path(tempfile.gettempdir()) / "planlib-bench")


def area_folder(size: str, *, rules: int = 20) -> Path:
    """Return the folder of an area of one of the SIZES under a number of rules; it is made when it is not there."""
    folder = bench_folder() / f"v{GENERATOR_VERSION}-{size}-{rules}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write_area(work, SIZES[size], rules)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def hard_layers(folder: Path) -> list[Path]:
    """Return the files of the rules of an area that are hard when every rule counts."""
    return [folder / name for name in json.loads((folder / "hard.json").read_text())]


def _write_area(folder: Path, blocks: int, rules: int) -> None:
    _write_parcels(folder / PARCELS, parcels(blocks))
    text = [
        f'title = "Proefgebied met {rules} regels"',
        f'crs = "{CRS}"',
        "reference_date = 2026-11-01",
        'use = "housing"',
        "fictional = true",
        "[parcels]",
        f'path = "{PARCELS}"',
        'id = "id"',
        'registered_area = "registered"',
        'owner_kind = "owner"',
        "",
        "[[context]]",
        'kind = "regions"',
        f'path = "{_VILLAGES_FILE}"',
        'label = "name"',
    ]
    _write_villages(folder / _VILLAGES_FILE, blocks)
    hard = []
    for name, kind, shapes in draw_rules(blocks, rules=rules):
        file = f"{name}.parquet"
        geopandas.GeoDataFrame({"row": np.arange(len(shapes))}, geometry=shapes, crs=CRS).to_parquet(folder / file)
        text += _constraint(name, kind, file)
        if kind.hard:
            hard.append(file)
    (folder / "hard.json").write_text(json.dumps(hard))
    (folder / "area.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def _write_parcels(path: Path, shapes: Geometries) -> None:
    rng = np.random.default_rng(3)
    measured = shapely.area(shapes)
    columns = {
        "id": [f"P{at:07d}" for at in range(len(shapes))],
        # A register knows whole square metres, and is a little off.
        "registered": np.maximum(1, np.round(measured * rng.normal(1, 0.01, len(shapes)))).astype(np.int64),
        "owner": _OWNERS[rng.choice(len(_OWNERS), len(shapes), p=[0.72, 0.12, 0.06, 0.05, 0.05])],
    }
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_parquet(path)


def _write_villages(path: Path, blocks: int) -> None:
    """Write a square of villages that meet and together hold all the land."""
    left, bottom = ORIGIN_M
    side = blocks * BLOCK_M / VILLAGES
    spots = [(i, j) for i in range(VILLAGES) for j in range(VILLAGES)]
    shapes = [
        shapely.box(left + i * side, bottom + j * side, left + (i + 1) * side, bottom + (j + 1) * side)
        for i, j in spots
    ]
    names = [f"Dorp {at}" for at in range(1, len(spots) + 1)]
    geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs=CRS).to_parquet(path)


def _constraint(name: str, kind: RuleKind, file: str) -> list[str]:
    """Return the lines of a ``[[constraint]]`` block (DESIGN 5.1)."""
    keys: dict[str, Any] = {
        "id": name,
        "path": file,
        "state": kind.state,
        "level": kind.level,
        "made_by": "niemand; dit is een proef",
        "legal_basis": "geen; dit is een proef",
        "confidence": "unconfirmed",
        "reference_url": "https://example.org/",
        "title": {"nl": kind.title},
        "coverage": "all",
    }
    if kind.level in DECIDING_LEVELS:
        keys["decides"] = [kind.level]
    if kind.uses:
        keys["uses"] = list(kind.uses)
    if kind.buffer_m:
        keys["buffer_m"] = kind.buffer_m
    lines = [f"{key} = {_toml(value)}" for key, value in keys.items()]
    return ["", "[[constraint]]", *lines, "source_date = 2026-01-01"]


def _toml(value: str | float | list[str] | dict[str, str]) -> str:
    """Return a value as TOML: JSON but for tables."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {json.dumps(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)
