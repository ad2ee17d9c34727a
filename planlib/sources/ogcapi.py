"""OGC API Features, in the dialect of PDOK: pages by cursor, a limit that is capped in silence, the CRS in a header.

The link to the next page is followed as it is given: a cursor carries a checksum of the other parameters, so none may
be added to it. A parameter the service does not know is a 400 there, so only those of the standard are sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from planlib.crs import parse_crs, same_crs, transform_points
from planlib.errors import CrsError, SourceError
from planlib.sources.answer import Answer
from planlib.sources.http import Http
from planlib.sources.pages import Bounds, Cursor, NotChangedError, Page, Query, geojson_page, need_crs, need_metres

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
PAGE_SIZE = 1000
_JSON = {"Accept": "application/geo+json, application/json"}


class OgcApiFeatures:
    """One collection of an OGC API; ``query.url`` may be its landing page or anything below it."""

    kind = "ogcapi"

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        self._bbox, self._known = query.bbox, query.known
        base, _, below = query.url.partition("?")[0].rstrip("/").partition("/collections")
        name = query.collection or below.strip("/").partition("/")[0]
        self._base = base.rstrip("/")
        if not name:
            raise _no_collection(query.url, "", self._list()[0])
        self.url = f"{self._base}/collections/{quote(name, safe='')}"
        answer = http.get(self.url, {"f": "json"}, headers=_JSON, accept=(200, 404))
        about = answer.json() if answer.status == 200 else None
        if not isinstance(about, Mapping) or "links" not in about:
            raise _no_collection(query.url, name, self._list()[0])
        self.title = str(about.get("title") or name)
        self.licence = _licence(about) or _licence(self._landing())
        self.extent = _extent(about)
        #: The CRS in which it answers, and the name by which the service knows it; its default needs no parameter.
        self.crs, self._crs_uri = self._choose_crs(about, query.crs)
        self._asked_crs = query.crs
        self._seen_pages: set[str] = set()

    def first(self) -> Cursor:
        """Return the address of the first page."""
        params = {"f": "json", "limit": str(PAGE_SIZE)}
        if self._crs_uri != CRS84:
            params["crs"] = self._crs_uri
        if self._bbox is not None:
            box = self._bbox if self._crs_uri != CRS84 else bounds_in(self._bbox, self._asked_crs, CRS84)
            params["bbox"] = ",".join(f"{value:.10g}" for value in box)
            if self._crs_uri != CRS84:
                params["bbox-crs"] = self._crs_uri
        return f"{self.url}/items?" + "&".join(f"{key}={quote(value, safe=',:/')}" for key, value in params.items())

    def page(self, cursor: Cursor) -> Page:
        """Return the page at an address.

        Raises
        ------
        NotChangedError
            It is the only page, and it did not change since the copy at hand.
        """
        if cursor in self._seen_pages:
            raise SourceError("{url} leads back to a page that was there already.", url=self.url)
        self._seen_pages.add(cursor)
        # The tag of a page says something of the collection only where that page was all of it: then it is known.
        known = self._known if len(self._seen_pages) == 1 else {}
        answer = self._http.get(cursor, headers={**_JSON, **known}, accept=(200, 304) if known else (200,))
        if answer.status == 304:
            raise NotChangedError
        body = answer.json()
        features = body.get("features") if isinstance(body, Mapping) else None
        if not isinstance(features, list):
            raise SourceError("{url} did not answer with features.", url=cursor)
        returned = body.get("numberReturned")
        if isinstance(returned, int) and returned != len(features):
            raise SourceError(
                "{url} says it returns {said} features and returns {came}.",
                url=cursor,
                said=returned,
                came=len(features),
            )
        said = answer.headers.get("content-crs", "").strip("<> ") or (None if self._crs_uri != CRS84 else CRS84)
        matched = body.get("numberMatched")
        page = geojson_page(
            features,
            crs=need_crs(said, self.crs, where=self.url),
            where=cursor,
            following=self._next(body, answer),
            matched=matched if isinstance(matched, int) else None,
            etag=answer.headers.get("etag"),
        )
        need_metres(page, where=self.url)
        return page

    def _next(self, body: Mapping[str, Any], answer: Answer) -> str | None:
        link = next((link for link in _links(body) if link.get("rel") == "next" and link.get("href")), None)
        return None if link is None else self._http.follow(str(link["href"]), base=answer.url)

    def _landing(self) -> Any:
        return self._http.get(self._base or self.url, {"f": "json"}, headers=_JSON).json()

    def _list(self) -> tuple[list[str], list[str]]:
        """Return the names of the collections, and the CRSs that all of them share."""
        body = self._http.get(f"{self._base}/collections", {"f": "json"}, headers=_JSON).json()
        found = body.get("collections") if isinstance(body, Mapping) else None
        if not isinstance(found, list):
            raise SourceError("{url} is no OGC API: it has no list of collections.", url=self._base)
        names = [str(item.get("id")) for item in found if isinstance(item, Mapping)]
        return names, [str(uri) for uri in body.get("crs") or []]

    def _choose_crs(self, about: Mapping[str, Any], wanted: str) -> tuple[str, str]:
        """Return the CRS to ask for: the one that is wanted when it is offered, else longitude and latitude."""
        offered = [str(uri) for uri in about.get("crs") or [] if isinstance(uri, str)]
        if "#/crs" in offered:
            offered += self._list()[1]
        for uri in offered:
            try:
                if uri != "#/crs" and same_crs(parse_crs(uri), parse_crs(wanted)):
                    return wanted, uri
            except CrsError:
                continue
        return "OGC:CRS84", CRS84


def bounds_in(bounds: Bounds, source: str, target: str) -> Bounds:
    """Return bounds in another CRS that hold all of ``bounds``; edges bend, so points along them are transformed."""
    left, bottom, right, top = bounds
    steps = np.linspace(0, 1, 21)
    x = np.concatenate([left + (right - left) * steps] * 2 + [np.full(21, left), np.full(21, right)])
    y = np.concatenate([np.full(21, bottom), np.full(21, top)] + [bottom + (top - bottom) * steps] * 2)
    x, y = transform_points(x, y, source=source, target=target)
    fine = np.isfinite(x) & np.isfinite(y)
    if not fine.any():
        raise SourceError("The bounds {bounds} lie outside {crs}.", bounds=bounds, crs=target)
    x, y = x[fine], y[fine]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _links(body: object) -> list[Mapping[str, Any]]:
    found = body.get("links") if isinstance(body, Mapping) else None
    return [link for link in found if isinstance(link, Mapping)] if isinstance(found, list) else []


def _licence(body: object) -> str:
    return next((str(link.get("href")) for link in _links(body) if link.get("rel") == "license"), "")


def _extent(about: Mapping[str, Any]) -> Bounds | None:
    try:
        box = about["extent"]["spatial"]["bbox"][0]
        numbers = [float(value) for value in box]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _no_collection(url: str, name: str, there: list[str]) -> SourceError:
    return SourceError(
        "{url} has no collection {name!r}; it has {there}.", url=url, name=name, there=", ".join(there) or "none"
    )
