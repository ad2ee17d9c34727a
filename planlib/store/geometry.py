"""Places as geometry: checked on the way in, one form on the way out (WGS 84 degrees, outer rings counterclockwise)."""

from __future__ import annotations

import math
import struct
from typing import Any

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry.base import BaseGeometry

from planlib.errors import UnfitError
from planlib.model.register import Place, Ring

SRID = 4326
#: Bytes of the envelope in a GeoPackage geometry, by its code in the flags.
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def place_of(geometry: BaseGeometry | None) -> Place:
    """Return the place of a point, polygon or multipolygon in degrees; heights are left out.

    Raises
    ------
    UnfitError
        It is missing, empty, of another kind, not on earth, or its line crosses itself.
    """
    if geometry is None or geometry.is_empty:
        raise UnfitError("It has no place.")
    geometry = shapely.force_2d(geometry)
    left, bottom, right, top = geometry.bounds
    if not (math.isfinite(left + bottom + right + top) and min(left + 180, 180 - right, bottom + 90, 90 - top) >= 0):
        raise UnfitError("Its place must be in degrees of longitude and latitude.")
    if isinstance(geometry, Point):
        return Place(geometry.x, geometry.y)
    if not isinstance(geometry, Polygon | MultiPolygon):
        raise UnfitError("Its place must be a point or a polygon, not a {form}.", form=geometry.geom_type)
    if not geometry.is_valid:
        raise UnfitError("Its line crosses itself: {reason}.", reason=shapely.is_valid_reason(geometry))
    pin = geometry.representative_point()
    return Place(pin.x, pin.y, polygons_of(shapely.orient_polygons(geometry, exterior_cw=False)))


def polygons_of(shape: BaseGeometry) -> tuple[tuple[Ring, ...], ...]:
    """Return the polygons of a polygon or multipolygon, as a place holds them."""
    return tuple(_rings(part) for part in shapely.get_parts(shape))


def normal(place: Place) -> Place:
    """Return a place in the one form that is kept.

    Raises
    ------
    UnfitError
        It is no place for an entry.
    """
    try:
        shape = shape_of(place)
    except (GEOSException, ShapelyError, TypeError, ValueError) as problem:
        raise UnfitError("Its shape cannot be drawn: {problem}.", problem=problem) from problem
    return place_of(shape)


def shape_of(place: Place) -> BaseGeometry:
    """Return the geometry of a place: its shape when it has one, else its pin."""
    if not place.polygons:
        return Point(place.longitude, place.latitude)
    parts = [Polygon(outer, holes) for outer, *holes in place.polygons]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def geojson_of(place: Place) -> dict[str, Any]:
    """Return the geometry of a place as GeoJSON has it (RFC 7946)."""
    if not place.polygons:
        return {"type": "Point", "coordinates": [place.longitude, place.latitude]}
    polygons = [[[list(corner) for corner in ring] for ring in polygon] for polygon in place.polygons]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def to_geopackage(geometry: BaseGeometry) -> bytes:
    """Return a geometry as a GeoPackage holds it: a header with its envelope, then WKB."""
    left, bottom, right, top = geometry.bounds
    header = struct.pack("<2sBBi4d", b"GP", 0, 0b0000_0011, SRID, left, right, bottom, top)
    return header + shapely.to_wkb(geometry, output_dimension=2, byte_order=1, flavor="iso")


def from_geopackage(blob: bytes) -> tuple[BaseGeometry, int]:
    """Return the geometry in a GeoPackage blob, and the ``srs_id`` it is in.

    Raises
    ------
    UnfitError
        It is no such blob.
    """
    try:
        magic, _, flags, srs_id = struct.unpack_from(_order(blob) + "2sBBi", blob)
        if magic != b"GP":
            raise UnfitError("Its geometry cannot be read.")
        return shapely.from_wkb(blob[8 + _ENVELOPE_BYTES[(flags >> 1) & 7] :]), srs_id
    except (GEOSException, IndexError, KeyError, TypeError, struct.error) as problem:
        raise UnfitError("Its geometry cannot be read.") from problem


def is_empty(blob: bytes | None) -> int | None:
    """Return 1 when a GeoPackage geometry is empty, else 0; what its R-tree triggers call ST_IsEmpty."""
    return None if blob is None else (blob[3] >> 4) & 1


def envelope(blob: bytes) -> tuple[float, float, float, float]:
    """Return min x, max x, min y and max y of a GeoPackage geometry, from its header when it is there."""
    if (blob[3] >> 1) & 7:
        return struct.unpack_from(_order(blob) + "4d", blob, 8)
    left, bottom, right, top = from_geopackage(blob)[0].bounds
    return left, right, bottom, top


def _order(blob: bytes) -> str:
    return "<" if blob[3] & 1 else ">"


def _rings(polygon: Polygon) -> tuple[Ring, ...]:
    return tuple(
        tuple((x, y) for x, y in shapely.get_coordinates(ring).tolist())
        for ring in (polygon.exterior, *polygon.interiors)
    )
