"""Wrong input is refused: exit code 2, one sentence that names what is wrong, nothing half-made (DESIGN 5.2)."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio
import pytest
import shapely

from planlib.release import build_folder
from tests.areas import (
    RD,
    Ran,
    Rule,
    area_table,
    at_origin,
    box,
    constraint,
    free,
    pyogrio_says_nothing,
    run,
    wkt,
    write_area,
    write_layer,
    write_toml,
)

Table = dict[str, Any]


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return a sound area: one parcel, one hard rule named nature on part of it."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])


def sentence(ran: Ran) -> str:
    """Return the one sentence on stderr, after the lines that tell how far a build is."""
    told = [line for line in ran.err.splitlines() if not line.endswith(" ...")]
    assert len(told) == 1, ran.err
    return told[0]


def files_in(folder: Path) -> set[Path]:
    """Return all files under a folder."""
    return {path for path in folder.rglob("*") if path.is_file()}


def refuse(area: Path, *words: str) -> None:
    """Insist that ``free``, ``build`` and ``check`` all refuse the area with these words, and leave nothing behind."""
    before = files_in(area.parent)
    ran = run("free", area, "--out", area / "out.csv")
    assert ran.code == 2, ran
    assert ran.out == ""
    for word in words:
        assert word in sentence(ran), word
    built = run("build", area, "--workers", 1)
    assert (built.code, built.out, sentence(built)) == (2, "", sentence(ran))
    checked = run("check", area)
    assert checked.code == 2, checked
    assert files_in(area.parent) == before
    home = build_folder(area)
    assert not [path for path in files_in(home) if path.name in {"current.json", "progress.json"}]
    assert not list(home.glob("overlays/*")), "cells of a refused area stay behind"


def rewrite(area: Path, *rules: Table, **top: Any) -> Path:
    """Write another ``area.toml`` in a sound area; without rules it has the rule nature."""
    return write_toml(area, area_table(rules or [constraint("nature")], **top))


# --- area.toml ---------------------------------------------------------------------------------------------------


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    ran = run("free", tmp_path / "nowhere", "--out", tmp_path / "out.csv")
    assert ran.code == 2
    assert "nowhere" in sentence(ran)
    assert not list(tmp_path.iterdir())


def test_a_mistyped_folder_leaves_no_build_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANLIB_BUILD_DIR")
    (tmp_path / "empty").mkdir()
    for name in ("nowhere", "empty"):
        assert run("build", tmp_path / name).code == 2
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_folder_without_area_file(tmp_path: Path) -> None:
    ran = run("build", tmp_path)
    assert ran.code == 2
    assert "area.toml" in sentence(ran)


@pytest.mark.parametrize(
    "content", [b"title = ", b"title = 'a'\ntitle = 'b'", b"\xff\xfe\x00t", b"", b"[[parcels]]\npath = 'x'"]
)
def test_area_file_that_is_broken(area: Path, content: bytes) -> None:
    (area / "area.toml").write_bytes(content)
    refuse(area, "area.toml")


@pytest.mark.parametrize("key", ["title", "crs", "reference_date", "parcels"])
def test_area_without_a_needed_key(area: Path, key: str) -> None:
    refuse(rewrite(area, **{key: None}), "area.toml", key)


@pytest.mark.parametrize("key", ["path", "id"])
def test_parcels_without_a_needed_key(area: Path, key: str) -> None:
    parcels = {"path": "parcels.gpkg", "id": "id"}
    del parcels[key]
    refuse(rewrite(area, parcels=parcels), "area.toml", "parcels", key)


@pytest.mark.parametrize(
    "key",
    [
        "id", "path", "state", "level", "made_by", "legal_basis", "confidence", "reference_url", "title", "source_date",
        "coverage",
    ],
)  # fmt: skip
def test_constraint_without_a_needed_key(area: Path, key: str) -> None:
    words = [key] if key == "id" else ["nature", key]
    refuse(rewrite(area, constraint("nature", **{key: None})), "area.toml", *words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, ["colour"]),
        ({"Title": "Proef"}, ["Title"]),
        ({"parcels": {"path": "parcels.gpkg", "id": "id", "owner": "naam"}}, ["parcels", "owner"]),
        ({"title": 7}, ["title"]),
        ({"crs": 28992}, ["crs"]),
        ({"use": "houses"}, ["use", "houses", "housing"]),
        ({"use": "all"}, ["use", "all"]),
        ({"fictional": "no"}, ["fictional"]),
        ({"reference_date": "tomorrow"}, ["reference_date"]),
        ({"reference_date": 2026}, ["reference_date"]),
        ({"context": [{"kind": "rivers", "path": "parcels.gpkg"}]}, ["context", "rivers"]),
        ({"context": [{"kind": "roads", "path": "parcels.gpkg", "name": "naam"}]}, ["context", "name"]),
        ({"context": [{"kind": "roads"}]}, ["context", "path"]),
        ({"not_here": [{"id": "nosuch", "reason": "x", "by": "x", "date": date(2026, 1, 1)}]}, ["not_here", "nosuch"]),
        ({"not_here": [{"id": "nature", "reason": "x", "by": "x", "date": date(2026, 1, 1)}]}, ["not_here", "nature"]),
        ({"not_here": [{"id": "nature", "by": "x", "date": date(2026, 1, 1)}]}, ["not_here", "reason"]),
        ({"not_here": [{"id": "nature", "reason": "x", "date": date(2026, 1, 1)}]}, ["not_here", "by"]),
        ({"not_here": [{"id": "nature", "reason": "x", "by": "x"}]}, ["not_here", "date"]),
        ({"not_here": [{"id": "nature", "reason": "", "by": "x", "date": date(2026, 1, 1)}]}, ["not_here", "reason"]),
    ],
    ids=str,
)
def test_area_with_a_wrong_key_or_value(area: Path, changes: Table, words: list[str]) -> None:
    refuse(rewrite(area, **changes), "area.toml", *words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": "red"}, ["colour"]),
        ({"buffer": 10}, ["buffer"]),
        ({"state": "soft"}, ["soft", "movable"]),
        ({"state": "moved"}, ["moved", "movable"]),
        ({"state": "lapsed"}, ["lapsed", "movable"]),
        ({"state": {"housing": "hard"}}, ["default"]),
        ({"state": {"houses": "hard", "default": "hard"}}, ["houses"]),
        ({"state": {"housing": "soft", "default": "hard"}}, ["soft"]),
        ({"state": {"wind": "soft", "default": "hard"}, "uses": ["housing"]}, ["soft"]),
        ({"state": 3}, ["state"]),
        ({"uses": ["houses"]}, ["uses", "houses"]),
        ({"uses": "housing"}, ["uses"]),
        ({"uses": []}, ["uses"]),
        ({"level": "europa"}, ["level", "europa"]),
        ({"confidence": "sure"}, ["confidence", "sure"]),
        ({"decides": ["burgemeester"]}, ["decides", "burgemeester"]),
        ({"decides": "gemeente"}, ["decides"]),
        ({"title": "Regel"}, ["title"]),
        ({"title": {"en": "Rule"}}, ["title", "nl"]),
        ({"title": {"nl": "Regel", "de": "Regel"}}, ["title", "de"]),
        ({"small_print": {"en": "only English"}}, ["small_print", "nl"]),
        ({"buffer_m": -1}, ["buffer_m"]),
        ({"buffer_m": "10"}, ["buffer_m"]),
        ({"buffer_m": float("inf")}, ["buffer_m"]),
        ({"buffer_m": float("nan")}, ["buffer_m"]),
        ({"buffer_m": True}, ["buffer_m"]),
        ({"coverage": True}, ["coverage"]),
        ({"coverage": ""}, ["coverage"]),
        ({"coverage": {"layer": "shapes"}}, ["coverage", "path"]),
        ({"coverage": {"path": "nature.gpkg", "file": "x"}}, ["coverage", "file"]),
        ({"applies_in": "pv25"}, ["applies_in"]),
        ({"valid_from": "soon"}, ["valid_from"]),
        ({"valid_until": datetime(2026, 1, 1, 12, 0, tzinfo=UTC)}, ["valid_until"]),
        ({"source_date": 2024}, ["source_date"]),
        ({"made_by": ""}, ["made_by"]),
        ({"legal_basis": 7}, ["legal_basis"]),
        ({"where": 7}, ["where"]),
    ],
    ids=str,
)
def test_constraint_with_a_wrong_key_or_value(area: Path, changes: Table, words: list[str]) -> None:
    text = {key: value for key, value in changes.items() if not isinstance(value, float) or value == value}
    rewrite(area, constraint("nature", **text))
    if changes != text or "inf" in str(changes.get("buffer_m")):
        rewrite(area, constraint("nature", buffer_m=123))
        written = (area / "area.toml").read_text(encoding="utf-8")
        number = "nan" if changes != text else "inf"
        (area / "area.toml").write_text(written.replace("buffer_m = 123", f"buffer_m = {number}"), encoding="utf-8")
    refuse(area, "nature", *words)


def test_one_constraint_id_twice(area: Path) -> None:
    refuse(rewrite(area, constraint("nature"), constraint("nature")), "nature")


def test_constraint_that_is_a_single_table(area: Path) -> None:
    rewrite(area)
    text = (area / "area.toml").read_text(encoding="utf-8")
    (area / "area.toml").write_text(text.replace("[[constraint]]", "[constraint]"), encoding="utf-8")
    refuse(area, "area.toml", "constraint")


# --- coordinate reference systems --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("crs", "word"),
    [
        ("EPSG:3857", "mercator"),
        ("ESRI:102100", "area"),
        ("EPSG:4326", "projected"),
        ("EPSG:4258", "projected"),
        ("EPSG:2263", "metres"),
        ("EPSG:999999", "999999"),
        ("RD", "RD"),
        ("EPSG:32635", "EPSG:32635"),
        ("EPSG:4978", "projected"),
        ("EPSG:5709", "projected"),
    ],
)
def test_area_in_a_crs_that_cannot_be_measured_in(area: Path, crs: str, word: str) -> None:
    refuse(rewrite(area, crs=crs), crs, word)


@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:3035", "EPSG:32631", "EPSG:25831", "EPSG:7415"])
def test_area_in_any_fitting_crs_is_taken(area: Path, crs: str) -> None:
    row = free(rewrite(area, crs=crs))["p1"]
    assert row["blocked"] == pytest.approx(4000, rel=2e-3)
    assert row["free"] == pytest.approx(6000, rel=2e-3)


def no_crs(path: Path) -> None:
    """Write the layer of a rule without any CRS."""
    write_layer(path, [box(0, 0, 10, 10)], crs=None)


def test_layer_without_crs(area: Path) -> None:
    (area / "nature.gpkg").unlink()
    no_crs(area / "nature.gpkg")
    refuse(area, "nature.gpkg", "coordinate reference system")


def test_parcels_without_crs(area: Path) -> None:
    (area / "parcels.gpkg").unlink()
    write_layer(area / "parcels.gpkg", [box(0, 0, 10, 10)], layer="parcels", crs=None, id=["p1"])
    refuse(area, "parcels.gpkg", "coordinate reference system")


def test_shapefile_without_projection_file(area: Path) -> None:
    write_shapefile(area, "nature", without={".prj"})
    refuse(rewrite(area, constraint("nature", path="nature.zip")), "nature.zip", "coordinate reference system")


@pytest.mark.parametrize("crs", [None, "urn:ogc:def:crs:EPSG::999999"])
def test_geojson_with_national_coordinates_and_no_sound_crs(area: Path, crs: str | None) -> None:
    """GDAL takes such a file for degrees without a word."""
    write_geojson(area / "nature.geojson", box(0, 0, 40, 100), crs=crs)
    refuse(rewrite(area, constraint("nature", path="nature.geojson")), "nature.geojson", "coordinate")


def test_geojson_that_names_the_national_crs_is_taken(area: Path) -> None:
    write_geojson(area / "nature.geojson", box(0, 0, 40, 100), crs="urn:ogc:def:crs:EPSG::28992")
    assert free(rewrite(area, constraint("nature", path="nature.geojson")))["p1"]["blocked"] == pytest.approx(4000)


def write_geojson(path: Path, shape: shapely.Geometry, *, crs: str | None = None, **properties: Any) -> None:
    """Write one shape as GeoJSON, coordinates as they are."""
    feature = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(shape)}
    collection: Table = {"type": "FeatureCollection", "features": [feature]}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(collection), encoding="utf-8")


def write_shapefile(area: Path, name: str, *, without: set[str] = frozenset()) -> None:
    """Write a rule's layer as a zipped Shapefile, less some of its parts."""
    parts = area / "parts"
    parts.mkdir()
    geopandas.GeoDataFrame({"naam": ["x"]}, geometry=[box(0, 0, 40, 100)], crs=RD).to_file(parts / f"{name}.shp")
    with zipfile.ZipFile(area / f"{name}.zip", "w") as archive:
        for part in parts.iterdir():
            if part.suffix not in without:
                archive.write(part, part.name)
    for part in parts.iterdir():
        part.unlink()
    parts.rmdir()


