"""Results as tables: exact, unrounded, with the columns of the contract (DESIGN 5.2)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from planlib.insight import ParcelExplanation, RuleInsight, RuleOnParcel, rule_insights
from planlib.insight.regions import region_of_parcels, region_shapes
from planlib.model import OUTCOMES, Constraint, Finding, Outcome
from planlib.scenario import Assessment

RULE_COLUMNS = [
    "id",
    "title",
    "state",
    "own_state",
    "level",
    "made_by",
    "decides",
    "route",
    "legal_basis",
    "confidence",
    "covered_m2",
    "sole_m2",
    "source_date",
]


def free_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row per parcel in the order of the parcels file: parcel_id, area_m2 and the area per outcome in m2.

    The index is the parcel's index in the release.
    """
    parcels = assessment.release.parcels
    table = parcels[["parcel_id", "area_m2"]].copy()
    for rank, outcome in enumerate(OUTCOMES):
        table[f"{outcome}_m2"] = assessment.parcel_areas_m2[:, rank]
    return table.iloc[np.argsort(parcels["row"].to_numpy(), kind="stable")]


def insight_table(insights: list[RuleInsight]) -> pd.DataFrame:
    """Return one row per constraint: id, state, covered_m2, sole_m2, parcels."""
    rows = [(item.rule.id, str(item.state), item.covered_m2, item.sole_m2, item.parcels) for item in insights]
    return pd.DataFrame(rows, columns=["id", "state", "covered_m2", "sole_m2", "parcels"])


def rules_table(assessment: Assessment) -> pd.DataFrame:
    """Return one row per constraint that limits the use, in the order of the area file, with all that is said of it.

    Columns: id, title (Dutch), state, own_state (what holds now), level, made_by, decides (levels, joined by ``;``),
    route, legal_basis, confidence, covered_m2, sole_m2 and source_date (ISO, as text). Areas are of the whole area.
    """
    limiting, use = {rule.id for rule in assessment.limiting}, assessment.scenario.use
    rows = [
        {
            "id": item.rule.id,
            "title": item.rule.title.nl,
            "state": str(item.state),
            "own_state": str(item.rule.state_for(use)),
            "level": str(item.rule.level),
            "made_by": item.rule.made_by,
            "decides": ";".join(map(str, item.rule.decides)),
            "route": item.rule.route,
            "legal_basis": item.rule.legal_basis,
            "confidence": str(item.rule.confidence),
            "covered_m2": item.covered_m2,
            "sole_m2": item.sole_m2,
            "source_date": item.rule.source_date.isoformat() if item.rule.source_date else None,
        }
        for item in rule_insights(assessment)
        if item.rule.id in limiting
    ]
    return pd.DataFrame(rows, columns=RULE_COLUMNS)


def region_outcomes(assessment: Assessment) -> list[tuple[str | None, dict[Outcome, float]]]:
    """Return the square metres per outcome of each region; last, under None, of the parcels in no region.

    Together they are the whole area. Without regions the list is empty.
    """
    names = region_shapes(assessment.release).names
    if not names:
        return []
    region = region_of_parcels(assessment.release)
    areas = assessment.parcel_areas_m2
    parts = [(name, areas[region == at]) for at, name in enumerate(names)]
    outside = [(None, areas[region < 0])] if (region < 0).any() else []
    return [(name, dict(zip(OUTCOMES, map(float, part.sum(axis=0)), strict=True))) for name, part in [*parts, *outside]]


def findings_table(findings: list[Finding]) -> pd.DataFrame:
    """Return one row per finding: severity, where, row, problem, action, area before and after in m2, who must act."""
    names = ["severity", "where", "row", "problem", "action", "area_before_m2", "area_after_m2", "who"]
    rows = [{**asdict(finding), "severity": str(finding.severity), "who": finding.who} for finding in findings]
    return pd.DataFrame(rows, columns=names).astype({"row": "Int64"})


def explanation_record(explanation: ParcelExplanation) -> dict[str, Any]:
    """Return an explanation as plain values for JSON (DESIGN 5.2)."""
    return {
        "parcel_id": explanation.parcel_id,
        "area_m2": explanation.area_m2,
        "registered_area_m2": explanation.registered_area_m2,
        "owner_kind": explanation.owner_kind,
        "outcomes": {str(outcome): area for outcome, area in explanation.outcomes_m2.items()},
        "constraints": [_rule_record(item) for item in explanation.rules],
        "unknown": [rule.id for rule in explanation.unknown],
        "unchecked": [rule.id for rule in explanation.unchecked],
    }


def _rule_record(item: RuleOnParcel) -> dict[str, Any]:
    rule = item.rule
    return {
        "id": rule.id,
        "title": _text(rule.title),
        "state": str(item.state),
        "own_state": str(item.own_state),
        "level": str(rule.level),
        "made_by": rule.made_by,
        "decides": [str(level) for level in rule.decides],
        "route": rule.route,
        "legal_basis": rule.legal_basis,
        "reference_url": rule.reference_url,
        "confidence": str(rule.confidence),
        "small_print": _text(rule.small_print),
        "duties": _text(rule.duties),
        "doubt": _text(rule.doubt),
        "source_date": rule.source_date.isoformat() if rule.source_date else None,
        "covered_m2": item.covered_m2,
        "sole_m2": item.sole_m2,
    }


def _text(text: Any) -> dict[str, str] | None:  # a LocalText or None
    return None if text is None else {key: value for key, value in asdict(text).items() if value}


def rule_titles(rules: tuple[Constraint, ...], language: str) -> list[str]:
    """Return the titles of rules in a language."""
    return [rule.title.in_language(language) for rule in rules]
