"""One builder at a time in the build folder of an area."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from planlib.build.given import read_given
from planlib.errors import BuildError
from planlib.overlay import Progress


@contextmanager
def one_builder(area_folder: Path | str, home: Path, progress: Progress | None) -> Iterator[None]:
    """Hold the lock of an area's build folder; who has to wait for another builder is told."""
    lock = FileLock(home / "build.lock")
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if progress:
                progress("waiting", 0, 1)
            lock.acquire()
    except OSError as problem:
        # What is wrong with the area comes first.
        read_given(area_folder, home)
        raise BuildError(
            "The build folder {home} cannot be written ({problem}); "
            "set PLANLIB_BUILD_DIR to a folder you may write in.",
            home=home,
            problem=problem.strerror or problem,
        ) from problem
    try:
        yield
    finally:
        lock.release()
