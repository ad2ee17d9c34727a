"""A release is named by what was read: a change of any input is noticed, whoever made it and however."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from pathlib import Path

import pytest
import shapely

import planlib.build
import planlib.build.cells
from planlib.model import LayerSource
from planlib.overlay import InputFiles
from planlib.release import build_folder, current_release_id
from tests.areas import Rule, area_table, box, constraint, free, run, succeed, write_area, write_layer, write_toml


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel under one rule."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])


def open_in_wal(path: Path) -> sqlite3.Connection:
    """Return a connection such as QGIS keeps: what it writes stands in a file beside the GeoPackage."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    return connection


def test_a_change_that_still_stands_beside_an_open_geopackage_is_read_and_noticed(area: Path) -> None:
    editor = open_in_wal(area / "nature.gpkg")
    try:
        assert free(area)["p1"]["blocked"] == pytest.approx(4000)
        first = current_release_id(area)
        changed = b"GP\x00\x01" + struct.pack("<i", 28992) + shapely.to_wkb(box(0, 0, 90, 100))
        editor.execute("UPDATE shapes SET geom = ?", (changed,))
        assert (area / "nature.gpkg-wal").stat().st_size
        assert free(area)["p1"]["blocked"] == pytest.approx(9000)
        assert current_release_id(area) != first
    finally:
        editor.close()
    assert free(area)["p1"]["blocked"] == pytest.approx(9000)


def test_a_file_put_in_anothers_place_with_its_size_and_time_is_noticed(area: Path) -> None:
    path = area / "nature.gpkg"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)
    size = path.stat().st_size
    path.unlink()
    write_layer(path, [box(0, 0, 90, 100)])
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert path.stat().st_size == size
    assert free(area)["p1"]["blocked"] == pytest.approx(9000)


def test_a_changed_description_of_a_gml_file_makes_another_release(area: Path) -> None:
    write_layer(area / "nature.gml", [box(0, 0, 40, 100)], nummer=["007"])
    assert (area / "nature.xsd").exists()
    write_toml(area, area_table([constraint("nature", path="nature.gml", where="nummer LIKE '00%'")]))
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)
    text = (area / "nature.xsd").read_text(encoding="utf-8")
    (area / "nature.xsd").write_text(text.replace('base="xs:string"', 'base="xs:integer"'), encoding="utf-8")
    assert free(area)["p1"]["blocked"] == 0, "the number 7 starts with no zeros"


@pytest.mark.parametrize(
    "content", ["[]", "{}", "3", "null", '"x"', '{"FILE": 3}', '{"FILE": []}', '{"FILE": [1, 2, "old"]}', "{", ""]
)
def test_a_memory_of_another_shape_is_forgotten(area: Path, content: str) -> None:
    numbers = free(area)
    memory = build_folder(area) / "inputs.json"
    memory.write_text(content.replace("FILE", str((area / "parcels.gpkg").resolve())), encoding="utf-8")
    assert "unchanged" in succeed("build", area).last
    assert free(area) == numbers
    assert str(area.resolve() / "parcels.gpkg") in json.loads(memory.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["current.json", "progress.json", "failure.json"])
@pytest.mark.parametrize("content", ["[]", "3", "null", "{", "{}"])
def test_a_note_of_another_shape_in_the_build_folder_stops_nobody(area: Path, name: str, content: str) -> None:
    numbers = free(area)
    (build_folder(area) / name).write_text(content, encoding="utf-8")
    assert planlib.build.read_progress(area) is None
    assert planlib.build.read_failure(area) is None
    assert free(area) == numbers


def test_a_file_that_changes_while_it_is_read_makes_no_release(area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name would belong to the old content, its cells to the new."""
    read = planlib.build.cells.read_parcels

    def read_and_save(*given: object, **named: object) -> object:
        parcels = read(*given, **named)
        (area / "nature.gpkg").unlink()
        write_layer(area / "nature.gpkg", [box(0, 0, 90, 100)])
        return parcels

    monkeypatch.setattr(planlib.build.cells, "read_parcels", read_and_save)
    ran = run("build", area, "--workers", 1)
    assert ran.code == 2
    assert "nature.gpkg was changed while it was read" in ran.err
    assert current_release_id(area) is None
    assert not list(build_folder(area).glob("overlays/*"))
    monkeypatch.undo()
    assert free(area)["p1"]["blocked"] == pytest.approx(9000)


def test_an_unchanged_file_is_not_read_again(area: Path, tmp_path: Path) -> None:
    memory, path = tmp_path / "inputs.json", area / "nature.gpkg"
    source = LayerSource(path)
    first = InputFiles(memory)
    name = first.of(source)
    first.save()
    kept = json.loads(memory.read_text(encoding="utf-8"))
    kept[str(path)][1] = "what was remembered"
    memory.write_text(json.dumps(kept), encoding="utf-8")
    assert InputFiles(memory).of(source)[0] == "what was remembered"
    os.utime(path)
    assert InputFiles(memory).of(source) == name
