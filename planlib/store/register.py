"""The register of an area: read by many, written by one at a time, nothing lost and nothing half done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from planlib.errors import NotWritableError, StoreError
from planlib.model.register import Bronpunt, Entity, Entry, Initiative, Picture, StoryStep
from planlib.store.geopackage import READS, grow_extent
from planlib.store.log import (
    Event,
    Head,
    Verification,
    check_chain,
    check_entries,
    read_events,
    read_head,
    read_history,
)
from planlib.store.migrations import latest, migrate, version_of
from planlib.store.postgis import lock_creation, lock_log
from planlib.store.records import NOUNS, digest
from planlib.store.rows import Stored, read_row, read_rows
from planlib.store.tables import ENTITY_TABLES
from planlib.store.writing import Writing

E = TypeVar("E", bound=Entity)
#: Threads of one process take turns here, instead of asking the database again and again.
_write_lock = threading.Lock()


class Register:
    """What people want where, and how far it is; close it, or use it as a context manager.

    Parameters
    ----------
    engine
        On a GeoPackage or a PostGIS database.
    name
        What messages call it.
    why_not
        Why nothing can be written here; None when it can.
    """

    def __init__(self, engine: sa.Engine, *, name: str, why_not: NotWritableError | None = None) -> None:
        self.name = name
        self.why_not = why_not
        self._engine = engine
        self._is_file = engine.dialect.name == "sqlite"
        snapshot = {} if self._is_file else {"isolation_level": "REPEATABLE READ"}
        self._looking = engine.execution_options(**READS, **snapshot)

    # --- reading

    def entries(self) -> tuple[Entry, ...]:
        """Return all initiatives, then all bronpunten, the oldest first."""
        with self.reading() as connection:
            return tuple(stored.entity for noun in (Initiative, Bronpunt) for stored in read_rows(connection, noun))

    def all(self, noun: type[E]) -> tuple[Stored[E], ...]:
        """Return all there is of one noun, the oldest first."""
        with self.reading() as connection:
            return tuple(read_rows(connection, noun))

    def get(self, noun: type[E], uid: str) -> Stored[E] | None:
        """Return one entity with its version, None when it is not there."""
        with self.reading() as connection:
            return read_row(connection, noun, uid)

    def steps_of(self, entry: str) -> tuple[Stored[StoryStep], ...]:
        """Return the story of the entry with this uid, in its order."""
        found = self._parts_of(StoryStep, entry)
        return tuple(sorted(found, key=lambda stored: stored.entity.position))

    def pictures_of(self, entry: str) -> tuple[Stored[Picture], ...]:
        """Return the pictures of the entry with this uid, in their order."""
        found = self._parts_of(Picture, entry)
        return tuple(sorted(found, key=lambda stored: stored.entity.position))

    def events_of(self, uid: str) -> tuple[Event, ...]:
        """Return what happened to an entity, the oldest first."""
        with self.reading() as connection:
            return tuple(read_history(connection, uid))

    def head(self) -> Head:
        """Return the end of the log; it differs after every change."""
        with self.reading() as connection:
            return read_head(connection)

    def verify(self, *, anchor: str | None = None) -> Verification:
        """Return whether log and entries hold.

        Parameters
        ----------
        anchor
            The hash of a head that was noted before; without one a log whose end was cut off together with the
            entries it is about looks whole.
        """
        with self.reading() as connection:
            events = list(read_events(connection))
            there = {
                (kind, stored.entity.uid): (stored.version, digest(stored.entity))
                for kind, noun in NOUNS.items()
                for stored in read_rows(connection, noun)
            }
            breaches = (*check_chain(events, anchor=anchor), *check_entries(events, there))
            return Verification(read_head(connection), breaches)

    # --- writing

    def put(self, entity: E, *, by: str, base: int | None = 0) -> Stored[E]:
        """Write an entity with its event and return it as it is kept.

        Parameters
        ----------
        by
            Who does it.
        base
            The version that was read before it was changed; 0 for a new entity, None to write over what is there.

        Raises
        ------
        ConflictError
            Somebody changed it since; the error carries both versions.
        UnfitError
            It is not sound.
        StoreError
            It could not be written; then nothing of it was.
        """
        with self.writing(by) as writing:
            return writing.put(entity, base=base)

    def remove(self, entity: Entity, *, by: str, base: int | None) -> None:
        """Take an entity away, with the story steps and pictures of an entry; errors as :meth:`put`."""
        with self.writing(by) as writing:
            writing.remove(entity, base=base)

    @contextmanager
    def writing(self, by: str) -> Iterator[Writing]:
        """Give the right to write several entities in one transaction; an error takes all of it back."""
        if self.why_not is not None:
            raise self.why_not
        with _write_lock, self._told(), self._engine.begin() as connection:
            if not self._is_file:
                lock_log(connection)
            writing = Writing(connection, by=by, grow_extent=grow_extent if self._is_file else None)
            yield writing
            writing.finish()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one moment, whatever is written meanwhile."""
        with self._told(), self._looking.begin() as connection:
            yield connection

    def prepare(self, fill: Callable[[Writing], None]) -> None:
        """Make the tables or bring them up to date; a register that is made now is filled by ``fill``.

        Raises
        ------
        StoreError
            The tables were made by a newer planlib, or by an older one where nothing can be written.
        """
        with self.reading() as connection:
            if version_of(connection) == latest():
                return
        if self.why_not is not None:
            raise StoreError(
                "The register {name} was made by another planlib, and cannot be changed here.", name=self.name
            )
        with _write_lock, self._told(), self._engine.begin() as connection:
            if not self._is_file:
                lock_creation(connection)
            if not migrate(connection):
                writing = Writing(connection, by="planlib", grow_extent=grow_extent if self._is_file else None)
                fill(writing)
                writing.finish()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Register:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parts_of(self, noun: type[E], entry: str) -> list[Stored[E]]:
        table = ENTITY_TABLES["story_step" if noun is StoryStep else "picture"]
        with self.reading() as connection:
            return list(read_rows(connection, noun, table.c.entry == entry))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in one sentence what a database has to say; its own text may hold the password of the URL."""
        try:
            yield
        except SQLAlchemyError as problem:
            cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
            raise StoreError(
                "The register {name} cannot be used: {problem}.",
                name=self.name,
                problem=str(cause).strip().splitlines()[0].rstrip("."),
            ) from problem
