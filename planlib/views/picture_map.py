"""The map on a drawn page: land in five patterns, water, roads and names, a scale, and where north is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planlib.crs import Geometries
from planlib.layers import Bounds
from planlib.text.words import Words
from planlib.views.looks import LOOKS
from planlib.views.picture_layers import PictureLayers
from planlib.views.picture_text import INK, Page, fill
from planlib.views.sentences import SCREEN_ORDER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path as DrawnPath

_PAPER = "#f5f3ec"
_WATER = (96 / 255, 158 / 255, 196 / 255, 0.55)
_ROAD = "#fffdf7"
_BUILDING = "#4d463f"
#: What is drawn over what.
_LAND, _LINES, _GROUND, _PALE, _OUTLINE, _NAMES, _FURNITURE = range(1, 8)
_SCALES_M = [10**power * step for power in range(1, 6) for step in (1, 2, 5)]
#: Names on the map at most; villages come first.
_MOST_NAMES = 40


def draw_map(
    figure: Figure,
    place: Sequence[float],
    layers: PictureLayers,
    words: Words,
    *,
    land: shapely.Geometry | None,
    marked: Sequence[shapely.Geometry],
) -> None:
    """Draw the map of ``layers`` at a place (left, bottom, width, height) of the figure.

    ``land`` is left as it is and the rest paled; what is ``marked`` gets an outline.
    """
    left, bottom, right, top = layers.frame
    axes = figure.add_axes((place[0], place[1], place[2], place[3]), facecolor=_PAPER, xticks=[], yticks=[])
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    for outcome in SCREEN_ORDER:
        _add_fill(axes, layers.land[outcome], zorder=_LAND, **fill(LOOKS[outcome]))
    _add_lines(axes, layers.parcels, color="#3a3a36", linewidth=0.3, alpha=0.7, zorder=_LINES)
    _draw_ground(axes, layers)
    if land is not None:
        _add_fill(
            axes, _polygons(shapely.box(*layers.frame) - land), facecolor="white", alpha=0.6, linewidth=0, zorder=_PALE
        )
        _add_lines(axes, np.array([land]), color=INK, linewidth=1.4, zorder=_OUTLINE)
    for shape in marked:
        _add_lines(axes, np.array([shape]), color="white", linewidth=4, zorder=_OUTLINE)
        _add_lines(axes, np.array([shape]), color=INK, linewidth=2, zorder=_OUTLINE)
    page = Page(figure)
    _draw_names(axes, layers, page)
    _draw_scale(axes, layers.frame, page, words)
    _draw_north(axes, layers.frame, page, words)


def _draw_ground(axes: Axes, layers: PictureLayers) -> None:
    ground = layers.ground
    lines = shapely.get_dimensions(ground.water) == 1
    _add_fill(axes, ground.water[~lines], facecolor=_WATER, linewidth=0, zorder=_GROUND)
    _add_lines(axes, ground.water[lines], color=_WATER, linewidth=0.8, zorder=_GROUND)
    width_m = layers.frame[2] - layers.frame[0]
    _add_lines(axes, ground.roads, color=_ROAD, linewidth=min(2.5, max(0.5, 8_000 / width_m)), zorder=_GROUND)
    # A building is a line only: what its ground is must stay to be seen.
    _add_lines(axes, ground.buildings, color=_BUILDING, linewidth=0.6, zorder=_GROUND)


def _draw_names(axes: Axes, layers: PictureLayers, page: Page) -> None:
    """Write the names of places, villages first; one that would stand on another is left out."""
    from matplotlib.patheffects import withStroke

    ground = layers.ground
    order = sorted(range(len(ground.names)), key=lambda at: (ground.names[at] not in ground.villages, ground.names[at]))
    taken: list[shapely.Geometry] = []
    frame = shapely.box(*axes.bbox.extents)
    for at in order[: 2 * _MOST_NAMES]:
        village = ground.names[at] in ground.villages
        point = ground.places[at]
        text = axes.text(
            point.x,
            point.y,
            page.drawable(str(ground.names[at]), bold=village),
            fontproperties=page.font(11 if village else 8, bold=village),
            color=INK,
            ha="center",
            va="center",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=_NAMES,
        )
        box = shapely.box(*text.get_window_extent().padded(4).extents)
        if len(taken) >= _MOST_NAMES or not frame.contains(box) or any(box.intersects(other) for other in taken):
            text.remove()
        else:
            taken.append(box)


def _draw_scale(axes: Axes, frame: Bounds, page: Page, words: Words) -> None:
    from matplotlib.patches import Rectangle

    width, height = frame[2] - frame[0], frame[3] - frame[1]
    length = max((scale for scale in _SCALES_M if scale <= width / 5), default=_SCALES_M[0])
    x, y, thick = frame[0] + width * 0.02, frame[1] + height * 0.022, height * 0.008
    over = {"linewidth": 0.8, "zorder": _FURNITURE}
    ground = (x - width * 0.01, y - thick), length + width * 0.02, height * 0.055
    axes.add_artist(Rectangle(*ground, facecolor="white", edgecolor="none", alpha=0.88, **over))
    for part, colour in ((0, INK), (1, "white")):
        half = (x + part * length / 2, y), length / 2, thick
        axes.add_artist(Rectangle(*half, facecolor=colour, edgecolor=INK, **over))
    told = f"{words.number(length / 1000)} km" if length >= 1000 else f"{words.number(length)} m"
    axes.text(
        x,
        y + thick * 1.6,
        told,
        fontproperties=page.font(8.5),
        color=INK,
        va="bottom",
        parse_math=False,
        zorder=_FURNITURE,
    )


def _draw_north(axes: Axes, frame: Bounds, page: Page, words: Words) -> None:
    from matplotlib.patches import Polygon

    width, height = frame[2] - frame[0], frame[3] - frame[1]
    x, top, size = frame[2] - width * 0.03, frame[3] - height * 0.02, height * 0.045
    arrow = [(x, top), (x + size * 0.4, top - size), (x, top - size * 0.75), (x - size * 0.4, top - size)]
    axes.add_artist(Polygon(arrow, closed=True, facecolor=INK, edgecolor="white", linewidth=1, zorder=_FURNITURE))
    axes.text(
        x,
        top - size * 1.15,
        words("N"),
        fontproperties=page.font(10, bold=True),
        color=INK,
        ha="center",
        va="top",
        parse_math=False,
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1},
        zorder=_FURNITURE,
    )


def _add_fill(axes: Axes, shapes: Geometries, **look: Any) -> None:
    from matplotlib.patches import PathPatch

    polygons = _polygons(*shapes) if len(shapes) else shapes
    if len(polygons):
        axes.add_artist(PathPatch(_polygon_path(polygons), **look))


def _add_lines(axes: Axes, shapes: Geometries, **look: Any) -> None:
    from matplotlib.collections import LineCollection

    parts = shapely.get_parts(shapely.boundary(_polygons(*shapes))) if len(shapes) else shapes
    lines = shapely.get_parts(shapes) if len(shapes) else shapes
    lines = np.concatenate([parts, lines[shapely.get_dimensions(lines) == 1]]) if len(shapes) else lines
    if len(lines):
        axes.add_collection(LineCollection([shapely.get_coordinates(line) for line in lines], **look), autolim=False)


def _polygons(*shapes: shapely.Geometry) -> Geometries:
    """Return the polygons in shapes, also those in collections."""
    parts = shapely.get_parts(shapely.get_parts(np.array(shapes, dtype=object)))
    kept = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    return shapely.orient_polygons(kept)


def _polygon_path(polygons: Geometries) -> DrawnPath:
    """Return all polygons as one path: filled once, so that a pattern runs on over the lines between them.

    Holes run the other way round, so the rule that counts turns leaves them open.
    """
    from matplotlib.path import Path as DrawnPath

    _, vertices, (ring_end, _) = shapely.to_ragged_array(polygons, include_z=False)
    codes = np.full(len(vertices), DrawnPath.LINETO, dtype=DrawnPath.code_type)
    codes[ring_end[:-1]] = DrawnPath.MOVETO
    codes[ring_end[1:] - 1] = DrawnPath.CLOSEPOLY
    return DrawnPath(vertices, codes)
