"""Traps that other systems fell into: each is a test, so that planlib does not fall into it again."""

from __future__ import annotations

import json
import math
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

import planlib.overlay.prepare
from tests.areas import (
    RD,
    Rule,
    area_table,
    at_origin,
    box,
    constraint,
    explain,
    findings,
    free,
    insight,
    outcomes,
    run,
    succeed,
    truth,
    wkt,
    write_area,
    write_layer,
    write_toml,
)

FIELD = {"p": box(0, 0, 100, 100)}


@pytest.mark.parametrize("away", [50, 999, 4999])
@pytest.mark.parametrize("side", [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1)])
def test_a_buffer_reaches_in_from_outside_the_study_area(away: float, side: tuple[int, int], tmp_path: Path) -> None:
    """The nearest border of the parcel is ``away`` metres off, and the buffer is 30 m more."""
    reach = away / math.hypot(*side)
    x, y = (50 + turn * (50 + reach) for turn in side)
    source = wkt(f"POINT({x} {y})")
    rule = Rule("vliegveld", [source], buffer_m=away + 30)
    row = free(write_area(tmp_path / "area", FIELD, [rule]))["p"]
    true = truth(FIELD["p"], [rule]).outcomes["blocked"]
    assert true > 100
    assert row["blocked"] == pytest.approx(true, rel=1e-6)


def test_a_buffer_reaches_over_partition_borders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planlib.overlay.prepare, "PARTITION_PARCELS", 1)
    here = {f"p{at}": box(10 * at, 0, 10 * at + 10, 10) for at in range(20)}
    rule = Rule("leiding", [wkt("LINESTRING(-1000 500, -30 5)"), wkt("POINT(100 105)")], buffer_m=100)
    table = free(write_area(tmp_path / "area", here, [rule]))
    for parcel, shape in here.items():
        assert outcomes(table[parcel]) == pytest.approx(truth(shape, [rule]).outcomes, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("radius", [0.5, 25, 1500])
def test_a_buffer_is_round(radius: float, tmp_path: Path) -> None:
    parcel = at_origin(shapely.box(-2 * radius, -2 * radius, 2 * radius, 2 * radius))
    area = write_area(tmp_path / "area", {"p": parcel}, [Rule("molen", [wkt("POINT(0 0)")], buffer_m=radius)])
    disc = math.pi * radius**2
    # Within 0.05% of a circle; a square would be 27% too large, an octagon 10% too small.
    assert free(area)["p"]["blocked"] == pytest.approx(disc, rel=5e-4)
    assert free(area)["p"]["blocked"] < disc


@pytest.mark.parametrize("metres", [0.1, 1, 2.5, 7])
def test_a_setback_of_a_metre_is_not_lost_in_a_raster(metres: float, tmp_path: Path) -> None:
    ditch = Rule("watergang", [wkt("LINESTRING(-50 33.33, 150 33.33)")], buffer_m=metres)
    row = free(write_area(tmp_path / "area", FIELD, [ditch]))["p"]
    assert row["blocked"] == pytest.approx(2 * metres * 100, rel=1e-6)


def test_thin_parcels_and_what_crosses_parcel_edges_are_not_filtered_out(tmp_path: Path) -> None:
    """A road of 4 cm wide, and a rule of which each parcel holds no more than a few square centimetres."""
    here = {"road": box(0, 0, 1000, 0.04)} | {f"p{at}": box(0.3 * at, 0.04, 0.3 * at + 0.3, 10) for at in range(100)}
    rule = Rule("strook", [box(-1, 0.03, 2000, 0.07)])
    table = free(write_area(tmp_path / "area", here, [rule]))
    assert table["road"]["blocked"] == pytest.approx(10, rel=1e-6)
    for at in range(100):
        assert table[f"p{at}"]["blocked"] == pytest.approx(0.009, rel=1e-6)


@pytest.mark.parametrize("width", [1e-2, 1e-3, 1e-4, 1e-5])
def test_slivers_are_measured_not_dropped(width: float, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("haar", [box(50, -10, 50 + width, 110)])])
    exact = truth(FIELD["p"], [Rule("haar", [box(50, -10, 50 + width, 110)])]).outcomes
    row = outcomes(free(area)["p"])
    assert row == pytest.approx(exact, rel=1e-6, abs=1e-8)
    assert row["blocked"] > 0
    assert sum(row.values()) == pytest.approx(10_000, rel=1e-6)


