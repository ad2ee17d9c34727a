"""Sources -> layers -> overlay: a data release in the build folder, named by a hash of its input.

One builder at a time. Unchanged input is recognised and skipped; changed words without changed shapes make a new
release on the same cells; a build that is killed leaves the last good release in use, and the next one goes on where it
stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from planlib.area import area_from_table, read_area_table
from planlib.catalogue import read_catalogue
from planlib.errors import BuildError, InterruptedBuildError, PlanlibError, ReleaseError
from planlib.layers import overlap_findings, read_parcels
from planlib.layers.check import check_context
from planlib.model import Area
from planlib.overlay import (
    OVERLAY_VERSION,
    InputFiles,
    Plan,
    Progress,
    cut_partition,
    files,
    finding_to_json,
    lattice_step_m,
    make_plan,
    merge_members,
    merge_partitions,
    prepare_member,
    run_tasks,
    write_parcels,
)
from planlib.release import Release, build_folder, current_release_id

#: Releases that are kept: the one in use, and the one before it, which a server may still have open.
_KEPT_RELEASES = 2
#: Layers smaller than this together are prepared faster in this process than in workers that must start first.
_WORKER_BYTES = 20_000_000
_INPUTS, _FAILURE = "inputs.json", "failure.json"


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build came to: the release, its size, how long it took, and whether it was there already."""

    release_id: str
    parcels: int
    cells: int
    seconds: float
    reused: bool


@dataclass(frozen=True, slots=True)
class _Input:
    """An area as it stands on disk now, with the names that its content gives its overlay and its release."""

    area: Area
    table: dict[str, Any]
    catalogue: dict[str, Any]
    overlay_id: str
    release_id: str


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
        with _one_builder(area_folder, home, progress):
            # Whoever built while this one waited may have made what is wanted.
            release = _unchanged(area_folder, home)
            reused = release is not None
            release = release or _build(area_folder, home, workers=max(1, workers), report=_Reporter(home, progress))
    return BuildResult(release.id, len(release.parcels), release.cell_count, time.perf_counter() - started, reused)


def _unchanged(area_folder: Path | str, home: Path) -> Release | None:
    """Return the release in use when it is whole and what the files say now; nothing is written for that."""
    try:
        given = _read_input(area_folder, home)
        if not _is_current(area_folder, home, given):
            return None
        release = Release(home, given.release_id)
    except PlanlibError:
        # Said, and kept for the page to say, by the build that follows.
        return None
    with suppress(OSError):
        (home / _FAILURE).unlink(missing_ok=True)
    return release


@contextmanager
def _one_builder(area_folder: Path | str, home: Path, progress: Progress | None) -> Iterator[None]:
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
        _read_input(area_folder, home)
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


def _build(area_folder: Path | str, home: Path, *, workers: int, report: _Reporter) -> Release:
    report.begin()
    try:
        try:
            files_given = InputFiles(home / _INPUTS)
            given = _read_input(area_folder, home, files_given)
            _make_overlay(home, given, files_given, workers=workers, report=report)
            try:
                release = _make_release(home, given)
            except ReleaseError:
                # Its files have their size and still cannot be read.
                shutil.rmtree(home / "overlays" / given.overlay_id, ignore_errors=True)
                _make_overlay(home, given, files_given, workers=workers, report=report)
                release = _make_release(home, given)
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
    return not _is_current(area_folder, home, _read_input(area_folder, home))


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


class _Reporter:
    """Tells the caller and the build folder how far a build is, or why it was refused."""

    def __init__(self, home: Path, progress: Progress | None) -> None:
        self._file, self._failure = home / "progress.json", home / _FAILURE
        self._progress = progress

    def begin(self) -> None:
        self._failure.unlink(missing_ok=True)

    def fail(self, problem: PlanlibError) -> None:
        # A full disk is one of the things that go wrong.
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
            files.write_json(self._failure, {"message": problem.message, "facts": problem.facts})

    def __call__(self, step: str, done: int, of: int) -> None:
        files.write_json(self._file, {"step": step, "done": done, "of": of, "builder": os.getpid()})
        if self._progress:
            self._progress(step, done, of)

    def finish(self) -> None:
        self._file.unlink(missing_ok=True)


def _is_current(area_folder: Path | str, home: Path, given: _Input) -> bool:
    return current_release_id(area_folder) == given.release_id and files.is_whole(home / "overlays" / given.overlay_id)


