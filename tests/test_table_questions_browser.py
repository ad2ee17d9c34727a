"""The first five questions of a table, asked in a real browser on the wall of a village hall.

May I do this here; where is our house; whose land is it; who decides, and how; can we count on it. What the screen says
is held against the files of the area, read with plain geopandas, and against the text of the catalogue.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from planlib.cli import main
from tests.server import ROOT, serve

pytestmark = pytest.mark.browser

DEMO = ROOT / "data" / "areas" / "demo"
WALL = {"width": 1920, "height": 1080}
RULE = "zoning_agricultural"


@dataclass(frozen=True)
class House:
    """An address in farming land, and what the files say about its parcel."""

    address: str
    parcel: str
    owner: str
    farming_m2: float
    degrees: tuple[float, float]


@pytest.fixture(scope="module")
def house() -> House:
    parcels = geopandas.read_file(DEMO / "parcels.gpkg")
    addresses = geopandas.read_file(DEMO / "context.gpkg", layer="addresses")
    plan = geopandas.read_file(DEMO / "plan.gpkg", layer="plan")
    farming = plan[plan.bestemming.isin(["Agrarisch", "Agrarisch met waarden"])].union_all()
    at = addresses.sjoin(parcels, predicate="within").sort_values("adres")
    at["farming_m2"] = parcels.geometry.loc[at.index_right].intersection(farming).area.to_numpy()
    first = at[at.farming_m2 > 10_000].iloc[0]
    (spot,) = geopandas.GeoSeries([first.geometry], crs=addresses.crs).to_crs("EPSG:4326")
    return House(first.adres, first.id, first.owner_kind, float(first.farming_m2), (spot.x, spot.y))


@pytest.fixture(scope="module")
def server(build_dir: Path) -> Iterator[str]:
    with serve(DEMO, build_dir) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport=WALL, locale="nl-NL")
    yield opened
    opened.close()


def test_a_table_gets_its_first_five_questions_answered(
    page: Page, server: str, house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(DEMO), house.parcel, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    page.goto(server)
    expect(page.locator(".pl-answer")).to_contain_text("Voor wonen is in Esveld", timeout=60_000)

    # Where is our house? Its address leads there, and only there.
    page.get_by_label("Zoek", exact=True).press_sequentially(house.address)
    card = page.locator(".st-key-card")
    expect(card.locator("h3").first).to_have_text(f"Perceel {house.parcel}")
    chart = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    chart.wait_for_function("window.planlib?.ready && planlib.view().zoom > 15")
    view = chart.evaluate("planlib.view()")
    assert (view["lon"], view["lat"]) == pytest.approx(house.degrees, abs=0.002)

    # May I do this here? In square metres, per outcome, as the command line says.
    names = {
        "free": "vrij",
        "conditional": "vrij onder voorwaarden",
        "movable": "kan vrijkomen",
        "unknown": "nog niet uitgezocht",
        "blocked": "niet vrij",
    }
    for outcome, name in names.items():
        row = card.locator(".pl-areas tr").filter(has=page.get_by_text(name, exact=True))
        if told["outcomes"][outcome] >= 10:
            _says(row, told["outcomes"][outcome])
        else:
            assert row.count() == 0 or "0 m²" in row.inner_text()

    # Whose land is it? What the register knows, and no name of a person.
    expect(card.locator(".pl-quiet").first).to_contain_text(f"eigendom: {house.owner}")

    # Who decides, and how? In sight without scrolling, and the way there one click below.
    rule = _catalogue(RULE)
    ask = card.locator(".pl-ask")
    expect(ask).to_contain_text("bestemming agrarisch")
    expect(ask).to_contain_text("gemeente")
    box = ask.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= WALL["height"]
    fold = card.locator("details").filter(has_text=rule["title"]["nl"]).first
    expect(fold.locator("summary")).to_contain_text(f"gesteld door {rule['made_by']}")
    _says(fold.locator("summary"), house.farming_m2)
    fold.locator("summary").click()
    expect(fold).to_contain_text(rule["route"])
    expect(fold.get_by_role("link", name=rule["legal_basis"])).to_have_attribute("href", rule["reference_url"])

    # Can we count on it? How sure the law is and how old the data; what was not looked at; and that it is no promise.
    expect(fold).to_contain_text("24 juni 2021")
    expect(fold).to_contain_text("zeker")
    for missing in told["unchecked"]:
        expect(card).to_contain_text(told["about"]["titles"][missing])
    promise = chart.get_by_text(re.compile("Verkenning op .*voor wonen; geen besluit, geen toezegging"))
    expect(promise.first).to_be_visible()
    page.get_by_text(f"Addertje onder het gras? Perceel {house.parcel}").click()
    page.get_by_role("button", name="Reken het uit").click()
    expect(page.locator(".pl-figures")).to_contain_text("op het randje")


def _catalogue(rule: str) -> dict:
    for file in (ROOT / "data" / "catalogue").glob("rules-*.toml"):
        for block in tomllib.loads(file.read_text(encoding="utf-8"))["constraint"]:
            if block["id"] == rule:
                return block
    raise AssertionError(f"{rule} is not in the catalogue")


def _says(place: Locator, area_m2: float) -> None:
    """Assert that the first area in a text is this one, as far as it is rounded."""
    found = re.search(r"([\d.]+(?:,\d+)?) (ha|m²)", place.inner_text())
    assert found, place.inner_text()
    unit = 10_000.0 if found[2] == "ha" else 1.0
    decimals = len(found[1].partition(",")[2])
    shown = float(found[1].replace(".", "").replace(",", ".")) * unit
    rounding = 10.0 if unit == 1 else unit * 10.0**-decimals
    assert shown == pytest.approx(area_m2, abs=rounding / 2 + 0.01)
