"""The land a question is about, as a short text that fits in an address and on a command line.

``""`` the whole area · ``dorp:NAME`` a village or other region · ``percelen:ID|ID`` parcels ·
``vlak:LON,LAT;LON,LAT;...`` a drawn shape, its corners in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely

from planlib.crs import WGS84, transform
from planlib.errors import ReleaseError
from planlib.insight.land import Land, land_in_shape, land_of_parcels, land_of_region, whole_area
from planlib.insight.regions import region_shapes
from planlib.release import Release

#: Corners of a drawn shape at most, and parcels: an address must be able to hold them.
MOST_CORNERS = 60
MOST_PARCELS = 40

LandKind = Literal["area", "region", "parcels", "shape"]
Corners = tuple[tuple[float, float], ...]
_REGION, _PARCELS, _SHAPE = "dorp:", "percelen:", "vlak:"


@dataclass(frozen=True)
class NamedLand:
    """A piece of land with the text that stands for it.

    ``label`` is the name of a region, or the ids of its parcels; empty for the whole area and for a drawn shape.
    ``outline`` are rings of [longitude, latitude] around it; none for the whole area.
    """

    kind: LandKind
    text: str
    label: str
    land: Land
    outline: list[list[list[float]]]


def region_text(name: str) -> str:
    """Return the text of a region."""
    return _REGION + name


def parcels_text(parcel_ids: list[str]) -> str:
    """Return the text of some parcels."""
    return _PARCELS + "|".join(parcel_ids)


def shape_text(corners: Corners) -> str:
    """Return the text of a drawn shape, its corners (longitude, latitude) to a decimetre."""
    return _SHAPE + ";".join(f"{longitude:.6f},{latitude:.6f}" for longitude, latitude in corners)


def read_land(release: Release, text: str) -> NamedLand:
    """Return the land that a text stands for.

    Raises
    ------
    ReleaseError
        The area has no such region or parcel, or the text is no shape.
    """
    if not text:
        return NamedLand("area", "", "", whole_area(release), [])
    if text.startswith(_REGION):
        name = text.removeprefix(_REGION)
        land = land_of_region(release, name)
        regions = region_shapes(release)
        return NamedLand("region", text, name, land, _outline(release, regions.shapes[regions.names.index(name)]))
    if text.startswith(_PARCELS):
        ids = text.removeprefix(_PARCELS).split("|")
        if len(ids) > MOST_PARCELS:
            raise ReleaseError("A selection holds {most} parcels at most; draw a shape instead.", most=MOST_PARCELS)
        land = land_of_parcels(release, [release.parcel_index(parcel_id) for parcel_id in ids])
        return NamedLand("parcels", text, ", ".join(ids), land, _outline(release, _parcel_shapes(release, land)))
    if text.startswith(_SHAPE):
        shape = _drawn(text)
        (placed,) = transform(np.array([shape], dtype=object), source=WGS84, target=release.area.crs)
        return NamedLand("shape", text, "", land_in_shape(release, placed), _rings(shape))
    raise ReleaseError("{text} names no land; choose a village, parcels, or draw a shape.", text=text)


def _drawn(text: str) -> shapely.Polygon:
    try:
        corners = [tuple(map(float, pair.split(","))) for pair in text.removeprefix(_SHAPE).split(";")]
        if not 3 <= len(corners) <= MOST_CORNERS or any(len(corner) != 2 for corner in corners):
            raise ValueError(text)
        if not all(abs(longitude) <= 180 and abs(latitude) <= 90 for longitude, latitude in corners):
            raise ValueError(text)
        return shapely.Polygon(corners)
    except ValueError:
        raise ReleaseError(
            "The drawn shape cannot be read; draw it again, with {most} corners at most.", most=MOST_CORNERS
        ) from None


def _parcel_shapes(release: Release, land: Land) -> shapely.Geometry:
    shapes = []
    for parcel in land.parcels.tolist():
        partition = release.partition_of(parcel)
        shapes.append(release.read_parcels(partition)[parcel - release.first_parcel(partition)])
    return shapely.GeometryCollection(shapes)


def _outline(release: Release, shape: shapely.Geometry) -> list[list[list[float]]]:
    (moved,) = transform(np.array([shape], dtype=object), source=release.area.crs, target=WGS84)
    return _rings(moved)


def _rings(shape: shapely.Geometry) -> list[list[list[float]]]:
    rings = shapely.get_rings(shapely.get_parts(np.array([shape], dtype=object)))
    return [shapely.get_coordinates(ring).round(6).tolist() for ring in rings]