def _read_input(area_folder: Path | str, home: Path, inputs: InputFiles | None = None) -> _Input:
    folder, table = read_area_table(area_folder)
    folder = folder.resolve()
    area = area_from_table(table, folder=folder)
    rules = [*area.constraints, *(item.constraint for item in area.left_out)]
    used = read_catalogue().used_by(rule.id for rule in rules)
    inputs = inputs or InputFiles(home / _INPUTS)
    plan = make_plan(area.constraints)
    parts = [
        OVERLAY_VERSION,
        area.crs,
        inputs.of(area.parcels.source),
        [area.parcels.id_column, area.parcels.registered_area_column, area.parcels.owner_kind_column],
        [[member.name, inputs.of(member.source), member.buffer_m] for member in plan.members],
        [plan.rules, plan.features, plan.coverage],
    ]
    inputs.save()
    overlay_id = _digest(parts)
    return _Input(area, table, used, overlay_id, _digest([overlay_id, str(folder), table, used]))


def _digest(parts: object) -> str:
    canonical = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _make_overlay(home: Path, given: _Input, inputs: InputFiles, *, workers: int, report: _Reporter) -> None:
    """Make the overlay of ``given``, unless it stands there; a half-made one of the same name is gone on with."""
    for layer in given.area.context:
        check_context(layer, crs=given.area.crs)
    target = home / "overlays" / given.overlay_id
    if files.is_whole(target):
        return
    work = target.with_name(f"{given.overlay_id}.work")
    work.mkdir(parents=True, exist_ok=True)
    report("parcels", 0, 1)
    parcels = read_parcels(given.area.parcels, crs=given.area.crs)
    bounds = write_parcels(work, parcels)
    plan = make_plan(given.area.constraints)
    _prepare(work, plan, given.area.crs, parcels.bounds, workers=workers, report=report)
    inputs.require_unchanged()
    findings = [*parcels.findings, *merge_members(work, len(plan.members))]
    step = lattice_step_m(parcels.bounds)
    files.write_json(
        work / files.PLAN,
        {
            "rules": plan.rules,
            "members": len(plan.members),
            "features": plan.features,
            "coverage": plan.coverage,
            "lattice_step_m": step,
        },
    )
    # The parent has time while workers cut; it holds all parcels anyway.
    tasks = [(str(work), index) for index in range(len(bounds))]
    overlaps = run_tasks(cut_partition, tasks, "cells", workers, report, meanwhile=lambda: overlap_findings(parcels))
    report("release", 0, 1)
    cells = merge_partitions(work, len(bounds))
    summary = {
        "rules": plan.rules,
        "cells": cells,
        "bounds": bounds,
        "lattice_step_m": step,
        "findings": [finding_to_json(finding) for finding in [*findings, *overlaps]],
    }
    for leftover in [*work.glob("member-*.parquet"), work / files.PLAN]:
        leftover.unlink()
    files.seal(work, summary)
    shutil.rmtree(target, ignore_errors=True)
    work.replace(target)


def _prepare(work: Path, plan: Plan, crs: str, bounds: tuple, *, workers: int, report: _Reporter) -> None:
    tasks = [(str(work), index, member, crs, bounds) for index, member in enumerate(plan.members)]
    size = sum(path.stat().st_size for path in {member.source.path for member in plan.members})
    run_tasks(prepare_member, tasks, "layers", workers if size > _WORKER_BYTES else 1, report)


def _make_release(home: Path, given: _Input) -> Release:
    """Write the release and put it in use, drop what nothing refers to any more, and return it."""
    releases = home / "releases"
    releases.mkdir(exist_ok=True)
    record = {
        "overlay": given.overlay_id,
        "folder": str(given.area.path),
        "area": given.table,
        "catalogue": given.catalogue,
    }
    files.write_json(releases / f"{given.release_id}.json", record)
    # A release that cannot be opened must never come into use.
    release = Release(home, given.release_id)
    files.write_json(home / "current.json", {"release": given.release_id})
    newest = sorted(releases.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in newest[_KEPT_RELEASES:]:
        old.unlink()
    kept = {_overlay_of(path) for path in newest[:_KEPT_RELEASES]}
    for folder in (home / "overlays").iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    return release


def _overlay_of(record: Path) -> str | None:
    try:
        return str(files.read_json(record)["overlay"])
    except (OSError, ValueError, KeyError, TypeError):
        # A damaged record of an earlier release; nobody can open it.
        return None
