"""``check``: a table of findings, never a silent repair, and exit 2 for what must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pyogrio
import pytest
import shapely

from planlib.release import build_folder
from tests.areas import (
    RD,
    Rule,
    area_table,
    box,
    constraint,
    findings,
    free,
    run,
    succeed,
    wkt,
    write_area,
    write_layer,
    write_toml,
)

KEYS = {"severity", "where", "row", "problem", "action", "area_before_m2", "area_after_m2", "who"}


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return a sound area."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])


def notable(path: Path, where: str) -> list[dict]:
    """Return the findings about one place that are more than a note."""
    return [item for item in findings(path) if item["where"] == where and item["severity"] != "note"]


def replace_layer(area: Path, shapes: list[shapely.Geometry | None], **keys: object) -> None:
    """Write other shapes for the rule nature."""
    (area / "nature.gpkg").unlink()
    write_layer(area / "nature.gpkg", shapes)
    write_toml(area, area_table([constraint("nature", **keys)]))


def test_a_sound_area_has_nothing_notable(area: Path) -> None:
    ran = succeed("check", area)
    assert ran.out.strip()
    assert {item["severity"] for item in findings(area)} <= {"note"}
    for item in findings(area):
        assert item.keys() == KEYS


def test_checking_builds_and_writes_nothing(area: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in area.rglob("*")}
    succeed("check", area)
    assert {path: path.stat().st_mtime_ns for path in area.rglob("*")} == before
    assert not build_folder(area).exists()


def test_the_area_file_itself_may_be_named(area: Path) -> None:
    assert succeed("check", area / "area.toml").out == succeed("check", area).out


def test_a_repair_is_told_with_its_row_and_the_area_before_and_after(area: Path) -> None:
    doubly = wkt("MULTIPOLYGON(((0 0, 60 0, 60 100, 0 100, 0 0)), ((40 0, 80 0, 80 100, 40 100, 40 0)))")
    replace_layer(area, [box(0, 0, 1, 1), doubly])
    (told,) = notable(area, "nature")
    assert (told["severity"], told["row"]) == ("warning", 1)
    assert told["area_before_m2"] == pytest.approx(10_000)
    assert told["area_after_m2"] == pytest.approx(8_000)
    text = [line for line in succeed("check", area).out.splitlines() if line.startswith("warning")]
    assert len(text) == 1
    for word in ("nature", "row 1", "10000.00", "8000.00"):
        assert word in text[0]


def test_a_dropped_row_is_told(area: Path) -> None:
    replace_layer(area, [box(0, 0, 10, 10), wkt("POLYGON((5 5, 8 8, 9 9, 5 5))"), None, shapely.Polygon()])
    told = notable(area, "nature")
    assert sorted(item["row"] for item in told) == [1, 2, 3]
    assert all("dropped" in item["action"] for item in told)
    assert free(area)["p1"]["blocked"] == pytest.approx(100)


def test_a_point_beside_a_polygon_in_one_row_is_left_out_and_told(area: Path) -> None:
    collection = wkt("GEOMETRYCOLLECTION(POINT(1 1), POLYGON((50 0, 60 0, 60 10, 50 10, 50 0)))")
    replace_layer(area, [box(0, 0, 10, 10), collection])
    assert [item["row"] for item in notable(area, "nature")] == [1]
    assert free(area)["p1"]["blocked"] == pytest.approx(200)


@pytest.mark.parametrize("shape", ["POINT(50 50)", "LINESTRING(0 0, 50 50)"])
def test_a_row_of_points_among_polygons_needs_a_buffer_or_the_layer_is_refused(area: Path, shape: str) -> None:
    replace_layer(area, [box(0, 0, 10, 10), wkt(shape)])
    (told,) = notable(area, "nature")
    assert told["severity"] == "error"
    assert "row 1 of" in told["problem"]
    assert "buffer_m" in told["problem"]
    replace_layer(area, [box(0, 0, 10, 10), wkt(shape)], buffer_m=5)
    assert notable(area, "nature") == []


def test_a_layer_without_features_is_a_finding_and_covers_nothing(area: Path) -> None:
    replace_layer(area, [])
    (told,) = notable(area, "nature")
    assert "no features" in told["problem"]
    assert free(area)["p1"]["free"] == pytest.approx(10_000)


def test_a_layer_with_nothing_near_the_area_is_a_finding_and_covers_nothing(area: Path) -> None:
    replace_layer(area, [box(10_000, 10_000, 11_000, 11_000)])
    (told,) = notable(area, "nature")
    assert "near" in told["problem"]
    assert free(area)["p1"]["free"] == pytest.approx(10_000)


def test_a_transformation_is_told_with_its_accuracy(area: Path) -> None:
    (area / "nature.gpkg").unlink()
    frame = geopandas.GeoDataFrame(geometry=[shapely.segmentize(box(-100, -100, 40, 200), 5)], crs=RD).to_crs(
        "EPSG:4258"
    )
    pyogrio.write_dataframe(frame, area / "nature.gpkg", layer="shapes")
    told = [item for item in findings(area) if "EPSG:4258" in item["problem"]]
    assert len(told) == 1
    assert "accurate to" in told[0]["action"]
    assert " m" in told[0]["action"]
    assert free(area)["p1"]["blocked"] == pytest.approx(4000, abs=110)


def test_parcels_that_overlap_are_told_with_the_area_they_share(tmp_path: Path) -> None:
    here = {
        "a": box(0, 0, 60, 100),
        "b": box(40, 0, 100, 100),
        "inner": box(10, 10, 20, 20),
        "twin": box(200, 0, 300, 100),
        "twin2": box(200, 0, 300, 100),
    }
    area = write_area(tmp_path / "area", here)
    (told,) = notable(area, "parcels")
    assert "3 pairs" in told["problem"]
    # 20 x 100 shared by a and b, 10 x 10 inside a, and the twin of 100 x 100.
    assert "12100.00" in told["problem"]
    assert free(area)["twin"]["free"] == pytest.approx(10_000)


def test_parcels_that_only_touch_do_not_overlap(tmp_path: Path) -> None:
    here = {
        f"{x}-{y}": box(10 * x / 3, 10 * y / 7, 10 * (x + 1) / 3, 10 * (y + 1) / 7) for x in range(5) for y in range(5)
    }
    assert notable(write_area(tmp_path / "area", here), "parcels") == []


def test_a_parcel_that_was_mended_or_dropped_is_told(tmp_path: Path) -> None:
    bowtie, flat = wkt("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"), wkt("POLYGON((50 50, 51 51, 52 52, 50 50))")
    area = write_area(tmp_path / "area", {"good": box(100, 0, 110, 10), "bowtie": bowtie, "flat": flat})
    told = {item["row"]: item for item in notable(area, "parcels")}
    assert set(told) == {1, 2}
    assert told[1]["area_after_m2"] == pytest.approx(50)
    assert list(free(area)) == ["good", "bowtie"]


def test_everything_that_is_wrong_is_told_at_once(area: Path) -> None:
    rules = [
        constraint("nature", path="gone.gpkg"),
        constraint("silence", path="parcels.gpkg", where="nosuch = 1"),
        constraint("geur", path="parcels.gpkg", coverage="nowhere.gpkg"),
    ]
    write_toml(area, area_table(rules))
    ran = run("check", area)
    assert ran.code == 2
    errors = [line for line in ran.out.splitlines() if line.startswith("error")]
    assert len(errors) == 3
    for word in ("gone.gpkg", "nosuch", "nowhere.gpkg"):
        assert any(word in line for line in errors)
    assert len(ran.err.splitlines()) == 1
    assert json.loads(run("check", area, "--json").out)


def test_a_data_file_alone_can_be_checked(area: Path) -> None:
    write_layer(area / "nature.gpkg", [wkt("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"), None], layer="more")
    ran = succeed("check", area / "nature.gpkg")
    for word in ("shapes", "more", "invalid", "row 1", RD):
        assert word in ran.out
    assert all(item.keys() == KEYS for item in findings(area / "nature.gpkg"))


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\x00nonsense"])
def test_a_data_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.gpkg").write_bytes(content)
    ran = run("check", tmp_path / "bad.gpkg")
    assert ran.code == 2
    assert "bad.gpkg" in ran.out + ran.err


def test_a_data_file_without_crs_or_of_which_no_row_survives_is_refused(tmp_path: Path) -> None:
    write_layer(tmp_path / "nowhere.gpkg", [box(0, 0, 1, 1)], crs=None)
    write_layer(tmp_path / "flat.gpkg", [wkt("POLYGON((5 5, 8 8, 9 9, 5 5))")])
    assert run("check", tmp_path / "nowhere.gpkg").code == 2
    assert run("check", tmp_path / "flat.gpkg").code == 2


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ran = run("check", tmp_path / "nowhere.gpkg")
    assert ran.code == 2
    assert "nowhere.gpkg" in ran.err
