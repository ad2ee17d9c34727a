"""Scenarios in a real browser: opened, changed, taken back, still there after a crash, and beside each other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server import serve
from tests.test_app_browser import DEMO, DESK, Visit

pytestmark = pytest.mark.browser

WISH = "Wens van de dorpstafel Esveldermond"


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the demo in which scenarios may be saved."""
    folder = tmp_path_factory.mktemp("scenarios") / "area"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("build", "__pycache__"))
    return folder


@pytest.fixture(scope="module")
def server(area: Path, build_dir: Path) -> Iterator[str]:
    with serve(area, build_dir) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport=DESK, locale="nl-NL")
    broken: list[str] = []
    made.on("pageerror", lambda error: broken.append(str(error)))
    yield made
    made.close()
    assert broken == []


def pick(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box."""
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option).click()


def answer(page: Page) -> str:
    return page.locator(".pl-answer").inner_text()


def think_away(page: Page, group: str, rule: str) -> None:
    """Choose 'valt weg' for a rule in the sidebar."""
    if not page.locator(f".st-key-rule_{rule}").is_visible():
        page.get_by_text(re.compile(rf"^{group} \(\d+\)$")).click()
        page.locator(f".st-key-rule_{rule}").wait_for()
        # The group unfolds; what is below it moves until it has.
        page.wait_for_timeout(400)
    page.locator(f".st-key-rule_{rule}").get_by_text("valt weg", exact=True).click()


def test_a_scenario_is_opened_changed_and_taken_back_step_by_step(server: str, page: Page) -> None:
    Visit(page, server).open()
    plain = answer(page)
    expect(page.get_by_role("button", name="Terug", exact=True)).to_be_disabled()
    pick(page, "Scenario", WISH)
    expect(page.locator(".pl-answer")).to_contain_text(f"Scenario: “{WISH}”")
    expect(page.locator(".pl-answer")).to_contain_text("3 regels gaan verder dan het kader “Wonen aan de randen”")
    expect(page.locator(".pl-answer")).to_contain_text("Aan tafel: gemeente.")
    wished = answer(page)
    think_away(page, "EU", "natura2000")
    expect(page.locator(".pl-answer")).to_contain_text("daarna gewijzigd")

    # Our own way back, twice; then the browser's, which undoes the undoing.
    page.get_by_role("button", name="Terug", exact=True).click()
    expect(page.locator(".pl-answer")).to_have_text(wished)
    page.get_by_role("button", name="Terug", exact=True).click()
    expect(page.locator(".pl-answer")).to_have_text(plain)
    expect(page.get_by_role("button", name="Terug", exact=True)).to_be_disabled()
    page.go_back()
    expect(page.locator(".pl-answer")).to_have_text(wished)


def test_back_in_the_browser_undoes_one_change_at_a_time(server: str, page: Page) -> None:
    Visit(page, server).open()
    plain = answer(page)
    think_away(page, "EU", "natura2000")
    expect(page.locator(".pl-answer")).to_contain_text("1 regel is anders")
    one = answer(page)
    think_away(page, "Provincie", "nnn")
    expect(page.locator(".pl-answer")).to_contain_text("2 regels zijn anders")
    page.go_back()
    expect(page.locator(".pl-answer")).to_have_text(one)
    page.go_back()
    expect(page.locator(".pl-answer")).to_have_text(plain)
    # The browser's way back was ours too: there is nothing left to take back.
    expect(page.get_by_role("button", name="Terug", exact=True)).to_be_disabled()


def test_the_last_scenario_is_back_after_a_crash_and_never_by_itself(
    browser: Browser, area: Path, build_dir: Path
) -> None:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    with serve(area, build_dir) as address:
        port = int(address.rpartition(":")[2])
        Visit(page, address).open()
        expect(page.get_by_role("link", name="Verder waar u was")).to_be_hidden()
        think_away(page, "EU", "natura2000")
        expect(page.locator(".pl-answer")).to_contain_text("1 regel is anders")
        changed = answer(page)
        page.close()
    # The server was stopped and the window closed; both start anew.
    with serve(area, build_dir, port=port) as address:
        page = context.new_page()
        Visit(page, address).open()
        assert "regels=" not in page.url
        assert "1 regel is anders" not in answer(page)
        page.get_by_role("link", name="Verder waar u was").click()
        expect(page.locator(".pl-answer")).to_have_text(changed)
        expect(page.get_by_role("link", name="Verder waar u was")).to_be_hidden()
        # Back to what holds now is a choice too: there is nothing to go on with.
        page.get_by_role("button", name="Terug naar wat nu geldt").click()
        expect(page.locator(".pl-answer")).not_to_contain_text("1 regel is anders")
        page.goto(address)
        expect(page.locator(".pl-answer")).to_be_visible()
        page.wait_for_timeout(1_000)
        expect(page.get_by_role("link", name="Verder waar u was")).to_be_hidden()
    context.close()


def test_a_table_saves_its_scenario_and_a_link_shows_the_same_numbers_elsewhere(
    server: str, area: Path, page: Page
) -> None:
    Visit(page, server).open()
    think_away(page, "EU", "natura2000")
    expect(page.locator(".pl-answer")).to_contain_text("1 regel is anders")
    page.get_by_role("button", name="Bewaar, deel").click()
    page.get_by_label("Naam", exact=True).fill("<b>Proef</b> van de tafel")
    page.get_by_role("button", name="Bewaren als nieuw scenario").click()
    expect(page.locator(".pl-answer")).to_contain_text("Scenario: “<b>Proef</b> van de tafel”")
    saved = area / "scenarios" / "b-proef-b-van-de-tafel.toml"
    assert 'natura2000 = "lapsed"' in saved.read_text(encoding="utf-8")
    with_name = answer(page)
    numbers = with_name.partition("Getoetst")[0]
    page.reload()
    expect(page.locator(".pl-answer")).to_have_text(with_name)
    # As on a machine that does not have the file.
    saved.unlink()
    page.reload()
    expect(page.locator(".pl-answer")).to_contain_text(numbers.strip())
    expect(page.get_by_text("is hier niet bewaard")).to_be_visible()
    expect(page.locator(".pl-answer")).not_to_contain_text("Proef")


def test_a_file_from_elsewhere_is_taken_in_or_refused_in_one_sentence(
    server: str, page: Page, area: Path, tmp_path: Path
) -> None:
    Visit(page, server).open()
    page.get_by_role("button", name="Bewaar, deel").click()
    wrong, right = tmp_path / "fout.toml", tmp_path / "goed.toml"
    wrong.write_text("title = 'Fout'\ncolour = 'red'", encoding="utf-8")
    right.write_text("title = 'Van een ander'\n[state]\nnatura2000 = 'lapsed'\n", encoding="utf-8")
    chooser = page.locator(".st-key-scenario_upload input[type=file], input[type=file]").first
    chooser.set_input_files(wrong)
    expect(page.get_by_role("alert").filter(has_text="fout.toml")).to_be_visible()
    assert not (area / "scenarios" / "fout.toml").exists()
    page.locator("input[type=file]").first.set_input_files(right)
    expect(page.locator(".pl-answer")).to_contain_text("Scenario: “Van een ander”")
    assert (area / "scenarios" / "van-een-ander.toml").exists()


VIEWS = "() => Array.from(window.frames).filter((frame) => frame.planlib?.map).map((frame) => frame.planlib.view())"
PAINTED = (
    "() => { const maps = Array.from(window.frames).filter((frame) => frame.planlib?.map);"
    " return maps.length === 2 && maps.every((frame) => frame.planlib.painted > 0 && frame.planlib.ready); }"
)


def _same(one: dict, other: dict) -> bool:
    # A pixel at zoom 14 is some ten metres: 1e-4 degrees.
    return one["zoom"] == other["zoom"] and all(abs(one[key] - other[key]) < 2e-4 for key in ("lat", "lon"))


def test_two_maps_show_one_view_whichever_is_moved_and_nothing_is_asked_of_the_server(server: str, page: Page) -> None:
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(1)))
    page.goto(server + "/vergelijk")
    page.wait_for_function(PAINTED, timeout=60_000)
    page.wait_for_timeout(500)
    first, second = page.evaluate(VIEWS)
    assert _same(first, second)
    before = len(sent)
    for at in (0, 1):
        box = page.locator("iframe").nth(at).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 80, y + 40, steps=8)
        page.mouse.up()
        page.wait_for_timeout(600)
        moved = page.evaluate(VIEWS)
        assert _same(*moved)
        assert not _same(moved[0], first)
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(1_200)
        zoomed = page.evaluate(VIEWS)
        assert _same(*zoomed)
        assert zoomed[0]["zoom"] > moved[0]["zoom"]
        first = zoomed[0]
    assert len(sent) == before


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080), (390, 844)])
def test_the_comparison_fits_its_window_and_names_what_differs(server: str, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(server + "/vergelijk")
    page.wait_for_function(PAINTED, timeout=60_000)
    pick(page, "Scenario B", WISH)
    expect(page.locator(".pl-side").nth(1)).to_have_text(f"B · {WISH}")
    expect(page.locator(".pl-answer")).to_contain_text("Voor wonen geeft B, vergeleken met A:")
    page.wait_for_timeout(500)
    assert _same(*page.evaluate(VIEWS))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boxes = [page.locator("iframe").nth(at).bounding_box() for at in (0, 1)]
    assert all(box is not None and box["width"] > 300 for box in boxes)
    rules = page.locator("table", has_text="Regels die verschillen")
    expect(rules).to_contain_text("gedachte-experiment")
    expect(rules).to_contain_text("verder dan het kader")
