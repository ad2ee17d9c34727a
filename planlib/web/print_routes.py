"""The print view and the picture of the map: plain answers to the same address that the pages have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from planlib.errors import PlanlibError
from planlib.text.escape import safe
from planlib.views.address import read_view, read_words
from planlib.views.cache import ByteCache
from planlib.views.export_names import result_name
from planlib.views.open_releases import current_release
from planlib.views.picture import PICTURE_KINDS, PictureKind, map_picture
from planlib.views.print_page import PICTURE_PATH, PLATE, PRINT_PATH, print_page

_MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
#: A picture is of the release in use: whoever has one must ask whether it still is.
_ASK_AGAIN = {"Cache-Control": "no-cache"}
_NEVER = {"Cache-Control": "no-store"}

#: Pictures that stay in memory: the print view and a download ask for the same one.
_PICTURES: ByteCache[bytes] = ByteCache(32 * 2**20)


def print_routes(area: Path) -> list[BaseRoute]:
    """Return the routes of the print view and the picture of an area, to be put before the pages."""
    return [
        Route(PRINT_PATH, _page(area)),
        *(Route(f"{PICTURE_PATH}.{kind}", _picture(area, kind)) for kind in PICTURE_KINDS),
    ]


def _page(area: Path) -> Callable[[Request], Response]:
    """Return the endpoint of the print view; Starlette runs it in a thread, since it is no coroutine."""

    def endpoint(request: Request) -> Response:
        words = read_words(request.query_params)
        try:
            view = read_view(request.query_params, current_release(area))
            return HTMLResponse(print_page(view, dict(request.query_params), words), headers=_NEVER)
        except PlanlibError as problem:
            return HTMLResponse(
                f'<!doctype html><html lang="{words.language}"><meta charset="utf-8"><title>planlib</title>'
                f"<p>{safe(words.error(problem))}</p></html>",
                503,
                headers=_NEVER,
            )

    return endpoint


def _picture(area: Path, kind: PictureKind) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        words = read_words(request.query_params)
        try:
            view = read_view(request.query_params, current_release(area))
            assessment, named = view.assessment, view.named
            alone = PLATE not in request.query_params
            scenario = repr(assessment.scenario)
            key = assessment.release.id, kind, words.language, scenario, named.text, view.parcel, alone
            picture = _PICTURES.get(
                key,
                lambda: map_picture(assessment, words, named=named, parcel=view.parcel, kind=kind, alone=alone),
                len,
            )
        except PlanlibError as problem:
            return PlainTextResponse(words.error(problem), 503, headers=_NEVER)
        name = f"{result_name(assessment, words, named=named)}.{kind}"
        headers = {**_ASK_AGAIN, "Content-Disposition": f'inline; filename="{name}"'}
        return Response(picture, media_type=_MEDIA_TYPES[kind], headers=headers)

    return endpoint
