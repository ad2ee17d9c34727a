"""Each page without a browser: what it shows, and what it says when something is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.release import open_release
from planlib.text.words import Words

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`</p><script>alert(1)</script>"


def _page(name: str, area: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("PLANLIB_AREA", str(area))
    page = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=120)
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def _html(page: AppTest) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


@pytest.fixture(scope="module", autouse=True)
def built(build_dir: Path) -> None:
    """Build the demo once, so that pages find it."""
    build(DEMO)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the demo that a test may spoil."""
    folder = tmp_path / "area"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("build", "__pycache__"))
    return folder


@pytest.mark.parametrize("name", ["vrije_ruimte", "beamer"])
@pytest.mark.parametrize("use", ["housing", "wind", "nature", "alles"])
def test_a_page_opens_for_every_kind_of_question(name: str, use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(name, DEMO, monkeypatch, gebruik=use)
    assert not page.exception
    shown = _html(page)
    assert "geen besluit, geen toezegging" in shown
    assert "Esveld is een verzonnen gemeente." in shown


def test_themes_lead_to_places_and_places_to_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("themas", DEMO, monkeypatch, thema="energie")
    assert not page.exception
    assert "Bij energie past Esveld het best" in _html(page)
    assert "voor zonnepanelen; geen besluit, geen toezegging" in _html(page)
    page.segmented_control(key="way").set_value("themas").run()
    page.selectbox(key="land").set_value("dorp:Nijborg").run()
    assert page.query_params["waar"] == "dorp:Nijborg"
    assert "De smederij van Nijborg" in _html(page)
    page.segmented_control(key="way").set_value("gaten").run()
    assert "Initiatieven en bronpunten zonder thema" in _html(page)


def test_an_address_with_nonsense_opens_the_themes_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("themas", DEMO, monkeypatch, thema=HOSTILE, kijk=HOSTILE, waar=HOSTILE)
    assert not page.exception
    assert HOSTILE not in _html(page)


def test_the_data_page_shows_every_rule_and_who_to_ask_for_what_nobody_looked_into(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = _page("gegevens", DEMO, monkeypatch)
    assert not page.exception
    shown = _html(page)
    for rule in open_release(DEMO).rules:
        assert rule.title.nl.replace("'", "&#x27;") in shown
    assert shown.count("niemand kon dit bekijken") == 2


def test_the_page_speaks_english_by_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _html(_page("vrije_ruimte", DEMO, monkeypatch, taal="en"))
    assert "no decision, no promise" in shown
    assert "voor zover bekeken" not in shown


def test_choosing_a_use_writes_it_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    page.selectbox(key="use").set_value("wind").run()
    assert page.query_params["gebruik"] == "wind"
    assert "Voor windmolens" in _html(page)


def test_moving_a_rule_changes_the_answer_and_reset_takes_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    before = _html(page)
    page.segmented_control(key="rule_zoning_agricultural").set_value("moved").run()
    assert page.query_params["regels"] == "zoning_agricultural:moved"
    assert "1 regel is anders dan nu geldt." in _html(page)
    page.button(key="reset_rules").click().run()
    assert "regels" not in page.query_params
    assert _html(page) == before


def test_a_rule_that_stands_firm_can_only_be_thought_away_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    control = page.segmented_control(key="rule_natura2000")
    assert [str(option) for option in control.options] == ["geldt", "valt weg"]
    control.set_value("lapsed").run()
    assert "Een gedachte-experiment" in _html(page)


def test_a_hostile_address_is_left_out_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _html(_page("vrije_ruimte", DEMO, monkeypatch))
    page = _page(
        "vrije_ruimte",
        DEMO,
        monkeypatch,
        gebruik="'; DROP TABLE",
        regels=f"natura2000:{HOSTILE},nothing:moved,natura2000",
        verborgen=HOSTILE,
        taal=HOSTILE,
    )
    assert not page.exception
    assert _html(page) == plain


def test_an_unknown_parcel_is_said_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _html(_page("vrije_ruimte", DEMO, monkeypatch, perceel=HOSTILE))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "bestaat hier niet" in shown


def test_what_people_write_is_shown_as_text(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = copy / "register-seed.geojson"
    register = json.loads(seed.read_text(encoding="utf-8"))
    properties = register["features"][0]["properties"]
    for key in ("title", "summary", "story", "initiator", "next_step"):
        properties[key] = HOSTILE
    seed.write_text(json.dumps(register), encoding="utf-8")
    build(copy)
    page = _page("vrije_ruimte", copy, monkeypatch, speld=properties["uid"])
    assert not page.exception
    shown = _html(page)
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "<img" not in shown


def test_the_projector_shows_public_plans_only(monkeypatch: pytest.MonkeyPatch) -> None:
    register = json.loads((DEMO / "register-seed.geojson").read_text(encoding="utf-8"))
    titles = {
        visibility: [
            item["properties"]["title"]
            for item in register["features"]
            if item["properties"]["visibility"] == visibility
        ]
        for visibility in ("internal", "table", "public")
    }
    assert all(titles.values())
    page = _page("beamer", DEMO, monkeypatch)
    sent = page.get("component_instance")[0].proto.json_args
    for title in titles["internal"] + titles["table"]:
        assert json.dumps(title)[1:-1] not in sent
        assert title not in sent
    assert any(json.dumps(title)[1:-1] in sent.replace("\\\\u", "\\u") or title in sent for title in titles["public"])


def test_every_script_and_style_of_the_map_comes_from_this_server(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    sent = json.loads(page.get("component_instance")[0].proto.json_args)
    links = sent["js_links"] + sent["css_links"]
    assert links
    assert all(link.startswith(("/vendor/", "/assets/")) for link in links)


@pytest.mark.parametrize("name", ["vrije_ruimte", "beamer"])
def test_a_folder_that_is_no_area_is_said_in_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(name, tmp_path, monkeypatch)
    assert not page.exception
    assert page.title[0].value == "Dit gebied kan niet worden getoond"
    assert f"{tmp_path} is geen gebied: er staat geen area.toml in." in _html(page)
    assert page.code[0].value == f"python -m planlib check {tmp_path}"
    assert not page.get("component_instance")


def test_a_broken_layer_never_becomes_a_map_that_looks_free(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "rules.gpkg").unlink()
    page = _page("vrije_ruimte", copy, monkeypatch)
    assert not page.exception
    assert "rules.gpkg bestaat niet." in _html(page)
    assert not page.get("component_instance")


def test_data_that_went_bad_leaves_the_last_good_release_in_use(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(copy)
    release = open_release(copy).id
    (copy / "area.toml").write_text("title = ", encoding="utf-8")
    page = _page("vrije_ruimte", copy, monkeypatch)
    assert not page.exception
    assert any("laatste goede uitgave" in warning.value for warning in page.warning)
    assert release in _html(page)


def test_an_area_that_was_never_built_says_that_the_map_is_being_made(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Path] = []
    monkeypatch.setattr("planlib.ui.loading._start_builder", started.append)
    page = _page("vrije_ruimte", copy, monkeypatch)
    assert not page.exception
    assert page.title[0].value == "De kaart wordt gemaakt"
    assert started == [copy.resolve()]
    assert not page.get("component_instance")


def test_the_numbers_on_the_projector_are_those_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Words("nl")
    desk = _html(_page("vrije_ruimte", DEMO, monkeypatch))
    stage = _html(_page("beamer", DEMO, monkeypatch))
    release = open_release(DEMO)
    assert release.id in desk
    for text in (desk, stage):
        assert words.area(float(release.code_area_m2.sum())) not in text
    legend = desk[desk.index('<ul class="pl-legend') :].split("</ul>")[0].split(">", 1)[1]
    assert legend in stage
