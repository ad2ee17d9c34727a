"""Entries for the tests of the register: full ones, and any that hypothesis can think of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import shapely
from hypothesis import strategies as st

from planlib.model import Level, Use
from planlib.model.register import (
    Agreement,
    Bronpunt,
    Entity,
    GoalReason,
    Initiative,
    InitiativeState,
    Lead,
    LeadTurn,
    Link,
    MapView,
    MediaType,
    Note,
    Picture,
    Place,
    Player,
    PlayerKind,
    QualityEdit,
    StoryStep,
    ThemeEdit,
    Visibility,
)
from planlib.store.geometry import place_of

HOSTILE = (
    "Robert'); DROP TABLE initiative;--",
    "' OR 1=1 --",
    '"; DELETE FROM event; --',
    "%s %(title)s :title ? $1 {title} {{0}} {0.__class__}",
    "<script>window.hurt=1</script>",
    "\\'; \\\" \\x00 \\u0000",
    "line one\nline two\r\n\ttab  two spaces ",
    " leading and trailing \u00a0",
    "Zonnepark é ñ 漢字 😀 \u202egnp.exe \u200b\ufeff",
    "NULL",
    "\x7f\x1b[31m\x01",
)
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256))
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(range(256))
SQUARE = place_of(shapely.box(6.60, 52.80, 6.61, 52.81))
#: Two parts, one with a hole: all that an outline can be.
ISLANDS = place_of(
    shapely.MultiPolygon(
        [
            shapely.box(6.60, 52.80, 6.61, 52.81).difference(shapely.box(6.602, 52.802, 6.604, 52.804)),
            shapely.box(6.7, 52.8, 6.71, 52.81),
        ]
    )
)


def initiative(uid: str = "theehuis", **changes: object) -> Initiative:
    """Return a plain initiative."""
    return Initiative(**{"uid": uid, "title": "Theehuis", "place": Place(6.65, 52.89), **changes})


def everything() -> list[Entity]:
    """Return one of every noun, with every field filled."""
    day = date(2026, 11, 1)
    return [
        Initiative(
            uid="i1",
            title="Theehuis",
            place=ISLANDS,
            use=Use.RECREATION,
            state=InitiativeState.QUICKSCAN,
            visibility=Visibility.TABLE,
            summary="Thee bij het water.",
            story="Eerst was er koffie.\n\nToen kwam de thee.",
            area_needed_m2=1234.5678901234567,
            initiator="De buurt",
            scale="dorp",
            leads=Lead.CITIZENS_SUPPORTED,
            led_before=(LeadTurn(Lead.GOVERNMENT, day, "eerst de gemeente"), LeadTurn(Lead.TOGETHER)),
            themes=("vrijetijd", "leefbaarheid"),
            experiment=True,
            experiment_question="Komt er iemand?",
            experiment_until=date(2027, 11, 1),
            agreements=(Agreement("p1", "stenen", "een bankje", day, date(2028, 1, 1)), Agreement("p1")),
            planning="voorjaar",
            money="geld van de buurt",
            carried_by="de vereniging",
            next_step="praten",
            next_step_by="Anna",
            next_step_on=date(2026, 12, 1),
            links=(Link("https://example.org/a?b=c&d=%20", "Meer"), Link("http://example.org")),
            created_on=date(2025, 1, 1),
        ),
        Bronpunt(
            uid="b1",
            title="De brink",
            place=SQUARE,
            visibility=Visibility.PUBLIC,
            summary="Een driehoek.",
            story="Zes wegen.",
            quality="nooit bestraat",
            goals=("kernkwaliteiten",),
            goals_why="omdat het er nog is",
            province_brings="een architect",
            could_become="een voorbeeld",
            notes=(Note("er staat een eik bij", "Jan", day), Note("en nog een")),
            links=(Link("https://example.org"),),
            created_on=day,
            goal_reasons=(GoalReason("kernkwaliteiten", "zes wegen, één brink"),),
        ),
        Player("p1", "De gemeente", PlayerKind.GOVERNMENT, Level.GEMEENTE, "rust", "wonen", "grond"),
        Picture("f1", "i1", MediaType.JPEG, JPEG, "een kop thee", 1, "Anna", day),
        Picture("f2", "b1", MediaType.WEBP, WEBP),
        StoryStep("s1", "i1", "Eerst een droom.", 2, "Anna", day, "f1", MapView(0.0, 52.8, 0.0)),
        StoryStep("s2", "i1", "Dan een plan.", 1),
        ThemeEdit(
            "t1", "wonen", "Wonen in het groen", "Living", "Groen", "Green", (Use.HOUSING,), ("landschap",), True
        ),
        QualityEdit("q1", "rust", "Stilte", "Silence", "Niets te horen", "Nothing to hear", True, ("silence_area",)),
    ]


# --- any

_letters = st.characters(exclude_characters="\x00", exclude_categories=("Cs",))
texts = st.text(_letters, max_size=30)
titles = st.text(_letters, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
days = st.none() | st.dates(min_value=date(1900, 1, 1), max_value=date(2999, 12, 31))
_degrees = st.floats(-1, 1, allow_nan=False)
points = st.builds(Place, _degrees.map(lambda d: d * 180 + 0.0), _degrees.map(lambda d: d * 90 + 0.0))


def _box(left: float, bottom: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(left, bottom, left + width, bottom + height)


shapes = st.builds(_box, st.floats(0, 7), st.floats(0, 52), st.floats(0.001, 1), st.floats(0.001, 1)).map(place_of)
places = points | shapes


def lists(items: st.SearchStrategy) -> st.SearchStrategy:
    """Return short tuples of items."""
    return st.lists(items, max_size=3).map(tuple)


def entries(uid: Callable[[], str]) -> st.SearchStrategy[Entity]:
    """Return any initiative or bronpunt; ``uid`` makes a new uid each time."""
    links = lists(st.builds(Link, st.just("https://example.org/x"), texts))
    common = {"uid": st.builds(uid), "title": titles, "place": places, "summary": texts, "story": texts, "links": links}
    common |= {"visibility": st.sampled_from(Visibility), "created_on": days}
    return st.one_of(
        st.builds(
            Initiative,
            **common,
            use=st.none() | st.sampled_from(Use),
            state=st.sampled_from(InitiativeState),
            area_needed_m2=st.none() | st.floats(0.001, 1e9),
            leads=st.none() | st.sampled_from(Lead),
            led_before=lists(st.builds(LeadTurn, st.sampled_from(Lead), days, texts)),
            themes=lists(texts),
            experiment=st.booleans(),
            experiment_until=days,
            agreements=lists(st.builds(Agreement, titles, texts, texts, days, days)),
            money=texts,
            next_step_on=days,
        ),
        st.builds(
            Bronpunt,
            **common,
            goals=lists(texts),
            goal_reasons=lists(st.builds(GoalReason, titles, titles)),
            notes=lists(st.builds(Note, titles, texts, days)),
        ),
    )
