"""Which kind of service stands at an address, and its collection opened."""

from __future__ import annotations

import json
from collections.abc import Callable

from planlib.errors import SourceError
from planlib.sources.arcgis import ArcGis
from planlib.sources.dso import Presenteren
from planlib.sources.files import DataFile, is_data_file, open_feed
from planlib.sources.http import Http
from planlib.sources.ogcapi import OgcApiFeatures
from planlib.sources.pages import Connector, Query
from planlib.sources.plans import RuimtelijkePlannen
from planlib.sources.wfs import Wfs

#: How each kind opens a collection.
CONNECTORS: dict[str, Callable[[Http, Query], Connector]] = {
    "ogcapi": OgcApiFeatures,
    "wfs": Wfs,
    "arcgis": ArcGis,
    "atom": open_feed,
    "file": lambda http, query: DataFile(http, query, layer=query.collection),
    "plans": RuimtelijkePlannen,
    "dso": Presenteren,
}
KINDS = tuple(CONNECTORS)


def open_collection(http: Http, query: Query, *, kind: str | None = None) -> Connector:
    """Return the collection of a service, ready to be read.

    Raises
    ------
    SourceError
        Nothing that can be read stands at the address, or it has no such collection.
    """
    return CONNECTORS[kind or find_kind(query.url) or _ask_kind(http, query.url)](http, query)


def find_kind(url: str) -> str | None:
    """Return the kind that an address itself tells, None when it must be asked."""
    path = url.partition("?")[0].lower().rstrip("/")
    signs = {
        "arcgis": "/rest/services/" in path,
        "plans": "/ruimtelijke-plannen/" in path,
        "dso": "/presenteren/" in path,
        "file": is_data_file(url),
        "wfs": "/wfs" in path or path.endswith("wfs") or "service=wfs" in url.lower(),
        "atom": "/atom/" in path or path.endswith((".xml", ".atom")),
        "ogcapi": "/ogc/v" in path or "/collections" in path,
    }
    return next((kind for kind, sign in signs.items() if sign), None)


def _ask_kind(http: Http, url: str) -> str:
    """Return the kind by what the address answers."""
    answer = http.get(
        url, {"f": "json"}, headers={"Accept": "application/json, application/xml"}, accept=(200, 400, 404)
    )
    text = answer.body[:4000].decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if answer.status == 200 and text.startswith("{"):
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            body = {}
        if "links" in body or "collections" in body:
            return "ogcapi"
        if "currentVersion" in body:
            return "arcgis"
        if "features" in body:
            return "file"
    if "<feed" in text:
        return "atom"
    if "WFS_Capabilities" in text or "ExceptionReport" in text:
        return "wfs"
    raise SourceError(
        "{url} is none of the services that are read ({known}); name its kind with --kind if it is.",
        url=url,
        known=", ".join(KINDS),
    )
