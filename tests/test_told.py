"""What the command line says is true, is said once, and names the file, the row and the id it is about."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest

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
    write_area,
    write_layer,
    write_toml,
)
from tests.test_free import read_sheet


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of two parcels of which one row is dropped, and a rule with an invalid shape: two findings."""
    crossed = geopandas.GeoSeries.from_wkt(["POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"]).translate(200_000, 500_000)[0]
    here = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [crossed])])
    (here / "parcels.gpkg").unlink()
    frame = geopandas.GeoDataFrame({"id": ["p1", "p2"]}, geometry=[box(0, 0, 100, 100), None], crs=RD)
    frame.to_file(here / "parcels.gpkg", layer="parcels")
    return here


@pytest.mark.parametrize(
    "call", ["build AREA", "free AREA --out OUT.csv", "insight AREA --out OUT.csv", "explain AREA p1"]
)
def test_every_answer_says_how_many_findings_there_are(area: Path, tmp_path: Path, call: str) -> None:
    arguments = [part.replace("AREA", str(area)).replace("OUT", str(tmp_path / "out")) for part in call.split()]
    for _ in range(2):
        ran = succeed(*arguments)
        assert ran.err.splitlines()[-1] == f"findings: 2; see them with: python -m planlib check {area}"
    notable = [item for item in findings(area) if item["severity"] == "warning"]
    assert len(notable) == 2


def test_without_findings_there_is_no_line(area: Path) -> None:
    write_layer(area / "sound.gpkg", [box(0, 0, 9, 9)], id=["p1"])
    write_toml(area, area_table([], parcels={"path": "sound.gpkg", "id": "id"}))
    assert "finding" not in succeed("build", area).err


def test_the_number_of_findings_goes_with_every_result(area: Path, tmp_path: Path) -> None:
    succeed("free", area, "--out", tmp_path / "out.csv")
    beside = json.loads((tmp_path / "out.csv.release.json").read_text(encoding="utf-8"))
    assert beside["findings"] == 2
    assert json.loads(succeed("explain", area, "p1", "--json").out)["about"]["findings"] == 2


def last_line(area: Path, *options: object) -> str:
    """Return the sentence with which ``explain`` refuses."""
    ran = run("explain", area, "p1", *options)
    assert ran.code == 2, ran
    return ran.err.splitlines()[-1]


@pytest.mark.parametrize("crs", ["EPSG:999999", "EPSG:4326", "EPSG:3857", "EPSG:2263"])
def test_a_wrong_crs_of_the_area_is_told_with_the_file_it_stands_in(area: Path, crs: str) -> None:
    write_toml(area, area_table([], crs=crs))
    assert str(area / "area.toml") in last_line(area)


def test_a_crs_that_does_not_fit_the_parcels_is_told_with_their_file(area: Path) -> None:
    write_toml(area, area_table([], crs="EPSG:32635"))
    assert str(area / "parcels.gpkg") in last_line(area)


def test_an_unknown_rule_is_told_with_where_it_was_written(area: Path) -> None:
    scenario = area / "dromen.toml"
    scenario.write_text('title = "x"\n[state]\nzz = "moved"\n', encoding="utf-8")
    assert str(scenario) in last_line(area, "--scenario", scenario)
    told = last_line(area, "--state", "zz=moved")
    assert "--state" in told
    assert "nature" in told


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), -1.0, "-5", "inf", "nan", "veel"])
def test_a_registered_area_that_is_none_is_told_with_its_row(area: Path, value: object) -> None:
    frame = geopandas.GeoDataFrame(
        {"id": ["a", "b"], "opp": pd.Series([type(value)(100), value])},
        geometry=[box(0, 0, 9, 9), box(9, 0, 18, 9)],
        crs=RD,
    )
    frame.to_parquet(area / "p.parquet")
    parcels = {"path": "p.parquet", "id": "id", "registered_area": "opp"}
    write_toml(area, area_table([], parcels=parcels))
    told = last_line(area)
    for word in ("p.parquet", "row 1", "opp"):
        assert word in told


def test_what_is_no_area_is_told_as_such(area: Path) -> None:
    (area / "other.toml").write_text("title = 'x'", encoding="utf-8")
    for path in (area / "other.toml", area / "parcels.gpkg"):
        ran = run("build", path)
        assert ran.code == 2
        assert "is not an area; name its folder" in ran.err


