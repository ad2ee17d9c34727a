"""The dashboard in a real browser, as a planner and a facilitator use it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.server import ROOT, serve

pytestmark = pytest.mark.browser

DEMO = ROOT / "data" / "areas" / "demo"
DESK = {"width": 1440, "height": 900}


@dataclass
class Visit:
    """A page with everything it asked for: addresses outside this machine, and errors of its scripts."""

    page: Page
    server: str
    outside: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def open(self, address: str = "/") -> Frame:
        """Open an address and return the map's frame once it is painted."""
        self.page.goto(self.server + address)
        return self.map()

    def map(self) -> Frame:
        """Return the map's frame once it is painted."""
        self.page.wait_for_selector("iframe", timeout=60_000)
        for _ in range(600):
            for frame in self.page.frames:
                if "streamlit_folium" in frame.url and frame.evaluate(
                    "() => window.planlib?.painted > 0 && planlib.ready"
                ):
                    return frame
            self.page.wait_for_timeout(100)
        raise AssertionError("the map was never painted")

    def click_map(self, across: float, down: float) -> None:
        """Click a spot of the map, given as shares of its width and height."""
        box = self.page.locator("iframe").first.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


@pytest.fixture(scope="module")
def server(build_dir: Path) -> Iterator[str]:
    with serve(DEMO, build_dir) as address:
        yield address


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visit]:
    page = browser.new_page(viewport=DESK, locale="nl-NL")
    made = Visit(page, server)
    page.on("request", lambda request: made.outside.append(request.url) if _is_outside(request.url, server) else None)
    page.on("pageerror", lambda error: made.broken.append(str(error)))
    yield made
    page.close()
    assert made.outside == []
    assert made.broken == []


def _is_outside(url: str, server: str) -> bool:
    return not url.startswith((server, server.replace("http", "ws"), "data:", "blob:", "about:"))


def _free(page: Page) -> str:
    text = page.locator(".pl-answer").inner_text()
    found = re.search(r"ongeveer ([\d.,]+ (?:ha|m²)) vrij", text)
    assert found, text
    return found[1]


def test_a_planner_asks_changes_a_rule_reads_a_card_and_hands_on_the_link(visit: Visit, browser: Browser) -> None:
    page = visit.page
    chart = visit.open()
    expect(page.locator(".pl-answer")).to_contain_text("Voor wonen is in Esveld")
    view = chart.evaluate("planlib.view()")

    # Another use: the answer changes, the map is painted again, the view stays.
    before, painted = _free(page), chart.evaluate("planlib.painted")
    page.get_by_label("Waarvoor?").click()
    page.get_by_role("option", name="Natuur").click()
    expect(page.locator(".pl-answer")).to_contain_text("Voor natuur")
    chart.wait_for_function(f"planlib.painted > {painted}")
    assert _free(page) != before
    assert chart.evaluate("planlib.view()") == view

    # A rule is thought away: more is free, nothing is fetched for it.
    before, painted = _free(page), chart.evaluate("planlib.painted")
    tiles: list[str] = []
    page.on("request", lambda request: tiles.append(request.url) if "/tiles/" in request.url else None)
    page.get_by_text(re.compile(r"^Gemeente \(\d+\)$")).click()
    page.locator(".st-key-group_gemeente").get_by_text("valt weg", exact=True).first.click()
    expect(page.locator(".pl-answer")).to_contain_text("1 regel is anders dan nu geldt")
    chart.wait_for_function(f"planlib.painted > {painted}")
    assert _free(page) != before
    assert tiles == []
    assert chart.evaluate("planlib.view()") == view

    # A parcel is clicked: its card says what it is and why.
    visit.click_map(0.62, 0.5)
    expect(page.locator(".pl-card h3")).to_contain_text("Perceel ESV")
    parcel = page.locator(".pl-card h3").inner_text()
    assert chart.evaluate("planlib.view()") == view

    # The link opens the same view for somebody else. The map writes its place in it within a moment.
    page.wait_for_function("location.hash.startsWith('#kaart=')")
    link, answer = page.url, page.locator(".pl-answer").inner_text()
    assert "gebruik=nature" in link
    assert "#kaart=" in link
    other = browser.new_page(viewport=DESK)
    try:
        reader = Visit(other, visit.server)
        again = reader.open(link.removeprefix(visit.server))
        expect(other.locator(".pl-answer")).to_have_text(answer)
        expect(other.locator(".pl-card h3")).to_have_text(parcel)
        assert again.evaluate("planlib.view()") == pytest.approx(view, abs=1e-4)
    finally:
        other.close()


