"""JOIN ids of geographic information objects (GIOs), such as ``/join/id/regdata/pv22/2024/30gio228/nld@2024-02-13;69``.

The part up to the language names the work, which stays the same; what follows names one version of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planlib.errors import SourceError

_PREFIX = "/join/id/regdata/"
_FORM = re.compile(
    r"(?P<work>/join/id/regdata/[a-z]+\d+/\d{4}/[A-Za-z0-9_-]+)"
    r"(?:/(?P<version>[a-z]{3}@\d{4}-\d{2}-\d{2}(?:;[A-Za-z0-9._-]+)?))?"
)


@dataclass(frozen=True, slots=True)
class JoinId:
    """A GIO: its work, and the version that is meant when one is named."""

    work: str
    version: str | None = None

    def __str__(self) -> str:
        return self.work if self.version is None else f"{self.work}/{self.version}"


def is_join_id(text: str | None) -> bool:
    """Return whether a text is written as a JOIN id, sound or not."""
    return text is not None and text.startswith("/join/")


def read_join_id(text: str) -> JoinId:
    """Return the GIO that a text names.

    Raises
    ------
    SourceError
        It is no JOIN id of a GIO.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise SourceError(
            "{text!r} is no JOIN id of a GIO; it is written as /join/id/regdata/pv22/2024/NAME/nld@2024-02-13;69.",
            text=text,
        )
    return JoinId(found["work"], found["version"])


def named_gios(value: object) -> Iterator[JoinId]:
    """Yield every GIO that an answer names, wherever in it."""
    if isinstance(value, str):
        if _PREFIX in value:
            yield from (JoinId(found["work"], found["version"]) for found in _FORM.finditer(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from named_gios(item)
    elif isinstance(value, list):
        for item in value:
            yield from named_gios(item)
