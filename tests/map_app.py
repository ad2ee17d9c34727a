"""The server of the smallest page with a map."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from planlib.web.headers import PageHeaders
from planlib.web.routes import routes

app = st.App(Path(__file__).resolve().with_name("map_page.py"), routes=routes(), middleware=[Middleware(PageHeaders)])
