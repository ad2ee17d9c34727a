"""Data services on this machine that speak as the Dutch ones do, and servers that misbehave.

The dialects are those of ``dutch-services.md``: PDOK's OGC API (cursor, capped limit, unknown parameter = 400, CRS in a
header, no numberMatched), WFS 2.0 (startIndex, hits), ArcGIS (errors inside HTTP 200).
"""

from __future__ import annotations

import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import shapely
from pyproj import Transformer

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    params: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str

    @property
    def url(self) -> str:
        """The address without its parameters."""
        return self.base + self.path


@dataclass
class Reply:
    """What is answered; ``send`` bytes of the body only, then the line goes dead; ``length`` is a lie about it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    send: int | None = None
    length: int | None = None


Handler = Callable[[Request], Reply]


def reply_json(value: object, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json", **named})


class Server:
    """Routes by the longest prefix of the path; keeps what was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.routes: dict[str, Handler] = {}
        self.asked: list[Request] = []

    def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        fitting = [prefix for prefix in self.routes if request.path.startswith(prefix)]
        if not fitting:
            return reply_json({"title": "Not Found", "detail": "there is nothing here"}, 404)
        return self.routes[max(fitting, key=len)](request)

    def paths(self) -> list[str]:
        """Return the paths that were asked, in order."""
        return [request.path for request in self.asked]


