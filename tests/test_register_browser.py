"""The register in a real browser: drawn, changed by two people at once, filtered, and its story told on the projector."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Browser, Frame, Locator, Page, expect

from planlib.model.register import Initiative, Place, StoryStep, Visibility
from planlib.store import open_register
from tests.server import serve
from tests.test_app_browser import DEMO, DESK, Visit

pytestmark = pytest.mark.browser

SPOT = Place(6.6627, 52.8897)
#: Where the corners are clicked, as shares of the map: a shape without right angles, so that no other looks like it.
CORNERS = [(0.42, 0.32), (0.60, 0.36), (0.55, 0.56), (0.40, 0.50)]


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the demo in which may be written."""
    folder = tmp_path_factory.mktemp("register") / "area"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("build", "__pycache__", "register.gpkg*"))
    return folder


@pytest.fixture(scope="module")
def server(area: Path, build_dir: Path) -> Iterator[str]:
    with serve(area, build_dir) as address:
        yield address


@pytest.fixture
def window(server: str, browser: Browser) -> Iterator[Callable[[], Visit]]:
    """Return what opens another window; in the end none of them broke or asked anything of another machine."""
    opened: list[Visit] = []

    def open_window() -> Visit:
        page = browser.new_page(viewport=DESK, locale="nl-NL")
        made = Visit(page, server)
        own = (server, server.replace("http", "ws"), "data:", "blob:", "about:")
        page.on("request", lambda request: None if request.url.startswith(own) else made.outside.append(request.url))
        page.on("websocket", lambda socket: None if socket.url.startswith(own) else made.outside.append(socket.url))
        page.on("pageerror", lambda error: made.broken.append(str(error)))
        opened.append(made)
        return made

    yield open_window
    for made in opened:
        made.page.close()
    assert [made.outside for made in opened] == [[] for _ in opened]
    assert [made.broken for made in opened] == [[] for _ in opened]


def put(area: Path, *entities: Initiative | StoryStep) -> None:
    with open_register(area, to_write=True) as register, register.writing("proef") as writing:
        for entity in entities:
            writing.put(entity, base=0)


def kept(area: Path, uid: str) -> Initiative:
    with open_register(area) as register:
        stored = register.get(Initiative, uid)
    assert stored is not None
    return stored.entity


def tab(page: Page, name: str) -> Locator:
    """Open a tab and return what it holds."""
    page.get_by_role("tab", name=name, exact=True).click()
    return page.get_by_role("tabpanel", name=name, exact=True)


def said(panel: Locator, label: str) -> Locator:
    """Return a field of a form, once the page is drawn anew: until then the form as it was stands there as well."""
    field = panel.get_by_label(label)
    expect(field).to_have_count(1)
    return field


def save(panel: Locator) -> None:
    panel.get_by_role("button", name="Bewaar", exact=True).first.click()


def listed(page: Page, caption: str) -> list[str]:
    """Return the names in the list beside the map."""
    return page.get_by_role("table", name=caption, exact=True).locator("tbody button").all_inner_texts()


def pinned(chart: Frame) -> tuple[list[str], int]:
    """Return the labels of the pins that stand alone, and how many stand on the map, those in groups counted."""
    labels = [
        label or ""
        for label in chart.locator(".planlib-pin").evaluate_all(
            "pins => pins.map((pin) => pin.getAttribute('aria-label'))"
        )
    ]
    groups = [int(found[1]) for label in labels if (found := re.fullmatch(r"Groep van (\d+) spelden", label))]
    alone = [label for label in labels if not label.startswith("Groep van ")]
    return alone, len(alone) + sum(groups)


