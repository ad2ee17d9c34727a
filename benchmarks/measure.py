"""Running a process and saying what it took: wall time, CPU time, and the memory of it and all it started."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

REPOSITORY = Path(__file__).resolve().parents[1]
_SAMPLE_SECONDS = 0.05
_LIBRARIES = ("numpy", "scipy", "shapely", "geopandas", "pyogrio", "pyarrow", "pandas", "streamlit")


@dataclass(frozen=True, slots=True)
class Run:
    """What a finished process took; ``peak_gb`` is what it and all it started held at once (shared memory twice)."""

    seconds: float
    cpu_seconds: float
    peak_gb: float
    output: str

    def figures(self) -> dict[str, float]:
        """Return the three figures, rounded to what they can bear."""
        kept = {name: round(value, 2) for name, value in asdict(self).items() if name != "output"}
        return {**kept, "load": round(os.getloadavg()[0], 1)}


def run_python(arguments: Sequence[str], *, environment: dict[str, str] | None = None) -> Run:
    """Run this Python afresh with ``arguments`` in the repository and return what it took, imports included.

    Raises
    ------
    RuntimeError
        It did not end well.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        with _MemoryWatch(process.pid) as memory:
            output, _ = process.communicate()
        seconds = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}:\n{said.read()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu, memory.peak_bytes / 1e9, output)


class _MemoryWatch:
    """Samples the resident memory of a process and everything below it."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, sum(_resident_bytes(pid) for pid in _tree(self._pid)))


def _tree(pid: int) -> list[int]:
    """Return a process and all below it; one that ends meanwhile is left out."""
    pids = [pid]
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return pids
    for child in children:
        pids += _tree(child)
    return pids


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def timings_ms(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Call each once; return the median and the 95th percentile in milliseconds."""
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1e3)
    return spread(taken)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return how many values there are, their median and their 95th percentile."""
    return {
        "n": len(values),
        "p50": round(float(np.quantile(values, 0.5)), 3),
        "p95": round(float(np.quantile(values, 0.95)), 3),
    }


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of log(seconds) over log(size): 1 is linear."""
    return round(float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]), 2)


def machine() -> dict[str, Any]:
    """Return cores, memory, system and versions."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "cores": cores,
        "memory_gb": round(memory, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "geos": shapely.geos_version_string,
        **{name: importlib.metadata.version(name) for name in _LIBRARIES},
    }
