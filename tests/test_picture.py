"""The picture of the map: what it draws is the land, what it writes is the answer, and text stays text."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from PIL import Image

from planlib.build import build
from planlib.insight.named_land import parcels_text, read_land
from planlib.model import OUTCOMES, Level, Outcome, Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess
from planlib.text.words import Words
from planlib.views import picture_layers
from planlib.views.picture import map_picture
from planlib.views.picture_layers import frame_around
from planlib.views.picture_text import Page
from tests.areas import Rule, at_origin, box, wkt, write_area

ROOT = Path(__file__).resolve().parents[1]
WORDS = Words("nl")
#: A row of fields of 400 m, each in one outcome, and one with a hole in it.
FIELDS = {str(outcome): box(400 * at, 0, 400 * at + 400, 400) for at, outcome in enumerate(OUTCOMES)}
RING = wkt("POLYGON((0 400, 0 1200, 800 1200, 800 400, 0 400), (200 600, 600 600, 600 1000, 200 1000, 200 600))")
RULES = [
    Rule("movable", [FIELDS["movable"]], state="movable", keys={"decides": ["gemeente"]}),
    Rule("blocked", [FIELDS["blocked"], RING]),
    Rule("condition", [FIELDS["conditional"]], state="condition"),
    Rule("survey", [], coverage=[box(0, 0, 1200, 2000), box(1600, 0, 2000, 2000)]),
    Rule("pipeline", coverage="none"),
]
#: The ground of each outcome (DESIGN section 8), free and free under conditions the same.
GROUNDS = {
    Outcome.FREE: (199, 233, 160),
    Outcome.CONDITIONAL: (199, 233, 160),
    Outcome.MOVABLE: (224, 130, 20),
    Outcome.UNKNOWN: (218, 218, 214),
    Outcome.BLOCKED: (74, 42, 134),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_area(tmp_path_factory.mktemp("area") / "area", {**FIELDS, "ring": RING}, RULES, title="Proef")


@pytest.fixture(scope="module")
def release(folder: Path, build_dir: Path) -> Release:
    build(folder, workers=1)
    return open_release(folder)


@pytest.fixture
def assessment(release: Release) -> Assessment:
    return assess(release, Scenario(use=Use.HOUSING))


def _pixels(picture: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def _map_area(pixels: npt.NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the map within its black border."""
    dark = (pixels.max(axis=2) < 30).astype(int)
    rows = np.flatnonzero(dark.sum(axis=1) > 0.5 * pixels.shape[1])
    columns = np.flatnonzero(dark.sum(axis=0) > 0.5 * pixels.shape[0])
    return columns[0], rows[0], columns[-1], rows[-1]


def _window(
    pixels: npt.NDArray[np.uint8], bounds: tuple[float, ...], x: float, y: float, side: int
) -> npt.NDArray[np.uint8]:
    """Return the pixels around a spot, in metres from the origin of the tests, of a picture around bounds."""
    left, top, right, bottom = _map_area(pixels)
    frame = frame_around(bounds, aspect=(right - left) / (bottom - top))
    spot = shapely.get_coordinates(at_origin(shapely.Point(x, y)))[0]
    column = left + (spot[0] - frame[0]) / (frame[2] - frame[0]) * (right - left)
    row = bottom - (spot[1] - frame[1]) / (frame[3] - frame[1]) * (bottom - top)
    half = side // 2
    return pixels[int(row) - half : int(row) + half + 1, int(column) - half : int(column) + half + 1]


def _share_of(window: npt.NDArray[np.uint8], colour: tuple[int, int, int]) -> float:
    return float((np.abs(window.astype(int) - colour).max(axis=2) < 6).mean())


def test_each_field_is_drawn_in_its_own_colour_and_pattern(assessment: Assessment) -> None:
    pixels = _pixels(map_picture(assessment, WORDS))
    inked = {}
    for at, outcome in enumerate(OUTCOMES):
        window = _window(pixels, assessment.release.bounds, 400 * at + 200, 200, 101)
        ground = _share_of(window, GROUNDS[outcome])
        assert ground > 0.5, outcome
        inked[outcome] = 1 - ground
    assert inked[Outcome.FREE] == inked[Outcome.BLOCKED] == 0
    assert all(inked[outcome] > 0.02 for outcome in (Outcome.CONDITIONAL, Outcome.MOVABLE, Outcome.UNKNOWN))
    assert inked[Outcome.CONDITIONAL] < inked[Outcome.UNKNOWN]


def test_a_hole_in_a_parcel_stays_open(assessment: Assessment) -> None:
    pixels = _pixels(map_picture(assessment, WORDS))
    assert _share_of(_window(pixels, assessment.release.bounds, 100, 800, 21), GROUNDS[Outcome.BLOCKED]) == 1
    assert _share_of(_window(pixels, assessment.release.bounds, 400, 800, 21), (245, 243, 236)) == 1


def test_a_rule_that_moves_repaints_its_field(release: Release) -> None:
    moved = assess(release, Scenario(use=Use.HOUSING, states={"blocked": State.LAPSED}))
    pixels = _pixels(map_picture(moved, WORDS))
    assert _share_of(_window(pixels, release.bounds, 1800, 200, 41), GROUNDS[Outcome.FREE]) == 1


