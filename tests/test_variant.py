"""Another distance around a rule: the same as building the area with it, in which only what it touches is cut again."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.build import build, build_variant
from planlib.errors import BuildError, LayerError, PlanlibError
from planlib.insight.compare import rule_differences, total_change
from planlib.model import OUTCOMES, Outcome, Scenario, Use
from planlib.overlay import files, prepare
from planlib.release import Release, build_folder, current_release_id, open_release
from planlib.scenario import assess
from planlib.text.words import Words
from planlib.views.provenance import provenance
from planlib.views.sentences import statement
from tests.areas import Rule, area_table, box, constraint, succeed, write_area, write_layer, write_toml
from tests.layouts import folder, parcels, rules, village

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
distances = st.sampled_from([0.0, 0.5, 3.0, 12.5, 40.0])

Cells = dict[tuple[str, frozenset[str], frozenset[str]], float]


def variant(area: Path, buffers: Mapping[str, float], *, workers: int = 1) -> Release:
    return Release(build_folder(area), build_variant(area, buffers, workers=workers))


def cells_of(release: Release) -> Cells:
    """Return m2 by parcel, rules present and rules not known there: nothing here depends on how they are numbered."""
    here, ids = release.signatures, [rule.id for rule in release.rules]
    signature = {}
    for code in range(len(here)):
        members = slice(here.start[code], here.start[code + 1])
        rule, lacking = here.rule[members], here.not_known[members]
        signature[code] = (
            frozenset(ids[at] for at in rule[~lacking]),
            frozenset(ids[at] for at in rule[lacking]),
        )
    names = release.parcels["parcel_id"].to_numpy()
    rows = zip(release.row_parcel, release.row_code, release.row_area_m2, strict=True)
    return {(str(names[parcel]), *signature[code]): float(area) for parcel, code, area in rows}


def points_of(release: Release) -> dict[tuple[float, float], int]:
    """Return by lattice point how many rules are there: enough to see that the overview belongs to the cells."""
    present = np.bincount(release.signatures.code[~release.signatures.not_known], minlength=len(release.signatures))
    x, y, code = release.read_lattice()
    return {(float(a), float(b)): int(present[c]) for a, b, c in zip(x, y, code, strict=True)}


def assert_same(made: Release, full: Release) -> None:
    """Assert that two releases have the same cells, whatever way they were made."""
    one, other = cells_of(made), cells_of(full)
    whole = dict(zip(full.parcels["parcel_id"], full.parcels["area_m2"], strict=True))
    for key in one.keys() | other.keys():
        assert one.get(key, 0.0) == pytest.approx(other.get(key, 0.0), rel=1e-9, abs=1e-9 * whole[key[0]])
    assert made.parcels.equals(full.parcels)
    assert made.covered.toarray() == pytest.approx(full.covered.toarray(), rel=1e-9, abs=1e-6)
    assert [rule.buffer_m for rule in made.rules] == [rule.buffer_m for rule in full.rules]
    for index in range(len(made.partition_bounds)):
        shape, parcel, code = made.read_cells(index)
        again = np.bincount(parcel, shapely.area(shape), len(made.parcels))
        there = np.unique(parcel)
        assert again[there] == pytest.approx(made.parcels["area_m2"].to_numpy()[there])
        assert code.max() < len(made.signatures)
    assert points_of(made) == points_of(full)


@settings(max_examples=25)
@given(parcels(), rules(most=3), distances, distances)
def test_a_variant_is_what_a_build_with_that_distance_gives(
    here: dict, given_rules: list[Rule], own: float, other: float
) -> None:
    def with_distance(distance: float) -> list[Rule]:
        first = given_rules[0]
        return [Rule(first.id, first.shapes, first.state, first.coverage, first.uses, distance), *given_rules[1:]]

    with folder() as area:
        write_area(area, here, with_distance(own))
        build(area)
        if given_rules[0].coverage == "none" and not given_rules[0].shapes:
            with pytest.raises(BuildError, match="no rule rule0 with features"):
                build_variant(area, {"rule0": other})
            return
        made = variant(area, {"rule0": other})
        with folder() as twin:
            write_area(twin, here, with_distance(other))
            build(twin)
            assert_same(made, open_release(twin))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("workers", [1, 2])
def test_over_many_partitions_only_touched_parcels_are_cut_and_the_rest_is_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, workers: int
) -> None:
    monkeypatch.setattr(prepare, "PARTITION_PARCELS", 10)
    quads, made_rules = village(seed)
    corner = shapely.box(*shapely.buffer(next(iter(quads.values())).centroid, 12).bounds)
    area, twin = tmp_path / "area", tmp_path / "twin"
    write_area(area, quads, [*made_rules, Rule("small", [corner], "hard", buffer_m=5)])
    build(area)
    made = variant(area, {"small": 30}, workers=workers)
    write_area(twin, quads, [*made_rules, Rule("small", [corner], "hard", buffer_m=30)])
    build(twin)
    assert_same(made, open_release(twin))

    touched = [quad for quad in quads.values() if quad.intersects(corner.buffer(30, quad_segs=32))]
    assert 0 < len(touched) < 20
    assert files.read_json(made.folder / files.SUMMARY)["recut"] == len(touched)
    base = open_release(area)
    shared = [
        files.part_file(made.folder, at).samefile(files.part_file(base.folder, at))
        for at in range(len(base.partition_bounds))
    ]
    assert any(shared)
    assert not all(shared)


def test_the_spray_zone_of_the_demo_at_thirty_metres(tmp_path: Path) -> None:
    area, twin = tmp_path / "area", tmp_path / "twin"
    for copied in (area, twin):
        shutil.copytree(DEMO, copied, ignore=shutil.ignore_patterns("build", "__pycache__"))
    text = (twin / "area.toml").read_text(encoding="utf-8")
    (twin / "area.toml").write_text(text.replace('id = "spray_zone"', 'id = "spray_zone"\nbuffer_m = 30'), "utf-8")
    build(area)
    build(twin)
    made = variant(area, {"spray_zone": 30})
    assert_same(made, open_release(twin))

    # What was cut again: the parcels that the wider of the two zones touches, by another road.
    fields = geopandas.read_file(DEMO / "rules.gpkg", layer="spray_zone").geometry.buffer(50, quad_segs=32).union_all()
    cadastre = geopandas.read_file(DEMO / "parcels.gpkg").geometry
    recut = files.read_json(made.folder / files.SUMMARY)["recut"]
    assert recut == int(cadastre.intersects(fields).sum())
    assert recut < len(cadastre) / 10

    # A smaller zone around fields holds less; nothing else changed.
    before, after = (assess(release, Scenario(use=Use.HOUSING)) for release in (open_release(area), made))
    change = total_change(before, after)
    held = [Outcome.MOVABLE, Outcome.UNKNOWN, Outcome.BLOCKED]
    assert sum(change.gain_of(outcome) for outcome in held) < 0
    assert [(item.rule.id, item.before.buffer_m, item.after.buffer_m) for item in rule_differences(before, after)] == [
        ("spray_zone", 50, 30)
    ]


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return a built area: one rule on half a parcel with 5 m around it, one in a corner."""
    here = {"p1": box(0, 0, 100, 100), "p2": box(100, 0, 200, 100)}
    made = [Rule("zone", [box(0, 0, 40, 100)], buffer_m=5), Rule("away", [box(0, 0, 10, 10)])]
    write_area(tmp_path / "area", here, made)
    build(tmp_path / "area")
    return tmp_path / "area"


