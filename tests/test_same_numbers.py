"""Every number on screen, on paper and in a file is the command line's number."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import tempfile
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from planlib.cli import main
from planlib.insight import explain_parcel
from planlib.insight.named_land import read_land
from planlib.insight.regions import region_of_parcels, region_shapes
from planlib.model import OUTCOMES as RANKS
from planlib.model import Scenario, State, Use
from planlib.release import open_release
from planlib.scenario import assess
from planlib.text.words import Words
from planlib.views.address import read_view
from planlib.views.export import parcel_file
from planlib.views.handout import make_handout
from planlib.views.html import parcel_card
from planlib.views.maps import map_state, map_texts
from planlib.views.print_page import print_page
from tests.test_free import read_sheet

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


# --- one question, every way to an answer ------------------------------------------------------------------------

NAMES = {
    "free": "vrij",
    "conditional": "vrij onder voorwaarden",
    "movable": "kan vrijkomen",
    "blocked": "niet vrij",
    "unknown": "nog niet uitgezocht",
}
RULE_IDS = sorted(re.findall(r'^\[\[constraint\]\]\nid = "(\w+)"', (DEMO / "area.toml").read_text(), re.MULTILINE))
COLUMNS = ["area_m2", *(f"{outcome}_m2" for outcome in RANKS)]


def _tables(scenario: Scenario) -> dict[str, pd.DataFrame]:
    """Return the parcels as each kind of file holds them, read back as somebody else would."""
    assessment = assess(open_release(DEMO), scenario)
    words = Words("nl")
    tables = {}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".gpkg", ".geoparquet", ".xlsx"):
            path = Path(folder) / f"out{suffix}"
            path.write_bytes(parcel_file(assessment, suffix, words))
            if suffix == ".gpkg":
                tables[suffix] = geopandas.read_file(path, layer="parcels", ignore_geometry=True)
                cells = geopandas.read_file(path, layer="cells")
                summed = cells.groupby(["parcel_id", "outcome"])["area_m2"].sum().unstack(fill_value=0.0)
                summed = summed.reindex(columns=[str(outcome) for outcome in RANKS], fill_value=0.0)
                summed.columns = COLUMNS[1:]
                tables["cells"] = summed.assign(area_m2=summed.sum(axis=1)).reset_index()
            elif suffix == ".geoparquet":
                tables[suffix] = geopandas.read_parquet(path).drop(columns="geometry")
            else:
                header, *rows = read_sheet(path, 1)
                tables[suffix] = pd.DataFrame(rows, columns=header).astype(dict.fromkeys(COLUMNS, float))
    with zipfile.ZipFile(io.BytesIO(parcel_file(assessment, ".csv", words))) as archive:
        tables[".zip"] = pd.read_csv(io.BytesIO(archive.read(archive.namelist()[0])))
    return {kind: table.set_index("parcel_id")[COLUMNS] for kind, table in tables.items()}


@given(
    use=st.sampled_from([*Use, None]),
    states=st.dictionaries(st.sampled_from(RULE_IDS), st.sampled_from(list(State)), max_size=6),
    doubt=st.booleans(),
    row=st.integers(0, 4000),
)
# An example takes seconds, so a failing one is shown as it came.
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
def test_map_card_lists_paper_and_files_tell_the_same(
    use: Use | None, states: dict[str, State], doubt: bool, row: int
) -> None:
    release, words = open_release(DEMO), Words("nl")
    scenario = Scenario(use=use, states=states, doubt_unchecked=doubt)
    assessment = assess(release, scenario)

    # The map: its look-up table says the outcome of each cell, and a cell's shape says its area.
    state = map_state(assessment, texts=map_texts(words, release, disclaimer=""))
    (lut,) = re.findall(r'"lut":\s*"([^"]+)"', "".join(_scripts(state)))
    rank = np.frombuffer(base64.b64decode(lut), dtype=np.uint8)
    truth = np.zeros((len(release.parcels), len(RANKS)))
    for partition in range(len(release.partition_bounds)):
        shapes, parcel, code = release.read_cells(partition)
        np.add.at(truth, (parcel, rank[code]), shapely.area(shapes))
    expected = pd.DataFrame(truth, columns=COLUMNS[1:], index=release.parcels["parcel_id"])
    expected.insert(0, "area_m2", truth.sum(axis=1))

    # The files.
    for kind, table in _tables(scenario).items():
        pd.testing.assert_frame_equal(
            table.reindex(expected.index), expected, check_names=False, rtol=1e-9, atol=1e-6, obj=kind
        )

    # The card of a parcel.
    parcel_id = str(release.parcels["parcel_id"].iloc[row])
    card = parcel_card(explain_parcel(assessment, parcel_id), words, on=assessment.release.area.reference_date)
    told = dict(re.findall(r"</span>([^<]+)</td><td>([^<]+)</td>", html.unescape(card)))
    areas = {name: expected.loc[parcel_id, f"{outcome}_m2"] for outcome, name in NAMES.items()}
    assert all(told.get(name, "0 m²") in _shown(area) for name, area in areas.items())

    # The picture and the print view.
    handout = make_handout(assessment, read_land(release, ""), words)
    totals = expected[COLUMNS[1:]].sum()
    assert list(handout.areas_m2.values()) == pytest.approx(totals.tolist(), rel=1e-9, abs=1e-6)
    address = {"gebruik": str(use) if use else "alles", "twijfel": "1" if doubt else ""}
    address["regels"] = ",".join(f"{rule}:{state}" for rule, state in states.items())
    page = html.unescape(print_page(read_view(address, release), address, words))
    legend = re.findall(r"<b>([^<]*)</b> <small>", page)
    assert _all_shown(legend, [totals[f"{outcome}_m2"] for outcome in OUTCOMES])
    names, region = region_shapes(release).names, region_of_parcels(release)
    for at, name in enumerate(names):
        (row_of_name,) = re.findall(rf'<th scope="row">{name}</th>((?:<td>[^<]*</td>)+)', page)
        inside = expected[region == at].sum()
        columns = [*(f"{outcome}_m2" for outcome in OUTCOMES), "area_m2"]
        assert _all_shown(re.findall(r"<td>([^<]*)</td>", row_of_name), [inside[column] for column in columns])


def _shown(area: float) -> set[str]:
    """Return how an area may stand on screen: two sums of the same parts may fall on either side of a rounding."""
    return {Words("nl").area(area + slip) for slip in (-1e-6 - 1e-9 * area, 0.0, 1e-6 + 1e-9 * area)}


def _all_shown(told: list[str], areas: list[float]) -> bool:
    return all(text in _shown(area) for text, area in zip(told, areas, strict=True))


def _scripts(group: object) -> list[str]:
    """Return the statements of a feature group's children."""
    return [getattr(child, "statement", "") for child in group._children.values()]


def test_the_rules_that_are_tried_are_those_of_the_demo() -> None:
    area = open_release(DEMO).area
    assert {rule.id for rule in area.constraints} == set(RULE_IDS) - {item.constraint.id for item in area.left_out}
    assert len(RULE_IDS) > 30
