"""Cases reckoned by hand, in tests/cases: each is run through the command line, and checks the oracle as well."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Geometry

from planlib.crs import transform
from tests.areas import (
    OUTCOMES,
    RD,
    Rule,
    box,
    explain,
    findings,
    free,
    outcomes,
    state_of,
    truth,
    wkt,
    write_area,
    write_layer,
)

CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
CASE_KEYS = {"title", "parcel", "parcels", "rule", "area", "ask"}
ASK_KEYS = {"use", "default_use", "states", "expect", "why", "within_m2", "unchecked", "unknown", "finding"}
OWN_KEYS = {"id", "state", "shapes", "coverage", "uses", "buffer_m", "status", "file_of", "crs"}


def shape_of(text: str) -> Geometry:
    """Return a rectangle ("left bottom right top") or well-known text as a shape."""
    return wkt(text) if text[0].isalpha() else box(*(float(number) for number in text.split()))


def parcels_of(case: Mapping[str, Any]) -> dict[str, Geometry]:
    """Return the parcels of a case by name."""
    return {name: shape_of(text) for name, text in case.get("parcels", {"parcel": case.get("parcel")}).items()}


def rule_of(block: Mapping[str, Any]) -> Rule:
    """Return the rule that a block of a case describes."""
    coverage = block.get("coverage", "all")
    keys = {key: value for key, value in block.items() if key not in OWN_KEYS}
    if "file_of" in block:
        keys["path"] = f"{block['file_of']}.gpkg"
    return Rule(
        block["id"],
        [shape_of(text) for text in block.get("shapes", [])],
        block["state"],
        coverage if isinstance(coverage, str) else [shape_of(text) for text in coverage],
        block.get("uses"),
        block.get("buffer_m", 0),
        keys,
    )


def write_case(case: Mapping[str, Any], folder: Path) -> Path:
    """Write the area of a case."""
    area = write_area(
        folder, parcels_of(case), [rule_of(block) for block in case.get("rule", [])], **case.get("area", {})
    )
    for block in case.get("rule", []):
        shapes = [shape_of(text) for text in block.get("shapes", [])]
        if "status" in block:
            (area / f"{block['id']}.gpkg").unlink()
            write_layer(area / f"{block['id']}.gpkg", shapes, status=block["status"])
        if "crs" in block:
            (area / f"{block['id']}.gpkg").unlink()
            moved = list(transform(shapely.segmentize(shapes, 10), source=RD, target=block["crs"]))
            write_layer(area / f"{block['id']}.gpkg", moved, crs=block["crs"])
    return area


def options_of(ask: Mapping[str, Any]) -> list[str]:
    """Return the question as options of the command line."""
    use = [] if ask.get("default_use") else ["--use", ask.get("use", "all")]
    return use + [part for rule, state in ask.get("states", {}).items() for part in ("--state", f"{rule}={state}")]


def expected_of(case: Mapping[str, Any], ask: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return the areas that a question expects, by parcel and outcome."""
    by_parcel = ask["expect"] if "parcels" in case else {"parcel": ask["expect"]}
    return {name: {outcome: float(areas.get(outcome, 0)) for outcome in OUTCOMES} for name, areas in by_parcel.items()}


def questions() -> list[Any]:
    """Return every case with each of its questions."""
    return [
        pytest.param(case, ask, id=f"{case['title']} ({at})")
        for _, case in CASES
        for at, ask in enumerate(case["ask"], start=1)
    ]


@pytest.mark.parametrize(("case", "ask"), questions())
def test_case_comes_out_as_reckoned_by_hand(case: dict[str, Any], ask: dict[str, Any], tmp_path: Path) -> None:
    area = write_case(case, tmp_path / "area")
    options = options_of(ask)
    found = {parcel: outcomes(row) for parcel, row in free(area, *options).items()}
    wanted = expected_of(case, ask)
    assert found.keys() == wanted.keys()
    for parcel, areas in wanted.items():
        assert found[parcel] == pytest.approx(areas, rel=1e-6, abs=ask.get("within_m2", 1e-6)), ask["why"]
    if {"unchecked", "unknown"} & ask.keys():
        told = explain(area, next(iter(wanted)), *options)
        for key in {"unchecked", "unknown"} & ask.keys():
            assert sorted(told[key]) == sorted(ask[key])
    if "finding" in ask:
        where, words = ask["finding"]
        told = [f"{item['problem']}; {item['action']}" for item in findings(area) if item["where"] == where]
        assert any(words in text for text in told), told


def in_reach_of_the_oracle(case: Mapping[str, Any]) -> bool:
    """Whether the oracle knows everything that a case is made of: it cannot mend, choose, transform or date."""
    plain = {"id", "state", "shapes", "coverage", "uses", "buffer_m"}
    shapes = [shape_of(text) for block in case.get("rule", []) for text in block.get("shapes", [])]
    return all(block.keys() <= plain for block in case.get("rule", [])) and all(
        shapely.is_valid([*shapes, *parcels_of(case).values()])
    )


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["title"]) for _, case in CASES if in_reach_of_the_oracle(case)]
)
def test_the_oracle_of_other_tests_agrees_with_the_hand(case: dict[str, Any]) -> None:
    rules = [rule_of(block) for block in case.get("rule", [])]
    for ask in case["ask"]:
        use = case["area"]["use"] if ask.get("default_use") else ask.get("use")
        for parcel, areas in expected_of(case, ask).items():
            found = truth(parcels_of(case)[parcel], rules, use=use, states=ask.get("states", {})).outcomes
            assert found == pytest.approx(areas, rel=1e-6, abs=ask.get("within_m2", 1e-6)), ask["why"]


def test_cases_say_only_what_is_understood() -> None:
    for _, case in CASES:
        assert case.keys() <= CASE_KEYS, case["title"]
        for ask in case["ask"]:
            assert ask.keys() <= ASK_KEYS, case["title"]
            assert ask["why"].strip()
        for rule in map(rule_of, case.get("rule", [])):
            state_of(rule, None, {})


def test_titles_of_cases_differ() -> None:
    titles = [case["title"] for _, case in CASES]
    assert len(titles) >= 25
    assert len(set(titles)) == len(titles)
