"""The map of where a new file lies, and the question which coordinates it has when it does not say so itself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit_folium import st_folium

from planlib.intake import Landing
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.findings import finding_text
from planlib.text.words import Words
from planlib.views.maps import Focus, MapSite, area_map, geographic_bounds, map_state, map_texts
from planlib.views.sentences import exploration

CRS_NAMES = {
    "EPSG:28992": "Rijksdriehoek (RD): metres, as on Dutch maps",
    "EPSG:4258": "longitude and latitude, ETRS89",
    "EPSG:4326": "longitude and latitude, WGS84 (GPS)",
    "EPSG:3857": "the coordinates of web maps",
    "EPSG:25831": "UTM, zone 31",
    "EPSG:25832": "UTM, zone 32",
}


def ask_where(landings: Sequence[Landing], assessment: Assessment, words: Words) -> str | None:
    """Draw the question which coordinates a file has, with a map of the answer; return the one that was confirmed.

    Nothing is chosen beforehand: which answers bring it to the Netherlands is said beside them.
    """
    said = words("This file does not say where it lies, or says what cannot be. Which coordinates does it have?")
    st.html(f'<p class="pl-problem" role="alert">{safe(said)}</p>')
    at = st.radio(
        words("Coordinates"),
        range(len(landings)),
        index=None,
        format_func=lambda at: _named(landings[at], words),
        key="upload_crs",
    )
    if at is None:
        st.text(words("Choose one to see on the map where the file lies then. Nothing is taken over yet."))
        return None
    landing = landings[at]
    show_where(landing, assessment, words)
    if not landing.bounds:
        return None
    if st.button(words("Yes, it lies there"), type="primary", key="upload_crs_yes"):
        return landing.crs
    return None


def show_where(landing: Landing, assessment: Assessment, words: Words) -> None:
    """Draw the map with what lies where, and say it in words."""
    release = assessment.release
    if not landing.bounds:
        st.text(words("With these coordinates it lies nowhere on the map."))
        return
    area = geographic_bounds(release)
    inside = _meet(area, landing.bounds)
    said = [words("It lies in or at the area.") if inside else words("It does not touch the area.")]
    if not landing.fits:
        said.append(words("It does not lie in the Netherlands."))
    said += [finding_text(text, words) for text in landing.noticed]
    st.html(f'<p class="{"pl-quiet" if inside else "pl-problem"}">{safe(" ".join(said))}</p>')
    west, south, east, north = landing.bounds
    site = MapSite("1", (west + east) / 2, (south + north) / 2, landing.rings, True)
    st_folium(
        area_map(release),
        key="upload_map",
        height=320,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=map_state(
            assessment,
            texts=map_texts(words, release, disclaimer=exploration(assessment, words)),
            sites=[site],
            # The map starts with the whole area; what lies beyond it is sought.
            focus=None if inside else _both(area, landing.bounds),
        ),
    )


def _named(landing: Landing, words: Words) -> str:
    name = f"{words(CRS_NAMES[landing.crs])} ({landing.crs})"
    return words("{name}: lies in the Netherlands then", name=name) if landing.fits else name


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _both(area: Sequence[float], file: Sequence[float]) -> Focus:
    """Return the focus on the area and the file together, so that a reader sees how they lie to each other."""
    return Focus(
        f"upload-{file[0]:.5f}-{file[1]:.5f}",
        min(area[0], file[0]),
        min(area[1], file[1]),
        max(area[2], file[2]),
        max(area[3], file[3]),
    )
