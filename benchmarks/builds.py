"""Fresh builds as a user starts them, each measured as a process of its own; one run of the benchmarks shares them."""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from benchmarks.generate import area_folder, bench_folder
from benchmarks.measure import Run, run_python
from planlib.release import BUILD_DIR_VARIABLE, Release, build_folder, open_release


class Built(NamedTuple):
    """One measured build, and what it said it made."""

    run: Run
    parcels: int
    cells: int


class Builds:
    """The builds of one run of the benchmarks, by size, rules and workers."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, int, int], list[Built]] = defaultdict(list)
        # For this process, which opens what was built, and for all that it starts.
        os.environ[BUILD_DIR_VARIABLE] = str(bench_folder() / "builds")

    def quickest(self, size: str, *, rules: int = 20, workers: int = 2, times: int = 1) -> Built:
        """Return the one of at least ``times`` builds, from files to cells on disk, that other work disturbed least."""
        done = self._done[size, rules, workers]
        while len(done) < times:
            done.append(build_afresh(area_folder(size, rules=rules), workers=workers))
        return min(done, key=lambda built: built.run.seconds)

    def runs(self, size: str, *, rules: int = 20, workers: int = 2) -> list[Run]:
        """Return every build of this kind that was measured so far, in the order of their turns."""
        return [built.run for built in self._done[size, rules, workers]]

    def release(self, size: str) -> Release:
        """Return the release of an area under twenty rules; it is built when this run has not done so."""
        if not any(done[:2] == (size, 20) for done in self._done):
            self.quickest(size)
        return open_release(area_folder(size))


def build_afresh(folder: Path, *, workers: int) -> Built:
    """Build an area in an empty build folder, by the command line."""
    shutil.rmtree(build_folder(folder), ignore_errors=True)
    run = run_python(["-m", "planlib", "build", str(folder), "--workers", str(workers), "--json"])
    said = json.loads(run.output)
    return Built(run, said["parcels"], said["cells"])