def test_a_drawn_shape_is_answered_for_and_stays_in_the_link(visit: Visit) -> None:
    chart = visit.open()
    page = visit.page
    view = chart.evaluate("planlib.view()")
    chart.locator(".planlib-draw a").click()
    for spot in [(0.45, 0.35), (0.55, 0.35), (0.56, 0.5), (0.44, 0.5), (0.45, 0.35)]:
        visit.click_map(*spot)
        # Leaflet.draw takes no two corners within a fraction of a second, so that a double tap is one.
        page.wait_for_timeout(400)
    expect(page.locator(".pl-answer")).to_contain_text("Voor wonen is in het getekende vlak")
    page.wait_for_function("decodeURIComponent(location.search).includes('waar=vlak:')")
    assert chart.evaluate("planlib.view()") == view
    said = page.locator(".pl-answer").inner_text()
    page.reload()
    expect(page.locator(".pl-answer")).to_have_text(said)
    # Back to a village by the question itself.
    page.get_by_label("Waar?").click()
    page.get_by_role("option", name="Nijborg").click()
    expect(page.locator(".pl-answer")).to_contain_text("Voor wonen is in Nijborg")


def test_search_finds_an_address_and_selects_its_parcel(visit: Visit) -> None:
    chart = visit.open()
    zoom = chart.evaluate("planlib.view().zoom")
    place = visit.page.locator("iframe").first.bounding_box()
    field_ = visit.page.get_by_label("Zoek", exact=True)
    field_.press_sequentially("brink")
    hit = visit.page.get_by_role("button", name=re.compile(r"\(adres\)$")).first
    expect(hit).to_be_visible()
    assert visit.page.locator("iframe").first.bounding_box() == place, "what is found moves nothing"
    hit.click()
    expect(visit.page.locator(".pl-card h3")).to_contain_text("Perceel ESV")
    expect(field_).to_have_value("")
    expect(hit).to_be_hidden()
    chart.wait_for_function(f"planlib.view().zoom > {zoom}")
    assert visit.page.locator("iframe").first.bounding_box() == place


def test_the_pages_keep_the_choices_and_the_link_can_be_handed_on(visit: Visit) -> None:
    page = visit.page
    chosen = "gebruik=nature&regels=zoning_agricultural%3Amoved&perceel=ESV+H+686"
    chart = visit.open(f"/?{chosen}")
    expect(page.locator(".pl-card h3")).to_have_text("Perceel ESV H 686")
    assert chart.evaluate("planlib.view().zoom") > 15, "without a place in the link the map goes to the parcel"
    for name in ("Beamer", "Terug", "Thema's en plekken", "Vrije ruimte"):
        page.get_by_text(name, exact=name != "Terug").first.click()
        if name == "Beamer":
            expect(page.get_by_role("heading", level=1)).to_have_text("Waar is in Esveld ruimte voor natuur?")
        elif name == "Thema's en plekken":
            expect(page.get_by_role("heading", name=name)).to_be_visible()
        else:
            expect(page.locator(".pl-answer")).to_contain_text("Voor natuur")
        visit.map()
        address = parse_qs(urlsplit(page.url).query)
        assert address == parse_qs(chosen)
    page.get_by_role("button", name="Deel", exact=True).click()
    expect(page.get_by_label("Deze link opent hetzelfde beeld")).to_have_value(page.url)
    assert "#kaart=" in page.url
    # By keyboard the question is three steps from the top: the skip link leads past the rules.
    page.evaluate("document.activeElement.blur()")
    page.reload()
    visit.map()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    # Whatever pages there are: the first stop in the content is the first of them.
    expect(page.locator(".st-key-page_links a").first).to_be_focused()


