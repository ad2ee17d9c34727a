"""What the user chose, kept in the address: a link opens the same view, and Back undoes.

The address is the only memory. Every widget is set from it before it is drawn, and writes to it when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from planlib.model import Area, Constraint, Level, Scenario, State, Use
from planlib.text.words import LANGUAGES, Words
from planlib.views import address
from planlib.views.address import Choices, Measure, read_address, read_measure, read_words
from planlib.views.maps import Focus
from planlib.views.scenario_address import NAME, TABLE, scenario_address


def read_choices(area: Area) -> Choices:
    """Return the choices in the address; an address from elsewhere may hold anything."""
    return read_address(st.query_params, area)


def words() -> Words:
    """Return the words of the language in the address, Dutch by default."""
    return read_words(st.query_params)


def set_use(use: Use | None) -> None:
    """Put the use in the address."""
    st.query_params[address.USE] = address.ALL_USES if use is None else str(use)


def land_in_address() -> str:
    """Return the text of the land in the address (:mod:`planlib.insight.named_land`); empty for the whole area."""
    return st.query_params.get(address.LAND, "")


def set_land(text: str) -> None:
    """Put a piece of land in the address; an empty text is the whole area."""
    _put(address.LAND, text)


def parcel_in_address() -> str | None:
    """Return the id of the parcel in the address, whether the area has it or not."""
    return st.query_params.get(address.PARCEL)


def address_of(path: str) -> str:
    """Return the address of a route of this server that shows what the page shows."""
    return f"{path}?{urlencode(st.query_params.to_dict())}"


def way_in_address() -> str | None:
    """Return which of its views a page shows, as the address says."""
    return st.query_params.get(address.WAY)


def set_way(way: str) -> None:
    """Put in the address which of its views a page shows."""
    _put(address.WAY, way)


def theme_in_address() -> str | None:
    """Return the id of the theme in the address, whether there is such a theme or not."""
    return st.query_params.get(address.THEME)


def set_theme(theme_id: str) -> None:
    """Put a theme in the address."""
    _put(address.THEME, theme_id)


def story_in_address() -> str | None:
    """Return the uid of the entry whose story is on the projector, whether it may be there or not."""
    return st.query_params.get(address.STORY)


def set_story(uid: str | None) -> None:
    """Put in the address whose story is on the projector, from its first slide; None takes it off."""
    put_all({address.STORY: uid or "", address.STEP: ""})


def step_in_address() -> int:
    """Return which slide of a story is shown, from 1; there may be fewer."""
    text = st.query_params.get(address.STEP, "1")
    # Digits of other scripts are digits too, and a number may be longer than any story.
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def set_step(at: int) -> None:
    """Put in the address which slide of a story is shown."""
    _put(address.STEP, str(at) if at > 1 else "")


def measure_in_address(*, size_m2: float, width_m: float) -> Measure:
    """Return how much room is asked for; the numbers given are for an address that does not say."""
    return read_measure(st.query_params, size_m2=size_m2, width_m=width_m)


def set_size(size_m2: float) -> None:
    """Put in the address how much land is needed in one piece."""
    _put(address.SIZE, f"{size_m2:.10g}")


def set_width(width_m: float) -> None:
    """Put in the address how wide it must be."""
    _put(address.WIDTH, f"{width_m:.10g}")


def set_within(within_m: float) -> None:
    """Put in the address how far from the chosen place it may be."""
    _put(address.WITHIN, f"{within_m:.10g}")


def set_unclaimed(on: bool) -> None:
    """Put in the address whether only land counts that nobody has a plan for."""
    _put(address.UNCLAIMED, "1" if on else "")


def set_state(rule: Constraint, state: State | None) -> None:
    """Put a rule's state in the address; None takes it out, so that the rule keeps its own."""
    states = dict(address.state_pairs(st.query_params))
    states.pop(rule.id, None)
    if state is not None:
        states[rule.id] = str(state)
    _put(address.RULES, ",".join(f"{rule_id}:{value}" for rule_id, value in states.items()))


def move_rules(rules: Iterable[Constraint]) -> None:
    """Put in the address that these rules move; what was changed before stays."""
    for rule in rules:
        set_state(rule, State.MOVED)


def rule_in_address() -> str | None:
    """Return the id of the rule that is looked at, whether the area has it or not."""
    return st.query_params.get(address.RULE)


def set_rule(rule_id: str | None) -> None:
    """Put in the address which rule is looked at."""
    _put(address.RULE, rule_id)


def wanted_in_address() -> str | None:
    """Return how many hectares should come free, as the address says it; anything may stand there."""
    return st.query_params.get(address.WANTED)


def set_wanted(hectares: str | None) -> None:
    """Put in the address how many hectares should come free."""
    _put(address.WANTED, hectares)


def reset_states() -> None:
    """Take all changed rules, the table and the name of the scenario out of the address."""
    open_scenario(Scenario(), name=None)


def open_scenario(scenario: Scenario, *, name: str | None) -> None:
    """Put a scenario in the address, in one step of the browser's history; a scenario without a use keeps the use."""
    parts = scenario_address(scenario, name=name)
    if scenario.use is not None:
        parts[address.USE] = str(scenario.use)
    put_all(parts)


def scenario_in_address() -> dict[str, str]:
    """Return the keys of the address that the numbers follow from; an empty value for a key that is not there."""
    keys = (address.USE, address.RULES, TABLE, NAME, address.DOUBT)
    return {key: st.query_params.get(key, "") for key in keys}


def in_address() -> dict[str, str]:
    """Return all keys of the address."""
    return st.query_params.to_dict()


def set_table(levels: Iterable[Level]) -> None:
    """Put in the address who sits at the table; nobody named is everybody."""
    _put(TABLE, ",".join(levels))


def put_all(parts: Mapping[str, str]) -> None:
    """Put several keys in the address at once; an empty value takes a key out."""
    together = {**st.query_params.to_dict(), **parts}
    st.query_params.from_dict({key: value for key, value in together.items() if value})


def select(*, parcel: str | None = None, entry: str | None = None) -> None:
    """Put the selected parcel, or the selected initiative or bronpunt, in the address."""
    put_all({address.PARCEL: parcel or "", address.ENTRY: entry or ""})


def set_doubt(on: bool) -> None:
    """Put in the address whether unchecked rules are shown as if they held everything."""
    _put(address.DOUBT, "1" if on else "")


def set_hidden(names: frozenset[str]) -> None:
    """Put in the address which pins are hidden."""
    _put(address.HIDDEN, ",".join(sorted(names)))


def set_language(language: str) -> None:
    """Put the language in the address."""
    _put(address.LANGUAGE, "" if language == LANGUAGES[0] else language)


def bound(key: str, value: object, store: Callable[[object], None]) -> dict[str, Any]:
    """Return the ``key`` and ``on_change`` of a widget that shows ``value`` and stores what the user makes of it."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: store(st.session_state[key])}


def _put(name: str, value: str | None) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def look_at(focus: Focus | None) -> None:
    """Move the map to a place, once; None leaves it where it is."""
    st.session_state["look"] = focus


def has_looked() -> bool:
    """Whether it was ever said in this visit where the map looks."""
    return "look" in st.session_state


def look() -> Focus | None:
    """Return where the map was last told to look, None when it never was."""
    return st.session_state.get("look")
