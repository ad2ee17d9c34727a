"""Answers that take shapes to reckon, kept for whoever asks the same again.

Every key names the release, the scenario and all that was asked; arguments that start with an underscore go with them.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from planlib.insight.claims import Claim, claims_of
from planlib.insight.fit import Places, Wish, shape_of, where_fits
from planlib.insight.fit_here import Fit, fit_of
from planlib.insight.land import Land
from planlib.insight.named_land import NamedLand
from planlib.insight.place_land import place_land, place_parcel
from planlib.insight.sensitivity import Sensitivity, boundary_sensitivity
from planlib.insight.usable import UsableSpace, usable_space
from planlib.model.register import Entry, Initiative
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.views.address import Measure
from planlib.views.maps import MapSite, map_site


@dataclass(frozen=True, eq=False)
class Found:
    """The places for a wish, and the same as they are drawn on the map, numbered as in the list."""

    places: Places
    sites: tuple[MapSite, ...]


def places_for(assessment: Assessment, named: NamedLand, measure: Measure, entries: tuple[Entry, ...]) -> Found:
    """Return where a plan of some measure fits in or near a named land."""
    release = assessment.release
    claims = _claims(release.id, _stamp(entries), release, entries)
    wish = Wish(measure.size_m2, measure.width_m, shape_of(release, named), measure.within_m, measure.only_unclaimed)
    key = (release.id, repr(assessment.scenario), named.text, measure, _stamp(entries))
    return _places(key, assessment, wish, claims)


def initiative_fit(assessment: Assessment, entry: Initiative) -> tuple[Fit | None, int | None]:
    """Return whether an initiative fits on its land, None outside the parcels; and its parcel when it is only a pin."""
    return _initiative_fit((assessment.release.id, repr(assessment.scenario), repr(entry)), assessment, entry)


def usable(assessment: Assessment, named: NamedLand, measure: Measure) -> UsableSpace:
    """Return the usable space of a named land."""
    key = (assessment.release.id, repr(assessment.scenario), named.text, measure.size_m2, measure.width_m)
    return _usable(key, assessment, named.land, measure)


def sensitivity(assessment: Assessment, named: NamedLand) -> tuple[Sensitivity, ...]:
    """Return what becomes of the free part of a named land when borders are off."""
    return _sensitivity((assessment.release.id, repr(assessment.scenario), named.text), assessment, named.land)


def _stamp(entries: tuple[Entry, ...]) -> str:
    return repr([(entry.uid, entry.place, getattr(entry, "state", None), entry.title) for entry in entries])


@st.cache_resource(max_entries=4, show_spinner=False)
def _claims(release_id: str, stamp: str, _release: Release, _entries: tuple[Entry, ...]) -> tuple[Claim, ...]:
    return claims_of(_release, _entries)


@st.cache_resource(max_entries=64, show_spinner=False)
def _places(key: tuple[object, ...], _assessment: Assessment, _wish: Wish, _claims: tuple[Claim, ...]) -> Found:
    places = where_fits(_assessment, _wish, _claims)
    crs = _assessment.release.area.crs
    sites = (
        map_site(candidate.site.outline, crs=crs, label=str(number))
        for number, candidate in enumerate(places.candidates, start=1)
    )
    return Found(places, tuple(sites))


@st.cache_resource(max_entries=256, show_spinner=False)
def _initiative_fit(
    key: tuple[object, ...], _assessment: Assessment, _entry: Initiative
) -> tuple[Fit | None, int | None]:
    land = place_land(_assessment.release, _entry.place)
    if land is None:
        return None, None
    parcel = None if _entry.place.polygons else place_parcel(_assessment.release, _entry.place)
    return fit_of(_assessment, land, area_needed_m2=_entry.area_needed_m2), parcel


@st.cache_resource(max_entries=64, show_spinner=False)
def _usable(key: tuple[object, ...], _assessment: Assessment, _land: Land, _measure: Measure) -> UsableSpace:
    return usable_space(_assessment, _land, width_m=_measure.width_m, site_area_m2=_measure.size_m2)


@st.cache_resource(max_entries=64, show_spinner=False)
def _sensitivity(key: tuple[object, ...], _assessment: Assessment, _land: Land) -> tuple[Sensitivity, ...]:
    return boundary_sensitivity(_assessment, _land)
