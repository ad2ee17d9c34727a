"""The parts of the page *Welke regel knelt?*: per rule, per body, and which rules must move to free so much land."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from planlib.insight import (
    RuleInsight,
    RuleSet,
    SmallestSets,
    body_insights,
    partners,
    rule_insights,
    smallest_sets,
)
from planlib.insight.land import outcomes_m2
from planlib.insight.rules import doubt_holds
from planlib.model import Constraint, Outcome
from planlib.scenario import Assessment, assess
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.land import PickedLand
from planlib.ui.pick_table import pick_table
from planlib.ui.routes import FREE_SPACE
from planlib.views import insight_html, insight_words
from planlib.views.insight_words import Answer
from planlib.views.sentences import changed_sentence, checked_sentence

RULES, BODIES, SETS = "regels", "wie", "vrijmaken"
#: msgids of the three views.
VIEW_NAMES = {RULES: "the rules", BODIES: "who decides", SETS: "free up land"}
_SHOWN_SETS = 6
_M2_PER_HA = 10_000
_ALL = "alles"


def view(words: Words) -> str:
    """Draw the choice between the three views and return it."""
    wanted = choices.way_in_address()
    now = wanted if wanted in VIEW_NAMES else RULES
    picked = st.segmented_control(
        words("What do you want to see?"),
        list(VIEW_NAMES),
        format_func=lambda option: _capital(words(VIEW_NAMES[option])),
        required=True,
        **choices.bound("knelt_view", now, lambda option: choices.set_way(str(option))),
    )
    return str(picked or RULES)


def thought_so_far(assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw what was thought away or moved until now, what that gave here, and the ways on and back."""
    if assessment.changed:
        base = assess(assessment.release, replace(assessment.scenario, states={}))
        gain = _open_m2(assessment, picked) - _open_m2(base, picked)
        said = [changed_sentence(assessment, words)]
        if gain >= 1:
            said.append(words("That gives {area} here that is free or free under conditions.", area=words.area(gain)))
        if assessment.thoughts:
            names = [rule.title.in_language(words.language) for rule in assessment.thoughts]
            said.append(
                words("A thought experiment, nobody at this table can decide it: {rules}.", rules=", ".join(names))
            )
        with st.container(horizontal=True, vertical_alignment="center", key="knelt_changed"):
            st.html(f'<p class="pl-changed">{safe(" ".join(said))}</p>')
            st.button(words("Back to what holds now"), on_click=choices.reset_states, key="knelt_reset")
            if st.button(words("See it on the map"), key="knelt_map"):
                st.switch_page(FREE_SPACE, query_params=st.query_params.to_dict())
    if doubt_holds(assessment):
        note = words("Rules nobody could look into count as if they hold everything: so nothing comes free by moving.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="pl-changed">{safe(note)}</p>')
            st.button(words("Reckon without that doubt"), on_click=choices.set_doubt, args=(False,), key="knelt_doubt")


def rules(assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw the rule that holds the most, a row per rule, and of the picked one with which others it holds land."""
    insights = [
        item
        for item in rule_insights(assessment, picked.land)
        if item.rule in assessment.limiting and (item.covered_m2 > 0 or item.held_m2 > 0)
    ]
    if not _answer(insight_words.rules_answer(insights, assessment, words), picked, words):
        return
    insights.sort(key=lambda item: (-item.gain_m2, -item.sole_m2, -item.held_m2, -item.covered_m2))
    table_side, card_side = st.columns([7, 4])
    with table_side:
        chosen = _rule_table(insights, assessment, words)
    with card_side:
        if chosen is None:
            _hint(words("Pick a rule in the table to see with which others it holds the land."))
        else:
            _rule_card(chosen, assessment, picked, words)


def bodies(assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw who can free the most, and a row per body."""
    found = body_insights(assessment, picked.land)
    if not _answer(
        insight_words.bodies_answer(found, picked.land.area_m2 - _open_m2(assessment, picked), words), picked, words
    ):
        return
    st.html(insight_html.body_table(found, words))
    _hint(
        words(
            "The rows do not add up: land that two bodies hold comes free only when both let it, "
            "and a rule that either may move counts for both."
        )
    )


def sets(assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw the question how much must come free, and the smallest sets of rules that must move for it."""
    every = smallest_sets(assessment, picked.land, most=_SHOWN_SETS)
    wanted_m2 = _wanted_m2(every, picked, words) if every.reachable_m2 > 0 else None
    found = every if wanted_m2 is None else smallest_sets(assessment, picked.land, wanted_m2, most=_SHOWN_SETS)
    if not _answer(insight_words.sets_answer(found, words), picked, words):
        return
    for at, item in enumerate(found.sets or ([found.enough] if found.enough else [])):
        if item.rules:
            _set_card(item, at, words)
    more = insight_words.more_sets(found, words)
    if more:
        _hint(more)
    stuck = insight_words.stuck_sentence(found, words)
    if stuck:
        st.html(f'<p class="pl-room">{safe(stuck)}</p>')


def small_print(assessment: Assessment, words: Words) -> None:
    """Draw against how many rules all this was checked, and that land freed by moving keeps its duties."""
    freed = words("Freed is not free: after a decision to deviate the duties of a rule remain.")
    st.html(f'<p class="pl-foot">{safe(checked_sentence(assessment, words))} {safe(freed)}</p>')


def _answer(answer: Answer, picked: PickedLand, words: Words) -> bool:
    """Draw a large answer; return whether there is land to say more about."""
    if picked.land.area_m2 <= 0:
        answer = Answer(words("No parcel of this area lies here; choose another place above."))
    st.html(insight_html.wall(answer))
    return picked.land.area_m2 > 0


def _rule_table(insights: Sequence[RuleInsight], assessment: Assessment, words: Words) -> RuleInsight | None:
    """Draw a row per rule and return the one that is picked."""
    selected = choices.rule_in_address()
    if not insights:
        return None
    headers = [
        words("rule"),
        words("who can deviate"),
        words("covers"),
        words("free without only this one"),
        words("free when it moves"),
    ]
    rows = [
        [
            item.rule.title.in_language(words.language),
            insight_words.who_decides(item, assessment, words),
            words.area(item.covered_m2),
            words.area(item.sole_m2) if item.sole_m2 > 0 else "–",
            insight_words.gain_text(item, words),
        ]
        for item in insights
    ]
    picked = pick_table(
        headers,
        rows,
        [item.rule.id for item in insights],
        selected=selected,
        caption=words("Rules on this land, what moving gives the most first"),
        key="knelt_rules",
        texts=2,
    )
    if picked and picked != selected:
        choices.set_rule(picked)
        st.rerun()
    return next((item for item in insights if item.rule.id == selected), None)


def _rule_card(item: RuleInsight, assessment: Assessment, picked: PickedLand, words: Words) -> None:
    """Draw one rule: whose it is, what remains after a decision, and with which rules it holds land."""
    st.html(insight_html.rule_facts(item, words))
    if item.movable:
        _think(words("Think that it moves"), [item.rule], key="knelt_think_rule")
    st.html(insight_html.rule_partners(item, partners(assessment, picked.land, item.rule), words))


def _wanted_m2(every: SmallestSets, picked: PickedLand, words: Words) -> float | None:
    """Draw how much must come free; None for all that can."""
    text = choices.wanted_in_address()
    start = _round_start(every.reachable_m2)
    wanted = _hectares(text)
    take_all = text == _ALL or (wanted is None and picked.named.kind == "parcels")
    with st.container(horizontal=True, vertical_alignment="bottom", key="knelt_wanted"):
        st.number_input(
            words("So much I want to free here, in hectares"),
            min_value=0.01,
            format="%g",
            disabled=take_all,
            width=260,
            **choices.bound("knelt_ha", wanted or start, lambda value: choices.set_wanted(f"{float(str(value)):g}")),
        )
        st.toggle(
            words("All that can come free: {area}", area=words.area(every.reachable_m2)),
            **choices.bound("knelt_all", take_all, lambda on: choices.set_wanted(_ALL if on else f"{start:g}")),
        )
    return None if take_all else (wanted or start) * _M2_PER_HA


def _set_card(item: RuleSet, at: int, words: Words) -> None:
    """Draw one set of rules with what it gives, who decides, and the button to think so."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"knelt_set_{at}"):
        st.html(insight_html.rule_set(item, words))
        _think(words("Think this"), item.rules, key=f"knelt_think_{at}")


def _think(label: str, rules: Sequence[Constraint], *, key: str) -> None:
    st.button(label, on_click=choices.move_rules, args=(rules,), key=key, type="primary")


def _hint(text: str) -> None:
    st.html(f'<p class="pl-quiet">{safe(text)}</p>')


def _open_m2(assessment: Assessment, picked: PickedLand) -> float:
    of = outcomes_m2(assessment, picked.land)
    return of[Outcome.FREE] + of[Outcome.CONDITIONAL]


def _hectares(text: str | None) -> float | None:
    """Return the hectares in an address, None where none stand there; an address from elsewhere may hold anything."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0.01 <= value < 1e7 else None


def _round_start(reachable_m2: float) -> float:
    """Return hectares to start from: a tenth of what can come free, rounded down to 1, 2 or 5 of its kind."""
    tenth = reachable_m2 / 10 / _M2_PER_HA
    steps = [step * 10.0**power for power in range(-2, 6) for step in (1, 2, 5)]
    return max((step for step in steps if step <= tenth), default=steps[0])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
