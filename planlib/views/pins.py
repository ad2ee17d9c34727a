"""Initiatives and bronpunten as pins on a map, written once for as long as the same entries are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

import shapely

from planlib.model.register import Bronpunt, Entry, Initiative, InitiativeState, Ring
from planlib.text.escape import script_json
from planlib.text.words import Words
from planlib.views.cache import ByteCache
from planlib.views.entry_words import entry_label

#: Outlines are drawn to a metre, in degrees; everything is written to a decimetre.
_TOLERANCE, _DIGITS = 1e-5, 6
#: The way of an initiative from idea to done; a pin fills along it.
_WAY = (
    InitiativeState.IDEA,
    InitiativeState.CONVERSATION,
    InitiativeState.QUICKSCAN,
    InitiativeState.DECISION,
    InitiativeState.PROJECT,
    InitiativeState.DONE,
)

PinKind = Literal["initiative", "bronpunt"]


@dataclass(frozen=True, slots=True)
class Pin:
    """An initiative or bronpunt on the map.

    ``label`` is its accessible name; ``stage`` how far an initiative is (0 idea .. 5 done, None stopped); ``icon`` the
    use it is for; ``rings`` its outline in (longitude, latitude), if it has one.
    """

    kind: PinKind
    uid: str
    longitude: float
    latitude: float
    label: str
    icon: str = ""
    stage: int | None = None
    rings: tuple[tuple[tuple[float, float], ...], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class PinJson:
    """Pins as JSON that may stand inside a script; ``entries`` are those they stand for."""

    json: str
    entries: tuple[Entry, ...]


_PINS: ByteCache[PinJson] = ByteCache(64 * 2**20)


def make_pin(entry: Entry, *, label: str) -> Pin:
    """Return the pin of an entry; ``label`` is its accessible name, such as "Initiative: Theehuis, idea"."""
    place = entry.place
    if isinstance(entry, Bronpunt):
        return Pin("bronpunt", entry.uid, place.longitude, place.latitude, label, rings=place.rings)
    return Pin(
        "initiative",
        entry.uid,
        place.longitude,
        place.latitude,
        label,
        icon=str(entry.use or ""),
        stage=_stage(entry),
        rings=place.rings,
    )


def pin_row(pin: Pin) -> list[Any]:
    """Return a pin as the map reads it (web/assets/planlib-pins.js): without names, which would be most of it."""
    return [getattr(pin, name) for name in Pin.__slots__]


def entry_pins(entries: Sequence[Entry], words: Words) -> PinJson:
    """Return the pins of entries; asked again for the same ones it returns the same text.

    Entries are told apart by which objects they are, so that ten thousand of them need not be read to know that nothing
    changed. The answer holds on to them: as long as it is kept no other entry can take the place of one in memory.
    """
    kept = tuple(entries)
    key = words.language, tuple(map(id, kept))
    return _PINS.get(key, lambda: _write(kept, words), _size)


def _write(entries: tuple[Entry, ...], words: Words) -> PinJson:
    rows = ",".join(_row(_Same(entry), words.language) for entry in entries)
    return PinJson(f"[{rows}]", entries)


class _Same:
    """An entry as itself: equal to nothing but the same object."""

    __slots__ = ("entry",)

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    def __hash__(self) -> int:
        return id(self.entry)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entry is other.entry


@lru_cache(maxsize=40_000)
def _row(same: _Same, language: str) -> str:
    """Return the row of one entry, written once whichever filter shows it."""
    pin = make_pin(same.entry, label=entry_label(same.entry, Words(language)))
    return script_json(
        pin_row(
            replace(
                pin,
                longitude=round(pin.longitude, _DIGITS),
                latitude=round(pin.latitude, _DIGITS),
                rings=tuple(_drawn(ring) for ring in pin.rings),
            )
        )
    )


def _drawn(ring: Ring) -> Ring:
    line = shapely.get_coordinates(shapely.simplify(shapely.LinearRing(ring), _TOLERANCE)).round(_DIGITS)
    return tuple((float(x), float(y)) for x, y in line)


def _size(made: PinJson) -> int:
    return len(made.json) + 8 * len(made.entries)


def _stage(initiative: Initiative) -> int | None:
    return None if initiative.state is InitiativeState.STOPPED else _WAY.index(initiative.state)
