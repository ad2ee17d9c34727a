"""The smallest page with a map, as a server of its own: what the map itself promises is tested on it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import streamlit as st
from streamlit_folium import st_folium

from planlib.model import Scenario, State
from planlib.scenario import assess
from planlib.text.words import Words
from planlib.views.maps import Pin, area_map, focus_parcel, map_state, map_texts, read_click
from planlib.views.open_releases import current_release

AREA = Path(os.environ["PLANLIB_AREA"])


def main() -> None:
    """Draw the switches, the map, and what came back from it."""
    st.set_page_config(layout="wide")
    release = current_release(AREA)
    away = st.checkbox("without rules")
    looks = st.checkbox("look")
    st.query_params["away"] = str(away)
    selected = st.session_state.get("selected")
    states = {rule.id: State.LAPSED for rule in release.rules} if away else {}
    pins = [Pin(**{**pin, "rings": ()}) for pin in json.loads((AREA / "pins.json").read_text(encoding="utf-8"))]
    returned = st_folium(
        area_map(release),
        key="map",
        height=560,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=map_state(
            assess(release, Scenario(states=states)),
            texts=map_texts(Words("nl"), release, disclaimer="Verkenning; geen besluit, geen toezegging."),
            selected=selected,
            pins=pins,
            focus=focus_parcel(release, 0, token="the first parcel") if looks else None,
        ),
    )
    click = read_click(release, (returned or {}).get("last_active_drawing"))
    if click is not None:
        st.text(f"click {click.kind} {click.parcel if click.uid is None else click.uid} at {click.at}")
        if click.parcel != selected:
            st.session_state["selected"] = click.parcel
            st.rerun()


main()