def test_the_land_that_is_asked_about_fills_the_frame_and_the_rest_is_paled(assessment: Assessment) -> None:
    named = read_land(assessment.release, parcels_text(["blocked"]))
    pixels = _pixels(map_picture(assessment, WORDS, named=named))
    bounds = shapely.bounds(FIELDS["blocked"])
    assert _share_of(_window(pixels, bounds, 1800, 200, 101), GROUNDS[Outcome.BLOCKED]) == 1
    beside = _window(pixels, bounds, 1575, 200, 41)
    assert _share_of(beside, GROUNDS[Outcome.UNKNOWN]) < 0.05
    assert _share_of(beside, (240, 240, 238)) > 0.4


@pytest.mark.parametrize(("kind", "alone"), [("png", True), ("png", False), ("svg", True), ("pdf", True)])
def test_the_same_question_gives_the_same_picture(assessment: Assessment, kind: str, alone: bool) -> None:
    first = map_picture(assessment, WORDS, kind=kind, alone=alone)
    map_picture(assess(assessment.release, Scenario(use=Use.WIND)), WORDS)
    assert map_picture(assessment, WORDS, kind=kind, alone=alone) == first


def _written(assessment: Assessment, monkeypatch: pytest.MonkeyPatch, **options: object) -> str:
    """Return all that is written around the map."""
    lines: list[str] = []
    line = Page.line

    def keep(self: Page, x: float, y: float, text: str, **more: object) -> None:
        lines.append(text)
        line(self, x, y, text, **more)

    monkeypatch.setattr(Page, "line", keep)
    map_picture(assessment, WORDS, **options)
    return " ".join(lines)


def test_the_picture_says_all_that_goes_with_a_number(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = assess(
        release,
        Scenario(use=Use.HOUSING, states={"movable": State.MOVED, "blocked": State.LAPSED}, doubt_unchecked=True),
    )
    written = _written(changed, monkeypatch)
    for outcome, area in zip(OUTCOMES, changed.totals_m2, strict=True):
        assert f"{WORDS.area(float(area))} (" in written, outcome
    for told in (
        "Waar is in Proef ruimte voor wonen?",
        "Verkenning op 1 november 2026, voor wonen; geen besluit, geen toezegging.",
        "2 regels zijn anders dan nu geldt",
        "Regel movable: schuift.",
        "Regel blocked: valt weg. Een gedachte-experiment",
        "Getoetst aan 4 van 5 regels; niet bekeken: regel pipeline.",
        "Regels die niet bekeken zijn, tellen hier alsof ze overal gelden.",
        "Herkomst: gegevens van 1 januari 2025",
        release.id,
    ):
        assert told in written


def test_a_picture_within_a_page_still_says_what_it_is(assessment: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    written = _written(assessment, monkeypatch, alone=False)
    assert "Verkenning op 1 november 2026, voor wonen; geen besluit, geen toezegging." in written


def test_a_rule_decided_elsewhere_is_marked_as_a_thought(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = Scenario(use=Use.HOUSING, states={"movable": State.MOVED}, table=(Level.WATERSCHAP,))
    assert "Een gedachte-experiment" in _written(assess(release, scenario), monkeypatch)


HOSTILE = [
    "$\\nosuchcommand{$",
    "</title><script>alert(1)</script>",
    "\\input{/etc/passwd} $x",
    "a\x00b\nc\u202ed",
    "木🏚",
    "w" * 400,
    "woord " * 200,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_text_from_people_is_drawn_as_it_stands(release: Release, text: str, kind: str) -> None:
    titled = assess(release, Scenario(use=Use.HOUSING, title=text, states={"movable": State.MOVED}))
    picture = map_picture(titled, WORDS, kind=kind)
    if kind == "svg":
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture).iter()}
        assert tags.isdisjoint({"script", "foreignObject", "image", "a"})
    else:
        assert picture.startswith(b"%PDF")
        assert b"/JavaScript" not in picture


def test_a_large_area_is_drawn_in_squares_and_says_so(assessment: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = frame_around(assessment.release.bounds, aspect=1.5)
    exact = picture_layers.picture_layers(assessment, frame)
    monkeypatch.setattr(picture_layers, "MOST_CELLS", 3)
    squares = picture_layers.picture_layers(assessment, frame)
    step = assessment.release.lattice_step_m
    assert exact.square_m == 0
    assert squares.square_m == step
    everything = np.concatenate(list(squares.land.values()))
    assert shapely.area(shapely.union_all(everything)) == pytest.approx(shapely.area(everything).sum(), rel=1e-9)
    for outcome in OUTCOMES:
        # A square shows the outcome at its middle, so what it has wrong lies within half its diagonal of a boundary.
        boundary = shapely.boundary(shapely.union_all(exact.land[outcome]))
        off = abs(shapely.area(squares.land[outcome]).sum() - shapely.area(exact.land[outcome]).sum())
        assert off <= shapely.area(shapely.buffer(boundary, step / 2**0.5))
    written = _written(assessment, monkeypatch)
    assert f"Het kaartbeeld bestaat uit vakjes van {step:.0f} m; de hectares zijn precies." in written
    assert f"{WORDS.area(float(assessment.totals_m2[0]))} (" in written


def test_drawing_is_loaded_by_the_first_picture_and_not_before() -> None:
    program = "import app, sys; assert 'planlib.views.picture' in sys.modules; print('matplotlib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False"]
