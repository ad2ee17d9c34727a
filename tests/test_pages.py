"""Each page without a browser: what it shows, and what it says when something is wrong."""

from __future__ import annotations

import html
import json
import re
import shutil
import tomllib
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.release import open_release
from planlib.text.words import Words
from planlib.ui.routes import FREE_SPACE, PAGE_NAMES, page_path

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


def _sent(page: AppTest) -> str:
    """Return what the page hands to its map."""
    return json.loads(page.get("component_instance")[0].proto.json_args)["feature_group"]


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


@pytest.mark.parametrize("name", ["vrije_ruimte", "beamer", "vergelijk"])
@pytest.mark.parametrize("use", ["housing", "wind", "nature", "alles"])
def test_a_page_opens_for_every_kind_of_question(name: str, use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(name, DEMO, monkeypatch, gebruik=use)
    assert not page.exception
    # At the desk the line stands on the map, in the hall it stands below, readable from the back row.
    shown = _sent(page) if name == "vrije_ruimte" else _html(page)
    assert "geen besluit, geen toezegging" in shown
    assert "Esveld is een verzonnen gemeente." in shown


def test_themes_lead_to_places_and_places_to_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("themas", DEMO, monkeypatch, thema="energie")
    assert not page.exception
    assert "Bij energie past Esveld het best" in _html(page)
    assert "voor zonnepanelen; geen besluit, geen toezegging" in _sent(page)
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
    page = _page("vrije_ruimte", DEMO, monkeypatch, taal="en")
    assert "no decision, no promise" in _sent(page)
    assert "as far as was looked at" in _html(page)
    assert "voor zover bekeken" not in _html(page)


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


def test_a_rule_keeps_its_place_in_its_group_whatever_is_thought_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def order(page: AppTest) -> list[str]:
        return [str(control.key) for control in page.segmented_control if str(control.key).startswith("rule_")]

    page = _page("vrije_ruimte", DEMO, monkeypatch)
    before = order(page)
    assert len(before) > 20
    # Of every group the rule that holds the most: without it, another one would.
    for key in before:
        control = page.segmented_control(key=key)
        if "valt weg" in [str(option) for option in control.options]:
            control.set_value("lapsed")
    page.run()
    assert "regels" in page.query_params
    assert order(page) == before


def test_searching_a_rule_opens_its_group_and_hides_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    assert not any(group.proto.expanded for group in page.sidebar.expander)
    page.text_input(key="rule_filter").set_value("ARCHEOLOGIE").run()
    groups = list(page.sidebar.expander)
    assert groups
    assert all(group.proto.expanded for group in groups)
    assert sum(len(group.segmented_control) for group in groups) == len(page.segmented_control) - 1
    for control in page.segmented_control:
        assert "archeologi" in control.label.lower() or control.key == "language"
    page.text_input(key="rule_filter").set_value("geluid").run()
    assert page.toggle(key="doubt"), "a rule that nobody could look into is found too"


def test_the_strictest_question_is_a_choice_and_not_an_empty_field(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch, gebruik="alles")
    assert page.selectbox(key="use").value == "any"
    page.selectbox(key="use").set_value("housing").run()
    page.selectbox(key="use").set_value("any").run()
    assert page.query_params["gebruik"] == "alles"


def test_a_search_offers_whole_words_first_says_what_it_leaves_out_and_is_empty_after_a_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    page.text_input(key="search").set_value("nijborg 1").run()
    offered = [button.label for button in page.button if str(button.key).startswith("find_")]
    assert len(offered) == 8
    numbers = [int(re.findall(r" (\d+),", label)[0]) for label in offered]
    assert numbers[0] == 1
    assert numbers == sorted(numbers, key=lambda number: number != 1), "house 1 of every street goes before 10 and 11"
    assert re.search(r"De eerste 8 van \d+;", _html(page))
    page.button(key="find_0").click().run()
    assert page.text_input(key="search").value == ""
    assert page.query_params["perceel"]
    assert not [button for button in page.button if str(button.key).startswith("find_")]


def test_a_whole_name_that_is_the_only_one_goes_straight_there(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch)
    page.text_input(key="search").set_value("esvh686").run()
    assert page.query_params["perceel"] == "ESV H 686"
    assert page.text_input(key="search").value == ""


def test_a_parcel_in_the_link_is_where_the_map_looks_first_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch, perceel="ESV H 686")
    first = json.loads(re.search(r"planlib\.apply\((.*)\);", _sent(page))[1])["focus"]
    assert first["yields"] is True
    assert first["west"] < 6.6631 < first["east"]
    assert first["south"] < 52.9074 < first["north"]
    page.selectbox(key="use").set_value("wind").run()
    assert json.loads(re.search(r"planlib\.apply\((.*)\);", _sent(page))[1])["focus"]["token"] == first["token"]
    plain = _page("vrije_ruimte", DEMO, monkeypatch)
    assert json.loads(re.search(r"planlib\.apply\((.*)\);", _sent(plain))[1])["focus"] is None


