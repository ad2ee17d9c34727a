"""The fields of the form of an initiative or bronpunt: what is asked first, and calm groups for the rest.

Every function draws fields whose keys start with ``key`` and returns what stands in them, by field of the noun.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from planlib.catalogue import Catalogue
from planlib.model import Use
from planlib.model.register import (
    Bronpunt,
    Entry,
    GoalReason,
    Initiative,
    InitiativeState,
    Lead,
    LeadTurn,
    Link,
    Note,
    Visibility,
)
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.entry_words import (
    FIELD_NAMES,
    INITIATIVE_STATE_NAMES,
    LEAD_NAMES,
    VISIBILITY_NAMES,
    table_titles,
)
from planlib.views.sentences import USE_NAMES

C = TypeVar("C", bound=str)
_M2_PER_HA = 10_000
#: A story of a page; more belongs in its steps.
_MOST_CHARACTERS = 4_000
#: Days that can be chosen; without them only ten years to either side could.
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def first_fields(entry: Entry, words: Words, key: str) -> dict[str, Any]:
    """Draw the few fields of a new entry."""
    title = text(entry, "title", words, key, most=120)
    if isinstance(entry, Bronpunt):
        summary = text(entry, "summary", words, key, most=280)
        return {"title": title, "summary": summary, "quality": paragraph(entry, "quality", words, key)}
    left, right = st.columns(2)
    with left:
        use = _use(entry, words, key)
    with right:
        initiator = text(entry, "initiator", words, key, most=120)
    return {"title": title, "use": use, "initiator": initiator}


def initiative_fields(entry: Initiative, catalogue: Catalogue, words: Words, key: str) -> dict[str, Any]:
    """Draw all fields of an initiative; ``hectares`` is the text that stands for the area needed."""
    values: dict[str, Any] = {
        "title": text(entry, "title", words, key, most=120),
        "summary": text(entry, "summary", words, key, most=280),
    }
    left, right = st.columns(2)
    with left:
        values["use"] = _use(entry, words, key)
    with right:
        values["hectares"] = st.text_input(
            words(FIELD_NAMES["area_needed_m2"]), hectares_text(entry.area_needed_m2, words), key=f"{key}_hectares"
        )
    values["state"] = st.selectbox(
        words(FIELD_NAMES["state"]),
        list(InitiativeState),
        index=list(InitiativeState).index(entry.state),
        format_func=lambda option: words(INITIATIVE_STATE_NAMES[option]),
        key=f"{key}_state",
    )
    values["next_step"] = text(entry, "next_step", words, key, most=200)
    left, right = st.columns(2)
    with left:
        values["next_step_by"] = text(entry, "next_step_by", words, key, most=120)
    with right:
        values["next_step_on"] = day(words(FIELD_NAMES["next_step_on"]), entry.next_step_on, f"{key}_next_step_on")
    values["visibility"] = _visibility(entry, words, key)
    with st.expander(words("Whose plan it is and who leads")):
        values |= _leading(entry, catalogue, words, key)
    with st.expander(words("The story and the themes")):
        values["story"] = paragraph(entry, "story", words, key, most=_MOST_CHARACTERS, height=160)
        values["themes"] = _themes(entry, catalogue, words, key)
    with st.expander(words("Is it an experiment?")):
        values["experiment"] = st.checkbox(words(FIELD_NAMES["experiment"]), entry.experiment, key=f"{key}_experiment")
        values["experiment_question"] = paragraph(entry, "experiment_question", words, key)
        values["experiment_until"] = day(
            words(FIELD_NAMES["experiment_until"]), entry.experiment_until, f"{key}_experiment_until"
        )
    with st.expander(words("From process to project")):
        values |= {name: paragraph(entry, name, words, key) for name in ("planning", "money", "carried_by")}
    with st.expander(words(FIELD_NAMES["links"])):
        values["links"] = _links(entry.links, words, key)
    return values


def bronpunt_fields(entry: Bronpunt, catalogue: Catalogue, words: Words, key: str) -> dict[str, Any]:
    """Draw all fields of a bronpunt."""
    values: dict[str, Any] = {
        "title": text(entry, "title", words, key, most=120),
        "summary": text(entry, "summary", words, key, most=280),
        "quality": paragraph(entry, "quality", words, key),
        "visibility": _visibility(entry, words, key),
    }
    with st.expander(words("The goals it serves, and why")):
        values |= _goals(entry, catalogue, words, key)
        values["goals_why"] = paragraph(entry, "goals_why", words, key)
    with st.expander(words("What the province brings, and what it could become")):
        values |= {name: paragraph(entry, name, words, key) for name in ("province_brings", "could_become")}
    with st.expander(words(FIELD_NAMES["notes"])):
        values["notes"] = _notes(entry.notes, words, key)
    with st.expander(words(FIELD_NAMES["story"])):
        values["story"] = paragraph(entry, "story", words, key, most=_MOST_CHARACTERS, height=160)
    with st.expander(words(FIELD_NAMES["links"])):
        values["links"] = _links(entry.links, words, key)
    return values


# --- one field


def text(entity: object, name: str, words: Words, key: str, *, most: int) -> str:
    """Draw a line of text."""
    now = str(getattr(entity, name))
    return st.text_input(words(FIELD_NAMES[name]), now, max_chars=most, key=f"{key}_{name}").strip()


def paragraph(entity: object, name: str, words: Words, key: str, *, most: int = 1_000, height: int = 90) -> str:
    """Draw room for a few lines of text."""
    now = str(getattr(entity, name))
    return st.text_area(words(FIELD_NAMES[name]), now, max_chars=most, height=height, key=f"{key}_{name}").strip()


def choice(
    label: str, options: Iterable[C], now: C | None, names: Mapping[Any, str], key: str, *, empty: str
) -> C | None:
    """Draw a choice that may stay open, and be opened again; ``names`` are as they are shown.

    What is chosen now stays a choice, even when it is none of the options.
    """
    # Streamlit lets nobody empty a choice that starts with a value, so empty is one of them.
    listed: list[C | None] = list(dict.fromkeys([None, *options, now]))
    return st.selectbox(
        label,
        listed,
        index=listed.index(now),
        format_func=lambda option: empty if option is None else str(names.get(option, option)),
        key=key,
    )


def named(names: Mapping[C, str], words: Words) -> dict[C, str]:
    """Return choices with their names in the reader's language."""
    return {option: words(name) for option, name in names.items()}


