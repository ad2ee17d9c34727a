"""Locatieserver v3.1: where an address, a village or a municipality is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import shapely

from planlib.errors import SourceError
from planlib.sources.http import Http

_FIELDS = "id,type,weergavenaam,score,centroide_rd,gemeentenaam,gemeentecode,provincienaam"


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was found: its name as a person reads it, its kind, and its centre in RD (EPSG:28992)."""

    id: str
    kind: str
    name: str
    x: float
    y: float
    municipality: str | None = None


def find_places(http: Http, url: str, text: str, *, kind: str | None = None, most: int = 10) -> list[Place]:
    """Return the places that a text may mean, the likeliest first.

    Parameters
    ----------
    url
        Base address of the service, up to its version.
    kind
        adres, woonplaats, perceel, weg or gemeente; all of them when left out.
    """
    params = {"q": text, "rows": str(most), "fl": _FIELDS}
    if kind is not None:
        params["fq"] = f"type:{kind}"
    body = http.get(f"{url.rstrip('/')}/free", params).json()
    try:
        return [_place(document) for document in body["response"]["docs"]]
    except (KeyError, TypeError, ValueError, shapely.errors.GEOSException) as problem:
        raise SourceError("{url} did not answer as a Locatieserver does.", url=url) from problem


def _place(document: Mapping[str, str]) -> Place:
    point = shapely.from_wkt(document["centroide_rd"])
    return Place(
        id=document["id"],
        kind=document["type"],
        name=document["weergavenaam"],
        x=float(shapely.get_x(point)),
        y=float(shapely.get_y(point)),
        municipality=document.get("gemeentenaam"),
    )
