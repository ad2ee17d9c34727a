"""Land as a short text in an address: read back the same, and refused in one sentence when it is nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from planlib.build import build
from planlib.errors import ReleaseError
from planlib.insight.named_land import MOST_CORNERS, parcels_text, read_land, region_text, shape_text
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.text.words import Words
from planlib.views.clicks import read_click
from planlib.views.sentences import headline

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
CORNERS = ((6.667671, 52.901344), (6.681232, 52.901344), (6.682606, 52.892645), (6.666298, 52.892645))


@pytest.fixture(scope="module")
def demo() -> Release:
    build(DEMO)
    return open_release(DEMO)


def test_every_kind_of_land_keeps_its_text(demo: Release) -> None:
    ids = [str(demo.parcels["parcel_id"].iloc[at]) for at in (3, 900)]
    for text in ("", region_text("Nijborg"), parcels_text(ids), shape_text(CORNERS)):
        assert read_land(demo, text).text == text


def test_parcels_and_the_shape_around_them_hold_the_same_square_metres(demo: Release) -> None:
    land = read_land(demo, parcels_text([str(demo.parcels["parcel_id"].iloc[900])]))
    ring = tuple((longitude, latitude) for longitude, latitude in land.outline[0])
    if len(ring) <= MOST_CORNERS:
        drawn = read_land(demo, shape_text(ring))
        assert drawn.land.area_m2 == pytest.approx(land.land.area_m2, rel=0.02)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dorp:Atlantis", "no region Atlantis"),
        ("percelen:XYZ 1", "no parcel XYZ 1"),
        ("percelen:" + "|".join(["a"] * 41), "40 parcels at most"),
        ("vlak:6.6,52.9;6.7,52.9", "drawn shape cannot be read"),
        ("vlak:6.6,52.9;6.7,nan;6.7,52.8", "drawn shape cannot be read"),
        ("vlak:6.6,52.9;6.7,152.9;6.7,52.8", "drawn shape cannot be read"),
        ("vlak:" + ";".join(["6.6,52.9"] * 61), "drawn shape cannot be read"),
        ("stad:Assen", "names no land"),
    ],
)
def test_what_is_no_land_is_refused_in_one_sentence(demo: Release, text: str, says: str) -> None:
    with pytest.raises(ReleaseError, match=says):
        read_land(demo, text)


def test_the_answer_names_the_land_it_is_about(demo: Release) -> None:
    now, words = assess(demo), Words("nl")
    assert headline(now, words).startswith("Voor wonen is in Esveld, voor zover bekeken, ongeveer")
    assert headline(now, words, named=read_land(demo, region_text("Nijborg"))).startswith("Voor wonen is in Nijborg")
    parcel = str(demo.parcels["parcel_id"].iloc[3])
    assert f"op perceel {parcel}" in headline(now, words, named=read_land(demo, parcels_text([parcel])))


def test_a_drawn_ring_comes_back_from_the_map_and_nonsense_does_not(demo: Release) -> None:
    def drawn(ring: object) -> object:
        return read_click(demo, {"properties": {"kind": "shape", "at": 1, "ring": ring}})

    click = drawn([list(corner) for corner in CORNERS])
    assert click is not None
    assert click.ring == CORNERS
    for nonsense in (None, [], "abc", [[1, 2], [3, 4]], [[1, 2]] * 3 + [[1]], [[1, 2], [3, "x"], [5, 6]]):
        assert drawn(nonsense) is None
    assert drawn([[1e400, 2], [3, 4], [5, 6]]) is None
    assert shapely.Polygon(click.ring).is_valid
