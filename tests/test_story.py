"""A story that is handed on: one file, in order, asking nothing of anybody, with everything people wrote as plain text."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from planlib.model.register import Initiative, MediaType, Picture, Place, StoryStep
from planlib.text.words import Words
from planlib.views.story import in_order, story_html
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
