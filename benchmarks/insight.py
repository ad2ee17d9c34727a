"""Which rule holds what and what must move, on a release in memory, and the search for sets by itself at 500 rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import area_folder
from benchmarks.measure import timings_ms
from planlib.insight import body_insights, held_together_m2, partners, rule_insights, smallest_sets
from planlib.insight.land import Land, outcomes_m2, whole_area
from planlib.insight.minimal_sets import minimal_sets, take_away
from planlib.model import Outcome, Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess

_SCENARIOS = 50
_SHARES = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95)
#: A table far beyond what an area has.
_RULES, _SIGNATURES = 500, 20_000


def measure(setting: Setting) -> Part:
    """Time every question to the whole area under random scenarios in which many rules can move."""
    setting.builds.release(setting.large)
    release = open_release(area_folder(setting.large))
    land = whole_area(release)
    rng = np.random.default_rng(7)
    assessments = [assess(release, _random_scenario(rng, release)) for _ in range(_SCENARIOS)]
    rule_insights(assessments[0], land)
    reachable = [_verified(assessment, land) for assessment in assessments]
    asked = [
        (assessment, share * most)
        for assessment, most in zip(assessments, reachable, strict=True)
        for share in _SHARES
        if most > 0
    ]
    taken = {
        "per rule": timings_ms([lambda now=now: rule_insights(now, land) for now in assessments]),
        "with which others one rule holds land": timings_ms(
            [lambda now=now: partners(now, land, release.rules[0]) for now in assessments]
        ),
        "which two rules hold how much together": timings_ms(
            [lambda now=now: held_together_m2(now, land) for now in assessments]
        ),
        "per body": timings_ms([lambda now=now: body_insights(now, land) for now in assessments]),
        "smallest sets that must move": timings_ms(
            [lambda now=now, wanted=wanted: smallest_sets(now, land, wanted) for now, wanted in asked]
        ),
    }
    many = _many_rules(rng)
    figures = [
        Figure(f"{what}, 95th percentile", times["p95"], "ms", setting.aim(100), note=f"median {times['p50']:.3g} ms")
        for what, times in taken.items()
    ]
    figures.append(
        Figure(
            f"smallest sets among {_RULES} rules on {_SIGNATURES:,} signatures, 95th percentile",
            many["p95"],
            "ms",
            setting.aim(1000),
            note=f"median {many['p50']:.3g} ms",
        )
    )
    title = (
        f"Insight: {len(release.parcels):,} parcels in memory, {len(release.signatures):,} signatures, "
        f"{_SCENARIOS} random scenarios"
    )
    return Part("insight", title, tuple(figures), {**taken, "many": many})


def _random_scenario(rng: np.random.Generator, release: Release) -> Scenario:
    """Return a scenario with a random use in which about two in three rules can move, and some moved already."""
    kinds = rng.choice([State.MOVABLE, State.MOVABLE, State.MOVABLE, State.HARD, State.MOVED], len(release.rules))
    states = {rule.id: State(kind) for rule, kind in zip(release.rules, kinds, strict=True)}
    return Scenario(use=list(Use)[rng.integers(len(Use))], states=states)


def _verified(assessment: Assessment, land: Land) -> float:
    """Return what can come free; refuse figures of a wrong answer: a set gives what its scenario gives."""
    every = smallest_sets(assessment, land)
    half = smallest_sets(assessment, land, every.reachable_m2 / 2)
    for found in [*half.sets, *([half.enough] if half.enough else [])]:
        states = dict(assessment.scenario.states) | dict.fromkeys((rule.id for rule in found.rules), State.MOVED)
        moved = assess(assessment.release, Scenario(use=assessment.scenario.use, states=states))
        gain = _open_m2(moved, land) - _open_m2(assessment, land)
        if abs(gain - found.gain_m2) > 1e-6 * land.area_m2:
            raise RuntimeError(f"A set gives {found.gain_m2} m2 and its scenario {gain} m2: the figures are void.")
    return every.reachable_m2


def _open_m2(assessment: Assessment, land: Land) -> float:
    of = outcomes_m2(assessment, land)
    return of[Outcome.FREE] + of[Outcome.CONDITIONAL]


def _many_rules(rng: np.random.Generator) -> dict[str, float]:
    """Return how long the search takes among many rules of which a few hold much and most hold little."""
    weight = 1 / np.arange(1, _RULES + 1) ** 0.7
    held_by = [
        rng.choice(_RULES, rng.integers(1, 9), replace=False, p=weight / weight.sum()) for _ in range(_SIGNATURES)
    ]
    row = np.repeat(np.arange(_SIGNATURES), [len(rules) for rules in held_by])
    ones = np.ones(len(row), dtype=np.int32)
    held = csr_array((ones, (row, np.concatenate(held_by))), shape=(_SIGNATURES, _RULES))
    area = rng.gamma(0.4, 5000, _SIGNATURES)

    def search(goal: float) -> Callable[[], object]:
        return lambda: minimal_sets(held, area, goal, most=10).count or take_away(held, area, goal)

    return timings_ms([search(share * float(area.sum())) for share in (0.0001, 0.001, 0.003, *_SHARES[1:])])
