"""``free``: one row per parcel, in every format, whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from planlib.release import current_release_id
from tests.areas import RD, Rule, box, free, outcomes, read_rows, run, succeed, wkt, write_area

COLUMNS = ["parcel_id", "area_m2", "free_m2", "conditional_m2", "movable_m2", "unknown_m2", "blocked_m2"]
SUFFIXES = [".csv", ".parquet", ".geoparquet", ".gpkg", ".xlsx"]
PARCELS = {
    "007": box(0, 0, 100, 100),
    "=1+1": wkt("POLYGON((100 0, 200 0, 177 33.3, 100 0))"),
    "c": box(0, 100, 33.3, 201.7),
}
RULES = [
    Rule("nature", [wkt("POLYGON((-10 -10, 120 5, 60 110, -10 -10))")], uses=["housing", "wind"]),
    Rule("silence", [box(-5, 50, 150, 160)], state="movable", coverage=[box(0, 0, 80, 150)]),
    Rule("pipeline", coverage="none"),
]


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of three parcels under three rules."""
    return write_area(tmp_path / "area", PARCELS, RULES, title="Proefgebied")


def read_sheet(path: Path, number: int) -> list[list[str]]:
    """Return the cells of a sheet of an XLSX file as text; there is no reader for it among what planlib needs."""
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as archive:
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    shared = ["".join(item.itertext()) for item in strings.iterfind("x:si", space)]
    assert sheet.find(".//x:f", space) is None, "text must never become a formula"
    return [
        [
            shared[int(cell.findtext("x:v", "", space))] if cell.get("t") == "s" else cell.findtext("x:v", "", space)
            for cell in row.iterfind("x:c", space)
        ]
        for row in sheet.iterfind(".//x:row", space)
    ]


def read_result(path: Path) -> tuple[list[str], list[list[Any]]]:
    """Return the columns and the rows of a result, as somebody else would read them."""
    suffix = path.suffix.lower()
    if suffix in {".csv", ".xlsx"}:
        if suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as stream:
                header, *rows = list(csv.reader(stream))
        else:
            header, *rows = read_sheet(path, 1)
        return header, [[row[0], *map(float, row[1:])] for row in rows]
    table = {
        ".parquet": pd.read_parquet,
        ".geoparquet": lambda file: geopandas.read_parquet(file).drop(columns="geometry"),
        ".gpkg": lambda file: geopandas.read_file(file, layer=first_layer(file)).drop(columns="geometry"),
    }[suffix](path)
    return list(table.columns), table.to_numpy().tolist()


def first_layer(path: Path) -> str:
    """Return the layer that a reader takes when none is named."""
    return str(pyogrio.list_layers(path)[0][0])


def provenance_of(path: Path) -> str:
    """Return the text that says where the numbers of a result come from."""
    if path.suffix == ".csv":
        return path.with_name(path.name + ".release.json").read_text(encoding="utf-8")
    if path.suffix in {".parquet", ".geoparquet"}:
        return str(pyarrow.parquet.read_schema(path).metadata)
    if path.suffix == ".gpkg":
        return str(pyogrio.read_info(path, layer=first_layer(path))["layer_metadata"])
    return str(read_sheet(path, 2))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_holds_the_columns_rows_and_numbers_of_the_contract(area: Path, suffix: str) -> None:
    succeed("free", area, "--out", area / f"out{suffix}")
    succeed("free", area, "--out", area / "reference.csv")
    header, rows = read_result(area / f"out{suffix}")
    _, reference = read_result(area / "reference.csv")
    assert header == COLUMNS
    assert [row[0] for row in rows] == list(PARCELS)
    # XLSX keeps 16 digits of a number, the others all.
    exact = 1e-15 if suffix == ".xlsx" else 0
    for row, expected in zip(rows, reference, strict=True):
        assert row[1:] == pytest.approx(expected[1:], rel=exact, abs=0)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_names_its_release_use_date_and_what_was_not_looked_at(area: Path, suffix: str) -> None:
    succeed("free", area, "--use", "wind", "--state", "silence=moved", "--out", area / f"out{suffix}")
    told = provenance_of(area / f"out{suffix}")
    release = current_release_id(area)
    assert release is not None
    for word in (release, "wind", "2026-11-01", "silence", "moved", "pipeline", "geen besluit, geen toezegging"):
        assert word in told


