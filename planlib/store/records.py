"""Between nouns and plain values: one reading and one writing for rows of a database, GeoJSON and the event log.

What comes in may have been typed by anybody, in a form, in QGIS or in an editor; each value is checked against the
type of its field and kept to the letter.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from planlib.errors import UnfitError
from planlib.model.register import (
    Bronpunt,
    Entity,
    Initiative,
    MediaType,
    Picture,
    Place,
    Player,
    QualityEdit,
    StoryStep,
    ThemeEdit,
)
from planlib.store.geometry import geojson_of, normal
from planlib.text.escape import is_web_address

T = TypeVar("T")
E = TypeVar("E", bound=Entity)
#: Takes the name of a field, for messages, and a plain value.
Reader = Callable[[str, Any], Any]

#: The kinds of thing the register keeps, by their word in files; entries first, since the rest refers to them.
NOUNS: dict[str, type[Entity]] = {
    "initiative": Initiative,
    "bronpunt": Bronpunt,
    "player": Player,
    "story_step": StoryStep,
    "picture": Picture,
    "theme": ThemeEdit,
    "core_quality": QualityEdit,
}
KINDS: dict[type[Entity], str] = {noun: kind for kind, noun in NOUNS.items()}
_MOST_PICTURE_BYTES = 5_000_000
_UID = re.compile(r"[A-Za-z0-9{][A-Za-z0-9_.:{}-]{0,99}")
_MAGIC = {MediaType.JPEG: rb"\xff\xd8\xff", MediaType.WEBP: rb"RIFF....WEBP"}


def kind_of(entity: Entity) -> str:
    """Return the word for a noun in files and in the log."""
    return KINDS[type(entity)]


def title_of(entity: Entity) -> str:
    """Return what people call it."""
    for name in ("title", "name", "title_nl", "text", "alt"):
        if text := getattr(entity, name, ""):
            return str(text)
    return entity.uid


def plain(value: Any) -> Any:
    """Return a value as JSON holds it; of a noun its fields without the place and without what is empty."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(given)
            for field in fields(value)
            if field.name != "place" and not _is_empty(given := getattr(value, field.name))
        }
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, StrEnum):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _is_empty(value: Any) -> bool:
    # Not by truth: a position or a longitude of 0 says something.
    return value is None or value is False or value in ("", ())


def build(noun: type[T], values: Mapping[str, Any]) -> T:
    """Return a noun from plain values; what is None or empty gets the field's default, the place is taken as it is.

    Raises
    ------
    UnfitError
        A value does not fit, or one that is needed is missing.
    """
    given: dict[str, Any] = {}
    for name, read, needed in _readers(noun):
        value = values.get(name)
        if value is None or (isinstance(value, str) and not value):
            if needed:
                raise UnfitError("{field} is missing.", field=name)
            continue
        given[name] = read(name, value)
    return noun(**given)


def sound(entity: E) -> E:
    """Return an entity in the form that is kept; text stays as it is, to the letter.

    Raises
    ------
    UnfitError
        A value is of the wrong type or missing, or is one that no type can refuse: a uid that is none, a blank title,
        an address that runs, a false picture, a shape whose line crosses itself.
    """
    values: dict[str, Any] = {field.name: getattr(entity, field.name) for field in fields(entity)}
    values = {name: value if name == "place" else plain(value) for name, value in values.items()}
    if isinstance(entity, Initiative | Bronpunt):
        values["place"] = normal(entity.place)
    entity = build(type(entity), values)
    _check(entity)
    return entity


def _check(entity: Entity) -> None:
    if not _UID.fullmatch(entity.uid):
        raise UnfitError("uid must be at most a hundred letters, digits and hyphens, not {uid!r}.", uid=entity.uid)
    if not title_of(entity).strip():
        raise UnfitError("It needs a title.")
    if isinstance(entity, Initiative) and entity.area_needed_m2 is not None and entity.area_needed_m2 <= 0:
        raise UnfitError("The area needed must be more than 0 m2, not {area}.", area=entity.area_needed_m2)
    for link in entity.links if isinstance(entity, Initiative | Bronpunt) else ():
        if not is_web_address(link.url):
            raise UnfitError("A link must start with https:// or http://, not {url!r}.", url=link.url)
    if isinstance(entity, Picture):
        if len(entity.data) > _MOST_PICTURE_BYTES:
            raise UnfitError("A picture may have at most {most} bytes.", most=_MOST_PICTURE_BYTES)
        if not re.match(_MAGIC[entity.media_type], entity.data, re.DOTALL):
            raise UnfitError("The picture is not {media_type}, as it says it is.", media_type=entity.media_type)


