"""Ruimtelijke Plannen v4: the objects of the zoning plans in force. It asks for an API key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from planlib.crs import parse_crs
from planlib.errors import SourceError
from planlib.sources.http import Http
from planlib.sources.pages import Bounds, Cursor, Page, Query, geojson_page, need_crs, need_metres

KEY = "PLANLIB_RP_KEY"
_PAGE_SIZE = 100
_COLLECTIONS = ("bestemmingsvlakken", "bouwvlakken", "maatvoeringen", "gebiedsaanduidingen", "functieaanduidingen")


class RuimtelijkePlannen:
    """One kind of object of all plans in force that meet the bounds."""

    kind = "plans"
    extent: Bounds | None = None
    licence = ""

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        self.url = query.url.partition("?")[0].rstrip("/")
        if query.collection not in _COLLECTIONS:
            raise SourceError(
                "{url} has no collection {name!r}; it has {there}.",
                url=self.url,
                name=query.collection or "",
                there=", ".join(_COLLECTIONS),
            )
        if query.bbox is None:
            raise SourceError("{url} must be asked for a place; give --bbox.", url=self.url)
        self.title, self._collection, self._crs = query.collection, query.collection, query.crs
        self._shape = rectangle(query.bbox)
        crs = f"epsg:{parse_crs(query.crs).to_epsg()}"
        self._headers = {
            "X-Api-Key": api_key(KEY, self.url),
            "Accept": "application/hal+json",
            "Accept-Crs": crs,
            "Content-Crs": crs,
        }

    def first(self) -> Cursor:
        """Return the search for plans."""
        search = {"planType": "bestemmingsplan", "regelStatus": "geldend", "pageSize": str(_PAGE_SIZE)}
        return {"search": f"{self.url}/plannen/_zoek?{urlencode(search)}", "plans": [], "objects": None}

    def page(self, cursor: Cursor) -> Page:
        """Return what comes next: an empty page while plans are sought, then the objects of one plan after another."""
        if cursor["search"]:
            return self._search(cursor)
        if not cursor["plans"]:
            return geojson_page([], crs=self._crs, where=self.url)
        plan = cursor["plans"][0]
        url = cursor["objects"] or (
            f"{self.url}/plannen/{quote(plan['id'], safe='')}/{self._collection}?expand=geometrie&pageSize={_PAGE_SIZE}"
        )
        answer = self._http.get(url, headers=self._headers)
        body = answer.json()
        said = answer.headers.get("content-crs", "").strip("<> ")
        following = self._next(body, answer.url)
        plans = cursor["plans"] if following else cursor["plans"][1:]
        page = geojson_page(
            [_feature(item, plan, where=url) for item in embedded(body, self._collection, where=url)],
            crs=need_crs(said, self._crs, where=self.url) if said else self._crs,
            where=url,
            following={"search": None, "plans": plans, "objects": following} if plans else None,
        )
        need_metres(page, where=self.url)
        return page

    def _search(self, cursor: Cursor) -> Page:
        answer = self._http.get(
            cursor["search"], headers=self._headers, body={"_geo": {"intersectAndNotTouches": self._shape}}
        )
        body = answer.json()
        found = [
            {"id": str(plan.get("id")), "naam": str(plan.get("naam") or "")}
            for plan in embedded(body, "plannen", where=self.url)
        ]
        following = {"search": self._next(body, answer.url), "plans": [*cursor["plans"], *found], "objects": None}
        return geojson_page([], crs=self._crs, where=self.url, following=following)

    def _next(self, body: Any, base: str) -> str | None:
        link = hal_next(body)
        return None if link is None else self._http.follow(link, base=base)


def api_key(variable: str, url: str) -> str:
    """Return the API key from the environment.

    Raises
    ------
    SourceError
        There is none.
    """
    key = os.environ.get(variable, "").strip()
    if not key:
        raise SourceError(
            "{url} asks for an API key and there is none; ask for one (it is free) and set {variable}.",
            url=url,
            variable=variable,
        )
    return key


def rectangle(bounds: Bounds) -> dict[str, Any]:
    """Return bounds as a GeoJSON polygon."""
    left, bottom, right, top = bounds
    return {
        "type": "Polygon",
        "coordinates": [[[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]],
    }


def embedded(body: Any, name: str, *, where: str) -> list[Mapping[str, Any]]:
    """Return the items of a HAL answer; one without any leaves the list out."""
    items = (body.get("_embedded") or {}).get(name, []) if isinstance(body, Mapping) else None
    if not isinstance(items, list):
        raise SourceError("{url} did not answer with a list of {name}.", url=where, name=name)
    return items


def hal_next(body: Any) -> str | None:
    """Return the address of the next page of a HAL answer, None at the last."""
    links = body.get("_links") or {} if isinstance(body, Mapping) else {}
    link = links.get("next") or {}
    return str(link["href"]) if isinstance(link, Mapping) and link.get("href") else None


def _feature(item: Mapping[str, Any], plan: Mapping[str, str], *, where: str) -> dict[str, Any]:
    if "geometrie" not in item:
        raise SourceError("{url} answered without shapes.", url=where)
    kept = {key: value for key, value in item.items() if key not in ("geometrie", "_links", "_embedded", "id")}
    return {
        "id": f"{plan['id']}/{item.get('id')}",
        "geometry": item["geometrie"],
        "properties": {**kept, "plan_id": plan["id"], "plan_naam": plan["naam"]},
    }
