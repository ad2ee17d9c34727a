"""The map of an area: a folium map whose script never changes for a release, and the state it shows.

The map is handed to ``st_folium`` with ``feature_group_to_add=map_state(...)`` and
``returned_objects=["last_active_drawing"]``; what comes back is read by
:func:`planlib.views.clicks.read_click`. A new state repaints the map in place: nothing is fetched and the view does not
move, unless the state carries a :class:`Focus` with a new token.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import folium
import numpy as np
import shapely
from branca.element import MacroElement
from folium.template import Template

from planlib.crs import WGS84, transform
from planlib.layers import Bounds
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.text.escape import script_json
from planlib.text.words import Words
from planlib.views import assets
from planlib.views.cache import ByteCache
from planlib.views.mercator import WORLD_BITS, geographic_to_world
from planlib.views.pins import Pin, PinJson, pin_row
from planlib.views.tiles import CELLS_FROM_ZOOM, MAX_ZOOM

#: The background map of the Dutch cadastre; only for a map that asks for it, and only when the browser is online.
BACKGROUND_HOST = "https://service.pdok.nl"
_BACKGROUND = {
    "url": f"{BACKGROUND_HOST}/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{{z}}/{{x}}/{{y}}.png",
    "attribution": "Kaartachtergrond: Kadaster",
}
#: As many cells, all of them together, are about half a megabyte on their way to the browser.
_SMALL_CELLS = 40_000
_METRES_PER_DEGREE = 111_320.0
#: Outlines of parcels that were selected, in characters: every rerun of a page asks for the same one.
_OUTLINES: ByteCache[list[list[list[float]]]] = ByteCache(2**20)


@dataclass(frozen=True, slots=True)
class MapTexts:
    """What the map says, in the reader's language; shown as plain text only.

    ``offline`` is the line for a part of the map that could not be fetched, ``cluster`` names a group of pins by its
    ``{count}``; an empty ``fictional`` or ``attribution`` is left out; without ``draw`` nobody can draw on it.
    """

    title: str
    label: str
    disclaimer: str
    zoom_in: str
    zoom_out: str
    offline: str
    cluster: str
    fictional: str = ""
    attribution: str = ""
    draw: str = ""
    draw_start: str = ""
    draw_more: str = ""
    draw_end: str = ""
    draw_error: str = ""


@dataclass(frozen=True, slots=True)
class MapSite:
    """A place that an answer names: a ``label`` to find it by in a list, its rings as [longitude, latitude].

    The label stands at ``longitude`` and ``latitude``.
    """

    label: str
    longitude: float
    latitude: float
    rings: list[list[list[float]]]
    selected: bool = False


@dataclass(frozen=True, slots=True)
class Focus:
    """A place the map must move to, once: a state with the same token again does not move it.

    One that ``yields`` gives way to the place that stands in the link with which the page was opened. With a ``zoom``
    the map stands at that level around the middle of the place; without one the place fills it.
    """

    token: str
    west: float
    south: float
    east: float
    north: float
    yields: bool = False
    zoom: float | None = None


def map_texts(
    words: Words, release: Release, *, disclaimer: str, attribution: str = "", drawing: bool = False
) -> MapTexts:
    """Return the texts of the map of a release; ``disclaimer`` is the line of this date and use.

    With ``drawing`` the map has a button to draw a shape.
    """
    area = release.area.title
    fictional = words("{area} is a fictional municipality.", area=area) if release.area.fictional else ""
    return MapTexts(
        title=words("Map of {area}", area=area),
        label=words(
            "Map of {area}. Arrow keys move it, plus and minus zoom. The list beside it holds the same parcels.",
            area=area,
        ),
        disclaimer=disclaimer,
        zoom_in=words("Zoom in"),
        zoom_out=words("Zoom out"),
        offline=words("Part of the map could not be fetched. What is striped grey is missing, not free."),
        cluster=words("Group of {count} pins", count="{count}"),
        fictional="" if fictional in disclaimer else fictional,
        attribution=attribution,
        **(_drawing_texts(words) if drawing else {}),
    )


def _drawing_texts(words: Words) -> dict[str, str]:
    return {
        "draw": words("Draw a shape"),
        "draw_start": words("Click the first corner"),
        "draw_more": words("Click the next corner"),
        "draw_end": words("Click the first corner to close it"),
        "draw_error": words("The line may not cross itself"),
    }


def focus_parcel(release: Release, parcel: int, *, token: str) -> Focus:
    """Return the focus on a parcel, by its index."""
    lines = np.concatenate([np.asarray(ring) for ring in parcel_outline(release, parcel)])
    (west, south), (east, north) = lines.min(axis=0), lines.max(axis=0)
    return Focus(token, float(west), float(south), float(east), float(north))


def focus_point(longitude: float, latitude: float, *, token: str, radius_m: float = 200.0) -> Focus:
    """Return the focus on a point and what lies within ``radius_m``."""
    high = radius_m / _METRES_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(latitude)))
    return Focus(token, longitude - wide, latitude - high, longitude + wide, latitude + high)


def parcel_outline(release: Release, parcel: int) -> list[list[list[float]]]:
    """Return the rings of a parcel as [longitude, latitude] to about a centimetre."""
    return _OUTLINES.get((release.folder, parcel), lambda: _read_outline(release, parcel), lambda made: len(str(made)))


def map_site(shape: shapely.Geometry, *, crs: str, label: str, selected: bool = False) -> MapSite:
    """Return a place on the map from its polygon in ``crs``, drawn to half a metre."""
    drawn = shapely.simplify(shape, 0.5)
    placed = transform(np.array([drawn, shapely.point_on_surface(shape)], dtype=object), source=crs, target=WGS84)
    rings = [shapely.get_coordinates(ring).round(6).tolist() for ring in shapely.get_rings(placed[0])]
    return MapSite(label, float(placed[1].x), float(placed[1].y), rings, selected)


def focus_site(site: MapSite, *, token: str) -> Focus:
    """Return the focus on a place."""
    corners = np.concatenate([np.asarray(ring) for ring in site.rings])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return Focus(token, float(west), float(south), float(east), float(north))


def _read_outline(release: Release, parcel: int) -> list[list[list[float]]]:
    partition = release.partition_of(parcel)
    shape = release.read_parcels(partition)[parcel - release.first_parcel(partition)]
    rings = shapely.get_rings(transform(np.array([shape], dtype=object), source=release.area.crs, target=WGS84))
    return [shapely.get_coordinates(ring).round(7).tolist() for ring in rings]


def area_map(release: Release, *, background: bool = False) -> folium.Map:
    """Return the map of a release: the same script for the same release, so that the page keeps it.

    Parameters
    ----------
    background
        Show the background map of the Dutch cadastre where the reader's browser has internet. Never for a fictional
        area; without it no request leaves the machine.
    """
    west, south, east, north = geographic_bounds(release)
    config = {
        "release": release.id,
        "area": release.area.title,
        "bounds": [[south, west], [north, east]],
        "cellsFrom": _cells_from(release),
        "maxZoom": MAX_ZOOM,
        "background": _BACKGROUND if background and not release.area.fictional else None,
    }
    area = AreaMap(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=13,
        tiles=None,
        zoom_control=False,
        fadeAnimation=False,
        minZoom=_furthest_zoom(west, south, east, north),
        maxZoom=MAX_ZOOM,
        zoomSnap=0.25,
    )
    area.add_child(_Script(f"planlib.start({area.get_name()}, {script_json(config)});"))
    return area


def map_state(
    assessment: Assessment,
    *,
    texts: MapTexts,
    selected: int | None = None,
    pins: Sequence[Pin] | PinJson = (),
    focus: Focus | None = None,
    land: Sequence[Sequence[Sequence[float]]] = (),
    sites: Sequence[MapSite] = (),
    big: bool = False,
) -> folium.FeatureGroup:
    """Return what the map must show now, to be given to ``st_folium`` as ``feature_group_to_add``.

    Parameters
    ----------
    selected
        Index of the parcel with an outline.
    pins
        One by one, or written before (:func:`planlib.views.pins.entry_pins`).
    land
        Rings as [longitude, latitude] around the land that the numbers are about; none for the whole area.
    sites
        Places with an outline and a label.
    big
        For a projector: pins, labels and lines of text doubled.
    """
    state = {
        "lut": base64.b64encode(assessment.rank.tobytes()).decode(),
        "selected": selected,
        "outline": [] if selected is None else parcel_outline(assessment.release, selected),
        "land": [list(ring) for ring in land],
        "sites": [_plain(site) for site in sites],
        "focus": None if focus is None else _plain(focus),
        "big": big,
        "texts": _plain(texts),
    }
    group = folium.FeatureGroup("state", control=False)
    written = pins.json if isinstance(pins, PinJson) else script_json([pin_row(pin) for pin in pins])
    group.add_child(_Script(f'planlib.apply({{"pins":{written},{script_json(state)[1:]});'))
    return group


def geographic_bounds(release: Release) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a release, in degrees."""
    return _degrees(release.bounds, release.area.crs)


