"""The page *Welke regel knelt?* in a real browser: by keyboard, on a wall and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server import ROOT, serve

pytestmark = pytest.mark.browser

DEMO = ROOT / "data" / "areas" / "demo"


@pytest.fixture(scope="module")
def server(build_dir: Path) -> Iterator[str]:
    with serve(DEMO, build_dir) as address:
        yield address


def _open(browser: Browser, address: str, width: int, height: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, locale="nl-NL")
    page.goto(address)
    expect(page.locator(".pl-wall h2")).to_be_visible(timeout=60_000)
    return page


def test_a_rule_is_picked_by_keyboard_and_thought_to_move(server: str, browser: Browser) -> None:
    page = _open(browser, f"{server}/knelpunten", 1440, 900)
    page.get_by_role("button", name="Bestemming agrarisch", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bestemming agrarisch", exact=True)).to_be_visible()
    expect(page.get_by_role("table").filter(has_text="houdt land vast samen met")).to_be_visible()
    assert "regel=zoning_agricultural" in page.url
    page.get_by_role("button", name="Denk dat die schuift").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pl-changed")).to_contain_text("1 regel is anders dan nu geldt.")
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name="Bestemming agrarisch", exact=True))
    expect(row).to_contain_text("schuift al")
    page.close()


def test_from_a_wish_in_hectares_to_the_map_with_those_rules_moved(server: str, browser: Browser) -> None:
    page = _open(browser, f"{server}/knelpunten?kijk=vrijmaken", 1920, 1080)
    field = page.get_by_label("Zoveel wil ik hier")
    field.fill("500")
    field.press("Enter")
    expect(page.locator(".pl-wall h2")).to_contain_text("Daarvoor moeten 2 regels samen schuiven")
    page.get_by_role("button", name="Denk dit").first.click()
    expect(page.locator(".pl-changed")).to_contain_text("2 regels zijn anders dan nu geldt.")
    page.get_by_role("button", name="Bekijk op de kaart").click()
    expect(page.locator(".pl-answer")).to_contain_text("2 regels zijn anders dan nu geldt.", timeout=60_000)
    assert "regels=" in page.url
    page.close()


@pytest.mark.parametrize("view", ["regels", "wie", "vrijmaken"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080), (390, 844)])
def test_nothing_is_wider_than_the_screen_and_the_answer_is_on_it(
    server: str, browser: Browser, view: str, width: int, height: int
) -> None:
    page = _open(browser, f"{server}/knelpunten?kijk={view}&regel=rural_area_housing", width, height)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(".pl-wall h2").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    size = page.locator(".pl-wall h2").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    # A room reads the answer from six metres.
    assert size >= (36 if width == 1920 else 22)
    page.close()
