"""What a server said, and why it refused in its own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from planlib.errors import SourceError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status, headers, the whole body, and the address that said it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """Return the parsed body.

        Raises
        ------
        SourceError
            It is not JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return self._lenient_json()

    def _lenient_json(self) -> Any:
        """Return the body by Python's own parser, which takes NaN and endless numbers as some servers write them."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise SourceError(
                "{url} did not answer with JSON; is it the address of a data service?", url=self.url
            ) from None


def refusal(answer: Answer) -> str:
    """Return a server's own words for a refusal, shortened: from JSON, from XML, or from the start of the body."""
    text = answer.body[:20_000].decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict):
        for key in ("detail", "description", "message", "title", "error"):
            if isinstance(value := data.get(key), str) and value:
                return shorten(value)
    from_xml = exception_text(text)
    if from_xml:
        return shorten(from_xml)
    return shorten(text) if text.strip() and not text.lstrip().startswith("<") else "no reason given."


def exception_text(text: str) -> str | None:
    """Return the text of an OGC exception report, None when it is none."""
    for tag in ("ExceptionText", "ServiceException"):
        start = text.find(tag)
        if start >= 0 and (open_end := text.find(">", start)) >= 0:
            return text[open_end + 1 : text.find("<", open_end + 1)].strip() or None
    return None


def shorten(text: str) -> str:
    """Return a server's words on one line, at most 300 characters."""
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"
