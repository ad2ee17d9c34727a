"""The server: Streamlit's pages with our own routes and headers in one process.

``streamlit run app.py`` serves the area that the variable ``PLANLIB_AREA`` names, the fictional demo without it.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from planlib.errors import PlanlibError
from planlib.ui.failure import show_failure
from planlib.views.maps import BACKGROUND_HOST
from planlib.views.open_releases import current_release
from planlib.views.tiles import warm_up
from planlib.web.headers import PageHeaders
from planlib.web.print_routes import print_routes
from planlib.web.routes import routes

ROOT = Path(__file__).resolve().parent
AREA = Path(os.environ.get("PLANLIB_AREA") or ROOT / "data" / "areas" / "demo")
#: "pdok" lets the map show the cadastre's background where the reader's browser has internet; without it nothing
#: leaves this machine.
BACKGROUND = os.environ.get("PLANLIB_BACKGROUND") == "pdok"


def warm(area: Path) -> None:
    """Get the first map ready before anybody asks; an area that is not built yet is the page's business."""
    try:
        warm_up(current_release(area))
    except (PlanlibError, OSError):
        logging.getLogger(__name__).info("The map of %s is not ready yet.", area)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start the warm-up beside the server, which answers in the meantime."""
    threading.Thread(target=warm, args=(AREA,), name="planlib-warm-up", daemon=True).start()
    yield


app = st.App(
    ROOT / "planlib" / "ui" / "frame.py",
    routes=[*routes(), *print_routes(AREA)],
    middleware=[Middleware(PageHeaders, image_hosts=[BACKGROUND_HOST] if BACKGROUND else [])],
    lifespan=lifespan,
    on_script_error=show_failure,
)