def day(label: str, now: date | None, key: str) -> date | None:
    """Draw a date that may stay open."""
    return st.date_input(
        label,
        now,
        min_value=min(_FIRST_DAY, now or _FIRST_DAY),
        max_value=max(_LAST_DAY, now or _LAST_DAY),
        format="DD-MM-YYYY",
        key=key,
    )


def hectares_text(area_m2: float | None, words: Words) -> str:
    """Return an area as hectares that a reader can change, to the square metre."""
    return "" if area_m2 is None else words.plain_number(area_m2 / _M2_PER_HA, decimals=4)


def read_hectares(text: str, before_m2: float | None, words: Words) -> float | None:
    """Return the square metres of hectares that were typed, the exact area from before where they were left alone.

    Raises
    ------
    UnfitError
        It is not a number.
    """
    if not text.strip():
        return None
    if text.strip() == hectares_text(before_m2, words):
        return before_m2
    return words.read_number(text) * _M2_PER_HA


# --- several fields


def _use(entry: Initiative, words: Words, key: str) -> Use | None:
    names = {use: words(USE_NAMES[use]) for use in Use}
    return choice(words(FIELD_NAMES["use"]), Use, entry.use, names, f"{key}_use", empty=words("not said yet"))


def _visibility(entry: Entry, words: Words, key: str) -> Visibility:
    return st.radio(
        words(FIELD_NAMES["visibility"]),
        list(Visibility),
        index=list(Visibility).index(entry.visibility),
        format_func=lambda option: words(VISIBILITY_NAMES[option]),
        horizontal=True,
        key=f"{key}_visibility",
    )