def test_an_initiative_is_added_by_drawing_its_land(window: Callable[[], Visit], area: Path) -> None:
    visit = window()
    page = visit.page
    chart = visit.open("/initiatieven")
    chart.locator(".planlib-draw a").click()
    for spot in [*CORNERS, CORNERS[0]]:
        visit.click_map(*spot)
        # Leaflet.draw takes no two corners within a fraction of a second, so that a double tap is one.
        page.wait_for_timeout(400)
    page.wait_for_function("decodeURIComponent(location.search).includes('waar=vlak:')")
    clicked = chart.evaluate(
        "(corners) => { const size = planlib.map.getSize(); return corners.map(([x, y]) => {"
        " const { lat, lng } = planlib.map.containerPointToLatLng([x * size.x, y * size.y]); return [lng, lat]; }); }",
        [list(corner) for corner in CORNERS],
    )
    panel = tab(page, "Nieuw")
    panel.get_by_label("Naam", exact=True).fill("Getekend <b>hof</b>")
    save(panel)
    expect(page.locator(".pl-card h3").first).to_have_text("Getekend <b>hof</b>")
    found = re.search(r"speld=([0-9a-f-]{36})", page.url)
    assert found is not None
    made = kept(area, found[1])
    assert made.visibility is Visibility.INTERNAL
    shape, drawn = shapely.Polygon(made.place.rings[0]), shapely.Polygon(clicked)
    # A pixel of this map is some ten metres: 1e-4 degrees.
    assert shapely.hausdorff_distance(shape, drawn) < 2e-4
    assert shapely.contains_xy(shape, made.place.longitude, made.place.latitude)
    # It hangs on the map, and not on the projector.
    chart.evaluate("([lat, lon]) => planlib.map.setView([lat, lon], 17)", [made.place.latitude, made.place.longitude])
    label = "Initiatief: Getekend <b>hof</b>, idee"
    chart.wait_for_function(
        "(label) => [...document.querySelectorAll('.planlib-pin')].some((pin) => pin.title === label)", arg=label
    )
    chart = visit.open(f"/beamer#kaart=17/{made.place.latitude:.5f}/{made.place.longitude:.5f}")
    page.wait_for_timeout(500)
    assert label not in pinned(chart)[0]


def test_of_two_who_change_it_at_once_nobody_loses_what_they_typed(window: Callable[[], Visit], area: Path) -> None:
    put(area, Initiative("twee-vensters", "Van twee mensen", SPOT, summary="Zoals het was"))
    mine, theirs = window(), window()
    panels = []
    for visit in (mine, theirs):
        visit.open("/initiatieven?speld=twee-vensters")
        panels.append(tab(visit.page, "Bewerk"))
    my_panel, their_panel = panels
    said(my_panel, "In één zin").fill("Zoals ik het zie")
    said(their_panel, "In één zin").fill("Zoals zij het zien")
    save(their_panel)
    expect(theirs.page.locator(".pl-card").get_by_text("Zoals zij het zien")).to_be_attached()
    assert kept(area, "twee-vensters").summary == "Zoals zij het zien"

    save(my_panel)
    told = my_panel.get_by_role("alert").filter(has_text="Iemand heeft dit veranderd")
    expect(told).to_contain_text("Zoals zij het zien")
    expect(said(my_panel, "In één zin")).to_have_value("Zoals ik het zie")
    assert kept(area, "twee-vensters").summary == "Zoals zij het zien"
    my_panel.get_by_role("button", name="Ga door met het mijne, over dat van hen").click()
    expect(told).to_be_hidden()
    expect(said(my_panel, "In één zin")).to_have_value("Zoals ik het zie")
    save(my_panel)
    expect(mine.page.locator(".pl-card").get_by_text("Zoals ik het zie")).to_be_attached()
    assert kept(area, "twee-vensters").summary == "Zoals ik het zie"

    # The other one meets it in turn, and takes what is there.
    said(their_panel, "In één zin").fill("Toch anders")
    save(their_panel)
    told = their_panel.get_by_role("alert").filter(has_text="Iemand heeft dit veranderd")
    expect(told).to_contain_text("Zoals ik het zie")
    their_panel.get_by_role("button", name="Neem dat van hen").click()
    expect(told).to_be_hidden()
    expect(said(their_panel, "In één zin")).to_have_value("Zoals ik het zie")
    assert kept(area, "twee-vensters").summary == "Zoals ik het zie"


@pytest.mark.parametrize(
    ("page_name", "caption", "kind"),
    [("initiatieven", "initiatief", "Initiatief"), ("bronpunten", "bronpunt", "Bronpunt")],
)
def test_list_and_map_are_filtered_together(
    window: Callable[[], Visit], page_name: str, caption: str, kind: str
) -> None:
    visit = window()
    page = visit.page
    chart = visit.open(f"/{page_name}")

    def same(fewer_than: int) -> list[str]:
        """Return what is listed once it is less than before, and the map shows the same."""
        rows = page.get_by_role("table", name=caption, exact=True).locator("tbody tr")
        for _ in range(100):
            names = listed(page, caption)
            alone, count = pinned(chart)
            if len(names) < fewer_than and count == len(names) == rows.count():
                break
            page.wait_for_timeout(100)
        assert len(names) < fewer_than
        assert count == len(names)
        assert all(any(label.startswith(f"{kind}: {name}") for name in names) for label in alone)
        return names

    everything = same(10**6)
    page.get_by_label("Thema's", exact=True).click()
    # Every choice is a theme, in the language of the page.
    assert "Select all" not in page.get_by_role("option").all_inner_texts()
    page.get_by_role("option", name="Natuur").click()
    page.keyboard.press("Escape")
    some = same(len(everything))
    assert set(some) < set(everything)
    # The filter is in the link.
    chart = visit.open(page.url.removeprefix(visit.server))
    assert same(len(everything)) == some


