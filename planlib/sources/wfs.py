"""WFS 2.0: pages by startIndex, tiles where a page is full and paging deep is not to be trusted, each feature once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from planlib.crs import parse_crs, same_crs
from planlib.errors import CrsError, SourceError
from planlib.sources.answer import Answer, exception_text, shorten
from planlib.sources.http import Http
from planlib.sources.pages import Bounds, Cursor, Page, Query, geojson_page, need_crs, need_metres

PAGE_SIZE = 1000
#: Beyond this many features of one tile the tile is split: services refuse or lose count far down a list.
_DEEP = 20_000
#: A tile this small is paged through, however full it is.
_SMALLEST_TILE_M = 50.0


class Wfs:
    """One feature type of a WFS."""

    kind = "wfs"

    def __init__(self, http: Http, query: Query) -> None:
        self._http = http
        parts = urlsplit(query.url)
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path}"
        # Some servers keep parameters of their own (a map file) in the address.
        own = {"service", "version", "request", "typename", "typenames", "outputformat", "srsname", "count"}
        self._own = {key: value for key, value in parse_qsl(parts.query) if key.lower() not in own}
        self.url = self._base
        root = parse_xml(self._get({"request": "GetCapabilities"}))
        types = {_text(node, "Name"): node for node in root.iter() if _tag(node) == "FeatureType"}
        if not types:
            raise SourceError("{url} is no WFS: it lists no feature types.", url=query.url)
        self._name = _find_type(
            list(types), query.collection or (next(iter(types)) if len(types) == 1 else ""), query.url
        )
        about = types[self._name]
        self.title = _text(about, "Title") or self._name
        self.licence = _text(root, "AccessConstraints") or _text(root, "Fees")
        self.extent = _wgs84(about)
        self._format = _json_format(root, query.url)
        self._need_crs_offered(about, query)
        self._crs, self._bbox = query.crs, query.bbox

    def first(self) -> Cursor:
        """Return the tiles to ask, the first from its start."""
        return {"tiles": [self._bbox], "start": 0, "total": self._count(self._bbox)}

    def page(self, cursor: Cursor) -> Page:
        """Return the page of the first tile that is left."""
        tile, start = cursor["tiles"][0], cursor["start"]
        count = cursor["total"] if tile == self._bbox else None
        if start == 0 and tile != self._bbox:
            count = self._count(tile)
        if start == 0 and _is_splittable(tile) and count is not None and count > _DEEP:
            return self._split(cursor)
        answer = self._get(self._params(tile) | {"count": str(PAGE_SIZE), "startIndex": str(start)})
        body = _json(answer)
        features = body.get("features")
        if not isinstance(features, list):
            raise SourceError("{url} did not answer with features.", url=answer.url)
        full = len(features) >= PAGE_SIZE
        if full and count is None and start == 0 and _is_splittable(tile):
            # It cannot say how many there are, so a full page may hide more than paging would give.
            return self._split(cursor)
        page = geojson_page(
            features,
            crs=need_crs(_said_crs(body) or self._crs, self._crs, where=self.url),
            where=answer.url,
            following=self._after(cursor, start + len(features), more=_has_more(start + len(features), count, full)),
            matched=cursor["total"],
        )
        need_metres(page, where=self.url)
        return page

    def _after(self, cursor: Cursor, start: int, *, more: bool) -> Cursor:
        tiles = cursor["tiles"] if more else cursor["tiles"][1:]
        return {"tiles": tiles, "start": start if more else 0, "total": cursor["total"]} if tiles else None

    def _split(self, cursor: Cursor) -> Page:
        """Return an empty page that goes on with the four quarters of the first tile."""
        left, bottom, right, top = cursor["tiles"][0]
        x, y = (left + right) / 2, (bottom + top) / 2
        quarters = [[left, bottom, x, y], [x, bottom, right, y], [left, y, x, top], [x, y, right, top]]
        following = {"tiles": [*quarters, *cursor["tiles"][1:]], "start": 0, "total": cursor["total"]}
        return geojson_page([], crs=self._crs, where=self.url, following=following, matched=cursor["total"])

    def _count(self, tile: Bounds | None) -> int | None:
        """Return how many features the service says there are in a tile, None when it does not say."""
        answer = self._get(self._params(tile) | {"resultType": "hits"})
        if answer.body.lstrip()[:1] == b"{":
            said = answer.json().get("numberMatched")
        else:
            said = parse_xml(answer).get("numberMatched")
        return int(said) if isinstance(said, int) or (isinstance(said, str) and said.isdecimal()) else None

    def _params(self, tile: Bounds | None) -> dict[str, str]:
        params = {
            "request": "GetFeature",
            "typeNames": self._name,
            "outputFormat": self._format,
            "srsName": self._crs,
        }
        if tile is not None:
            params["bbox"] = ",".join([*(f"{value:.10g}" for value in tile), self._crs])
        return params

    def _get(self, params: Mapping[str, str]) -> Answer:
        answer = self._http.get(self._base, {**self._own, "service": "WFS", "version": "2.0.0", **params})
        head = answer.body[:5000].decode("utf-8", "replace")
        if "ExceptionReport" in head:
            raise SourceError(
                "{url} refuses: {reason}", url=self._base, reason=shorten(exception_text(head) or "no reason given.")
            )
        return answer

    def _need_crs_offered(self, about: Element, query: Query) -> None:
        offered = [node.text or "" for node in about.iter() if _tag(node) in ("DefaultCRS", "OtherCRS")]
        for name in offered:
            try:
                if same_crs(parse_crs(name), parse_crs(query.crs)):
                    return
            except CrsError:
                continue
        raise SourceError(
            "{url} does not serve {name} in {crs}; it offers {offered}.",
            url=query.url,
            name=self._name,
            crs=query.crs,
            offered=", ".join(offered) or "no coordinate system",
        )


def parse_xml(answer: Answer) -> Element:
    """Return the root of an XML answer; a document that declares entities is refused."""
    try:
        return ElementTree.fromstring(answer.body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as problem:
        raise SourceError("{url} did not answer with readable XML.", url=answer.url) from problem


def _has_more(done: int, count: int | None, full: bool) -> bool:
    return full if count is None else done < count and full


def _is_splittable(tile: Bounds | None) -> bool:
    return tile is not None and min(tile[2] - tile[0], tile[3] - tile[1]) > _SMALLEST_TILE_M


def _json(answer: Answer) -> Mapping[str, Any]:
    body = answer.json()
    if not isinstance(body, Mapping):
        raise SourceError("{url} did not answer with features.", url=answer.url)
    return body


def _said_crs(body: Mapping[str, Any]) -> str | None:
    try:
        return str(body["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return None


def _find_type(there: list[str], wanted: str, url: str) -> str:
    """Return the feature type by its name, with or without its prefix."""
    for name in there:
        if name == wanted or name.partition(":")[2] == wanted:
            return name
    raise SourceError("{url} has no collection {name!r}; it has {there}.", url=url, name=wanted, there=", ".join(there))


def _json_format(root: Element, url: str) -> str:
    formats = [
        node.text or ""
        for parameter in root.iter()
        if _tag(parameter) == "Parameter" and (parameter.get("name") or "").lower() == "outputformat"
        for node in parameter.iter()
        if _tag(node) == "Value"
    ]
    found = next((name for name in formats if "json" in name.lower()), None)
    if formats and found is None:
        raise SourceError(
            "{url} gives no GeoJSON; it gives {formats}.", url=url, formats=", ".join(sorted(set(formats)))
        )
    return "application/json" if found is None or "application/json" in formats else found


def _wgs84(about: Element) -> Bounds | None:
    box = next((node for node in about.iter() if _tag(node) == "WGS84BoundingBox"), None)
    if box is None:
        return None
    try:
        left, bottom = map(float, _text(box, "LowerCorner").split())
        right, top = map(float, _text(box, "UpperCorner").split())
    except ValueError:
        return None
    return left, bottom, right, top


def _text(node: Element, tag: str) -> str:
    return next((" ".join((child.text or "").split()) for child in node.iter() if _tag(child) == tag), "")


def _tag(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]
