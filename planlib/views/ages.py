"""How old data is, in words: an age is always said, and what is old is called so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from planlib.insight.freshness import Freshness, freshness, old_rules
from planlib.model import Constraint
from planlib.text.words import Words


def aged(fresh: Freshness, words: Words) -> str:
    """Return the day of a layer, its age, and that it is old when it is."""
    if fresh.age_days is None:
        return words("date unknown")
    facts = {"date": words.date(fresh.since), "age": words.age(fresh.age_days)}
    return words("{date} ({age}: may be out of date)", **facts) if fresh.is_old else words("{date} ({age})", **facts)


def rule_aged(rule: Constraint, on: date, words: Words) -> str:
    """Return the day of a rule's data and its age on a day."""
    return aged(freshness(rule, on), words)


def stale_sentence(rules: Iterable[Constraint], on: date, words: Words) -> str:
    """Return of how many of the rules the data is old on a day, and the oldest of it; empty when none is."""
    old = old_rules(rules, on)
    if not old:
        return ""
    days = old[0][1].age_days or 0
    # It names its day: on paper that is the reference date, on a screen today, and a rule may turn old in between.
    return words.some(
        "On {date} the data of {count} rule may be out of date: {age}.",
        "On {date} the data of {count} rules may be out of date; the oldest is {age}.",
        len(old),
        date=words.date(on),
        age=words.age(days),
    )