def test_the_answer_names_the_core_rules_that_the_area_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {block["id"] for block in tomllib.loads((DEMO / "area.toml").read_text(encoding="utf-8"))["constraint"]}
    titles = [
        block["title"]["nl"]
        for path in (ROOT / "data" / "catalogue").glob("rules-*.toml")
        for block in tomllib.loads(path.read_text(encoding="utf-8"))["constraint"]
        if block.get("core")
        and block["id"] not in named
        and "pv22" in block.get("applies_in", ["pv22"])
        and "housing" in block.get("uses", ["housing"])
    ]
    assert titles
    shown = html.unescape(_html(_page("vrije_ruimte", DEMO, monkeypatch)))
    assert f"{len(titles)} kernregels uit de catalogus staan niet in de gegevens van dit gebied." in shown
    for title in titles:
        assert f"<li>{title}</li>" in shown


def test_only_what_is_in_the_register_can_be_shown_or_hidden(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = copy / "register-seed.geojson"
    register = json.loads(seed.read_text(encoding="utf-8"))
    register["features"] = [item for item in register["features"] if item["properties"]["kind"] == "bronpunt"]
    seed.write_text(json.dumps(register), encoding="utf-8")
    build(copy)
    keys = [toggle.key for toggle in _page("vrije_ruimte", copy, monkeypatch).toggle]
    assert "show_bronpunt" in keys
    assert "show_initiatief" not in keys


def test_every_page_is_linked_with_the_choices_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANLIB_AREA", str(DEMO))
    page = AppTest.from_file(str(ROOT / "planlib" / "ui" / "frame.py"), default_timeout=120)
    page.query_params["gebruik"] = "wind"
    page.query_params["regels"] = "zoning_agricultural:moved"
    page.run()
    assert not page.exception
    links = page.get("page_link")
    assert {link.proto.page for link in links} == {page_path(path) for path in PAGE_NAMES if path != FREE_SPACE}
    for link in links:
        assert parse_qs(link.proto.query_string) == {"gebruik": ["wind"], "regels": ["zoning_agricultural:moved"]}
    assert '<span class="pl-here" aria-current="page">Vrije ruimte</span>' in _html(page)


@pytest.mark.parametrize("path", list(PAGE_NAMES), ids=lambda path: path.stem)
def test_every_page_says_once_that_it_is_no_decision_and_no_promise(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(path.stem, DEMO, monkeypatch, gebruik="wind", regels="zoning_agricultural:moved")
    assert not page.exception
    said = _html(page) + (_sent(page) if page.get("component_instance") else "")
    line = "Verkenning op 1 november 2026, voor windmolens; geen besluit, geen toezegging."
    if path.stem == "themas":
        # A theme asks for a use of its own.
        line = "geen besluit, geen toezegging."
    # Two scenarios side by side each say it of their own, and so does each map.
    assert said.count(line) == (3 if path.stem == "vergelijk" else 1)
    assert "Scenario: 1 regel is anders dan nu geldt." in said


def test_every_page_in_the_list_has_a_file_and_every_file_a_place_in_the_list() -> None:
    assert set(PAGE_NAMES) == set((ROOT / "pages").glob("*.py"))


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
    said = " <small>{count} keuzes in het adres passen niet bij dit gebied en zijn weggelaten.</small>"
    # The use, and each of what stands between the commas of the rules.
    refused = 1 + len([part for part in f"natura2000:{HOSTILE},nothing:moved,natura2000".split(",") if part])
    assert _html(page).replace(said.format(count=refused), "") == plain
    assert said.format(count=refused) in _html(page)


def test_an_unknown_parcel_is_said_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch, perceel=HOSTILE)
    assert "close_card" not in [button.key for button in page.button]
    shown = _html(page)
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


@pytest.mark.parametrize("name", ["vrije_ruimte", "beamer", "vergelijk"])
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


def test_a_scenario_in_a_link_is_the_same_numbers_with_and_without_the_saved_file(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(copy)
    link = {
        "scenario": "wonen-aan-de-randen",
        "tafel": "gemeente",
        "regels": "zoning_agricultural:moved,zoning_social:moved,rural_area_housing:moved",
    }
    known = _page("vrije_ruimte", copy, monkeypatch, **link)
    legend = _html(known).partition('<ul class="pl-legend')[2].partition("</ul>")[0]
    assert "gesteld door het college van Esveld op 6 oktober 2026" in _html(known)
    assert known.selectbox(key="scenario").value == "wonen-aan-de-randen"
    shutil.rmtree(copy / "scenarios")
    elsewhere = _page("vrije_ruimte", copy, monkeypatch, **link)
    assert legend in _html(elsewhere)
    assert "gesteld door" not in _html(elsewhere).partition('class="pl-foot"')[2]
    assert "is hier niet bewaard" in _html(elsewhere)


def test_a_board_is_never_named_over_rules_it_did_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _html(_page("vrije_ruimte", DEMO, monkeypatch, scenario="wonen-aan-de-randen", regels="natura2000:lapsed"))
    assert "“Wonen aan de randen”; daarna gewijzigd" in shown
    assert "1 regel gaat verder dan het kader “Wonen aan de randen” (gesteld door het college van Esveld" in shown


@pytest.mark.parametrize("name", ["vrije_ruimte", "vergelijk"])
def test_a_hostile_scenario_in_the_address_is_text_at_most(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {f"{prefix}{key}": HOSTILE for prefix in ("", "a_", "b_") for key in ("scenario", "tafel", "regels")}
    page = _page(name, DEMO, monkeypatch, a="bewaard", b=HOSTILE, **hostile)
    assert not page.exception
    assert "<script" not in _html(page)
    assert "<img" not in _html(page)


def test_a_name_that_leads_out_of_the_folder_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vrije_ruimte", DEMO, monkeypatch, scenario="../../../../etc/passwd")
    assert not page.exception
    assert "is hier niet bewaard" in _html(page)


def test_a_scenario_that_people_wrote_is_shown_as_text(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = copy / "scenarios"
    text = (folder / "wens-dorpstafel-esveldermond.toml").read_text(encoding="utf-8")
    for name in ("Wens van de dorpstafel Esveldermond", "Wonen aan de randen", "het college van Esveld"):
        text = text.replace(name, HOSTILE)
    (folder / "hostile.toml").write_text(text, encoding="utf-8")
    build(copy)
    address = {"scenario": "hostile", "tafel": "gemeente", "regels": "zoning_agricultural:moved"}
    for page in (
        _page("vrije_ruimte", copy, monkeypatch, **address),
        _page("vergelijk", copy, monkeypatch, b="bewaard", **{f"b_{key}": value for key, value in address.items()}),
    ):
        assert not page.exception
        assert "&lt;script&gt;" in _html(page)
        assert "<script" not in _html(page)


def test_both_sides_of_the_comparison_say_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vergelijk", DEMO, monkeypatch)
    # What is shown unasked can be handed on as it is.
    assert page.query_params["b_tafel"] == "gemeente"
    shown = _html(page)
    assert "A · Nu geldend" in shown
    assert "B · Wens van de dorpstafel Esveldermond" in shown
    feet = shown.split("class='pl-foot'")[1:]
    assert len(feet) == 2
    assert all("geen besluit, geen toezegging" in foot for foot in feet)
    assert "Gedachte-experiment: magneetveld van een hoogspanningslijn" in feet[1]
    page.selectbox(key="side_b").set_value("bewaard:wonen-aan-de-randen").run()
    assert page.query_params["b_scenario"] == "wonen-aan-de-randen"
    assert "B · Wonen aan de randen" in _html(page)


def test_the_comparison_shows_the_numbers_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {"regels": "zoning_agricultural:moved,rural_area_housing:moved", "tafel": "gemeente"}
    desk = [_html(_page("vrije_ruimte", DEMO, monkeypatch, **address)) for address in ({}, chosen)]
    compared = _html(_page("vergelijk", DEMO, monkeypatch, a="nu", b="hier", **chosen))
    bars = [text.partition('<div class="pl-bar')[2].partition("</div>")[0] for text in desk]
    assert bars[0] != bars[1]
    assert all(bar in compared for bar in bars)


def test_another_distance_is_compared_with_the_scenario_it_starts_from(monkeypatch: pytest.MonkeyPatch) -> None:
    release = open_release(DEMO).id
    page = _page("vergelijk", DEMO, monkeypatch, a="nu", b="afstand", b_afstand="spray_zone:30")
    assert not page.exception
    assert page.number_input(key="distance_m").value == 30
    shown = _html(page)
    assert "B · Nu geldend, “Afstand tot akkers en boomgaarden met bestrijdingsmiddelen” op 30 m" in shown
    assert "minder dat kan vrijkomen" in shown
    assert "50 m eromheen" in shown
    assert "30 m eromheen" in shown
    feet = shown.split("class='pl-foot'")[1:]
    assert ["op 30 m en niet op 50 m" in foot for foot in feet] == [False, True]
    assert open_release(DEMO).id == release
    page.number_input(key="distance_m").set_value(50).run()
    assert page.query_params["b_afstand"] == "spray_zone:50"
    assert "Voor wonen zijn A en B gelijk." in _html(page)


@pytest.mark.parametrize(
    "text", [HOSTILE, "spray_zone:-5", "spray_zone:1e9", "spray_zone:nan", "natura2000:5", ":", ""]
)
def test_a_hostile_distance_in_the_address_is_half_of_what_holds(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vergelijk", DEMO, monkeypatch, a="nu", b="afstand", b_afstand=text)
    assert not page.exception
    rule = page.selectbox(key="distance_rule").value
    own = open_release(DEMO).area.constraint(rule)
    assert own is not None
    assert page.number_input(key="distance_m").value == round(own.buffer_m / 2)
    assert "<script" not in _html(page)


def test_an_area_that_changed_shows_no_distance_that_it_does_not_have(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planlib.ui.loading._start_builder", lambda folder: None)
    build(copy)
    text = (copy / "area.toml").read_text(encoding="utf-8")
    (copy / "area.toml").write_text(text.replace('title = "Esveld"', 'title = "Anders"'), encoding="utf-8")
    page = _page("vergelijk", copy, monkeypatch, a="nu", b="afstand", b_afstand="spray_zone:30")
    assert not page.exception
    assert any("zijn gewijzigd sinds het gebied is gemaakt" in warning.value for warning in page.warning)
    assert "op 30 m" not in _html(page)
    assert "B · Nu geldend" in _html(page)


def test_a_board_is_not_named_over_a_distance_that_it_did_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page("vergelijk", DEMO, monkeypatch)
    page.selectbox(key="side_a").set_value("bewaard:wonen-aan-de-randen").run()
    page.selectbox(key="side_b").set_value("afstand").run()
    ours, theirs = _html(page).split("class='pl-foot'")[1:]
    assert "“Wonen aan de randen”; gesteld door het college" in ours
    assert "“Wonen aan de randen”; daarna gewijzigd" in theirs
    assert "“Wonen aan de randen”; gesteld" not in theirs
