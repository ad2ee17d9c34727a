"""What an address asks for: the one reading of it, for the pages, the print view and the picture of the map.

Whoever needs a key of the address takes it from here; how pages write it stands in :mod:`planlib.ui.choices`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from planlib.errors import ReleaseError
from planlib.insight.named_land import NamedLand, read_land
from planlib.model import Area, Scenario, State, Use
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.store import SavedScenario
from planlib.text.words import LANGUAGES, Words
from planlib.views.scenario_address import RULES, read_scenario_address

USE = "gebruik"
LAND = "waar"
PARCEL = "perceel"
ENTRY = "speld"
DOUBT = "twijfel"
LANGUAGE = "taal"
HIDDEN = "verborgen"
WAY = "kijk"
THEME = "thema"
RULE = "regel"
#: The entry whose story is on the projector, and which slide of it, from 1.
STORY, STEP = "verhaal", "stap"
WANTED = "ha"
SIZE, WIDTH, WITHIN, UNCLAIMED = "groot", "breed", "binnen", "onbenut"
#: The value of :data:`USE` that counts every rule.
ALL_USES = "alles"
#: What a plan may ask for: square metres, and metres.
MOST_SIZE_M2, MOST_WIDTH_M, MOST_WITHIN_M = 10_000_000.0, 1_000.0, 20_000.0


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands in the address, checked against the area; what does not fit is left out and counted.

    ``parcel`` and ``entry`` are the id of the selected parcel and the uid of the selected initiative or bronpunt;
    ``land`` is a text of :mod:`planlib.insight.named_land`, not checked yet. ``saved`` is the saved scenario it started
    from; ``missing`` its name when this machine does not have it.
    """

    scenario: Scenario
    parcel: str | None
    entry: str | None
    hidden: frozenset[str]
    land: str = ""
    saved: SavedScenario | None = None
    missing: str | None = None
    refused: int = 0

    @property
    def use(self) -> Use | None:
        """The use that is asked about."""
        return self.scenario.use

    @property
    def states(self) -> Mapping[str, State]:
        """The rules that are thought to be in another state."""
        return self.scenario.states

    @property
    def doubt_unchecked(self) -> bool:
        """Whether the rules nobody could load are shown as if they held everything."""
        return self.scenario.doubt_unchecked


def read_address(address: Mapping[str, str], area: Area) -> Choices:
    """Return the choices in an address; an address from elsewhere may hold anything."""
    refused = 0
    use = area.use
    wanted = address.get(USE)
    if wanted == ALL_USES:
        use = None
    elif wanted in list(Use):
        use = Use(wanted)
    elif wanted is not None:
        refused += 1
    found = read_scenario_address(address, area, use=use)
    return Choices(
        scenario=replace(found.scenario, doubt_unchecked=address.get(DOUBT) == "1"),
        parcel=address.get(PARCEL),
        entry=address.get(ENTRY),
        hidden=frozenset(filter(None, address.get(HIDDEN, "").split(","))),
        land=address.get(LAND, ""),
        saved=found.saved,
        missing=found.missing,
        refused=refused + found.refused,
    )


@dataclass(frozen=True, slots=True)
class View:
    """What an address shows of a release: its numbers, the land they are about, and the index of a selected parcel.

    ``refused`` counts the choices that do not fit this area; they are left out.
    """

    assessment: Assessment
    named: NamedLand
    parcel: int | None
    refused: int


def read_view(address: Mapping[str, str], release: Release) -> View:
    """Return what an address shows of a release."""
    chosen = read_address(address, release.area)
    parcel = release.find_parcel(chosen.parcel)
    refused = chosen.refused + (chosen.parcel is not None and parcel is None)
    try:
        named = read_land(release, chosen.land)
    except ReleaseError:
        named, refused = read_land(release, ""), refused + 1
    return View(assess(release, chosen.scenario), named, parcel, refused)


def read_words(address: Mapping[str, str]) -> Words:
    """Return the words of the language in an address, Dutch by default."""
    return Words(address.get(LANGUAGE, LANGUAGES[0]))


@dataclass(frozen=True, slots=True)
class Measure:
    """How much room a plan needs: square metres in one piece, metres wide, and at most so many metres from a place."""

    size_m2: float
    width_m: float
    within_m: float
    only_unclaimed: bool


def read_measure(address: Mapping[str, str], *, size_m2: float, width_m: float) -> Measure:
    """Return how much room an address asks for; the numbers given are for one that does not say."""
    return Measure(
        _number(address, SIZE, size_m2, least=1.0, most=MOST_SIZE_M2),
        _number(address, WIDTH, width_m, least=0.0, most=MOST_WIDTH_M),
        _number(address, WITHIN, 0.0, least=0.0, most=MOST_WITHIN_M),
        address.get(UNCLAIMED) == "1",
    )


def _number(address: Mapping[str, str], name: str, otherwise: float, *, least: float, most: float) -> float:
    """Return a number in an address, within bounds; what is no number there is what it is otherwise."""
    try:
        number = float(address.get(name, otherwise))
    except ValueError:
        return otherwise
    return min(max(number, least), most) if math.isfinite(number) else otherwise


def state_pairs(address: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the rule ids and states in an address as they are written there, whether the area has them or not."""
    pairs = [pair.partition(":") for pair in address.get(RULES, "").split(",") if pair]
    return [(rule_id, state) for rule_id, _, state in pairs]