def blocked(release: Release) -> float:
    return float(assess(release).totals_m2[OUTCOMES.index(Outcome.BLOCKED)])


def test_a_variant_stands_beside_the_release_in_use_and_never_in_its_place(area: Path) -> None:
    base = open_release(area)
    made = variant(area, {"zone": 20})
    assert current_release_id(area) == base.id
    assert (made.variant_of, made.base_buffers_m) == (base.id, {"zone": 5})
    assert (base.variant_of, base.base_buffers_m) == (None, {})
    assert (blocked(base), blocked(made)) == (pytest.approx(4_500), pytest.approx(6_000))
    assert not list(build_folder(area).glob("overlays/*.work"))
    # Asked again it is found again, and building the area again leaves it there.
    times = {path: path.stat().st_mtime_ns for path in made.folder.iterdir()}
    build(area)
    assert build_variant(area, {"zone": 20}) == made.id
    assert {path: path.stat().st_mtime_ns for path in made.folder.iterdir()} == times


def test_the_rules_own_distance_is_the_release_itself(area: Path) -> None:
    assert build_variant(area, {"zone": 5}) == current_release_id(area)
    assert build_variant(area, {}) == current_release_id(area)
    assert len(list(build_folder(area).glob("releases/*"))) == 1


def test_several_rules_may_have_another_distance_at_once(area: Path) -> None:
    made = variant(area, {"zone": 20, "away": 150})
    assert made.base_buffers_m == {"zone": 5, "away": 0}
    assert blocked(made) > blocked(variant(area, {"zone": 20}))
    assert build_variant(area, {"away": 150, "zone": 20}) == made.id


