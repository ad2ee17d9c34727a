"""Files to cells on disk, beside one ``geopandas.overlay`` of the hard rules, on the same files in the same run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable

from benchmarks.builds import Builds
from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import area_folder
from benchmarks.measure import Run, run_python
from planlib.model import OUTCOMES, Outcome, Scenario
from planlib.scenario import assess

#: Both ways must find the same free area within this share of it, or the comparison is worth nothing.
_AGREEMENT = 1e-6


def measure(setting: Setting) -> Part:
    """Compare planlib with geopandas: they take turns, and the quickest turn of each counts.

    Raises
    ------
    RuntimeError
        The two disagree about the free area.
    """
    size, folder = setting.middle, area_folder(setting.middle)
    others: list[tuple[Run, float]] = []
    for turn in range(1, setting.repeats + 1):
        setting.builds.quickest(size, workers=2, times=turn)
        run = run_python(["-m", "benchmarks.peer", str(folder)])
        others.append((run, json.loads(run.output)["free_m2"]))
        setting.builds.quickest(size, workers=1, times=turn)
    two, one = (setting.builds.quickest(size, workers=workers, times=setting.repeats) for workers in (2, 1))
    other, other_free = min(others, key=lambda item: item[0].seconds)
    free = free_of_hard_m2(setting.builds, size)
    difference = abs(free - other_free) / other_free
    if difference > _AGREEMENT:
        raise RuntimeError(f"planlib finds {free} m2 free of hard rules, geopandas {other_free}: the ratio is void.")
    median = _median_seconds(run for run, _ in others) / _median_seconds(setting.builds.runs(size, workers=2))
    figures = (
        Figure("geopandas.overlay, 15 hard rules", other.seconds, "s", note="reads and overlays, writes nothing"),
        Figure("planlib build, 20 rules, 2 workers", two.run.seconds, "s", note="all outcomes, cells on disk"),
        Figure("planlib build, 20 rules, 1 worker", one.run.seconds, "s"),
        Figure("geopandas : planlib, 2 workers", other.seconds / two.run.seconds, "x", setting.aim(4), least=True),
        Figure("geopandas : planlib, 1 worker", other.seconds / one.run.seconds, "x"),
        Figure("geopandas : planlib, 2 workers, median turns", median, "x", note="more at the mercy of other work"),
        Figure("geopandas : planlib, CPU time", other.cpu_seconds / one.run.cpu_seconds, "x"),
        Figure(
            "difference in free area, as a share", difference, "", _AGREEMENT, note="must agree for ratios to count"
        ),
    )
    details = {
        "parcels": two.parcels,
        "cells": two.cells,
        "free_of_hard_m2": {"planlib": free, "geopandas": other_free},
        "geopandas": [run.figures() for run, _ in others],
        "planlib_2_workers": [run.figures() for run in setting.builds.runs(size, workers=2)],
        "planlib_1_worker": [run.figures() for run in setting.builds.runs(size, workers=1)],
    }
    title = f"Overlay: {two.parcels:,} parcels x 20 rules, whole process from files to cells ({two.cells:,})"
    return Part("overlay", title, figures, details)


def _median_seconds(runs: Iterable[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def free_of_hard_m2(builds: Builds, size: str) -> float:
    """Return the area that is not blocked when every rule counts with its strictest state."""
    totals = assess(builds.release(size), Scenario()).totals_m2
    return float(totals.sum() - totals[OUTCOMES.index(Outcome.BLOCKED)])
