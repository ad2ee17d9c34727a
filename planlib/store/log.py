"""The event log: what happened to which entry, when and by whom; sealed, so that a change in it is found.

Each event carries the hash of what an entry said, not the words themselves: who asks to be forgotten can be, and the
chain still holds. Its own hash is taken over it and the hash of the event before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from planlib.store.records import canonical
from planlib.store.tables import EVENT

_SEALED = ("seq", "at", "who", "action", "kind", "uid", "version", "digest", "changed")
#: What comes before the first event.
NOTHING = hashlib.sha256(b"planlib register").hexdigest()


_ALL = sa.select(EVENT).order_by(EVENT.c.seq)
_OF_ONE = _ALL.where(EVENT.c.uid == sa.bindparam("wanted"))
_LAST = sa.select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)


class Action(StrEnum):
    """What happened."""

    SEEDED = "seeded"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    IMPORTED = "imported"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log: how many events there are, and the hash that seals them all."""

    events: int
    hash: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``changed`` names the fields that differ from the version before."""

    seq: int
    at: str
    who: str
    action: str
    kind: str
    uid: str
    version: int
    digest: str
    changed: str
    hash: str


class Fault(StrEnum):
    """What is wrong with a register that somebody was at."""

    EVENT_CHANGED = "an event was changed or put in"
    EVENT_MISSING = "an event is missing"
    ENTRY_DIFFERS = "an entry is not what its last event says"
    ENTRY_MISSING = "an entry is gone without an event"
    ENTRY_UNKNOWN = "an entry came without an event"
    ANCHOR_MISSING = "the head that was noted before is not in the log: its end was cut off or rewritten"


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where the register does not hold: the number of the event, or the uid of the entry."""

    fault: Fault
    at: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What looking at the whole register gave. Note the hash of ``head``: it proves later that nothing was cut off."""

    head: Head
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.breaches


def read_head(connection: sa.Connection) -> Head:
    """Return the end of the log."""
    last = connection.execute(_LAST).first()
    return Head(0, NOTHING) if last is None else Head(last.seq, last.hash)


def read_events(connection: sa.Connection) -> Iterator[Event]:
    """Yield all events in order."""
    for row in connection.execute(_ALL).mappings():
        yield Event(**row)


def read_history(connection: sa.Connection, uid: str) -> list[Event]:
    """Return what happened to one entity, the oldest first."""
    return [Event(**row) for row in connection.execute(_OF_ONE, {"wanted": uid}).mappings()]


def append(connection: sa.Connection, head: Head, **facts: Any) -> Head:
    """Write the event after ``head`` and return the new head; the caller holds the right to write."""
    event = {"seq": head.events + 1, **facts}
    seal = _seal(head.hash, event)
    connection.execute(EVENT.insert(), {**event, "hash": seal})
    return Head(event["seq"], seal)


def check_chain(events: list[Event], *, anchor: str | None) -> Iterator[Breach]:
    """Yield what is wrong with the log by itself; ``anchor`` is a head that was noted before."""
    previous, expected = NOTHING, 1
    for event in events:
        yield from (Breach(Fault.EVENT_MISSING, str(number)) for number in range(expected, event.seq))
        # After a gap there is no hash to seal with; the gap itself was told.
        followed = event.seq == expected
        if followed and event.hash != _seal(previous, {name: getattr(event, name) for name in _SEALED}):
            yield Breach(Fault.EVENT_CHANGED, str(event.seq))
        previous, expected = event.hash, event.seq + 1
    if anchor is not None and anchor not in {NOTHING, *(event.hash for event in events)}:
        yield Breach(Fault.ANCHOR_MISSING, anchor)


def check_entries(events: list[Event], there: dict[tuple[str, str], tuple[int, str]]) -> Iterator[Breach]:
    """Yield where the entries are not what the log says; ``there`` gives version and digest by kind and uid."""
    last = {(event.kind, event.uid): event for event in events}
    for key, event in last.items():
        found = there.get(key)
        if event.action == Action.REMOVED:
            continue
        if found is None:
            yield Breach(Fault.ENTRY_MISSING, event.uid)
        elif found != (event.version, event.digest):
            yield Breach(Fault.ENTRY_DIFFERS, event.uid)
    for key in there:
        if key not in last or last[key].action == Action.REMOVED:
            yield Breach(Fault.ENTRY_UNKNOWN, key[1])


def _seal(previous: str, event: dict[str, Any]) -> str:
    text = previous + canonical([event[name] for name in _SEALED])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
