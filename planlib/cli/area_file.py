"""Writing the ``area.toml`` of a municipality, and saying in one that people work on what a refresh brought."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table

from planlib.area import AREA_FILE, area_from_table
from planlib.cli.municipality import CRS, Gathered, Had
from planlib.sources.services import Services

_HEAD = """\
Made by: python -m planlib area new FOLDER --municipality NAME
Running it again refreshes the files in sources/ and what this file says of them; all else stays as you write it.
A rule with coverage = "none" was not looked at: no data could be had, or none that shows where it does not apply."""


def write_area_file(folder: Path, gathered: Gathered, services: Services, *, reference_date: date) -> None:
    """Write the area file of a municipality, whole and read back before it counts."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    document.update(
        {"title": gathered.name, "crs": CRS, "reference_date": reference_date, "province": gathered.province}
    )
    columns = services.columns
    document["parcels"] = {
        "path": gathered.parcels.path,
        "id": columns["id"],
        "registered_area": columns["registered_area"],
    }
    rules = tomlkit.aot()
    for rule in gathered.had:
        rules.append(_table({"id": rule.id, **rule.keys}))
    for missing in gathered.not_had:
        rules.append(_table({"id": missing.id, "coverage": "none"}))
    if gathered.left_out:
        rules.append(_table(_filled(services.ordinance_elsewhere, province=gathered.province_name)))
    document["constraint"] = rules
    context = tomlkit.aot()
    for block, _ in gathered.context:
        context.append(_table(block))
    if gathered.context:
        document["context"] = context
    _replace(folder, tomlkit.dumps(document))


def update_area_file(folder: Path, gathered: Gathered) -> list[str]:
    """Say in an area file what a refresh brought, and return the ids of rules that it does not hold.

    A rule that was not looked at and has data now gets it; of a rule that reads the refreshed file the date is set
    anew. What people wrote otherwise stays.
    """
    text = (folder / AREA_FILE).read_text(encoding="utf-8")
    document = tomlkit.parse(text)
    blocks = {str(block.get("id")): block for block in document.get("constraint", [])}
    for rule in gathered.had:
        block = blocks.get(rule.id)
        if block is not None:
            _update(block, rule)
    _add_context(document, gathered)
    after = tomlkit.dumps(document)
    if after != text:
        _replace(folder, after)
    return [rule.id for rule in (*gathered.had, *gathered.not_had) if rule.id not in blocks]


def _update(block: Table, rule: Had) -> None:
    if "path" not in block and block.get("coverage") == "none":
        for key, value in rule.keys.items():
            block[key] = value
    elif block.get("path") == rule.keys["path"] and any(layer.changed for layer in rule.layers):
        block["source_date"] = rule.keys["source_date"]


def _add_context(document: tomlkit.TOMLDocument, gathered: Gathered) -> None:
    """Add what lies under the map that could be had for the first time; what people took out stays out."""
    blocks = document.get("context") or tomlkit.aot()
    kinds = {str(block.get("kind")) for block in blocks}
    new = [
        block
        for block, layer in gathered.context
        if layer.changed and layer.difference is None and block["kind"] not in kinds
    ]
    for block in new:
        blocks.append(_table(block))
    if new and "context" not in document:
        document["context"] = blocks


def _table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    table.update(values)
    return table


def _filled(value: Any, *, province: str) -> Any:
    """Return a block with the province filled in, in all its texts."""
    if isinstance(value, str):
        return value.replace("{province}", province)
    if isinstance(value, Mapping):
        return {key: _filled(item, province=province) for key, item in value.items()}
    return value


def _replace(folder: Path, text: str) -> None:
    # What could not be read must never stand where a sound file stood.
    area_from_table(tomllib.loads(text), folder=folder)
    temporary = folder / f".{AREA_FILE}.{os.getpid()}"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / AREA_FILE)
