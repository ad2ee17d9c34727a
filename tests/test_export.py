"""Files to take along: their names tell them apart, each says where it comes from, and QGIS opens them as the map is."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from planlib.build import build
from planlib.errors import OutputError
from planlib.model import Level, Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess
from planlib.text.words import Words
from planlib.views import export_xlsx
from planlib.views.export import PARCEL_SUFFIXES, parcel_file, write_parcels
from planlib.views.export_names import result_name, slug
from planlib.views.provenance import provenance
from tests.areas import OUTCOMES, Rule, box, succeed, wkt, write_area

NAMES = {
    "free": "vrij",
    "conditional": "vrij onder voorwaarden",
    "movable": "kan vrijkomen",
    "unknown": "nog niet uitgezocht",
    "blocked": "niet vrij",
}
PARCELS = {
    "007": box(0, 0, 100, 100),
    "=1+1": wkt("POLYGON((100 0, 200 0, 177 33.3, 100 0))"),
    "ring": wkt("POLYGON((0 100, 0 200, 100 200, 100 100, 0 100), (30 130, 60 130, 60 160, 30 160, 30 130))"),
}
SHAPES = {
    "nature": wkt("POLYGON((-10 -10, 120 5, 60 110, -10 -10))"),
    "silence": box(-5, 50, 150, 160),
    "peat": box(40, 0, 300, 170),
    "wells": box(10, 150, 90, 190),
}
RULES = [
    Rule("nature", [SHAPES["nature"]], uses=["housing", "wind"]),
    Rule("silence", [SHAPES["silence"]], state="movable", keys={"decides": ["gemeente"], "route": "art. 3"}),
    Rule("peat", [SHAPES["peat"]], state="condition"),
    Rule("wells", [SHAPES["wells"]], coverage=[box(0, 0, 100, 170)]),
    Rule("pipeline", coverage="none"),
]
WORDS = Words("nl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_area(tmp_path_factory.mktemp("area") / "area", PARCELS, RULES, title="Proef/gebied Één")


@pytest.fixture(scope="module")
def release(folder: Path, build_dir: Path) -> Release:
    build(folder, workers=1)
    return open_release(folder)


@pytest.fixture
def assessment(release: Release) -> Assessment:
    return assess(release, Scenario(use=Use.HOUSING))


@pytest.fixture
def geopackage(assessment: Assessment, tmp_path: Path) -> Path:
    write_parcels(assessment, tmp_path / "out.gpkg", for_qgis=True)
    return tmp_path / "out.gpkg"


# --- names -------------------------------------------------------------------------------------------------------


def test_a_name_says_area_use_date_scenario_and_release(assessment: Assessment) -> None:
    name = result_name(assessment, WORDS)
    assert name == f"proef-gebied-een_wonen_2026-11-01_nu-geldend_{assessment.release.id}"


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(use=Use.WIND),
        Scenario(),
        Scenario(use=Use.HOUSING, states={"silence": State.MOVED}),
        Scenario(use=Use.HOUSING, states={"silence": State.MOVED, "peat": State.LAPSED}),
        Scenario(use=Use.HOUSING, title="Nu geldend", states={"silence": State.MOVED}),
        Scenario(use=Use.HOUSING, title="Woonvisie 2040"),
        Scenario(use=Use.HOUSING, doubt_unchecked=True),
        Scenario(use=Use.HOUSING, table=(Level.WATERSCHAP,)),
        Scenario(use=Use.HOUSING, table=(Level.WATERSCHAP, Level.RIJK)),
    ],
    ids=lambda scenario: str(scenario.title or [*scenario.states, *scenario.table, scenario.use]),
)
def test_a_file_of_other_numbers_has_another_name(assessment: Assessment, scenario: Scenario) -> None:
    other = assess(assessment.release, scenario)
    assert result_name(other, WORDS) != result_name(assessment, WORDS)
    assert provenance(other) != provenance(assessment)


def test_a_what_if_says_in_its_name_how_many_rules_differ(assessment: Assessment) -> None:
    one = replace(assessment.scenario, states={"silence": State.MOVED})
    two = replace(one, states={"silence": State.MOVED, "peat": State.LAPSED}, title="Álles mag!")
    assert "_1-regel-anders_" in result_name(assess(assessment.release, one), WORDS)
    assert "_alles-mag-2-regels-anders_" in result_name(assess(assessment.release, two), WORDS)


@pytest.mark.parametrize("title", ["../../etc/passwd", "a\x00b", 'x"; rm -rf /', "  ", "🏚", "a" * 500, "con.\n"])
def test_no_title_makes_a_name_that_is_no_plain_file(assessment: Assessment, title: str) -> None:
    name = result_name(assess(assessment.release, Scenario(use=Use.HOUSING, title=title)), WORDS)
    assert re.fullmatch(r"[a-z0-9_-]{20,200}", name)
    assert len(slug(title)) <= 40


# --- CSV and its sidecar -----------------------------------------------------------------------------------------


def test_a_csv_from_the_screen_comes_with_the_sidecar_of_the_command_line(
    folder: Path, release: Release, tmp_path: Path
) -> None:
    changed = assess(release, Scenario(use=Use.HOUSING, states={"silence": State.MOVED}))
    out = tmp_path / "out.csv"
    succeed("free", folder, "--use", "housing", "--state", "silence=moved", "--out", out)
    with zipfile.ZipFile(io.BytesIO(parcel_file(changed, ".csv", WORDS))) as archive:
        name = result_name(changed, WORDS)
        assert archive.namelist() == [f"{name}.csv", f"{name}.csv.release.json"]
        assert archive.read(f"{name}.csv") == out.read_bytes()
        assert archive.read(f"{name}.csv.release.json") == Path(f"{out}.release.json").read_bytes()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".geoparquet"])
def test_the_same_question_gives_the_same_file(assessment: Assessment, suffix: str) -> None:
    assert parcel_file(assessment, suffix, WORDS) == parcel_file(assessment, suffix, WORDS)


# --- GeoPackage --------------------------------------------------------------------------------------------------


def _query(path: Path, question: str, *values: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(question, values).fetchall()


def test_the_geopackage_is_sound(geopackage: Path) -> None:
    """The checks of the Dutch geopackage validator that a file like this can fail: RQ1-7, 9, 11, 13, 22 and RC20."""
    assert _query(geopackage, "PRAGMA integrity_check") == [("ok",)]
    assert _query(geopackage, "PRAGMA foreign_key_check") == []
    contents = _query(geopackage, "SELECT table_name, data_type FROM gpkg_contents")
    assert dict(contents) == {
        "parcels": "features",
        "cells": "features",
        "rules": "attributes",
        "layer_styles": "attributes",
    }
    assert _query(geopackage, "SELECT name FROM sqlite_master WHERE type = 'view'") == []
    assert _query(geopackage, "SELECT srs_id FROM gpkg_geometry_columns") == [(28992,), (28992,)]
    for table, _ in contents:
        columns = _query(geopackage, "SELECT name, pk FROM pragma_table_info(?)", table)
        assert [pk for _, pk in columns].count(1) == 1
        assert table == "layer_styles" or all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name, _ in columns)
    ((parcels, cells, rules),) = _query(
        geopackage, "SELECT (SELECT count(*) FROM parcels), (SELECT count(*) FROM cells), (SELECT count(*) FROM rules)"
    )
    counted = dict(_query(geopackage, "SELECT table_name, feature_count FROM gpkg_ogr_contents"))
    assert counted == {"parcels": parcels, "cells": cells, "rules": rules}
    assert min(counted.values()) > 0
    indexed = "SELECT (SELECT count(*) FROM rtree_parcels_geom), (SELECT count(*) FROM rtree_cells_geom)"
    assert _query(geopackage, indexed) == [(parcels, cells)]
    for layer in ("parcels", "cells"):
        shapes = geopandas.read_file(geopackage, layer=layer).geometry.array
        assert set(shapely.get_type_id(shapes)) == {shapely.GeometryType.MULTIPOLYGON}
        assert shapely.is_valid(shapes).all()
        for polygon in shapely.get_parts(np.asarray(shapes)):
            assert shapely.is_ccw(polygon.exterior)
            assert not any(shapely.is_ccw(ring) for ring in polygon.interiors)


def test_the_parcels_come_first_with_the_columns_of_the_contract(geopackage: Path) -> None:
    assert pyogrio.list_layers(geopackage)[:, 0].tolist() == ["parcels", "cells", "rules", "layer_styles"]
    parcels = geopandas.read_file(geopackage, layer="parcels")
    assert list(parcels.columns) == ["parcel_id", "area_m2", *(f"{name}_m2" for name in OUTCOMES), "geometry"]
    assert list(parcels["parcel_id"]) == list(PARCELS)


def test_the_cells_add_up_to_the_parcels_in_every_outcome(geopackage: Path) -> None:
    parcels = geopandas.read_file(geopackage, layer="parcels").set_index("parcel_id")
    cells = geopandas.read_file(geopackage, layer="cells")
    assert cells["area_m2"].to_numpy() == pytest.approx(cells.geometry.area.to_numpy(), rel=1e-12)
    summed = cells.groupby(["parcel_id", "outcome"])["area_m2"].sum().unstack(fill_value=0.0)
    assert set(summed.columns) == set(OUTCOMES), "the area was made to have all five"
    for parcel, shape in PARCELS.items():
        for outcome in OUTCOMES:
            expected = parcels.loc[parcel, f"{outcome}_m2"]
            assert summed.loc[parcel, outcome] == pytest.approx(expected, rel=1e-9, abs=1e-6)
        together = shapely.union_all(cells[cells["parcel_id"] == parcel].geometry.array)
        assert shapely.area(shapely.symmetric_difference(together, shape)) == pytest.approx(0, abs=1e-4)


def test_a_cell_names_the_rules_that_are_there_and_those_not_known(geopackage: Path) -> None:
    cells = geopandas.read_file(geopackage, layer="cells")
    known = box(0, 0, 100, 170)
    for cell in cells.itertuples():
        inside = shapely.point_on_surface(cell.geometry)
        there = {rule for rule, shape in SHAPES.items() if shapely.contains(shape, inside)}
        assert set(filter(None, cell.rules.split(";"))) == there
        lacking = set() if shapely.contains(known, inside) or "wells" in there else {"wells"}
        assert {rule for rule in filter(None, cell.not_known.split(";")) if rule != "pipeline"} == lacking


def test_the_table_of_rules_is_what_insight_writes_with_its_basis(
    folder: Path, geopackage: Path, tmp_path: Path
) -> None:
    succeed("insight", folder, "--use", "housing", "--out", tmp_path / "insight.csv")
    expected = pd.read_csv(tmp_path / "insight.csv").set_index("id")
    rules = geopandas.read_file(geopackage, layer="rules").set_index("id")
    assert list(rules.index) == [rule.id for rule in RULES]
    for column in ("covered_m2", "sole_m2"):
        assert rules[column].to_numpy() == pytest.approx(expected[column].to_numpy(), rel=1e-12)
    assert list(rules["state"]) == list(expected["state"])
    silence = rules.loc["silence"]
    assert silence[["title", "decides", "route", "legal_basis", "confidence", "source_date"]].tolist() == [
        "Regel silence",
        "gemeente",
        "art. 3",
        "art. 1",
        "confirmed",
        "2025-01-01",
    ]


def test_the_geopackage_tells_its_provenance_as_json(assessment: Assessment, geopackage: Path) -> None:
    told = _query(
        geopackage,
        "SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference ON md_file_id = id "
        "WHERE reference_scope = 'geopackage' AND mime_type = 'application/json'",
    )
    assert [json.loads(text) for (text,) in told] == [json.loads(json.dumps(provenance(assessment)))]
    assert ("gpkg_metadata",) in _query(geopackage, "SELECT extension_name FROM gpkg_extensions")


def test_qgis_finds_a_default_style_of_five_outcomes_for_both_layers(geopackage: Path) -> None:
    styles = _query(
        geopackage,
        "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault = 1 AND f_table_schema = '' "
        "AND f_table_catalog = '' AND f_geometry_column = 'geom'",
    )
    assert [layer for layer, _ in styles] == ["parcels", "cells"]
    for _, style in styles:
        renderer = ElementTree.fromstring(style).find("renderer-v2")
        assert renderer is not None
        labels = {category.get("value"): category.get("label") for category in renderer.iter("category")}
        assert {value: str(label).removeprefix("grotendeels ") for value, label in labels.items()} == NAMES
        looks = {}
        for category in renderer.iter("category"):
            symbol = renderer.find(f"symbols/symbol[@name='{category.get('symbol')}']")
            assert symbol is not None
            looks[category.get("value")] = [layer.get("class") for layer in symbol.findall("layer")]
            grounds = [option.get("value") for option in symbol.findall("layer/Option/Option[@name='color']")]
            expected = {"movable": "224,130,20,255", "blocked": "74,42,134,255", "unknown": "218,218,214,255"}
            assert grounds[0] == expected.get(str(category.get("value")), "199,233,160,255")
        assert looks == {
            "free": ["SimpleFill"],
            "conditional": ["SimpleFill", "PointPatternFill"],
            "movable": ["SimpleFill", "LinePatternFill"],
            "unknown": ["SimpleFill", "LinePatternFill", "LinePatternFill"],
            "blocked": ["SimpleFill"],
        }


def test_a_parcel_is_styled_by_what_most_of_it_is_and_never_freer_when_in_doubt(tmp_path: Path) -> None:
    """QGIS and SQLite read CASE, max() and quoted columns alike, so the expression can be tried as it stands."""
    squares = {"free": [6, 1, 1, 1, 1], "even": [5, 0, 0, 0, 5], "doubt": [5, 0, 0, 5, 0], "held": [1, 2, 3, 3, 1]}
    expected = {"free": "free", "even": "blocked", "doubt": "unknown", "held": "unknown"}
    area = write_area(tmp_path / "area", {"p": box(0, 0, 10, 10)}, [Rule("nature", [box(0, 0, 4, 4)])])
    build(area, workers=1)
    write_parcels(assess(open_release(area)), tmp_path / "out.gpkg", for_qgis=True)
    (style,) = _query(tmp_path / "out.gpkg", "SELECT styleQML FROM layer_styles WHERE f_table_name = 'parcels'")[0]
    renderer = ElementTree.fromstring(style).find("renderer-v2")
    assert renderer is not None
    columns = ", ".join(f'"{name}_m2"' for name in OUTCOMES)
    with closing(sqlite3.connect(":memory:")) as memory:
        styled = f"outcome GENERATED ALWAYS AS ({renderer.get('attr')})"
        memory.execute(f"CREATE TABLE parcels (id, {columns}, {styled})")
        memory.executemany("INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?)", [(i, *v) for i, v in squares.items()])
        assert dict(memory.execute("SELECT id, outcome FROM parcels").fetchall()) == expected


def test_an_area_without_rules_gives_a_file_without_an_empty_table(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p": box(0, 0, 10, 10)})
    build(area, workers=1)
    write_parcels(assess(open_release(area)), tmp_path / "out.gpkg", for_qgis=True)
    assert pyogrio.list_layers(tmp_path / "out.gpkg")[:, 0].tolist() == ["parcels", "cells", "layer_styles"]


# --- GeoParquet and XLSX -----------------------------------------------------------------------------------------


def test_geoparquet_has_shapes_its_crs_and_its_provenance_and_stays_readable_without_shapes(
    assessment: Assessment, tmp_path: Path
) -> None:
    out = tmp_path / "out.geoparquet"
    write_parcels(assessment, out)
    metadata = pyarrow.parquet.read_schema(out).metadata
    geo = json.loads(metadata[b"geo"])
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["encoding"] == "WKB"
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 28992}
    assert json.loads(metadata[b"planlib"]) == json.loads(json.dumps(provenance(assessment)))
    plain = pd.read_parquet(out)
    assert list(plain.columns) == ["parcel_id", "area_m2", *(f"{name}_m2" for name in OUTCOMES), "geometry"]
    write_parcels(assessment, tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(plain.drop(columns="geometry"), pd.read_parquet(tmp_path / "out.parquet"))


def test_the_workbook_has_parcels_provenance_in_dutch_and_rules(assessment: Assessment, tmp_path: Path) -> None:
    from tests.test_free import read_sheet

    write_parcels(assessment, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheets = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    assert sheets == ["percelen", "herkomst", "regels"]
    header, *rows = read_sheet(tmp_path / "out.xlsx", 2)
    assert header == ["wat", "waarde", "code"]
    assert ["peildatum", "1 november 2026", "2026-11-01"] in rows
    assert ["voor", "wonen", "housing"] in rows
    assert ["niet bekeken", "Regel pipeline", "pipeline"] in rows
    assert ["gegevens van", "Regel nature: 1 januari 2025", "nature=2025-01-01"] in rows
    assert [row[0] for row in rows].count("getoetst aan") == 4
    assert {row[0] for row in read_sheet(tmp_path / "out.xlsx", 3)[1:]} == {rule.id for rule in RULES}


def test_more_parcels_than_a_sheet_holds_are_refused(
    assessment: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_xlsx, "MOST_ROWS", 2)
    with pytest.raises(OutputError, match="CSV, Parquet or GPKG"):
        write_parcels(assessment, tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", PARCEL_SUFFIXES)
def test_every_file_tells_that_doubt_and_a_table_were_counted(release: Release, tmp_path: Path, suffix: str) -> None:
    doubted = assess(release, Scenario(use=Use.HOUSING, doubt_unchecked=True, table=(Level.WATERSCHAP,)))
    assert provenance(doubted)["doubt_unchecked"] is True
    assert provenance(doubted)["table"] == ["waterschap"]
    assert provenance(doubted)["fixed"] == ["silence"]
    out = tmp_path / f"out{suffix}"
    write_parcels(doubted, out)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    if suffix == ".xlsx":
        with zipfile.ZipFile(out) as archive:
            kept = archive.read("xl/sharedStrings.xml")
    assert b"waterschap" in kept
    assert b"doubt_unchecked" in kept or b"tellen alsof ze overal gelden" in kept