def test_no_result_is_cut_off_at_a_round_number(tmp_path: Path) -> None:
    """3,000 parcels and 3,000 features: a limit of 100 or 1,000 anywhere would show."""
    cells = [(x, y) for x in range(60) for y in range(50)]
    here = {f"{x}-{y}": box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for x, y in cells}
    rule = Rule("nature", [box(10 * x + 2, 10 * y, 10 * x + 5, 10 * y + 10) for x, y in cells])
    area = write_area(tmp_path / "area", here, [rule])
    table = free(area)
    assert len(table) == 3000
    assert [row["blocked"] for row in table.values()] == pytest.approx([30] * 3000)
    assert insight(area)["nature"]["parcels"] == 3000


@pytest.mark.parametrize("gone", ["nature.gpkg", "geur-known.gpkg"])
def test_a_layer_that_failed_is_never_no_constraint(gone: str, tmp_path: Path) -> None:
    rules = [Rule("nature", [box(0, 0, 40, 100)]), Rule("geur", [], coverage=[box(0, 0, 70, 100)])]
    area = write_area(tmp_path / "area", FIELD, rules)
    assert free(area)["p"]["free"] == pytest.approx(3000)
    (area / gone).unlink()
    ran = run("free", area, "--out", area / "again.csv")
    assert (ran.code, ran.out) == (2, "")
    assert gone in ran.err
    assert not (area / "again.csv").exists()


def test_an_absent_layer_is_counted_wherever_a_number_is_shown(tmp_path: Path) -> None:
    rules = [Rule("nature", [box(0, 0, 40, 100)]), Rule("pipeline", coverage="none"), Rule("geur", coverage="none")]
    area = write_area(tmp_path / "area", FIELD, rules)
    assert explain(area, "p")["unchecked"] == ["pipeline", "geur"]
    for command in ("free", "insight"):
        told = json.loads(succeed(command, area, "--json", "--out", area / "out.csv").out)
        assert told["unchecked"] == ["pipeline", "geur"]
        beside = json.loads((area / "out.csv.release.json").read_text(encoding="utf-8"))
        assert (beside["unchecked"], beside["checked"]) == (["pipeline", "geur"], ["nature"])
    assert {"pipeline", "geur"} <= {item["where"] for item in findings(area)}


def test_an_empty_layer_is_told(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [])])
    told = [item for item in findings(area) if item["where"] == "nature" and item["severity"] == "warning"]
    assert len(told) == 1
    assert "nature" in succeed("check", area).out
    assert "findings" in succeed("build", area, "--workers", 1).err


def test_a_parcel_is_a_shape_and_not_its_middle(tmp_path: Path) -> None:
    """The middle of an L lies outside it, and its own rule lies far from that middle."""
    bend = wkt("POLYGON((0 0, 100 0, 100 10, 10 10, 10 100, 0 100, 0 0))")
    area = write_area(
        tmp_path / "area",
        {"bend": bend},
        [Rule("middle", [box(15, 15, 90, 90)]), Rule("end", [box(0, 90, 10, 100)], state="movable")],
    )
    assert outcomes(free(area)["bend"]) == pytest.approx(
        {"free": 1800, "conditional": 0, "movable": 100, "unknown": 0, "blocked": 0}
    )
    assert insight(area)["middle"]["parcels"] == 0