@contextmanager
def serve() -> Iterator[Server]:
    """Serve on a free port of this machine."""

    class Talk(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            self.talk()

        def do_POST(self) -> None:
            self.talk()

        def talk(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = server.answer(Request(parts.path, dict(parse_qsl(parts.query)), self.headers, body, server.base))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            self.end_headers()
            if reply.status != 304:
                self.wfile.write(reply.body if reply.send is None else reply.body[: reply.send])
            if reply.send is not None or reply.length is not None:
                self.wfile.flush()
                self.close_connection = True

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Talk)
    listener.daemon_threads = True
    server = Server(f"http://127.0.0.1:{listener.server_port}")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join(timeout=5)


# --- data --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """Features in RD: ids, shapes and attributes, aligned."""

    ids: Sequence[str]
    shapes: Sequence[shapely.Geometry | None]
    properties: Sequence[Mapping[str, Any]]

    def near(self, box: Sequence[float] | None) -> list[int]:
        """Return the positions of features that meet a box in RD."""
        if box is None:
            return list(range(len(self.ids)))
        return [at for at, shape in enumerate(self.shapes) if shape is not None and shape.intersects(shapely.box(*box))]

    def feature(self, at: int, *, degrees: bool = False) -> dict[str, Any]:
        """Return one feature as GeoJSON."""
        shape = self.shapes[at]
        if shape is not None and degrees:
            shape = shapely.transform(shape, _to_degrees)
        geometry = None if shape is None else json.loads(shapely.to_geojson(shape))
        return {"type": "Feature", "id": self.ids[at], "geometry": geometry, "properties": dict(self.properties[at])}


def squares(
    count: int, *, side: float = 10.0, at: tuple[float, float] = (200_000.0, 500_000.0), row: int = 100
) -> Data:
    """Return squares beside each other in rows, numbered."""
    left = at[0] + side * (np.arange(count) % row)
    bottom = at[1] + side * (np.arange(count) // row)
    shapes = shapely.box(left, bottom, left + side, bottom + side)
    return Data(
        [f"f{number}" for number in range(count)],
        list(shapes),
        [{"number": number, "name": f"plot {number}"} for number in range(count)],
    )


_DEGREES = Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True)
_METRES = Transformer.from_crs("OGC:CRS84", "EPSG:28992", always_xy=True)


def _to_degrees(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(_DEGREES.transform(xy[:, 0], xy[:, 1]))


# --- OGC API Features as PDOK serves it --------------------------------------------------------------------------


_KNOWN = {
    "f",
    "limit",
    "cursor",
    "crs",
    "bbox",
    "bbox-crs",
    "datetime",
    "filter",
    "filter-crs",
    "filter-lang",
    "profile",
}


class Pdok:
    """A service in PDOK's dialect that stands at ``prefix``."""

    def __init__(self, collections: Mapping[str, Data], prefix: str, *, most: int = 1000) -> None:
        self.collections, self.prefix, self.most = dict(collections), prefix, most

    def __call__(self, request: Request) -> Reply:
        match request.path.removeprefix(self.prefix).strip("/").split("/"):
            case [""]:
                licence = {"rel": "license", "href": "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"}
                return reply_json({"title": "test", "links": [{"rel": "data", "href": request.url}, licence]})
            case ["collections"]:
                return reply_json(
                    {"links": [], "collections": [self._about(request, name) for name in self.collections]}
                )
            case ["collections", name] if name in self.collections:
                return reply_json(self._about(request, name))
            case ["collections", name, "items"] if name in self.collections:
                return self._items(request, self.collections[name])
            case _:
                return reply_json({"title": "Not Found", "detail": f"no such thing: {request.path}"}, 404)

    def _about(self, request: Request, name: str) -> dict[str, Any]:
        return {
            "id": name,
            "title": name.title(),
            "links": [{"rel": "items", "href": f"{request.base}{self.prefix}/collections/{name}/items"}],
            "crs": [CRS84_URI, RD_URI],
            "storageCrs": RD_URI,
            "extent": {"spatial": {"bbox": [[3.2, 50.7, 7.3, 53.6]], "crs": CRS84_URI}},
        }

    def _items(self, request: Request, data: Data) -> Reply:
        asked = request.params
        if unknown := asked.keys() - _KNOWN:
            return _bad(f"unknown query parameter(s) found: {min(unknown)}")
        crs = asked.get("crs", CRS84_URI)
        if crs not in (CRS84_URI, RD_URI):
            return _bad(f"crs {crs} is not supported")
        filters = {key: value for key, value in asked.items() if key != "cursor"}
        checksum = hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:8]
        place, _, given = asked.get("cursor", f"0~{checksum}").partition("~")
        if given != checksum:
            return _bad("the cursor does not fit the filters")
        found, start = data.near(_box(asked)), int(place)
        page = found[start : start + min(int(asked.get("limit", 10)), self.most)]
        links = [{"rel": "self", "href": request.url}]
        if (end := start + len(page)) < len(found):
            query = "&".join(f"{key}={value}" for key, value in {**filters, "cursor": f"{end}~{checksum}"}.items())
            links.append({"rel": "next", "href": f"{request.url}?{query}"})
        body = {
            "type": "FeatureCollection",
            "timeStamp": "2026-11-25T12:00:00Z",
            "links": links,
            "features": [data.feature(at, degrees=crs == CRS84_URI) for at in page],
            "numberReturned": len(page),
        }
        return reply_json(body, Content_Crs=f"<{crs}>")


def _bad(detail: str) -> Reply:
    return reply_json({"title": "Bad Request", "detail": detail}, 400)


def _box(asked: Mapping[str, str]) -> Sequence[float] | None:
    """Return the bbox that was asked for, in RD."""
    if "bbox" not in asked:
        return None
    box = [float(value) for value in asked["bbox"].split(",")]
    return _METRES.transform_bounds(*box) if asked.get("bbox-crs", CRS84_URI) == CRS84_URI else box


# --- WFS 2.0 -----------------------------------------------------------------------------------------------------


def wfs(types: Mapping[str, Data], *, most: int = 1000, hits: bool = True, pages: bool = True) -> Handler:
    """Return a WFS; without ``hits`` it cannot count, without ``pages`` it ignores startIndex."""
    capabilities = (
        '<?xml version="1.0"?><WFS_Capabilities xmlns="http://www.opengis.net/wfs/2.0" '
        'xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0"><ows:ServiceIdentification>'
        "<ows:AccessConstraints>https://creativecommons.org/licenses/by/4.0/</ows:AccessConstraints>"
        '</ows:ServiceIdentification><ows:OperationsMetadata><ows:Operation name="GetFeature">'
        '<ows:Parameter name="outputFormat"><ows:AllowedValues><ows:Value>application/gml+xml; version=3.2</ows:Value>'
        "<ows:Value>application/json</ows:Value></ows:AllowedValues></ows:Parameter></ows:Operation>"
        "</ows:OperationsMetadata><FeatureTypeList>"
        + "".join(
            f"<FeatureType><Name>{name}</Name><Title>{name}</Title>"
            "<DefaultCRS>urn:ogc:def:crs:EPSG::28992</DefaultCRS><OtherCRS>urn:ogc:def:crs:EPSG::4326</OtherCRS>"
            "<ows:WGS84BoundingBox><ows:LowerCorner>3.2 50.7</ows:LowerCorner><ows:UpperCorner>7.3 53.6</ows:UpperCorner>"
            "</ows:WGS84BoundingBox></FeatureType>"
            for name in types
        )
        + "</FeatureTypeList></WFS_Capabilities>"
    )

    def refuse(text: str) -> Reply:
        report = (
            '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception>'
            f"<ows:ExceptionText>{text}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
        )
        return Reply(report.encode(), 200, {"Content-Type": "application/xml"})

    def answer(request: Request) -> Reply:
        asked = {key.lower(): value for key, value in request.params.items()}
        if asked["request"] == "GetCapabilities":
            return Reply(capabilities.encode(), 200, {"Content-Type": "application/xml"})
        if asked["typenames"] not in types:
            return refuse(f"unknown type {asked['typenames']}")
        if asked["srsname"] != "EPSG:28992":
            return refuse("only EPSG:28992 here")
        data = types[asked["typenames"]]
        box = None
        if "bbox" in asked:
            *numbers, crs = asked["bbox"].split(",")
            if crs != "EPSG:28992":
                return refuse("name the CRS of the bbox")
            box = [float(value) for value in numbers]
        found = data.near(box)
        matched = str(len(found)) if hits else "unknown"
        if asked.get("resulttype") == "hits":
            head = f'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{matched}" numberReturned="0"/>'
            return Reply(head.encode(), 200, {"Content-Type": "application/xml"})
        start = int(asked.get("startindex", 0)) if pages else 0
        page = found[start : start + min(int(asked["count"]), most)]
        body = {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}},
            "features": [data.feature(at) for at in page],
        }
        return reply_json(body)

    return answer


