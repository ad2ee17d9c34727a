"""Side B of the comparison as a what-if: the scenario of side A with another distance around one rule."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from planlib.build import build_variant
from planlib.errors import PlanlibError, ReleaseError
from planlib.model import Constraint
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.text.words import Words
from planlib.ui import choices
from planlib.views.open_releases import release_by_id
from planlib.views.sentences import short

_KEY = "b_afstand"
#: Metres that can be asked for: beyond this no distance in a plan goes, and every parcel would be cut again.
_MOST_M = 2_000.0


def rules_with_distance(assessment: Assessment) -> list[Constraint]:
    """Return the rules that limit the use and hold land around their features."""
    return [rule for rule in assessment.limiting if rule.buffer_m > 0 and rule.source is not None]


def other_distance(assessment: Assessment, words: Words) -> tuple[str, Assessment] | None:
    """Draw the choice of a rule and its metres, kept in the address; return its name and the same scenario with it.

    What cannot be made is said; then there is none.
    """
    rules = {rule.id: rule for rule in rules_with_distance(assessment)}
    rule, metres = _chosen(rules, choices.in_address().get(_KEY, ""))
    which, how_far = st.columns([3, 2])
    which.selectbox(
        words("Rule with a distance"),
        list(rules),
        format_func=lambda rule_id: short(rules[rule_id].title.in_language(words.language), most=60),
        **choices.bound("distance_rule", rule.id, lambda picked: _put(str(picked), _half(rules[str(picked)]))),
    )
    how_far.number_input(
        words("Distance in metres (now {metres})", metres=words.metres(rule.buffer_m)),
        min_value=0.0,
        max_value=_MOST_M,
        step=5.0,
        format="%g",
        **choices.bound("distance_m", metres, lambda typed: _put(rule.id, float(str(typed)))),
    )
    try:
        with st.spinner(words("Cutting again what this distance touches …")):
            release = _variant(assessment.release, rule.id, metres)
    except PlanlibError as problem:
        st.warning(words.error(problem))
        return None
    name = words(
        "“{rule}” at {metres} m",
        rule=short(rule.title.in_language(words.language), most=60),
        metres=words.metres(metres),
    )
    scenario = assessment.scenario
    if scenario.title:
        # Another distance is no longer what a board set, or what a table saved.
        scenario = replace(scenario, set_by=None, set_on=None, frame=scenario.as_frame, edited=True)
    return name, assess(release, scenario)


def _chosen(rules: dict[str, Constraint], text: str) -> tuple[Constraint, float]:
    """Return the rule and the metres in the address; what does not fit is the first rule at half its distance."""
    rule_id, _, metres = text.partition(":")
    rule = rules.get(rule_id) or next(iter(rules.values()))
    try:
        asked = float(metres)
    except ValueError:
        return rule, _half(rule)
    return rule, asked if rule.id == rule_id and 0 <= asked <= _MOST_M else _half(rule)


def _half(rule: Constraint) -> float:
    return min(_MOST_M, float(round(rule.buffer_m / 2)))


def _put(rule_id: str, metres: float) -> None:
    choices.put_all({_KEY: f"{rule_id}:{metres:g}"})


def _variant(base: Release, rule_id: str, metres: float) -> Release:
    """Return the variant, made when it is not there; one that was dropped since is made again."""
    asked = base.id, str(base.area.path), rule_id, metres
    release = release_by_id(_variant_id(*asked))
    if release is None:
        _variant_id.clear()
        release = release_by_id(_variant_id(*asked))
    if release is None:
        raise ReleaseError("The release {id} is no longer there; load the page again.", id=base.id)
    return release


@st.cache_data(max_entries=100, show_spinner=False)
def _variant_id(base_id: str, folder: str, rule_id: str, metres: float) -> str:
    return build_variant(folder, {rule_id: metres})
