"""What the map itself promises, on the smallest page that has one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Frame, Page, Route, expect, sync_playwright

from planlib.build import build
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.views.maps import geographic_bounds
from tests.areas import Rule, box, write_area
from tests.browser import LAUNCH_ARGS
from tests.server import ROOT, serve

pytestmark = pytest.mark.browser

HOSTILE = "\"><img src=x onerror=window.hurt=1>${window.hurt=1}`</script>'"
CELLS = re.compile(r"/tiles/[0-9a-f]+/cells/")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an area of 100 parcels: a hole in the middle of one, land of nobody in a corner, two rules, a pin."""
    here = {f"P{x}-{y}": box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x in range(10) for y in range(10)}
    del here["P9-9"]
    rules = [Rule("west", [box(0, 0, 300, 1000)]), Rule("south", [box(0, 0, 1000, 250)], state="movable")]
    folder = write_area(tmp_path_factory.mktemp("map") / "area", here, rules, fictional=True)
    west, south, east, north = geographic_bounds(_built(folder))
    pin = {
        "kind": "initiative",
        "uid": "een",
        "longitude": west + 0.75 * (east - west),
        "latitude": south + 0.75 * (north - south),
        "label": HOSTILE,
        "icon": "housing",
        "stage": 2,
    }
    (folder / "pins.json").write_text(json.dumps([pin]), encoding="utf-8")
    return folder


def _built(folder: Path) -> Release:
    build(folder)
    return open_release(folder)


@pytest.fixture(scope="module")
def release(area: Path) -> Release:
    return open_release(area)


@pytest.fixture(scope="module")
def server(area: Path, build_dir: Path) -> Iterator[str]:
    with serve(area, build_dir, app=ROOT / "tests" / "map_app.py") as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(LAUNCH_ARGS))
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """Return a page that may leave this machine for nothing and breaks on nothing."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    outside: list[str] = []
    broken: list[str] = []
    mine = (server, server.replace("http", "ws"), "data:", "blob:", "about:")
    opened.on("request", lambda request: None if request.url.startswith(mine) else outside.append(request.url))
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    opened.close()
    assert outside == []
    assert broken == []


def painted(page: Page) -> Frame:
    """Return the map's frame once the map stands and is painted."""
    page.wait_for_selector("iframe", timeout=60_000)
    for _ in range(600):
        for frame in page.frames:
            if "streamlit_folium" in frame.url and frame.evaluate("() => window.planlib?.painted > 0 && planlib.ready"):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError("the map was never painted")


def switch(page: Page, chart: Frame, name: str) -> None:
    """Turn a switch of the page and wait until the map was painted for it."""
    before = chart.evaluate("planlib.painted")
    page.get_by_text(name, exact=True).click()
    chart.wait_for_function(f"planlib.painted > {before}")


def click(page: Page, chart: Frame, longitude: float, latitude: float) -> str:
    """Click a place on the map; return what the page says came back."""
    said = page.get_by_text(re.compile("^click "))
    before = said.inner_text() if said.count() else ""
    spot = chart.evaluate(
        "([lat, lon]) => { const p = planlib.map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }",
        [latitude, longitude],
    )
    frame = page.locator("iframe").bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + spot[0], frame["y"] + spot[1])
    expect(said).not_to_have_text(before)
    return said.inner_text()


def middle_of(release: Release, parcel_id: str) -> tuple[float, float]:
    """Return the middle of a square of the area, counted from its corner, in degrees."""
    west, south, east, north = geographic_bounds(release)
    x, y = (int(number) for number in parcel_id[1:].split("-"))
    return west + (x + 0.5) / 10 * (east - west), south + (y + 0.5) / 10 * (north - south)


def test_every_signature_is_painted_in_the_outcome_that_planlib_reckons(
    page: Page, server: str, release: Release
) -> None:
    page.goto(server)
    chart = painted(page)
    rank = assess(release).rank
    assert len(np.unique(rank)) == 3
    assert chart.evaluate(f"Array.from({{length: {len(rank)}}}, (_, code) => planlib.rank(code))") == rank.tolist()
    # A code that the table does not have is not known, never free.
    assert chart.evaluate("planlib.rank(9999)") == 3


def test_the_colours_on_the_screen_are_those_of_the_outcomes(page: Page, server: str, release: Release) -> None:
    page.goto(server)
    chart = painted(page)
    colour = """([lat, lon]) => {
      let cells; planlib.map.eachLayer((layer) => { if (layer.parcelAt) cells = layer; });
      const { tile, x, y } = cells.find([lat, lon]);
      const at = [x, y].map((unit) => Math.round(unit * tile.scale + tile.ratio));
      return [...tile.canvas.getContext("2d").getImageData(at[0], at[1], 1, 1).data];
    }"""
    for parcel_id, wanted in (("P7-6", [0xC7, 0xE9, 0xA0, 255]), ("P1-6", [0x4A, 0x2A, 0x86, 255])):
        lon, lat = middle_of(release, parcel_id)
        assert chart.evaluate(colour, [lat, lon]) == wanted