def _leading(entry: Initiative, catalogue: Catalogue, words: Words, key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        initiator = text(entry, "initiator", words, key, most=120)
    titles = table_titles(catalogue, words)
    unsaid = words("not said yet")
    with right:
        scale = choice(words(FIELD_NAMES["scale"]), titles, entry.scale or None, titles, f"{key}_scale", empty=unsaid)
    names = named(LEAD_NAMES, words)
    leads = choice(words(FIELD_NAMES["leads"]), Lead, entry.leads, names, f"{key}_leads", empty=unsaid)
    _hint(words("When you choose another, who led until now goes to the list below with the date of today."))
    st.html(f'<p class="pl-rulename">{safe(words(FIELD_NAMES["led_before"]))}</p>')
    turns = []
    for at, turn in enumerate((*entry.led_before, None)):
        who, until, why = st.columns(3)
        with who:
            lead = choice(words("Who"), Lead, turn and turn.lead, names, f"{key}_led_{at}", empty="–")
        with until:
            last = day(words("Until when"), turn and turn.until, f"{key}_led_until_{at}")
        note = why.text_input(words("Why it changed"), turn.note if turn else "", max_chars=200, key=f"{key}_why_{at}")
        if lead is not None:
            turns.append(LeadTurn(lead, last, note.strip()))
    _more(words)
    return {"initiator": initiator, "scale": scale or "", "leads": leads, "led_before": tuple(turns)}


def _themes(entry: Entry, catalogue: Catalogue, words: Words, key: str) -> tuple[str, ...]:
    titles = catalogue.theme_titles(words.language)
    # What is no longer used stays with what serves it already, and cannot be chosen anew.
    options = list(dict.fromkeys([*(theme.id for theme in catalogue.themes), *entry.serves]))
    picked = st.multiselect(
        words(FIELD_NAMES["themes"]),
        options,
        list(entry.serves),
        format_func=lambda theme: str(titles.get(theme, theme)),
        placeholder=words("choose themes"),
        key=f"{key}_themes",
        select_all=False,
    )
    return tuple(picked)


def _goals(entry: Bronpunt, catalogue: Catalogue, words: Words, key: str) -> dict[str, Any]:
    titles = catalogue.theme_titles(words.language)
    before = {reason.goal: reason.why for reason in entry.goal_reasons}
    goals, reasons = [], []
    # Those it serves already keep their order.
    for at, goal in enumerate(dict.fromkeys([*entry.goals, *(theme.id for theme in catalogue.themes)])):
        title = titles.get(goal, goal)
        tick, room = st.columns([2, 3], vertical_alignment="center")
        served = tick.checkbox(title, goal in entry.goals, key=f"{key}_goal_{at}")
        why = room.text_input(
            words("Why {theme}", theme=title),
            before.get(goal, ""),
            max_chars=280,
            placeholder=words("why"),
            label_visibility="collapsed",
            key=f"{key}_goal_why_{at}",
        ).strip()
        # Whoever writes a reason means the goal; whoever takes the tick away does not.
        if served or (why and why != before.get(goal, "")):
            goals.append(goal)
            reasons += [GoalReason(goal, why)] if why else []
    return {"goals": tuple(goals), "goal_reasons": tuple(reasons)}


def _notes(notes: Sequence[Note], words: Words, key: str) -> tuple[Note, ...]:
    kept = []
    for at, note in enumerate((*notes, Note(""))):
        said = st.text_area(words("What was seen"), note.text, max_chars=1_000, height=68, key=f"{key}_note_{at}")
        left, right = st.columns(2)
        by = left.text_input(
            words("By whom (a role is enough)"), note.noted_by, max_chars=80, key=f"{key}_note_by_{at}"
        )
        with right:
            on = day(words("On which day"), note.noted_on, f"{key}_note_on_{at}")
        if said.strip():
            kept.append(Note(said.strip(), by.strip(), on))
    _more(words)
    return tuple(kept)


def _links(links: Sequence[Link], words: Words, key: str) -> tuple[Link, ...]:
    kept = []
    for at, link in enumerate((*links, Link(""))):
        left, right = st.columns([3, 2])
        url = left.text_input(words("Address, with https://"), link.url, max_chars=2_000, key=f"{key}_url_{at}").strip()
        title = right.text_input(words("What it is"), link.title, max_chars=120, key=f"{key}_link_{at}").strip()
        if url:
            # Most people leave out how an address starts; one that starts otherwise is for the register to refuse.
            kept.append(Link(url if ":" in url else f"https://{url}", title))
    _more(words)
    return tuple(kept)


def _more(words: Words) -> None:
    _hint(words("Empty a line to take it away. After saving there is room for one more."))


def _hint(text: str) -> None:
    st.html(f'<p class="pl-quiet">{safe(text)}</p>')
