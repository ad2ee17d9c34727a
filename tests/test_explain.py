"""``explain``: why one parcel is what it is, with who made each rule, who may deviate and by which article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry

from tests.areas import OUTCOMES, USES, Rule, box, explain, free, succeed, truth, write_area, write_layer
from tests.layouts import SCENARIO_STATES, folder, parcels, rules, scenario_options

PARCEL = box(0, 0, 100, 100)
RULES = [
    Rule(
        "nature",
        [box(0, 0, 30, 100)],
        keys={"level": "eu", "made_by": "Minister van LVVN", "legal_basis": "Ow 5.1", "decides": ["provincie", "rijk"]},
    ),
    Rule(
        "silence",
        [box(20, 0, 60, 100)],
        state="movable",
        uses=["housing", "recreation"],
        keys={
            "decides": ["gemeente"],
            "route": "art. 3.7",
            "duties": {"nl": "Stil bouwen"},
            "small_print": {"nl": "Let op"},
        },
    ),
    Rule("archaeology", [box(50, 0, 70, 100)], state="condition", keys={"confidence": "partly"}),
    Rule("geur", [box(90, 0, 100, 100)], state="movable", coverage=[box(0, 0, 80, 100)]),
    Rule("far", [box(500, 0, 600, 100)]),
    Rule("touching", [box(100, 0, 200, 100)]),
    Rule("pipeline", coverage="none"),
]


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel under seven rules."""
    return write_area(tmp_path / "area", {"p1": PARCEL}, RULES)


def by_id(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the rules of an explanation by id."""
    return {rule["id"]: rule for rule in told["constraints"]}


def test_it_has_what_the_contract_names(area: Path) -> None:
    told = explain(area, "p1")
    assert told["parcel_id"] == "p1"
    assert told["area_m2"] == pytest.approx(10_000)
    assert list(told["outcomes"]) == list(OUTCOMES)
    for rule in told["constraints"]:
        needed = {"id", "state", "level", "decides", "route", "legal_basis", "covered_m2", "sole_m2"}
        assert needed <= rule.keys()
    assert told["unknown"] == ["geur"]
    assert told["unchecked"] == ["pipeline"]


def test_it_names_the_rules_that_lie_on_the_parcel_and_no_others(area: Path) -> None:
    assert set(by_id(explain(area, "p1"))) == {"nature", "silence", "archaeology", "geur"}


def test_it_says_who_made_a_rule_and_who_may_deviate_along_which_route(area: Path) -> None:
    told = by_id(explain(area, "p1"))
    nature, silence, archaeology = told["nature"], told["silence"], told["archaeology"]
    assert (nature["level"], nature["made_by"], nature["legal_basis"]) == ("eu", "Minister van LVVN", "Ow 5.1")
    assert nature["decides"] == ["provincie", "rijk"]
    assert nature["route"] is None
    assert (silence["decides"], silence["route"]) == (["gemeente"], "art. 3.7")
    assert silence["duties"]["nl"] == "Stil bouwen"
    assert silence["small_print"]["nl"] == "Let op"
    assert archaeology["decides"] == []
    assert archaeology["confidence"] == "partly"
    assert archaeology["reference_url"] == "https://example.org/rule"
    assert archaeology["source_date"] == date(2025, 1, 1).isoformat()


def test_it_says_what_each_rule_covers_and_what_it_alone_holds(area: Path) -> None:
    """By hand: hard 0-30, movable 20-60, condition 50-70, known and absent up to 80, not known 80-90, movable 90-100."""
    told = explain(area, "p1")
    assert told["outcomes"] == pytest.approx(
        {"free": 1000, "conditional": 1000, "movable": 4000, "unknown": 1000, "blocked": 3000}
    )
    rules = by_id(told)
    assert {name: rule["covered_m2"] for name, rule in rules.items()} == pytest.approx(
        {"nature": 3000, "silence": 4000, "archaeology": 2000, "geur": 1000}
    )
    # Nature alone holds 0-20; silence alone 30-60; smell 90-100 by being there and 80-90 by not being known.
    assert {name: rule["sole_m2"] for name, rule in rules.items()} == pytest.approx(
        {"nature": 2000, "silence": 3000, "archaeology": 0, "geur": 2000}
    )


def test_a_scenario_changes_states_and_what_holds_the_land(area: Path) -> None:
    told = explain(area, "p1", "--state", "nature=moved", "--state", "geur=lapsed")
    rules = by_id(told)
    assert rules["nature"]["state"] == "moved"
    assert rules["silence"]["sole_m2"] == pytest.approx(4000)
    assert rules["nature"]["sole_m2"] == 0
    assert told["unknown"] == []
    assert told["outcomes"]["unknown"] == 0


def test_a_rule_that_does_not_limit_the_use_is_not_a_reason(area: Path) -> None:
    assert "silence" in by_id(explain(area, "p1", "--use", "housing"))
    assert "silence" not in by_id(explain(area, "p1", "--use", "solar"))


def test_registered_and_measured_area_stand_side_by_side(tmp_path: Path) -> None:
    area = write_area(
        tmp_path / "area",
        {"p1": PARCEL, "p2": box(100, 0, 200, 100)},
        parcels={"path": "parcels.gpkg", "id": "id", "registered_area": "kadaster", "owner_kind": "eigenaar"},
    )
    (area / "parcels.gpkg").unlink()
    columns = {"id": ["p1", "p2"], "kadaster": [9876.0, None], "eigenaar": ["gemeente", None]}
    write_layer(area / "parcels.gpkg", [PARCEL, box(100, 0, 200, 100)], layer="parcels", **columns)
    first, second = explain(area, "p1"), explain(area, "p2")
    assert (first["area_m2"], first["registered_area_m2"], first["owner_kind"]) == (
        pytest.approx(10_000),
        9876,
        "gemeente",
    )
    assert (second["area_m2"], second["registered_area_m2"], second["owner_kind"]) == (
        pytest.approx(10_000),
        None,
        None,
    )


def test_without_json_it_says_the_same_in_words(area: Path) -> None:
    text = succeed("explain", area, "p1").out
    for word in ("p1", "nature", "silence", "Ow 5.1", "gemeente", "geur", "pipeline", "3000.00", "blocked"):
        assert word in text


@given(parcels(), rules(), st.sampled_from([None, *USES[:4]]), st.data())
@settings(max_examples=20)
def test_it_is_the_row_of_free_with_its_reasons(
    here: dict[str, Geometry], limits: Sequence[Rule], use: str | None, data: st.DataObject
) -> None:
    ids = st.sampled_from([rule.id for rule in limits])
    states = data.draw(st.dictionaries(ids, st.sampled_from(SCENARIO_STATES), max_size=2))
    options = scenario_options(states, use)
    with folder() as area:
        write_area(area, here, limits)
        table = free(area, *options)
        told = {parcel: explain(area, parcel, *options) for parcel in here}
    for parcel, shape in here.items():
        assert told[parcel]["outcomes"] == pytest.approx({name: table[parcel][name] for name in OUTCOMES}, rel=1e-12)
        true = truth(shape, limits, use=use, states=states)
        for rule in told[parcel]["constraints"]:
            assert rule["covered_m2"] == pytest.approx(true.covered[rule["id"]], rel=1e-6, abs=1e-5)
            assert rule["sole_m2"] == pytest.approx(true.sole[rule["id"]], rel=1e-6, abs=1e-5)
