"""The register out and in again: exports and imports, backups and putting one back; nothing lost, nothing half done."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from planlib.errors import OutputError, StoreError
from planlib.model.register import Bronpunt, Entity, Initiative, Picture, Player, StoryStep, Visibility
from planlib.store.geojson import geojson_text, read_geojson
from planlib.store.geopackage_files import read_geopackage, write_geopackage
from planlib.store.items import Item
from planlib.store.log import Action, Head, read_events, read_head
from planlib.store.records import NOUNS, digest, title_of
from planlib.store.register import Register
from planlib.store.rows import Stored, read_rows
from planlib.store.writing import Writing

_GEOJSON, _GEOPACKAGE = (".geojson", ".json"), ".gpkg"
#: Who may see what, the narrowest circle first.
_CIRCLES = list(Visibility)


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entities were written, by kind of visibility where they have one."""

    entities: int
    internal: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: ``older`` were left, since the register holds a later version of what the file says."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0


def export_register(register: Register, out: Path, *, audience: Visibility = Visibility.INTERNAL) -> Exported:
    """Write the register to a GeoPackage or GeoJSON file, by suffix; the file appears whole or not at all.

    Parameters
    ----------
    audience
        Who it is for: all of it for internal use; for a table or the public only the entries they may see, with what
        belongs to those.

    Raises
    ------
    OutputError
        The suffix is another, or the file cannot be written.
    """
    suffix = out.suffix.lower()
    if suffix != _GEOPACKAGE and suffix not in _GEOJSON:
        raise OutputError("{path}: a register is written as .gpkg or .geojson.", path=out)
    with register.reading() as connection:
        kept = [stored for noun in NOUNS.values() for stored in read_rows(connection, noun)]
    kept = _for_audience(kept, audience)
    if suffix == _GEOPACKAGE:
        _write_whole(out, lambda path: write_geopackage(path, kept))
    else:
        _write_whole(out, lambda path: path.write_text(geojson_text(kept), encoding="utf-8"))
    internal = sum(getattr(stored.entity, "visibility", None) is Visibility.INTERNAL for stored in kept)
    return Exported(len(kept), internal)


def import_register(register: Register, file: Path, *, by: str, overwrite: bool = False) -> Imported:
    """Write what a file says into the register, all of it or nothing.

    What the file leaves out stays. What was changed in the file goes in when nobody changed it in the register since
    the file was made. Doing it again changes nothing.

    Parameters
    ----------
    overwrite
        Let the file win where both were changed, and where it is older.

    Raises
    ------
    StoreError
        The file or a row in it does not fit, or the register was changed since the file was made.
    """
    items = _read(file)
    outcomes: list[str] = []
    conflicts: list[Entity] = []
    with register.writing(by) as writing:
        for item in items:
            outcome = _take_in(writing, item, overwrite=overwrite)
            if outcome is None:
                conflicts.append(item.entity)
            else:
                outcomes.append(outcome)
        if conflicts:
            raise StoreError(
                "{file}: {count} entries were changed in the register since this file was made, such as {title} "
                "({uid}); make your change in a new export, or import with --overwrite to let the file win.",
                file=file,
                count=len(conflicts),
                title=title_of(conflicts[0]),
                uid=conflicts[0].uid,
            )
    return Imported(**{name: outcomes.count(name) for name in ("added", "changed", "unchanged", "older")})


def backup_register(register: Register, out: Path) -> Head:
    """Write the register with its log to a GeoPackage, as it is at one moment, and return the end of that log.

    The file is itself a register: put in the place of ``register.gpkg`` it works. It can be made while others write.

    Raises
    ------
    OutputError
        The file is not called .gpkg, or cannot be written.
    """
    if out.suffix.lower() != _GEOPACKAGE:
        raise OutputError("{path}: a backup is written as .gpkg.", path=out)
    with register.reading() as connection:
        kept = [stored for noun in NOUNS.values() for stored in read_rows(connection, noun)]
        events, head = list(read_events(connection)), read_head(connection)
    _write_whole(out, lambda path: write_geopackage(path, kept, events))
    return head


