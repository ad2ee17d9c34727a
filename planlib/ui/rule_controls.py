"""The rules in the sidebar: grouped by who made them, each with what it holds and what one may think of it."""

from __future__ import annotations

import streamlit as st

from planlib.insight import RuleInsight
from planlib.model import Level, State
from planlib.scenario import Assessment, is_thought
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.views.search import plain
from planlib.views.sentences import LEVEL_NAMES, changed_sentence, state_label


def rule_controls(assessment: Assessment, insights: list[RuleInsight], words: Words) -> None:
    """Draw the controls of all rules that touch the area and limit the use; they write to the address."""
    _changed(assessment, words)
    wanted = plain(st.text_input(words("Find a rule"), key="rule_filter", placeholder=words("a word, such as odour")))
    unknown_somewhere = _not_known_somewhere(assessment)
    shown = [
        item
        for at, item in enumerate(insights)
        if item.rule.state_for(assessment.scenario.use) is not None
        and (item.parcels > 0 or at in unknown_somewhere)
        and wanted in plain(item.rule.title.in_language(words.language))
    ]
    for level in Level:
        # What holds the most on its own comes first: there is the most to talk about.
        group = sorted(
            (item for item in shown if item.rule.level is level), key=lambda item: (-item.sole_m2, -item.covered_m2)
        )
        if group:
            changed = [item for item in group if item.rule in assessment.changed]
            label = f"{_capital(words(LEVEL_NAMES[level]))} ({len(group)})"
            with st.expander(label, expanded=bool(wanted or changed), key=f"group_{level}"):
                for item in group:
                    _rule(item, assessment, words)
    if not shown:
        st.text(words("No rule with that word touches this area."))
    _unchecked(assessment, words)


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


def _unchecked(assessment: Assessment, words: Words) -> None:
    if not assessment.unchecked:
        return
    with st.expander(words("Nobody could look into ({count})", count=len(assessment.unchecked)), key="group_unchecked"):
        for rule in assessment.unchecked:
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
