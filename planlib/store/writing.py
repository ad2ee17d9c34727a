"""One transaction of writing: each entity and its event together, or neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from planlib.errors import StoreError, UnfitError
from planlib.model.register import Bronpunt, Entity, Initiative, Picture, StoryStep
from planlib.store.log import Action, Event, append, read_head, read_history
from planlib.store.records import canonical, changed_fields, digest, kind_of, sound, title_of
from planlib.store.rows import Stored, delete_row, read_row, read_rows, write_row
from planlib.store.tables import ENTITY_TABLES

E = TypeVar("E", bound=Entity)
GrowExtent = Callable[[sa.Connection, str, tuple[float, float, float, float]], None]


class ConflictError(StoreError):
    """Somebody changed an entity since it was read; which version stays is for a person to say.

    Attributes
    ----------
    mine
        What was to be written.
    theirs
        What the register holds now; None when it was removed.
    """

    mine: Entity
    theirs: Stored[Any] | None


def _conflict(mine: Entity, theirs: Stored[Any] | None) -> ConflictError:
    conflict = ConflictError(
        "Somebody changed {title} in the meantime; choose which version stays.", title=title_of(mine)
    )
    conflict.mine, conflict.theirs = mine, theirs
    return conflict


class Writing:
    """The right to write, for the length of one transaction.

    Parameters
    ----------
    connection
        In a transaction that nobody else can write beside.
    by
        Who does it, for the log.
    grow_extent
        What tells the store how far its tables reach.
    """

    def __init__(self, connection: sa.Connection, *, by: str, grow_extent: GrowExtent | None) -> None:
        if not by.strip():
            raise UnfitError("The log needs to know who does this.")
        self._connection = connection
        self._by = by
        self._at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._head = read_head(connection)
        self._grow_extent = grow_extent
        self._reach: dict[str, tuple[float, float, float, float]] = {}

    def put(
        self, entity: E, *, base: int | None, action: Action | None = None, kept: Stored[E] | None = None
    ) -> Stored[E]:
        """Write an entity; what is there already is left as it is, so that sending it twice does no harm.

        Parameters
        ----------
        base
            The version it was made from: 0 for a new one, None to write over whatever is there.
        action
            What the log calls it; added or changed when left out.
        kept
            How a new one was kept elsewhere before: its version and stamps go on from there.

        Raises
        ------
        ConflictError
            What is there is another version than ``base``.
        UnfitError
            The entity is not sound, or belongs to an entry that is not there.
        """
        entity = sound(entity)
        there = read_row(self._connection, type(entity), entity.uid)
        if there is not None and digest(there.entity) == digest(entity):
            return there
        if base is not None and base != (0 if there is None else there.version):
            raise _conflict(entity, there)
        if there is None:
            stored = self._new(entity, kept)
            self._log(action or Action.ADDED, stored, [])
        else:
            stored = Stored(entity, there.version + 1, self._at, self._by)
            self._log(action or Action.CHANGED, stored, changed_fields(there.entity, entity))
        for table, shape in write_row(self._connection, stored, is_new=there is None).items():
            self._reach[table] = _around(self._reach.get(table), shape.bounds)
        return stored

    def remove(self, entity: Entity, *, base: int | None) -> None:
        """Take an entity away, with the steps and pictures that belong to it; one that is gone stays gone.

        Raises
        ------
        ConflictError
            What is there is another version than ``base``; None takes away whatever is there.
        """
        there = read_row(self._connection, type(entity), entity.uid)
        if there is None:
            return
        if base is not None and base != there.version:
            raise _conflict(entity, there)
        if isinstance(entity, Initiative | Bronpunt):
            for noun in (StoryStep, Picture):
                belongs = ENTITY_TABLES["story_step" if noun is StoryStep else "picture"].c.entry == entity.uid
                for part in list(read_rows(self._connection, noun, belongs)):
                    self.remove(part.entity, base=None)
        delete_row(self._connection, there.entity)
        self._log(Action.REMOVED, replace(there, version=there.version + 1), [])

    def there(self, noun: type[E], uid: str) -> Stored[E] | None:
        """Return what the register holds now, None when it is not there."""
        return read_row(self._connection, noun, uid)

    def all(self, noun: type[E]) -> list[Stored[E]]:
        """Return all that the register holds now of one noun."""
        return list(read_rows(self._connection, noun))

    def history(self, uid: str) -> list[Event]:
        """Return what happened to an entity, the oldest first."""
        return read_history(self._connection, uid)

    def finish(self) -> None:
        """Say how far the tables reach now; the last thing before the commit."""
        for table, bounds in self._reach.items():
            if self._grow_extent is not None:
                self._grow_extent(self._connection, table, bounds)

    def _new(self, entity: E, kept: Stored[E] | None) -> Stored[E]:
        """Return an entity as it will be kept: its version is higher than any it ever had."""
        history = self.history(entity.uid)
        if history and history[-1].action != Action.REMOVED:
            raise UnfitError("{uid} is the uid of something else already.", uid=entity.uid)
        if isinstance(entity, StoryStep | Picture) and not (
            self.there(Initiative, entity.entry) or self.there(Bronpunt, entity.entry)
        ):
            raise UnfitError("{title} belongs to an entry that is not there.", title=title_of(entity))
        version, at, by = (kept.version, kept.changed_at, kept.changed_by) if kept else (0, "", "")
        last = history[-1].version if history else 0
        return Stored(entity, max(version, last + 1), at or self._at, by or self._by)

    def _log(self, action: Action, stored: Stored[Any], changed: list[str]) -> None:
        entity = stored.entity
        self._head = append(
            self._connection,
            self._head,
            at=self._at,
            who=self._by,
            action=str(action),
            kind=kind_of(entity),
            uid=entity.uid,
            version=stored.version,
            digest="" if action is Action.REMOVED else digest(entity),
            changed=canonical(changed),
        )


Bounds = tuple[float, float, float, float]


def _around(one: Bounds | None, other: Bounds) -> Bounds:
    if one is None:
        return other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
