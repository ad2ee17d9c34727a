"""``insight``: which rule holds what, over the whole area."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pandas as pd
import pytest

from planlib.release import current_release_id
from tests.areas import Rule, box, explain, free, insight, succeed, write_area
from tests.layouts import village

PARCELS = {"west": box(0, 0, 50, 100), "east": box(50, 0, 100, 100), "far": box(500, 0, 600, 100)}
RULES = [
    Rule("nature", [box(-10, 0, 60, 100)], uses=["housing", "wind"]),
    Rule("silence", [box(40, 0, 80, 100)], state="movable"),
    Rule("hair", [box(49.99995, 0, 50, 100), box(90, 0, 90.0001, 50)]),
    Rule("geur", [], state="hard", coverage=[box(-10, -10, 550, 110)]),
    Rule("absent", [box(1000, 0, 1100, 100)]),
    Rule("pipeline", coverage="none"),
]


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of three parcels under six rules."""
    return write_area(tmp_path / "area", PARCELS, RULES)


def test_one_row_per_rule_in_the_order_of_the_area_file(area: Path) -> None:
    assert list(insight(area)) == [rule.id for rule in RULES]
    header = (area / "insight-out.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "id,state,covered_m2,sole_m2,parcels"


def test_what_each_rule_covers_and_alone_holds(area: Path) -> None:
    told = insight(area, "--use", "housing")
    assert told["nature"]["covered_m2"] == pytest.approx(6000)
    assert told["silence"]["covered_m2"] == pytest.approx(4000)
    # 0-40 m less the hair on 49.99995 is nature's alone; 60-80 m silence's; 550-600 m is not known for smell alone.
    assert told["nature"]["sole_m2"] == pytest.approx(4000)
    assert told["silence"]["sole_m2"] == pytest.approx(2000)
    assert told["geur"] == {
        "id": "geur",
        "state": "hard",
        "covered_m2": 0,
        "sole_m2": pytest.approx(5000),
        "parcels": 0,
    }
    assert (told["absent"]["covered_m2"], told["absent"]["sole_m2"]) == (0, 0)
    assert (told["pipeline"]["covered_m2"], told["pipeline"]["sole_m2"]) == (0, 0)


def test_a_parcel_counts_when_more_than_a_hundredth_of_a_square_metre_is_covered(area: Path) -> None:
    """The hair is 0.05 mm wide on 100 m, 0.005 m2, in one parcel, and 0.1 mm on 50 m, 0.005 m2, in the other."""
    told = insight(area)
    assert told["hair"]["covered_m2"] == pytest.approx(0.01, rel=1e-3)
    assert {name: row["parcels"] for name, row in told.items()} == {
        "nature": 2, "silence": 2, "hair": 0, "geur": 0, "absent": 0, "pipeline": 0,
    }  # fmt: skip


def test_what_a_rule_covers_does_not_depend_on_the_use_but_what_it_holds_does(area: Path) -> None:
    wind, solar = insight(area, "--use", "wind"), insight(area, "--use", "solar")
    assert wind["nature"]["covered_m2"] == solar["nature"]["covered_m2"]
    assert solar["nature"]["sole_m2"] == 0
    assert solar["silence"]["sole_m2"] == pytest.approx(4000, abs=0.02)
    assert wind["silence"]["sole_m2"] == pytest.approx(2000, abs=0.02)


def test_the_state_is_that_of_the_question(area: Path) -> None:
    assert insight(area)["nature"]["state"] == "hard"
    assert insight(area, "--state", "nature=moved")["nature"]["state"] == "moved"


def test_letting_a_rule_lapse_frees_exactly_what_it_alone_held(tmp_path: Path) -> None:
    here, rules = village(8, across=5)
    area = write_area(tmp_path / "area", here, rules)

    def land(*options: object) -> float:
        return sum(row["free"] + row["conditional"] for row in free(area, *options).values())

    now, told = land(), insight(area)
    for rule in rules:
        assert land("--state", f"{rule.id}=lapsed") - now == pytest.approx(told[rule.id]["sole_m2"], abs=1e-3), rule.id


def test_area_totals_are_sums_over_parcels(tmp_path: Path) -> None:
    here, rules = village(9, across=4)
    area = write_area(tmp_path / "area", here, rules)
    told = insight(area)
    reasons = [item for parcel in here for item in explain(area, parcel)["constraints"]]
    for rule in rules:
        # A parcel of which a rule covers a hundredth of a square metre or less does not name it.
        parts = sum(item["covered_m2"] for item in reasons if item["id"] == rule.id)
        assert told[rule.id]["covered_m2"] == pytest.approx(parts, rel=1e-6, abs=0.2), rule.id


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".gpkg", ".xlsx"])
def test_every_format_is_written_and_names_the_release(area: Path, suffix: str) -> None:
    ran = succeed("insight", area, "--json", "--out", area / f"out{suffix}")
    assert json.loads(ran.out)["release"] == current_release_id(area)
    told = insight(area)
    if suffix in {".parquet", ".gpkg"}:
        path = area / f"out{suffix}"
        table = pd.read_parquet(path) if suffix == ".parquet" else pd.DataFrame(geopandas.read_file(path))
        assert list(table["id"]) == list(told)
        for column in ("covered_m2", "sole_m2", "parcels"):
            assert list(table[column]) == [row[column] for row in told.values()]
    assert (area / f"out{suffix}").stat().st_size > 0
