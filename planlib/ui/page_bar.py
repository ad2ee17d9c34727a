"""The bar above every page: links to the pages that keep the choices in the address, and the link to hand on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component as make_component

from planlib.text.escape import safe
from planlib.text.words import Words

_HERE = Path(__file__).parent


def page_bar(pages: Sequence[st.Page], asked: st.Page, words: Words) -> None:
    """Draw the links to all pages, the one that is shown as plain text, and the control to share."""
    address = st.query_params.to_dict()
    with st.container(key="page_bar", horizontal=True, gap="small", vertical_alignment="center", wrap=False):
        with st.container(key="page_links", horizontal=True, gap="small", wrap=False):
            for page in pages:
                if page is asked:
                    st.html(f'<span class="pl-here" aria-current="page">{safe(page.title)}</span>', width="content")
                else:
                    st.page_link(page, label=page.title, query_params=address)
        _share(words)


def _share(words: Words) -> None:
    """Draw the control that shows and copies the link; it also gives the browser the reader's language."""
    component = make_component(
        "planlib_share", css=(_HERE / "share.css").read_text(), js=(_HERE / "share.js").read_text()
    )
    texts = {
        "share": words("Share"),
        "title": words("This link opens the same view"),
        "copied": words("The link has been copied."),
        "copy": words("Select the link and copy it."),
        "close": words("Close"),
        "skip": words("To the content"),
    }
    component(data={**texts, "language": words.language}, key="share")
