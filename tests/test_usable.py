"""Usable space on shapes that were reckoned by hand, by its laws, and point by point against its definition."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.build import build
from planlib.errors import ReleaseError
from planlib.insight.land import Land, land_in_shape, land_of_parcels, land_of_region, whole_area
from planlib.insight.pieces import pieces_of
from planlib.insight.usable import UsableSpace, usable_space
from planlib.model import Outcome, Scenario, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess
from tests.areas import Rule, at_origin, box, write_area

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
#: Of a square at the corners of which a circle of radius 1 does not reach: 4 - pi.
CORNERS = 4 - math.pi


def opened(folder: Path, here: Mapping[str, shapely.Geometry], rules: Sequence[Rule] = ()) -> Assessment:
    """Build an area and return it under its own rules."""
    build(write_area(folder, here, rules))
    return assess(open_release(folder))


def usable(now: Assessment, width_m: float, area_m2: float = 0.0) -> UsableSpace:
    return usable_space(now, whole_area(now.release), width_m=width_m, site_area_m2=area_m2)


@pytest.fixture(scope="module")
def demo() -> Release:
    build(DEMO)
    return open_release(DEMO)


# --- by hand


def test_a_dumbbell_falls_in_two_where_its_grip_is_too_narrow(tmp_path: Path) -> None:
    halves = [box(0, 0, 100, 100), box(150, 0, 250, 100)]
    dumbbell = shapely.union_all([*halves, box(100, 45, 150, 55)])
    now = opened(tmp_path / "area", {"p": dumbbell})
    # Each half loses its corners, and its circle looks a little way into the grip: a segment on a chord of 10 m.
    into_grip = 100 * math.asin(0.5) - 5 * math.sqrt(75)
    space = usable(now, 20)
    assert len(space.sites) == 2
    for site in space.sites:
        assert site.area_m2 == pytest.approx(100**2 - CORNERS * 10**2 + into_grip, abs=2)
    assert len(usable(now, 9).sites) == 1
    assert usable(now, 20, 10_001).sites == ()


@pytest.mark.parametrize(("width_m", "fits"), [(39.0, True), (40.0, True), (40.2, False)])
def test_a_corridor_takes_a_plan_of_its_own_width_and_no_wider(width_m: float, fits: bool, tmp_path: Path) -> None:
    now = opened(tmp_path / "area", {"p": box(0, 0, 200, 40)})
    expected = 200 * 40 - CORNERS * (width_m / 2) ** 2 if fits else 0
    assert usable(now, width_m).area_m2 == pytest.approx(expected, abs=6)


@pytest.mark.parametrize(("width_m", "share"), [(39.0, 1.0), (41.0, 0.0)])
def test_a_ring_is_usable_all_round_or_nowhere(width_m: float, share: float, tmp_path: Path) -> None:
    disc, hole = (at_origin(shapely.Point(200, 200).buffer(radius, quad_segs=64)) for radius in (100, 60))
    ring = shapely.difference(disc, hole)
    now = opened(tmp_path / "area", {"p": ring})
    assert usable(now, width_m).area_m2 == pytest.approx(share * ring.area, rel=1e-3)


def test_a_sliver_is_free_and_of_no_use(tmp_path: Path) -> None:
    now = opened(tmp_path / "area", {"p": box(0, 0, 1000, 0.5)})
    assert usable(now, 0).area_m2 == pytest.approx(500)
    assert usable(now, 1).area_m2 == 0.0
    assert usable(now, 1).asked_m2 == pytest.approx(500)


@pytest.mark.parametrize("gap_m", [0.0, 0.003, 0.08])
def test_two_parcels_make_one_site_whatever_hair_lies_between_them(gap_m: float, tmp_path: Path) -> None:
    now = opened(tmp_path / "area", {"p": box(0, 0, 50, 100), "q": box(50 + gap_m, 0, 100, 100)})
    space = usable(now, 80)
    (site,) = space.sites
    assert site.land.parcels.tolist() == [0, 1]
    assert site.area_m2 == pytest.approx(100**2 - 100 * gap_m - CORNERS * 40**2, abs=10)
    assert site.parcel_m2 == pytest.approx([site.area_m2 / 2] * 2, rel=0.01)


def test_what_lies_between_two_parcels_and_is_no_hair_parts_them(tmp_path: Path) -> None:
    now = opened(tmp_path / "area", {"p": box(0, 0, 50, 100), "q": box(50.3, 0, 100.3, 100)})
    assert len(usable(now, 10).sites) == 2
    assert usable(now, 80).area_m2 == 0.0


def test_a_site_tells_free_from_conditional_and_leaves_the_rest(tmp_path: Path) -> None:
    rules = [Rule("wet", [box(0, 0, 30, 100)], "condition"), Rule("road", [box(80, 0, 100, 100)], "movable")]
    now = opened(tmp_path / "area", {"p": box(0, 0, 100, 100)}, rules)
    (site,) = usable(now, 0).sites
    assert site.outcomes_m2[Outcome.FREE] == pytest.approx(5000)
    assert site.outcomes_m2[Outcome.CONDITIONAL] == pytest.approx(3000)
    assert site.outcomes_m2[Outcome.MOVABLE] == 0.0
    more = usable_space(now, whole_area(now.release), width_m=0, worst=Outcome.MOVABLE)
    assert more.area_m2 == pytest.approx(10_000)


def test_land_that_the_register_holds_twice_is_there_once(tmp_path: Path) -> None:
    now = opened(tmp_path / "area", {"p": box(0, 0, 100, 100), "q": box(0, 0, 100, 100)})
    assert usable(now, 10).area_m2 == pytest.approx(100**2, rel=0.003)


def test_too_many_parcels_are_refused_in_one_sentence(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planlib.insight.pieces.MOST_PARCELS", 100)
    with pytest.raises(ReleaseError, match="of 100 parcels at most; this land has 4480"):
        usable_space(assess(demo), whole_area(demo), width_m=10)


# --- laws


def around(release: Release, seed: int, *, reach_m: float = 300) -> Land:
    """Return the parcels around a random spot."""
    draw = np.random.default_rng(seed)
    left, bottom, right, top = release.bounds
    spot = shapely.Point(draw.uniform(left, right), draw.uniform(bottom, top)).buffer(reach_m)
    shapes = np.concatenate([release.read_parcels(at) for at in range(len(release.partition_bounds))])
    return land_of_parcels(release, np.flatnonzero(shapely.intersects(shapes, spot)))


USES = st.sampled_from([Use.HOUSING, Use.NATURE, Use.RECREATION])
#: What two ways of drawing the same circles may differ by.
SLACK = {"rel": 2e-3, "abs": 1.0}


@settings(max_examples=20)
@given(st.integers(0, 10_000), USES, st.floats(0, 60), st.floats(1, 60), st.floats(0, 5_000), st.floats(1, 5_000))
def test_usable_is_no_more_than_open_and_less_for_whoever_asks_more(
    demo: Release, seed: int, use: Use, width_m: float, wider_m: float, area_m2: float, larger_m2: float
) -> None:
    now, land = assess(demo, Scenario(use=use)), around(demo, seed)
    open_m2 = float(land.code_area_m2[now.rank <= 1].sum())
    space = usable_space(now, land, width_m=width_m, site_area_m2=area_m2)
    assert space.asked_m2 == pytest.approx(open_m2, rel=1e-9, abs=1e-6)
    assert space.area_m2 <= open_m2 * (1 + 1e-9) + 1e-6
    assert sum(space.outcomes_m2.values()) == pytest.approx(space.area_m2)
    assert all(site.area_m2 >= area_m2 for site in space.sites)
    wide = usable_space(now, land, width_m=width_m + wider_m, site_area_m2=area_m2)
    assert wide.area_m2 <= space.area_m2 * (1 + SLACK["rel"]) + SLACK["abs"]
    large = usable_space(now, land, width_m=width_m, site_area_m2=area_m2 + larger_m2)
    assert large.area_m2 <= space.area_m2
    assert {site.area_m2 for site in large.sites} <= {site.area_m2 for site in space.sites}


def test_without_a_width_all_open_land_is_usable(demo: Release) -> None:
    now, land = assess(demo), land_of_region(demo, "Nijborg")
    space = usable_space(now, land, width_m=0)
    assert space.area_m2 == pytest.approx(float(land.code_area_m2[now.rank <= 1].sum()), rel=1e-9, abs=1)


@settings(max_examples=12)
@given(st.integers(0, 10_000), USES, st.floats(2, 50))
def test_what_is_usable_stays_usable_when_it_is_asked_again(demo: Release, seed: int, use: Use, width_m: float) -> None:
    now = assess(demo, Scenario(use=use))
    space = usable_space(now, around(demo, seed), width_m=width_m)
    if not space.sites:
        return
    outline = shapely.union_all([site.outline for site in space.sites])
    again = usable_space(now, land_in_shape(demo, outline), width_m=width_m)
    assert again.area_m2 == pytest.approx(space.area_m2, **SLACK)


@settings(max_examples=12)
@given(st.integers(0, 10_000), USES, st.floats(2, 60))
def test_a_spot_is_usable_where_a_circle_over_it_fits(demo: Release, seed: int, use: Use, width_m: float) -> None:
    """Point by point, with plain shapely: what is the nearest centre of a circle that fits in all open land?"""
    now, land = assess(demo, Scenario(use=use)), around(demo, seed)
    pieces = pieces_of(demo, land, codes=now.rank <= 1)
    whole = shapely.union_all(pieces.geometry, grid_size=1e-4)
    if whole.is_empty:
        return
    sites = usable_space(now, land, width_m=width_m).sites
    outlines = shapely.union_all([site.outline for site in sites])
    left, bottom, right, top = whole.bounds
    draw = np.random.default_rng(seed)
    spots = shapely.points(draw.uniform(left, right, 600), draw.uniform(bottom, top, 600))
    spots = spots[shapely.contains(whole, spots)]
    counted = shapely.intersects(outlines, spots)
    radius = width_m / 2
    strict = shapely.distance(spots, whole.buffer(-radius, quad_segs=128)) <= radius - 0.1
    generous = shapely.distance(spots, whole.buffer(0.15).buffer(-radius, quad_segs=128)) <= radius + 0.1
    assert not (strict & ~counted).any()
    assert not (counted & ~generous).any()


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.floats(5, 60))
def test_parcel_borders_play_no_part(tmp_path_factory: pytest.TempPathFactory, seed: int, width_m: float) -> None:
    draw = np.random.default_rng(seed)
    holes = [at_origin(shapely.Point(*draw.uniform(0, 300, 2)).buffer(draw.uniform(10, 50))) for _ in range(6)]
    lots = {"whole": box(0, 0, 300, 300)}
    cuts = np.sort(draw.uniform(0, 300, 3))
    edges = [0.0, *cuts.tolist(), 300.0]
    strips = {f"s{at}": box(edges[at], 0, edges[at + 1], 300) for at in range(4)}
    folder = tmp_path_factory.mktemp("borders")
    one, many = (
        usable(opened(folder / name, here, [Rule("holes", holes)]), width_m, 500)
        for name, here in (("one", lots), ("many", strips))
    )
    # Where a border ends the outline has a point more, and GEOS draws its circles to 1% of their radius.
    assert many.area_m2 == pytest.approx(one.area_m2, rel=1e-3)
    assert len(many.sites) == len(one.sites)
