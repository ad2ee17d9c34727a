"""The rules in the sidebar: grouped by who made them, each with what it holds and what one may think of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from planlib.insight import RuleInsight, rule_insights
from planlib.model import Constraint, Level, Scenario, State
from planlib.scenario import Assessment, assess, is_thought
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.views.search import plain
from planlib.views.sentences import LEVEL_NAMES, changed_sentence, state_label


def rule_controls(assessment: Assessment, insights: list[RuleInsight], words: Words) -> None:
    """Draw the controls of all rules that touch the area and limit the use; they write to the address."""
    _changed(assessment, words)
    wanted = plain(
        st.text_input(words("Find a rule"), key="rule_filter", live=True, placeholder=words("a word, such as odour"))
    )
    unknown_somewhere = _not_known_somewhere(assessment)
    shown = [
        insights[at]
        for at in _order(assessment)
        if insights[at].rule.state_for(assessment.scenario.use) is not None
        and (insights[at].parcels > 0 or at in unknown_somewhere)
        and _is_wanted(insights[at].rule, wanted, words)
    ]
    explained = words("What a rule alone holds would be free, or free under conditions, without it.")
    st.html(f'<p class="pl-ruleline">{safe(explained)}</p>')
    for level in Level:
        group = [item for item in shown if item.rule.level is level]
        if group:
            changed = [item for item in group if item.rule in assessment.changed]
            label = f"{_capital(words(LEVEL_NAMES[level]))} ({len(group)})"
            # What was searched for is a group of its own: it opens, and leaves the groups as they were.
            kind = "found" if wanted else "group"
            with st.expander(label, expanded=bool(wanted or changed), key=f"{kind}_{level}"):
                for item in group:
                    _rule(item, assessment, words)
    unchecked = [rule for rule in assessment.unchecked if _is_wanted(rule, wanted, words)]
    if not shown and not unchecked:
        st.text(words("No rule with that word touches this area."))
    _unchecked(unchecked, assessment, words, found=bool(wanted))


def _order(assessment: Assessment) -> list[int]:
    """Return the rules, by position, in the order in which they stand: what holds the most on its own comes first.

    It goes by the rules as they are, so that no rule moves away under the hand that changes it.
    """
    as_is = rule_insights(assess(assessment.release, Scenario(use=assessment.scenario.use)))
    return sorted(range(len(as_is)), key=lambda at: (-as_is[at].sole_m2, -as_is[at].covered_m2))


def _is_wanted(rule: Constraint, wanted: str, words: Words) -> bool:
    return wanted in plain(rule.title.in_language(words.language))


def options(own: State, *, movable: bool) -> list[State]:
    """Return the states a rule can be put in: it holds, it moves where a body can decide so, it is thought away."""
    return [own, *([State.MOVED] if own is State.MOVABLE and movable else []), State.LAPSED]


def _rule(item: RuleInsight, assessment: Assessment, words: Words) -> None:
    rule = item.rule
    own = rule.state_for(assessment.scenario.use)
    if own is None:
        return
    fixed = rule in assessment.fixed
    state = own if fixed else item.state
    facts = [words("covers {area}", area=words.area(item.covered_m2))]
    if item.sole_m2 > 0:
        facts.append(words("alone holds {area}", area=words.area(item.sole_m2)))
    title = safe(rule.title.in_language(words.language))
    st.html(f'<p class="pl-rulename">{title}</p><p class="pl-ruleline">{safe(" · ".join(facts))}</p>')
    allowed = options(own, movable=bool(rule.decides))
    if state not in allowed:
        allowed.insert(1, state)
    st.segmented_control(
        rule.title.in_language(words.language),
        allowed,
        format_func=lambda choice: state_label(choice, own, words),
        required=True,
        label_visibility="collapsed",
        **choices.bound(
            f"rule_{rule.id}",
            state,
            lambda picked: choices.set_state(rule, None if picked == own else State(str(picked))),
        ),
    )
    if is_thought(rule, assessment.scenario):
        note = safe(words("A thought experiment: nobody at this table can decide this."))
        st.html(f'<p class="pl-ruleline pl-changed">{note}</p>')
    elif fixed:
        note = safe(words("Nobody at this table decides on this: it counts as fixed."))
        st.html(f'<p class="pl-ruleline">{note}</p>')


def _changed(assessment: Assessment, words: Words) -> None:
    sentence = changed_sentence(assessment, words)
    if sentence:
        st.html(f'<p class="pl-ruleline pl-changed">{safe(sentence)}</p>')
        st.button(words("Back to what holds now"), on_click=choices.reset_states, key="reset_rules")


def _unchecked(rules: Sequence[Constraint], assessment: Assessment, words: Words, *, found: bool) -> None:
    if not rules:
        return
    label = words("Nobody could look into ({count})", count=len(rules))
    with st.expander(label, expanded=found, key="found_unchecked" if found else "group_unchecked"):
        for rule in rules:
            ask = f'<p class="pl-ruleline">{safe(rule.ask.in_language(words.language))}</p>' if rule.ask else ""
            st.html(f'<p class="pl-rulename">{safe(rule.title.in_language(words.language))}</p>{ask}')
        st.toggle(
            words("Show as if these could hold everything"),
            **choices.bound("doubt", assessment.scenario.doubt_unchecked, lambda on: choices.set_doubt(bool(on))),
        )


def _not_known_somewhere(assessment: Assessment) -> set[int]:
    here = assessment.release.signatures
    return set(here.rule[here.not_known].tolist())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
