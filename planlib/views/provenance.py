"""Where a number comes from: release, use, scenario, dates and what was not looked at. Goes with every result."""

from __future__ import annotations

from typing import Any

from planlib import __version__
from planlib.scenario import Assessment


def provenance(assessment: Assessment) -> dict[str, Any]:
    """Return what must go with any number from ``assessment``, as plain values for a file or a page."""
    release, scenario = assessment.release, assessment.scenario
    area = release.area
    return {
        "statement": "Verkenning; geen besluit, geen toezegging.",
        "area": area.title,
        "fictional": area.fictional,
        "reference_date": area.reference_date.isoformat(),
        "use": str(scenario.use) if scenario.use else "all",
        "scenario": scenario.title,
        "set_by": scenario.set_by,
        "set_on": scenario.set_on.isoformat() if scenario.set_on else None,
        "states": {rule.id: str(scenario.states[rule.id]) for rule in assessment.changed},
        "release": release.id,
        "findings": len(release.notable_findings),
        "planlib": __version__,
        "checked": [rule.id for rule in assessment.checked],
        "unchecked": [rule.id for rule in assessment.unchecked],
        "closed": {item.id: item.reason for item in area.not_here},
        "left_out": {item.constraint.id: item.reason for item in area.left_out},
        "source_dates": {
            rule.id: rule.source_date.isoformat() if rule.source_date else None for rule in assessment.limiting
        },
    }
