"""``area.toml`` -> an :class:`~planlib.model.Area` (DESIGN 5.1)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from planlib.catalogue import Catalogue, read_catalogue, read_constraint, read_layer_source
from planlib.crs import require_metric
from planlib.errors import AreaError
from planlib.model import Area, Constraint, ContextKind, ContextLayer, LeftOut, NotHere, ParcelSource, Table, Use

AREA_FILE = "area.toml"


def read_area(path: Path | str) -> Area:
    """Return the area in a folder.

    Parameters
    ----------
    path
        The folder, or the ``area.toml`` in it.

    Raises
    ------
    AreaError
        There is no ``area.toml``, it is not TOML, or a key is missing, unknown or of the wrong kind. Whether the files
        it names exist and hold what they should is for :mod:`planlib.layers` to say.
    CrsError
        Areas cannot be measured in its CRS.
    """
    folder, table = read_area_table(path)
    return area_from_table(table, folder=folder)


def read_area_table(path: Path | str) -> tuple[Path, dict[str, Any]]:
    """Return the folder of an area and its parsed ``area.toml``."""
    path = Path(path)
    file = path if path.name == AREA_FILE else path / AREA_FILE
    try:
        # Some editors put a mark before the text that TOML does not know.
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise AreaError("{path} is not an area: there is no {file} in it.", path=path, file=AREA_FILE) from None
    except NotADirectoryError:
        raise AreaError(
            "{path} is not an area; name its folder, or the {file} in it.", path=path, file=AREA_FILE
        ) from None
    except OSError as problem:
        raise AreaError(
            "{file} cannot be read: {problem}.", file=file, problem=problem.strerror or problem
        ) from problem
    except UnicodeDecodeError as problem:
        raise AreaError("{file} is not written in UTF-8: {problem}.", file=file, problem=problem) from problem
    try:
        return file.parent, tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise AreaError("{file} is not valid TOML: {problem}.", file=file, problem=problem) from problem


def area_from_table(data: Mapping[str, Any], *, folder: Path, catalogue: Catalogue | None = None) -> Area:
    """Return the area that a parsed ``area.toml`` describes; its relative paths start from ``folder``."""
    catalogue = catalogue or read_catalogue()
    file = str(folder / AREA_FILE)
    table = Table(data, file=file, place="top level", error=AreaError)
    rules = [
        read_constraint(block, file=file, folder=folder, catalogue=catalogue) for block in table.tables("constraint")
    ]
    _refuse_twice((rule.id for rule in rules), table)
    crs = table.text("crs")
    require_metric(crs, file=file)
    day, province = table.date("reference_date"), table.optional_text("province")
    left_out = tuple(_left_out(rules, day=day, province=province))
    gone = {item.constraint.id for item in left_out}
    named = {rule.id for rule in rules}
    # Nobody said where these are known: as far as this area goes, they were surveyed nowhere.
    others = [
        read_constraint({"id": rule_id, "coverage": "none"}, file=file, folder=folder, catalogue=catalogue)
        for rule_id in catalogue.core
        if rule_id not in named
    ]
    area = Area(
        path=folder,
        title=table.text("title"),
        crs=crs,
        reference_date=day,
        parcels=_parcels(table, folder),
        constraints=tuple(rule for rule in rules if rule.id not in gone),
        left_out=left_out,
        not_named=tuple(rule for rule in others if rule.in_force_on(day) and rule.applies_to(province)),
        not_here=tuple(_not_here(block, table, rules) for block in table.tables("not_here")),
        context=tuple(_context(block, table, folder) for block in table.tables("context")),
        use=table.optional_choice("use", Use),
        province=province,
        fictional=table.flag("fictional"),
    )
    table.close()
    return area


def _parcels(table: Table, folder: Path) -> ParcelSource:
    inner = table.sub("parcels", table.value("parcels", needed=True))
    parcels = ParcelSource(
        source=read_layer_source(inner, folder),
        id_column=inner.text("id"),
        registered_area_column=inner.optional_text("registered_area"),
        owner_kind_column=inner.optional_text("owner_kind"),
    )
    inner.close()
    return parcels


def _left_out(rules: Iterable[Constraint], *, day: date, province: str | None) -> Iterable[LeftOut]:
    for rule in rules:
        if not rule.in_force_on(day):
            yield LeftOut(rule, "not_in_force")
        elif not rule.applies_to(province):
            yield LeftOut(rule, "other_province")


def _not_here(block: object, parent: Table, rules: list[Constraint]) -> NotHere:
    table = parent.sub("not_here", block)
    closed = NotHere(id=table.text("id"), reason=table.text("reason"), by=table.text("by"), on=table.date("date"))
    table.close()
    rule = next((rule for rule in rules if rule.id == closed.id), None)
    if rule is None:
        raise table.refuse("there is no constraint {id} in this area.", id=closed.id)
    if not rule.coverage.is_none:
        raise table.refuse('{id} was surveyed here; only a rule with coverage = "none" can be closed.', id=closed.id)
    return closed


def _context(block: object, parent: Table, folder: Path) -> ContextLayer:
    table = parent.sub("context", block)
    kind = table.choice("kind", ContextKind)
    source = read_layer_source(table, folder)
    layer = ContextLayer(kind=kind, source=source, label_column=table.optional_text("label"))
    table.close()
    return layer


def _refuse_twice(ids: Iterable[str], table: Table) -> None:
    seen: set[str] = set()
    for constraint_id in ids:
        if constraint_id in seen:
            raise table.refuse("the constraint {id} stands twice; ids must differ.", id=constraint_id)
        seen.add(constraint_id)
