"""The register as GeoJSON (RFC 7946): a feature for each entity; what has no place has no geometry."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import shape

from planlib.errors import StoreError, UnfitError
from planlib.model.register import Place
from planlib.store.geometry import geojson_of, place_of
from planlib.store.items import Item, make_item, refuse_twice
from planlib.store.records import kind_of, plain
from planlib.store.rows import Stored
from planlib.store.tables import STAMPS


def geojson_text(kept: Iterable[Stored[Any]]) -> str:
    """Return entities as the text of a GeoJSON file."""
    features = [_feature(stored) for stored in kept]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def read_geojson(path: Path) -> list[Item]:
    """Return what a GeoJSON file holds.

    Raises
    ------
    StoreError
        It is no such file, or a feature in it does not fit.
    """
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:
        raise StoreError("{path} is not a readable GeoJSON file: {problem}.", path=path, problem=problem) from problem
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise StoreError("{path} is not a GeoJSON file with features.", path=path)
    items = [_item(feature, file=path, row=f"feature {number}") for number, feature in enumerate(features)]
    refuse_twice(items, file=path)
    return items


def _feature(stored: Stored[Any]) -> dict[str, Any]:
    place = getattr(stored.entity, "place", None)
    properties = {"uid": stored.entity.uid, "kind": kind_of(stored.entity), **plain(stored.entity)}
    return {
        "type": "Feature",
        "id": stored.entity.uid,
        "geometry": geojson_of(place) if isinstance(place, Place) else None,
        "properties": properties | {name: getattr(stored, name) for name in STAMPS},
    }


def _item(feature: dict[str, Any], *, file: Path, row: str) -> Item:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise StoreError("{file}, {row}: it has no properties.", file=file, row=row)
    values = {name: value for name, value in properties.items() if name != "kind"}
    geometry = feature.get("geometry")
    try:
        place = None if geometry is None else place_of(shape(geometry))
    except UnfitError as problem:
        raise StoreError("{file}, {row}: {problem}", file=file, row=row, problem=problem) from problem
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, GEOSException, ShapelyError) as problem:
        raise StoreError("{file}, {row}: its geometry cannot be read.", file=file, row=row) from problem
    return make_item(properties.get("kind"), values, place, file=file, row=row)
