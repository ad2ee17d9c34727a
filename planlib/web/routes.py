"""The server's own routes: vector tiles of a release, and the files the map loads.

They answer anybody: parcels and rules are public. What stands under a release id or a file's hash never changes, so
browsers keep it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from planlib.release import Release
from planlib.views import assets
from planlib.views.cache import ByteCache
from planlib.views.context import context_tile
from planlib.views.open_releases import release_by_id
from planlib.views.overview import overview_tile
from planlib.views.tiles import cells_tile, is_tile

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
_NEVER = {"Cache-Control": "no-store"}
_MVT = "application/vnd.mapbox-vector-tile"
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}

#: Compressed tiles that stay in memory, for everybody who looks at the same place.
_TILES: ByteCache[bytes] = ByteCache(96 * 2**20)

MakeTile = Callable[[Release, int, int, int], bytes]


def routes() -> list[BaseRoute]:
    """Return the routes to be put before the pages; a path below theirs that is nothing is a 404, never a page."""
    return [
        Route("/tiles/{release}/cells/{z}/{x}/{y}.mvt", _tiles("cells", cells_tile, _MVT)),
        Route("/tiles/{release}/context/{z}/{x}/{y}.mvt", _tiles("context", context_tile, _MVT)),
        Route("/tiles/{release}/overview/{z}/{x}/{y}.json", _tiles("overview", _overview_json, "application/json")),
        *(Route(f"/{folder}/{{digest}}/{{name}}", _files(folder)) for folder in assets.FILES),
        *(Route(f"/{folder}/{{rest:path}}", _nothing) for folder in ("tiles", *assets.FILES)),
    ]


def _tiles(kind: str, make: MakeTile, media_type: str) -> Callable[[Request], Response]:
    """Return the endpoint of a kind of tile; Starlette runs it in a thread, since it is no coroutine."""

    def endpoint(request: Request) -> Response:
        place = _place(request)
        if place is None:
            return PlainTextResponse("no such tile", 400, headers=_NEVER)
        release = release_by_id(request.path_params["release"])
        if release is None:
            return PlainTextResponse("no such release", 404, headers=_NEVER)
        try:
            packed = _TILES.get(
                (release.id, kind, *place), lambda: _pack(make(release, *place)), lambda made: len(made) + 200
            )
        except FileNotFoundError:
            # A build dropped this release while it was being read.
            return PlainTextResponse("no such release", 404, headers=_NEVER)
        if not packed:
            return Response(status_code=204, headers=_FOR_EVER)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(packed), media_type=media_type, headers=_FOR_EVER)
        headers = {**_FOR_EVER, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(packed, media_type=media_type, headers=headers)

    return endpoint


def _place(request: Request) -> tuple[int, int, int] | None:
    numbers = [request.path_params[name] for name in "zxy"]
    if not all(number.isascii() and number.isdigit() and len(number) < 8 for number in numbers):
        return None
    z, x, y = (int(number) for number in numbers)
    return (z, x, y) if is_tile(z, x, y) else None


def _pack(tile: bytes) -> bytes:
    # Level 1: the tile is made while somebody waits.
    return gzip.compress(tile, 1) if tile else b""


def _overview_json(release: Release, z: int, x: int, y: int) -> bytes:
    tile = overview_tile(release, z, x, y)
    return json.dumps(tile, separators=(",", ":")).encode() if tile else b""


def _files(folder: str) -> Callable[[Request], Response]:
    """Return the endpoint of a folder of files; only names that stand in :data:`assets.FILES` are looked for."""

    def endpoint(request: Request) -> Response:
        file = assets.FILES[folder].get(request.path_params["name"])
        if file is None or not file.is_file():
            return _nothing(request)
        # An older page may ask for an older file; what it gets is not what it named, so it must not keep it.
        same = request.path_params["digest"] == assets.digest(file)
        return FileResponse(file, media_type=_MEDIA_TYPES[file.suffix], headers=_FOR_EVER if same else _ASK_AGAIN)

    return endpoint


def _nothing(_request: Request) -> Response:
    return PlainTextResponse("not found", 404, headers=_NEVER)
