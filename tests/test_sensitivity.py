"""What becomes of free land when boundaries are off, against plain shapely: unions and differences, no cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.build import build
from planlib.errors import ReleaseError
from planlib.insight.land import land_in_shape, land_of_parcels, land_of_region, whole_area
from planlib.insight.sensitivity import boundary_sensitivity
from planlib.layers import read_features
from planlib.model import Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import HELD_RANK, RANK_PRESENT, Assessment, assess
from tests.areas import Rule, at_origin, box, write_area

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
#: Corners are rounded by the same number of points as planlib's: what is compared is the reckoning.
QUAD_SEGS = 8


@pytest.fixture(scope="module")
def demo() -> Release:
    build(DEMO)
    return open_release(DEMO)


@lru_cache(maxsize=4)
def drawn(release: Release) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return for each rule its features, and the land outside its coverage."""
    area = release.area
    left, bottom, right, top = release.bounds
    around = shapely.box(left, bottom, right, top).buffer(100)
    found = {}
    for rule in release.rules:
        own, beyond = np.array([], dtype=object), np.array([], dtype=object)
        if rule.source is not None:
            read = read_features(rule.source, name=rule.id, crs=area.crs, bounds=around.bounds, buffer_m=rule.buffer_m)
            own = read.polygons
        if rule.coverage.source is not None:
            known = read_features(rule.coverage.source, name=rule.id, crs=area.crs, bounds=around.bounds)
            beyond = np.array([around.difference(shapely.union_all(known.polygons))], dtype=object)
        found[rule.id] = own, beyond
    return found


def brute(now: Assessment, parcels: Sequence[shapely.Geometry], by_m: float) -> tuple[float, float]:
    """Return free, and free or conditional, m2 of parcels when rules reach ``by_m`` further, by plain shapely.

    A rule holds land, or asks something of it, inside its features and outside its coverage.
    """
    reach = shapely.union_all(shapely.buffer(np.array(parcels, dtype=object), 10)).envelope if parcels else None
    asks, holds = [], []
    for rule, state in zip(now.release.rules, now.states, strict=True):
        if state is State.LAPSED or reach is None:
            continue
        own, beyond = drawn(now.release)[rule.id]
        near = own[shapely.intersects(own, reach)]
        taken = [*shapely.buffer(near, by_m, quad_segs=QUAD_SEGS), *beyond]
        asks += taken
        if RANK_PRESENT[state] >= HELD_RANK:
            holds += taken
    return tuple(
        float(shapely.area(shapely.difference(np.array(parcels), shapely.union_all(taken))).sum())
        for taken in (asks, holds)
    )


def shapes(release: Release, parcels: Sequence[int]) -> list[shapely.Geometry]:
    everything = np.concatenate([release.read_parcels(at) for at in range(len(release.partition_bounds))])
    return list(everything[list(parcels)])


def check_against_shapely(now: Assessment, parcels: Sequence[int], distances_m: Sequence[float]) -> None:
    land = land_of_parcels(now.release, parcels)
    here = shapes(now.release, parcels)
    close = {"rel": 1e-7, "abs": 1e-3}
    for found in boundary_sensitivity(now, land, distances_m):
        for at, margin in enumerate((found.free, found.free_or_conditional)):
            assert margin.now_m2 == pytest.approx(brute(now, here, 0.0)[at], **close)
            assert margin.surely_m2 == pytest.approx(brute(now, here, found.distance_m)[at], **close)
            assert margin.at_most_m2 == pytest.approx(brute(now, here, -found.distance_m)[at], **close)


def test_a_square_in_a_field_takes_and_gives_what_can_be_reckoned_by_hand(tmp_path: Path) -> None:
    build(write_area(tmp_path, {"p": box(0, 0, 100, 100)}, [Rule("pond", [box(40, 40, 60, 60)], "movable")]))
    release = open_release(tmp_path)
    one, five = boundary_sensitivity(assess(release), whole_area(release))
    assert one.free.now_m2 == pytest.approx(9600)
    assert one.free.edge_m2 == pytest.approx(80 + np.pi, rel=2e-3)
    assert one.free.gain_m2 == pytest.approx(400 - 18 * 18)
    assert five.free.surely_m2 == pytest.approx(10_000 - 400 - 400 - 25 * np.pi, rel=1e-3)
    assert five.free.at_most_m2 == pytest.approx(10_000 - 100)


def test_a_condition_on_the_edge_costs_nothing_of_what_is_open(tmp_path: Path) -> None:
    build(write_area(tmp_path, {"p": box(0, 0, 100, 100)}, [Rule("view", [box(40, 40, 60, 60)], "condition")]))
    release = open_release(tmp_path)
    one, _ = boundary_sensitivity(assess(release), whole_area(release))
    assert one.free.edge_m2 == pytest.approx(80 + np.pi, rel=2e-3)
    assert one.free_or_conditional.edge_m2 == pytest.approx(0, abs=1e-6)
    assert one.free_or_conditional.gain_m2 == pytest.approx(0, abs=1e-6)


