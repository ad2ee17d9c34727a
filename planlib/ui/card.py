"""The card beside the map: what was selected, or what to try first, and what holds everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component as make_component

from planlib.catalogue import read_catalogue
from planlib.insight import explain_parcel
from planlib.model.register import Entry
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.land import selection_button
from planlib.ui.loading import today
from planlib.ui.register_panel import entry_card
from planlib.ui.story_stage import story_button
from planlib.views.html import parcel_card
from planlib.views.sentences import within_sentence

_HERE = Path(__file__).parent


def card(assessment: Assessment, chosen: Choices, entries: Sequence[Entry], words: Words) -> None:
    """Draw the card of what is selected, or what to try first; a new card comes into view with its top."""
    entry = next((entry for entry in entries if entry.uid == chosen.entry), None)
    parcel = chosen.parcel if assessment.release.find_parcel(chosen.parcel) is not None else None
    shown = ""
    if entry is not None:
        shown = entry.uid
        entry_card(entry, assessment, words)
        story_button(entry, words)
    elif parcel is not None:
        shown = parcel
        st.html(parcel_card(explain_parcel(assessment, parcel), words, on=today()))
    else:
        _first_steps(chosen, words)
    if shown:
        with st.container(horizontal=True):
            if parcel is not None and shown == parcel:
                selection_button(assessment.release, parcel, words)
            st.button(words("Close this card"), on_click=choices.select, key="close_card")
    _duties(assessment, words)
    _come_into_view(shown)


def _come_into_view(shown: str) -> None:
    """Let the browser show the top of the card when ``shown`` is another thing than before."""
    component = make_component("planlib_card_view", js=(_HERE / "card_view.js").read_text())
    component(data={"shown": shown}, key="card_view")


def _first_steps(chosen: Choices, words: Words) -> None:
    missing = ""
    if chosen.parcel is not None:
        missing = f"<p>{safe(words('There is no parcel {id} here.', id=chosen.parcel))}</p>"
    beside = words("Open a group of rules on the left and think one away: the map and the answer follow.")
    behind = words("Open the rules with the arrows at the top left and think one away: the map and the answer follow.")
    steps = (
        safe(words("Choose above what you want to do: housing, nature, solar panels …")),
        safe(
            words(
                "Click a parcel on the map, or search for an address: its card says what holds it and whom to talk to."
            )
        ),
        # Where the rules are depends on the screen: the style sheet shows one of the two.
        f'<span class="pl-beside">{safe(beside)}</span><span class="pl-behind">{safe(behind)}</span>',
    )
    items = "".join(f"<li>{step}</li>" for step in steps)
    st.html(f'<div class="pl-card"><h3>{safe(words("Where to begin"))}</h3>{missing}<ol>{items}</ol></div>')


def _duties(assessment: Assessment, words: Words) -> None:
    use = assessment.scenario.use
    duties = [duty for duty in read_catalogue().duties if use is None or use in duty.uses]
    if not duties:
        return
    names = ", ".join(within_sentence(duty.title.in_language(words.language)) for duty in duties)
    texts = "".join(
        f"<p><b>{safe(duty.title.in_language(words.language))}</b><br>{safe(duty.text.in_language(words.language))}"
        f"<br><small>{safe(duty.legal_basis)}</small></p>"
        for duty in duties
    )
    summary = safe(words("Everywhere also holds: {names}", names=names))
    folded = f'<details class="pl-rule"><summary><small>{summary}</small></summary>{texts}</details>'
    st.html(f'<div class="pl-card">{folded}</div>')
