"""What the register's choices and fields are called, and what a field says in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from planlib.catalogue import Catalogue
from planlib.model import Use
from planlib.model.register import Entry, Initiative, InitiativeState, Lead, PlayerKind, Visibility
from planlib.text.words import Words
from planlib.views.sentences import USE_NAMES

INITIATIVE_STATE_NAMES = {
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
PLAYER_KIND_NAMES = {
    PlayerKind.RESIDENTS: "residents",
    PlayerKind.OWNER: "owner of land",
    PlayerKind.BUSINESS: "company",
    PlayerKind.SOCIETY: "club or foundation",
    PlayerKind.GOVERNMENT: "government",
    PlayerKind.KNOWLEDGE: "knowledge",
}
#: What the fields of entries, themes and core qualities are called, as their forms have it.
FIELD_NAMES = {
    "title": "Name",
    "summary": "In one sentence",
    "place": "Place",
    "use": "What for?",
    "area_needed_m2": "Hectares needed",
    "state": "How far is it?",
    "visibility": "Who may see it",
    "story": "The story so far",
    "initiator": "Whose plan is it (organisation or role)",
    "scale": "At which table it belongs",
    "leads": "Who leads now",
    "led_before": "Who led before",
    "themes": "Themes",
    "experiment": "It is an experiment",
    "experiment_question": "What do we want to learn?",
    "experiment_until": "Until when",
    "planning": "Planning",
    "money": "Money",
    "carried_by": "Who carries it",
    "next_step": "Next step",
    "next_step_by": "Who does the next step",
    "next_step_on": "Before",
    "links": "Links",
    "quality": "What makes it a source: quality, innovation, character",
    "goals": "Goals it serves",
    "goal_reasons": "Why it serves each goal",
    "goals_why": "What else there is to say of these goals",
    "province_brings": "What the province brings",
    "could_become": "What it could become",
    "notes": "How it grows",
    "title_nl": "Name in Dutch",
    "title_en": "Name in English",
    "description_nl": "What it is about, in Dutch",
    "description_en": "What it is about, in English",
    "uses": "Uses that suit it",
    "core_qualities": "Core qualities that speak for it",
    "retired": "No longer used",
    "rules": "Present where one of these rules is",
}
_CHOICES: Mapping[StrEnum, str] = {
    **INITIATIVE_STATE_NAMES,
    **VISIBILITY_NAMES,
    **LEAD_NAMES,
    **PLAYER_KIND_NAMES,
    **{use: USE_NAMES[use] for use in Use},
}


def table_titles(catalogue: Catalogue, words: Words) -> dict[str, str]:
    """Return the kinds of table by id, each with the scale of what is talked about there."""
    return {
        table.id: f"{table.title.in_language(words.language)}: {table.scale.in_language(words.language).lower()}"
        for table in catalogue.tables
    }


def names_in(catalogue: Catalogue, words: Words) -> dict[str, str]:
    """Return what the ids in an entry stand for: themes, core qualities, kinds of table and nothing else."""
    qualities = (*catalogue.core_qualities, *catalogue.retired_qualities)
    return {
        **table_titles(catalogue, words),
        **{quality.id: quality.title.in_language(words.language) for quality in qualities},
        **catalogue.theme_titles(words.language),
    }


def said(value: Any, names: Mapping[str, str], words: Words) -> str:
    """Return the value of a field in words; empty when it says nothing. ``names`` are those of :func:`names_in`."""
    if isinstance(value, tuple):
        return "; ".join(filter(None, (said(item, names, words) for item in value)))
    if is_dataclass(value):
        return ", ".join(filter(None, (said(getattr(value, part.name), names, words) for part in fields(value))))
    return "" if value is None else _said_one(value, names, words)


def _said_one(value: Any, names: Mapping[str, str], words: Words) -> str:
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    if isinstance(value, StrEnum):
        return words(_CHOICES[value])
    if isinstance(value, date):
        return words.date(value)
    return words.area(value) if isinstance(value, float) else names.get(value, value)


def entry_label(entry: Entry, words: Words) -> str:
    """Return the name of an entry's pin, for whoever does not see it."""
    if isinstance(entry, Initiative):
        state = words(INITIATIVE_STATE_NAMES[entry.state])
        return words("Initiative: {title}, {state}", title=entry.title, state=state)
    return words("Bronpunt: {title}", title=entry.title)