def test_a_variant_goes_with_its_base(area: Path) -> None:
    made = variant(area, {"zone": 20})
    for number, title in enumerate(["Een", "Twee"], start=1):
        write_toml(area, area_table([constraint("zone", buffer_m=5 + number), constraint("away")], title=title))
        build(area)
        there = (build_folder(area) / "releases" / f"{made.id}.json").exists()
        assert (there, made.folder.exists()) == ((True, True) if number == 1 else (False, False))


def test_only_the_newest_variants_of_a_base_are_kept(area: Path) -> None:
    for metres in range(10, 24):
        build_variant(area, {"zone": metres})
    made = [path for path in build_folder(area).glob("releases/*.json") if path.stem != current_release_id(area)]
    assert len(made) == 10
    assert len(list(build_folder(area).glob("overlays/*"))) == 11
    assert blocked(open_release(area)) == pytest.approx(4_500)


def test_changed_words_give_another_variant_on_the_same_cells(area: Path) -> None:
    made = variant(area, {"zone": 20})
    times = {path.name: path.stat().st_mtime_ns for path in made.folder.iterdir()}
    write_toml(area, area_table([constraint("zone", buffer_m=5), constraint("away")], title="Een andere naam"))
    build(area)
    again = variant(area, {"zone": 20})
    assert again.id != made.id
    assert again.area.title == "Een andere naam"
    assert {path.name: path.stat().st_mtime_ns for path in again.folder.iterdir()} == times


@pytest.mark.parametrize(
    ("buffers", "says"),
    [
        ({"nothing": 5}, "no rule nothing with features in Proef; those with features are zone, away"),
        ({"zone": -1}, "must be 0 m or more, not -1"),
        ({"zone": math.nan}, "must be 0 m or more, not nan"),
        ({"zone": math.inf}, "must be 0 m or more, not inf"),
    ],
    ids=str,
)
def test_what_is_no_distance_or_no_rule_is_refused_in_one_sentence(area: Path, buffers: dict, says: str) -> None:
    with pytest.raises(BuildError, match=says):
        build_variant(area, buffers)
    assert len(list(build_folder(area).glob("releases/*"))) == 1


def test_an_area_that_changed_or_was_never_built_has_no_variant(area: Path, tmp_path: Path) -> None:
    (area / "zone.gpkg").unlink()
    write_layer(area / "zone.gpkg", [box(0, 0, 50, 100)])
    with pytest.raises(BuildError, match="changed since it was built"):
        build_variant(area, {"zone": 20})
    write_area(tmp_path / "new", {"p": box(0, 0, 9, 9)}, [Rule("zone", [box(0, 0, 4, 9)])])
    with pytest.raises(BuildError, match="build it first"):
        build_variant(tmp_path / "new", {"zone": 20})


def test_points_without_a_distance_are_refused_and_nothing_half_made_stays(tmp_path: Path) -> None:
    area = tmp_path / "area"
    made = Rule("stable", [box(50, 50, 52, 52).centroid], buffer_m=10)
    write_area(area, {"p": box(0, 0, 100, 100)}, [made])
    build(area)
    with pytest.raises(LayerError):
        build_variant(area, {"stable": 0})
    assert len(list(build_folder(area).glob("overlays/*"))) == 1
    assert len(list(build_folder(area).glob("releases/*"))) == 1
    assert blocked(variant(area, {"stable": 20})) == pytest.approx(math.pi * 400, rel=1e-3)


@pytest.mark.parametrize("name", [files.FEATURES, files.PARCELS, "part-0000.parquet"])
def test_a_damaged_base_makes_no_variant(area: Path, name: str) -> None:
    path = open_release(area).folder / name
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(PlanlibError):
        build_variant(area, {"zone": 20})
    assert len(list(build_folder(area).glob("releases/*"))) == 1
    # A build mends the base; then there is one.
    succeed("build", area)
    assert blocked(variant(area, {"zone": 20})) == pytest.approx(6_000)


def test_every_number_of_a_variant_says_what_it_supposes(area: Path) -> None:
    base, made = open_release(area), variant(area, {"zone": 12.5})
    about = provenance(assess(made))
    assert about["release"] == made.id
    assert about["variant_of"] == base.id
    assert about["distances_m"] == {"zone": "12.5 (5)"}
    assert "Regel zone” op 12,5 m en niet op 5 m" in statement(assess(made), Words("nl"))
    assert " op 5 m" not in statement(assess(base), Words("nl"))
    assert provenance(assess(base))["variant_of"] is None
