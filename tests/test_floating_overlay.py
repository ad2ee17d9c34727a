"""A real pair of shapes on which plain floating overlay is silently wrong, through the whole path."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import shapely
from shapely import Geometry

from tests.areas import Rule, free, trapezoid_areas, write_area


@pytest.fixture
def pair(shared: Path) -> tuple[Geometry, Geometry]:
    """Return the two shapes."""
    data = json.loads((shared / "data" / "floating-overlay-failure.json").read_text(encoding="utf-8"))
    return shapely.from_wkb(data["a"]), shapely.from_wkb(data["b"])


def exact(one: Geometry, other: Geometry) -> tuple[float, float]:
    """Return the area of both together and of the first alone, without any rounding."""
    areas = trapezoid_areas([one, other])
    return float(areas.get(frozenset({0, 1}), Fraction(0))), float(areas.get(frozenset({0}), Fraction(0)))


def test_the_exact_area_is_that_of_an_overlay_on_a_grid(pair: tuple[Geometry, Geometry]) -> None:
    both, alone = exact(*pair)
    assert both == pytest.approx(shapely.area(shapely.intersection(*pair, grid_size=1e-5)), abs=0.01)
    assert alone == pytest.approx(shapely.area(shapely.difference(*pair, grid_size=1e-5)), abs=0.01)
    assert both + alone == pytest.approx(pair[0].area, rel=1e-12)
    assert both == pytest.approx(1113.474, abs=5e-4)


@pytest.mark.parametrize(
    "turn", [lambda shape: shape, shapely.reverse, shapely.normalize], ids=["as-is", "reversed", "normalized"]
)
def test_the_whole_path_finds_the_exact_area(
    pair: tuple[Geometry, Geometry], turn: Callable[[Geometry], Geometry], tmp_path: Path
) -> None:
    """Plain floating GEOS 3.14.1 says 1,776.882 m2 in common and 3,211.073 m2 left, of a parcel of 4,324.547 m2."""
    for at, (parcel, limit) in enumerate([pair, pair[::-1]]):
        both, alone = exact(parcel, limit)
        row = free(write_area(tmp_path / f"area{at}", {"a": turn(parcel)}, [Rule("b", [turn(limit)])]))["a"]
        assert row["blocked"] == pytest.approx(both, rel=1e-6, abs=1e-4)
        assert row["free"] == pytest.approx(alone, rel=1e-6, abs=1e-4)
        assert row["free"] + row["blocked"] == pytest.approx(row["area"], rel=1e-9)


def test_two_shapes_of_one_rule_are_counted_once(pair: tuple[Geometry, Geometry], tmp_path: Path) -> None:
    """Dissolving the pair within one layer is an overlay too."""
    left, bottom, right, top = shapely.total_bounds(list(pair))
    parcel = shapely.box(left - 10, bottom - 10, right + 10, top + 10)
    both, alone = exact(*pair)
    row = free(write_area(tmp_path / "area", {"p": parcel}, [Rule("ab", list(pair))]))["p"]
    assert row["blocked"] == pytest.approx(pair[1].area + alone, rel=1e-6, abs=1e-3)
    assert row["blocked"] == pytest.approx(pair[0].area + pair[1].area - both, rel=1e-6, abs=1e-3)