# --- parcels -----------------------------------------------------------------------------------------------------


def write_parcels(area: Path, ids: Any, shapes: list[shapely.Geometry | None] | None = None, **columns: Any) -> Path:
    """Write other parcels in a sound area."""
    (area / "parcels.gpkg").unlink()
    shapes = shapes or [box(10 * at, 0, 10 * at + 10, 10) for at in range(len(ids))]
    frame = geopandas.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs=RD)
    pyogrio.write_dataframe(frame, area / "parcels.gpkg", layer="parcels")
    return area


def test_parcel_ids_that_stand_twice(area: Path) -> None:
    refuse(write_parcels(area, ["p1", "p2", "p1"]), "parcels.gpkg", "p1")


def test_parcel_ids_that_differ_in_spaces_only(area: Path) -> None:
    refuse(write_parcels(area, ["p1", "p1 "]), "parcels.gpkg", "p1")


@pytest.mark.parametrize(
    "ids", [["p1", None, "p3"], ["p1", "", "p3"], ["p1", "  ", "p3"], pd.array([1, None, 3], dtype="Int64")]
)
def test_parcel_without_an_id(area: Path, ids: Any) -> None:
    refuse(write_parcels(area, ids), "parcels.gpkg", "row 1", "id")


@pytest.mark.parametrize("ids", [[1.0, 2.0], [1.5, 2.5]])
def test_parcel_ids_that_are_fractions(area: Path, ids: list[float]) -> None:
    refuse(write_parcels(area, ids), "parcels.gpkg", "id")