@pytest.mark.parametrize(
    "neighbour",
    [
        "POLYGON((100 0, 200 0, 200 100, 100 100, 100 0))",
        "POLYGON((100 100, 200 100, 200 200, 100 200, 100 100))",
        "POLYGON((100 20, 150 50, 100 80, 100 20))",
    ],
)
def test_touching_is_not_overlapping(neighbour: str, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [wkt(neighbour)])])
    assert free(area)["p"]["free"] == pytest.approx(10_000, rel=1e-12)
    assert free(area)["p"]["blocked"] == 0
    assert insight(area)["nature"]["parcels"] == 0
    assert explain(area, "p")["constraints"] == []


def test_a_border_at_a_slant_that_both_sides_draw_alike_is_no_overlap(tmp_path: Path) -> None:
    """Neighbours often put more corners on the shared border than the parcel has, each rounded to the millimetre."""
    draw = np.random.default_rng(3)
    for at in range(5):
        share = np.sort(draw.uniform(0, 1, 20))
        border = np.column_stack([100 + 40 * share, 100 * share]).round(3)
        parcel = at_origin(shapely.Polygon([(0, 0), (100, 0), (140, 100), (0, 100)]))
        other = at_origin(shapely.Polygon([(300, 0), (100, 0), *border, (140, 100), (300, 100)]))
        area = write_area(tmp_path / f"area{at}", {"p": parcel}, [Rule("nature", [other])])
        row = outcomes(free(area)["p"])
        assert row == pytest.approx(truth(parcel, [Rule("nature", [other])]).outcomes, abs=1e-6)
        assert row["blocked"] < 0.05


def test_overlapping_limits_are_not_counted_double(tmp_path: Path) -> None:
    rules = [
        Rule(f"r{at}", [box(0, 0, 60, 100), box(at, 0, 50 + at, 100)], state)
        for at, state in enumerate(["hard", "movable", "condition"] * 4)
    ]
    area = write_area(tmp_path / "area", FIELD, rules)
    row = outcomes(free(area)["p"])
    assert sum(row.values()) == pytest.approx(10_000, rel=1e-9)
    assert row == pytest.approx(truth(FIELD["p"], rules).outcomes, rel=1e-6, abs=1e-6)


def test_square_metres_are_measured_in_the_national_grid_not_in_degrees(tmp_path: Path) -> None:
    """Parcels and rules that come in degrees are brought to the area's CRS first; a square degree is no area."""
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [box(0, 0, 40, 100)])])
    for name, layer in (("parcels.gpkg", "parcels"), ("nature.gpkg", "shapes")):
        frame = geopandas.read_file(area / name, layer=layer)
        frame["geometry"] = shapely.segmentize(frame.geometry.to_numpy(), 5)
        (area / name).unlink()
        pyogrio.write_dataframe(frame.to_crs("EPSG:4326"), area / name, layer=layer)
    row = free(area)["p"]
    assert row["area"] == pytest.approx(10_000, rel=2e-3)
    assert row["blocked"] == pytest.approx(4_000, rel=2e-3)
    succeed("free", area, "--out", area / "out.gpkg")
    assert geopandas.read_file(area / "out.gpkg", layer="parcels").crs == RD


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".geojson", ".zip", ".fgb", ".gml"])
def test_every_kind_of_file_gives_the_same_square_metres(suffix: str, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [box(0, 0, 40, 100)])])
    shapes = {"parcels": (FIELD["p"], "p"), "nature": (box(0, 0, 40, 100), "geldend")}
    for name, (shape, word) in shapes.items():
        frame = geopandas.GeoDataFrame({"code": [word]}, geometry=[shape], crs=RD)
        path = area / f"other_{name}{suffix}"
        if suffix == ".parquet":
            frame.to_parquet(path)
        elif suffix == ".zip":
            pyogrio.write_dataframe(frame, path.with_suffix(".shz"), driver="ESRI Shapefile")
            path.with_suffix(".shz").rename(path)
        else:
            pyogrio.write_dataframe(frame, path)
    rule = constraint("nature", path=f"other_nature{suffix}", where="code = 'geldend'")
    write_toml(area, area_table([rule], parcels={"path": f"other_parcels{suffix}", "id": "code"}))
    listing = {path.name for path in area.iterdir()}
    succeed("build", area, "--workers", 1)
    succeed("check", area)
    assert {path.name for path in area.iterdir()} == listing, "reading writes nothing beside what is read"
    assert outcomes(free(area)["p"]) == pytest.approx(
        {"free": 6000, "conditional": 0, "movable": 0, "unknown": 0, "blocked": 4000}, rel=1e-6
    )


