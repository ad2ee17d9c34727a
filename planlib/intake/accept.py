"""What was looked at and confirmed becomes part of the area; what was not leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit

from planlib.area import AREA_FILE, read_area
from planlib.catalogue import read_catalogue
from planlib.errors import AreaError
from planlib.intake.gate import check_name
from planlib.layers.check import check_area_layers
from planlib.model import Severity

#: Folder of an area with the files that people gave it.
UPLOADS = "uploads"
_STAGING = ".upload-"
#: A text in SQL, as :func:`_text` writes it.
_TEXT = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits in a folder of its own for somebody's word."""

    area: Path
    folder: Path
    path: Path


def stage(area_folder: Path, name: str, content: bytes) -> Staged:
    """Return a file put aside in the area, under its own name in a folder that nothing else uses.

    Raises
    ------
    LayerError
        It is not a kind of file that is read.
    AreaError
        The area cannot be written in.
    """
    last = check_name(name)
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=area_folder))
        path = folder / last
        path.write_bytes(content)
    except (OSError, ValueError) as problem:
        # A name with a NUL in it, or longer than the disk takes.
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        raise AreaError("{area} cannot take a file: {problem}.", area=area_folder, problem=problem) from problem
    return Staged(area_folder, folder, path)


def discard(staged: Staged) -> None:
    """Throw a staged file away, whole."""
    shutil.rmtree(staged.folder, ignore_errors=True)


def rule_block(rule_id: str, staged: Staged, layer: str, **keys: Any) -> dict[str, Any]:
    """Return the ``[[constraint]]`` table that makes a layer of the file the data of a rule of the catalogue."""
    block: dict[str, Any] = {"id": rule_id, "path": f"{UPLOADS}/{staged.path.name}"}
    if layer:
        block["layer"] = layer
    return block | {key: value for key, value in keys.items() if value is not None}


def plan_blocks(
    staged: Staged, layer: str, column: str, choices: Mapping[str, str], *, source_date: date, crs: str | None = None
) -> list[dict[str, Any]]:
    """Return a block per rule for a zoning plan: the values of ``column`` that were chosen for each rule.

    ``choices`` leads from a value to the id of a rule; values that lead nowhere become no rule, so they limit nothing.
    ``crs`` is what a person named for the layer.
    """
    by_rule: dict[str, list[str]] = {}
    for value, rule_id in choices.items():
        if rule_id:
            by_rule.setdefault(rule_id, []).append(value)
    return [
        rule_block(
            rule_id,
            staged,
            layer,
            where=f"{_name(column)} IN ({', '.join(map(_text, sorted(values)))})",
            source_date=source_date,
            coverage="all",
            crs=crs,
        )
        for rule_id, values in sorted(by_rule.items())
    ]


def earlier_choices(staged: Staged, column: str) -> dict[str, str]:
    """Return what was chosen for the values of ``column`` when a file of this name was taken in before.

    It is read from the rules themselves, as :func:`plan_blocks` wrote them; a value that became no rule is not in it.
    """
    before = staged.area / UPLOADS / staged.path.name
    head = f"{_name(column)} IN ("
    return {
        value.replace("''", "'"): rule.id
        for rule in read_area(staged.area).constraints
        if rule.source is not None and rule.source.path == before and (rule.source.where or "").startswith(head)
        for value in _TEXT.findall((rule.source.where or "").removeprefix(head))
    }


def add_blocks(staged: Staged, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Put the file and its rules in the area, and return the ids of the rules that were added or replaced.

    The new ``area.toml`` is checked as a whole, files and all, before it takes the place of the old one; what the file
    said before stands beside it as ``area.toml.before``. Comments and the other rules stay as they were.

    Raises
    ------
    PlanlibError
        The area would be refused; it is as it was, and the staged file still waits.
    """
    file = staged.area / AREA_FILE
    uploads = staged.area / UPLOADS
    target = uploads / staged.path.name
    kept = staged.folder / "kept"
    before = file.read_text(encoding="utf-8")
    ids = [str(block["id"]) for block in blocks]
    after = _with_blocks(before, blocks)
    uploads.mkdir(exist_ok=True)
    if target.exists():
        shutil.copy2(target, kept)
    try:
        shutil.copy2(staged.path, target)
        _replace(file, after)
        _require_sound(staged.area, ids)
    except BaseException:
        _replace(file, before)
        if kept.exists():
            kept.replace(target)
        else:
            target.unlink(missing_ok=True)
        raise
    _replace(file.with_name(f"{AREA_FILE}.before"), before)
    discard(staged)
    return ids


def plan_rules(values: Sequence[str]) -> dict[str, str]:
    """Return the rule that each value of a plan's destination column most likely is; empty where nobody can say."""
    known = read_catalogue().destinations
    longest_first = sorted(known, key=len, reverse=True)

    def likely(value: str) -> str:
        said = " ".join(value.casefold().split())
        return next((known[name] for name in longest_first if said == name or said.startswith(f"{name} ")), "")

    return {value: likely(value) for value in values}


def _require_sound(area_folder: Path, ids: Sequence[str]) -> None:
    area = read_area(area_folder)
    wrong = [
        finding
        for finding in check_area_layers(area)
        if finding.severity is Severity.ERROR and any(rule_id in finding.where for rule_id in ids)
    ]
    if wrong:
        raise AreaError("{where}: {problem}", where=wrong[0].where, problem=wrong[0].problem)


def _with_blocks(text: str, blocks: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of an area file with these rules in it; its comments and other rules keep their place."""
    document = tomlkit.parse(text)
    ids = {block["id"] for block in blocks}
    rules = document.setdefault("constraint", tomlkit.aot())
    for at in reversed(range(len(rules))):
        if rules[at].get("id") in ids:
            del rules[at]
    for block in blocks:
        table = tomlkit.table()
        table.update(block)
        rules.append(table)
    return tomlkit.dumps(document)


def _replace(file: Path, text: str) -> None:
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
