"""How far a build is, or why it was refused: told to the caller, and to whoever looks in the build folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from planlib.errors import PlanlibError
from planlib.overlay import Progress, files
from planlib.release import build_folder

_FAILURE = "failure.json"


def read_progress(area_folder: Path | str) -> dict[str, Any] | None:
    """Return the last step a running build reported (step, done, of), None when none is running."""
    try:
        record = files.read_json(build_folder(area_folder) / "progress.json")
        return {"step": record["step"], "done": record["done"], "of": record["of"], **record}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_failure(area_folder: Path | str) -> PlanlibError | None:
    """Return why the last build was refused, None when it was not."""
    try:
        record = files.read_json(build_folder(area_folder) / _FAILURE)
        return PlanlibError(record["message"], **record["facts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def forget_failure(home: Path) -> None:
    """Forget why the last build was refused, where that may be written."""
    with suppress(OSError):
        (home / _FAILURE).unlink(missing_ok=True)


class Reporter:
    """Tells the caller and the build folder how far a build is, or why it was refused."""

    def __init__(self, home: Path, progress: Progress | None) -> None:
        self._file, self._failure = home / "progress.json", home / _FAILURE
        self._progress = progress

    def begin(self) -> None:
        """Forget the last refusal."""
        self._failure.unlink(missing_ok=True)

    def fail(self, problem: PlanlibError) -> None:
        """Keep why a build was refused."""
        # A full disk is one of the things that go wrong.
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
            files.write_json(self._failure, {"message": problem.message, "facts": problem.facts})

    def __call__(self, step: str, done: int, of: int) -> None:
        """Tell how much of a step is done."""
        files.write_json(self._file, {"step": step, "done": done, "of": of, "builder": os.getpid()})
        if self._progress:
            self._progress(step, done, of)

    def finish(self) -> None:
        """Say that nothing is being built any more."""
        self._file.unlink(missing_ok=True)
