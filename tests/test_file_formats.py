"""Files as people send them: odd names, zips of all kinds, broken rows; and never a file that leads to another one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from tests.areas import (
    RD,
    Ran,
    Rule,
    area_table,
    box,
    constraint,
    findings,
    free,
    run,
    succeed,
    write_area,
    write_layer,
    write_toml,
)

SUFFIXES = (".gpkg", ".parquet", ".fgb", ".geojson", ".zip", ".gml")
FIELD = {"p1": box(0, 0, 100, 100)}
STRIP = box(0, 0, 40, 100)


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel without rules."""
    return write_area(tmp_path / "area", FIELD)


def shapefile(folder: Path, shape: shapely.Geometry = STRIP) -> dict[str, bytes]:
    """Return the parts of a Shapefile by their suffix."""
    folder.mkdir()
    geopandas.GeoDataFrame({"naam": ["x"]}, geometry=[shape], crs=RD).to_file(folder / "data.shp")
    parts = {path.suffix: path.read_bytes() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return parts


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    """Write a zip with these members."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def write_strip(path: Path) -> None:
    """Write the strip in any format."""
    if path.suffix == ".zip":
        write_zip(path, {f"data{suffix}": part for suffix, part in shapefile(path.parent / "parts").items()})
        return
    frame = geopandas.GeoDataFrame({"naam": ["x"]}, geometry=[STRIP], crs=RD)
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_file(path)


def blocked(area: Path, file: str, **keys: Any) -> float:
    """Return the area that a rule with this file covers."""
    write_toml(area, area_table([constraint("r", path=file, **keys)]))
    return free(area)["p1"]["blocked"]


def refused(area: Path, file: str, *words: str, **keys: Any) -> Ran:
    """Insist that a rule with this file is refused in one sentence with these words, by ``free`` and by ``check``."""
    write_toml(area, area_table([constraint("r", path=file, **keys)]))
    ran = run("free", area, "--out", area / "out.csv")
    told = [line for line in ran.err.splitlines() if not line.endswith(" ...")]
    assert (ran.code, len(told)) == (2, 1), ran
    assert run("check", area).code == 2
    for word in words:
        assert word in told[0]
    return ran


# --- names -------------------------------------------------------------------------------------------------------


NAMES = ("wat!een", "a b", "a#b", "a?b", "a,b", "a;b", "a:b", "zip+s3", "x.zip", "http:", "é{0}")


def rename(area: Path, name: str) -> Path:
    """Give the folder of an area another name, and return it."""
    return area.rename(area.with_name(name))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_folder_or_file_is_only_a_name(area: Path, name: str, suffix: str) -> None:
    write_strip(area / f"r{suffix}")
    (area / f"r{suffix}").rename(area / f"{name}{suffix}")
    if suffix == ".gml":
        (area / "r.xsd").rename(area / f"{name}.xsd")
    assert blocked(rename(area, name), f"{name}{suffix}", where="naam = 'x'") == pytest.approx(4000)


@pytest.mark.parametrize("name", NAMES)
def test_results_are_written_under_any_name(area: Path, name: str, tmp_path: Path) -> None:
    here = rename(area, name)
    for suffix in (".csv", ".gpkg", ".parquet", ".geoparquet", ".xlsx"):
        succeed("free", here, "--out", here / f"{name}{suffix}")
    succeed("insight", here, "--out", here / f"insight-{name}.gpkg")
    written = shutil.copyfile(here / f"{name}.gpkg", tmp_path / "copy.gpkg")
    assert pyogrio.read_dataframe(written, layer="parcels")["free_m2"].tolist() == pytest.approx([10_000])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_capitals_in_a_suffix_make_no_difference(area: Path, suffix: str) -> None:
    write_strip(area / f"r{suffix}")
    (area / f"r{suffix}").rename(area / f"R{suffix.upper()}")
    assert blocked(area, f"R{suffix.upper()}") == pytest.approx(4000)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_reading_leaves_nothing_beside_a_file(area: Path, suffix: str) -> None:
    write_strip(area / f"r{suffix}")
    (area / "r.xsd").unlink(missing_ok=True)
    write_toml(area, area_table([constraint("r", path=f"r{suffix}")]))
    before = {path: path.stat().st_mtime_ns for path in area.iterdir()}
    succeed("check", area)
    succeed("check", area / f"r{suffix}")
    assert {path: path.stat().st_mtime_ns for path in area.iterdir()} == before
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)


# --- zips --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["kaart/", "a/b/c/", "met spatie/"])
def test_a_shapefile_in_a_folder_of_the_zip_is_taken(area: Path, folder: str) -> None:
    parts = shapefile(area / "parts")
    members = {f"{folder}data{suffix}": part for suffix, part in parts.items()}
    write_zip(area / "r.zip", {**members, f"__MACOSX/{folder}._data.shp": b"xx", f"{folder}lees mij.txt": b"x"})
    assert blocked(area, "r.zip") == pytest.approx(4000)


def test_capitals_in_the_parts_of_a_shapefile_make_no_difference(area: Path) -> None:
    write_zip(area / "r.zip", {f"DATA{suffix.upper()}": part for suffix, part in shapefile(area / "parts").items()})
    assert blocked(area, "r.zip", where="naam = 'x'") == pytest.approx(4000)


def test_more_shapefiles_in_a_zip_are_told_by_name_and_can_be_named(area: Path) -> None:
    one, other = shapefile(area / "parts"), shapefile(area / "parts", box(0, 0, 10, 100))
    members = {f"een/wegen{suffix}": part for suffix, part in one.items()}
    members |= {f"twee/water{suffix}": part for suffix, part in other.items()}
    write_zip(area / "r.zip", members)
    refused(area, "r.zip", "2 layers", "wegen", "water")
    assert blocked(area, "r.zip", layer="wegen") == pytest.approx(4000)
    assert blocked(area, "r.zip", layer="water") == pytest.approx(1000)
    refused(area, "r.zip", "no layer 'sloten'", "wegen", layer="sloten")


def test_shapefiles_of_one_name_in_two_folders_are_told_apart(area: Path) -> None:
    one, other = shapefile(area / "parts"), shapefile(area / "parts", box(0, 0, 10, 100))
    members = {f"een/data{suffix}": part for suffix, part in one.items()}
    members |= {f"twee/data{suffix}": part for suffix, part in other.items()}
    write_zip(area / "r.zip", members)
    assert blocked(area, "r.zip", layer="een/data") == pytest.approx(4000)
    assert blocked(area, "r.zip", layer="twee/data") == pytest.approx(1000)


@pytest.mark.parametrize("lacking", [".shx", ".dbf"])
def test_a_shapefile_that_lacks_a_part_is_refused_with_the_part(area: Path, lacking: str) -> None:
    parts = shapefile(area / "parts")
    write_zip(area / "r.zip", {f"data{suffix}": part for suffix, part in parts.items() if suffix != lacking})
    refused(area, "r.zip", "data", f"{lacking} is missing")


def test_a_zip_without_a_shapefile_is_refused(area: Path) -> None:
    write_strip(area / "r.gpkg")
    write_zip(area / "r.zip", {"r.gpkg": (area / "r.gpkg").read_bytes()})
    refused(area, "r.zip", "no .shp")


def test_a_file_of_tables_only_is_refused_as_such(area: Path) -> None:
    write_strip(area / "r.gpkg")
    with sqlite3.connect(area / "r.gpkg") as connection:
        connection.execute("CREATE TABLE los(naam TEXT)")
        connection.execute("DELETE FROM gpkg_geometry_columns")
        connection.execute("UPDATE gpkg_contents SET data_type = 'attributes'")
    refused(area, "r.gpkg", "no layer with geometry")


def test_a_locked_or_damaged_zip_is_refused_in_one_sentence(area: Path) -> None:
    parts = shapefile(area / "parts")
    path = write_zip(area / "r.zip", {f"data{suffix}": part for suffix, part in parts.items()})
    whole = bytearray(path.read_bytes())
    at = whole.index(b"data.shp") + len("data.shp") + 20
    whole[at] ^= 0xFF
    path.write_bytes(whole)
    refused(area, "r.zip", "r.zip")
    locked = path.read_bytes().replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    path.write_bytes(locked)
    refused(area, "r.zip", "r.zip")


def test_a_zip_with_two_files_of_one_name_is_refused(area: Path) -> None:
    parts = shapefile(area / "parts")
    write_zip(area / "r.zip", {f"data{suffix}": part for suffix, part in parts.items()})
    with zipfile.ZipFile(area / "r.zip", "a") as archive:
        archive.writestr("DATA.shp", parts[".shp"])
    refused(area, "r.zip", "two files of one name")


# --- never another file ------------------------------------------------------------------------------------------


def recipes(secret: Path) -> Iterable[bytes]:
    """Yield what makes GDAL open another file: a virtual dataset, and a pipeline of its command line."""
    source = f"<SrcDataSource>{secret}</SrcDataSource>"
    yield f"<OGRVRTDataSource><OGRVRTLayer name='secret'>{source}</OGRVRTLayer></OGRVRTDataSource>".encode()
    pipeline = f"gdal vector pipeline ! read {secret} ! reproject --dst-crs {RD}"
    yield json.dumps({"type": "gdal_streamed_alg", "command_line": pipeline}).encode()


def test_the_recipes_of_these_tests_do_open_another_file(tmp_path: Path) -> None:
    """Else what follows would hold for a reason of its own."""
    write_strip(tmp_path / "secret.gpkg")
    for name, recipe in zip(("r.vrt", "r.json"), recipes(tmp_path / "secret.gpkg"), strict=True):
        (tmp_path / name).write_bytes(recipe)
        assert pyogrio.read_dataframe(tmp_path / name).area.tolist() == pytest.approx([4000])


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("member", ["x.vrt", "x.json", "x.geojson", "x.gdalg.json", "data.shp", "a/x.vrt"])
def test_a_recipe_in_a_zip_is_not_followed(area: Path, member: str, which: int) -> None:
    write_strip(area / "secret.gpkg")
    recipe = list(recipes(area / "secret.gpkg"))[which]
    write_zip(area / "r.zip", {member: recipe})
    refused(area, "r.zip", "r.zip")
    parts = {f"data{suffix}": part for suffix, part in shapefile(area / "parts").items()}
    write_zip(area / "r.zip", {**parts, "data.shp": recipe})
    refused(area, "r.zip", "r.zip")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("before", [b"", b"{", b"<", b"<!-- x -->", b"fgb\x03fgb\x01", b"PAR1", b"{}\n"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_recipe_under_another_name_is_not_followed(area: Path, suffix: str, before: bytes, which: int) -> None:
    write_strip(area / "secret.gpkg")
    (area / f"r{suffix}").write_bytes(before + list(recipes(area / "secret.gpkg"))[which])
    refused(area, f"r{suffix}", f"r{suffix}")


@pytest.mark.parametrize("root", ["OGRWFSDataSource", "OGRCSWDataSource", "OGRWFS3DataSource"])
def test_a_file_that_asks_a_server_is_not_opened(area: Path, root: str) -> None:
    (area / "r.gml").write_text(f"<{root}><URL>http://127.0.0.1:9/</URL></{root}>", encoding="utf-8")
    refused(area, "r.gml", "not a .gml file")


# --- GeoJSON -----------------------------------------------------------------------------------------------------


def write_geojson(path: Path, shapes: Iterable[shapely.Geometry], crs: Any = "EPSG:28992", ids: Any = None) -> None:
    """Write shapes as GeoJSON with a ``crs`` member and feature ids as they are given."""
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)} for shape in shapes]
    for feature, value in zip(features, ids or [], strict=False):
        if value is not None:
            feature["id"] = value
    collection = {"type": "FeatureCollection", "features": features}
    collection["crs"] = {"type": "name", "properties": {"name": crs}} if isinstance(crs, str) else crs
    path.write_text(json.dumps(collection), encoding="utf-8")


DEGREES = shapely.box(5.9, 52.4, 6.0, 52.5)


@pytest.mark.parametrize(
    "crs",
    [
        "urn:ogc:def:crs:EPSG::999999",
        "EPSG:999999",
        "Rijksdriehoek",
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/x.prj"}},
        {"type": "name", "properties": {}},
        {"type": "name"},
        {"type": "EPSG", "properties": {"code": 999999}},
        "EPSG",
        ["EPSG:28992"],
        7,
    ],
    ids=str,
)
@pytest.mark.parametrize("suffix", [".geojson", ".json"])
def test_geojson_that_names_a_crs_nobody_knows_is_refused(area: Path, crs: Any, suffix: str) -> None:
    """GDAL takes its numbers for degrees without a word."""
    write_geojson(area / f"r{suffix}", [DEGREES], crs)
    refused(area, f"r{suffix}", f"r{suffix}", "coordinate reference system")


@pytest.mark.parametrize(
    "crs",
    [
        None,
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        {"type": "EPSG", "properties": {"code": 4326}},
    ],
    ids=str,
)
def test_geojson_in_degrees_is_taken_as_such(area: Path, crs: Any) -> None:
    strip = geopandas.GeoSeries([shapely.segmentize(STRIP, 5)], crs=RD).to_crs("EPSG:4326").iloc[0]
    write_geojson(area / "r.geojson", [strip], crs)
    assert blocked(area, "r.geojson") == pytest.approx(4000, rel=1e-3)


def test_ids_of_features_that_are_numbers_are_ids_of_parcels(area: Path) -> None:
    shapes = [box(0, 0, 100, 100), box(100, 0, 200, 100)]
    table = area_table([], parcels={"path": "p.geojson", "id": "id"})
    write_geojson(area / "p.geojson", shapes, ids=[5, 7])
    assert list(free(write_toml(area, table))) == ["5", "7"]
    write_geojson(area / "p.geojson", shapes, ids=["a", "b"])
    assert list(free(write_toml(area, table))) == ["a", "b"]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("ids", "word"), [([5, None], "row 1"), ([5, 5], "id 5"), ([None, None], "no column 'id'")])
def test_ids_of_features_that_are_missing_or_stand_twice_are_refused(area: Path, ids: list[Any], word: str) -> None:
    write_geojson(area / "p.geojson", [box(0, 0, 100, 100), box(100, 0, 200, 100)], ids=ids)
    ran = run("build", write_toml(area, area_table([], parcels={"path": "p.geojson", "id": "id"})))
    assert ran.code == 2
    assert word in ran.err


# --- rows that cannot be parsed ----------------------------------------------------------------------------------


def ring(*points: tuple[float, float]) -> bytes:
    """Return a polygon of one ring as WKB, closed or not, in metres from the origin."""
    numbers = b"".join(struct.pack("<dd", 200_000 + x, 500_000 + y) for x, y in points)
    return b"\x01" + struct.pack("<III", 3, 1, len(points)) + numbers


UNCLOSED = ring((0, 0), (40, 0), (40, 100), (0, 100))
HOPELESS = ring((0, 0), (40, 0))


def write_rows(path: Path, rows: list[bytes]) -> None:
    """Write rows of WKB as they are, as GeoParquet or GeoPackage."""
    if path.suffix == ".parquet":
        geopandas.GeoDataFrame(geometry=[STRIP] * len(rows), crs=RD).to_parquet(path)
        table = pq.read_table(path)
        at = table.schema.get_field_index("geometry")
        pq.write_table(table.set_column(at, table.schema.field(at), pa.array(rows, type=pa.binary())), path)
        return
    write_layer(path, [STRIP] * len(rows))
    with sqlite3.connect(path) as connection:
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for at, row in enumerate(rows, start=1):
            header = b"GP\x00\x01" + struct.pack("<i", 28992)
            connection.execute("UPDATE shapes SET geom = ? WHERE fid = ?", (header + row, at))


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg"])
def test_a_row_that_cannot_be_parsed_is_mended_or_dropped_by_itself_and_told(area: Path, suffix: str) -> None:
    path = area / f"r{suffix}"
    write_rows(path, [shapely.to_wkb(box(60, 0, 70, 100)), UNCLOSED, HOPELESS])
    assert blocked(area, path.name) == pytest.approx(5000)
    told = {item["row"]: item["action"] for item in findings(area) if item["severity"] == "warning"}
    assert told.keys() == {1, 2}
    assert told[1] == "closed it"
    assert "dropped" in told[2]
    by_itself = [item for item in findings(path) if item["severity"] == "warning"]
    assert sorted(item["row"] for item in by_itself) == [1, 2], "each row is told once"
    assert len({item["where"] for item in by_itself}) == 1


def test_an_area_with_rules_in_every_format_is_still_read_right(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", FIELD, [Rule("g", [box(90, 0, 100, 100)])])
    for suffix in SUFFIXES:
        write_strip(area / f"r{suffix}")
    rules = [constraint(f"r_{suffix[1:]}", path=f"r{suffix}") for suffix in SUFFIXES]
    write_toml(area, area_table([*rules, constraint("g")]))
    assert free(area)["p1"]["free"] == pytest.approx(5000)