def test_curves_in_dutch_gml_are_measured_as_curves(tmp_path: Path) -> None:
    """IMRO plans draw arcs; half a disc of 20 m is 628 m2, its chord alone would be nothing."""
    x, y = 200_050, 500_050
    arc = f"{x - 20} {y} {x} {y + 20} {x + 20} {y}"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:p="http://example.org/p" gml:id="c">
<gml:featureMember><p:vlak gml:id="v1"><p:naam>boog</p:naam><p:geometrie>
<gml:Surface srsName="urn:ogc:def:crs:EPSG::28992" gml:id="s1"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>
<gml:curveMember><gml:Curve gml:id="k1"><gml:segments><gml:Arc><gml:posList>{arc}</gml:posList></gml:Arc>
<gml:LineStringSegment><gml:posList>{x + 20} {y} {x - 20} {y}</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember>
</gml:Ring></gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>
</p:geometrie></p:vlak></gml:featureMember></gml:FeatureCollection>"""
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [box(0, 0, 40, 100)])])
    (area / "plan.gml").write_text(text, encoding="utf-8")
    write_toml(area, area_table([constraint("nature", path="plan.gml")]))
    assert free(area)["p"]["blocked"] == pytest.approx(math.pi * 400 / 2, rel=2e-3)


def test_a_layer_with_heights_is_measured_flat(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("nature", [shapely.force_3d(box(0, 0, 40, 100), 12.5)])])
    assert free(area)["p"]["blocked"] == pytest.approx(4000)


def test_a_rule_over_a_whole_parcel_holds_all_of_it_though_nothing_crosses_it(tmp_path: Path) -> None:
    here = {"inside": box(10, 10, 20, 20), "outside": box(200, 0, 210, 10), "in-the-hole": box(45, 45, 55, 55)}
    ring = wkt("POLYGON((0 0, 100 0, 100 100, 0 100, 0 0), (40 40, 60 40, 60 60, 40 60, 40 40))")
    rules = [
        Rule("nature", [ring]),
        Rule("geur", [], state="movable", coverage=[box(0, 0, 30, 30), box(190, -10, 220, 30)]),
    ]
    table = free(write_area(tmp_path / "area", here, rules))
    assert table["inside"]["blocked"] == pytest.approx(100)
    assert table["outside"]["free"] == pytest.approx(100)
    assert table["in-the-hole"]["unknown"] == pytest.approx(100)


def test_a_release_says_what_it_stands_on_in_every_layer(tmp_path: Path) -> None:
    """Two files with the same shapes are two inputs: nothing is taken from another area's build."""
    one = write_area(tmp_path / "one" / "area", FIELD, [Rule("nature", [box(0, 0, 40, 100)])])
    other = write_area(tmp_path / "two" / "area", FIELD, [Rule("nature", [box(0, 0, 60, 100)])])
    assert free(one)["p"]["blocked"] == pytest.approx(4000)
    assert free(other)["p"]["blocked"] == pytest.approx(6000)
    write_layer(one / "more.gpkg", [box(90, 0, 100, 100)])
    write_toml(one, area_table([constraint("nature"), constraint("more")]))
    assert free(one)["p"]["blocked"] == pytest.approx(5000)
