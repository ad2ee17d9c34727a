"""What a refresh changed: the area's totals, and per rule what it covers and what it alone holds, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planlib.build import build
from planlib.cli.commands import cores
from planlib.cli.progress import ProgressLine
from planlib.errors import PlanlibError
from planlib.insight import rule_insights
from planlib.insight.last_refresh import LastRefresh, LayerRefresh, RuleRefresh
from planlib.model import OUTCOMES, Outcome, Scenario, Use
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
    use: Use | None
    totals_m2: Mapping[Outcome, float]
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
        use=release.area.use,
        totals_m2={name: float(m2) for name, m2 in zip(OUTCOMES, assessment.totals_m2, strict=True)},
        rules_m2={item.rule.id: (item.covered_m2, item.sole_m2) for item in rule_insights(assessment)},
        unchecked=tuple(rule.id for rule in assessment.unchecked),
    )


def compare(before: Snapshot | PlanlibError, folder: Path, layers: tuple[LayerRefresh, ...]) -> LastRefresh:
    """Return what a refresh changed; only rules that changed are named, with areas in m2.

    Parameters
    ----------
    before
        The answers before the refresh, or why there were none.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    if isinstance(before, PlanlibError):
        return LastRefresh(now, None, layers, not_compared=before)
    try:
        after = take_snapshot(folder, workers=cores())
    except PlanlibError as problem:
        return LastRefresh(now, before.use, layers, not_compared=problem)
    rules = [_rule(rule_id, before, after) for rule_id in dict.fromkeys([*before.rules_m2, *after.rules_m2])]
    return LastRefresh(
        refreshed_at=now,
        use=after.use,
        layers=layers,
        outcomes_m2={name: (m2, after.totals_m2[name]) for name, m2 in before.totals_m2.items()},
        rules=tuple(rule for rule in rules if _is_notable(rule)),
        releases=(before.release_id, after.release_id),
    )


def _rule(rule_id: str, before: Snapshot, after: Snapshot) -> RuleRefresh:
    (covered, sole), (covered_now, sole_now) = (
        snapshot.rules_m2.get(rule_id, (0.0, 0.0)) for snapshot in (before, after)
    )
    return RuleRefresh(
        rule_id,
        covered_m2=(covered, covered_now),
        sole_m2=(sole, sole_now),
        unchecked=(rule_id in before.unchecked, rule_id in after.unchecked),
    )


def _is_notable(rule: RuleRefresh) -> bool:
    (covered, covered_now), (sole, sole_now), (was, now) = rule.covered_m2, rule.sole_m2, rule.unchecked
    return was != now or abs(covered_now - covered) > _NOTABLE_M2 or abs(sole_now - sole) > _NOTABLE_M2
