"""Questions to a release under a scenario: which rule holds what, and why is this parcel what it is."""

from planlib.insight.parcel import ParcelExplanation, RuleOnParcel, explain_parcel
from planlib.insight.rules import RuleInsight, rule_insights, sole_holder, sole_m2

__all__ = [
    "ParcelExplanation",
    "RuleInsight",
    "RuleOnParcel",
    "explain_parcel",
    "rule_insights",
    "sole_holder",
    "sole_m2",
]
