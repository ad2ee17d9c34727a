"""The lists beside the map: the same facts as the map and the same selection, reachable by keyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import uuid4

import numpy as np
import streamlit as st

from planlib.insight.named_land import NamedLand
from planlib.model import OUTCOMES, Outcome
from planlib.model.register import Entry, Initiative
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.long_list import more_rows, rows_shown
from planlib.ui.pick_table import pick_table
from planlib.views.entry_words import INITIATIVE_STATE_NAMES
from planlib.views.export import SIDECAR, parcel_file
from planlib.views.export_names import result_name
from planlib.views.maps import focus_point
from planlib.views.picture import map_picture
from planlib.views.print_page import PRINT_PATH
from planlib.views.provenance import provenance
from planlib.views.search import find_focus, parcel_find, plain
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER, USE_NAMES

#: Rows on a page of the list; the files hold all of them.
_ROWS = 100
#: What a file is called on its button -> what it is made as, and the ending that whoever takes it along gets.
_FILES = {
    "XLSX": (".xlsx", ".xlsx"),
    "CSV (ZIP)": (".csv", ".zip"),
    "GeoPackage (QGIS)": (".gpkg", ".gpkg"),
    "GeoParquet": (".geoparquet", ".geoparquet"),
}


def parcel_list(assessment: Assessment, words: Words, *, named: NamedLand, selected: str | None) -> None:
    """Draw the parcels, the most of the chosen outcome first, with a filter and the files to take along.

    ``named`` is the land that the picture to take along is about.
    """
    sort, find, save = st.columns([2, 3, 2], vertical_alignment="bottom")
    by = sort.selectbox(
        words("Most first"), SCREEN_ORDER, format_func=lambda outcome: words(OUTCOME_NAMES[outcome]), key="list_sort"
    )
    text = find.text_input(words("Parcels with"), key="list_find", placeholder=words("part of a parcel's name"))
    with save:
        _downloads(assessment, words, named, selected)
    ids = assessment.release.parcels["parcel_id"].to_numpy()
    areas = assessment.parcel_areas_m2
    order = np.argsort(-areas[:, OUTCOMES.index(Outcome(by))], kind="stable")
    if text:
        wanted = plain(text)
        order = order[[wanted in plain(ids[at]) for at in order]]
    top = order[:_ROWS]
    if selected in set(ids[order]) and selected not in set(ids[top]):
        top = np.concatenate([np.flatnonzero(ids == selected), top[:-1]])
    headers = [words("parcel"), words("area"), *(words(OUTCOME_NAMES[outcome]) for outcome in SCREEN_ORDER)]
    whole = assessment.release.parcels["area_m2"].to_numpy()
    rows = [
        [
            str(ids[at]),
            words.area(whole[at]),
            *(_area(areas[at, OUTCOMES.index(outcome)], words) for outcome in SCREEN_ORDER),
        ]
        for at in top
    ]
    caption = words("Parcels with their area per outcome")
    picked = pick_table(
        headers, rows, [str(ids[at]) for at in top], selected=selected, caption=caption, key="parcel_table"
    )
    st.text(words("{shown} of {all} parcels", shown=words.number(len(top)), all=words.number(len(order))))
    if picked and picked != selected:
        release = assessment.release
        choices.select(parcel=picked)
        choices.look_at(find_focus(parcel_find(release, release.parcel_index(picked)), crs=release.area.crs))
        st.rerun()


def entry_list(entries: Sequence[Entry], words: Words, *, selected: str | None, key: str) -> None:
    """Draw initiatives or bronpunten, the same as are pinned on the map; of very many the first, with a way to more."""
    if not entries:
        st.text(words("Nothing to show here with this filter."))
        return
    first = entries[: rows_shown(key)]
    if isinstance(entries[0], Initiative):
        headers = [words("initiative"), words("for"), words("state")]
        rows = [
            [entry.title, words(USE_NAMES[entry.use]), words(INITIATIVE_STATE_NAMES[entry.state])]
            for entry in first
            if isinstance(entry, Initiative)
        ]
    else:
        headers = [words("bronpunt"), words("in one sentence")]
        rows = [[entry.title, entry.summary] for entry in first]
    picked = pick_table(headers, rows, [entry.uid for entry in first], selected=selected, caption=headers[0], key=key)
    more_rows(len(entries), words, key=key)
    if picked and picked != selected:
        place = next(entry.place for entry in first if entry.uid == picked)
        choices.select(entry=picked)
        choices.look_at(focus_point(place.longitude, place.latitude, token=uuid4().hex))
        st.rerun()


def _downloads(assessment: Assessment, words: Words, named: NamedLand, selected: str | None) -> None:
    name = result_name(assessment, words)
    with st.popover(words("Take along"), width="stretch"):
        st.text(words("All parcels, exact to the square metre, with use, date, scenario and sources."))
        columns = st.columns(2)
        for at, (label, (suffix, ending)) in enumerate(_FILES.items()):
            columns[at % 2].download_button(
                label,
                data=lambda suffix=suffix: parcel_file(assessment, suffix, words),
                file_name=name + ending,
                on_click="ignore",
                key=f"download_{suffix}",
                width="stretch",
            )
        st.download_button(
            words("Picture of the map (PNG)"),
            data=lambda: _picture(assessment, words, named, selected),
            file_name=f"{result_name(assessment, words, named=named)}.png",
            on_click="ignore",
            key="download_picture",
            width="stretch",
        )
        st.link_button(words("Print view"), choices.address_of(PRINT_PATH), width="stretch")
        st.download_button(
            words("Sources and scenario (JSON)"),
            data=lambda: json.dumps(provenance(assessment), ensure_ascii=False, indent=2).encode(),
            file_name=f"{name}{SIDECAR}",
            on_click="ignore",
            key="download_about",
            width="stretch",
        )


def _picture(assessment: Assessment, words: Words, named: NamedLand, selected: str | None) -> bytes:
    return map_picture(assessment, words, named=named, parcel=assessment.release.find_parcel(selected))


def _area(area_m2: float, words: Words) -> str:
    return words.area(float(area_m2)) if area_m2 > 0 else "–"
