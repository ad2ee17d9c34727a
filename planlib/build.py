"""Sources -> layers -> overlay: a data release in the build folder, named by a hash of its input.

One builder at a time. Unchanged input is recognised and skipped; changed words without changed shapes make a new
release on the same cells; a build that is killed leaves the last good release in use, and the next one goes on where it
stopped.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from planlib.area import area_from_table, read_area_table
from planlib.catalogue import read_catalogue
from planlib.errors import BuildError, PlanlibError
from planlib.layers import check_file, check_source, overlap_findings, read_parcels
from planlib.model import Area, Finding, LayerSource
from planlib.overlay import (
    OVERLAY_VERSION,
    Plan,
    cut_partition,
    files,
    finding_to_json,
    lattice_step_m,
    make_plan,
    merge_members,
    merge_partitions,
    prepare_member,
    write_parcels,
)
from planlib.release import Release, build_folder, current_release_id

#: Releases that are kept: the one in use, and the one before it, which a server may still have open.
_KEPT_RELEASES = 2
#: Layers smaller than this together are prepared faster in this process than in workers that must start first.
_WORKER_BYTES = 20_000_000

Progress = Callable[[str, int, int], None]


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
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BuildError(
            "The build folder {home} cannot be made ({problem}); set PLANLIB_BUILD_DIR to a folder you may write in.",
            home=home,
            problem=problem,
        ) from problem
    reporter = _Reporter(home, progress)
    with FileLock(home / "build.lock"):
        reporter.begin()
        try:
            given = _read_input(area_folder, home)
            reused = current_release_id(area_folder) == given.release_id and _is_whole(home, given)
            if not reused:
                _make_overlay(home, given, workers=max(1, workers), report=reporter)
                _make_release(home, given)
            release = Release(home, given.release_id)
        except PlanlibError as problem:
            reporter.fail(problem)
            # What was killed is gone on with; what was refused will never become a release.
            for unfinished in (home / "overlays").glob("*.work"):
                shutil.rmtree(unfinished, ignore_errors=True)
            raise
        reporter.finish()
    return BuildResult(release.id, len(release.parcels), release.cell_count, time.perf_counter() - started, reused)


def is_stale(area_folder: Path | str) -> bool:
    """Whether the area was never built, or its input changed since.

    Raises
    ------
    PlanlibError
        The area file or a file it names cannot be read.
    """
    home = build_folder(area_folder)
    given = _read_input(area_folder, home)
    return current_release_id(area_folder) != given.release_id or not _is_whole(home, given)


def read_progress(area_folder: Path | str) -> dict[str, Any] | None:
    """Return the last step a running build reported (step, done, of), None when none is running."""
    try:
        return files.read_json(build_folder(area_folder) / "progress.json")
    except (OSError, ValueError):
        return None


def read_failure(area_folder: Path | str) -> PlanlibError | None:
    """Return why the last build was refused, None when it was not."""
    try:
        record = files.read_json(build_folder(area_folder) / "failure.json")
        return PlanlibError(record["message"], **record["facts"])
    except (OSError, ValueError, KeyError):
        return None


class _Reporter:
    """Tells the caller and the build folder how far a build is, or why it was refused."""

    def __init__(self, home: Path, progress: Progress | None) -> None:
        self._file, self._failure = home / "progress.json", home / "failure.json"
        self._progress = progress

    def begin(self) -> None:
        self._failure.unlink(missing_ok=True)

    def fail(self, problem: PlanlibError) -> None:
        self._file.unlink(missing_ok=True)
        files.write_json(self._failure, {"message": problem.message, "facts": problem.facts})

    def __call__(self, step: str, done: int, of: int) -> None:
        files.write_json(self._file, {"step": step, "done": done, "of": of, "builder": os.getpid()})
        if self._progress:
            self._progress(step, done, of)

    def finish(self) -> None:
        self._file.unlink(missing_ok=True)


def _is_whole(home: Path, given: _Input) -> bool:
    return (home / "overlays" / given.overlay_id / files.SUMMARY).exists()


def _read_input(area_folder: Path | str, home: Path) -> _Input:
    folder, table = read_area_table(area_folder)
    folder = folder.resolve()
    area = area_from_table(table, folder=folder)
    known = read_catalogue().rules
    used = {block["id"]: known[block["id"]] for block in table.get("constraint", []) if block["id"] in known}
    hashes = _FileHashes(home / "inputs.json")
    plan = make_plan(area.constraints)
    parts = [
        OVERLAY_VERSION,
        area.crs,
        hashes.of(area.parcels.source),
        [area.parcels.id_column, area.parcels.registered_area_column, area.parcels.owner_kind_column],
        [[member.name, hashes.of(member.source), member.buffer_m] for member in plan.members],
        [plan.rules, plan.features, plan.coverage],
    ]
    hashes.save()
    overlay_id = _digest(parts)
    return _Input(area, table, used, overlay_id, _digest([overlay_id, str(folder), table, used]))


class _FileHashes:
    """Content hashes of input files; a file whose size and time did not change is not read again."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        try:
            self._known: dict[str, list[Any]] = files.read_json(memory)
        except (OSError, ValueError):
            self._known = {}
        self._seen: dict[str, list[Any]] = {}

    def of(self, source: LayerSource) -> list[str | None]:
        """Return what identifies the rows of a source: content hash, layer and condition."""
        check_file(source.path)
        name, stat = str(source.path), source.path.stat()
        entry = self._known.get(name)
        if entry is None or entry[:2] != [stat.st_size, stat.st_mtime_ns]:
            with source.path.open("rb") as stream:
                entry = [stat.st_size, stat.st_mtime_ns, hashlib.file_digest(stream, "sha256").hexdigest()]
        self._seen[name] = self._known[name] = entry
        return [entry[2], source.layer, source.where]

    def save(self) -> None:
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(self._memory, self._seen)


