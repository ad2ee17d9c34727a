"""A scenario as it stands in an address: everything its numbers follow from, and the name it was saved under.

``regels`` holds the states, ``tafel`` who sits at the table, ``scenario`` the name. A link works on a machine that does
not have the saved scenario: the numbers are the same, only its title and its frame are missing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planlib.errors import PlanlibError
from planlib.model import DECIDING_LEVELS, Area, Level, Scenario, State, Use
from planlib.store import SavedScenario, ScenarioFolder

RULES, TABLE, NAME = "regels", "tafel", "scenario"


@dataclass(frozen=True, slots=True)
class AddressedScenario:
    """What an address says of a scenario, checked against the area.

    ``saved`` is the saved scenario it names; ``missing`` that name when this machine does not have it; ``refused`` how
    many parts did not fit.
    """

    scenario: Scenario
    saved: SavedScenario | None = None
    missing: str | None = None
    refused: int = 0


def read_scenario_address(
    address: Mapping[str, str], area: Area, *, use: Use | None, prefix: str = ""
) -> AddressedScenario:
    """Return the scenario that the keys of an address make, for a use; an address from elsewhere may hold anything."""
    refused = 0
    states: dict[str, State] = {}
    for pair in filter(None, address.get(prefix + RULES, "").split(",")):
        rule_id, _, state = pair.partition(":")
        if area.constraint(rule_id) is not None and state in list(State):
            states[rule_id] = State(state)
        else:
            refused += 1
    table: list[Level] = []
    for level in filter(None, address.get(prefix + TABLE, "").split(",")):
        if level in DECIDING_LEVELS and level not in table:
            table.append(Level(level))
        else:
            refused += 1
    now = Scenario(use=use, states=states, table=tuple(table))
    name = address.get(prefix + NAME)
    if not name:
        return AddressedScenario(now, refused=refused)
    try:
        saved = ScenarioFolder(area.path).read(name)
    except PlanlibError:
        return AddressedScenario(now, missing=name, refused=refused)
    return AddressedScenario(saved.carried_on(now, area), saved, refused=refused)


def scenario_address(scenario: Scenario, *, name: str | None, prefix: str = "") -> dict[str, str]:
    """Return the keys of an address that hold a scenario; an empty value stands for a key to be left out."""
    return {
        prefix + RULES: ",".join(f"{rule_id}:{state}" for rule_id, state in scenario.states.items()),
        prefix + TABLE: ",".join(scenario.table),
        prefix + NAME: name or "",
    }
