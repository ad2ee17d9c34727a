"""The first filling of the register of the demo area, in the form of the register's own export (RFC 7946)."""

from __future__ import annotations

import json
import uuid

import demo_landscape as land
import geopandas as gpd
import numpy as np
import shapely
from demo_bronpunten import BRONPUNTEN, Bronpunt
from demo_initiatives import INITIATIVES, Initiative
from shapely.geometry.base import BaseGeometry

_UIDS = uuid.uuid5(uuid.NAMESPACE_DNS, "esveld.example")
# The seven published parameters from RD to WGS84, spelled out: the same degrees on a machine with and without grids.
_RD = (
    "+proj=sterea +lat_0=52.156160555555555 +lon_0=5.387638888888889 +k=0.9999079 +x_0=155000 +y_0=463000 "
    "+ellps=bessel +towgs84=565.4171,50.3319,465.5524,-0.398957,0.343988,-1.877402,4.0725 +units=m +no_defs"
)


def _uid(kind: str, slug: str) -> str:
    return str(uuid.uuid5(_UIDS, f"{kind}/{slug}"))


def _degrees(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Return local shapes as longitude and latitude in degrees, to seven decimals, outer rings counterclockwise."""
    moved = gpd.GeoSeries([shapely.transform(shape, lambda xy: xy + land.ORIGIN) for shape in shapes], crs=_RD)
    degrees = moved.to_crs("EPSG:4326").to_numpy()
    return list(shapely.orient_polygons(shapely.transform(degrees, lambda xy: np.round(xy, 7)), exterior_cw=False))


def _initiative(entry: Initiative) -> dict[str, object]:
    return {
        "uid": _uid("initiative", entry.slug),
        "kind": "initiative",
        "title": entry.title,
        "summary": entry.summary,
        "story": "\n\n".join(entry.story),
        "use": entry.use,
        "area_needed_m2": entry.area,
        "state": entry.state,
        "initiator": entry.initiator,
        "leads": entry.leads,
        "scale": entry.scale,
        "experiment": entry.experiment,
        "themes": list(entry.themes),
        "next_step": entry.next_step,
        "next_step_by": entry.next_by,
        "next_step_on": entry.next_on,
        "visibility": entry.visibility,
        "created_on": entry.created,
    }


def _bronpunt(entry: Bronpunt) -> dict[str, object]:
    return {
        "uid": _uid("bronpunt", entry.slug),
        "kind": "bronpunt",
        "title": entry.title,
        "summary": entry.summary,
        "story": "\n\n".join(entry.story),
        "quality": entry.quality,
        "goals": list(entry.goals),
        "province_brings": entry.province_brings,
        "could_become": entry.could_become,
        "visibility": entry.visibility,
        "created_on": entry.created,
    }


def seed_text() -> str:
    """Return the text of ``register-seed.geojson``."""
    entries = [_initiative(entry) for entry in INITIATIVES] + [_bronpunt(entry) for entry in BRONPUNTEN]
    shapes = _degrees([*(entry.shape for entry in INITIATIVES), *(entry.point for entry in BRONPUNTEN)])
    features = [
        {"type": "Feature", "id": entry["uid"], "geometry": shapely.geometry.mapping(shape), "properties": entry}
        for entry, shape in zip(entries, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"