def test_the_list_drives_the_same_selection_by_keyboard(visit: Visit) -> None:
    visit.open()
    row = visit.page.get_by_role("table").get_by_role("button").nth(3)
    name = row.inner_text()
    row.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".pl-card h3")).to_have_text(f"Perceel {name}")
    expect(visit.page.locator("tr[aria-current] button")).to_have_text(name)


def test_an_initiative_on_the_map_has_a_card_and_the_filter_takes_both_away(visit: Visit) -> None:
    chart = visit.open()
    page = visit.page
    page.get_by_role("tab", name="Initiatieven").click()
    row = page.get_by_role("table").get_by_role("button").first
    title = row.inner_text()
    row.click()
    expect(page.locator(".pl-card h3")).to_have_text(title)
    expect(page.locator(".pl-card").first).to_contain_text("Past dit hier?")
    page.get_by_text(re.compile(r"^Initiatieven \(\d+\)$")).click()
    expect(page.get_by_text("Met dit filter is hier niets te zien.")).to_be_visible()
    chart.wait_for_function("document.querySelectorAll('.planlib-pin').length > 0")


def test_the_projector_is_worked_by_keys_and_shows_no_internal_plan(visit: Visit) -> None:
    page = visit.page
    visit.open("/beamer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Waar is in Esveld ruimte voor wonen?")
    expect(page.get_by_text("geen besluit, geen toezegging")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".switch[data-current]")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.locator(".pl-stage-change")).to_contain_text("Door deze stap")
    assert "regels=" in page.url
    page.keyboard.press("Escape")
    expect(page.locator(".pl-answer")).to_be_visible()
    assert "regels=" in page.url
    assert "/beamer" not in page.url


@pytest.mark.parametrize("size", [(1440, 900), (1920, 1080)])
def test_the_projector_fits_the_wall_with_its_rules_on_the_table(visit: Visit, size: tuple[int, int]) -> None:
    wide, high = size
    page = visit.page
    page.set_viewport_size({"width": wide, "height": high})
    chart = visit.open("/beamer")
    page.get_by_label("Waarvoor?").select_option("Windmolens")
    expect(page.get_by_role("heading", level=1)).to_have_text("Waar is in Esveld ruimte voor windmolens?")
    for step in ("folded", "open"):
        if step == "open":
            page.get_by_role("button", name="Regels op tafel").click()
            expect(page.locator(".switch").first).to_be_visible()
        for part in ("h1", "iframe", ".pl-bar", ".pl-legend", ".pl-stage-foot", ".strip"):
            box = page.locator(part).first.evaluate("part => part.getBoundingClientRect().toJSON()")
            assert box["top"] >= 0
            assert box["bottom"] <= high, (part, step)
            assert box["right"] <= wide, (part, step)
        frame = page.locator("iframe").first.evaluate("frame => frame.getBoundingClientRect().toJSON()")
        assert frame["height"] > high * (0.65 if step == "folded" else 0.5), "the map gets what the lines leave"
    assert chart.evaluate("planlib.painted") > 0


