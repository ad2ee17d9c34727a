"""What a refresh changed: the area's totals, and per rule what it covers and what it alone holds, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planlib.build import build
from planlib.cli.progress import ProgressLine
from planlib.insight import rule_insights
from planlib.model import OUTCOMES, Scenario
from planlib.release import open_release
from planlib.scenario import assess

#: A rule whose areas moved by less than this did not change; rounding moves them by far less.
_NOTABLE_M2 = 0.5


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The answers of one release for the area's own use.

    m2 per outcome, covered and sole m2 per rule, and the ids of the rules that nobody looked at.
    """

    release_id: str
    totals_m2: Mapping[str, float]
    rules_m2: Mapping[str, tuple[float, float]]
    unchecked: tuple[str, ...]


def take_snapshot(folder: Path, *, workers: int) -> Snapshot:
    """Build the area as it stands and return its answers.

    Raises
    ------
    PlanlibError
        It cannot be built.
    """
    with ProgressLine() as progress:
        build(folder, workers=workers, progress=progress)
    release = open_release(folder)
    assessment = assess(release, Scenario(use=release.area.use))
    return Snapshot(
        release_id=release.id,
        totals_m2={str(name): float(m2) for name, m2 in zip(OUTCOMES, assessment.totals_m2, strict=True)},
        rules_m2={item.rule.id: (item.covered_m2, item.sole_m2) for item in rule_insights(assessment)},
        unchecked=tuple(rule.id for rule in assessment.unchecked),
    )


def compare(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Return what differs, in m2; only rules that changed are named."""
    rules = []
    for rule_id in dict.fromkeys([*before.rules_m2, *after.rules_m2]):
        (covered, sole), (covered_now, sole_now) = (
            snapshot.rules_m2.get(rule_id, (0.0, 0.0)) for snapshot in (before, after)
        )
        looked_at = (rule_id in before.unchecked) != (rule_id in after.unchecked)
        if looked_at or abs(covered_now - covered) > _NOTABLE_M2 or abs(sole_now - sole) > _NOTABLE_M2:
            rules.append(
                {
                    "id": rule_id,
                    "covered_m2": [covered, covered_now],
                    "sole_m2": [sole, sole_now],
                    "unchecked": [rule_id in before.unchecked, rule_id in after.unchecked],
                }
            )
    return {
        "releases": [before.release_id, after.release_id],
        "outcomes_m2": {name: [m2, after.totals_m2[name]] for name, m2 in before.totals_m2.items()},
        "rules": rules,
    }