def test_a_switch_paints_again_without_fetching_or_moving(page: Page, server: str) -> None:
    page.goto(server)
    chart = painted(page)
    view, ranks = chart.evaluate("planlib.view()"), chart.evaluate("[0, 1, 2, 3].map(planlib.rank)")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/tiles/" in request.url else None)
    switch(page, chart, "without rules")
    assert chart.evaluate("[0, 1, 2, 3].map(planlib.rank)") != ranks
    assert chart.evaluate("planlib.view()") == view
    assert fetched == []


def test_a_click_tells_the_parcel_each_time_and_empty_land_tells_nothing(
    page: Page, server: str, release: Release
) -> None:
    page.goto(server)
    chart = painted(page)
    index = release.parcel_index("P4-5")
    first = click(page, chart, *middle_of(release, "P4-5"))
    assert first.startswith(f"click parcel {index} ")
    chart.wait_for_selector(".leaflet-planlib-outlines-pane path")
    assert click(page, chart, *middle_of(release, "P4-5")).startswith(f"click parcel {index} ")
    # P9-9 was taken out.
    assert click(page, chart, *middle_of(release, "P9-9")).startswith("click none ")
    chart.wait_for_selector(".leaflet-planlib-outlines-pane path", state="detached")


def test_pins_are_reached_by_keyboard_and_say_their_name_as_it_was_written(page: Page, server: str) -> None:
    page.goto(server)
    chart = painted(page)
    pin = chart.locator(".planlib-pin")
    expect(pin).to_have_attribute("aria-label", HOSTILE)
    expect(pin).to_have_attribute("role", "button")
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^click initiative een "))).to_be_visible()
    assert chart.evaluate("window.hurt") is None
    assert page.evaluate("window.hurt") is None


def test_the_view_stays_in_the_address_whatever_the_page_writes_there(page: Page, server: str) -> None:
    page.goto(server)
    chart = painted(page)
    chart.evaluate("planlib.map.setZoom(planlib.view().zoom + 2, { animate: false })")
    view = chart.evaluate("planlib.view()")
    switch(page, chart, "without rules")
    page.wait_for_url(re.compile(rf"away=True#kaart={view['zoom']:g}/"))
    page.reload()
    again = painted(page).evaluate("planlib.view()")
    assert again == pytest.approx(view, abs=1e-4)


def test_the_map_moves_to_a_place_once(page: Page, server: str) -> None:
    page.goto(server)
    chart = painted(page)
    start = chart.evaluate("planlib.view()")
    switch(page, chart, "look")
    chart.wait_for_function(f"planlib.view().zoom > {start['zoom']}")
    chart.evaluate("planlib.map.setView(planlib.map.getCenter(), planlib.view().zoom - 1, { animate: false })")
    moved = chart.evaluate("planlib.view()")
    switch(page, chart, "without rules")
    assert chart.evaluate("planlib.view()") == moved


def test_a_choice_made_while_the_map_loads_is_what_it_shows(page: Page, server: str, release: Release) -> None:
    held: list[Route] = []
    page.route("**/planlib.js", lambda route: held.append(route))
    page.goto(server)
    page.wait_for_selector("iframe", timeout=60_000)
    while not held:
        page.wait_for_timeout(50)
    page.get_by_text("without rules", exact=True).click()
    page.wait_for_url(re.compile("away=True"))
    page.wait_for_timeout(500)
    held[0].continue_()
    chart = painted(page)
    codes = len(release.signatures)
    chart.wait_for_function(f"Array.from({{length: {codes}}}, (_, code) => planlib.rank(code)).every((rank) => !rank)")


def test_tiles_that_cannot_be_fetched_are_said_to_be_missing_until_they_come(page: Page, server: str) -> None:
    page.route(CELLS, lambda route: route.abort())
    page.goto(server)
    chart = painted(page)
    line = chart.locator(".planlib-offline")
    expect(line).to_be_visible()
    expect(line).not_to_have_text("")
    page.unroute(CELLS)
    expect(line).to_be_hidden(timeout=20_000)


def test_the_map_says_what_it_is_and_what_it_is_not(page: Page, server: str) -> None:
    page.goto(server)
    chart = painted(page)
    expect(chart.locator(".planlib-disclaimer")).to_have_text("Verkenning; geen besluit, geen toezegging.")
    expect(chart.locator(".planlib-fictional")).to_contain_text("verzonnen")
    expect(page.locator("iframe")).to_have_attribute("title", "Kaart van Proef")
    assert chart.evaluate("document.documentElement.lang") == "nl"