def test_check_says_what_is_wrong_once(area: Path, tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("x", encoding="utf-8")
    (area / "broken.gpkg").write_bytes(b"SQLite format 3\x00 and then nothing")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "brief.txt", tmp_path / "empty"):
        ran = run("check", path)
        assert ran.code == 2
        assert ran.out.count(path.name) == 1, ran.out
        assert ".;" not in ran.out
        assert ran.err == f"planlib: {path} must be refused: 1 error.\n"
    write_toml(area, area_table([constraint("nature", colour="red")]))
    ran = run("check", area)
    assert ran.out.count("area.toml") == 1


@pytest.mark.filterwarnings("default")
def test_what_another_library_says_is_told_once_and_without_its_advice(area: Path) -> None:
    whole = (area / "parcels.gpkg").read_bytes()
    (area / "half.gpkg").write_bytes(whole[: len(whole) // 2])
    (area / "no.fgb").write_bytes(b"fgb\x03fgb\x00 and then nothing")
    (area / "no.geojson").write_text('{"type": "Topology"}', encoding="utf-8")
    for name in ("half.gpkg", "no.fgb", "no.geojson"):
        write_toml(area, area_table([constraint("nature", path=name)]))
        told = last_line(area)
        assert name in told
        for noise in ("It might help", "/vsi", "GeoJSON:/", "/planlib-", "..", ".;"):
            assert noise not in told
        assert told.count("malformed") <= 1


# --- what must not be lost ---------------------------------------------------------------------------------------


def test_a_result_is_never_written_over_a_file_of_the_area(area: Path) -> None:
    write_layer(area / "known.gpkg", [box(0, 0, 50, 50)])
    write_layer(area / "roads.gpkg", [box(0, 0, 50, 50)])
    geopandas.GeoDataFrame(geometry=[box(0, 0, 9, 9)], crs=RD).to_parquet(area / "later.parquet")
    rules = [constraint("nature", coverage="known.gpkg"), constraint("later", path="later.parquet", applies_in=["x"])]
    write_toml(area, area_table(rules, context=[{"kind": "roads", "path": "roads.gpkg"}], province="y"))
    (area / "link.gpkg").symlink_to(area / "roads.gpkg")
    before = {path: path.read_bytes() for path in area.iterdir()}
    for name in (
        "parcels.gpkg",
        "nature.gpkg",
        "known.gpkg",
        "roads.gpkg",
        "later.parquet",
        "link.gpkg",
        "register.gpkg",
    ):
        for command in ("free", "insight"):
            ran = run(command, area, "--out", area / name)
            assert ran.code == 2, name
            assert name in ran.err
    assert {path: path.read_bytes() for path in area.iterdir()} == before
    succeed("free", area, "--out", area / "other.gpkg")


def test_the_provenance_of_a_sheet_is_whole_however_long_it_is(area: Path, tmp_path: Path) -> None:
    rules = [constraint("r" * 120 + str(at), path="nature.gpkg") for at in range(300)]
    write_toml(area, area_table(rules))
    title = "Een lange titel " * 3_000
    (tmp_path / "long.toml").write_text(f'title = "{title}"', encoding="utf-8")
    succeed("free", area, "--scenario", tmp_path / "long.toml", "--out", tmp_path / "out.xlsx")
    succeed("free", area, "--scenario", tmp_path / "long.toml", "--out", tmp_path / "out.csv")
    beside = json.loads((tmp_path / "out.csv.release.json").read_text(encoding="utf-8"))
    rows = read_sheet(tmp_path / "out.xlsx", 2)[1:]
    assert all(len(cell) <= 32_767 for row in rows for cell in row)
    codes = {name: [code for what, _, code in rows if what == name] for name, _, _ in rows}
    assert dict(code.split("=") for code in codes["gegevens van"]) == beside["source_dates"]
    assert codes["getoetst aan"] == beside["checked"]
    assert codes["gegevensuitgave"] == [beside["release"]]
    assert "".join(codes["scenario"]) == beside["scenario"] == title.strip()


def test_rows_beyond_what_a_sheet_holds_are_refused_and_written_elsewhere(
    area: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planlib.views.export_xlsx.MOST_ROWS", 0)
    ran = run("free", area, "--out", tmp_path / "out.xlsx")
    assert ran.code == 2
    assert "CSV" in ran.err
    assert not list(tmp_path.glob("*.xlsx"))
    free(area)
    with (area / "free-out.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 1
