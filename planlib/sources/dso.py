"""DSO Omgevingsdocumenten Presenteren v8: the locations that rules in force refer to. It asks for an API key.

A location names its shape, and the shape stands in the sister service Geometrie Opvragen on the same host.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from planlib.crs import parse_crs
from planlib.errors import SourceError
from planlib.sources.http import Http
from planlib.sources.pages import Bounds, Cursor, Page, Query, geojson_page, need_crs, need_metres
from planlib.sources.plans import api_key, embedded, hal_next, rectangle

KEY = "PLANLIB_DSO_KEY"
_PAGE_SIZE = 200
_COLLECTION = "locaties"


class Presenteren:
    """The locations that meet the bounds, with their shapes."""

    kind = "dso"
    extent: Bounds | None = None
    licence = ""
    title = _COLLECTION

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        self.url = query.url.partition("?")[0].rstrip("/")
        if query.collection != _COLLECTION:
            raise SourceError(
                "{url} has no collection {name!r}; it has {there}.",
                url=self.url,
                name=query.collection or "",
                there=_COLLECTION,
            )
        if query.bbox is None:
            raise SourceError("{url} must be asked for a place; give --bbox.", url=self.url)
        base, found, _ = self.url.partition("/presenteren/")
        self._shapes = f"{base}/geometrieopvragen/v1/geometrieen"
        if not found:
            raise SourceError("{url} is not the address of Presenteren; it holds /presenteren/v8.", url=self.url)
        self._shape, self._crs = rectangle(query.bbox), query.crs
        self._crs_uri = f"http://www.opengis.net/def/crs/EPSG/0/{parse_crs(query.crs).to_epsg()}"
        self._headers = {
            "x-api-key": api_key(KEY, self.url),
            "Accept": "application/hal+json",
            "Accept-Crs": self._crs_uri,
            "Content-Crs": self._crs_uri,
        }

    def first(self) -> Cursor:
        """Return the address of the first page of locations."""
        return f"{self.url}/{_COLLECTION}/_zoek?page=0&size={_PAGE_SIZE}"

    def page(self, cursor: Cursor) -> Page:
        """Return a page of locations, each with its shape."""
        answer = self._http.get(cursor, headers=self._headers, body={"geometrie": self._shape})
        body = answer.json()
        link = hal_next(body)
        total = (body.get("page") or {}).get("totalElements") if isinstance(body, Mapping) else None
        page = geojson_page(
            [self._feature(item) for item in embedded(body, _COLLECTION, where=cursor)],
            crs=self._crs,
            where=cursor,
            following=None if link is None else self._http.follow(link, base=answer.url),
            matched=total if isinstance(total, int) else None,
        )
        need_metres(page, where=self.url)
        return page

    def _feature(self, item: Mapping[str, Any]) -> dict[str, Any]:
        name = item.get("geometrieIdentificatie")
        if not name:
            raise SourceError(
                "{url}: the location {name} names no shape.", url=self.url, name=item.get("identificatie")
            )
        answer = self._http.get(
            f"{self._shapes}/{quote(str(name), safe='')}",
            {"crs": self._crs_uri},
            headers={**self._headers, "Accept": "application/geo+json, application/hal+json, application/json"},
        )
        shape = answer.json()
        said = answer.headers.get("content-crs", "").strip("<> ")
        if said:
            need_crs(said, self._crs, where=answer.url)
        if isinstance(shape, Mapping):
            shape = shape.get("geometrie") or shape.get("geometry") or shape
        kept = {key: value for key, value in item.items() if key not in ("_links", "_embedded")}
        return {"id": item.get("identificatie"), "geometry": shape, "properties": kept}
