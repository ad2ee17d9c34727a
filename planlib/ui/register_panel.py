"""Initiatives and bronpunten on a page: which are shown, and the card of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from planlib.catalogue import read_catalogue
from planlib.model.register import Bronpunt, Entry, Initiative, InitiativeState, Lead, Visibility
from planlib.scenario import Assessment, assess
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.fit_results import initiative_fit
from planlib.views.fit_html import verdict_html
from planlib.views.sentences import USE_NAMES, changed_sentence

INITIATIVE, BRONPUNT = "initiatief", "bronpunt"
STATE_NAMES = {
    InitiativeState.IDEA: "idea",
    InitiativeState.CONVERSATION: "conversation",
    InitiativeState.QUICKSCAN: "quickscan",
    InitiativeState.DECISION: "decision",
    InitiativeState.PROJECT: "project",
    InitiativeState.DONE: "done",
    InitiativeState.STOPPED: "stopped",
}
VISIBILITY_NAMES = {
    Visibility.INTERNAL: "internal, not for the projector",
    Visibility.TABLE: "for the table",
    Visibility.PUBLIC: "public",
}
LEAD_NAMES = {
    Lead.CITIZENS: "the initiators",
    Lead.CITIZENS_SUPPORTED: "the initiators, helped by the government",
    Lead.TOGETHER: "all together",
    Lead.GOVERNMENT_INVITING: "the government, with the initiators",
    Lead.GOVERNMENT: "the government",
}


def kind_of(entry: Entry) -> str:
    """Return the word for an entry in the address and in the filter."""
    return INITIATIVE if isinstance(entry, Initiative) else BRONPUNT


def entry_label(entry: Entry, words: Words) -> str:
    """Return the name of an entry's pin, for whoever does not see it."""
    if isinstance(entry, Initiative):
        return words("Initiative: {title}, {state}", title=entry.title, state=words(STATE_NAMES[entry.state]))
    return words("Bronpunt: {title}", title=entry.title)


def visible(all_entries: Sequence[Entry], hidden: frozenset[str], *, public_only: bool = False) -> list[Entry]:
    """Return the entries that the filter leaves and that may be seen here; map and list both come from this."""
    return [
        entry
        for entry in all_entries
        if kind_of(entry) not in hidden
        and (not entry.serves or not hidden.issuperset(f"thema-{theme}" for theme in entry.serves))
        and (not public_only or entry.visibility is Visibility.PUBLIC)
    ]


def register_filter(all_entries: Sequence[Entry], hidden: frozenset[str], words: Words) -> None:
    """Draw what is pinned on the map: kinds with their sign, and themes; it writes to the address."""
    counts = {kind: sum(kind_of(entry) == kind for entry in all_entries) for kind in (INITIATIVE, BRONPUNT)}
    if not any(counts.values()):
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
    _theme_filter(all_entries, hidden, words)


def _theme_filter(all_entries: Sequence[Entry], hidden: frozenset[str], words: Words) -> None:
    used = {theme for entry in all_entries for theme in entry.serves}
    if not used:
        return
    names = {theme.id: theme.title.in_language(words.language) for theme in read_catalogue().themes}
    known = sorted(used, key=lambda theme: names.get(theme, theme))
    st.multiselect(
        words("Themes"),
        known,
        format_func=lambda theme: str(names.get(theme, theme)),
        placeholder=words("all themes"),
        **choices.bound(
            "show_themes",
            _shown_themes(hidden, known),
            lambda picked: choices.set_hidden(_with_themes(hidden, known, picked)),
        ),
    )


def _shown_themes(hidden: frozenset[str], known: list[str]) -> list[str]:
    """Return the themes that were picked; none when all are shown."""
    shown = [theme for theme in known if f"thema-{theme}" not in hidden]
    return [] if len(shown) == len(known) else shown


def _with_themes(hidden: frozenset[str], known: list[str], picked: object) -> frozenset[str]:
    kinds = {name for name in hidden if not name.startswith("thema-")}
    shown = list(picked) if isinstance(picked, list) else []
    return frozenset(kinds | {f"thema-{theme}" for theme in known if shown and theme not in shown})


def entry_card(entry: Entry, assessment: Assessment, words: Words) -> None:
    """Draw the card of an initiative or bronpunt; whether a plan fits is told under the scenario that is looked at."""
    names = {theme.id: theme.title.in_language(words.language) for theme in read_catalogue().themes}
    themes = ", ".join(names.get(theme, theme) for theme in entry.serves)
    quiet = [words("Initiative") if isinstance(entry, Initiative) else words("Bronpunt")]
    quiet += [words(VISIBILITY_NAMES[entry.visibility]), *([themes] if themes else [])]
    about = safe(" · ".join(quiet))
    head = f'<h3>{safe(entry.title)}</h3><p class="pl-quiet">{about}</p><p><b>{safe(entry.summary)}</b></p>'
    body = _initiative(entry, assessment, words) if isinstance(entry, Initiative) else _bronpunt(entry, words)
    story = "".join(f"<p>{safe(part)}</p>" for part in entry.story.split("\n") if part.strip())
    st.html(f'<div class="pl-card">{head}{body}{story}</div>')


def _initiative(entry: Initiative, assessment: Assessment, words: Words) -> str:
    way = [state for state in InitiativeState if state is not InitiativeState.STOPPED]
    at = way.index(entry.state) if entry.state in way else -1
    dots = "".join(
        f"<li{' class=pl-past' if number < at else ''}{' aria-current=step' if number == at else ''}>"
        f"{safe(words(STATE_NAMES[state]))}</li>"
        for number, state in enumerate(way)
    )
    line = f'<ol class="pl-dots">{dots}</ol>' if at >= 0 else f"<p>{safe(words('This initiative has stopped.'))}</p>"
    rows = [(words("for"), words(USE_NAMES[entry.use]) if entry.use else "")]
    if entry.area_needed_m2:
        rows.append((words("needs"), words.area(entry.area_needed_m2)))
    leads = words(LEAD_NAMES[entry.leads]) if entry.leads else ""
    rows += [(words("by"), entry.initiator), (words("who leads"), leads)]
    when = words.date(entry.next_step_on) if entry.next_step_on else ""
    step = " · ".join(filter(None, (entry.next_step, entry.next_step_by, when)))
    rows.append((words("next step"), step))
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in rows if value)
    return f'{line}<div class="pl-rule"><dl>{facts}</dl></div>{_fits(entry, assessment, words)}'


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


def _bronpunt(entry: Bronpunt, words: Words) -> str:
    rows = (
        (words("what makes it a source"), entry.quality),
        (words("the province brings"), entry.province_brings),
        (words("could become"), entry.could_become),
    )
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in rows if value)
    return f'<div class="pl-rule"><dl>{facts}</dl></div>'