@lru_cache(maxsize=16)
def _degrees(bounds: Bounds, crs: str) -> tuple[float, float, float, float]:
    # Every run of a page is a thread of its own, in which PROJ starts anew: 30 ms.
    box = shapely.segmentize(shapely.box(*bounds), 5_000.0)
    west, south, east, north = shapely.total_bounds(transform(np.array([box], dtype=object), source=crs, target=WGS84))
    return float(west), float(south), float(east), float(north)


def _cells_from(release: Release) -> int:
    """Return the first zoom that shows cells: all there are of a small area are no more than a tile or two."""
    return CELLS_FROM_ZOOM - 2 if release.cell_count <= _SMALL_CELLS else CELLS_FROM_ZOOM


def _furthest_zoom(west: float, south: float, east: float, north: float) -> int:
    """Return the last zoom at which bounds in degrees are at most 256 pixels wide and high: it fits any screen."""
    (left, top), (right, bottom) = geographic_to_world(west, north), geographic_to_world(east, south)
    share = max(right - left, bottom - top) / 2**WORLD_BITS
    return max(0, min(CELLS_FROM_ZOOM - 1, math.floor(-math.log2(share))))


def _plain(record: Focus | MapSite | MapTexts) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


class AreaMap(folium.Map):
    """A folium map that loads its scripts and styles from this server, and only those it needs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._name = "Map"
        self.default_js = [(name, assets.address(folder, name)) for folder, name in assets.SCRIPTS]
        self.default_css = [(name, assets.address(folder, name)) for folder, name in assets.STYLES]


class _Script(MacroElement):
    """A statement of our own; anything in it that people wrote went through ``script_json``."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.statement }}{% endmacro %}")

    def __init__(self, statement: str) -> None:
        super().__init__()
        self._name = "Script"
        self.statement = statement

    def render(self, **_: object) -> None:
        """Write no whole page: streamlit-folium asks for the statement alone, and a page would be parsed once more."""
