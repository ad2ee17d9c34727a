"""Where a number comes from: release, use, scenario, dates and what was not looked at. Goes with every result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from planlib import __version__
from planlib.model import Frame, State, Use
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.sentences import LEVEL_NAMES, STATE_NAMES, USE_NAMES

#: msgids of what each key says, in the order of :func:`provenance`; ``titles`` is spent on the rules of the others.
KEY_NAMES = {
    "statement": "what this is",
    "area": "area",
    "fictional": "fictional area",
    "reference_date": "reference date",
    "use": "for",
    "scenario": "scenario",
    "scenario_edited": "scenario changed since it was saved",
    "set_by": "set by",
    "set_on": "set on",
    "states": "rule that differs from what holds now",
    "table": "at the table",
    "fixed": "counts as fixed, decided elsewhere",
    "thoughts": "a thought: nobody at the table can decide this",
    "beyond_frame": "goes beyond the frame",
    "doubt_unchecked": "rules not looked at count as if they held everything",
    "release": "data release",
    "variant_of": "what if: a variant of data release",
    "distances_m": "distance supposed in metres (as it holds now)",
    "findings": "findings about its data",
    "planlib": "version of planlib",
    "checked": "checked against",
    "unchecked": "not looked at",
    "not_in_area": "core rule that is not in the data of this area",
    "closed": "does not play a part here",
    "left_out": "left out",
    "source_dates": "data of",
}
LEFT_OUT_NAMES = {"not_in_force": "not in force on the reference date", "other_province": "of another province"}


def provenance(assessment: Assessment) -> dict[str, Any]:
    """Return what must go with any number from ``assessment``, as plain values for a file or a page."""
    release, scenario = assessment.release, assessment.scenario
    area = release.area
    named = [*assessment.limiting, *assessment.not_in_area, *(item.constraint for item in area.left_out)]
    return {
        "statement": "Verkenning; geen besluit, geen toezegging.",
        "area": area.title,
        "fictional": area.fictional,
        "reference_date": area.reference_date.isoformat(),
        "use": str(scenario.use) if scenario.use else "all",
        "scenario": scenario.title,
        "scenario_edited": scenario.edited,
        "set_by": scenario.set_by,
        "set_on": scenario.set_on.isoformat() if scenario.set_on else None,
        "table": [str(level) for level in scenario.table],
        "fixed": [rule.id for rule in assessment.fixed],
        "thoughts": [rule.id for rule in assessment.thoughts],
        "frame": _frame(scenario.frame),
        "beyond_frame": [rule.id for rule in assessment.beyond_frame],
        "states": {rule.id: str(scenario.states[rule.id]) for rule in assessment.changed},
        "doubt_unchecked": scenario.doubt_unchecked,
        "release": release.id,
        "variant_of": release.variant_of,
        "distances_m": {
            rule.id: f"{rule.buffer_m:g} ({release.base_buffers_m[rule.id]:g})"
            for rule in release.rules
            if rule.id in release.base_buffers_m
        },
        "findings": len(release.notable_findings),
        "planlib": __version__,
        "checked": [rule.id for rule in assessment.checked],
        "unchecked": [rule.id for rule in assessment.unchecked],
        "not_in_area": [rule.id for rule in assessment.not_in_area],
        "closed": {item.id: item.reason for item in area.not_here},
        "left_out": {item.constraint.id: item.reason for item in area.left_out},
        "source_dates": {
            rule.id: rule.source_date.isoformat() if rule.source_date else None for rule in assessment.limiting
        },
        "titles": {rule.id: rule.title.nl for rule in named},
    }


def provenance_rows(about: Mapping[str, Any], words: Words) -> list[tuple[str, str, str]]:
    """Return a provenance as rows for a reader: what it is about, its value in words, and the value as it stands.

    A list or a table has one row for each of its items; what is empty has none.
    """
    return [
        (words(KEY_NAMES[key]), told, str(code))
        for key in KEY_NAMES
        for told, code in _values(key, about.get(key), about.get("titles", {}), words)
    ]


def _values(key: str, value: Any, titles: Mapping[str, str], words: Words) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for item, part in value.items():
            yield f"{titles.get(item, item)}: {_told(key, part, words)}", f"{item}={'' if part is None else part}"
    elif isinstance(value, list):
        for item in value:
            yield titles.get(item) or _told(key, item, words), str(item)
    elif value is not None and value != "":
        yield _told(key, value, words), str(value)


def _told(key: str, value: Any, words: Words) -> str:
    """Return one value of a key in words."""
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    if key in {"reference_date", "set_on", "source_dates"}:
        return words.date(date.fromisoformat(value) if value else None)
    tables = {
        "use": {**{str(use): name for use, name in USE_NAMES.items() if use in list(Use)}, "all": USE_NAMES[None]},
        "states": {str(state): STATE_NAMES[state] for state in State},
        "table": {str(level): name for level, name in LEVEL_NAMES.items()},
        "left_out": LEFT_OUT_NAMES,
    }
    msgid = tables.get(key, {}).get(str(value))
    return words(msgid) if msgid else str(value)


def _frame(frame: Frame | None) -> dict[str, Any] | None:
    if frame is None:
        return None
    return {
        "title": frame.title,
        "set_by": frame.set_by,
        "set_on": frame.set_on.isoformat() if frame.set_on else None,
        "states": {rule_id: str(state) for rule_id, state in frame.states.items()},
    }
