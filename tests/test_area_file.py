"""``area.toml``, scenario files and ``--state``: what contradicts itself is refused, spaces and marks are forgiven."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pytest

from planlib.catalogue import read_catalogue
from planlib.release import current_release_id, open_release
from tests.areas import (
    RD,
    Rule,
    area_table,
    box,
    constraint,
    explain,
    findings,
    free,
    run,
    succeed,
    write_area,
    write_layer,
    write_toml,
)

#: A rule of the catalogue that nobody could load, and one whose official layer says it all.
UNLOADED = next(rule_id for rule_id, rule in read_catalogue().rules.items() if rule["coverage"] == "none")
COMPLETE = next(rule_id for rule_id, rule in read_catalogue().rules.items() if rule["coverage"] == "all")


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return a sound area: one parcel, one hard rule named nature on part of it."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])


def refused(area: Path, *words: str) -> None:
    """Insist that ``build`` and ``check`` refuse the area, and that the sentence has these words."""
    ran = run("build", area)
    assert ran.code == 2, ran
    for word in words:
        assert word in ran.err
    assert run("check", area).code == 2


# --- spaces and marks --------------------------------------------------------------------------------------------


def test_spaces_around_the_id_of_a_rule_are_no_part_of_it(area: Path) -> None:
    write_toml(
        area, area_table([{"id": f" {COMPLETE} ", "path": "nature.gpkg"}, constraint("nature ", path="nature.gpkg")])
    )
    free(area)
    assert [rule.id for rule in open_release(area).rules] == [COMPLETE, "nature"]
    assert "unchanged" in succeed("build", area).last
    write_toml(area, area_table([constraint("nature"), constraint("nature ")]))
    refused(area, "nature stands twice")


def test_spaces_around_ids_in_a_question_are_no_part_of_them(area: Path) -> None:
    assert free(area, "--state", " nature = lapsed ")["p1"]["free"] == pytest.approx(10_000)
    assert explain(area, " p1 ")["parcel_id"] == "p1"
    scenario = area / "scenario.toml"
    scenario.write_text('title = "x"\n[state]\n"nature " = "lapsed"\n', encoding="utf-8")
    assert free(area, "--scenario", scenario)["p1"]["free"] == pytest.approx(10_000)
    scenario.write_text('title = "x"\n[state]\n"nature " = "lapsed"\nnature = "hard"\n', encoding="utf-8")
    ran = run("free", area, "--scenario", scenario, "--out", area / "out.csv")
    assert ran.code == 2
    assert "stands twice" in ran.err


def test_an_id_with_an_equals_sign_can_be_put_in_another_state(area: Path) -> None:
    write_toml(area, area_table([constraint("a=b", path="nature.gpkg")]))
    assert free(area, "--state", "a=b=lapsed")["p1"]["free"] == pytest.approx(10_000)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_mark_that_some_editors_put_before_a_text_is_passed_over(area: Path, newline: str) -> None:
    for path, text in (
        (area / "area.toml", (area / "area.toml").read_text(encoding="utf-8")),
        (area / "scenario.toml", 'title = "x"\n[state]\nnature = "lapsed"\n'),
    ):
        path.write_bytes(text.replace("\n", newline).encode("utf-8-sig"))
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)
    assert free(area, "--scenario", area / "scenario.toml")["p1"]["free"] == pytest.approx(10_000)


# --- what contradicts itself -------------------------------------------------------------------------------------


def test_a_rule_nobody_could_load_needs_a_coverage_of_its_own_when_it_gets_data(area: Path) -> None:
    """Without one its features would count and the rest of the area would pass for looked at."""
    write_toml(area, area_table([{"id": UNLOADED, "path": "nature.gpkg"}]))
    refused(area, UNLOADED, "coverage")
    for coverage in ("all", "nature.gpkg", {"path": "nature.gpkg"}, "none"):
        write_toml(area, area_table([{"id": UNLOADED, "path": "nature.gpkg", "coverage": coverage}]))
        succeed("build", area)
    write_toml(area, area_table([{"id": UNLOADED}]))
    assert explain(area, "p1")["unchecked"] == [UNLOADED]


def test_a_rule_that_ends_before_it_begins_is_refused(area: Path) -> None:
    write_toml(area, area_table([constraint("nature", valid_from=date(2027, 1, 1), valid_until=date(2020, 1, 1))]))
    refused(area, "nature", "valid_until", "2020-01-01")


def test_a_state_for_a_use_that_the_rule_does_not_limit_is_noted(area: Path) -> None:
    write_toml(
        area, area_table([constraint("nature", uses=["housing"], state={"solar": "hard", "default": "movable"})])
    )
    (told,) = [item for item in findings(area) if "solar" in item["problem"]]
    assert (told["where"], told["severity"]) == ("nature", "note")
    assert free(area, "--use", "solar")["p1"]["free"] == pytest.approx(10_000)


def test_an_area_may_narrow_the_uses_of_a_rule_and_leave_its_states_to_the_catalogue(area: Path) -> None:
    rules = read_catalogue().rules
    rule_id, states = next((name, rule["state"]) for name, rule in rules.items() if isinstance(rule["state"], dict))
    use = next(use for use in states if use != "default")
    block = {"id": rule_id, "path": "nature.gpkg", "coverage": "all", "uses": [use]}
    write_toml(area, area_table([block]))
    (rule,) = explain(area, "p1", "--use", use)["constraints"]
    assert rule["state"] == states[use]
    assert not [item for item in findings(area) if "state names" in item["problem"]]


# --- what lies under the map -------------------------------------------------------------------------------------


def write_context(area: Path, **keys: Any) -> None:
    """Give the area roads from a file of two shapes, of which one is invalid and one has no place."""
    write_toml(area, area_table([constraint("nature")], context=[{"kind": "roads", **keys}]))


def test_build_refuses_the_context_that_check_refuses(area: Path) -> None:
    geopandas.GeoDataFrame(geometry=[box(0, 0, 1, 1)]).to_parquet(area / "nowhere.parquet")
    write_layer(area / "roads.gpkg", [box(0, 0, 1, 1)], naam=["x"])
    for keys, word in (
        ({"path": "roads.gpkg", "where": "zz = 1"}, "zz"),
        ({"path": "roads.gpkg", "label": "zz"}, "zz"),
        ({"path": "roads.gpkg", "layer": "zz"}, "zz"),
        ({"path": "nowhere.parquet"}, "coordinate reference system"),
    ):
        write_context(area, **keys)
        refused(area, word)
        assert current_release_id(area) is None
    write_context(area, path="roads.gpkg", where="naam = 'x'", label="naam")
    succeed("build", area)


def test_what_happens_to_the_context_is_a_finding(area: Path) -> None:
    crossed = geopandas.GeoSeries.from_wkt(["POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))"])[0]
    frame = geopandas.GeoDataFrame({"naam": ["a", "b", "c"]}, geometry=[box(0, 0, 9, 9), crossed, None], crs=RD)
    frame.to_crs("EPSG:25831").to_parquet(area / "roads.parquet")
    write_context(area, path="roads.parquet")
    told = {item["row"]: item for item in findings(area) if item["where"] == "context roads"}
    assert "EPSG:25831" in told[None]["problem"]
    assert "accurate to" in told[None]["action"] or "accuracy" in told[None]["action"]
    assert (told[1]["severity"], told[1]["action"]) == ("note", "drawn as it is")
    assert (told[2]["severity"], told[2]["action"]) == ("warning", "left it out")
    write_context(area, path="roads.parquet", where="naam = 'z'")
    (problem,) = [item["problem"] for item in findings(area) if item["severity"] == "warning"]
    assert problem == "none of the 3 features passes where = \"naam = 'z'\", so no features are left"
