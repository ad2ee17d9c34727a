"""A new scenario or use on a release in memory."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import area_folder
from benchmarks.measure import spread
from planlib.insight import rule_insights
from planlib.model import Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess

_SCENARIOS = 200
_STATES = tuple(State)
_USES = (None, *Use)


def measure(setting: Setting) -> Part:
    """Time many random scenarios: all parcels, totals only, and what each rule holds."""
    setting.builds.release(setting.large)
    started = time.perf_counter()
    release = open_release(area_folder(setting.large))
    opened = time.perf_counter() - started
    started = time.perf_counter()
    _everything(release, Scenario())
    first = time.perf_counter() - started
    rng = np.random.default_rng(5)
    scenarios = [_random_scenario(rng, release) for _ in range(_SCENARIOS)]
    taken = {"parcels": [], "totals": [], "insights": []}
    for scenario in scenarios:
        taken["parcels"].append(_ms(lambda chosen=scenario: assess(release, chosen).parcel_areas_m2))
        taken["totals"].append(_ms(lambda chosen=scenario: assess(release, chosen).totals_m2))
        taken["insights"].append(_ms(lambda chosen=scenario: rule_insights(assess(release, chosen))))
        _verify(assess(release, scenario))
    spreads = {name: spread(values) for name, values in taken.items()}
    figures = (
        Figure("new scenario or use, all parcels, median", spreads["parcels"]["p50"], "ms", setting.aim(50)),
        Figure("new scenario or use, all parcels, 95th percentile", spreads["parcels"]["p95"], "ms", setting.aim(50)),
        Figure("totals only, median", spreads["totals"]["p50"], "ms", setting.aim(1)),
        Figure("totals only, 95th percentile", spreads["totals"]["p95"], "ms", setting.aim(1)),
        Figure("what each rule holds, median", spreads["insights"]["p50"], "ms"),
        Figure("what each rule holds, 95th percentile", spreads["insights"]["p95"], "ms"),
        Figure("open the release", opened, "s", note="once per server"),
        Figure("first scenario after opening, with insights", first, "s", note="fills what later ones share"),
    )
    details = {
        "parcels": len(release.parcels),
        "rows": len(release.row_code),
        "signatures": len(release.signatures),
        **{f"{name}_ms": value for name, value in spreads.items()},
    }
    title = (
        f"Scenario: {len(release.parcels):,} parcels in memory, {len(release.row_code):,} rows, "
        f"{len(release.signatures):,} signatures, {_SCENARIOS} random scenarios and uses"
    )
    return Part("scenario", title, figures, details)


def _everything(release: Release, scenario: Scenario) -> None:
    assessment = assess(release, scenario)
    _verify(assessment)
    rule_insights(assessment)


def _verify(assessment: Assessment) -> None:
    """Refuse figures of a wrong answer: totals must be the sums over the parcels."""
    apart = np.abs(assessment.parcel_areas_m2.sum(axis=0) - assessment.totals_m2)
    if (apart > 1e-6 * assessment.totals_m2.sum()).any():
        raise RuntimeError(f"Totals and parcels differ by {apart} m2: the figures are void.")


def _random_scenario(rng: np.random.Generator, release: Release) -> Scenario:
    """Return a scenario with a random use and up to six rules in a random state."""
    changed = rng.choice(len(release.rules), rng.integers(0, 7), replace=False)
    states = {release.rules[at].id: _STATES[rng.integers(len(_STATES))] for at in changed}
    return Scenario(use=_USES[rng.integers(len(_USES))], states=states)


def _ms(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1e3
