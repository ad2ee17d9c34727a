"""What a click or a drawing on a map puts in the address; the same on every page with a map."""

from __future__ import annotations

import streamlit as st

from planlib.insight.named_land import shape_text
from planlib.release import Release
from planlib.ui import choices
from planlib.views.clicks import read_click

_SPOT = "clicked_spot"


def clicked_spot(parcel: str) -> tuple[float, float] | None:
    """Return where in a parcel this visit last clicked, in degrees; None when it clicked elsewhere."""
    clicked, spot = st.session_state.get(_SPOT, (None, None))
    return spot if clicked == parcel else None


def take_click(release: Release, map_key: str) -> None:
    """Put what was last clicked or drawn on the map with this key in the address, once per click."""
    click = read_click(release, (st.session_state.get(map_key) or {}).get("last_active_drawing"))
    if click is None or st.session_state.get("last_click") == click.at:
        return
    st.session_state["last_click"] = click.at
    if click.kind == "parcel" and click.parcel is not None:
        parcel = str(release.parcels["parcel_id"].iloc[click.parcel])
        st.session_state[_SPOT] = parcel, click.spot
        choices.select(parcel=parcel)
    elif click.kind == "shape":
        choices.set_land(shape_text(click.ring))
    elif click.uid is not None:
        choices.select(entry=click.uid)
    else:
        choices.select()
