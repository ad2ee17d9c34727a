"""Every number on screen is the command line's number."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from planlib.cli import main
from planlib.text.words import Words

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
PAGE = ROOT / "pages" / "vrije_ruimte.py"
OUTCOMES = ("free", "conditional", "movable", "blocked", "unknown")
SCENARIOS = (
    ("housing", {}),
    ("wind", {}),
    ("housing", {"zoning_agricultural": "moved", "natura2000": "lapsed"}),
    ("all", {"silence_area": "lapsed"}),
)


def _page(monkeypatch: pytest.MonkeyPatch, use: str, states: dict[str, str], **address: str) -> AppTest:
    monkeypatch.setenv("PLANLIB_AREA", str(DEMO))
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.query_params["gebruik"] = "alles" if use == "all" else use
    if states:
        page.query_params["regels"] = ",".join(f"{rule}:{state}" for rule, state in states.items())
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def _texts(page: AppTest) -> list[str]:
    return [block.proto.body for block in page.get("html")]


def _command(call: str, use: str, states: dict[str, str], *more: str) -> list[str]:
    options = [option for rule, state in states.items() for option in ("--state", f"{rule}={state}")]
    return [call, str(DEMO), *more, "--use", use, *options]


@pytest.fixture(scope="module", autouse=True)
def built(build_dir: Path) -> None:
    """Build the demo once, so that pages find it."""
    assert main(["build", str(DEMO), "--workers", "1"]) == 0


@pytest.mark.parametrize(("use", "states"), SCENARIOS)
def test_the_answer_and_the_bar_say_what_free_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, use: str, states: dict[str, str]
) -> None:
    out = tmp_path / "free.csv"
    assert main([*_command("free", use, states), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    words = Words("nl")
    totals = {outcome: words.area(float(table[f"{outcome}_m2"].sum())) for outcome in OUTCOMES}
    page = _page(monkeypatch, use, states)
    texts = _texts(page)
    answer = next(html.unescape(text) for text in texts if "pl-answer" in text)
    legend = next(html.unescape(text) for text in texts if "pl-legend" in text)
    assert totals["free"] in answer
    assert re.findall(r"<b>([^<]*)</b> <small>", legend) == [totals[outcome] for outcome in OUTCOMES]


@pytest.mark.parametrize(("use", "states"), SCENARIOS)
def test_the_controls_say_what_insight_writes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, use: str, states: dict[str, str]
) -> None:
    out = tmp_path / "insight.csv"
    assert main([*_command("insight", use, states), "--out", str(out)]) == 0
    table = pd.read_csv(out).set_index("id")
    words = Words("nl")
    page = _page(monkeypatch, use, states)
    shown = [control.key.removeprefix("rule_") for control in page.segmented_control if control.key.startswith("rule_")]
    lines = [html.unescape(text) for text in _texts(page) if 'class="pl-rulename"' in text and "beslaat" in text]
    assert len(shown) == len(lines) > 3
    for rule, line in zip(shown, lines, strict=True):
        assert f"beslaat {words.area(table.loc[rule, 'covered_m2'])}" in line
        sole = table.loc[rule, "sole_m2"]
        assert (f"komt vrij zonder deze regel: {words.area(sole)}" in line) == (sole > 0)


@pytest.mark.parametrize(("use", "states"), SCENARIOS)
def test_the_card_says_what_explain_says(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    use: str,
    states: dict[str, str],
) -> None:
    out = tmp_path / "free.csv"
    assert main([*_command("free", use, states), "--out", str(out)]) == 0
    table = pd.read_csv(out)
    # The parcel with the most kinds of outcome on it has the most to get wrong.
    kinds = sum((table[f"{outcome}_m2"] > 500).astype(int) for outcome in OUTCOMES)
    parcel = str(table["parcel_id"][kinds.idxmax()])
    capsys.readouterr()
    assert main([*_command("explain", use, states, parcel), "--json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    words = Words("nl")
    page = _page(monkeypatch, use, states, perceel=parcel)
    card = next(html.unescape(text) for text in _texts(page) if f"Perceel {parcel}" in text)
    rows = dict(re.findall(r"</span>([^<]+)</td><td>([^<]+)</td>", card))
    names = {
        "free": "vrij",
        "conditional": "vrij onder voorwaarden",
        "movable": "kan vrijkomen",
        "blocked": "niet vrij",
        "unknown": "nog niet uitgezocht",
    }
    assert rows == {names[name]: words.area(area) for name, area in explained["outcomes"].items() if area > 0}
    for rule in explained["constraints"]:
        assert rule["title"]["nl"] in card
        assert f"op {words.area(rule['covered_m2'])}" in card
        assert rule["legal_basis"] in card
        assert rule["made_by"] in card


def test_the_headline_counts_and_names_what_was_not_looked_at(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*_command("free", "housing", {}), "--out", str(tmp_path / "x.csv"), "--json"]) == 0
    about = json.loads(capsys.readouterr().out.splitlines()[-1])
    checked, unchecked = len(about["checked"]), len(about["unchecked"])
    answer = next(html.unescape(text) for text in _texts(_page(monkeypatch, "housing", {})) if "pl-answer" in text)
    assert f"Getoetst aan {checked} van {checked + unchecked} regels; niet bekeken: " in answer
    assert unchecked == 2
