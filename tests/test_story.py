"""A story that is handed on: one file, in order, asking nothing of anybody, with everything people wrote as plain text."""

from __future__ import annotations

import base64
import math
import re
from datetime import date
from html.parser import HTMLParser

import pytest
import shapely

from planlib.crs import transform_points
from planlib.model.register import Initiative, MapView, MediaType, Picture, Place, StoryStep
from planlib.text.words import Words
from planlib.views.map_views import read_map_view, view_address, view_bounds
from planlib.views.picture_layers import place_shape
from planlib.views.slides import slide_html, story_slides
from planlib.views.story import in_order, step_html, story_html
from tests.test_app_browser import HOSTILE

ENTRY = Initiative(
    "hof", "Hof aan de Molenstraat", Place(6.6, 52.9), summary="Achttien woningen", story="Eerst.\n\nToen."
)
PIXEL = Picture("p1", "hof", MediaType.JPEG, b"\xff\xd8\xff\xe0rest", alt="De brink")
STEPS = [
    StoryStep("b", "hof", "Twee", position=2, added_by="Stichting", added_on=date(2026, 3, 1)),
    StoryStep("a", "hof", "Een", position=1, picture="p1"),
    StoryStep("x", "ander", "Van een ander", position=0),
]


class _Tags(HTMLParser):
    """Collects tags with their attributes, and the text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


def _read(html: str) -> _Tags:
    parser = _Tags()
    parser.feed(html)
    return parser


def _story(entry: Initiative = ENTRY, steps: list[StoryStep] = STEPS) -> str:
    return story_html(entry, steps, [PIXEL], Words("nl"), statement="Verkenning; geen besluit, geen toezegging.")


def test_the_steps_stand_in_their_order_and_only_those_of_this_entry() -> None:
    assert [step.uid for step in in_order(ENTRY, STEPS)] == ["a", "b"]
    said = _read(_story()).said
    assert said.index("Een") < said.index("Twee")
    assert "Van een ander" not in said
    assert "Stichting · 1 maart 2026" in said


def test_a_story_asks_nothing_of_anybody() -> None:
    html = _story()
    addresses = [
        value for _, attributes in _read(html).tags for key, value in attributes.items() if key in ("src", "href")
    ]
    assert addresses
    assert all(str(address).startswith("data:image/jpeg;base64,") for address in addresses)
    assert not re.search(r"https?://|@import|url\(", html)
    assert "default-src 'none'" in html


def test_a_picture_says_what_it_shows_and_the_promise_is_at_the_end() -> None:
    read = _read(_story())
    assert ("img", "De brink") in [(tag, attributes.get("alt")) for tag, attributes in read.tags]
    assert "geen besluit, geen toezegging" in read.said


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_people_write_stays_text(hostile: str) -> None:
    entry = Initiative("hof", hostile, Place(6.6, 52.9), summary=hostile, story=hostile)
    steps = [StoryStep("a", "hof", hostile, added_by=hostile, picture="p1")]
    plain = [tag for tag, _ in _read(_story(steps=[StoryStep("a", "hof", "x", added_by="x", picture="p1")])).tags]
    html = story_html(
        entry,
        steps,
        [Picture("p1", "hof", MediaType.JPEG, b"\xff\xd8\xff", alt=hostile)],
        Words("nl"),
        statement=hostile,
    )
    found = _read(html)
    # Nothing people wrote became a tag or an attribute: all tags are our own.
    assert {tag for tag, _ in found.tags} <= set(plain)
    assert not [key for _, attributes in found.tags for key in attributes if key.startswith("on")]
    assert sum(tag == "script" for tag, _ in found.tags) == 1


def test_a_step_with_a_map_has_its_picture_with_what_the_colours_mean_and_the_promise_beside_it() -> None:
    step = StoryStep("a", "hof", "Een", view=MapView(6.6, 52.9, 15))
    html = story_html(ENTRY, [step], [], Words("nl"), statement="Verkenning; geen besluit.", maps={"a": b"kaart"})
    (image,) = [attributes for tag, attributes in _read(html).tags if tag == "img"]
    assert image["src"] == f"data:image/png;base64,{base64.b64encode(b'kaart').decode()}"
    assert "geen besluit" in str(image["alt"])
    figure = html[html.index("<figure>") : html.index("</figure>")]
    for told in ("vrij onder voorwaarden", "kan vrijkomen", "niet vrij", "nog niet uitgezocht", "geen besluit"):
        assert told in figure


def test_on_a_page_a_step_leads_the_map_to_its_view_without_the_server() -> None:
    step = StoryStep("a", "hof", "Een", view=MapView(6.66270, 52.88971, 15.25))
    (link,) = [attributes for tag, attributes in _read(step_html(step, {}, Words("nl"))).tags if tag == "a"]
    # The form in which the map itself writes where it stands (web/assets/planlib.js).
    assert link["href"] == "#kaart=15.25/52.88971/6.66270"
    assert "<a" not in step_html(StoryStep("b", "hof", "Twee"), {}, Words("nl"))


@pytest.mark.parametrize(
    "given",
    [
        None,
        "15/52/6",
        {},
        {"lon": 6.6, "lat": 52.9},
        {"lon": 6.6, "lat": 52.9, "zoom": "15"},
        {"lon": 6.6, "lat": 52.9, "zoom": True},
        {"lon": math.nan, "lat": 52.9, "zoom": 15},
        {"lon": math.inf, "lat": 52.9, "zoom": 15},
        {"lon": 10**400, "lat": 52.9, "zoom": 15},
        {"lon": 6.6, "lat": 91, "zoom": 15},
        {"lon": 6.6, "lat": 52.9, "zoom": -1},
        {"lon": 6.6, "lat": 52.9, "zoom": 99},
    ],
)
def test_what_is_no_view_of_a_map_is_not_taken_for_one(given: object) -> None:
    assert read_map_view(given) is None


def test_a_view_says_again_what_it_was_given() -> None:
    view = read_map_view({"lon": 6.6627, "lat": 52.8897, "zoom": 15.5})
    assert view == MapView(6.6627, 52.8897, 15.5)
    assert view is not None
    assert view_address(view) == "#kaart=15.5/52.88970/6.66270"


def test_a_picture_marks_the_shape_of_an_entry_and_rings_its_pin() -> None:
    def to_degrees(x: float, y: float) -> tuple[float, float]:
        longitude, latitude = transform_points(x, y, source="EPSG:28992", target="EPSG:4326")
        return float(longitude), float(latitude)

    corners = [(240_000.0, 540_000.0), (240_100.0, 540_000.0), (240_100.0, 540_080.0), (240_000.0, 540_080.0)]
    ring = tuple(to_degrees(*corner) for corner in [*corners, corners[0]])
    frame = (239_500.0, 539_700.0, 240_600.0, 540_400.0)
    shape = place_shape(Place(*to_degrees(240_050, 540_040), ((ring,),)), frame, crs="EPSG:28992")
    assert shapely.hausdorff_distance(shape, shapely.Polygon(corners)) < 0.01
    around = place_shape(Place(*to_degrees(240_050, 540_040)), frame, crs="EPSG:28992")
    assert shapely.distance(shapely.centroid(around), shapely.Point(240_050, 540_040)) < 0.01
    assert 10 < math.sqrt(shapely.area(around) / math.pi) < 20


@pytest.mark.parametrize("zoom", [12.0, 15.0, 17.5])
def test_a_picture_shows_as_much_land_as_a_map_of_nine_hundred_pixels(zoom: float) -> None:
    left, bottom, right, top = view_bounds(MapView(6.66, 52.89, zoom), crs="EPSG:28992")
    # A map of the world at zoom z is 256 * 2**z pixels around the circle of latitude, on a sphere of 6,378,137 m.
    around = 2 * math.pi * 6_378_137 * math.cos(math.radians(52.89))
    assert right - left == pytest.approx(900 * around / (256 * 2**zoom), rel=1e-9)
    assert top - bottom < right - left


def test_the_slides_tell_the_sentence_then_each_paragraph_then_the_steps_in_order() -> None:
    slides = story_slides(ENTRY, STEPS, [PIXEL], Words("nl"))
    assert [slide.text for slide in slides] == ["Achttien woningen", "Eerst.", "Toen.", "Een", "Twee"]
    assert [slide.picture for slide in slides] == [None, None, None, PIXEL, None]
    assert slides[-1].told == "Stichting · 1 maart 2026"


def test_a_picture_of_no_step_stands_on_the_first_slide_and_one_of_another_entry_nowhere() -> None:
    loose, strange = Picture("p2", "hof", MediaType.JPEG, b"x"), Picture("p3", "ander", MediaType.JPEG, b"y")
    slides = story_slides(ENTRY, STEPS, [strange, PIXEL, loose], Words("nl"))
    assert slides[0].picture == loose
    assert strange not in [slide.picture for slide in slides]


def test_the_map_goes_to_the_view_of_a_step_and_else_to_the_entry() -> None:
    ring = ((6.60, 52.90), (6.61, 52.90), (6.61, 52.905), (6.60, 52.905), (6.60, 52.90))
    entry = Initiative("hof", "Hof", Place(6.605, 52.902, ((ring,),)))
    steps = [
        StoryStep("a", "hof", "Een", 1, view=MapView(6.7, 52.8, 15.5)),
        StoryStep("b", "hof", "Twee", 2),
    ]
    first, viewed, plain = (slide.focus for slide in story_slides(entry, steps, [], Words("nl")))
    assert (viewed.west, viewed.south, viewed.zoom) == (6.7, 52.8, 15.5)
    # Slides of one place share a token: the map stays where somebody moved it.
    assert first == plain
    assert first.token != viewed.token
    assert first.west < 6.60
    assert first.east > 6.61
    assert first.south < 52.90
    assert first.north > 52.905


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_people_write_stays_text_on_a_slide(hostile: str) -> None:
    steps = [StoryStep("a", "hof", hostile, added_by=hostile, picture="p1")]
    picture = Picture("p1", "hof", MediaType.JPEG, b"x", alt=hostile)
    entry = Initiative("hof", hostile, Place(6.6, 52.9), summary=hostile)
    for slide in story_slides(entry, steps, [picture], Words("nl")):
        assert {tag for tag, _ in _read(slide_html(slide)).tags} <= {"div", "p", "img"}
        assert not [key for _, found in _read(slide_html(slide)).tags for key in found if key.startswith("on")]
