"""The land a question is about, against plain shapely and against the sums over parcels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.build import build
from planlib.errors import ReleaseError
from planlib.insight.land import land_in_shape, land_of_parcels, land_of_region, whole_area
from planlib.insight.regions import region_of_parcels, region_shapes
from planlib.release import Release, open_release
from planlib.scenario import assess

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"


@pytest.fixture(scope="module")
def demo() -> Release:
    build(DEMO)
    return open_release(DEMO)


def test_all_parcels_are_the_whole_area(demo: Release) -> None:
    some = land_of_parcels(demo, range(len(demo.parcels)))
    assert some.code_area_m2 == pytest.approx(whole_area(demo).code_area_m2)


def test_a_parcel_named_twice_counts_once(demo: Release) -> None:
    land = land_of_parcels(demo, [7, 3, 7])
    assert land.parcels.tolist() == [3, 7]
    assert land.area_m2 == pytest.approx(demo.parcels["area_m2"].iloc[[3, 7]].sum())


def test_the_outcomes_of_a_parcel_are_those_of_its_land(demo: Release) -> None:
    now = assess(demo)
    land = land_of_parcels(demo, [1182])
    assert np.bincount(now.rank, land.code_area_m2, 5) == pytest.approx(now.parcel_outcomes_m2(1182))


def test_the_villages_share_the_area_among_them(demo: Release) -> None:
    names = region_shapes(demo).names
    assert set(names) == {"Esveld", "Esveldermond", "Nijborg", "Oldenhof"}
    lands = [land_of_region(demo, name) for name in names]
    outside = land_of_parcels(demo, np.flatnonzero(region_of_parcels(demo) == -1))
    total = sum(land.code_area_m2 for land in [*lands, outside])
    assert total == pytest.approx(whole_area(demo).code_area_m2)
    assert sum(len(land.parcels) for land in [*lands, outside]) == len(demo.parcels)


def test_a_village_that_is_not_there_is_refused_by_name(demo: Release) -> None:
    with pytest.raises(ReleaseError, match="no region Atlantis in Esveld"):
        land_of_region(demo, "Atlantis")


@settings(max_examples=12)
@given(st.integers(0, 10_000))
def test_a_drawn_shape_holds_what_plain_shapely_says(seed: int) -> None:
    release = open_release(DEMO)
    draw = np.random.default_rng(seed)
    left, bottom, right, top = release.bounds
    middle = draw.uniform((left, bottom), (right, top))
    angle = np.sort(draw.uniform(0, 2 * np.pi, 9))
    reach = draw.uniform(20, 400, 9)
    shape = shapely.Polygon(middle + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None]).buffer(0)
    land = land_in_shape(release, shape)
    parcels = np.concatenate([release.read_parcels(at) for at in range(len(release.partition_bounds))])
    inside = shapely.area(shapely.intersection(parcels, shape))
    assert land.area_m2 == pytest.approx(inside.sum(), rel=1e-9, abs=1e-5)
    assert set(np.flatnonzero(inside > 0.02)) <= set(land.parcels) <= set(np.flatnonzero(inside > 0.005))


def test_a_shape_beside_the_area_holds_nothing(demo: Release) -> None:
    left, bottom, _, _ = demo.bounds
    assert land_in_shape(demo, shapely.box(left - 500, bottom - 500, left - 400, bottom - 400)).area_m2 == 0.0


def test_a_bow_tie_is_repaired_before_it_is_measured(demo: Release) -> None:
    left, bottom, right, top = demo.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    tie = shapely.Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    repaired = land_in_shape(demo, shapely.make_valid(tie, method="structure", keep_collapsed=False))
    assert land_in_shape(demo, tie).area_m2 == pytest.approx(repaired.area_m2)


@pytest.mark.parametrize("name", ["Esveld", "Nijborg", "Oldenhof"])
def test_a_shape_along_the_borders_of_parcels_is_cut_as_well(demo: Release, name: str) -> None:
    """A village's own outline runs along cells that rounding made thinner than a hair."""
    regions = region_shapes(demo)
    shape = regions.shapes[regions.names.index(name)]
    parcels = np.concatenate([demo.read_parcels(at) for at in range(len(demo.partition_bounds))])
    inside = shapely.area(shapely.intersection(parcels, shape)).sum()
    assert land_in_shape(demo, shape).area_m2 == pytest.approx(inside, rel=1e-8)
