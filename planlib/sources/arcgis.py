"""ArcGIS REST: a layer of a map or feature service. Its errors come inside answers that say 200."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planlib.crs import parse_crs
from planlib.errors import SourceError
from planlib.sources.answer import shorten
from planlib.sources.http import Http
from planlib.sources.pages import Bounds, Cursor, Page, Query, esri_page, need_crs, need_metres

PAGE_SIZE = 1000


class ArcGis:
    """One layer; ``query.url`` may be the service, the layer, or the layer's query."""

    kind = "arcgis"
    extent: Bounds | None = None

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        code = parse_crs(query.crs).to_epsg()
        if code is None:
            raise SourceError("{url} can be asked by EPSG code only, and {crs} has none.", url=query.url, crs=query.crs)
        self._code, self._crs, self._bbox = str(code), query.crs, query.bbox
        self.url = query.url.partition("?")[0].rstrip("/").removesuffix("/query")
        about = self._ask(self.url, {})
        if "layers" in about and "geometryType" not in about:
            self.url = f"{self.url}/{_layer_id(about['layers'], query)}"
            about = self._ask(self.url, {})
        self.title = str(about.get("name") or query.collection or "")
        self.licence = str(about.get("copyrightText") or "")
        self._id_field = _id_field(about)
        served = about.get("maxRecordCount")
        self._page_size = min(PAGE_SIZE, served) if isinstance(served, int) and served > 0 else PAGE_SIZE

    def first(self) -> Cursor:
        """Return offset 0, with how many features the service says there are."""
        said = self._ask(f"{self.url}/query", self._params() | {"returnCountOnly": "true"}).get("count")
        return {"offset": 0, "total": said if isinstance(said, int) else None}

    def page(self, cursor: Cursor) -> Page:
        """Return the page at an offset."""
        start = cursor["offset"]
        params = self._params() | {
            "outFields": "*",
            "outSR": self._code,
            "resultOffset": str(start),
            "resultRecordCount": str(self._page_size),
        }
        if self._id_field:
            params["orderByFields"] = self._id_field
        body = self._ask(f"{self.url}/query", params)
        count = len(body.get("features") or [])
        more = bool(body.get("exceededTransferLimit")) and count > 0
        following = {"offset": start + count, "total": cursor["total"]} if more else None
        page = esri_page(body, id_field=self._id_field, following=following, matched=cursor["total"], where=self.url)
        if count:
            need_crs(page.crs, self._crs, where=self.url)
        page = Page(page.ids, page.geometry, page.columns, self._crs, page.next, page.matched)
        need_metres(page, where=self.url)
        return page

    def _params(self) -> dict[str, str]:
        params = {"where": "1=1"}
        if self._bbox is not None:
            params |= {
                "geometry": ",".join(f"{value:.10g}" for value in self._bbox),
                "geometryType": "esriGeometryEnvelope",
                "inSR": self._code,
                "spatialRel": "esriSpatialRelIntersects",
            }
        return params

    def _ask(self, url: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        body = self._http.get(url, {**params, "f": "json"}).json()
        if not isinstance(body, Mapping):
            raise SourceError("{url} is no ArcGIS service.", url=url)
        error = body.get("error")
        if isinstance(error, Mapping):
            reason = " ".join([str(error.get("message") or ""), *map(str, error.get("details") or [])])
            raise SourceError(
                "{url} answered {status}: {reason}",
                url=url,
                status=error.get("code"),
                reason=shorten(reason) or "no reason given.",
            )
        return body


def _layer_id(layers: object, query: Query) -> str:
    there = [layer for layer in layers if isinstance(layer, Mapping)] if isinstance(layers, list) else []
    for layer in there:
        if query.collection in (str(layer.get("id")), layer.get("name")):
            return str(layer.get("id"))
    if len(there) == 1 and query.collection is None:
        return str(there[0].get("id"))
    raise SourceError(
        "{url} has no collection {name!r}; it has {there}.",
        url=query.url,
        name=query.collection or "",
        there=", ".join(f"{layer.get('id')} ({layer.get('name')})" for layer in there) or "none",
    )


def _id_field(about: Mapping[str, Any]) -> str | None:
    if isinstance(name := about.get("objectIdField"), str) and name:
        return name
    fields = about.get("fields")
    fields = fields if isinstance(fields, list) else []
    return next((str(field.get("name")) for field in fields if field.get("type") == "esriFieldTypeOID"), None)
