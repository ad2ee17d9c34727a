"""What the user chose, kept in the address: a link opens the same view, and Back undoes.

The address is the only memory. Every widget is set from it before it is drawn, and writes to it when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from planlib.model import Area, Constraint, Scenario, State, Use
from planlib.text.words import LANGUAGES, Words
from planlib.views.maps import Focus

_USE, _LAND, _RULES, _PARCEL, _ENTRY, _DOUBT, _LANGUAGE, _HIDDEN, _WAY, _THEME = (
    "gebruik",
    "waar",
    "regels",
    "perceel",
    "speld",
    "twijfel",
    "taal",
    "verborgen",
    "kijk",
    "thema",
)
_ALL_USES = "alles"


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands in the address, checked against the area; what does not fit is left out and counted.

    ``parcel`` and ``entry`` are the id of the selected parcel and the uid of the selected initiative or bronpunt.
    """

    use: Use | None
    states: Mapping[str, State]
    parcel: str | None
    entry: str | None
    doubt_unchecked: bool
    hidden: frozenset[str]
    refused: int = 0

    @property
    def scenario(self) -> Scenario:
        """The scenario that these choices make."""
        return Scenario(use=self.use, states=self.states, doubt_unchecked=self.doubt_unchecked)


def read_choices(area: Area) -> Choices:
    """Return the choices in the address; an address from elsewhere may hold anything."""
    address = st.query_params
    refused = 0
    use = area.use
    wanted = address.get(_USE)
    if wanted == _ALL_USES:
        use = None
    elif wanted in list(Use):
        use = Use(wanted)
    elif wanted is not None:
        refused += 1
    states: dict[str, State] = {}
    for pair in filter(None, address.get(_RULES, "").split(",")):
        rule_id, _, state = pair.partition(":")
        rule = area.constraint(rule_id)
        if rule is not None and state in list(State):
            states[rule_id] = State(state)
        else:
            refused += 1
    return Choices(
        use=use,
        states=states,
        parcel=address.get(_PARCEL),
        entry=address.get(_ENTRY),
        doubt_unchecked=address.get(_DOUBT) == "1",
        hidden=frozenset(filter(None, address.get(_HIDDEN, "").split(","))),
        refused=refused,
    )


def words() -> Words:
    """Return the words of the language in the address, Dutch by default."""
    return Words(st.query_params.get(_LANGUAGE, LANGUAGES[0]))


def set_use(use: Use | None) -> None:
    """Put the use in the address."""
    st.query_params[_USE] = _ALL_USES if use is None else str(use)


def land_in_address() -> str:
    """Return the text of the land in the address (:mod:`planlib.insight.named_land`); empty for the whole area."""
    return st.query_params.get(_LAND, "")


def set_land(text: str) -> None:
    """Put a piece of land in the address; an empty text is the whole area."""
    _put(_LAND, text)


def parcel_in_address() -> str | None:
    """Return the id of the parcel in the address, whether the area has it or not."""
    return st.query_params.get(_PARCEL)


def way_in_address() -> str | None:
    """Return from where *Thema's en plekken* looks, as the address says."""
    return st.query_params.get(_WAY)


def set_way(way: str) -> None:
    """Put in the address from where *Thema's en plekken* looks."""
    _put(_WAY, way)


def theme_in_address() -> str | None:
    """Return the id of the theme in the address, whether there is such a theme or not."""
    return st.query_params.get(_THEME)


def set_theme(theme_id: str) -> None:
    """Put a theme in the address."""
    _put(_THEME, theme_id)


def set_state(rule: Constraint, state: State | None) -> None:
    """Put a rule's state in the address; None takes it out, so that the rule keeps its own."""
    states = dict(_pairs())
    states.pop(rule.id, None)
    if state is not None:
        states[rule.id] = str(state)
    _put(_RULES, ",".join(f"{rule_id}:{value}" for rule_id, value in states.items()))


def reset_states() -> None:
    """Take all changed rules out of the address."""
    _put(_RULES, "")


def select(*, parcel: str | None = None, entry: str | None = None) -> None:
    """Put the selected parcel, or the selected initiative or bronpunt, in the address."""
    _put(_PARCEL, parcel)
    _put(_ENTRY, entry)


def set_doubt(on: bool) -> None:
    """Put in the address whether unchecked rules are shown as if they held everything."""
    _put(_DOUBT, "1" if on else "")


def set_hidden(names: frozenset[str]) -> None:
    """Put in the address which pins are hidden."""
    _put(_HIDDEN, ",".join(sorted(names)))


def set_language(language: str) -> None:
    """Put the language in the address."""
    _put(_LANGUAGE, "" if language == LANGUAGES[0] else language)


def bound(key: str, value: object, store: Callable[[object], None]) -> dict[str, Any]:
    """Return the ``key`` and ``on_change`` of a widget that shows ``value`` and stores what the user makes of it."""
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: store(st.session_state[key])}


def _pairs() -> list[tuple[str, str]]:
    pairs = [pair.partition(":") for pair in st.query_params.get(_RULES, "").split(",") if pair]
    return [(rule_id, state) for rule_id, _, state in pairs]


def _put(name: str, value: str | None) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def look_at(focus: Focus) -> None:
    """Move the map to a place, once."""
    st.session_state["look"] = focus


def look() -> Focus | None:
    """Return where the map was last told to look, None when it never was."""
    return st.session_state.get("look")