def digest(entity: Entity) -> str:
    """Return a hash of all an entity says, the same on every store and machine."""
    place = entity.place if isinstance(entity, Initiative | Bronpunt) else None
    record = {"kind": kind_of(entity), "geometry": geojson_of(place) if place else None, **plain(entity)}
    return hashlib.sha256(canonical(record).encode("utf-8")).hexdigest()


def canonical(value: object) -> str:
    """Return the one JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def changed_fields(old: Entity, new: Entity) -> list[str]:
    """Return the names of the fields in which two versions differ."""
    return [field.name for field in fields(new) if getattr(old, field.name) != getattr(new, field.name)]


# --- the reader of each type -----------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _readers(noun: type) -> tuple[tuple[str, Reader, bool], ...]:
    """Return name, reader and whether it is needed, for each field of a noun."""
    hints = typing.get_type_hints(noun)
    return tuple(
        (field.name, _reader(hints[field.name]), field.default is MISSING and field.default_factory is MISSING)
        for field in fields(noun)
    )


def _reader(hint: Any) -> Reader:  # a type, as annotations spell them
    if isinstance(hint, types.UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return _list_reader(_reader(typing.get_args(hint)[0]))
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    return _choice_reader(hint) if issubclass(hint, StrEnum) else _part_reader(hint)


def _list_reader(read: Reader) -> Reader:
    def list_of(field: str, value: Any) -> tuple[Any, ...]:
        items = _parsed(field, value)
        if not isinstance(items, list | tuple):
            raise UnfitError('{field} must be a list such as ["one", "two"], not {value}.', **_seen(field, value))
        return tuple(read(field, item) for item in items)

    return list_of


def _choice_reader(choices: type[StrEnum]) -> Reader:
    members: dict[Any, StrEnum] = {str(member): member for member in choices}

    def choice(field: str, value: Any) -> StrEnum:
        member = members.get(value) if isinstance(value, str) else None
        if member is None:
            known = ", ".join(members)
            raise UnfitError("{field} knows no {value}; it knows {known}.", known=known, **_seen(field, value))
        return member

    return choice


def _part_reader(noun: type) -> Reader:
    known = {field.name for field in fields(noun)}

    def part(field: str, value: Any) -> Any:
        values = _parsed(field, value)
        if not isinstance(values, Mapping) or not known.issuperset(values):
            names = ", ".join(sorted(known))
            raise UnfitError("{field} must hold {known}, not {value}.", known=names, **_seen(field, value))
        return build(noun, values)

    return part


def _parsed(field: str, value: Any) -> Any:
    """Return a nested value; a database holds it as JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise UnfitError("{field} must be written as JSON, not {value}.", **_seen(field, value)) from None


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitError("{field} must be a text, not {value}.", **_seen(field, value))
    # No database keeps these two: a null character, and half of a surrogate pair.
    if "\x00" in value or not _is_unicode(value):
        raise UnfitError("{field} holds a character that cannot be kept: {value}.", **_seen(field, value))
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _number(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnfitError("{field} must be a number, not {value}.", **_seen(field, value))
    return float(value)


def _whole(field: str, value: Any) -> int:
    number = _number(field, value)
    # A column of whole numbers with gaps comes back from some tools as one of fractions.
    if not number.is_integer() or abs(number) >= 2**31:
        raise UnfitError("{field} must be a whole number, not {value}.", **_seen(field, value))
    return int(number)


def _flag(field: str, value: Any) -> bool:
    # A database without booleans says 0 and 1.
    if not isinstance(value, int) or value not in (0, 1):
        raise UnfitError("{field} must be true or false, not {value}.", **_seen(field, value))
    return bool(value)


def _day(field: str, value: Any) -> date:
    if type(value) is date:
        return value
    try:
        # Some tools write a date as the midnight it starts with.
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.time() != time.min:
        raise UnfitError("{field} must be a date such as 2026-11-01, not {value}.", **_seen(field, value))
    return moment.date()


def _bytes(field: str, value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else bytes(memoryview(value))
    except (TypeError, ValueError):
        raise UnfitError("{field} must be bytes, in base64 where it is text.", field=field) from None


def _place(field: str, value: Any) -> Place:
    if not isinstance(value, Place):
        raise UnfitError("{field} must be a place.", field=field)
    return value


def _seen(field: str, value: object) -> dict[str, str]:
    text = repr(value)
    return {"field": field, "value": text if len(text) <= 60 else f"{text[:57]}..."}


_SIMPLE: dict[Any, Reader] = {
    str: _text,
    float: _number,
    int: _whole,
    bool: _flag,
    date: _day,
    bytes: _bytes,
    Place: _place,
}
