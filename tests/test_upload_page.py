"""The page *Gegevens* takes a file in only when a person said where it lies and what it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas
import pytest
from streamlit.testing.v1 import AppTest

from planlib.area import read_area
from tests.areas import RD, Rule, box, free, run, write_area, write_layer
from tests.test_gio import LOCATIONS, write_gio
from tests.test_pages import _html, _page


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return a built area of one parcel and a rule."""
    made = write_area(tmp_path / "area", {"P": box(0, 0, 100, 100)}, [Rule("own", [box(0, 0, 10, 100)])])
    assert run("build", made, "--workers", 1).code == 0
    return made


@pytest.fixture
def page(area: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the page of that area."""
    return _page("gegevens", area, monkeypatch)


def give(page: AppTest, path: Path) -> AppTest:
    """Give the page a file."""
    page.file_uploader[0].upload(path.name, path.read_bytes()).run()
    assert not page.exception
    return page


def leftovers(area: Path) -> list[str]:
    """Return what stands in the area beside what was there."""
    return sorted(path.name for path in area.iterdir() if path.name.startswith(".upload-") or path.name == "uploads")


def choose(page: AppTest, crs: str) -> AppTest:
    """Choose the answer about this CRS."""
    radio = page.radio(key="upload_crs")
    at = next(at for at, option in enumerate(radio.options) if crs in option)
    return radio.set_value(at).run()


def lies(page: AppTest) -> list[list[list[float]]]:
    """Return the rings that the page hands to its map."""
    sent = json.loads(page.get("component_instance")[0].proto.json_args)["feature_group"]
    state, _ = json.JSONDecoder().raw_decode(sent, sent.index("planlib.apply(") + len("planlib.apply("))
    return state["sites"][0]["rings"]


def take_in(page: AppTest, rule: str, **more: float) -> None:
    """Say of which day the data is, which rule it is for, and that it was surveyed everywhere; then confirm."""
    page.date_input(key="upload_date").set_value(date(2026, 1, 1)).run()
    page.selectbox(key="upload_rule").set_value(rule).run()
    page.checkbox(key="upload_all").check().run()
    for key, value in more.items():
        page.number_input(key=key).set_value(value).run()
    page.button(key="upload_accept").click().run()
    assert not page.exception


def test_a_file_without_a_crs_is_asked_about_and_the_answer_is_kept(page: AppTest, area: Path, tmp_path: Path) -> None:
    before = (area / "area.toml").read_text()
    give(page, write_layer(tmp_path / "kaal.gpkg", [box(0, 0, 100, 20)], crs=None))
    shown = _html(page)
    assert "zegt niet waar het ligt" in shown
    radio = page.radio(key="upload_crs")
    assert radio.value is None, "nothing is chosen beforehand"
    assert [option for option in radio.options if "ligt dan in Nederland" in option] == [radio.options[0]]
    assert "EPSG:28992" in radio.options[0]
    assert not [button for button in page.button if button.key in {"upload_accept", "upload_crs_yes"}]
    choose(page, RD)
    assert not [button for button in page.button if button.key == "upload_accept"]
    truth = geopandas.GeoSeries([box(0, 0, 100, 20)], crs=RD).to_crs(4326).total_bounds
    (ring,) = lies(page)
    assert min(x for x, _ in ring) == pytest.approx(truth[0], abs=1e-5)
    assert max(y for _, y in ring) == pytest.approx(truth[3], abs=1e-5)
    assert (area / "area.toml").read_text() == before, "nothing is taken over before the word"
    page.button(key="upload_crs_yes").click().run()
    take_in(page, "nnn")
    (rule,) = [rule for rule in read_area(area).constraints if rule.id == "nnn"]
    assert rule.source is not None
    assert rule.source.crs == RD
    assert free(area)["P"]["free"] == pytest.approx(10_000 - 1_000 - 2_000 + 200)


def test_an_answer_that_cannot_be_shows_nothing_and_cannot_be_confirmed(page: AppTest, tmp_path: Path) -> None:
    give(page, write_layer(tmp_path / "kaal.gpkg", [box(0, 0, 100, 20)], crs=None))
    choose(page, "EPSG:4326")
    assert not [button for button in page.button if button.key == "upload_crs_yes"]
    assert any("nergens op de kaart" in text.value for text in page.text)


def test_coordinates_that_do_not_fit_their_crs_are_asked_about(page: AppTest, tmp_path: Path) -> None:
    mercator = geopandas.GeoSeries([box(0, 0, 100, 20)], crs=RD).to_crs(3857).union_all()
    give(page, write_layer(tmp_path / "fout.gpkg", [mercator], crs=RD))
    (fits,) = [option for option in page.radio(key="upload_crs").options if "ligt dan in Nederland" in option]
    assert "EPSG:3857" in fits


def test_thrown_away_nothing_stays(page: AppTest, area: Path, tmp_path: Path) -> None:
    give(page, write_layer(tmp_path / "kaal.gpkg", [box(0, 0, 100, 20)], crs=None))
    assert leftovers(area)
    page.button(key="upload_discard").click().run()
    assert not leftovers(area)


def test_a_table_is_asked_where_it_lies_and_how_far_its_points_reach(page: AppTest, area: Path, tmp_path: Path) -> None:
    table = tmp_path / "putten.csv"
    table.write_text("naam;x;y\neen;200.050,0;500.050,0\n", encoding="cp1252")
    give(page, table)
    choose(page, RD)
    page.button(key="upload_crs_yes").click().run()
    take_in(page, "nnn", upload_buffer=10.0)
    (rule,) = [rule for rule in read_area(area).constraints if rule.id == "nnn"]
    assert (rule.buffer_m, rule.source and rule.source.crs) == (10.0, RD)
    assert free(area)["P"]["free"] == pytest.approx(9_000 - 314.16, abs=1)


def test_a_gio_is_taken_in_by_its_groups(page: AppTest, area: Path, tmp_path: Path) -> None:
    give(page, write_gio(tmp_path / "plan.gml", LOCATIONS))
    page.segmented_control(key="upload_kind").set_value("plan").run()
    page.date_input(key="upload_date").set_value(date(2026, 1, 1)).run()
    assert page.selectbox(key="upload_column").value == "groep"
    proposed = {box.label: box.value for box in page.selectbox if str(box.key).startswith("upload_value_")}
    assert proposed == {"Wonen (1)": "zoning_housing", "Agrarisch (1)": "zoning_agricultural"}
    page.button(key="upload_accept").click().run()
    rules = {rule.id: rule.source for rule in read_area(area).constraints if rule.id.startswith("zoning_")}
    assert rules["zoning_agricultural"] is not None
    assert rules["zoning_agricultural"].where == "\"groep\" IN ('Agrarisch')"


def test_what_was_chosen_for_a_plan_is_chosen_again_for_its_next_version(
    page: AppTest, area: Path, tmp_path: Path
) -> None:
    def choices() -> dict[str, str]:
        page.segmented_control(key="upload_kind").set_value("plan").run()
        page.date_input(key="upload_date").set_value(date(2026, 1, 1)).run()
        return {box.label: str(box.value) for box in page.selectbox if str(box.key).startswith("upload_value_")}

    give(page, write_gio(tmp_path / "plan.gml", LOCATIONS))
    choices()
    page.selectbox(key="upload_value_groep_Wonen").set_value("zoning_nature").run()
    page.button(key="upload_accept").click().run()
    assert not page.exception
    write_gio(tmp_path / "plan.gml", [*LOCATIONS, replace(LOCATIONS[0], group="003")])
    give(page, tmp_path / "plan.gml")
    assert choices() == {"Wonen (1)": "zoning_nature", "Agrarisch (1)": "zoning_agricultural", "003 (1)": ""}


def test_a_refused_file_says_why_in_dutch_and_stays_nowhere(page: AppTest, area: Path, tmp_path: Path) -> None:
    (tmp_path / "leeg.csv").write_text("naam;adres\na;b\n", encoding="utf-8")
    give(page, tmp_path / "leeg.csv")
    assert "heeft geen kolommen met coördinaten" in _html(page)
    assert not leftovers(area)
