"""Names of files that somebody takes along: a name alone must tell a what-if from what holds now."""

from __future__ import annotations

import re

from planlib.insight.named_land import NamedLand
from planlib.model import Scenario
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.search import plain
from planlib.views.sentences import LEVEL_NAMES, USE_NAMES, land_title

#: Characters of one part of a name at most: some file systems stop at 255 for the whole of it.
_MOST = 40


def result_name(assessment: Assessment, words: Words, *, named: NamedLand | None = None) -> str:
    """Return the name of a result without its ending: area, use, date, scenario and release.

    With a piece of land that is less than the area, for a picture or a print, its name comes after the area's.
    """
    area = assessment.release.area
    parts = [area.title]
    if named is not None and named.kind != "area":
        parts.append(land_title(named, assessment.release, words))
    parts += [
        words(USE_NAMES[assessment.scenario.use]),
        area.reference_date.isoformat(),
        scenario_name(assessment, words),
        assessment.release.id,
    ]
    return "_".join(filter(None, map(slug, parts)))


def scenario_name(assessment: Assessment, words: Words) -> str:
    """Return what the scenario is called in a file's name: its title, how many rules differ, who is at the table."""
    changed = len(assessment.changed)
    differs = words.some("{count} rule differs", "{count} rules differ", changed) if changed else ""
    return " ".join(
        filter(None, [slug(assessment.scenario.title or ""), differs, *_conditions(assessment.scenario, words)])
    ) or words("as it holds now")


def slug(text: str) -> str:
    """Return text as part of a file's name: lower case, letters, digits and dashes only."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")[:_MOST].strip("-")


def _conditions(scenario: Scenario, words: Words) -> list[str]:
    """Return what else makes numbers differ from those of the rules as they are."""
    table = [words("table of {bodies}", bodies=" ".join(words(LEVEL_NAMES[level]) for level in scenario.table))]
    return [*(table if scenario.table else []), *([words("doubt counts")] if scenario.doubt_unchecked else [])]
