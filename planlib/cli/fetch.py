"""``fetch``: a layer of a data service into ``AREA/sources``, and the block to paste into ``area.toml``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

import tomlkit

from planlib.area import read_area_table
from planlib.catalogue import read_catalogue
from planlib.cli.progress import ProgressLine
from planlib.errors import AreaError, SourceError
from planlib.sources import Fetched, Provenance, Wanted, fetch_layer
from planlib.sources.sidecar import FOLDER


def fetch(arguments: argparse.Namespace) -> int:
    """Download one layer."""
    folder, table = read_area_table(arguments.area)
    crs = table.get("crs")
    if not isinstance(crs, str):
        raise AreaError("{path}: the key crs is missing; a layer is asked for in it.", path=folder / "area.toml")
    bbox = None if arguments.bbox is None else _bounds(arguments.bbox)
    wanted = Wanted(arguments.source, arguments.collection, crs, bbox, arguments.kind)
    with ProgressLine() as progress:
        fetched = fetch_layer(folder, arguments.layer_id, wanted, progress=progress)
    block = constraint_block(fetched.about)
    if arguments.json:
        print(json.dumps(record(fetched) | {"block": block}, default=str, ensure_ascii=False))
        return 0
    about = fetched.about
    print(f"{fetched.path}: {about.count} features in {about.crs}" + ("" if fetched.changed else " (unchanged)"))
    if about.shapeless:
        print(f"{about.shapeless} of them have no shape that can be read")
    print(f"licence: {about.licence}; retrieved {about.retrieved_at.isoformat()}")
    print(f"To use it, paste this into {folder / 'area.toml'}:\n\n{block}")
    return 0


def record(fetched: Fetched) -> dict[str, Any]:
    """Return what came of a fetch, for machines."""
    return asdict(fetched.about) | {
        "path": str(fetched.path),
        "coverage_path": str(fetched.coverage),
        "changed": fetched.changed,
    }


def constraint_block(about: Provenance) -> str:
    """Return the ``[[constraint]]`` of a layer. One that is in the catalogue needs no more than where its data is.

    Of any other nobody here knows what it limits; it counts as the strictest there is until somebody says so.
    """
    block: dict[str, Any] = {
        "id": about.id,
        "path": f"{FOLDER}/{about.id}.parquet",
        "source_date": about.retrieved_at.date(),
        "coverage": f"{FOLDER}/{about.id}-coverage.gpkg",
    }
    if about.id in read_catalogue().rules:
        return "[[constraint]]\n" + tomlkit.dumps(block)
    block |= {
        "state": "hard",
        "level": "feitelijk",
        "made_by": "nog niet uitgezocht",
        "legal_basis": "nog niet uitgezocht",
        "confidence": "unconfirmed",
        "reference_url": about.url,
    }
    title = f"title.nl = {json.dumps(about.title or about.id, ensure_ascii=False)}\n"
    said = "# Say what this rule limits and who may deviate; until then it counts as one that nobody can lift.\n"
    return f"[[constraint]]\n{said}{tomlkit.dumps(block)}{title}"


def _bounds(text: str) -> tuple[float, float, float, float]:
    try:
        left, bottom, right, top = (float(part) for part in text.split(","))
    except ValueError:
        raise SourceError("--bbox {text!r} must be written as left,bottom,right,top.", text=text) from None
    return left, bottom, right, top