def test_a_phone_shows_the_whole_area_and_brings_a_card_into_view(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    chart = visit.open()
    expect(page.locator(".pl-answer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # The whole area in parcels: every corner of it lies in the frame, and a tap picks what is there.
    assert chart.evaluate(
        "(() => { const size = planlib.map.getSize(); return planlib.bounds.every((corner) => {"
        " const { x, y } = planlib.map.latLngToContainerPoint(corner);"
        " return x >= 0 && y >= 0 && x <= size.x && y <= size.y; }); })()"
    )
    page.locator("iframe").first.scroll_into_view_if_needed()
    visit.click_map(0.35, 0.62)
    title = page.locator(".pl-card h3")
    expect(title).to_contain_text("Perceel ESV")
    expect(title).to_be_in_viewport()
    bar = page.locator(".st-key-page_bar").bounding_box()
    top = title.bounding_box()
    assert bar is not None
    assert top is not None
    assert bar["y"] == 0
    assert top["y"] >= bar["height"], "the bar covers nothing of the card"
    assert page.locator(".st-key-card").evaluate("card => card.scrollHeight <= card.clientHeight")


HOSTILE = (
    '<img src=x onerror="parent.hurt=1;window.hurt=1">',
    "${window.hurt=1}",
    "`;window.hurt=1;`",
    "\\`${window.hurt=1}",
    "</script><script>window.hurt=1</script>",
    "');window.hurt=1;('",
    "\u2028window.hurt=1;\u2029",
)


INITIATIVE_TEXTS = (
    "initiator",
    "scale",
    "experiment_question",
    "planning",
    "money",
    "carried_by",
    "next_step",
    "next_step_by",
)
BRONPUNT_TEXTS = ("quality", "goals_why", "province_brings", "could_become")


def test_what_people_write_runs_nowhere(browser: Browser, build_dir: Path, tmp_path: Path) -> None:
    area = tmp_path / "area"
    shutil.copytree(DEMO, area, ignore=shutil.ignore_patterns("build", "__pycache__"))
    seed = area / "register-seed.geojson"
    register = json.loads(seed.read_text(encoding="utf-8"))
    for at, feature in enumerate(register["features"]):
        properties = feature["properties"]
        properties["visibility"] = "public"
        text = HOSTILE[at % len(HOSTILE)]
        properties |= dict.fromkeys({"title", "summary", "story"} & properties.keys(), text)
        properties["links"] = [{"url": f"https://example.org/{''.join(text.split())}", "title": text}]
        kind = properties.get("kind")
        if kind == "initiative":
            properties |= dict.fromkeys(INITIATIVE_TEXTS, text)
            properties |= {"experiment": True, "led_before": [{"lead": "together", "note": text}]}
        elif kind == "bronpunt":
            properties |= dict.fromkeys(BRONPUNT_TEXTS, text)
            reasons = [{"goal": goal, "why": text} for goal in properties.get("goals", [])]
            properties |= {"goal_reasons": reasons, "notes": [{"text": text, "noted_by": text}]}
    seed.write_text(json.dumps(register), encoding="utf-8")
    with serve(area, build_dir) as address:
        page = browser.new_page(viewport=DESK)
        made = Visit(page, address)
        for path in ("/", "/beamer"):
            chart = made.open(path)
            assert chart.evaluate("document.querySelectorAll('.planlib-pin').length") > 0
            assert chart.evaluate("window.hurt") is None
        made.open("/")
        page.get_by_role("tab", name="Initiatieven").click()
        for at in range(len(HOSTILE)):
            row = page.get_by_role("table").get_by_role("button").nth(at)
            title = row.inner_text()
            row.click()
            expect(page.locator(".pl-card h3")).to_have_text(title)
        for frame in page.frames:
            assert frame.evaluate("window.hurt") is None
        # The pages with the forms: every field stands in a card and in a field to change it.
        for path, kind in (("initiatieven", "initiative"), ("bronpunten", "bronpunt")):
            entry = next(one["properties"] for one in register["features"] if one["properties"].get("kind") == kind)
            made.open(f"/{path}?speld={entry['uid']}")
            expect(page.locator(".pl-card h3").first).to_have_text(" ".join(entry["title"].split()))
            page.get_by_role("tab", name="Bewerk").click()
            expect(page.get_by_label("Naam", exact=True)).to_be_visible()
            assert page.evaluate("window.hurt") is None
        page.close()


def test_a_first_build_shows_its_progress_and_then_the_map(browser: Browser, tmp_path: Path) -> None:
    area, releases = tmp_path / "area", tmp_path / "releases"
    shutil.copytree(DEMO, area, ignore=shutil.ignore_patterns("build", "__pycache__"))
    releases.mkdir()
    with serve(area, releases) as address:
        page = browser.new_page(viewport=DESK)
        page.goto(address)
        expect(page.get_by_role("heading", name="De kaart wordt gemaakt")).to_be_visible(timeout=20_000)
        made = Visit(page, address)
        assert made.map().evaluate("planlib.painted") > 0
        expect(page.locator(".pl-answer")).to_contain_text("Voor wonen is in Esveld")
        page.close()


def test_a_planner_asks_where_it_fits_and_reads_why_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    chart = visit.open("/past-dit?waar=dorp:Esveld")
    expect(page.locator(".pl-answer")).to_contain_text("van minstens 40 m breed op")
    labels = chart.locator(".planlib-site span").all_inner_texts()
    assert sorted(map(int, labels)) == list(range(1, len(labels) + 1))
    assert len(labels) > 5

    # The second place of the list, by keyboard: its reasons, its outline, its address.
    second = page.get_by_role("button", name=re.compile(r"^2\. "))
    second.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pl-card h3").first).to_have_text(second.inner_text())
    expect(page).to_have_url(re.compile("perceel="))
    chart.wait_for_function("document.querySelector('.planlib-site-selected span')?.textContent === '2'")

    # Another width is another answer, and the link holds it.
    page.get_by_role("spinbutton", name="Hoe breed, in meters?").fill("90")
    page.keyboard.press("Enter")
    expect(page.locator(".pl-answer")).to_contain_text("90 m breed")
    expect(page).to_have_url(re.compile("breed=90"))
    shown = page.locator(".pl-answer").inner_text()
    page.reload()
    expect(page.locator(".pl-answer")).to_have_text(shown)


def test_the_catch_is_told_and_its_borders_are_moved_on_demand(visit: Visit) -> None:
    page = visit.page
    visit.open("/?waar=dorp:Nijborg")
    page.get_by_text("Addertje onder het gras? Nijborg").click()
    expect(page.get_by_text("Wat de vrije grond vraagt")).to_be_visible()
    expect(page.get_by_text("Hoe zeker de wet erachter is")).to_be_visible()
    assert page.locator(".pl-figures").count() == 0
    page.get_by_role("button", name="Reken het uit").click()
    expect(page.locator(".pl-figures")).to_contain_text("op het randje")
    # What was reckoned for one place is not left standing for another.
    page.goto(visit.server + "/?waar=dorp:Oldenhof")
    page.get_by_text("Addertje onder het gras? Oldenhof").wait_for()
    assert page.locator(".pl-figures").count() == 0


def test_parcels_are_gathered_one_by_one_and_answered_for_together(visit: Visit) -> None:
    page = visit.page
    visit.open("/?perceel=ESV+H+686")
    page.get_by_role("button", name="Zet in de selectie").click()
    expect(page.locator(".pl-answer")).to_contain_text("is op perceel ESV H 686")
    page.goto(page.url.split("#")[0].replace("perceel=ESV+H+686", "perceel=ESV+L+558"))
    visit.map()
    page.get_by_role("button", name="Zet in de selectie").click()
    expect(page.locator(".pl-answer")).to_contain_text("is op 2 gekozen percelen")
    assert parse_qs(urlsplit(page.url).query)["waar"] == ["percelen:ESV H 686|ESV L 558"]
    page.get_by_role("button", name="Haal uit de selectie").click()
    expect(page.locator(".pl-answer")).to_contain_text("is op perceel ESV H 686")