# --- ArcGIS REST -------------------------------------------------------------------------------------------------


class ArcGis:
    """A map service with one layer, number 3; everything it says comes with HTTP 200."""

    def __init__(self, data: Data, prefix: str, *, most: int = 1000) -> None:
        self.data, self.prefix, self.most = data, prefix, most

    def __call__(self, request: Request) -> Reply:
        match request.path.removeprefix(self.prefix).strip("/"):
            case "":
                return reply_json({"currentVersion": 10.9, "layers": [{"id": 3, "name": "Monumenten"}]})
            case "3":
                fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
                about = {"name": "Monumenten", "geometryType": "esriGeometryPolygon", "fields": fields}
                return reply_json({**about, "maxRecordCount": self.most, "copyrightText": "Provincie Drenthe"})
            case "3/query":
                return reply_json(self._query(request.params))
            case _:
                return reply_json({"error": {"code": 404, "message": "Not found", "details": []}})

    def _query(self, asked: Mapping[str, str]) -> dict[str, Any]:
        if asked.get("outSR", "28992") != "28992" or asked.get("where") != "1=1":
            return {"error": {"code": 400, "message": "Unable to complete operation.", "details": ["bad query"]}}
        found = self.data.near(
            [float(value) for value in asked["geometry"].split(",")] if "geometry" in asked else None
        )
        if asked.get("returnCountOnly") == "true":
            return {"count": len(found)}
        start = int(asked.get("resultOffset", 0))
        page = found[start : start + min(int(asked.get("resultRecordCount", self.most)), self.most)]
        body: dict[str, Any] = {
            "objectIdFieldName": "OBJECTID",
            "geometryType": "esriGeometryPolygon",
            "spatialReference": {"wkid": 28992, "latestWkid": 28992},
            "features": [
                {
                    "attributes": {"OBJECTID": at + 1, **self.data.properties[at]},
                    "geometry": _rings(self.data.shapes[at]),
                }
                for at in page
            ],
        }
        return body | ({"exceededTransferLimit": True} if start + len(page) < len(found) else {})


def _rings(shape: shapely.Geometry | None) -> dict[str, Any]:
    """Return rings as Esri writes them: outer ones clockwise, holes against the clock."""
    found = []
    for part in shapely.get_parts(shape):
        outer = part.exterior
        found.append(list((outer.reverse() if outer.is_ccw else outer).coords))
        found += [list((hole if hole.is_ccw else hole.reverse()).coords) for hole in part.interiors]
    return {"rings": found}
