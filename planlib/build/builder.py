"""Sources -> layers -> overlay: a data release in the build folder, named by a hash of its input.

One builder at a time. Unchanged input is recognised and skipped; changed words without changed shapes make a new
release on the same cells; a build that is killed leaves the last good release in use, and the next one goes on where it
stopped.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from planlib.area import read_area_table
from planlib.build.cells import make_overlay
from planlib.build.given import input_files, is_current, read_given
from planlib.build.lock import one_builder
from planlib.build.progress import Reporter, forget_failure
from planlib.build.releases import make_release
from planlib.errors import InterruptedBuildError, PlanlibError, ReleaseError
from planlib.overlay import Progress
from planlib.release import Release, build_folder


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build came to: the release, its size, how long it took, and whether it was there already."""

    release_id: str
    parcels: int
    cells: int
    seconds: float
    reused: bool


def build(area_folder: Path | str, *, workers: int = 1, progress: Progress | None = None) -> BuildResult:
    """Make or refresh the release of an area.

    Parameters
    ----------
    area_folder
        The folder with ``area.toml``.
    workers
        Processes to cut with.
    progress
        Called with the step, how much of it is done, and out of how much.

    Raises
    ------
    PlanlibError
        The area, a layer or the overlay is refused; the release in use stays in use.
    """
    started = time.perf_counter()
    # A mistyped folder is refused before anything is made.
    read_area_table(area_folder)
    home = build_folder(area_folder)
    release = _unchanged(area_folder, home)
    reused = release is not None
    if release is None:
        with one_builder(area_folder, home, progress):
            # Whoever built while this one waited may have made what is wanted.
            release = _unchanged(area_folder, home)
            reused = release is not None
            release = release or _build(area_folder, home, workers=max(1, workers), report=Reporter(home, progress))
    return BuildResult(release.id, len(release.parcels), release.cell_count, time.perf_counter() - started, reused)


def _unchanged(area_folder: Path | str, home: Path) -> Release | None:
    """Return the release in use when it is whole and what the files say now; nothing is written for that."""
    try:
        given = read_given(area_folder, home)
        if not is_current(area_folder, home, given):
            return None
        release = Release(home, given.release_id)
    except PlanlibError:
        # Said, and kept for the page to say, by the build that follows.
        return None
    forget_failure(home)
    return release


def _build(area_folder: Path | str, home: Path, *, workers: int, report: Reporter) -> Release:
    report.begin()
    try:
        try:
            files_given = input_files(home)
            given = read_given(area_folder, home, files_given)
            make_overlay(home, given, files_given, workers=workers, report=report)
            try:
                release = make_release(home, given)
            except ReleaseError:
                # Its files have their size and still cannot be read.
                shutil.rmtree(home / "overlays" / given.overlay_id, ignore_errors=True)
                make_overlay(home, given, files_given, workers=workers, report=report)
                release = make_release(home, given)
        except OSError as problem:
            raise InterruptedBuildError(
                "The build stopped ({problem}); is there room in {home}? The next build goes on where it stopped.",
                problem=problem.strerror or problem,
                home=home,
            ) from problem
    except PlanlibError as problem:
        report.fail(problem)
        if not isinstance(problem, InterruptedBuildError):
            # What was killed is gone on with; what was refused will never become a release.
            for unfinished in (home / "overlays").glob("*.work"):
                shutil.rmtree(unfinished, ignore_errors=True)
        raise
    report.finish()
    return release


def is_stale(area_folder: Path | str) -> bool:
    """Whether the area was never built, or its input changed since.

    Raises
    ------
    PlanlibError
        The area file or a file it names cannot be read.
    """
    home = build_folder(area_folder)
    return not is_current(area_folder, home, read_given(area_folder, home))
