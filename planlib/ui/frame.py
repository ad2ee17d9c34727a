"""The page frame that ``app.py`` starts: language, looks, the bar of pages and the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from planlib.text.escape import safe
from planlib.ui import choices
from planlib.ui.page_bar import page_bar
from planlib.ui.routes import PAGE_NAMES, page_path

STYLE = Path(__file__).with_name("style.css")


def main() -> None:
    """Set up the page and run the one that was asked for."""
    words = choices.words()
    st.set_page_config(page_title=words("Free space"), layout="wide", initial_sidebar_state="auto")
    st.html(STYLE)
    # Streamlit's field for a file speaks English only; the style sheet puts these in its place.
    choose, most = words("Choose a file"), words("{size} MB at most", size=st.get_option("server.maxUploadSize"))
    st.html(f'<style>:root {{ --pl-choose: "{safe(choose)}"; --pl-most: "{safe(most)}"; }}</style>')
    pages = [
        st.Page(page, title=words(name), url_path=page_path(page), default=at == 0)
        for at, (page, name) in enumerate(PAGE_NAMES.items())
    ]
    # Streamlit's own links forget the choices in the address, so it shows none and the bar has its own.
    asked = st.navigation(pages, position="hidden")
    page_bar(pages, asked, words)
    asked.run()


main()
