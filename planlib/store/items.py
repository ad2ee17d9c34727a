"""One row or feature of a file that holds a register, checked whole before anything is written."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from planlib.errors import StoreError, UnfitError
from planlib.model.register import Entity, Place
from planlib.store.records import NOUNS, build, canonical, plain, sound
from planlib.store.rows import Stored
from planlib.store.tables import STAMPS

_UIDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:planlib:register")


@dataclass(frozen=True, slots=True)
class Item:
    """What a file says of one entity; ``version`` 0 and empty stamps where the file says nothing of them.

    ``pin_only``: the file cannot hold a shape, so that a pin alone does not say that there is none.
    """

    stored: Stored[Any]
    pin_only: bool = False

    @property
    def entity(self) -> Entity:
        """What the file says."""
        return self.stored.entity


def make_item(
    kind: object, values: Mapping[str, Any], place: Place | None, *, file: Path, row: str, pin_only: bool = False
) -> Item:
    """Return the item that a row describes; one without a uid, drawn in QGIS say, gets one from what it says.

    Raises
    ------
    StoreError
        The kind or a key is unknown, or a value does not fit; the message names file and row.
    """
    try:
        noun = NOUNS.get(kind) if isinstance(kind, str) else None
        if noun is None:
            raise UnfitError("kind knows no {kind!r}; it knows {known}.", kind=kind, known=", ".join(NOUNS))
        names = {field.name for field in fields(noun)}
        unknown = sorted(values.keys() - names - set(STAMPS))
        if unknown:
            raise UnfitError("It holds {unknown}, which the register does not know.", unknown=", ".join(unknown))
        stamps = build(_Stamps, values)
        given = {name: value for name, value in values.items() if name in names}
        if "place" in names:
            if place is None:
                raise UnfitError("It has no place.")
            given["place"] = place
        if given.get("uid") in (None, ""):
            said = {name: plain(value) for name, value in given.items() if name not in ("uid", "place")}
            given["uid"] = str(uuid.uuid5(_UIDS, canonical([kind, said, repr(place)])))
        entity = sound(build(noun, given))
    except UnfitError as problem:
        raise StoreError("{file}, {row}: {problem}", file=file, row=row, problem=problem) from problem
    kept = Stored(entity, max(0, stamps.version), stamps.changed_at, stamps.changed_by)
    return Item(kept, pin_only=pin_only)


def refuse_twice(items: Iterable[Item], *, file: Path) -> None:
    """Refuse a file in which a uid stands twice."""
    seen: set[str] = set()
    for item in items:
        if item.entity.uid in seen:
            raise StoreError("{file}: the uid {uid} stands twice.", file=file, uid=item.entity.uid)
        seen.add(item.entity.uid)


@dataclass(frozen=True, slots=True)
class _Stamps:
    """What a file says of how an entity was kept."""

    version: int = 0
    changed_at: str = ""
    changed_by: str = ""
