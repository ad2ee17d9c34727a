"""Tables of points: found by the names of their columns, read as spreadsheets write them, never placed by a guess."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest

from tests.areas import RD, area_table, box, constraint, findings, free, run, wkt, write_area, write_layer, write_toml

#: Two discs of 10 m, around (20, 50) and (70, 50) in the parcel.
TWICE = pytest.approx(2 * np.pi * 100, rel=1e-3)


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel without rules."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})


def held(area: Path, content: str | bytes, **keys: Any) -> float:
    """Return what a rule of 10 m around the points of a table holds."""
    write(area, content, **keys)
    return free(area)["p1"]["blocked"]


def write(area: Path, content: str | bytes, **keys: Any) -> None:
    """Write the table and the rule that reads it."""
    (area / "r.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    write_toml(area, area_table([constraint("r", path="r.csv", **{"crs": RD, "buffer_m": 10, **keys})]))


def told(area: Path) -> list[tuple[str, int | None, str, str]]:
    """Return what is said of the rule, notes left out."""
    return [
        (item["severity"], item["row"], item["problem"], item["action"])
        for item in findings(area)
        if item["where"] == "r" and item["severity"] != "note"
    ]


def refused(area: Path, *words: str) -> None:
    """Insist that build and check refuse in one sentence."""
    ran = run("free", area, "--out", area / "out.csv")
    assert ran.code == run("check", area).code == 2
    for word in words:
        assert word in ran.err
    assert not (area / "out.csv").exists()


@pytest.mark.parametrize(
    "names",
    [
        ("x", "y"),
        ("X", "Y"),
        ("x_coord", "y_coord"),
        ("X_RD", "Y_RD"),
        ("rdx", "rdy"),
        ("RD-X", "RD-Y"),
        ("X-coördinaat", "Y-coördinaat"),
        ("easting", "northing"),
    ],
)
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_coordinates_are_found_by_the_usual_names(area: Path, names: tuple[str, str], mark: str) -> None:
    rows = [("naam", *names), ("a", "200020", "500050"), ("b", "200070", "500050")]
    assert held(area, "\n".join(mark.join(row) for row in rows)) == TWICE


@pytest.mark.parametrize(
    "content",
    [
        "naam;x;y\na;200020,0;500050,0\nb;200070,00;500050,0\n",
        "naam;x;y\r\na;200.020,0;500.050,0\r\nb;200.070,0;500.050,0\r\n",
        'naam,x,y\na,"200020,0","500050,0"\nb,"200070,0","500050,0"\n',
        'naam,x,y\na,"200,020.0","500,050.0"\nb,"200,070.0","500,050.0"\n',
        "sep=;\nnaam;x;y\na;200020;500050\nb;200070;500050\n",
        '"naam";"x";"y"\n"a; b";200020;500050\n\n"b\nc";200070;500050\n;;\n',
        "naam;x;y;\na;200020;500050;\nb;200070;500050;\n".replace("y;\n", "y;leeg\n"),
    ],
)
def test_what_a_spreadsheet_writes_is_read(area: Path, content: str) -> None:
    assert held(area, content) == TWICE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_are_read_in_any_of_the_usual_ways(area: Path, encoding: str) -> None:
    content = "plaats;x;y\nÉén €;200020;500050\ntwee;200070;500050\n".encode(encoding)
    assert held(area, content, where="plaats = 'Één €'") == pytest.approx(np.pi * 100, rel=1e-3)


@pytest.mark.parametrize("names", ["lon;lat", "Longitude;Latitude", "lengtegraad;breedtegraad"])
def test_degrees_are_read_when_a_person_says_which(area: Path, names: str) -> None:
    there = geopandas.GeoSeries([wkt("POINT(20 50)"), wkt("POINT(70 50)")], crs=RD).to_crs("EPSG:4326")
    rows = "\n".join(f"{point.x:.9f};{point.y:.9f}".replace(".", ",") for point in there)
    assert held(area, f"{names}\n{rows}\n", crs="EPSG:4326") == TWICE
    write(area, f"{names}\n{rows}\n", crs=None)
    refused(area, "r.csv", "no coordinate reference system", 'crs = "EPSG:4258"')


def test_without_a_crs_a_table_is_refused_and_told_how_to_mend_it(area: Path) -> None:
    write(area, "x;y\n200020;500050\n", crs=None)
    refused(area, "r.csv", "no coordinate reference system", 'crs = "EPSG:28992"', "area.toml")
    assert run("check", area / "r.csv").code == 2
    assert run("check", area / "r.csv", "--crs", RD).code == 0
    assert run("check", area, "--crs", RD).code == 2


def test_a_crs_that_cannot_be_is_refused(area: Path) -> None:
    write(area, "x;y\n200020;500050\n", crs="EPSG:4326")
    refused(area, "r.csv", "EPSG:4326", 'crs = "EPSG:28992"')
    write(area, "x;y\n200020;500050\n", crs="EPSG:999999")
    refused(area, "r.csv", "EPSG:999999", "no known")


def test_of_two_pairs_the_one_that_suits_the_crs_is_taken(area: Path) -> None:
    assert held(area, "lon;lat;x;y\n1;2;200020;500050\n3;4;200070;500050\n") == TWICE
    write(area, "x;y;x_rd;y_rd\n1;2;200020;500050\n")
    refused(area, "r.csv", "more than one pair")


def test_rows_without_a_possible_place_are_told_by_row_and_dropped(area: Path) -> None:
    rows = ["200020;500050", ";500050", "onbekend;500050", "200070;500050", "NaN;inf", "1e300;2"]
    assert held(area, "x;y\n" + "\n".join(rows)) == TWICE
    assert {(row, action) for _, row, _, action in told(area)} == {(at, "dropped the row") for at in (1, 2, 4, 5)}


def test_a_row_far_from_the_country_is_told(area: Path) -> None:
    assert held(area, "x;y\n200020;500050\n-9999;-9999\n200070;500050\n") == TWICE
    ((severity, row, problem, _),) = told(area)
    assert (severity, row) == ("warning", 1)
    assert "far from where EPSG:28992 is used" in problem


def test_swapped_x_and_y_are_put_right_and_told(area: Path) -> None:
    assert held(area, "x;y\n500050;200020\n500050;200070\n") == TWICE
    ((severity, row, problem, action),) = told(area)
    assert (severity, row) == ("warning", None)
    assert "wrong way round" in problem
    assert action.startswith("swapped them")


def test_points_need_a_distance(area: Path) -> None:
    write(area, "x;y\n200020;500050\n", buffer_m=0)
    refused(area, "row 0", "buffer_m")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("naam;adres\na;b\n", "no columns with coordinates"),
        ("x;y;y\n1;2;3\n", "two columns of one name"),
        ("naam,x,y\na,200020,5,500050,5\n", "row 0 has more cells"),
        ("x;y\n", ""),
        ("", "empty"),
        (b"\x89PNG\x00\x01", "not a .csv file"),
        ("x;y\n200020;500050".encode("utf-16"), "not a .csv file"),
        ("x;y\n" + "9" * 200_000 + ";1", ""),
    ],
    ids=str,
)
def test_what_is_no_table_of_points_is_refused(area: Path, content: str | bytes, word: str) -> None:
    path = area / "r.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = run("check", path, "--crs", RD)
    assert ran.code == 2
    assert word in ran.out


def test_codes_keep_their_zeros_and_numbers_count_as_numbers(area: Path) -> None:
    content = "code;hoogte;x;y\n007;9,5;200020;500050\n012;10,5;200070;500050\n"
    one = pytest.approx(np.pi * 100, rel=1e-3)
    assert held(area, content, where="code = '007'") == one
    assert held(area, content, where="hoogte > 9.7") == one


def test_a_table_serves_as_context_and_is_no_parcel(area: Path) -> None:
    (area / "p.csv").write_text("naam;x;y\nplek;200050;500050\n", encoding="utf-8")
    places = [{"kind": "places", "path": "p.csv", "label": "naam", "crs": RD}]
    write_toml(area, area_table([], context=places))
    assert {item["severity"] for item in findings(area)} == {"note"}
    write_toml(area, area_table([], parcels={"path": "p.csv", "id": "naam", "crs": RD}))
    refused(area, "p.csv")


def test_a_crs_for_a_file_that_states_none_is_the_one_it_is_read_in(area: Path) -> None:
    write_layer(area / "r.gpkg", [box(0, 0, 40, 100)], crs=None)
    geopandas.GeoDataFrame(geometry=[box(0, 0, 40, 100)]).to_parquet(area / "r.parquet")
    for name in ("r.gpkg", "r.parquet"):
        write_toml(area, area_table([constraint("r", path=name, crs=RD)]))
        assert free(area)["p1"]["blocked"] == pytest.approx(4000)


def test_a_crs_that_a_person_named_goes_before_the_files_own_and_is_told(area: Path) -> None:
    geopandas.GeoDataFrame(geometry=[box(0, 0, 40, 100)], crs="EPSG:3857").to_file(area / "r.gpkg")
    write_toml(area, area_table([constraint("r", path="r.gpkg", crs=RD)]))
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)
    assert [(row, action) for _, row, _, action in told(area)] == [(None, "took it as EPSG:28992")]


def test_another_crs_for_a_file_makes_another_release(area: Path) -> None:
    write_layer(area / "r.gpkg", [box(0, 0, 40, 100)], crs=None)
    ids = []
    for crs in (RD, "EPSG:7415"):
        write_toml(area, area_table([constraint("r", path="r.gpkg", crs=crs)]))
        ids.append(run("build", area, "--workers", 1).last.split()[-1])
    assert ids[0] != ids[1]
