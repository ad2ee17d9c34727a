"""The parts of the page *Vergelijk*: what stands a and b, two maps with one view, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import streamlit as st
from streamlit_folium import st_folium

from planlib.insight.compare import (
    Change,
    PlanChange,
    plan_changes,
    region_changes,
    rule_differences,
    total_change,
)
from planlib.insight.land import Land
from planlib.insight.place_land import place_land
from planlib.model import OUTCOMES, Area, Scenario
from planlib.model.register import Entry, Initiative, InitiativeState
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.store import SavedScenario, ScenarioFolder
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.distance import other_distance, rules_with_distance
from planlib.ui.scenario_panel import is_plain, scenario_label
from planlib.views.comparison import comparison_sentence, outcome_table, plan_table, region_table, rule_table
from planlib.views.html import outcome_bar
from planlib.views.maps import area_map, map_state, map_texts
from planlib.views.pins import entry_pins
from planlib.views.scenario_address import AddressedScenario, read_scenario_address, scenario_address
from planlib.views.sentences import exploration, short, statement

Place = Literal["a", "b"]
_NOW, _HERE, _SAVED, _LINKED, _DISTANCE = "nu", "hier", "bewaard:", "link", "afstand"
#: Plans that are over need no room any more.
_OVER = (InitiativeState.STOPPED, InitiativeState.DONE)


@dataclass(frozen=True)
class Side:
    """Scenario A or B: its name, and the area under its scenario."""

    name: str
    assessment: Assessment


def pick_sides(release: Release, chosen: Choices, words: Words) -> tuple[Side, Side]:
    """Draw the choice of scenario A and B, kept in the address, and return them for the use that is asked about.

    A saved scenario is written into the address whole, so that a link shows the same numbers where it was not saved.
    B may also be A with another distance around a rule.
    """
    first, second = st.columns(2)
    with first:
        _, a = _pick_side("a", release, chosen, words, more={})
    with second:
        more = {_DISTANCE: words("A, but with another distance …")} if rules_with_distance(a.assessment) else {}
        picked, b = _pick_side("b", release, chosen, words, more=more)
        if picked == _DISTANCE:
            other = other_distance(a.assessment, words)
            b = Side(f"{a.name}, {other[0]}", other[1]) if other else a
    return a, b


def _pick_side(
    place: Place, release: Release, chosen: Choices, words: Words, *, more: dict[str, str]
) -> tuple[str, Side]:
    """Draw the choice of one side, with ``more`` options; return the option that was picked and the side it makes."""
    area, use = release.area, chosen.use
    saved = {entry.name: entry for entry in ScenarioFolder(area.path).saved()}
    prefix = f"{place}_"
    found = read_scenario_address(choices.in_address(), area, use=use, prefix=prefix)
    names = {_NOW: words("What holds now")}
    if not is_plain(chosen.scenario):
        names[_HERE] = words("On your screen: {title}", title=scenario_label(chosen, words))
    names |= {_SAVED + name: short(entry.scenario.title or name, most=50) for name, entry in saved.items()}
    names |= more
    linked = found.saved is None and found.missing is not None and not is_plain(found.scenario)
    if linked:
        names[_LINKED] = words("From the link: {title}", title=short(found.missing or "", most=40))
    current = _LINKED if linked else _current(place, list(names), choices.in_address())
    if current.startswith(_SAVED) and place not in choices.in_address():
        # What is shown unasked stands in the address too: whoever gets the link sees the same.
        _put_side(place, saved, current)
        found = read_scenario_address(choices.in_address(), area, use=use, prefix=prefix)
    scenario = _scenario(current, chosen, found, saved, area)
    if current.startswith(_SAVED) and scenario.edited:
        names[current] = words("{title} (changed)", title=names[current])
    st.selectbox(
        words("Scenario {letter}", letter=place.upper()),
        list(names),
        format_func=lambda option: names[option],
        **choices.bound(f"side_{place}", current, lambda picked: _put_side(place, saved, str(picked))),
    )
    scenario = replace(scenario, use=use, doubt_unchecked=chosen.doubt_unchecked)
    return current, Side(names[current], assess(release, scenario))


def answer(a: Side, b: Side, plans: Sequence[PlanChange], words: Words) -> None:
    """Draw the difference in words."""
    change = total_change(a.assessment, b.assessment)
    said = comparison_sentence(change, plans, a.assessment.scenario.use, words)
    st.html(f'<p class="pl-answer">{safe(said)}</p>')


def side_map(side: Side, entries: Sequence[Entry], words: Words, *, place: Place) -> None:
    """Draw one side: its name, its map, which shares its view with the other, and its bar."""
    assessment = side.assessment
    release = assessment.release
    st.html(f'<h3 class="pl-side">{place.upper()} · {safe(side.name)}</h3>')
    with st.container(key=f"side_frame_{place}"):
        st_folium(
            area_map(release),
            key=f"map_{place}",
            height=480,
            use_container_width=True,
            returned_objects=[],
            feature_group_to_add=map_state(
                assessment,
                texts=map_texts(words, release, disclaimer=exploration(assessment, words)),
                pins=entry_pins(entries, words),
            ),
        )
    areas = {outcome: float(assessment.totals_m2[rank]) for rank, outcome in enumerate(OUTCOMES)}
    st.html(outcome_bar(areas, words, legend=False))


def changed_plans(a: Side, b: Side, entries: Sequence[Entry]) -> list[PlanChange]:
    """Return the initiatives that fit differently in A and in B."""
    before, after = a.assessment, b.assessment
    running = [entry for entry in entries if isinstance(entry, Initiative) and entry.state not in _OVER]
    old, new = (_lands(side.release, running) for side in (before, after))
    return plan_changes(before, after, list(zip(running, old, new, strict=True)))


def tables(a: Side, b: Side, plans: Sequence[PlanChange], words: Words) -> None:
    """Draw what differs: per outcome, per village, per initiative, and the rules with who decides."""
    before, after = a.assessment, b.assessment
    total: Change = total_change(before, after)
    first, second = st.columns(2, gap="large")
    with first:
        st.html(outcome_table(total, words))
        st.html(region_table(region_changes(before, after), total, words) or "<p></p>")
    with second:
        st.html(rule_table(rule_differences(before, after), words))
        st.html(plan_table(plans, words))


def footer(a: Side, b: Side, words: Words) -> None:
    """Draw the line that goes with every number, for A and for B."""
    lines = "".join(
        f"<p class='pl-foot'><b>{safe(name)}</b> {safe(statement(side.assessment, words))}</p>"
        for name, side in ((words("Scenario A:"), a), (words("Scenario B:"), b))
    )
    st.html(lines)


def _current(place: Place, options: list[str], address: dict[str, str]) -> str:
    wanted = address.get(place, "")
    if wanted == _SAVED.removesuffix(":"):
        wanted = _SAVED + address.get(f"{place}_scenario", "")
    if wanted in options:
        return wanted
    # A is what holds now; B the first that is something else, or the same when there is nothing else.
    # Nothing is cut again unasked.
    others = [option for option in options if option not in (_NOW, _DISTANCE)]
    return others[0] if others and place == "b" else _NOW


def _scenario(
    current: str, chosen: Choices, found: AddressedScenario, saved: dict[str, SavedScenario], area: Area
) -> Scenario:
    if current in (_NOW, _DISTANCE):
        return Scenario()
    if current == _HERE:
        return chosen.scenario
    entry = saved.get(current.removeprefix(_SAVED))
    if entry is None or (found.saved is not None and found.saved.name == entry.name):
        # What stands in the address wins over what was saved since.
        return found.scenario
    return entry.carried_on(replace(entry.scenario, use=chosen.use), area)


def _put_side(place: Place, saved: dict[str, SavedScenario], picked: str) -> None:
    entry = saved.get(picked.removeprefix(_SAVED))
    parts = scenario_address(
        entry.scenario if entry else Scenario(), name=entry.name if entry else None, prefix=f"{place}_"
    )
    choices.put_all({**parts, place: "bewaard" if entry else picked})


def _lands(release: Release, initiatives: Sequence[Initiative]) -> list[Land | None]:
    """Return the land of each initiative; a shape is cut once for a release, not at every rerun."""
    return [_land(release.id, entry.uid, entry.place, release, entry) for entry in initiatives]


@st.cache_resource(max_entries=2_000, show_spinner=False)
def _land(release_id: str, uid: str, place: object, _release: Release, _entry: Initiative) -> Land | None:
    return place_land(_release, _entry.place)
