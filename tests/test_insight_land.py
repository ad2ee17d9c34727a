"""What holds a piece of land, against plain shapely on random areas that were built, and on Otterlo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.build import build
from planlib.insight import rule_insights
from planlib.insight.bodies import body_insights
from planlib.insight.holders import partners
from planlib.insight.land import Land, land_in_shape, land_of_parcels, whole_area
from planlib.insight.smallest import smallest_sets
from planlib.model import Level
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess
from tests.areas import Rule, area_table, at_origin, box, constraint, write_area, write_toml
from tests.layouts import folder
from tests.test_otterlo import natura2000

#: Who decides on the rules of a random area, in turn; the last stands firm.
DECIDES = (["gemeente"], ["provincie"], ["gemeente", "waterschap"], ["waterschap"], [])


def _random_area(seed: int) -> tuple[dict[str, shapely.Polygon], list[Rule]]:
    draw = np.random.default_rng(seed)
    parcels = {
        f"{i}-{j}": box(40 * i, 40 * j, 40 * i + 40, 40 * j + 40) for i in range(4) for j in range(3) if i + j < 5
    }
    rules = []
    for at, decides in enumerate(DECIDES):
        middles = draw.uniform(0, (160, 120), (3, 2))
        shapes = [at_origin(shapely.Point(middle).buffer(draw.uniform(10, 55), quad_segs=3)) for middle in middles]
        keys = {"decides": decides} if decides else {}
        rules.append(Rule(f"rule{at}", shapes, "movable" if decides else "hard", keys=keys))
    return parcels, rules


class Plain:
    """The same land in plain shapely: what comes free is what the other rules do not cover."""

    def __init__(self, land: Sequence[shapely.Geometry], rules: Sequence[Rule]) -> None:
        self.land = shapely.union_all(land)
        self.shapes = [shapely.union_all(list(rule.shapes)).intersection(self.land) for rule in rules]

    def held_m2(self, without: Sequence[int] = ()) -> float:
        """Return what the rules hold, some of them left out."""
        return shapely.union_all([shape for at, shape in enumerate(self.shapes) if at not in without]).area

    def gain_m2(self, moved: Sequence[int]) -> float:
        """Return what comes free when some rules move."""
        return self.held_m2() - self.held_m2(moved)


def _lands(release: Release, parcels: Mapping[str, shapely.Geometry]) -> list[tuple[Land, list[shapely.Geometry]]]:
    names = list(parcels)
    some = names[::3]
    drawn = at_origin(shapely.Polygon([(5, 10), (130, 25), (90, 100), (20, 70)]))
    return [
        (whole_area(release), list(parcels.values())),
        (
            land_of_parcels(release, [release.parcel_index(name) for name in some]),
            [parcels[name] for name in some],
        ),
        (land_in_shape(release, drawn), [shapely.intersection(parcel, drawn) for parcel in parcels.values()]),
    ]


@settings(max_examples=10)
@given(st.integers(0, 10_000))
def test_every_figure_is_what_plain_shapely_says(seed: int) -> None:
    parcels, rules = _random_area(seed)
    with folder() as area:
        write_area(area, parcels, rules)
        build(area)
        release = open_release(area)
        lands = _lands(release, parcels)
    assessment = assess(release)
    for land, shapes in lands:
        plain = Plain(shapes, rules)
        for at, item in enumerate(rule_insights(assessment, land)):
            assert item.covered_m2 == pytest.approx(plain.shapes[at].area, rel=1e-6, abs=1e-3)
            assert item.sole_m2 == pytest.approx(plain.gain_m2([at]), rel=1e-6, abs=1e-3)
            assert item.gain_m2 == pytest.approx(plain.gain_m2([at]) if DECIDES[at] else 0, rel=1e-6, abs=1e-3)
            inside = [shapely.intersection(plain.shapes[at], shape).area for shape in shapes]
            assert sum(size > 0.02 for size in inside) <= item.parcels <= sum(size > 0.005 for size in inside)
        for item in partners(assessment, land, release.rules[0]):
            other = int(item.rule.id.removeprefix("rule"))
            assert item.together_m2 == pytest.approx(
                plain.shapes[0].intersection(plain.shapes[other]).area, rel=1e-6, abs=1e-3
            )
            only = plain.gain_m2([0, other]) - plain.gain_m2([0]) - plain.gain_m2([other])
            assert item.only_m2 == pytest.approx(only, rel=1e-6, abs=1e-3)
        for item in body_insights(assessment, land):
            theirs = [at for at, decides in enumerate(DECIDES) if decides and (item.level or decides[0]) in decides]
            assert item.gain_m2 == pytest.approx(plain.gain_m2(theirs), rel=1e-6, abs=1e-3)
            assert item.covered_m2 == pytest.approx(
                shapely.union_all([plain.shapes[at] for at in theirs]).area, rel=1e-6, abs=1e-3
            )
        _check_sets(assessment, land, plain)


def _check_sets(assessment: Assessment, land: Land, plain: Plain) -> None:
    """Ask for every amount that lies between the gains of two subsets of the rules that can move."""
    movable = [at for at, decides in enumerate(DECIDES) if decides]
    gains = {some: plain.gain_m2(some) for size in range(len(movable) + 1) for some in combinations(movable, size)}
    steps = sorted(gains.values())
    for low, high in zip(steps, [*steps[1:], steps[-1] + 10], strict=True):
        if high - low < 1:
            continue
        wanted = (low + high) / 2
        enough = [set(some) for some, gain in gains.items() if gain >= wanted]
        minimal = [some for some in enough if not any(part < some for part in enough)]
        found = smallest_sets(assessment, land, wanted, most=100)
        told = [{int(rule.id.removeprefix("rule")) for rule in item.rules} for item in found.sets]
        assert sorted(map(sorted, told)) == sorted(sorted(some) for some in minimal if len(some) <= 3)
        for some, item in zip(told, found.sets, strict=True):
            assert item.gain_m2 == pytest.approx(gains[tuple(sorted(some))], rel=1e-6, abs=1e-3)
        assert found.reachable_m2 == pytest.approx(steps[-1], rel=1e-6, abs=1e-3)
        assert found.held_m2 == pytest.approx(plain.held_m2(), rel=1e-6, abs=1e-3)
        if not found.sets:
            assert (found.enough is not None) == bool(enough)
            assert found.fewest == (4 if enough else None)


def test_otterlo_between_the_veluwe_and_its_monuments(shared: Path, tmp_path: Path) -> None:
    """The Veluwe made movable by the province, and 1,500 m round monuments by the municipality, against plain shapely."""
    area = tmp_path / "otterlo"
    area.mkdir()
    source = {"path": str(shared / "data" / "otterlo-parcels.gpkg"), "layer": "parcels", "id": "lokaalID"}
    veluwe = natura2000(shared, "Veluwe") | {"state": "movable", "decides": ["provincie"]}
    monuments = constraint(
        "monuments",
        path=str(shared / "data" / "national-monuments.gpkg"),
        buffer_m=1500,
        state="movable",
        decides=["gemeente"],
    )
    write_toml(area, area_table([veluwe, monuments], title="Otterlo", parcels=source))
    build(area)
    assessment = assess(open_release(area))
    land = whole_area(assessment.release)

    parcels = geopandas.read_file(shared / "data" / "otterlo-parcels.gpkg").geometry.to_numpy()
    around = shapely.box(*shapely.total_bounds(parcels)).buffer(2000)
    nature = geopandas.read_file(shared / "data" / "natura2000-nl.gpkg").query("naam == 'Veluwe'").geometry.to_numpy()
    points = geopandas.read_file(shared / "data" / "national-monuments.gpkg").to_crs("EPSG:28992").geometry.to_numpy()
    near = points[shapely.intersects(points, around)]
    one = shapely.union_all(shapely.make_valid(nature, method="structure", keep_collapsed=False)).intersection(around)
    two = shapely.union_all(shapely.buffer(near, 1500, quad_segs=32))
    # Parcels overlap here and there, so everything is a sum over parcels.
    alone = [shapely.area(shapely.intersection(parcels, shape)) for shape in (one.difference(two), two.difference(one))]
    alone_m2 = [float(sizes.sum()) for sizes in alone]
    both_m2 = float(shapely.area(shapely.intersection(parcels, one.intersection(two))).sum())
    assert min(*alone_m2, both_m2) > 0

    told = {item.rule.id: item for item in rule_insights(assessment, land)}
    assert told["natura2000"].covered_m2 / 1e4 == pytest.approx(128.189711, rel=1e-6)
    assert [told[name].gain_m2 for name in ("natura2000", "monuments")] == pytest.approx(alone_m2, rel=1e-6)
    (partner,) = partners(assessment, land, assessment.release.rules[0])
    assert (partner.together_m2, partner.only_m2) == pytest.approx((both_m2, both_m2), rel=1e-6)
    gains = {item.level: item.gain_m2 for item in body_insights(assessment, land)}
    expected = {Level.PROVINCIE: alone_m2[0], Level.GEMEENTE: alone_m2[1], None: sum(alone_m2) + both_m2}
    assert gains == pytest.approx(expected, rel=1e-6)
    (all_of_it,) = smallest_sets(assessment, land).sets
    assert [rule.id for rule in all_of_it.rules] == ["natura2000", "monuments"]
    assert all_of_it.bodies == ((Level.PROVINCIE, Level.GEMEENTE),)
    assert all_of_it.gain_m2 == pytest.approx(sum(alone_m2) + both_m2, rel=1e-6)