def _digest(parts: object) -> str:
    canonical = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _make_overlay(home: Path, given: _Input, *, workers: int, report: _Reporter) -> None:
    """Make the overlay of ``given``, unless it stands there; a half-made one of the same name is gone on with."""
    for layer in given.area.context:
        check_source(layer.source, columns=[layer.label_column] if layer.label_column else [])
    target = home / "overlays" / given.overlay_id
    if (target / files.SUMMARY).exists():
        return
    work = target.with_name(f"{given.overlay_id}.work")
    work.mkdir(parents=True, exist_ok=True)
    report("parcels", 0, 1)
    parcels = read_parcels(given.area.parcels, crs=given.area.crs)
    bounds = write_parcels(work, parcels)
    plan = make_plan(given.area.constraints)
    _prepare(work, plan, given.area.crs, parcels.bounds, workers=workers, report=report)
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
    overlaps = _run(cut_partition, tasks, "cells", workers, report, meanwhile=lambda: overlap_findings(parcels))
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
    files.write_json(work / files.SUMMARY, summary)
    shutil.rmtree(target, ignore_errors=True)
    work.replace(target)


def _prepare(work: Path, plan: Plan, crs: str, bounds: tuple, *, workers: int, report: _Reporter) -> None:
    tasks = [(str(work), index, member, crs, bounds) for index, member in enumerate(plan.members)]
    size = sum(path.stat().st_size for path in {member.source.path for member in plan.members})
    _run(prepare_member, tasks, "layers", workers if size > _WORKER_BYTES else 1, report)


def _run(
    function: Callable[..., None],
    tasks: Sequence[tuple],
    step: str,
    workers: int,
    report: _Reporter,
    *,
    meanwhile: Callable[[], list[Finding]] = list,
) -> list[Finding]:
    """Run ``function`` on every task, in this process or in a pool; return what ``meanwhile`` found."""
    report(step, 0, len(tasks))
    if workers == 1 or len(tasks) < 2:
        for done, task in enumerate(tasks, start=1):
            function(*task)
            report(step, done, len(tasks))
        return meanwhile()
    # Started afresh, not forked: the server that may have asked for this build runs threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context, initializer=_end_with_parent) as pool:
        try:
            waiting = {pool.submit(function, *task) for task in tasks}
            found = meanwhile()
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for task in ready:
                    task.result()
                report(step, len(tasks) - len(waiting), len(tasks))
        except BrokenProcessPool as problem:
            raise BuildError(
                "A worker stopped, probably for lack of memory; build again with fewer --workers, "
                "it goes on where it stopped."
            ) from problem
        finally:
            pool.shutdown(cancel_futures=True)
    return found


def _end_with_parent() -> None:
    """Let this worker end when the build is killed: a pool's worker waits for more for ever, and keeps its memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _make_release(home: Path, given: _Input) -> None:
    """Write the release and put it in use; drop what nothing refers to any more."""
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
    Release(home, given.release_id)
    files.write_json(home / "current.json", {"release": given.release_id})
    newest = sorted(releases.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in newest[_KEPT_RELEASES:]:
        old.unlink()
    kept = {files.read_json(path)["overlay"] for path in newest[:_KEPT_RELEASES]}
    for folder in (home / "overlays").iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