@pytest.mark.parametrize("suffix", [".gpkg", ".geoparquet"])
def test_a_file_with_shapes_holds_the_parcels_in_the_crs_of_the_area(area: Path, suffix: str) -> None:
    out = area / f"out{suffix}"
    succeed("free", area, "--out", out)
    frame = geopandas.read_file(out, layer="parcels") if suffix == ".gpkg" else geopandas.read_parquet(out)
    assert frame.crs == RD
    shapes = dict(zip(frame["parcel_id"], frame.geometry, strict=True))
    for parcel, shape in PARCELS.items():
        assert shapely.equals(shapes[parcel], shape)


@pytest.mark.parametrize(
    "name", ["OUT.CSV", "Out.Parquet", "OUT.GPKG", "OUT.XLSX", "naam met 'spaties' é.gpkg", "a.b.csv"]
)
def test_names_of_results_may_be_unusual(area: Path, name: str) -> None:
    succeed("free", area, "--out", area / name)
    assert len(read_result(area / name)[1]) == 3


def test_it_makes_the_cells_when_they_are_missing_or_stale(area: Path) -> None:
    assert current_release_id(area) is None
    first = free(area)
    release = current_release_id(area)
    assert release is not None
    write_area(area / "other", PARCELS, RULES[:1])
    (area / "other" / "nature.gpkg").replace(area / "silence.gpkg")
    assert free(area) != first
    assert current_release_id(area) != release


def test_it_says_on_stdout_what_came_of_it_and_the_rest_on_stderr(area: Path) -> None:
    ran = succeed("free", area, "--json", "--out", area / "out.csv")
    told = json.loads(ran.out)
    rows = read_rows(area / "out.csv", "parcel_id")
    for column in COLUMNS[2:]:
        assert told[column] == pytest.approx(sum(row[column] for row in rows.values()), rel=1e-12)
    assert told["release"] == current_release_id(area)
    assert told["unchecked"] == ["pipeline"]
    plain = succeed("free", area, "--out", area / "out.csv")
    assert len(plain.out.splitlines()) == 1
    assert "cutting" in ran.err
    assert "cutting" not in plain.err, "unchanged input is not cut again"


def test_state_wins_over_scenario(area: Path) -> None:
    scenario = area / "scenario.toml"
    scenario.write_text("title = 'Alles schuift'\n[state]\nnature = 'lapsed'\nsilence = 'moved'\n", encoding="utf-8")
    both = free(area, "--scenario", scenario, "--state", "nature=movable")
    assert both == free(area, "--state", "nature=movable", "--state", "silence=moved")
    assert both != free(area, "--scenario", scenario)
    assert free(area, "--scenario", scenario) == free(area, "--state", "nature=lapsed", "--state", "silence=moved")


