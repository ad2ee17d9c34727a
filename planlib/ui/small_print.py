"""Is there a catch? The small print of a parcel, village or shape, its usable space and how firm its borders are."""

from __future__ import annotations

import streamlit as st

from planlib.errors import PlanlibError
from planlib.insight.named_land import NamedLand
from planlib.insight.small_print import small_print
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.fit_results import sensitivity, usable
from planlib.ui.loading import today
from planlib.views.address import MOST_SIZE_M2, MOST_WIDTH_M
from planlib.views.sentences import land_title
from planlib.views.small_print_html import sensitivity_html, small_print_html, usable_html

#: What a site must measure before anybody chose: room for a house and a garden.
_SIZE_M2, _WIDTH_M = 1_000.0, 20.0


def catch_panel(assessment: Assessment, named: NamedLand, words: Words) -> None:
    """Draw a fold with the small print of a named land; nothing in it is reckoned while it is closed."""
    title = land_title(named, assessment.release, words)
    fold = st.expander(words("Is there a catch? {place}", place=title), key="catch", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.html(small_print_html(small_print(assessment, named.land), words, on=today()))
        st.html(f'<div class="pl-card"><h4>{safe(words("What of it can be used"))}</h4></div>')
        _usable(assessment, named, words)
        st.html(f'<div class="pl-card"><h4>{safe(words("How firm the borders are"))}</h4></div>')
        _sensitivity(assessment, named, words)


def _usable(assessment: Assessment, named: NamedLand, words: Words) -> None:
    measure = choices.measure_in_address(size_m2=_SIZE_M2, width_m=_WIDTH_M)
    width, size = st.columns(2)
    width.number_input(
        words("How wide, in metres?"),
        min_value=0.0,
        max_value=MOST_WIDTH_M,
        step=5.0,
        format="%.0f",
        **choices.bound("catch_width", measure.width_m, lambda picked: choices.set_width(float(str(picked)))),
    )
    size.number_input(
        words("How large in one piece, in m²?"),
        min_value=1.0,
        max_value=MOST_SIZE_M2,
        step=500.0,
        format="%.0f",
        **choices.bound("catch_size", measure.size_m2, lambda picked: choices.set_size(float(str(picked)))),
    )
    try:
        found = usable_html(usable(assessment, named, measure), words)
    except PlanlibError as problem:
        found = f"<p>{safe(words.error(problem))}</p>"
    st.html(f'<div class="pl-card">{found}</div>')


def _sensitivity(assessment: Assessment, named: NamedLand, words: Words) -> None:
    if named.kind == "shape":
        said = words("This is reckoned for whole parcels: choose a parcel or a village under Where.")
        st.html(f'<div class="pl-card"><p>{safe(said)}</p></div>')
        return
    said = words("Maps are drawn from other maps. What stays free when every border is a metre, or five, further off?")
    st.html(f'<div class="pl-card"><p>{safe(said)}</p></div>')
    if st.button(words("Work it out"), key="catch_borders"):
        st.session_state["catch_borders_for"] = named.text, repr(assessment.scenario)
    if st.session_state.get("catch_borders_for") != (named.text, repr(assessment.scenario)):
        return
    try:
        with st.spinner(words("Moving the borders")):
            found = sensitivity_html(sensitivity(assessment, named), words)
    except PlanlibError as problem:
        found = f"<p>{safe(words.error(problem))}</p>"
    st.html(f'<div class="pl-card">{found}</div>')
