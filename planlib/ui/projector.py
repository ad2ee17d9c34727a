"""The parts of the page *Beamer*: one question, one big answer, the map, and what the last step changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from planlib.insight import RuleInsight, rule_insights
from planlib.insight.compare import Change
from planlib.model import OUTCOMES, Constraint, Outcome, Scenario, State, Use
from planlib.model.register import Entry
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.stage import MOST_SWITCHES, StageEvent, Switch, stage
from planlib.views.clicks import read_click
from planlib.views.comparison import gains
from planlib.views.html import outcome_bar
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.sentences import USE_NAMES, changed_sentence, statement

_STYLE = Path(__file__).with_name("projector.css")
#: Stories in the list of the controls; the others are behind their pins and on their cards.
_MOST_STORIES = 100


def looks() -> None:
    """Hide everything that is not for the room, and make the rest large."""
    st.html(_STYLE)


def question(assessment: Assessment, words: Words) -> None:
    """Draw the question and the answer, large."""
    of = {outcome: float(assessment.totals_m2[rank]) for rank, outcome in enumerate(OUTCOMES)}
    title = words(
        "Where in {place} is there room for {use}?",
        place=assessment.release.area.title,
        use=words(USE_NAMES[assessment.scenario.use]),
    )
    answer = words("{area} free", area=words.area(of[Outcome.FREE]))
    more = words("and {area} under conditions", area=words.area(of[Outcome.CONDITIONAL]))
    st.html(
        f'<div class="pl-stage-head"><h1>{safe(title)}</h1><p><b>{safe(answer)}</b> <span>{safe(more)}</span></p></div>'
    )


def change(assessment: Assessment, words: Words) -> None:
    """Draw what the last step changed, in words; before any step, how many rules differ from what holds."""
    totals = [float(total) for total in assessment.totals_m2]
    now = (assessment.release.id, str(assessment.scenario.use), tuple(sorted(assessment.scenario.states.items())))
    last = st.session_state.get("stage_now")
    if last is None or last["key"][:2] != now[:2]:
        st.session_state["stage_now"] = {"key": now, "totals": totals, "sentence": changed_sentence(assessment, words)}
    elif last["key"] != now:
        sentence = step_sentence(last["totals"], totals, words)
        st.session_state["stage_now"] = {"key": now, "totals": totals, "sentence": sentence}
    st.html(f'<p class="pl-stage-change" aria-live="polite">{safe(st.session_state["stage_now"]["sentence"])}</p>')


def step_sentence(before: Sequence[float], after: Sequence[float], words: Words) -> str:
    """Return what a step changed for what is free and what is free under conditions."""
    step = Change(None, np.asarray(before), np.asarray(after))
    parts = gains(step, words, outcomes=(Outcome.FREE, Outcome.CONDITIONAL, Outcome.MOVABLE))
    if not parts:
        return words("This step changes nothing here for what is free.")
    return words("Since the last step: {changes}.", changes=words.listing(parts))


def stage_map(assessment: Assessment, chosen: Choices, entries: Sequence[Entry], words: Words) -> None:
    """Draw the map from edge to edge, with pins and names for the back row."""
    release = assessment.release
    # Under the map stands the line that says all of it, larger.
    texts = replace(map_texts(words, release, disclaimer=""), fictional="")
    st_folium(
        area_map(release),
        key="stage_map",
        height=700,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=map_state(
            assessment,
            texts=texts,
            selected=release.find_parcel(chosen.parcel),
            pins=entry_pins(entries, words),
            focus=choices.look(),
            big=True,
        ),
        on_change=lambda: _open_story(release),
    )


def _open_story(release: Release) -> None:
    """Open the story of the pin that was clicked; a click on anything else does nothing here."""
    click = read_click(release, (st.session_state.get("stage_map") or {}).get("last_active_drawing"))
    if click is None or st.session_state.get("last_click") == click.at:
        return
    st.session_state["last_click"] = click.at
    if click.uid is not None:
        choices.set_story(click.uid)


def legend(assessment: Assessment, words: Words) -> None:
    """Draw the bar that is the legend, and the line that stands on every map."""
    areas = {outcome: float(assessment.totals_m2[rank]) for rank, outcome in enumerate(OUTCOMES)}
    st.html(outcome_bar(areas, words, big=True))
    st.html(f'<p class="pl-stage-foot">{safe(statement(assessment, words))}</p>')


def switches(assessment: Assessment, words: Words) -> list[Switch]:
    """Return the rules on the table: those that were changed, and those whose moving would give the most.

    Which they are and their order go by the rules as they are, so that a rule keeps its place when it is switched.
    """
    use = assessment.scenario.use
    changed = {rule.id for rule in assessment.changed}
    as_is = rule_insights(assess(assessment.release, Scenario(use=use)))
    most = sorted((item for item in as_is if item.rule.state_for(use) is not None), key=lambda item: -item.sole_m2)
    first = [item for item in most if item.rule.id in changed]
    others = [
        item for item in most if item.rule.id not in changed and _other(item.rule, assessment) and item.sole_m2 > 0
    ]
    kept = {item.rule.id for item in [*first, *others][:MOST_SWITCHES]}
    now = {item.rule.id: item for item in rule_insights(assessment)}
    return [_switch(now[item.rule.id], assessment, words) for item in most if item.rule.id in kept]


def _switch(item: RuleInsight, assessment: Assessment, words: Words) -> Switch:
    on = item.rule in assessment.changed
    if not on:
        note = words("would give {area} under conditions", area=words.area(item.sole_m2))
    elif assessment.scenario.states.get(item.rule.id) is State.MOVED:
        note = words("moves by a decision")
    else:
        note = words("thought away")
    return Switch(id=item.rule.id, name=item.rule.title.in_language(words.language), note=note, on=on)


def controls(assessment: Assessment, entries: Sequence[Entry], told: frozenset[str], words: Words) -> StageEvent:
    """Draw the facilitator's controls and return what was just done with them.

    The stories that can be picked are those of ``entries``; ``told`` holds the uids of those with steps, which come
    first where there are more than anybody looks through.
    """
    stories = [entry for entry in entries if entry.story or entry.uid in told]
    first = sorted(stories, key=lambda entry: (entry.uid not in told, entry.title.casefold()))[:_MOST_STORIES]
    titles = {entry.uid: entry.title for entry in sorted(first, key=lambda entry: entry.title.casefold())}
    uses = {_use_id(use): _capital(words(USE_NAMES[use])) for use in [*Use, None]}
    return stage(switches(assessment, words), uses, _use_id(assessment.scenario.use), titles, words)


def follow(done: StageEvent, assessment: Assessment) -> bool:
    """Put in the address what was done; return whether anything was."""
    if done.use is not None:
        choices.set_use(Use(done.use) if done.use in list(Use) else None)
    elif done.story is not None:
        choices.set_story(done.story)
    elif done.switched is not None:
        toggle(done.switched, assessment)
    return bool(done.use or done.story or done.switched)


def toggle(rule_id: str, assessment: Assessment) -> None:
    """Switch a rule between what holds now and what could be decided."""
    rule = assessment.release.area.constraint(rule_id)
    if rule is not None:
        choices.set_state(rule, None if rule in assessment.changed else _other(rule, assessment))


def _use_id(use: Use | None) -> str:
    return str(use) if use else "any"


def _other(rule: Constraint, assessment: Assessment) -> State | None:
    """Return the state a body could decide on; None for a rule that nobody in the room can move."""
    own = rule.state_for(assessment.scenario.use)
    return State.MOVED if own is State.MOVABLE and rule.decides else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
