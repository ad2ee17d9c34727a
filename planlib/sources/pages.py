"""One page of features, from whatever a service answers to columns that can be written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from planlib.crs import Geometries, parse_crs, same_crs
from planlib.errors import SourceError
from planlib.sources.shapes import read_shapes

Bounds = tuple[float, float, float, float]
#: Where a connector goes on: anything JSON can hold, None when there is no more.
Cursor = Any


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a service: a collection, in a CRS, all of it or what meets ``bbox`` (in that CRS).

    ``known`` are the headers that make the question conditional on a change since the copy at hand.
    """

    url: str
    collection: str | None
    crs: str
    bbox: Bounds | None = None
    known: Mapping[str, str] = field(default_factory=dict)


class NotChangedError(Exception):
    """The service says that nothing changed since the copy at hand."""


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one answer: ``ids`` and ``geometry`` (shapely or None, two-dimensional) and ``columns``, aligned.

    ``next`` says where to go on, ``matched`` how many features the service says there are in all.
    """

    ids: Sequence[str | None]
    geometry: Geometries
    columns: pa.Table
    crs: str
    next: Cursor = None
    matched: int | None = None
    etag: str | None = None
    modified: str | None = None


class Connector(Protocol):
    """One collection of a service, opened: what it is, and its features page by page."""

    kind: str
    url: str
    title: str
    licence: str
    #: The extent that the service states, as bounds in longitude and latitude; None when it states none.
    extent: Bounds | None

    def first(self) -> Cursor:
        """Return where to start."""
        ...

    def page(self, cursor: Cursor) -> Page:
        """Return the page at ``cursor``."""
        ...


def geojson_page(
    features: Sequence[Mapping[str, Any]],
    *,
    crs: str,
    where: str,
    following: Cursor = None,
    matched: int | None = None,
    etag: str | None = None,
) -> Page:
    """Return a page from parsed GeoJSON features.

    Parameters
    ----------
    where
        Address of the page, for messages.
    """
    if not all(isinstance(feature, Mapping) for feature in features):
        raise SourceError("{url} answered with features that are no GeoJSON.", url=where)
    properties = [feature.get("properties") or {} for feature in features]
    return Page(
        ids=[_id(feature.get("id")) for feature in features],
        geometry=read_shapes([feature.get("geometry") for feature in features]),
        columns=table_of(properties),
        crs=crs,
        next=following,
        matched=matched,
        etag=etag,
    )


def esri_page(
    body: Mapping[str, Any], *, id_field: str | None, following: Cursor, matched: int | None, where: str
) -> Page:
    """Return a page from the JSON of an ArcGIS server; GDAL knows how its rings become polygons."""
    reference = body.get("spatialReference") or {}
    code = reference.get("latestWkid") or reference.get("wkid")
    features = body.get("features")
    if not isinstance(features, list) or (features and not code):
        raise SourceError("{url} answered with features in no known coordinate system.", url=where)
    # Only what describes shapes is handed on: nothing in the answer may choose another driver.
    plain = {
        "geometryType": body.get("geometryType"),
        "spatialReference": {"wkid": code},
        "fields": [{"name": "_row", "type": "esriFieldTypeInteger"}],
        "features": [
            {"attributes": {"_row": row}, "geometry": feature.get("geometry")} for row, feature in enumerate(features)
        ],
    }
    geometry = np.full(len(features), None, dtype=object)
    if features:
        try:
            _, _, wkb, (rows,) = pyogrio.raw.read(json.dumps(plain).encode(), force_2d=True)
        except (DataSourceError, DataLayerError, ValueError) as problem:
            raise SourceError("{url} answered with shapes that cannot be read.", url=where) from problem
        geometry[np.asarray(rows, dtype=int)] = shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore")
    attributes = [feature.get("attributes") or {} for feature in features]
    return Page(
        ids=[_id(row.get(id_field)) if id_field else None for row in attributes],
        geometry=geometry,
        columns=table_of(attributes),
        crs=f"EPSG:{code}" if code else "",
        next=following,
        matched=matched,
    )


def table_of(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return attributes as columns; what is neither number, truth nor text becomes the text of its JSON."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {str(name): _column([row.get(name) for row in rows]) for name in names}
    return pa.table(columns) if columns else pa.table({"_": pa.nulls(len(rows))}).select([])


def need_crs(said: str | None, asked: str, *, where: str) -> str:
    """Return ``asked`` when the service answered in it.

    Raises
    ------
    SourceError
        The service answered in another coordinate system, or does not say in which.
    """
    if not said:
        raise SourceError(
            "{url} does not say in which coordinate system it answers; {crs} was asked for.", url=where, crs=asked
        )
    if not same_crs(parse_crs(said), parse_crs(asked)):
        raise SourceError("{url} was asked for {crs} and answered in {said}.", url=where, crs=asked, said=said)
    return asked


def need_metres(page: Page, *, where: str) -> None:
    """Refuse a page in a projected CRS whose coordinates can only be degrees: the service ignored what was asked."""
    bounds = bounds_of(page.geometry)
    if bounds and max(map(abs, bounds)) <= 361 and parse_crs(page.crs).is_projected:
        raise SourceError("{url} was asked for {crs} and answered in degrees.", url=where, crs=page.crs)


def bounds_of(geometry: Geometries) -> Bounds | None:
    """Return the bounds of shapes, None when none of them has a place."""
    boxes = shapely.bounds(geometry)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    left, bottom, right, top = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    return left, bottom, right, top


def _id(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def _column(values: list[Any]) -> pa.Array:
    nested = any(isinstance(value, dict | list) for value in values)
    if not nested:
        try:
            return pa.array(values)
        except (pa.ArrowException, OverflowError):
            nested = True
    return pa.array([None if value is None else _as_text(value) for value in values], pa.string())


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
