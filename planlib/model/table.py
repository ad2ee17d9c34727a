"""Reading a TOML table key by key: what is missing, of the wrong kind or unknown is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from planlib.errors import PlanlibError
from planlib.model.rules import LocalText

E = TypeVar("E", bound=StrEnum)


class Table:
    """A TOML table of which each key is asked for once; ``close`` refuses what nobody asked for.

    Parameters
    ----------
    data
        The parsed table.
    file, place
        For messages: the file, and where in it ("constraint natura2000").
    error
        The error class to raise.
    """

    def __init__(self, data: object, *, file: str, place: str, error: type[PlanlibError]) -> None:
        if not isinstance(data, Mapping):
            raise error("{file}: {place} must be a table with keys.", file=file, place=place)
        self._data: dict[str, Any] = dict(data)
        self._asked: set[str] = set()
        self.file, self.place, self._error = file, place, error

    def refuse(self, message: str, **facts: object) -> PlanlibError:
        """Return the error for this table with ``message`` after the file and place."""
        return self._error("{file}: {place}: " + message, file=self.file, place=self.place, **facts)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def value(self, key: str, *, needed: bool = False) -> Any:
        """Return the raw value of ``key``, None when absent and not needed."""
        self._asked.add(key)
        if key not in self._data and needed:
            raise self.refuse("the key {key} is missing.", key=key)
        return self._data.get(key)

    def _typed(self, key: str, kind: type | tuple[type, ...], word: str, *, needed: bool) -> Any:
        value = self.value(key, needed=needed)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.refuse("{key} must be {word}, not {value!r}.", key=key, word=word, value=value)
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, None when absent or empty."""
        value = self._typed(key, str, "a text", needed=False)
        return value.strip() or None if value is not None else None

    def text(self, key: str) -> str:
        """Return a text that must be there and not be empty."""
        value = self._typed(key, str, "a text", needed=True)
        if not value.strip():
            raise self.refuse("{key} is empty.", key=key)
        return value.strip()

    def number(self, key: str, *, default: float) -> float:
        """Return a finite number >= 0."""
        value = self._typed(key, (int, float), "a number", needed=False)
        if value is None:
            return default
        if not 0 <= value < float("inf"):
            raise self.refuse("{key} must be a number of 0 or more, not {value!r}.", key=key, value=value)
        return float(value)

    def flag(self, key: str) -> bool:
        """Return a boolean, False when absent."""
        return bool(self._typed(key, bool, "true or false", needed=False))

    def optional_date(self, key: str) -> date | None:
        """Return a date (TOML date, or ISO text as a release file holds it)."""
        value = self.value(key)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = object()
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        raise self.refuse("{key} must be a date such as 2026-11-01, without quotes or a time.", key=key)

    def date(self, key: str) -> date:
        """Return a date that must be there."""
        self.value(key, needed=True)
        day = self.optional_date(key)
        if day is None:
            raise self.refuse("the key {key} is missing.", key=key)
        return day

    def choice(self, key: str, choices: type[E]) -> E:
        """Return a member of ``choices`` that must be there."""
        return self._member(key, self.text(key), choices)

    def optional_choice(self, key: str, choices: type[E]) -> E | None:
        """Return a member of ``choices``, None when absent."""
        value = self.optional_text(key)
        return None if value is None else self._member(key, value, choices)

    def choices(self, key: str, choices: Iterable[E]) -> tuple[E, ...] | None:
        """Return a list of members of ``choices``, None when absent."""
        allowed = {str(choice): choice for choice in choices}
        names = self.texts(key)
        if names is None:
            return None
        for name in names:
            if name not in allowed:
                raise self.refuse(
                    "{key} knows no {name!r}; it knows {allowed}.", key=key, name=name, allowed=", ".join(allowed)
                )
        return tuple(allowed[name] for name in names)

    def texts(self, key: str) -> tuple[str, ...] | None:
        """Return a list of texts, None when absent."""
        value = self._typed(key, (list, tuple), "a list of texts", needed=False)
        if value is None:
            return None
        if not all(isinstance(item, str) for item in value):
            raise self.refuse("{key} must be a list of texts, not {value!r}.", key=key, value=value)
        return tuple(value)

    def local_text(self, key: str, *, needed: bool = False) -> LocalText | None:
        """Return a text by language; Dutch must be there."""
        value = self.value(key, needed=needed)
        if value is None:
            return None
        table = self.sub(key, value)
        text = LocalText(nl=table.text("nl"), en=table.optional_text("en"))
        table.close()
        return text

    def tables(self, key: str) -> list[Any]:
        """Return a list of tables (``[[key]]``), empty when absent."""
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refuse("{key} must be written as [[{key}]].", key=key)
        return value

    def sub(self, key: str, value: object) -> Table:
        """Return a reader for a table inside this one."""
        return Table(value, file=self.file, place=f"{self.place}, {key}", error=self._error)

    def close(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = sorted(set(self._data) - self._asked)
        if unknown:
            raise self.refuse(
                "unknown key {unknown}; it knows {known}.",
                unknown=", ".join(unknown),
                known=", ".join(sorted(self._asked)),
            )

    def _member(self, key: str, value: str, choices: type[E]) -> E:
        try:
            return choices(value)
        except ValueError:
            allowed = ", ".join(choices)
            raise self.refuse(
                "{key} knows no {value!r}; it knows {allowed}.", key=key, value=value, allowed=allowed
            ) from None