def test_parcel_ids_that_are_whole_numbers_become_text(area: Path) -> None:
    assert list(free(write_parcels(area, [12, 7]))) == ["12", "7"]


def test_parcels_without_rows(area: Path) -> None:
    (area / "parcels.gpkg").unlink()
    write_layer(area / "parcels.gpkg", [], layer="parcels", id=[])
    refuse(area, "parcels.gpkg")


def test_parcels_without_any_usable_shape(area: Path) -> None:
    refuse(write_parcels(area, ["p1", "p2"], [None, None]), "parcels.gpkg")


def test_parcels_that_are_points(area: Path) -> None:
    refuse(write_parcels(area, ["p1"], [wkt("POINT(5 5)")]), "parcels.gpkg")


@pytest.mark.parametrize("key", ["id", "registered_area", "owner_kind"])
def test_parcels_without_a_column(area: Path, key: str) -> None:
    refuse(rewrite(area, parcels={"path": "parcels.gpkg", "id": "id", key: "nosuch"}), "parcels.gpkg", "nosuch")


def test_registered_area_that_is_no_number(area: Path) -> None:
    write_parcels(area, ["p1", "p2"], oppervlakte=["100", "veel"])
    parcels = {"path": "parcels.gpkg", "id": "id", "registered_area": "oppervlakte"}
    refuse(rewrite(area, parcels=parcels), "parcels.gpkg", "oppervlakte", "veel")


