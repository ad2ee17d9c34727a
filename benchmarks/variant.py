"""Another distance around a rule, beside a whole build: only the parcels that the rule touches are cut again."""

from __future__ import annotations

import time

from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import area_folder
from planlib.build.variant import build_variant
from planlib.overlay import files
from planlib.release import Release, build_folder

#: Rules and the distance that is asked about, in metres: one with a distance already, and two that get one.
_ASKED_M = {"bench_noise": 100.0, "bench_odour": 30.0, "bench_pipeline": 20.0}


def measure(setting: Setting) -> Part:
    """Make a variant of each of a few rules on the middle area."""
    whole = setting.builds.quickest(setting.middle)
    folder = area_folder(setting.middle)
    figures, details = [], {}
    for rule_id, distance in _ASKED_M.items():
        started = time.perf_counter()
        made = build_variant(folder, {rule_id: distance}, workers=2)
        seconds = time.perf_counter() - started
        recut = files.read_json(Release(build_folder(folder), made).folder / files.SUMMARY)["recut"]
        note = f"{recut:,} parcels cut again; a whole build takes {whole.run.seconds / seconds:.1f} times as long"
        figures.append(Figure(f"{rule_id} at {distance:g} m", seconds, "s", setting.aim(5.0), note=note))
        details[rule_id] = {"seconds": round(seconds, 2), "recut": recut}
    title = f"Variant: {whole.parcels:,} parcels x 20 rules, another distance around one"
    return Part("variant", title, tuple(figures), {"whole_s": round(whole.run.seconds, 2), **details})
