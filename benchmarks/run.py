"""``python benchmarks/run.py`` is ``python -m benchmarks`` for who stands anywhere else than in the repository."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    runpy.run_module("benchmarks", run_name="__main__", alter_sys=True)