def restore_register(register: Register, file: Path, *, by: str) -> Imported:
    """Put the entities back as a backup or export holds them, in one transaction; the log tells it and goes on.

    What the file does not hold is taken away.

    Raises
    ------
    StoreError
        The file or a row in it does not fit.
    """
    items = _read(file)
    wanted = {item.entity.uid for item in items}
    outcomes: list[str] = []
    with register.writing(by) as writing:
        for noun in reversed(NOUNS.values()):
            for stored in writing.all(noun):
                if stored.entity.uid not in wanted:
                    writing.remove(stored.entity, base=None)
        for item in items:
            there = writing.there(type(item.entity), item.entity.uid)
            outcomes.append(_outcome(there, item.entity))
            writing.put(item.entity, base=None, action=Action.RESTORED, kept=item.stored)
    return Imported(**{name: outcomes.count(name) for name in ("added", "changed", "unchanged")})


def _take_in(writing: Writing, item: Item, *, overwrite: bool) -> str | None:
    """Write one item and return what came of it; None when it cannot be taken in unseen."""
    entity, there = item.entity, writing.there(type(item.entity), item.entity.uid)
    if item.pin_only and there is not None:
        entity = _with_its_shape(entity, there.entity)
    outcome = _outcome(there, entity)
    if outcome == "unchanged":
        return outcome
    history = writing.history(entity.uid)
    untouched = item.stored.version == there.version if there else not history or history[-1].action != Action.REMOVED
    if not (overwrite or untouched):
        # What the register once held was not changed in the file: the file is merely older.
        return "older" if there and digest(entity) in {event.digest for event in history} else None
    writing.put(entity, base=None, action=Action.IMPORTED, kept=item.stored)
    return outcome


def _outcome(there: Stored[Any] | None, entity: Entity) -> str:
    if there is None:
        return "added"
    return "unchanged" if digest(there.entity) == digest(entity) else "changed"


def _with_its_shape(entity: Entity, there: Entity) -> Entity:
    """Return an entity with the shape it had, when a file that holds pins alone did not move its pin."""
    if not isinstance(entity, Initiative | Bronpunt) or not isinstance(there, Initiative | Bronpunt):
        return entity
    moved = (entity.place.longitude, entity.place.latitude) != (there.place.longitude, there.place.latitude)
    return entity if moved else replace(entity, place=there.place)


def _read(file: Path) -> list[Item]:
    if not file.is_file():
        raise StoreError("The file {path} does not exist.", path=file)
    suffix = file.suffix.lower()
    if suffix == _GEOPACKAGE:
        items = read_geopackage(file)
    elif suffix in _GEOJSON:
        items = read_geojson(file)
    else:
        raise StoreError("{path}: a register is read from .gpkg or .geojson.", path=file)
    order = list(NOUNS.values())
    return sorted(items, key=lambda item: order.index(type(item.entity)))


def _for_audience(kept: list[Stored[Any]], audience: Visibility) -> list[Stored[Any]]:
    if audience is Visibility.INTERNAL:
        return kept
    allowed = _CIRCLES[_CIRCLES.index(audience) :]
    entries = [stored.entity for stored in kept if getattr(stored.entity, "visibility", None) in allowed]
    uids = {entry.uid for entry in entries}
    players = {agreement.player for entry in entries if isinstance(entry, Initiative) for agreement in entry.agreements}

    def may_be_seen(entity: Entity) -> bool:
        if isinstance(entity, Initiative | Bronpunt):
            return entity.uid in uids
        if isinstance(entity, StoryStep | Picture):
            return entity.entry in uids
        return not isinstance(entity, Player) or entity.uid in players

    return [stored for stored in kept if may_be_seen(stored.entity)]


def _write_whole(out: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``out``, and put it in its place when it is whole."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            made = Path(folder) / out.name
            write(made)
            with made.open("rb+") as stream:
                os.fsync(stream.fileno())
            made.replace(out)
    except OSError as problem:
        raise OutputError("{path} cannot be written: {problem}.", path=out, problem=problem) from problem
