"""What stands behind the map, on the page *Gegevens*: what each layer is worth, and what the last refresh changed."""

from __future__ import annotations

import streamlit as st

from planlib.errors import PlanlibError
from planlib.insight.last_refresh import LastRefresh, read_last_refresh
from planlib.insight.layer_report import base_reports, layer_reports, parcel_findings
from planlib.release import Release
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui.loading import today
from planlib.views.data_html import base_table, layers_table, parcels_note
from planlib.views.refresh_html import refresh_html


def behind_the_map(release: Release, words: Words) -> None:
    """Draw what each layer is worth: origin, age, count, survey, repairs, and how sure the law is."""
    try:
        refresh = read_last_refresh(release.area.path)
    except PlanlibError:
        # The other tab says so; what is known of the layers themselves is no less true.
        refresh = None
    day = today()
    st.html(layers_table(layer_reports(release, on=day, refresh=refresh), words))
    st.html(base_table(base_reports(release, on=day, refresh=refresh), words))
    note = parcels_note(parcel_findings(release), words)
    if note:
        st.html(note)


def last_refresh(release: Release, words: Words) -> None:
    """Draw what the last refresh of the area changed."""
    refresh: LastRefresh | None
    try:
        refresh = read_last_refresh(release.area.path)
    except PlanlibError as problem:
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return
    st.html(refresh_html(refresh, release, words))
