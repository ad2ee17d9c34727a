"""What the catalogue knows and an area file does not name: said in every result, never taken for absent."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.areas import Rule, box, run, succeed, write_area

CATALOGUE = Path(__file__).resolve().parents[1] / "data" / "catalogue"
PARCELS = {"p": box(0, 0, 100, 100)}


def core_rules(use: str, province: str | None) -> set[str]:
    """Return the ids of the core rules that limit ``use`` in ``province``, read from the files as they stand."""
    found = set()
    for path in CATALOGUE.glob("rules-*.toml"):
        for block in tomllib.loads(path.read_text(encoding="utf-8"))["constraint"]:
            here = province is None or province in block.get("applies_in", [province])
            if block.get("core") and here and use in block.get("uses", [use]):
                found.add(block["id"])
    return found


@pytest.mark.parametrize("use", ["housing", "wind", "nature"])
@pytest.mark.parametrize("province", [None, "pv22", "pv25"])
def test_every_core_rule_is_named_by_the_area_or_reported(tmp_path: Path, use: str, province: str | None) -> None:
    named = ["natura2000", "national_monument"]
    rules = [Rule(rule_id, [box(0, 0, 10, 10)], uses=[use]) for rule_id in named]
    area = write_area(tmp_path / "area", PARCELS, rules, **({"province": province} if province else {}))
    told = json.loads(succeed("free", str(area), "--use", use, "--out", str(tmp_path / "out.csv"), "--json").out)
    assert set(told["not_in_area"]) == core_rules(use, province) - set(named)
    assert len(told["not_in_area"]) == len(set(told["not_in_area"])) > 0


def test_the_last_line_counts_them_and_check_notes_each(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", PARCELS, [Rule("natura2000", [box(0, 0, 10, 10)])])
    missing = core_rules("housing", None) - {"natura2000"}
    line = succeed("free", str(area), "--use", "housing", "--out", str(tmp_path / "out.csv")).last
    assert line.endswith(f"; core rules of the catalogue not in this area file: {len(missing)}")
    checked = run("check", str(area), "--json")
    assert checked.code == 0
    noted = {item["where"] for item in json.loads(checked.out) if "does not name" in item["problem"]}
    assert noted >= missing
    assert "natura2000" not in noted


def test_they_change_no_square_metre(tmp_path: Path) -> None:
    """A rule that the file does not name is said, not reckoned with: it may be closed by nobody and hides nothing."""
    area = write_area(tmp_path / "area", PARCELS, [Rule("own", [box(0, 0, 30, 100)])])
    told = json.loads(succeed("free", str(area), "--use", "housing", "--out", str(tmp_path / "out.csv"), "--json").out)
    assert told["free_m2"] == pytest.approx(7000)
    assert told["blocked_m2"] == pytest.approx(3000)
    assert not set(told["not_in_area"]) & {*told["checked"], *told["unchecked"]}
