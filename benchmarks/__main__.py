"""``python -m benchmarks``: measure everything side by side in one run, print it, and write it down."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks import answers, browser, growth, insight, large, overlay, pins, register, scenario, sources, variant
from benchmarks.builds import Builds
from benchmarks.figures import Measure, Part, Setting
from benchmarks.measure import machine
from benchmarks.report import as_text, write_results

#: In this order, so that a build that several parts look at is timed by the part that it matters to most.
PARTS: dict[str, Measure] = {
    "overlay": overlay.measure,
    "variant": variant.measure,
    "large": large.measure,
    "scenario": scenario.measure,
    "insight": insight.measure,
    "register": register.measure,
    "growth": growth.measure,
    "sources": sources.measure,
    "browser": browser.measure,
    "answers": answers.measure,
    "pins": pins.measure,
}
_HERE = Path(__file__).parent


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; return 0 when all of them could be measured."""
    arguments = _arguments(argv)
    setting = Setting(Builds())
    if arguments.quick:
        setting = Setting(Builds(), middle="small", large="middle", repeats=1, held=False)
    about = {"date": arguments.date.isoformat(), "load": round(os.getloadavg()[0], 1), "machine": machine()}
    if arguments.quick:
        about["quick"] = True
    done: list[Part] = []
    failures: dict[str, str] = {}
    for name in arguments.only or PARTS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        try:
            done.append(PARTS[name](setting))
        except RuntimeError as problem:
            failures[name] = str(problem)
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    # Only a whole run is worth keeping beside the code.
    whole = not arguments.quick and not arguments.only
    write_results(_HERE if whole else _HERE / "out", done, failures, about)
    print(as_text(done, failures, about))
    return 1 if failures else 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each: does it run at all")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given more than once")
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="date to write down")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
