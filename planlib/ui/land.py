"""The question *Waar?*: the whole area, a village, the selected parcel or a shape drawn on the map."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import streamlit as st

from planlib.errors import ReleaseError
from planlib.insight.land import Land
from planlib.insight.named_land import MOST_PARCELS, NamedLand, parcels_text, read_land, region_text
from planlib.insight.regions import region_shapes
from planlib.release import Release
from planlib.text.words import Words
from planlib.ui import choices
from planlib.views.maps import Focus, geographic_bounds
from planlib.views.open_releases import release_by_id
from planlib.views.sentences import land_title


@dataclass(frozen=True)
class PickedLand:
    """The land that was picked and what it is called in a sentence; ``named`` is the same with its text and outline."""

    land: Land
    title: str
    named: NamedLand


def pick_land(release: Release, words: Words) -> PickedLand:
    """Draw the choice of land, kept in the address, and return what is chosen; what does not fit is the whole area."""
    named = chosen_land(release)
    options = ["", *(region_text(name) for name in region_shapes(release).names)]
    selected = choices.parcel_in_address()
    if release.find_parcel(selected) is not None and selected is not None:
        options.append(parcels_text([selected]))
    if named.text not in options:
        options.append(named.text)
    names = {option: _option(release, option, words) for option in options}
    st.selectbox(
        words("Where?"),
        options,
        format_func=lambda option: names[option],
        **choices.bound("land", named.text, lambda picked: _set(release, str(picked or ""))),
    )
    return PickedLand(named.land, land_title(named, release, words), named)


def chosen_land(release: Release) -> NamedLand:
    """Return the land in the address; what the area does not have, or cannot be read, is the whole area."""
    try:
        return _named(release.id, choices.land_in_address())
    except ReleaseError:
        return read_land(release, "")


def selected_land(release: Release) -> NamedLand | None:
    """Return the parcel in the address as a piece of land, None when there is none that the area has."""
    parcel = choices.parcel_in_address()
    if parcel is None or release.find_parcel(parcel) is None:
        return None
    return _named(release.id, parcels_text([parcel]))


def selection_button(release: Release, parcel: str, words: Words) -> None:
    """Draw the button that puts a parcel with the parcels that *Where?* is about, or takes it out of them."""
    named = chosen_land(release)
    ids = release.parcels["parcel_id"].iloc[named.land.parcels].tolist() if named.kind == "parcels" else []
    if parcel in ids:
        said, wanted = words("Take out of the selection"), [other for other in ids if other != parcel]
    else:
        said, wanted = words("Put in the selection"), [*ids, parcel]
    st.button(
        said,
        on_click=choices.set_land,
        args=(parcels_text(wanted) if wanted else "",),
        disabled=len(wanted) > MOST_PARCELS,
        help=words("The answer above, the tables and the other pages are then about the parcels in the selection."),
        key="select_parcel",
    )


def look_at_land(named: NamedLand, release: Release) -> None:
    """Move the map to a piece of land, once."""
    if named.outline:
        corners = np.concatenate([np.asarray(ring) for ring in named.outline])
        (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    else:
        west, south, east, north = geographic_bounds(release)
    choices.look_at(Focus(uuid4().hex, float(west), float(south), float(east), float(north)))


def set_land(release: Release, text: str) -> None:
    """Put a piece of land in the address and move the map there."""
    _set(release, text)


@st.cache_resource(max_entries=64, show_spinner=False)
def _named(release_id: str, text: str) -> NamedLand:
    """Return the land of a text; a drawn shape is cut once, not at every rerun."""
    release = release_by_id(release_id)
    if release is None:
        raise ReleaseError("The release {id} is no longer there; load the page again.", id=release_id)
    return read_land(release, text)


def _set(release: Release, text: str) -> None:
    choices.set_land(text)
    look_at_land(chosen_land(release), release)


def _option(release: Release, text: str, words: Words) -> str:
    if not text:
        return words("all of {area}", area=release.area.title)
    kind, _, rest = text.partition(":")
    if kind == "vlak":
        return words("the shape you drew")
    if kind == "dorp":
        return rest
    return land_title(_named(release.id, text), release, words)