# --- files and layers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["parcels", "nature", "coverage"])
def test_a_file_that_is_missing(area: Path, which: str) -> None:
    changes: Table = {"parcels": {"path": "gone.gpkg", "id": "id"}} if which == "parcels" else {}
    rule = {"nature": {"path": "gone.gpkg"}, "coverage": {"coverage": "gone.gpkg"}}.get(which, {})
    rewrite(area, constraint("nature", **rule), **changes)
    refuse(area, "gone.gpkg")


@pytest.mark.parametrize("changes", [{"path": "gone.gpkg"}, {"path": "nature.gpkg", "label": "gone"}], ids=str)
def test_what_lies_under_the_map_is_refused_too(area: Path, changes: Table) -> None:
    rewrite(area, context=[{"kind": "roads", **changes}])
    for command in ("check", "build"):
        ran = run(command, area)
        assert ran.code == 2, command
        assert "gone" in ran.out + ran.err


def test_a_coverage_that_is_no_word_is_a_file(area: Path) -> None:
    refuse(rewrite(area, constraint("nature", coverage="some")), "some")
    refuse(rewrite(area, constraint("nature", coverage="All")), "All")


@pytest.mark.parametrize("which", ["parcels", "nature", "coverage"])
def test_a_layer_that_is_missing_is_told_with_those_that_are_there(area: Path, which: str) -> None:
    changes: Table = {"parcels": {"path": "parcels.gpkg", "id": "id", "layer": "gone"}} if which == "parcels" else {}
    rule: Table = {
        "nature": {"layer": "gone"},
        "coverage": {"coverage": {"path": "nature.gpkg", "layer": "gone"}},
    }.get(which, {})
    refuse(rewrite(area, constraint("nature", **rule), **changes), ".gpkg", "gone", "parcels" if changes else "shapes")


