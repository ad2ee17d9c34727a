"""Every bad input that people send, by its number: what is refused, mended, dropped or asked, and who must act.

The list is that of measurements against other tools. Each case is written to disk as people would send it and goes the
way of ``check``; the upload, in its own process with limits, must come to the same. A number without a case fails.
"""

from __future__ import annotations

import importlib
import json
import math
import shutil
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely

from planlib.errors import LayerError, PlanlibError
from planlib.intake import discard, inspect_in_sandbox, stage
from planlib.intake.gate import check_bytes
from planlib.intake.inspect import inspect
from planlib.model import Severity
from planlib.model.findings import WHO_ACTS
from tests.areas import (
    RD,
    area_table,
    at_origin,
    box,
    constraint,
    findings,
    free,
    run,
    write_area,
    write_layer,
    write_toml,
)
from tests.test_file_formats import HOPELESS, UNCLOSED, shapefile, write_rows, write_zip

Write = Callable[[Path], Path]
#: The numbers of the list, and those that were added to it.
NUMBERS = range(1, 59)
_GONE, _MENDED, _LEFT = "dropped the row", "repaired it", "left"


@dataclass(frozen=True)
class Case:
    """A bad input: how it is written, and what must be said of it.

    ``said`` are (severity, row, words of the problem, words of the action), ``area_m2`` what is left of its shapes.
    ``refused`` is a word of the sentence when nothing can be done with it, ``gate`` one of the sentence at the upload,
    where more is refused, and ``asked`` the CRSs in which it would lie in the Netherlands, when a person must say.
    """

    number: int
    name: str
    write: Write
    said: tuple[tuple[str, int | None, str, str], ...] = ()
    area_m2: float | None = None
    refused: str = ""
    gate: str = ""
    asked: tuple[str, ...] = ()


# --- how they are written ----------------------------------------------------------------------------------------


def layer(*shapes: Any, crs: str | None = RD, **columns: Any) -> Write:
    """Write shapes as a GeoPackage."""
    return lambda folder: write_layer(folder / "r.gpkg", shapes, crs=crs, **columns)


def drawn(text: str, *more: str) -> Write:
    """Write shapes given in metres from the origin."""
    return layer(*(at_origin(shapely.from_wkt(one)) for one in (text, *more)))


def raw(name: str, content: bytes | str) -> Write:
    """Write a file as it is."""

    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def geojson(*rings: Any, crs: str | None = f"urn:ogc:def:crs:{RD.replace(':', '::')}", **properties: Any) -> str:
    """Return GeoJSON with one polygon for each ring, coordinates as they are."""
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for ring in rings
    ]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(collection)


def corners(shape: shapely.Geometry) -> list[list[float]]:
    """Return the corners of a polygon."""
    return shapely.get_coordinates(shape).tolist()


FIELD = box(0, 0, 100, 100)
HERE = corners(FIELD)
DEGREES = geopandas.GeoSeries([FIELD], crs=RD).to_crs(4326).iloc[0]
FLIPPED = [[y, x] for x, y in corners(DEGREES)]
MERCATOR = geopandas.GeoSeries([FIELD], crs=RD).to_crs(3857).iloc[0]


