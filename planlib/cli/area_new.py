"""``area new``: the folder of a municipality in one command, and everything in it fresh again by the same one."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planlib.area import AREA_FILE, read_area_table
from planlib.catalogue import read_catalogue
from planlib.cli.area_file import update_area_file, write_area_file
from planlib.cli.commands import cores
from planlib.cli.municipality import Gathered, Gatherer, Layer
from planlib.cli.progress import ProgressLine
from planlib.cli.refresh import Snapshot, compare, take_snapshot
from planlib.errors import AreaError, BrokenOffError, PlanlibError, SourceError
from planlib.insight.last_refresh import LayerRefresh, write_last_refresh
from planlib.sources import Http
from planlib.sources.services import Services, read_services, rule_services
from planlib.sources.sidecar import FOLDER


def area_new(arguments: argparse.Namespace) -> int:
    """Make the folder of a municipality, or refresh it."""
    folder, services = Path(arguments.folder), read_services()
    is_new = not (folder / AREA_FILE).exists()
    if not is_new:
        _need_same(folder, arguments.municipality)
    before = None if is_new else _before(folder)
    gathered = _gather(folder, arguments.municipality, services)
    if is_new:
        write_area_file(folder, gathered, services, reference_date=datetime.now(UTC).date())
        absent: list[str] = []
    else:
        absent = update_area_file(folder, gathered)
    changes = None
    if before is not None:
        changes = write_last_refresh(folder, compare(before, folder, _layers(gathered)))
    record = _record(gathered, folder) | {"not_in_area_file": absent, "changes": changes}
    if arguments.json:
        print(json.dumps(record, default=str, ensure_ascii=False))
    else:
        print("\n".join(_told(record)))
    return 0


def _gather(folder: Path, name: str, services: Services) -> Gathered:
    addresses = [services.boundary.address, services.parcels.address]
    addresses += [item.service.address for item in services.context]
    addresses += [
        service.address
        for rule_id, block in read_catalogue().rules.items()
        for service in rule_services(rule_id, block)
    ]
    was_there = folder.exists(), (folder / FOLDER).exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise AreaError("The folder {folder} cannot be made: {problem}.", folder=folder, problem=problem) from problem
    try:
        with Http(*addresses) as http, ProgressLine() as progress:
            return Gatherer(folder, services, http, progress).gather(name)
    except BrokenOffError:
        # What came in is gone on with by the next call.
        raise
    except SourceError:
        for path, existed in zip((folder, folder / FOLDER), was_there, strict=True):
            if not existed:
                shutil.rmtree(path, ignore_errors=True)
        raise


def _need_same(folder: Path, name: str) -> None:
    """Refuse a folder that holds another area, or one that was not made by this command."""
    _, table = read_area_table(folder)
    parcels = table.get("parcels")
    path = parcels.get("path") if isinstance(parcels, dict) else None
    if path != "sources/parcels.parquet" or str(table.get("title", "")).casefold() != name.casefold():
        raise AreaError(
            "{folder} holds another area ({title}); name a new folder for {name}.",
            folder=folder,
            title=table.get("title", "?"),
            name=name,
        )


def _before(folder: Path) -> Snapshot | PlanlibError:
    """Return the answers before the refresh, or why there are none."""
    try:
        return take_snapshot(folder, workers=cores())
    except PlanlibError as problem:
        return problem


def _layers(gathered: Gathered) -> tuple[LayerRefresh, ...]:
    """Return every layer once, with the rules that read it."""
    readers: dict[str, list[str]] = {}
    for rule in gathered.had:
        for layer in rule.layers:
            readers.setdefault(layer.about.id, []).append(rule.id)
    return tuple(
        LayerRefresh(
            id=layer_id,
            rules=tuple(readers.get(layer_id, ())),
            count=layer.about.count,
            retrieved_at=layer.about.retrieved_at,
            difference=layer.difference,
            failure=layer.failure,
        )
        for layer_id, layer in _by_id(gathered).items()
    )


def _by_id(gathered: Gathered) -> dict[str, Layer]:
    layers = [gathered.boundary, gathered.parcels]
    layers += [layer for rule in gathered.had for layer in rule.layers]
    layers += [layer for _, layer in gathered.context]
    return {layer.about.id: layer for layer in layers}


def _record(gathered: Gathered, folder: Path) -> dict[str, Any]:
    return {
        "area": str(folder),
        "municipality": gathered.name,
        "province": gathered.province_name,
        "layers": [
            {
                "id": layer_id,
                "count": layer.about.count,
                "retrieved_at": layer.about.retrieved_at,
                "changed": layer.changed,
                "features": None if layer.difference is None else asdict(layer.difference),
                "stale": None if layer.failure is None else str(layer.failure),
            }
            for layer_id, layer in _by_id(gathered).items()
        ],
        "rules": [rule.id for rule in gathered.had],
        "not_had": [
            {"id": rule.id, "title": rule.title, "reason": rule.reason, "places": rule.places, "ask": rule.ask}
            for rule in gathered.not_had
        ],
        "left_out": gathered.left_out,
        "notes": gathered.notes,
        "gio_service": read_services().gio.url,
    }


def _told(record: dict[str, Any]) -> Iterator[str]:
    yield f"{record['municipality']} ({record['province']}): {record['area']}"
    for layer in record["layers"]:
        kept = f"  KEPT the copy of {layer['retrieved_at'].date()}: {layer['stale']}" if layer["stale"] else ""
        news = "" if layer["changed"] or kept else "  (unchanged)"
        yield f"  {layer['id']}: {layer['count']} features{news}{_differs(layer)}{kept}"
    missing = record["not_had"]
    yield f"{len(record['rules'])} rules have data. {len(missing)} were not looked at, and every answer says so:"
    for rule in missing:
        where = f" Data: {', '.join(rule['places'])}." if rule["places"] else ""
        yield f"  {rule['title']} ({rule['id']}): {rule['reason'].rstrip('.')}.{where} {rule['ask']}"
    if record["left_out"]:
        yield (
            f"{len(record['left_out'])} rules of another province are left out. The ordinance of {record['province']} "
            "is not in the catalogue: it counts as not looked at."
        )
    if record["not_in_area_file"]:
        yield f"Not in area.toml, add them by their id alone: {', '.join(record['not_in_area_file'])}"
    yield from record["notes"]
    if any("/join/" in place for rule in missing for place in rule["places"]):
        yield (
            "A GIO (/join/id/…) can be asked for with a key in PLANLIB_DSO_KEY: python -m planlib fetch "
            f"{record['area']} --source {record['gio_service']} --collection GIO --as RULE --bbox … "
            "That the service names GIOs is not confirmed; it says so when it does not."
        )
    yield from _told_changes(record["changes"])
    yield f"Next: python -m planlib build {record['area']}"


def _differs(layer: Mapping[str, Any]) -> str:
    if layer["features"] is None or not layer["changed"]:
        return ""
    return "  ({added} new, {removed} gone, {changed} changed)".format(**layer["features"])


def _told_changes(changes: dict[str, Any] | None) -> Iterator[str]:
    if changes is None:
        return
    if "not_compared" in changes:
        reason = changes["not_compared"]
        yield f"What changed since last time is not known: {reason['message'].format(**reason['facts'])}"
        return
    yield "What changed since last time:"
    for name, (before, after) in changes["outcomes_m2"].items():
        yield f"  {name:<12}{before / 1e4:>14.2f} -> {after / 1e4:.2f} ha ({(after - before) / 1e4:+.2f})"
    for rule in changes["rules"]:
        (covered, covered_now), (sole, sole_now) = rule["covered_m2"], rule["sole_m2"]
        was, now = rule["unchecked"]
        note = "" if was == now else ", not looked at any more" if now else ", looked at now"
        yield (
            f"  {rule['id']}: covers {covered / 1e4:.2f} -> {covered_now / 1e4:.2f} ha, "
            f"holds alone {sole / 1e4:.2f} -> {sole_now / 1e4:.2f} ha{note}"
        )
    if not changes["rules"]:
        yield "  no rule"