def test_where_a_rule_was_surveyed_stays_as_it_is(tmp_path: Path) -> None:
    rule = Rule("odour", [box(0, 0, 20, 100)], "movable", coverage=[box(0, 0, 60, 100)])
    build(write_area(tmp_path, {"p": box(0, 0, 100, 100)}, [rule]))
    release = open_release(tmp_path)
    _, five = boundary_sensitivity(assess(release), whole_area(release))
    assert five.free.now_m2 == pytest.approx(4000)
    assert five.free.surely_m2 == pytest.approx(3500)
    assert five.free.at_most_m2 == pytest.approx(6000 - 10 * 90)


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_random_areas_agree_with_plain_shapely(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    draw = np.random.default_rng(seed)

    def blobs(count: int) -> list[shapely.Geometry]:
        return [at_origin(shapely.Point(*draw.uniform(0, 200, 2)).buffer(draw.uniform(3, 70))) for _ in range(count)]

    states = ("hard", "movable", "condition")
    rules = [Rule(f"r{at}", blobs(draw.integers(1, 5)), states[at % 3]) for at in range(4)]
    rules.append(Rule("seen", blobs(2), states[seed % 3], coverage=[box(0, 0, draw.uniform(50, 200), 200)]))
    rules.append(Rule("line", [at_origin(shapely.LineString(draw.uniform(0, 200, (3, 2))))], "hard", buffer_m=4))
    here = {f"p{x}{y}": box(x * 50, y * 50, x * 50 + 50, y * 50 + 50) for x in range(4) for y in range(4)}
    folder = tmp_path_factory.mktemp("edges")
    build(write_area(folder, here, rules))
    now = assess(open_release(folder), Scenario(states={"r1": (State.MOVED, State.LAPSED, State.HARD)[seed % 3]}))
    check_against_shapely(now, range(16), (0.5, 5.0))


@settings(max_examples=6)
@given(st.integers(0, 10_000), st.sampled_from([Use.HOUSING, Use.NATURE, Use.SOLAR]))
def test_random_parcels_of_the_demo_agree_with_plain_shapely(demo: Release, seed: int, use: Use) -> None:
    draw = np.random.default_rng(seed)
    first = int(draw.integers(0, len(demo.parcels) - 12))
    parcels = list(range(first, first + 12))
    check_against_shapely(assess(demo, Scenario(use=use)), parcels, (1.0, 5.0))


@pytest.mark.parametrize("use", [Use.HOUSING, Use.NATURE])
def test_the_further_boundaries_may_be_off_the_less_is_sure(demo: Release, use: Use) -> None:
    found = boundary_sensitivity(assess(demo, Scenario(use=use)), land_of_region(demo, "Nijborg"), (0.5, 1, 2, 5, 10))
    for kind in ("free", "free_or_conditional"):
        margins = [getattr(item, kind) for item in found]
        surely, most = [margin.surely_m2 for margin in margins], [margin.at_most_m2 for margin in margins]
        assert [margins[0].now_m2, *surely] == sorted([margins[0].now_m2, *surely], reverse=True)
        assert [margins[0].now_m2, *most] == sorted([margins[0].now_m2, *most])


def test_otterlo_agrees_with_plain_shapely(shared: Path, tmp_path: Path) -> None:
    from tests.test_otterlo import write_otterlo

    folder = write_otterlo(shared, tmp_path / "otterlo")
    build(folder)
    release = open_release(folder)
    now = assess(release)
    touched = np.flatnonzero(release.covered.toarray()[:, 0] > 0.01)[:40].tolist()
    check_against_shapely(now, touched, (1.0, 5.0))


def test_a_drawn_shape_is_refused_and_so_are_too_many_parcels(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    left, bottom, _, _ = demo.bounds
    with pytest.raises(ReleaseError, match="whole parcels"):
        boundary_sensitivity(assess(demo), land_in_shape(demo, shapely.box(left, bottom, left + 9, bottom + 9)))
    monkeypatch.setattr("planlib.insight.sensitivity.MOST_PARCELS", 10)
    with pytest.raises(ReleaseError, match="of 10 parcels at most; this land has 4480"):
        boundary_sensitivity(assess(demo), whole_area(demo))


def test_no_parcels_have_no_free_land(demo: Release) -> None:
    one, _ = boundary_sensitivity(assess(demo), land_of_parcels(demo, []))
    assert one.free.now_m2 == one.free.surely_m2 == one.free.at_most_m2 == 0.0