def gml(crs: str, ring: list[list[float]], *, before: str = "", inner: str = "") -> Write:
    """Write one polygon as GML, numbers as they are."""
    numbers = " ".join(f"{x!r} {y!r}" for x, y in ring)
    shape = inner or (
        f'<gml:Polygon srsName="{crs}"><gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList>'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    return raw(
        "r.gml",
        f'<?xml version="1.0"?>{before}<x:all xmlns:x="urn:x" xmlns:gml="http://www.opengis.net/gml/3.2">'
        f"<gml:featureMember><x:veld><x:vorm>{shape}</x:vorm></x:veld></gml:featureMember></x:all>",
    )


def zipped(without: tuple[str, ...] = (), **columns: Any) -> Write:
    """Write a zipped Shapefile, less some of its parts."""

    def write(folder: Path) -> Path:
        parts = shapefile(folder / "parts", FIELD)
        return write_zip(
            folder / "r.zip", {f"r{suffix}": part for suffix, part in parts.items() if suffix not in without}
        )

    return write


def letters_lost(folder: Path) -> Path:
    """Write a Shapefile with a long name for a column and letters as Windows has them, and no word about either."""
    frame = geopandas.GeoDataFrame({"een_lange_naam": ["café €"]}, geometry=[FIELD], crs=RD)
    (folder / "parts").mkdir()
    pyogrio.write_dataframe(
        frame.rename(columns={"een_lange_naam": "een_lange_"}), folder / "parts" / "r.shp", encoding="CP1252"
    )
    parts = {path.name: path.read_bytes() for path in (folder / "parts").iterdir() if path.suffix != ".cpg"}
    shutil.rmtree(folder / "parts")
    return write_zip(folder / "r.zip", parts)


def rows(*blobs: bytes) -> Write:
    """Write rows of WKB as they are."""

    def write(folder: Path) -> Path:
        write_rows(folder / "r.gpkg", list(blobs))
        return folder / "r.gpkg"

    return write


def with_measures(folder: Path) -> Path:
    """Write a polygon with heights and measures."""
    ring = b"".join(struct.pack("<dddd", x, y, 1.0, 2.0) for x, y in HERE)
    return rows(b"\x01" + struct.pack("<III", 3003, 1, len(HERE)) + ring)(folder)


def two_layers(folder: Path) -> Path:
    """Write a zip with two Shapefiles."""
    one, other = shapefile(folder / "een", FIELD), shapefile(folder / "twee", box(0, 0, 10, 10))
    members = {f"wegen{suffix}": part for suffix, part in one.items()}
    return write_zip(folder / "r.zip", members | {f"water{suffix}": part for suffix, part in other.items()})


def bomb(folder: Path) -> Path:
    """Write a zip that unpacks to a thousand times its size."""
    parts = {f"r{suffix}": part for suffix, part in shapefile(folder / "parts", FIELD).items()}
    with zipfile.ZipFile(folder / "r.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("nul.dat", b"\x00" * 150_000_000)
    return folder / "r.zip"


def cut_off(folder: Path) -> Path:
    """Write a GeoPackage of which the pages after the first are rubbish."""
    path = write_layer(folder / "r.gpkg", [FIELD] * 50)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    return path


def recipe(folder: Path) -> Path:
    """Write a file that would have another file opened."""
    secret = write_layer(folder / "geheim.gpkg", [FIELD])
    inner = f"<OGRVRTLayer name='shapes'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
    return raw("r.geojson", f"<OGRVRTDataSource>{inner}</OGRVRTDataSource>")(folder)


def with_view(folder: Path) -> Path:
    """Write a GeoPackage with a view that never ends, beside a table."""
    path = write_layer(folder / "r.gpkg", [FIELD])
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE VIEW eindeloos AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
            "SELECT n.fid AS fid, shapes.geom AS geom FROM n, shapes"
        )
        connection.execute(
            "INSERT INTO gpkg_contents SELECT 'eindeloos', data_type, 'eindeloos', description, last_change, min_x, "
            "min_y, max_x, max_y, srs_id FROM gpkg_contents"
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns SELECT 'eindeloos', column_name, geometry_type_name, srs_id, z, m "
            "FROM gpkg_geometry_columns"
        )
    connection.close()
    return path


def arc(folder: Path) -> Path:
    """Write half a disc of 10 m with an arc for its edge."""
    inner = (
        '<gml:Surface srsName="urn:ogc:def:crs:EPSG::28992"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>'
        "<gml:curveMember><gml:Curve><gml:segments><gml:Arc><gml:posList>200000 500000 200010 500010 200020 500000"
        "</gml:posList></gml:Arc><gml:LineStringSegment><gml:posList>200020 500000 200000 500000</gml:posList>"
        "</gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior>"
        "</gml:PolygonPatch></gml:patches></gml:Surface>"
    )
    return gml("", [], inner=inner)(folder)


def many_corners(folder: Path) -> Path:
    """Write a disc of 100 m with a million corners."""
    return write_layer(folder / "r.gpkg", [at_origin(shapely.Point(0, 0).buffer(100, quad_segs=250_000))])


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
NO_CRS, FAR = "no coordinate reference system", "far from where that is used"
BAD_SHAPE = "invalid shape"

CASES = [
    Case(1, "rd-as-degrees", raw("r.geojson", geojson(HERE, crs=None)), refused=FAR, asked=(RD,)),
    Case(2, "crs-member", raw("r.geojson", geojson(HERE)), area_m2=10_000),
    Case(3, "crs-unknown", raw("r.geojson", geojson(HERE, crs="EPSG:999999")), refused="not known", asked=(RD,)),
    Case(
        4, "flipped", raw("r.geojson", geojson(FLIPPED, crs=None)), (("warning", None, "wrong way round", "swapped"),)
    ),
    Case(5, "gml-short", gml("EPSG:4326", FLIPPED), (("warning", None, "wrong way round", "swapped"),)),
    Case(6, "gml-urn", gml("urn:ogc:def:crs:EPSG::4326", FLIPPED)),
    Case(6, "gml-http", gml("http://www.opengis.net/def/crs/EPSG/0/4326", FLIPPED)),
    Case(7, "shp-without-prj", zipped((".prj",)), refused=NO_CRS, asked=(RD,)),
    Case(
        8,
        "outside-nl",
        raw("r.geojson", geojson([[-3, 40], [-2, 40], [-2, 41], [-3, 40]], crs=None)),
        (("warning", None, "1 rows lie outside the Netherlands", _LEFT),),
    ),
    Case(9, "mercator-as-rd", layer(MERCATOR), refused=FAR, asked=("EPSG:3857",)),
    Case(10, "null", layer(FIELD, None), (("warning", 1, "no geometry", _GONE),), 10_000),
    Case(11, "empty", layer(FIELD, shapely.Polygon()), (("warning", 1, "no geometry", _GONE),), 10_000),
    Case(12, "no-features", layer(), refused="there is no row in it"),
    Case(13, "unclosed", rows(shapely.to_wkb(box(60, 0, 70, 100)), UNCLOSED), (("warning", 1, "does not close", "closed it"),), 5_000),
    Case(14, "two-points", rows(shapely.to_wkb(FIELD), HOPELESS), (("warning", 1, BAD_SHAPE, _GONE),), 10_000),
    Case(15, "bowtie", drawn("POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"), (("warning", 0, BAD_SHAPE, _MENDED),), 50),
    Case(
        16,
        "overlapping-parts",
        drawn("MULTIPOLYGON(((0 0, 10 0, 10 10, 0 10, 0 0)), ((5 0, 15 0, 15 10, 5 10, 5 0)))"),
        (("warning", 0, BAD_SHAPE, _MENDED),),
        150,
    ),
    Case(
        17,
        "hole-sticking-out",
        drawn("POLYGON((0 0, 10 0, 10 10, 0 10, 0 0), (8 4, 12 4, 12 6, 8 6, 8 4))"),
        (("warning", 0, BAD_SHAPE, _MENDED),),
        96,
    ),
    Case(
        18,
        "spike",
        drawn("POLYGON((0 0, 10 0, 20 0, 10 0, 10 10, 0 10, 0 0))"),
        (("warning", 0, BAD_SHAPE, _MENDED),),
        100,
    ),
    Case(19, "nan", raw("r.geojson", geojson(HERE, [[math.nan, 0], *HERE[1:-1], [math.nan, 0]])), (("warning", 1, "", _GONE),), 10_000),
    Case(20, "1e308", layer(FIELD, shapely.box(-1e308, -1e308, 1e308, 1e308)), (("warning", 1, "off the earth", _GONE),), 10_000),
    Case(21, "3d", layer(shapely.force_3d(FIELD, 5.0)), (("note", None, "1 rows with heights", "left the heights out"),), 10_000),
    Case(22, "zm", with_measures, (("note", None, "1 rows with heights", "left the heights out"),), 10_000),
    Case(23, "arc", arc, (("note", None, "curves", "4 degrees"),), math.pi * 50),
    Case(24, "mixed", layer(FIELD, at_origin(shapely.Point(5, 5))), area_m2=10_000),
    Case(25, "collection", layer(shapely.GeometryCollection([FIELD, at_origin(shapely.Point(5, 5))])), area_m2=10_000),
    Case(26, "multi", layer(FIELD, shapely.MultiPolygon([box(200, 0, 210, 10)])), area_m2=10_100),
    Case(28, "same-shape", layer(FIELD, FIELD), (("note", None, "1 rows have the same shape", ""),)),
    Case(37, "bom", raw("r.geojson", b"\xef\xbb\xbf" + geojson(HERE).encode()), area_m2=10_000),
    Case(37, "utf-16", raw("r.geojson", geojson(HERE).encode("utf-16")), refused="r.geojson"),
    Case(36, "letters", letters_lost, (("note", None, "how its letters are written", "Windows"),), 10_000),
    Case(38, "no-shx", zipped((".shx",)), refused=".shx is missing"),
    Case(38, "no-dbf", zipped((".dbf",)), refused=".dbf is missing"),
    Case(40, "zip-slip", lambda folder: write_zip(folder / "r.zip", {"../../r.shp": b"x"}), refused="not whole", gate="outside"),
    Case(41, "bomb", bomb, area_m2=10_000, gate="far more"),
    Case(42, "corrupt", cut_off, refused="r.gpkg"),
    Case(43, "png", raw("r.gpkg", b"\x89PNG\r\n\x1a\n" + bytes(500)), refused="not a .gpkg"),
    Case(43, "nothing", raw("r.gpkg", b""), refused="empty", gate="empty"),
    Case(44, "vrt", recipe, refused="not a .geojson"),
    Case(46, "view", with_view, area_m2=10_000),
    Case(47, "xxe", gml("EPSG:28992", HERE, before=DOCTYPE), refused="entities", gate="entities"),
    Case(47, "xxe-late", gml("EPSG:28992", HERE, before=f"<!--{'x' * 100_000}-->{DOCTYPE}"), refused="entities"),
    Case(48, "nested", raw("r.geojson", '{"type":' + "[" * 200_000), refused="r.geojson"),
    Case(49, "many-corners", many_corners, area_m2=math.pi * 10_000),
    Case(
        50,
        "antimeridian",
        raw("r.geojson", geojson([[179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]], crs=None)),
        (("warning", None, "1 rows lie outside the Netherlands", _LEFT),),
    ),
    Case(51, "ring-order", raw("r.geojson", geojson(HERE[::-1])), area_m2=10_000),
    Case(57, "sliver", drawn("POLYGON((0 0, 100 0, 100 0.001, 0 0.001, 0 0))"), area_m2=0.1),
]  # fmt: skip


#: Inputs that are no single file, or have a claim of their own elsewhere: number -> the test that holds it.
ELSEWHERE = {
    24: "test_check.test_a_row_of_points_among_polygons_needs_a_buffer_or_the_layer_is_refused",
    25: "test_check.test_a_point_beside_a_polygon_in_one_row_is_left_out_and_told",
    27: "test_wrong_input.test_parcel_ids_that_stand_twice",
    29: "test_check.test_parcels_that_overlap_are_told_with_the_area_they_share",
    30: "test_bad_inputs.test_gaps_between_parcels_are_told_with_their_area",
    31: "test_bad_inputs.test_a_column_of_mixed_kinds_is_read_as_it_stands_and_a_wrong_area_is_told_by_row",
    32: "test_bad_inputs.test_a_date_that_is_none_is_refused_where_a_date_counts",
    33: "test_csv_points.test_what_a_spreadsheet_writes_is_read",
    34: "test_csv_points.test_without_a_crs_a_table_is_refused_and_told_how_to_mend_it",
    35: "test_bad_inputs.test_a_column_name_that_was_cut_off_is_told_with_those_that_are_there",
    39: "test_file_formats.test_more_shapefiles_in_a_zip_are_told_by_name_and_can_be_named",
    45: "test_bad_inputs.test_a_name_that_looks_like_an_address_asks_nothing_of_anybody",
    52: "test_bad_inputs.test_spaces_after_a_code_are_told_by_what_passes",
    53: "test_bad_inputs.test_a_formula_in_an_attribute_is_text_on_the_page",
    54: "test_bad_inputs.test_odd_letters_in_a_name_never_lead_anywhere",
    55: "test_bad_inputs.test_quotes_in_the_name_of_a_layer_are_only_a_name",
    56: "test_bad_inputs.test_a_mark_for_no_value_is_no_area",
    58: "test_bad_inputs.test_a_rule_of_the_future_plays_no_part_yet",
}


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel and no rules."""
    return write_area(tmp_path / "area", {"p1": FIELD})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.name}")
def test_a_bad_file_is_said_to_be_what_it_is(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    before = {file.name for file in tmp_path.iterdir()}
    ran = run("check", path)
    assert "Traceback" not in ran.out + ran.err
    assert {file.name for file in tmp_path.iterdir()} == before
    if case.refused:
        assert ran.code == 2
        assert case.refused in ran.out
        return
    assert ran.code == 0, ran
    found = findings(path)
    for severity, row, problem, action in case.said:
        assert [
            item
            for item in found
            if (item["severity"], item["row"]) == (severity, row)
            and problem in item["problem"]
            and action in item["action"]
        ], found
    if not any(severity == "warning" for severity, *_ in case.said):
        assert {item["severity"] for item in found} == {"note"}, found
    if case.area_m2 is not None:
        hectares = float(found[-1]["problem"].rpartition(", ")[2].removesuffix(" ha"))
        assert hectares == pytest.approx(case.area_m2 / 1e4, abs=0.00051)


def test_every_number_of_the_list_has_its_test() -> None:
    assert sorted({case.number for case in CASES} | ELSEWHERE.keys()) == list(NUMBERS)
    for name in ELSEWHERE.values():
        module, _, test = name.partition(".")
        assert hasattr(importlib.import_module(f"tests.{module}"), test), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number}-{case.name}")
def test_the_upload_comes_to_the_same_and_keeps_nothing_of_what_it_refuses(
    case: Case, area: Path, tmp_path: Path
) -> None:
    path = case.write(tmp_path)
    before = {file.name for file in area.iterdir()}
    staged = stage(area, path.name, path.read_bytes())
    if case.gate:
        with pytest.raises(LayerError, match=case.gate):
            check_bytes(staged.path)
    else:
        check_bytes(staged.path)
        seen = inspect(staged.path)
        assert [landing.crs for landing in seen.ask if landing.fits] == list(case.asked)
        assert seen.refused == bool(case.refused and not case.asked)
        who = {WHO_ACTS[Severity(finding["severity"])] for finding in seen.findings}
        assert ("giver" in who) == bool(case.refused)
        assert ("keeper" in who) >= any(severity == "warning" for severity, *_ in case.said)
    discard(staged)
    assert {file.name for file in area.iterdir()} == before


@pytest.mark.parametrize("number", [42, 44, 46, 47, 48])
def test_a_hostile_file_is_read_by_a_process_with_limits_and_learns_nothing(number: int, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.number == number)
    path = case.write(tmp_path)
    if case.gate:
        with pytest.raises(LayerError, match=case.gate):
            inspect_in_sandbox(path, seconds=30)
        return
    seen = inspect_in_sandbox(path, seconds=30)
    assert seen.refused == bool(case.refused)
    assert "root:" not in json.dumps([finding["problem"] for finding in seen.findings])


PLACED = [case for case in CASES if case.number in {1, 3, 4, 5, 6, 7, 9}]


@pytest.mark.parametrize("case", PLACED, ids=lambda case: f"{case.number}-{case.name}")
def test_what_lies_elsewhere_by_its_own_word_holds_its_land_once_it_is_placed(case: Case, area: Path) -> None:
    path = case.write(area)
    named = {"crs": case.asked[0]} if case.asked else {}
    write_toml(area, area_table([constraint("r", path=path.name, **named)]))
    # Degrees are a quarter of a metre off without the national grids.
    assert free(area)["p1"]["blocked"] == pytest.approx(10_000, abs=110)
    if case.asked:
        write_toml(area, area_table([constraint("r", path=path.name)]))
        assert run("free", area, "--out", area / "o.csv").code == 2
        assert not (area / "o.csv").exists()


# --- what is no single file --------------------------------------------------------------------------------------


def test_gaps_between_parcels_are_told_with_their_area(tmp_path: Path) -> None:
    ring = shapely.difference(box(-50, -50, 150, 150), box(-0.2, 0, 100, 100))
    wide = shapely.difference(box(200, 0, 300, 100), box(240, 40, 260, 60))
    area = write_area(tmp_path / "area", {"p1": FIELD, "ring": ring, "wide": wide})
    (told,) = [item for item in findings(area) if "gaps" in item["problem"]]
    assert told["problem"] == "2 gaps between parcels, 420.00 m2 together"
    assert (told["severity"], told["who"]) == ("note", "nobody")


def test_a_column_of_mixed_kinds_is_read_as_it_stands_and_a_wrong_area_is_told_by_row(area: Path) -> None:
    features = json.loads(geojson(HERE, corners(box(100, 0, 200, 100))))
    for feature, value in zip(features["features"], [7, "a"], strict=True):
        feature["properties"] = {"code": value, "m2": value, "id": f"p{value}"}
    (area / "p.geojson").write_text(json.dumps(features), encoding="utf-8")
    write_toml(area, area_table([constraint("r", path="p.geojson", where="code = '7'")]))
    assert free(area)["p1"]["blocked"] == pytest.approx(10_000)
    write_toml(area, area_table([], parcels={"path": "p.geojson", "id": "id", "registered_area": "m2"}))
    ran = run("build", area)
    assert ran.code == 2
    assert "row 1 holds 'a' in column m2" in ran.err


@pytest.mark.parametrize("day", ["31-12-2026", "0000-01-01", "2026-13-01", "morgen"])
def test_a_date_that_is_none_is_refused_where_a_date_counts(area: Path, day: str) -> None:
    write_layer(area / "r.gpkg", [FIELD])
    write_toml(area, area_table([constraint("r", valid_from=day)]))
    ran = run("build", area)
    assert ran.code == 2
    assert "valid_from" in ran.err


def test_a_rule_of_the_future_plays_no_part_yet(area: Path) -> None:
    write_layer(area / "r.gpkg", [FIELD])
    write_toml(area, area_table([constraint("r", valid_from=date(2999, 1, 1))]))
    assert free(area)["p1"]["free"] == pytest.approx(10_000)
    assert any("plays no part here" in item["problem"] for item in findings(area))


def test_a_column_name_that_was_cut_off_is_told_with_those_that_are_there(area: Path) -> None:
    letters_lost(area)
    write_toml(area, area_table([constraint("r", path="r.zip", where="een_lange_naam = 'x'")]))
    ran = run("build", area)
    assert ran.code == 2
    assert "een_lange_" in ran.err.replace("een_lange_naam", "")
    write_toml(area, area_table([constraint("r", path="r.zip", where="een_lange_ = 'café €'")]))
    assert free(area)["p1"]["blocked"] == pytest.approx(10_000)


@pytest.mark.parametrize("name", ["/vsicurl/http://127.0.0.1:9/r.gpkg", "http://127.0.0.1:9/r.gpkg", "/vsizip/r.gpkg"])
def test_a_name_that_looks_like_an_address_asks_nothing_of_anybody(area: Path, name: str) -> None:
    staged = stage(area, name, b"SQLite format 3\x00")
    assert staged.path == staged.folder / "r.gpkg"
    discard(staged)
    write_toml(area, area_table([constraint("r", path=name)]))
    ran = run("build", area)
    assert ran.code == 2
    assert "does not exist" in ran.err


def test_spaces_after_a_code_are_told_by_what_passes(area: Path) -> None:
    write_layer(area / "r.gpkg", [FIELD], code=["wonen "])
    write_toml(area, area_table([constraint("r", where="code = 'wonen'")]))
    assert any("none of the 1 features passes" in item["problem"] for item in findings(area))
    write_toml(area, area_table([constraint("r", where="trim(code) = 'wonen'")]))
    assert free(area)["p1"]["blocked"] == pytest.approx(10_000)


def test_a_formula_in_an_attribute_is_text_on_the_page(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://127.0.0.1")<script>'
    path = write_layer(tmp_path / "r.gpkg", [FIELD, FIELD], groep=[hostile, "b"])
    (look,) = inspect(path).layers
    assert set(look.columns["groep"]) == {hostile, "b"}


@pytest.mark.parametrize("name", ["🌳 .gpkg", "..\\..\\r.gpkg", "r\n.gpkg", "a;b!.gpkg"])
def test_odd_letters_in_a_name_never_lead_anywhere(area: Path, name: str) -> None:
    before = {file.name for file in area.iterdir()}
    staged = stage(area, name, b"x")
    assert staged.path.parent.parent == area
    discard(staged)
    assert {file.name for file in area.iterdir()} == before


def test_a_name_that_no_disk_takes_is_refused_in_one_sentence(area: Path) -> None:
    before = {file.name for file in area.iterdir()}
    for name in ("a\x00b.gpkg", "x" * 400 + ".gpkg"):
        with pytest.raises(PlanlibError):
            stage(area, name, b"x")
    assert {file.name for file in area.iterdir()} == before


def test_quotes_in_the_name_of_a_layer_are_only_a_name(area: Path) -> None:
    name = "la'ag \"; DROP TABLE x"
    write_layer(area / "r.gpkg", [FIELD], layer=name)
    write_toml(area, area_table([constraint("r", layer=name)]))
    assert free(area)["p1"]["blocked"] == pytest.approx(10_000)


def test_a_mark_for_no_value_is_no_area(area: Path) -> None:
    write_layer(area / "q.gpkg", [FIELD], id=["p1"], m2=[-9999])
    write_toml(area, area_table([], parcels={"path": "q.gpkg", "id": "id", "registered_area": "m2"}))
    ran = run("build", area)
    assert ran.code == 2
    assert "'-9999' in column m2" in ran.err
