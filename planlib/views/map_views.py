"""The view of a map that belongs to a step of a story: read from the browser, gone back to, and drawn as a picture."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence

from PIL import Image

from planlib.crs import WGS84, transform_points
from planlib.layers import Bounds
from planlib.model.register import Entry, MapView, StoryStep
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.maps import Focus
from planlib.views.picture import map_picture
from planlib.views.tiles import MAX_ZOOM

#: Metres per pixel at the equator when the world is one tile of 256 pixels.
_METRES_PER_PIXEL = 2 * math.pi * 6378137.0 / 256
_MOST_DEGREES = 180
#: How many pixels of the map a picture shows on its width: those of a map on a desk.
_PIXELS_WIDE = 900
#: Colours of a picture in a file that is handed on: a quarter of the bytes, and no difference that an eye sees.
_COLOURS = 128


def read_map_view(given: object) -> MapView | None:
    """Return what a browser says its map shows, None for what cannot be a view; nothing in it is believed."""
    if not isinstance(given, Mapping):
        return None
    longitude, latitude, zoom = (_number(given.get(name)) for name in ("lon", "lat", "zoom"))
    if longitude is None or latitude is None or zoom is None:
        return None
    if not (abs(latitude) <= 85 and 0 <= zoom <= MAX_ZOOM):
        return None
    return MapView(longitude, latitude, zoom)


def view_address(view: MapView) -> str:
    """Return the part of an address that makes the map of the page show this, without a word to the server."""
    return f"#kaart={view.zoom:.4g}/{view.latitude:.5f}/{view.longitude:.5f}"


def focus_view(view: MapView, *, token: str) -> Focus:
    """Return the focus that makes a map show this."""
    return Focus(token, view.longitude, view.latitude, view.longitude, view.latitude, zoom=view.zoom)


def view_bounds(view: MapView, *, crs: str) -> Bounds:
    """Return what a view shows across, as a square in ``crs``."""
    x, y = transform_points(view.longitude, view.latitude, source=WGS84, target=crs)
    metres_per_pixel = _METRES_PER_PIXEL * math.cos(math.radians(view.latitude)) / 2**view.zoom
    # A page is wider than high: the height of the frame follows from its width.
    half, thin = metres_per_pixel * _PIXELS_WIDE / 2, metres_per_pixel
    return float(x) - half, float(y) - thin, float(x) + half, float(y) + thin


def step_maps(entry: Entry, steps: Sequence[StoryStep], assessment: Assessment, words: Words) -> dict[str, bytes]:
    """Return a PNG of the map view of every step that has one, by the step's uid, with its line of date and use."""
    return {
        step.uid: _fewer_bytes(
            map_picture(
                assessment,
                words,
                bounds=view_bounds(step.view, crs=assessment.release.area.crs),
                place=entry.place,
                alone=False,
            )
        )
        for step in steps
        if step.view is not None
    }


def _fewer_bytes(png: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _number(given: object) -> float | None:
    if not isinstance(given, int | float) or isinstance(given, bool):
        return None
    # What is no number and a whole number that no float can hold both fail the comparison.
    return float(given) if -_MOST_DEGREES <= given <= _MOST_DEGREES else None
