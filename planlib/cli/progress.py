"""Progress on a terminal: one line that is written over; in a log, one line per step."""

from __future__ import annotations

import sys
from types import TracebackType

_STEPS = {
    "waiting": "waiting for another build of this area",
    "parcels": "reading parcels",
    "layers": "preparing layers",
    "cells": "cutting cells",
    "release": "adding up",
    "features": "fetching features",
    "bytes": "downloading",
}


class ProgressLine:
    """Prints how far a job is, on stderr; use it as a context manager and call it with step, done and of."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._step: str | None = None

    def __enter__(self) -> ProgressLine:
        return self

    def __call__(self, step: str, done: int, of: int) -> None:
        """Show that ``done`` out of ``of`` is done in this step."""
        text = _STEPS.get(step, step)
        if self._live:
            filled = round(20 * done / of) if of else 20
            print(f"\r\033[K{text:<18} [{'#' * filled:<20}] {done}/{of}", end="", file=sys.stderr, flush=True)
        elif step != self._step:
            print(f"{text} ...", file=sys.stderr, flush=True)
        self._step = step

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live and self._step:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
