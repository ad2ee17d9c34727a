"""Initiatives and bronpunten on a page: which are shown, and the card of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from planlib.catalogue import Catalogue
from planlib.insight.seats import players_of
from planlib.model.register import Bronpunt, Entry, Initiative, Player, Visibility
from planlib.scenario import Assessment, assess
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.fit_results import initiative_fit
from planlib.ui.loading import load_catalogue, load_register
from planlib.ui.players import initiative_seats
from planlib.views.entry_html import bronpunt_html, initiative_html
from planlib.views.entry_words import names_in
from planlib.views.fit_html import verdict_html
from planlib.views.sentences import changed_sentence

INITIATIVE, BRONPUNT = "initiatief", "bronpunt"
#: How the name of a theme in the address begins.
_THEME = "thema-"


def kind_of(entry: Entry) -> str:
    """Return the word for an entry in the address and in the filter."""
    return INITIATIVE if isinstance(entry, Initiative) else BRONPUNT


def visible(all_entries: Sequence[Entry], hidden: frozenset[str], *, public_only: bool = False) -> list[Entry]:
    """Return the entries that the filter leaves and that may be seen here; map and list both come from this."""
    themes = frozenset(name.removeprefix(_THEME) for name in hidden if name.startswith(_THEME))
    return [
        entry
        for entry in all_entries
        if kind_of(entry) not in hidden
        and (not entry.serves or not themes.issuperset(entry.serves))
        and (not public_only or entry.visibility is Visibility.PUBLIC)
    ]


def register_filter(all_entries: Sequence[Entry], hidden: frozenset[str], catalogue: Catalogue, words: Words) -> None:
    """Draw what is pinned on the map: kinds with their sign, and themes; it writes to the address."""
    counts = Counter(map(kind_of, all_entries))
    if not counts:
        return
    st.subheader(words("On the map"), anchor=False)
    signs = {
        INITIATIVE: (words("Initiatives"), words("The fuller the pin, the further the initiative.")),
        BRONPUNT: (words("Bronpunten"), words("A pearl is a small place of quality from which something can grow.")),
    }
    for kind, (label, meaning) in signs.items():
        if not counts[kind]:
            continue
        # The key brings the sign before the label (style.css).
        st.toggle(
            f"{label} ({counts[kind]})",
            **choices.bound(
                f"show_{kind}",
                kind not in hidden,
                lambda on, kind=kind: choices.set_hidden(hidden - {kind} if on else hidden | {kind}),
            ),
        )
        st.html(f'<p class="pl-ruleline">{safe(meaning)}</p>')
    _theme_filter(all_entries, hidden, catalogue, words)


def _theme_filter(all_entries: Sequence[Entry], hidden: frozenset[str], catalogue: Catalogue, words: Words) -> None:
    used = set().union(*(entry.serves for entry in all_entries))
    if not used:
        return
    names = catalogue.theme_titles(words.language)
    known = sorted(used, key=lambda theme: names.get(theme, theme))
    st.multiselect(
        words("Themes"),
        known,
        format_func=lambda theme: str(names.get(theme, theme)),
        placeholder=words("all themes"),
        # It would be said in English; choosing none shows them all.
        select_all=False,
        **choices.bound(
            "show_themes",
            _shown_themes(hidden, known),
            lambda picked: choices.set_hidden(_with_themes(hidden, known, picked)),
        ),
    )


def _shown_themes(hidden: frozenset[str], known: list[str]) -> list[str]:
    """Return the themes that were picked; none when all are shown."""
    shown = [theme for theme in known if f"{_THEME}{theme}" not in hidden]
    return [] if len(shown) == len(known) else shown


def _with_themes(hidden: frozenset[str], known: list[str], picked: object) -> frozenset[str]:
    kinds = {name for name in hidden if not name.startswith(_THEME)}
    shown = list(picked) if isinstance(picked, list) else []
    return frozenset(kinds | {f"{_THEME}{theme}" for theme in known if shown and theme not in shown})


def entry_card(entry: Entry, assessment: Assessment, words: Words) -> None:
    """Draw the card of an initiative or bronpunt; whether a plan fits is told under the scenario that is looked at."""
    release = assessment.release
    register = load_register(release)
    names = names_in(load_catalogue(release), words)
    pictures = register.pictures_of(entry.uid)
    picture = pictures[0].entity if pictures else None
    if isinstance(entry, Bronpunt):
        st.html(bronpunt_html(entry, names, words, picture=picture))
        return
    players = players_of(entry, [stored.entity for stored in register.all(Player)])
    st.html(
        initiative_html(
            entry,
            names,
            words,
            picture=picture,
            verdict=_fits(entry, assessment, words),
            players=players,
            seats=initiative_seats(assessment, entry, players),
        )
    )


def _fits(entry: Initiative, assessment: Assessment, words: Words) -> str:
    """Say whether it fits on its own shape, or on the parcel under its pin, for its own use."""
    release = assessment.release
    own = assess(release, replace(assessment.scenario, use=entry.use))
    fit, parcel = initiative_fit(own, entry)
    if fit is None:
        return f"<p>{safe(words('It lies outside the parcels of this area.'))}</p>"
    pinned = None if parcel is None else str(release.parcels["parcel_id"].iloc[parcel])
    changed = changed_sentence(own, words)
    note = f'<p class="pl-changed"><small>{safe(changed)}</small></p>' if changed else ""
    return verdict_html(fit, entry.use, words, parcel=pinned) + note
