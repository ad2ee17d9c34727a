"""What a page on paper says beside the map: one source of words and numbers for the picture and the print view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from planlib.catalogue import read_catalogue
from planlib.insight.land import outcomes_m2
from planlib.insight.named_land import NamedLand
from planlib.model import Constraint, Outcome
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.ages import stale_sentence
from planlib.views.sentences import (
    STATE_NAMES,
    USE_NAMES,
    checked_sentence,
    deciders,
    headline,
    land_where,
    left_out_sentence,
    not_in_area_sentence,
    release_line,
    statement,
    within_sentence,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that differs from what holds now, in words; ``note`` says when nobody at the table can decide it."""

    title: str
    own: str
    now: str
    deciders: str
    route: str
    note: str


@dataclass(frozen=True, slots=True)
class Handout:
    """The question, its answer and what goes with every number, in words; ``areas_m2`` are exact."""

    question: str
    answer: str
    areas_m2: dict[Outcome, float]
    changes: tuple[Change, ...]
    checked: str
    everywhere: str
    statement: str
    sources: str
    release: str


def make_handout(assessment: Assessment, named: NamedLand, words: Words) -> Handout:
    """Return what a page about a piece of land says."""
    checked = [sentence(assessment, words) for sentence in (checked_sentence, left_out_sentence, not_in_area_sentence)]
    if assessment.scenario.doubt_unchecked:
        checked.append(words("Rules that were not looked at count here as if they held everything."))
    return Handout(
        question=words(
            "Where {where} is there room for {use}?",
            where=land_where(named, assessment.release, words),
            use=words(USE_NAMES[assessment.scenario.use]),
        ),
        answer=headline(assessment, words, named=named),
        areas_m2=outcomes_m2(assessment, named.land),
        changes=tuple(_change(rule, assessment, words) for rule in assessment.changed),
        checked=" ".join(filter(None, checked)),
        everywhere=_everywhere(assessment, words),
        statement=statement(assessment, words),
        sources=sources_sentence(assessment.checked, assessment.release.area.reference_date, words),
        release=release_line(assessment, words),
    )


def sources_sentence(rules: Sequence[Constraint], on: date, words: Words) -> str:
    """Return between which dates the data of rules lie, of how many it is old on a day, and of how many not known."""
    dated = sorted(rule.source_date for rule in rules if rule.source_date is not None)
    parts = []
    if dated:
        parts.append(
            words("Sources: data of {first} to {last}.", first=words.date(dated[0]), last=words.date(dated[-1]))
        )
    undated = len(rules) - len(dated)
    if undated:
        parts.append(
            words.some("Of {count} rule the date is not known.", "Of {count} rules the date is not known.", undated)
        )
    parts.append(stale_sentence(rules, on, words))
    return " ".join(filter(None, parts))


def _change(rule: Constraint, assessment: Assessment, words: Words) -> Change:
    own = rule.state_for(assessment.scenario.use)
    notes = []
    if rule in assessment.thoughts:
        notes.append(words("A thought experiment: nobody at this table can decide this."))
    if rule in assessment.beyond_frame:
        notes.append(words("Goes beyond the frame that was set."))
    return Change(
        title=rule.title.in_language(words.language),
        own=words(STATE_NAMES[own]) if own else "",
        now=words(STATE_NAMES[assessment.scenario.states[rule.id]]),
        deciders=deciders(rule, words),
        route=rule.route or "",
        note=" ".join(notes),
    )


def _everywhere(assessment: Assessment, words: Words) -> str:
    """Return the duties that hold everywhere and have no shape; empty when none is for this use."""
    use = assessment.scenario.use
    duties = [duty for duty in read_catalogue().duties if use is None or use in duty.uses]
    names = ", ".join(within_sentence(duty.title.in_language(words.language)) for duty in duties)
    return words("Everywhere also holds: {names}", names=names) + "." if names else ""