def test_a_layer_must_be_named_when_there_are_more(area: Path) -> None:
    write_layer(area / "nature.gpkg", [box(0, 0, 1, 1)], layer="other")
    refuse(area, "nature.gpkg", "shapes", "other")
    assert free(rewrite(area, constraint("nature", layer="shapes")))["p1"]["blocked"] == pytest.approx(4000)


@pytest.mark.parametrize(
    "where",
    [
        "status ==== 'x'",
        "statsu = 'geldend'",
        "\"statsu\" = 'geldend'",
        "status = 'geldend",
        "status = 'geldend'; DROP TABLE shapes",
        "1 = 1) UNION SELECT (1",
        "nosuchfunction(status) = 1",
    ],
)
def test_a_condition_that_is_no_condition_on_its_columns(area: Path, where: str) -> None:
    (area / "nature.gpkg").unlink()
    write_layer(area / "nature.gpkg", [box(0, 0, 40, 100)], status=["geldend"])
    refuse(rewrite(area, constraint("nature", where=where)), "nature.gpkg", "where")


@pytest.mark.parametrize("shape", ["POINT(5 5)", "LINESTRING(0 0, 10 10)", "MULTIPOINT((1 1), (2 2))"])
def test_points_and_lines_without_a_buffer(area: Path, shape: str) -> None:
    (area / "nature.gpkg").unlink()
    write_layer(area / "nature.gpkg", [wkt(shape)])
    refuse(area, "nature", "buffer_m")


@pytest.mark.parametrize(
    "shapes",
    [
        ["POLYGON((0 0, 10 10, 0 0))", "POLYGON((5 5, 6 6, 7 7, 5 5))"],
        ["POLYGON EMPTY"],
        ["POLYGON((0 0, 50 0, 0 0, 0 0))"],
    ],
)
def test_a_layer_of_which_no_row_survives(area: Path, shapes: list[str]) -> None:
    (area / "nature.gpkg").unlink()
    write_layer(area / "nature.gpkg", [wkt(shape) for shape in shapes])
    refuse(area, "nature")


def test_a_layer_of_which_every_row_lacks_a_shape(area: Path) -> None:
    (area / "nature.gpkg").unlink()
    frame = geopandas.GeoDataFrame({"naam": ["a", "b"]}, geometry=[None, None], crs=RD)
    pyogrio.write_dataframe(frame, area / "nature.gpkg", layer="shapes", geometry_type="Polygon")
    refuse(area, "nature")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e308])
