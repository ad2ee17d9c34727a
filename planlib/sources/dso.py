"""DSO Omgevingsdocumenten Presenteren v8: the locations that rules in force refer to. It asks for an API key.

A location names its shape, and the shape stands in the sister service Geometrie Opvragen on the same host. Asked for a
GIO by its JOIN id, only the locations whose record names that GIO are kept, in whatever version is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from planlib.crs import parse_crs
from planlib.errors import SourceError
from planlib.sources.http import Http
from planlib.sources.join import is_join_id, named_gios, read_join_id
from planlib.sources.pages import Bounds, Cursor, Page, Query, geojson_page, need_crs, need_metres
from planlib.sources.plans import api_key, embedded, hal_next, rectangle

KEY = "PLANLIB_DSO_KEY"
_PAGE_SIZE = 200
_COLLECTION = "locaties"


class Presenteren:
    """The locations that meet the bounds, with their shapes: all of them, or those of one GIO."""

    kind = "dso"
    extent: Bounds | None = None
    licence = ""

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        self.url = query.url.partition("?")[0].rstrip("/")
        self._gio = read_join_id(query.collection) if query.collection and is_join_id(query.collection) else None
        if self._gio is None and query.collection != _COLLECTION:
            raise SourceError(
                "{url} has no collection {name!r}; it has {there}.",
                url=self.url,
                name=query.collection or "",
                there=f"{_COLLECTION}, /join/id/regdata/…",
            )
        self.title = str(self._gio or _COLLECTION)
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
        return {"url": f"{self.url}/{_COLLECTION}/_zoek?page=0&size={_PAGE_SIZE}", "found": False}

    def page(self, cursor: Cursor) -> Page:
        """Return a page of locations, each with its shape.

        Raises
        ------
        SourceError
            It is the last, and no location named the GIO: that says nothing of where its rule holds.
        """
        where = cursor["url"]
        answer = self._http.get(where, headers=self._headers, body={"geometrie": self._shape})
        body = answer.json()
        link = hal_next(body)
        total = (body.get("page") or {}).get("totalElements") if isinstance(body, Mapping) else None
        items = [item for item in embedded(body, _COLLECTION, where=where) if self._is_wanted(item)]
        found = cursor["found"] or bool(items)
        if link is None and self._gio is not None and not found:
            raise SourceError(
                "{url} gives no location here that names the GIO {gio}; get its file from who made it, and use that.",
                url=self.url,
                gio=self._gio,
            )
        page = geojson_page(
            [self._feature(item) for item in items],
            crs=self._crs,
            where=where,
            following=None if link is None else {"url": self._http.follow(link, base=answer.url), "found": found},
            matched=total if isinstance(total, int) and self._gio is None else None,
        )
        need_metres(page, where=self.url)
        return page

    def _is_wanted(self, item: Mapping[str, Any]) -> bool:
        return self._gio is None or any(named.work == self._gio.work for named in named_gios(item))

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
        kept |= {"gio": ", ".join(dict.fromkeys(map(str, named_gios(item)))) or None}
        return {"id": item.get("identificatie"), "geometry": shape, "properties": kept}
