"""Questions to a release under a scenario: which rule holds what, why is this parcel what it is, what of it is of use.

What is asked of a piece of land starts from :mod:`planlib.insight.land`; what needs shapes stands in modules of its
own: ``usable``, ``sensitivity``, ``small_print``, ``fit`` and ``fit_here``.
"""

from planlib.insight.bodies import BodyInsight, body_insights, needed_bodies
from planlib.insight.holders import Partner, held_together_m2, partners
from planlib.insight.parcel import ParcelExplanation, RuleOnParcel, explain_parcel
from planlib.insight.rules import RuleInsight, rule_insights, sole_holder, sole_m2
from planlib.insight.smallest import RuleSet, SmallestSets, StuckBy, smallest_sets

__all__ = [
    "BodyInsight",
    "ParcelExplanation",
    "Partner",
    "RuleInsight",
    "RuleOnParcel",
    "RuleSet",
    "SmallestSets",
    "StuckBy",
    "body_insights",
    "explain_parcel",
    "held_together_m2",
    "needed_bodies",
    "partners",
    "rule_insights",
    "smallest_sets",
    "sole_holder",
    "sole_m2",
]
