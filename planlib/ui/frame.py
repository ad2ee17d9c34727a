"""The page frame that ``app.py`` starts: language, looks and the list of pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from planlib.ui import choices
from planlib.ui.routes import DATA, FREE_SPACE, PROJECTOR, THEMES

STYLE = Path(__file__).with_name("style.css")


def main() -> None:
    """Set up the page and run the one that was asked for."""
    st.set_page_config(page_title="Vrije ruimte", layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    words = choices.words()
    pages = [
        st.Page(FREE_SPACE, title=words("Free space"), url_path="vrije-ruimte", default=True),
        st.Page(THEMES, title=words("Themes and places"), url_path="themas"),
        st.Page(DATA, title=words("Data"), url_path="gegevens"),
        st.Page(PROJECTOR, title=words("Projector"), url_path="beamer"),
    ]
    st.navigation(pages, position="top").run()


main()
