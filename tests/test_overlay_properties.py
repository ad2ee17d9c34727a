"""What holds for every map: the five areas are the true ones, and rules only ever take land away."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, Polygon

import planlib.overlay.prepare
from tests.areas import OUTCOMES, USES, Rule, at_origin, box, free, insight, outcomes, succeed, truth, write_area
from tests.layouts import SCENARIO_STATES, folder, parcels, rules, scenario_options, shapes, village

Parcels = dict[str, Geometry]
#: A node is rounded to the nearest float, some 6e-11 m; over borders of hundreds of metres that is far less than this.
EXACT_M2 = 1e-5


def assert_same(one: dict[str, dict[str, float]], other: dict[str, dict[str, float]], *, within: float) -> None:
    """Insist that two tables of ``free`` hold the same parcels with the same areas."""
    assert one.keys() == other.keys()
    for parcel, row in one.items():
        assert row == pytest.approx(other[parcel], rel=1e-9, abs=within), parcel


@given(parcels(), rules(), st.sampled_from([None, *USES]), st.data())
def test_areas_are_the_exact_ones_and_add_up(
    here: Parcels, limits: list[Rule], use: str | None, data: st.DataObject
) -> None:
    ids = st.sampled_from([rule.id for rule in limits])
    states = data.draw(st.dictionaries(ids, st.sampled_from(SCENARIO_STATES), max_size=2))
    with folder() as area:
        write_area(area, here, limits)
        table = free(area, *scenario_options(states, use))
        per_rule = insight(area, *scenario_options(states, use))
    assert table.keys() == here.keys()
    held = {rule.id: np.zeros(2) for rule in limits}
    for parcel, shape in here.items():
        true = truth(shape, limits, use=use, states=states)
        assert table[parcel]["area"] == pytest.approx(shape.area, rel=1e-9, abs=1e-9)
        assert sum(outcomes(table[parcel]).values()) == pytest.approx(table[parcel]["area"], rel=1e-6, abs=0)
        assert outcomes(table[parcel]) == pytest.approx(true.outcomes, rel=1e-6, abs=EXACT_M2)
        for rule in limits:
            held[rule.id] += true.covered[rule.id], true.sole[rule.id]
    for rule_id, (covered, sole) in held.items():
        assert per_rule[rule_id]["covered_m2"] == pytest.approx(covered, rel=1e-6, abs=EXACT_M2)
        assert per_rule[rule_id]["sole_m2"] == pytest.approx(sole, rel=1e-6, abs=EXACT_M2)


@given(parcels(), rules(), st.lists(shapes, min_size=1, max_size=3))
@settings(max_examples=15)
def test_one_more_hard_rule_never_frees_land(here: Parcels, limits: list[Rule], more: list[Geometry]) -> None:
    with folder() as before, folder() as after:
        write_area(before, here, limits)
        write_area(after, here, [*limits, Rule("extra", more)])
        then, now = free(before), free(after)
    for parcel, row in now.items():
        assert row["free"] <= then[parcel]["free"] + EXACT_M2
        assert row["free"] + row["conditional"] <= then[parcel]["free"] + then[parcel]["conditional"] + EXACT_M2
        assert row["blocked"] >= then[parcel]["blocked"] - EXACT_M2


@given(parcels(), rules())
@settings(max_examples=15)
def test_choosing_a_use_can_only_take_rules_away(here: Parcels, limits: list[Rule]) -> None:
    with folder() as area:
        write_area(area, here, limits)
        for_all = free(area)
        for use in USES[:4]:
            for parcel, row in free(area, "--use", use).items():
                assert row["free"] >= for_all[parcel]["free"] - 1e-9
                assert row["blocked"] <= for_all[parcel]["blocked"] + 1e-9


@given(parcels(), rules(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_layers_and_of_features_does_not_matter(here: Parcels, limits: list[Rule], random: Random) -> None:
    turned = [
        Rule(rule.id, random.sample(list(rule.shapes), len(rule.shapes)), rule.state, rule.coverage, rule.uses)
        for rule in limits
    ]
    random.shuffle(turned)
    names = list(here)
    random.shuffle(names)
    with folder() as one, folder() as other:
        write_area(one, here, limits)
        write_area(other, {name: here[name] for name in names}, turned)
        assert_same(free(one), free(other), within=EXACT_M2)


def on_grid(shape: Geometry, limits: list[Rule], *, grid: float = 1e-5) -> dict[str, float]:
    """Return the five areas by plain shapely on a grid, one rule after the other."""
    left = shape
    areas = dict.fromkeys(OUTCOMES, 0.0)

    def take(outcome: str, where: list[Geometry]) -> None:
        nonlocal left
        for taken in where:
            areas[outcome] += shapely.area(shapely.intersection(left, taken, grid_size=grid))
            left = shapely.difference(left, taken, grid_size=grid)

    by_state = {
        state: [shape for rule in limits if rule.state == state for shape in rule.shapes]
        for state in ("hard", "movable", "condition")
    }
    lacking: dict[str, list[Geometry]] = {"hard": [], "movable": [], "condition": []}
    for rule in limits:
        if not isinstance(rule.coverage, str):
            known = shapely.union_all([*rule.coverage, *rule.shapes], grid_size=grid)
            lacking[str(rule.state)].append(shapely.difference(shape, known, grid_size=grid))
    take("blocked", by_state["hard"])
    take("unknown", lacking["hard"] + lacking["movable"])
    take("movable", by_state["movable"])
    take("conditional", by_state["condition"] + lacking["condition"])
    areas["free"] = shapely.area(left)
    return areas


@pytest.mark.parametrize("seed", [1, 2])
def test_a_village_equals_plain_shapely_on_a_grid(seed: int, tmp_path: Path) -> None:
    here, limits = village(seed)
    table = free(write_area(tmp_path / "area", here, limits))
    for parcel, shape in here.items():
        # Every corner of a shape may move by half a grid cell, along a border of some 200 m.
        assert outcomes(table[parcel]) == pytest.approx(on_grid(shape, limits), abs=5e-3), parcel
        assert sum(outcomes(table[parcel]).values()) == pytest.approx(shape.area, rel=1e-6)


def test_parcels_at_partition_borders_come_out_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, limits = village(4, across=5)
    area = write_area(tmp_path / "area", here, limits)
    whole = free(area)
    for size in (1, 6):
        monkeypatch.setattr(planlib.overlay.prepare, "PARTITION_PARCELS", size)
        monkeypatch.setenv("PLANLIB_BUILD_DIR", str(tmp_path / f"parts-of-{size}"))
        assert_same(free(area), whole, within=1e-9)


def test_two_workers_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, limits = village(5)
    area = write_area(tmp_path / "area", here, limits)
    monkeypatch.setattr(planlib.overlay.prepare, "PARTITION_PARCELS", 20)
    results = []
    for workers in (1, 2):
        monkeypatch.setenv("PLANLIB_BUILD_DIR", str(tmp_path / f"workers-{workers}"))
        succeed("build", area, "--workers", workers)
        results.append(free(area))
    assert_same(*results, within=0)


@pytest.mark.parametrize("count", [64, 65, 70, 130])
def test_any_number_of_rules(count: int, tmp_path: Path) -> None:
    """Strip k is held by rule k alone; the last metre is held by all."""
    limits = [
        Rule(
            f"r{at:03d}",
            [box(at, 0, at + 1, 10), box(count, 0, count + 1, 10)],
            ("hard", "movable", "condition")[at % 3],
        )
        for at in range(count)
    ]
    area = write_area(tmp_path / "area", {"p": box(0, 0, count + 2, 10)}, limits)
    row = outcomes(free(area)["p"])
    kinds = [len(range(kind, count, 3)) for kind in range(3)]
    wanted = {
        "free": 10,
        "conditional": 10 * kinds[2],
        "movable": 10 * kinds[1],
        "unknown": 0,
        "blocked": 10 * kinds[0] + 10,
    }
    assert row == pytest.approx(wanted, rel=1e-6)
    for rule_id, told in insight(area).items():
        assert told["covered_m2"] == pytest.approx(20, rel=1e-6)
        assert told["sole_m2"] == pytest.approx(0 if int(rule_id[1:]) % 3 == 2 else 10, rel=1e-6, abs=1e-9)


def test_any_number_of_rules_that_are_not_known(tmp_path: Path) -> None:
    limits = [Rule(f"r{at:03d}", [], "movable", [box(0, 0, at + 1, 10)]) for at in range(70)]
    area = write_area(tmp_path / "area", {"p": box(0, 0, 80, 10)}, limits)
    assert outcomes(free(area)["p"]) == pytest.approx(
        {"free": 10, "conditional": 0, "movable": 0, "unknown": 790, "blocked": 0}
    )
    lifted = [part for rule in limits[:69] for part in ("--state", f"{rule.id}=lapsed")]
    assert free(area, *lifted)["p"]["unknown"] == pytest.approx(100)


@pytest.mark.parametrize("width", [1e-2, 1e-4, 1e-6, 1e-8])
def test_a_sliver_of_a_parcel_never_stops_the_whole_area(width: float, tmp_path: Path) -> None:
    """Exports are full of parcels a hair wide; where a rule cuts them, their pieces are rounded more than they measure."""
    draw = np.random.default_rng(7)
    limits = [
        Rule(name, [at_origin(shapely.Point(*draw.uniform(0, 100, 2)).buffer(draw.uniform(20, 60)))], state)
        for name, state in (("nature", "hard"), ("silence", "movable"))
    ]
    here: Parcels = {"field": box(0, 0, 100, 100)}
    for at in range(20):
        start, turn, length = draw.uniform(0, 100, 2), draw.uniform(0, 2 * np.pi), draw.uniform(20, 200)
        along = np.array([np.cos(turn), np.sin(turn)])
        across = np.array([-along[1], along[0]]) * width
        ring = [start, start + along * length, start + along * length + across, start + across]
        sliver = at_origin(Polygon(ring))
        if sliver.is_valid and sliver.area > 0:
            here[f"sliver{at}"] = sliver
    table = free(write_area(tmp_path / "area", here, limits))
    for parcel, shape in here.items():
        assert sum(outcomes(table[parcel]).values()) == pytest.approx(shape.area, rel=1e-6), parcel
        # Where a border crosses, rounding moves it by some 1e-10 m: nothing to a parcel, much to a sliver of 1e-8 m.
        assert outcomes(table[parcel]) == pytest.approx(truth(shape, limits).outcomes, rel=1e-6, abs=1e-6), parcel
