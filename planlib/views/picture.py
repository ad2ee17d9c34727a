"""The map as a page to take along: the picture with its question, legend, scale, changes, date, sources and release.

Drawn with matplotlib, which is loaded by the first picture and not before. It keeps settings for the whole process, so
one picture is drawn at a time. Nothing of it depends on the machine: its own font, no date of today, no random ids; the
same question gives the same bytes. Text is drawn as it stands, never read as a formula.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from typing import Any, Literal

import shapely

from planlib.insight.named_land import NamedLand, read_land
from planlib.layers import Bounds
from planlib.model.register import Place
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.handout import Handout, make_handout
from planlib.views.picture_layers import frame_around, outline_shape, picture_layers, place_shape
from planlib.views.picture_map import draw_map
from planlib.views.picture_text import Page, one_line
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER

PictureKind = Literal["png", "svg", "pdf"]
PICTURE_KINDS: tuple[PictureKind, ...] = ("png", "svg", "pdf")
#: A4 on its side, in inches, and the dots per inch of a PNG.
_PAGE = (11.69, 8.27)
_DOTS = 200
#: Left, bottom, width and height of the map and the left of what stands beside it, as shares of the page.
_MAP = (0.025, 0.115, 0.685, 0.745)
#: The same for a picture within a page that says the rest.
_PLATE = (10.9, 4.6)
_PLATE_MAP = (0.001, 0.055, 0.998, 0.944)
_BESIDE = 0.73
_RIGHT = 0.978
_MOST_CHANGES = 7

_drawing = threading.Lock()


def map_picture(
    assessment: Assessment,
    words: Words,
    *,
    named: NamedLand | None = None,
    bounds: Bounds | None = None,
    parcel: int | None = None,
    place: Place | None = None,
    kind: PictureKind = "png",
    alone: bool = True,
) -> bytes:
    """Return the map of an assessment as a page of A4 on its side: PNG, SVG or PDF.

    Parameters
    ----------
    named
        The land that the question and the hectares are about, which the map then shows; the whole area without it.
    bounds
        What the map shows, in the area's CRS, when it is not the land.
    parcel
        Index of a parcel that gets an outline.
    place
        Where an initiative or bronpunt stands, which gets an outline as well.
    alone
        Say everything around the map; else the picture is the map with its line, for a page that says the rest.
    """
    size, spot = (_PAGE, _MAP) if alone else (_PLATE, _PLATE_MAP)
    release = assessment.release
    named = named or read_land(release, "")
    land = outline_shape(named.outline, crs=release.area.crs)
    aspect = spot[2] * size[0] / (spot[3] * size[1])
    frame = frame_around(bounds or _bounds(land) or release.bounds, aspect=aspect)
    layers = picture_layers(assessment, frame)
    marked = [] if parcel is None else [_parcel_shape(release, parcel)]
    if place is not None:
        marked.append(place_shape(place, frame, crs=release.area.crs))
    handout = make_handout(assessment, named, words)
    with _drawing:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update({"svg.hashsalt": "planlib", "svg.fonttype": "path", "pdf.fonttype": 42})
            figure = Figure(figsize=size, dpi=_DOTS, facecolor="white")
            FigureCanvasAgg(figure)
            draw_map(figure, spot, layers, words, land=land, marked=marked)
            write = _write_page if alone else _write_line
            write(Page(figure), handout, _squares_sentence(layers.square_m, words), words)
            return _save(figure, handout, kind)


def _parcel_shape(release: Release, parcel: int) -> shapely.Geometry:
    partition = release.partition_of(parcel)
    return release.read_parcels(partition)[parcel - release.first_parcel(partition)]


def _bounds(shape: shapely.Geometry | None) -> Bounds | None:
    if shape is None or shapely.is_empty(shape):
        return None
    left, bottom, right, top = shapely.bounds(shape)
    return float(left), float(bottom), float(right), float(top)


def _squares_sentence(square_m: float, words: Words) -> str:
    if square_m <= 0:
        return ""
    return words("The picture shows squares of {side} m; the hectares are exact.", side=words.number(square_m))


def _write_line(page: Page, handout: Handout, squares: str, _words: Words) -> None:
    """Write what must stand on every picture, on one line under the map."""
    page.text(_PLATE_MAP[0], _PLATE_MAP[1] - 0.012, f"{handout.statement} {squares}", size=9, width=1, most_lines=1)


def _write_page(page: Page, handout: Handout, squares: str, words: Words) -> None:
    """Write what stands around the map: above the question and its answer, beside it the legend, below the sources."""
    wide = _RIGHT - _MAP[0]
    top = page.text(_MAP[0], 0.978, handout.question, size=17, bold=True, width=wide, most_lines=1)
    page.text(_MAP[0], top - 0.004, handout.answer, size=10, width=wide, most_lines=3)
    _write_beside(page, handout, words)
    below = page.text(_MAP[0], _MAP[1] - 0.018, handout.statement, size=10, bold=True, width=wide, most_lines=2)
    notes = " ".join(filter(None, [squares, handout.sources, handout.release]))
    page.text(_MAP[0], below - 0.002, notes, size=8, width=wide, most_lines=3)


def _write_beside(page: Page, handout: Handout, words: Words) -> None:
    total = sum(handout.areas_m2.values())
    at = _MAP[1] + _MAP[3]
    for outcome in SCREEN_ORDER:
        area = handout.areas_m2[outcome]
        told = f"{words.area(area)} ({words.share(area, total)})"
        at = page.legend_entry(_BESIDE, at, outcome, words(OUTCOME_NAMES[outcome]), told, width=_RIGHT - _BESIDE)
    at -= 0.012
    if handout.changes:
        at = page.text(_BESIDE, at, words("Other than what holds now"), size=9.5, bold=True, width=_RIGHT - _BESIDE)
        for line in _changes(handout, words):
            at = page.text(_BESIDE, at - 0.002, line, size=8.5, width=_RIGHT - _BESIDE, most_lines=3)
        at -= 0.012
    for text in (handout.checked, handout.everywhere):
        lines = max(1, page.lines_above(at, _MAP[1], size=8))
        at = page.text(_BESIDE, at, text, size=8, width=_RIGHT - _BESIDE, most_lines=min(14, lines)) - 0.01


def _changes(handout: Handout, words: Words) -> Sequence[str]:
    lines = [f"{change.title}: {change.now}. {change.note}".strip() for change in handout.changes[:_MOST_CHANGES]]
    more = len(handout.changes) - _MOST_CHANGES
    return [*lines, words.some("and {count} rule more", "and {count} rules more", more)] if more > 0 else lines


def _save(figure: Any, handout: Handout, kind: PictureKind) -> bytes:  # a matplotlib figure, loaded late
    title = one_line(handout.question)
    about = one_line(f"{handout.statement} {handout.sources} {handout.release}")
    metadata = {
        "png": {"Title": title, "Description": about, "Software": "planlib"},
        "svg": {"Title": title, "Description": about, "Creator": "planlib", "Date": None},
        "pdf": {
            "Title": title,
            "Subject": about,
            "Creator": "planlib",
            "Producer": "planlib",
            "CreationDate": None,
        },
    }[kind]
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=_DOTS, metadata=metadata)
    return out.getvalue()
