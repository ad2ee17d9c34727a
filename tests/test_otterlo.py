"""Real data, by the command line: numbers that were found before, in another way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.areas import area_table, box, constraint, free, insight, run, succeed, write_layer, write_toml


def natura2000(shared: Path, name: str) -> dict:
    """Return the constraint of one Natura 2000 area of the real file."""
    path = str(shared / "data" / "natura2000-nl.gpkg")
    return constraint("natura2000", path=path, layer="natura2000", where=f"naam = '{name}'")


def write_otterlo(shared: Path, folder: Path, **parcels: str) -> Path:
    """Write the area Otterlo under the Veluwe."""
    folder.mkdir()
    source = {"path": str(shared / "data" / "otterlo-parcels.gpkg"), "layer": "parcels", "id": "lokaalID", **parcels}
    return write_toml(folder, area_table([natura2000(shared, "Veluwe")], title="Otterlo", parcels=source))


def test_otterlo_under_the_veluwe(shared: Path, tmp_path: Path) -> None:
    area = write_otterlo(shared, tmp_path / "otterlo", owner_kind="bronhouder")
    table = free(area)
    assert len(table) == 4086
    assert sum(row["blocked"] for row in table.values()) / 1e4 == pytest.approx(128.189711, rel=1e-6)
    touched = {parcel: row for parcel, row in table.items() if row["blocked"] > 0.01}
    assert len(touched) == 138
    wholly = [row for row in touched.values() if row["area"] - row["blocked"] <= 0.01]
    assert len(wholly) == 49
    assert sum(row["area"] for row in table.values()) / 1e4 == pytest.approx(552.419, abs=5e-4)
    for row in table.values():
        assert row["free"] + row["blocked"] == pytest.approx(row["area"], rel=1e-6)
    told = insight(area)["natura2000"]
    assert told["covered_m2"] / 1e4 == pytest.approx(128.189711, rel=1e-6)
    assert told["sole_m2"] / 1e4 == pytest.approx(128.189711, rel=1e-6)
    assert told["parcels"] == 138


def test_otterlo_tells_that_its_parcels_overlap_and_that_the_veluwe_was_mended(shared: Path, tmp_path: Path) -> None:
    area = write_otterlo(shared, tmp_path / "otterlo")
    ran = succeed("check", area)
    lines = ran.out.splitlines()
    assert any("parcels" in line and "overlap" in line for line in lines)
    assert any("natura2000" in line and "invalid" in line for line in lines)
    assert succeed("build", area, "--workers", 1).last.startswith("parcels 4086 ")


def test_voornes_duin_keeps_the_land_that_is_drawn_twice(shared: Path, tmp_path: Path) -> None:
    """The default repair takes 91 ha of doubly covered land out; its published area is 1,432 ha."""
    area = tmp_path / "voorne"
    area.mkdir()
    write_layer(area / "parcels.gpkg", [box(-145_000, -75_000, -125_000, -55_000)], id=["sea"])
    write_toml(area, area_table([natura2000(shared, "Voornes Duin")]))
    covered = insight(area)["natura2000"]["covered_m2"] / 1e4
    assert round(covered) == 1432
    assert covered == pytest.approx(1431.85, abs=0.01)
    assert free(area)["sea"]["blocked"] / 1e4 == pytest.approx(covered, rel=1e-9)


def test_all_of_natura2000_survives_repair(shared: Path) -> None:
    """38 of the 160 shapes are invalid; mended by structure they cover what the golden number says, drawn one by one."""
    ran = run("check", shared / "data" / "natura2000-nl.gpkg", "--json")
    assert ran.code == 0
    assert ran.out.count("invalid shape") == 38
    assert "1781023.080" in ran.out
