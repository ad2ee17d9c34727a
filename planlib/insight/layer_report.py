"""What each rule's data is worth: how many shapes, how old, how it was surveyed, what had to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from planlib.model import Constraint, Finding, Severity
from planlib.overlay import files, make_plan
from planlib.release import Release

#: Data older than this many days on the reference date is called old on the screen; it still counts.
OLD_DAYS = 3 * 365


@dataclass(frozen=True, slots=True)
class LayerReport:
    """The data of one rule: its shapes near the area, and its findings that changed or dropped something."""

    rule: Constraint
    shapes: int
    findings: tuple[Finding, ...]
    age_days: int | None

    @property
    def is_old(self) -> bool:
        """Whether the data is so old that a reader must know."""
        return self.age_days is not None and self.age_days > OLD_DAYS


def layer_reports(release: Release, *, on: date | None = None) -> list[LayerReport]:
    """Return a report on the data of every rule, in the order of the area file.

    ``on`` is the day for the age; the area's reference date without one.
    """
    day = on or release.area.reference_date
    plan = make_plan(release.rules)
    path = release.folder / files.FEATURES
    member = files.read_columns(path, "member")[0] if path.exists() else np.array([], dtype=np.intp)
    counts = np.bincount(member, minlength=len(plan.members))
    notable = [finding for finding in release.findings if finding.severity is not Severity.NOTE]
    return [
        LayerReport(
            rule,
            0 if features is None else int(counts[features]),
            tuple(finding for finding in notable if finding.where in (rule.id, f"coverage of {rule.id}")),
            None if rule.source_date is None else (day - rule.source_date).days,
        )
        for rule, features in zip(release.rules, plan.features, strict=True)
    ]


def parcel_findings(release: Release) -> list[Finding]:
    """Return what is to be said about the parcels themselves: overlaps, repairs, dropped rows."""
    about = {finding.where for report in layer_reports(release) for finding in report.findings}
    return [finding for finding in release.findings if finding.where not in about and finding.where == "parcels"]
