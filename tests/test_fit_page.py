"""The page *Past dit hier?*, the verdict on the card and the fold with the catch, without a browser."""

from __future__ import annotations

import html
import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.insight.claims import claims_of
from planlib.insight.fit import Wish, shape_of, where_fits
from planlib.insight.fit_here import Verdict, fit_of
from planlib.insight.land import land_of_region
from planlib.insight.named_land import read_land
from planlib.insight.place_land import place_land, place_parcel
from planlib.insight.sensitivity import boundary_sensitivity
from planlib.insight.usable import usable_space
from planlib.model import Scenario, State, Use
from planlib.model.register import Initiative
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.store import read_seed
from planlib.text.words import Words
from planlib.views.address import read_measure

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`</p><script>alert(1)</script>"
VILLAGE = "dorp:Esveld"


@pytest.fixture(scope="module")
def demo(build_dir: Path) -> Release:
    build(DEMO)
    return open_release(DEMO)


@pytest.fixture(autouse=True)
def _built(demo: Release) -> None:
    """Let every page find the demo built."""


def opened(
    monkeypatch: pytest.MonkeyPatch, page: str = "past_dit", area: Path = DEMO, *, fold: bool = False, **address: str
) -> AppTest:
    monkeypatch.setenv("PLANLIB_AREA", str(area))
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    for key, value in address.items():
        test.query_params[key] = value
    if fold:
        test.session_state["catch"] = True
    test.run()
    assert not test.exception
    return test


def shown(page: AppTest) -> str:
    return "\n".join(html.unescape(block.proto.body) for block in page.get("html"))


@pytest.mark.parametrize("use", ["housing", "nature", "alles"])
@pytest.mark.parametrize("where", ["", VILLAGE])
def test_the_page_opens_for_every_question_and_says_what_its_numbers_are(
    monkeypatch: pytest.MonkeyPatch, use: str, where: str
) -> None:
    page = opened(monkeypatch, gebruik=use, waar=where)
    text = shown(page)
    assert "voor zover bekeken" in text
    assert "Getoetst aan" in text
    # The line that goes with every number stands on the map beside the list.
    on_map = json.loads(page.get("component_instance")[0].proto.json_args)["feature_group"]
    assert "geen besluit, geen toezegging" in on_map
    assert "Esveld is een verzonnen gemeente." in on_map


def test_the_page_says_what_the_library_finds(monkeypatch: pytest.MonkeyPatch, demo: Release) -> None:
    words = Words("nl")
    wish = Wish(30_000, 50, shape_of(demo, read_land(demo, VILLAGE)), 300, only_unclaimed=True)
    places = where_fits(assess(demo), wish, claims_of(demo, read_seed(DEMO)))
    first = places.candidates[0]
    page = opened(
        monkeypatch, waar=VILLAGE, groot="30000", breed="50", binnen="300", onbenut="1", perceel=first.parcel_ids[0]
    )
    text = shown(page)
    assert f"Voor wonen past 3,00 ha van minstens 50 m breed op {places.found} plekken" in text
    assert "in Esveld of binnen 300 m daarvan" in text
    card = next(block for block in text.split('<div class="pl-card">') if f"1. {first.parcel_ids[0]}" in block)
    assert words.area(first.site.area_m2) in card
    assert "Hier heeft nog niemand een plan op de kaart gezet." in card
    for item in first.carried:
        if item.area_m2 >= 10:
            assert item.rule.title.nl in card


def test_where_nothing_fits_the_page_says_what_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(opened(monkeypatch, waar="dorp:Oldenhof", groot="500000"))
    assert "Nergens in Oldenhof is er 50,0 ha" in text
    assert "Vraag minder grond" in text


def test_a_hostile_address_asks_what_the_page_asks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shown(opened(monkeypatch, waar=VILLAGE))
    hostile = {"groot": HOSTILE, "breed": "nan", "binnen": "-inf", "onbenut": HOSTILE, "perceel": HOSTILE}
    assert shown(opened(monkeypatch, waar=VILLAGE, **hostile)) == plain


def test_numbers_out_of_bounds_are_brought_within_them() -> None:
    measure = read_measure({"groot": "1e99", "breed": "-4", "binnen": "12"}, size_m2=1, width_m=1)
    assert (measure.size_m2, measure.width_m, measure.within_m) == (10_000_000, 0, 12)


def test_a_plan_that_somebody_wrote_is_text_on_the_card_of_the_place_it_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = tmp_path / "area"
    shutil.copytree(DEMO, area, ignore=shutil.ignore_patterns("build", "__pycache__"))
    seed = area / "register-seed.geojson"
    register = json.loads(seed.read_text(encoding="utf-8"))
    for feature in register["features"]:
        feature["properties"]["title"] = HOSTILE
    seed.write_text(json.dumps(register), encoding="utf-8")
    build(area)
    release = open_release(area)
    pinned = next(claim for claim in claims_of(release, read_seed(area)) if claim.pinned)
    index = place_parcel(release, pinned.initiative.place)
    parcel = str(release.parcels["parcel_id"].iloc[index])
    page = opened(monkeypatch, area=area, perceel=parcel, waar=f"percelen:{parcel}", groot="500", breed="5")
    raw = "\n".join(block.proto.body for block in page.get("html"))
    assert "Hier heeft al iemand een plan: &lt;img" in raw
    assert "<script" not in raw
    assert "<img" not in raw


@pytest.mark.parametrize("states", [{}, {"zoning_agricultural": State.MOVED}])
def test_the_card_of_every_initiative_gives_its_verdict(
    monkeypatch: pytest.MonkeyPatch, demo: Release, states: dict[str, State]
) -> None:
    begins = {
        Verdict.FITS: "Het past: er is",
        Verdict.SMALL_PRINT: "Het past, met kleine letters: er is",
        Verdict.IF_MOVED: "Het past als dit schuift:",
        Verdict.NOT_KNOWN: "Nog niet bekend:",
        Verdict.NOT: "Het past niet:",
    }
    rules = {"regels": ",".join(f"{rule}:{state}" for rule, state in states.items())} if states else {}
    for entry in read_seed(DEMO)[:10]:
        if not isinstance(entry, Initiative):
            continue
        land = place_land(demo, entry.place)
        assert land is not None
        now = assess(demo, Scenario(use=entry.use, states=states))
        fit = fit_of(now, land, area_needed_m2=entry.area_needed_m2)
        text = shown(opened(monkeypatch, "vrije_ruimte", speld=entry.uid, **rules))
        assert begins[fit.verdict] in text, entry.title
        if fit.verdict is Verdict.IF_MOVED:
            assert fit.ways is not None
            said = text.split("als dit schuift:")[1].split(".")[0].lower()
            assert all(rule.title.nl.lower() in said for rule in fit.ways.sets[0].rules)
            assert "gemeente" in text.split("Daarover beslist:")[1]


def test_the_catch_tells_small_print_usable_space_and_borders(monkeypatch: pytest.MonkeyPatch, demo: Release) -> None:
    words = Words("nl")
    now, land = assess(demo, Scenario(use=Use.HOUSING)), land_of_region(demo, "Nijborg")
    page = opened(monkeypatch, "vrije_ruimte", fold=True, waar="dorp:Nijborg", breed="25", groot="3000")
    text = shown(page)
    assert "Wat de vrije grond vraagt" in text
    assert "Strook langs een buisleiding" in text
    space = usable_space(now, land, width_m=25, site_area_m2=3_000)
    assert f"is {words.area(space.area_m2)} bruikbaar" in text
    assert "op het randje" not in text
    page.button(key="catch_borders").click().run()
    one, five = boundary_sensitivity(now, land)
    text = shown(page)
    for item in (one, five):
        assert f"<td>{words.area(item.free.surely_m2)}</td>" in text
        assert f"<td>{words.area(item.free_or_conditional.edge_m2)}</td>" in text


def test_a_closed_fold_reckons_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("planlib.ui.small_print.small_print", lambda *given: asked.append(given))
    opened(monkeypatch, "vrije_ruimte", waar="dorp:Nijborg")
    assert asked == []


def test_borders_of_a_drawn_shape_are_not_promised(monkeypatch: pytest.MonkeyPatch, demo: Release) -> None:
    place = next(entry.place for entry in read_seed(DEMO) if entry.place.rings)
    ring = ";".join(f"{x:.6f},{y:.6f}" for x, y in place.rings[0][:-1])
    page = opened(monkeypatch, "vrije_ruimte", fold=True, waar=f"vlak:{ring}")
    assert "kies bij Waar een perceel of een dorp" in shown(page)
    assert not [button for button in page.button if button.key == "catch_borders"]