def test_a_layer_whose_coordinates_are_no_numbers(area: Path, number: float) -> None:
    (area / "nature.gpkg").unlink()
    ring = [(200_000.0, 500_000.0), (number, 500_000.0), (200_100.0, 500_100.0), (200_000.0, 500_000.0)]
    with pyogrio_says_nothing():
        write_layer(area / "nature.gpkg", [shapely.Polygon(ring)])
    refuse(area, "nature")


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".zip", ".fgb", ".gml"])
@pytest.mark.parametrize("content", [b"", b"this is no such file\n" * 50, b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_a_file_that_is_not_what_its_name_says(area: Path, suffix: str, content: bytes) -> None:
    (area / f"other{suffix}").write_bytes(content)
    refuse(rewrite(area, constraint("nature", path=f"other{suffix}")), f"other{suffix}")


@pytest.mark.parametrize("name", ["layer.csv", "layer.shp", "layer", "layer.vrt", "layer.xlsx"])
def test_a_kind_of_file_that_is_not_read(area: Path, name: str) -> None:
    (area / name).write_bytes(b"x")
    refuse(rewrite(area, constraint("nature", path=name)), name)


def test_a_folder_where_a_file_should_be(area: Path) -> None:
    (area / "folder.gpkg").mkdir()
    refuse(rewrite(area, constraint("nature", path="folder.gpkg")), "folder.gpkg")


@pytest.mark.parametrize("suffix", [".geojson", ".gml", ".json"])
@pytest.mark.parametrize("before", ["", "\ufeff", "<!-- x -->\n", " " * 1000, "<?xml version='1.0'?>\n"])
def test_a_virtual_dataset_under_another_name_is_not_followed(area: Path, before: str, suffix: str) -> None:
    """GDAL would open another file on this machine."""
    text = f"<OGRVRTDataSource><OGRVRTLayer name='shapes'><SrcDataSource>{area}/nature.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    (area / f"other{suffix}").write_text(before + text, encoding="utf-8")
    refuse(rewrite(area, constraint("nature", path=f"other{suffix}")), f"other{suffix}")


def test_a_path_that_would_fetch_something_is_a_file_that_is_not_there(area: Path) -> None:
    refuse(rewrite(area, constraint("nature", path="/vsicurl/http://127.0.0.1:9/x.gpkg")), "x.gpkg")


MANY = [box(3 * at, 0, 3 * at + 2, 100) for at in range(3000)]


def write_many(path: Path) -> None:
    """Write a layer of many rows in any format."""
    frame = geopandas.GeoDataFrame({"naam": [f"vlak {at}" for at in range(len(MANY))]}, geometry=MANY, crs=RD)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".zip":
        frame.to_file(path.with_suffix(".shz"), driver="ESRI Shapefile")
        path.with_suffix(".shz").rename(path)
    else:
        with pyogrio_says_nothing():
            pyogrio.write_dataframe(frame, path)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet", ".zip", ".fgb", ".gml"])
def test_a_file_that_broke_off_is_never_read_as_if_it_were_whole(area: Path, suffix: str, share: float) -> None:
    path = area / f"other{suffix}"
    write_many(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    rewrite(area, constraint("nature", path=path.name))
    ran = run("free", area, "--out", area / "out.csv")
    assert ran.code == 2, f"{suffix} of which {share:.0%} is left was taken: {ran.out}"
    assert path.name in ran.err
    assert not (area / "out.csv").exists()


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".parquet"])
def test_a_file_with_a_damaged_middle_is_never_read_as_if_it_were_whole(area: Path, suffix: str) -> None:
    path = area / f"other{suffix}"
    write_many(path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(16384) + whole[middle + 16384 :])
    rewrite(area, constraint("nature", path=path.name))
    ran = run("free", area, "--out", area / "out.csv")
    told = [item["severity"] for item in json.loads(run("check", area, "--json").out) if item["where"] == "nature"]
    assert ran.code == 2 or {"warning", "error"} & set(told), "damage passed without a word"


# --- the command line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["free", "insight", "explain"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--use", "houses"], ["houses", "housing", "all"]),
        (["--use", ""], ["use"]),
        (["--use", "Housing"], ["Housing"]),
        (["--state", "nosuch=hard"], ["nosuch", "nature"]),
        (["--state", "nature=soft"], ["soft", "movable"]),
        (["--state", "nature"], ["nature", "ID=STATE"]),
        (["--state", "=hard"], ["=hard"]),
        (["--state", "nature="], ["state"]),
        (["--state", "nature=hard", "--state", "nosuch=hard"], ["nosuch"]),
    ],
    ids=str,
)
def test_a_question_that_does_not_fit_the_area(area: Path, command: str, options: list[str], words: list[str]) -> None:
    arguments = (
        [command, area, "p1", *options] if command == "explain" else [command, area, *options, "--out", area / "o.csv"]
    )
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    for word in words:
        assert word in sentence(ran)
    assert not (area / "o.csv").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ["scenario.toml"]),
        ("title = ", ["scenario.toml"]),
        ("[state]\nnature = 'hard'", ["scenario.toml", "title"]),
        ("title = 'A'\ncolour = 'red'", ["scenario.toml", "colour"]),
        ("title = 'A'\nuse = 'houses'", ["scenario.toml", "houses"]),
        ("title = 'A'\n[state]\nnosuch = 'hard'", ["nosuch"]),
        ("title = 'A'\n[state]\nnature = 'soft'", ["nature", "soft"]),
        ("title = 'A'\n[state]\nnature = 3", ["nature"]),
        ("title = 'A'\nstate = 'hard'", ["state"]),
        ("title = 'A'\nstate = ''", ["state"]),
        ("title = 'A'\nstate = 0", ["state"]),
        ("title = 'A'\nset_on = 'yesterday'", ["set_on"]),
        ("title = 'A'\n[states]\nnature = 'hard'", ["states"]),
    ],
    ids=str,
)
def test_a_scenario_that_is_wrong(area: Path, text: str | None, words: list[str]) -> None:
    if text is not None:
        (area / "scenario.toml").write_text(text, encoding="utf-8")
    ran = run("free", area, "--scenario", area / "scenario.toml", "--out", area / "o.csv")
    assert ran.code == 2, ran
    for word in words:
        assert word in sentence(ran)
    assert not (area / "o.csv").exists()


