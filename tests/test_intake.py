"""Files from anybody: refused at the gate, read within limits, taken in whole or not at all."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import geopandas
import pytest
import shapely

from planlib.area import read_area
from planlib.errors import AreaError, LayerError
from planlib.intake import (
    Staged,
    add_blocks,
    discard,
    inspect_in_sandbox,
    plan_blocks,
    plan_rules,
    rule_block,
    stage,
)
from planlib.intake.gate import MOST_BYTES, check_bytes, check_name
from tests.areas import RD, Rule, at_origin, box, free, write_area, write_layer

BOWTIE = at_origin(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))


def _area(folder: Path) -> Path:
    return write_area(folder, {"P": box(0, 0, 100, 100)}, [Rule("own", [box(0, 0, 10, 100)])])


def _staged(area: Path, path: Path) -> Staged:
    return stage(area, path.name, path.read_bytes())


def _plan(path: Path) -> Path:
    shapes = [box(0, 0, 50, 100), box(50, 0, 100, 50), box(50, 50, 100, 100)]
    write_layer(path, shapes, groep=["wonen", "agrarisch met waarden", "Waarde - d'Archeologie"])
    return path


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.exe", "", ".gpkg/..", "kaart.vrt", "x.tif", "notes.txt"])
def test_other_kinds_of_file_are_refused_by_name(name: str) -> None:
    with pytest.raises(LayerError, match="files of this kind are not read"):
        check_name(name)


@pytest.mark.parametrize("name", ["../../a.gpkg", "C:\\data\\a.gpkg", "/srv/a.gpkg"])
def test_a_name_never_leads_anywhere(name: str) -> None:
    assert check_name(name) == "a.gpkg"


def test_an_empty_file_and_a_giant_are_refused_before_they_are_opened(tmp_path: Path) -> None:
    empty, giant = tmp_path / "leeg.gpkg", tmp_path / "groot.gpkg"
    empty.touch()
    with giant.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    with pytest.raises(LayerError, match=r"leeg.gpkg is empty"):
        check_bytes(empty)
    with pytest.raises(LayerError, match="files of up to 200 MB"):
        check_bytes(giant)


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bom.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kaart.geojson", b"0" * 120_000_000)
    assert path.stat().st_size < 200_000
    with pytest.raises(LayerError, match="unpacks to far more"):
        check_bytes(path)


@pytest.mark.parametrize("inner", ["../buiten.shp", "/etc/passwd", "C:/x.shp", "a/../../b.shp"])
def test_a_zip_that_points_outside_itself_is_not_opened(tmp_path: Path, inner: str) -> None:
    path = tmp_path / "slip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(inner, b"x")
    with pytest.raises(LayerError, match="points outside it"):
        check_bytes(path)


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(LayerError, match="points outside it"):
        check_bytes(path)


def test_gml_with_entities_of_its_own_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.gml"
    path.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>')
    with pytest.raises(LayerError, match="declares entities"):
        check_bytes(path)


def test_a_file_that_is_not_what_it_says_is_a_finding_and_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "plaatje.gpkg"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 1000)
    assert inspect_in_sandbox(path).refused


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = _plan(tmp_path / "plan.gpkg")
    with pytest.raises(LayerError, match="takes longer than"):
        inspect_in_sandbox(path, seconds=0.05)


def test_the_reader_knows_nothing_of_the_servers_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A hidden variable would change what this file's driver does; the reader must not inherit it.
    monkeypatch.setenv("OGR_SQLITE_LOAD_EXTENSIONS", "evil")
    monkeypatch.setenv("PLANLIB_SECRET", "geheim")
    seen = inspect_in_sandbox(_plan(tmp_path / "plan.gpkg"))
    assert not seen.refused


def test_a_repair_is_shown_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "strik.gpkg"
    write_layer(path, [BOWTIE, box(20, 20, 30, 30)])
    (layer,) = inspect_in_sandbox(path).layers
    (repair,) = layer.repairs
    assert repair.row == 0
    assert len(repair.before[0]) == 5
    assert sum(shapely.Polygon(ring).area for ring in repair.after) == pytest.approx(50)
    assert repair.area_after_m2 == pytest.approx(50)


def test_the_values_of_a_plan_are_counted_and_proposed_by_name(tmp_path: Path) -> None:
    (layer,) = inspect_in_sandbox(_plan(tmp_path / "plan.gpkg")).layers
    assert layer.columns["groep"] == {"wonen": 1, "agrarisch met waarden": 1, "Waarde - d'Archeologie": 1}
    assert plan_rules(list(layer.columns["groep"])) == {
        "wonen": "zoning_housing",
        "agrarisch met waarden": "zoning_agricultural",
        "Waarde - d'Archeologie": "",
    }


def test_real_plan_objects_are_proposed_a_rule_for_most_destinations(shared: Path) -> None:
    groups = geopandas.read_file(shared / "data" / "imro-plan-objects.gpkg")["bestemmingshoofdgroep"].dropna().unique()
    proposed = plan_rules(list(groups))
    assert proposed["wonen"] == proposed["tuin"] == "zoning_housing"
    assert [value for value, rule in proposed.items() if not rule] == ["waarde"]


def test_a_confirmed_plan_becomes_a_rule_per_destination(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    staged = _staged(area, _plan(tmp_path / "plan.gpkg"))
    chosen = {"wonen": "zoning_housing", "agrarisch met waarden": "zoning_agricultural", "Waarde - d'Archeologie": ""}
    blocks = plan_blocks(staged, "shapes", "groep", chosen, source_date=date(2026, 1, 1))
    assert add_blocks(staged, blocks) == ["zoning_agricultural", "zoning_housing"]
    assert not staged.folder.exists()
    row = free(area, "--use", "housing")["P"]
    # 10 m of its own rule, then a hectare's half for housing, a quarter held by farming, a quarter by nothing.
    assert (row["blocked"], row["movable"], row["free"]) == pytest.approx((1_000, 2_500, 6_500))
    assert free(area, "--use", "solar")["P"]["movable"] == pytest.approx(9_000 - 2_500)


def test_taking_in_again_replaces_the_rule_and_keeps_comments(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    file = area / "area.toml"
    file.write_text("# Van de gemeente, met de hand.\n" + file.read_text())
    write_layer(tmp_path / "nnn.gpkg", [box(0, 0, 100, 20)])
    for _ in range(2):
        staged = _staged(area, tmp_path / "nnn.gpkg")
        add_blocks(staged, [rule_block("nnn", staged, "shapes", source_date=date(2026, 1, 1), coverage="all")])
    assert file.read_text().startswith("# Van de gemeente, met de hand.")
    assert [rule.id for rule in read_area(area).constraints] == ["own", "nnn"]
    assert (area / "area.toml.before").exists()


def test_a_file_that_the_area_would_refuse_leaves_everything_as_it_was(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    before = (area / "area.toml").read_text()
    write_layer(tmp_path / "lijnen.gpkg", [at_origin(shapely.LineString([(0, 0), (10, 10)]))])
    staged = _staged(area, tmp_path / "lijnen.gpkg")
    with pytest.raises(AreaError, match="points or lines"):
        add_blocks(staged, [rule_block("nnn", staged, "shapes", source_date=date(2026, 1, 1), coverage="all")])
    assert (area / "area.toml").read_text() == before
    assert not list((area / "uploads").iterdir())
    discard(staged)
    assert not [path for path in area.iterdir() if path.name.startswith(".")]


def test_text_in_a_column_is_never_part_of_the_condition(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    hostile = "wonen' OR '1'='1"
    write_layer(path, [box(0, 0, 50, 100), box(50, 0, 100, 100)], **{'gr"oep': [hostile, "bos"]})
    area = _area(tmp_path / "area")
    staged = _staged(area, path)
    add_blocks(staged, plan_blocks(staged, "shapes", 'gr"oep', {hostile: "zoning_water"}, source_date=date(2026, 1, 1)))
    assert free(area, "--use", "housing")["P"]["movable"] == pytest.approx(4_000)


def test_a_geojson_in_degrees_says_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "punt.geojson"
    geopandas.GeoSeries([box(0, 0, 100, 100)], crs=RD).to_crs(4326).to_file(path, driver="GeoJSON")
    (layer,) = inspect_in_sandbox(path).layers
    west, south, east, north = layer.lies.bounds
    assert 3 < west < east < 8
    assert 50 < south < north < 54
