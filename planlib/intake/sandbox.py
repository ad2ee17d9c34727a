"""A process of its own for a file from anybody: bounded in time and memory, it writes nothing and knows nothing."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from planlib.errors import LayerError
from planlib.intake.gate import check_bytes
from planlib.intake.inspect import Inspection

SECONDS = 90
_MEMORY_BYTES = 6 * 2**30
#: What the process may know of its surroundings: where its libraries stand, nothing that could be a secret.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "OPENBLAS_CORETYPE")


def inspect_in_sandbox(path: Path, *, crs: str | None = None, seconds: float = SECONDS) -> Inspection:
    """Return what a file holds, read by another process that is stopped when it takes too long or too much.

    ``crs`` is where a person said that the file lies, when it does not say so itself.

    Raises
    ------
    LayerError
        The file is refused at the gate, takes too long, takes too much memory, or makes its reader fall over.
    """
    check_bytes(path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "planlib.intake.inspect", str(path.resolve()), *([crs] if crs else [])],
            cwd=Path(__file__).parents[2],
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            preexec_fn=_limit,
        )
    except subprocess.TimeoutExpired:
        raise LayerError(
            "{name} takes longer than {seconds} seconds to read; simplify it, or cut it to the area.",
            name=path.name,
            seconds=round(seconds),
        ) from None
    if done.returncode != 0:
        raise LayerError(
            "{name} cannot be read: its reader stopped. Open it in QGIS, save it as a GeoPackage and try that.",
            name=path.name,
        )
    try:
        return Inspection.from_json(done.stdout.decode())
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as problem:
        raise LayerError("{name} cannot be read: {problem}.", name=path.name, problem=problem) from problem


def _limit() -> None:
    """Bound this process, just before it becomes the reader: memory, time on a core, and the size of any file."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