def test_a_scenario_that_is_a_folder(area: Path) -> None:
    ran = run("free", area, "--scenario", area, "--out", area / "o.csv")
    assert ran.code == 2
    assert str(area) in sentence(ran)


def test_a_parcel_that_is_not_there(area: Path) -> None:
    ran = run("explain", area, "p99", "--json")
    assert ran.code == 2
    assert ran.out == ""
    assert "p99" in sentence(ran)


@pytest.mark.parametrize("name", ["out.txt", "out", "nowhere/out.csv", "folder.csv"])
def test_a_result_that_cannot_be_written_there(area: Path, name: str) -> None:
    (area / "folder.csv").mkdir()
    for command in ("free", "insight"):
        ran = run(command, area, "--out", area / name)
        assert ran.code == 2
        assert name.split("/", maxsplit=1)[0] in sentence(ran)
    assert not (area / "nowhere").exists()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder in which nobody can write: /proc of Linux")
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".gpkg", ".xlsx"])
def test_a_folder_in_which_nobody_can_write_is_told_in_one_sentence(area: Path, suffix: str) -> None:
    ran = run("free", area, "--out", f"/proc/self/out{suffix}")
    assert ran.code == 2
    assert f"/proc/self/out{suffix}" in sentence(ran)


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["free"], ["build", "x", "--workers", "0"], ["build", "x", "--workers", "-1"]]
)
def test_a_call_that_is_no_call(arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err


# --- what was there stays there ----------------------------------------------------------------------------------


def damage_layer(area: Path) -> None:
    """Damage the file of a rule."""
    (area / "nature.gpkg").write_bytes(b"SQLite format 3\x00 and then nothing")


def damage_toml(area: Path) -> None:
    """Write an unknown key."""
    rewrite(area, colour="red")


def damage_ids(area: Path) -> None:
    """Give two parcels one id."""
    write_parcels(area, ["p1", "p1"])


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("damage", [damage_layer, damage_toml, damage_ids])
def test_a_refused_area_keeps_its_last_good_release_and_result(area: Path, damage: Callable[[Path], None]) -> None:
    out = area / "out.csv"
    assert run("free", area, "--out", out).code == 0
    result, beside = out.read_bytes(), (area / "out.csv.release.json").read_bytes()
    current = (build_folder(area) / "current.json").read_bytes()
    damage(area)
    listing = {path.name for path in area.iterdir()}
    assert run("free", area, "--out", out).code == 2
    assert run("build", area).code == 2
    assert out.read_bytes() == result
    assert (area / "out.csv.release.json").read_bytes() == beside
    assert (build_folder(area) / "current.json").read_bytes() == current
    assert {path.name for path in area.iterdir()} == listing


@pytest.fixture
def odd_names(tmp_path: Path) -> Iterator[Path]:
    """Return an area in a folder with a name nobody expects."""
    here = Path.cwd()
    yield write_area(
        tmp_path / "één 'raar' \"gebied\" {x} #1",
        {"p{0}'\"": at_origin(shapely.box(0, 0, 10, 10))},
        [Rule("nature", [box(0, 0, 5, 10)])],
    )
    os.chdir(here)


def test_names_with_quotes_and_braces_are_only_names(odd_names: Path) -> None:
    assert free(odd_names) == {
        "p{0}'\"": pytest.approx({"area": 100, "free": 50, "conditional": 0, "movable": 0, "unknown": 0, "blocked": 50})
    }
    ran = run("explain", odd_names, "{nosuch}")
    assert ran.code == 2
    assert "{nosuch}" in sentence(ran)
    (odd_names / "nature.gpkg").unlink()
    assert "{x}" in sentence(run("build", odd_names))
