"""What people see when a page fails: one calm sentence and the way back, never a stack trace."""

from __future__ import annotations

import logging

import streamlit as st

from planlib.errors import PlanlibError
from planlib.text.escape import safe
from planlib.ui import choices


def show_failure(error: Exception) -> bool:
    """Show a failed page's sentence and log the rest; return True, for Streamlit to show nothing of its own."""
    logging.getLogger(__name__).error("A page failed.", exc_info=error)
    words = choices.words()
    if isinstance(error, PlanlibError):
        sentence = words.error(error)
    else:
        sentence = words("Something went wrong on this page. Nothing was lost; the log of the server says what it was.")
    st.html(f'<p class="pl-problem" role="alert">{safe(sentence)}</p>')
    st.button(words("Try again"), key="try_after_failure")
    return True