def test_a_story_is_made_public_and_told_on_the_projector(window: Callable[[], Visit], area: Path) -> None:
    entry = Initiative("met-verhaal", "Het theehuis", SPOT, summary="Een huis voor iedereen", story="Het begon klein.")
    put(area, entry, StoryStep("stap-1", "met-verhaal", "Toen kwamen er meer.", 1, "Buurvrouw"))
    visit, wall = window(), window()
    page = visit.page
    wall.page.goto(f"{visit.server}/beamer?verhaal=met-verhaal")
    expect(wall.page.get_by_role("heading", level=1)).to_have_text(
        "Dit verhaal is niet openbaar en komt daarom niet op de beamer.", timeout=60_000
    )
    assert "theehuis" not in wall.page.locator("body").inner_text().lower()

    # A step with the map as it stands.
    chart = visit.open("/initiatieven?speld=met-verhaal")
    expect(page.get_by_role("button", name="Verhaal op de beamer")).to_be_hidden()
    panel = tab(page, "Verhaal")
    panel.get_by_text("Voeg een stap toe").click()
    chart.evaluate("planlib.map.setView([52.8921, 6.6701], 16, { animate: false })")
    page.wait_for_function("location.hash.startsWith('#kaart=16/52.892')")
    panel.get_by_label("Wat er gebeurde").fill("Hier drinken we nu thee.")
    panel.get_by_role("button", name="Neem de kaart mee").click()
    expect(panel.get_by_text("De kaart, zoals die stond, hoort bij deze stap.")).to_be_visible()
    panel.get_by_role("button", name="Voeg toe", exact=True).click()
    link = panel.get_by_role("link", name="Bekijk op de kaart")
    expect(link).to_be_visible()
    chart.evaluate("planlib.map.setView([52.91, 6.64], 14, { animate: false })")
    link.click()
    chart.wait_for_function("planlib.view().zoom === 16 && Math.abs(planlib.view().lat - 52.8921) < 1e-4")

    # Public from now on, and from its card to the projector.
    panel = tab(page, "Bewerk")
    panel.get_by_text("openbaar", exact=True).click()
    save(panel)
    tab(page, "Kaart")
    page.get_by_role("button", name="Verhaal op de beamer").click()
    slide = page.locator(".pl-slide")
    expect(slide).to_have_text("Een huis voor iedereen")
    chart = visit.map()
    told = ["Het begon klein.", "Toen kwamen er meer.", "Hier drinken we nu thee."]
    for text in told:
        page.keyboard.press("ArrowRight")
        expect(slide).to_contain_text(text)
    assert "stap=4" in page.url
    chart.wait_for_function("planlib.view().zoom === 16 && Math.abs(planlib.view().lat - 52.8921) < 1e-4")
    expect(page.get_by_text("geen besluit, geen toezegging")).to_be_visible()
    smallest = page.locator(".pl-stage-head h1, .pl-slide p, .pl-legend li, .pl-stage-foot").evaluate_all(
        "parts => Math.min(...parts.map((part) => parseFloat(getComputedStyle(part).fontSize)))"
    )
    assert smallest >= 24
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(slide).to_contain_text(told[1])


def test_the_link_of_a_slide_opens_it_elsewhere_and_leads_back_to_the_map(
    window: Callable[[], Visit], area: Path
) -> None:
    entry = Initiative("gedeeld", "De moestuin", SPOT, visibility=Visibility.PUBLIC, summary="Samen", story="Eerst.")
    put(area, entry, StoryStep("stap-2", "gedeeld", "Daarna."))
    visit = window()
    page = visit.page
    visit.open("/beamer?verhaal=gedeeld&stap=2")
    slide = page.locator(".pl-slide")
    expect(slide).to_have_text("Eerst.")
    # A click on the map takes the keys with it into its frame; they still work.
    visit.click_map(0.2, 0.8)
    page.keyboard.press("ArrowRight")
    expect(slide).to_have_text("Daarna.")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Vorige").click()
    expect(slide).to_have_text("Eerst.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Waar is in Esveld ruimte")
    assert "verhaal=" not in page.url
    page.get_by_label("Verhaal").select_option("De moestuin")
    expect(slide).to_have_text("Samen")