def test_use_is_the_one_asked_for_else_of_the_scenario_else_of_the_area(tmp_path: Path) -> None:
    """Each use has a rule of its own that blocks a strip of its own width, so the width tells which use was meant."""
    strips = {"housing": 10, "solar": 20, "wind": 40}
    rules = [Rule(use, [box(0, 0, width, 100)], uses=[use]) for use, width in strips.items()]
    area = write_area(tmp_path / "area", {"p": box(0, 0, 100, 100)}, rules, use="housing")
    plain = write_area(tmp_path / "plain", {"p": box(0, 0, 100, 100)}, rules)
    for folder in (area, plain):
        (folder / "solar.toml").write_text("title = 'Zon'\nuse = 'solar'\n", encoding="utf-8")
        (folder / "none.toml").write_text("title = 'Geen'\n", encoding="utf-8")

    def width(folder: Path, *options: object) -> float:
        return round(free(folder, *options)["p"]["blocked"] / 100, 6)

    assert width(area) == 10
    assert width(area, "--scenario", area / "none.toml") == 10
    assert width(area, "--scenario", area / "solar.toml") == 20
    assert width(area, "--scenario", area / "solar.toml", "--use", "wind") == 40
    assert width(area, "--use", "wind") == 40
    assert width(area, "--use", "nature") == 0
    assert width(area, "--use", "all") == 40
    assert width(area, "--scenario", area / "solar.toml", "--use", "all") == 40
    assert width(plain) == 40
    assert width(plain, "--scenario", plain / "solar.toml") == 20


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, OSError(errno.ENOSPC, "No space left on device")], ids=str)
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("there", [True, False])
def test_a_result_that_breaks_off_leaves_what_was_there(
    area: Path, suffix: str, trouble: BaseException, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = area / f"out{suffix}"
    succeed("build", area, "--workers", 1)
    if there:
        succeed("free", area, "--use", "solar", "--out", out)
    before = {path.name: path.read_bytes() for path in area.iterdir()}

    def half(*arguments: Any, **_: Any) -> None:
        for path in arguments:
            if isinstance(path, Path):
                path.write_bytes(b"half a result")
        raise trouble

    for owner, name in (
        (pd.DataFrame, "to_csv"),
        (pd.DataFrame, "to_excel"),
        (pyarrow.parquet, "write_table"),
        (pyogrio, "write_dataframe"),
    ):
        monkeypatch.setattr(owner, name, half)
    ran = run("free", area, "--out", out)
    assert ran.code == (2 if isinstance(trouble, OSError) else 130)
    assert "Traceback" not in ran.err
    assert {path.name: path.read_bytes() for path in area.iterdir()} == before


def test_the_result_and_its_sidecar_never_disagree(area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CSV file and its sidecar are two files: whatever stops between them, old numbers never get a new name."""
    out, beside = area / "out.csv", area / "out.csv.release.json"
    succeed("free", area, "--use", "solar", "--out", out)
    old = out.read_bytes(), beside.read_bytes()
    succeed("free", area, "--use", "housing", "--out", area / "new.csv")
    new = (area / "new.csv").read_bytes()
    rename = Path.replace
    seen = []

    def stop_after_first(self: Path, target: Path) -> Path:
        if Path(target).parent == area:
            seen.append(target)
            if len(seen) == 2:
                raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", stop_after_first)
    assert run("free", area, "--use", "housing", "--out", out).code == 130
    state = out.read_bytes(), beside.read_bytes() if beside.exists() else None
    assert state[0] in (old[0], new)
    if state[0] == old[0]:
        assert state[1] in (old[1], None)
    else:
        assert state[1] is None or json.loads(state[1])["use"] == "housing"


def test_two_calls_at_once_do_not_disturb_each_other(area: Path) -> None:
    pids = []
    for at in range(3):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = run("free", area, "--out", area / f"out{at}.csv").code
            finally:
                os._exit(code)
        pids.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0, 0]
    tables = [read_rows(area / f"out{at}.csv", "parcel_id") for at in range(3)]
    assert tables[0] == tables[1] == tables[2]


def test_numbers_are_not_rounded(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p": box(0, 0, 1 / 3, 1)}, [Rule("nature", [box(-1, -1, 0.1, 2)])])
    row = free(area)["p"]
    assert row["blocked"] == pytest.approx(0.1, rel=1e-9)
    assert row["free"] == pytest.approx(1 / 3 - 0.1, rel=1e-9)
    text = (area / "free-out.csv").read_text(encoding="utf-8")
    assert re.search(r"0\.09999999|0\.10000000", text), text
    assert sum(outcomes(row).values()) == pytest.approx(row["area"], rel=1e-12)
