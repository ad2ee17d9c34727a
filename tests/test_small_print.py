"""What free land carries, on land that was reckoned by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from planlib.build import build
from planlib.insight.land import land_of_parcels, whole_area
from planlib.insight.small_print import RuleOnLand, SmallPrint, small_print
from planlib.model import Scenario, State
from planlib.release import open_release
from planlib.scenario import assess
from tests.areas import Rule, box, write_area

#: A field of 100 m x 100 m in strips of 10 m: what lies on it from left to right.
RULES = [
    Rule("wet", [box(0, 0, 20, 100)], "condition", keys={"source_date": date(2019, 5, 1)}),
    Rule("view", [box(10, 0, 30, 100)], "condition", keys={"confidence": "unconfirmed"}),
    Rule("farm", [box(30, 0, 50, 100)], "movable", keys={"confidence": "partly", "decides": ["gemeente"]}),
    Rule("road", [box(50, 0, 60, 100)], "hard", keys={"source_date": date(2026, 1, 1)}),
    Rule("odour", [box(60, 0, 70, 100)], "movable", coverage=[box(0, 0, 90, 100)]),
    Rule("noise", [], "hard", coverage="none"),
]


@pytest.fixture
def field(tmp_path: Path) -> Path:
    build(write_area(tmp_path / "field", {"p": box(0, 0, 50, 100), "q": box(50, 0, 100, 100)}, RULES))
    return tmp_path / "field"


def told(field: Path, **states: State) -> SmallPrint:
    release = open_release(field)
    return small_print(assess(release, Scenario(states=states)), whole_area(release))


def areas(items: tuple[RuleOnLand, ...]) -> dict[str, float]:
    return {item.rule.id: round(item.area_m2) for item in items}


def test_conditions_are_told_with_their_land(field: Path) -> None:
    now = told(field)
    assert now.open_m2 == pytest.approx(5000)
    assert areas(now.conditions) == {"wet": 2000, "view": 2000}
    assert now.moved == now.thought_away == ()


def test_what_a_moved_rule_frees_carries_its_duties(field: Path) -> None:
    now = told(field, farm=State.MOVED)
    assert now.open_m2 == pytest.approx(7000)
    assert areas(now.moved) == {"farm": 2000}


def test_what_is_thought_away_is_told_and_a_rule_for_another_use_is_not(field: Path) -> None:
    now = told(field, road=State.LAPSED)
    assert areas(now.thought_away) == {"road": 1000}
    assert told(field, noise=State.LAPSED).thought_away == ()


def test_what_nobody_surveyed_is_told_and_what_nobody_could_load(field: Path) -> None:
    now = told(field)
    assert areas(now.surveys) == {"odour": 1000}
    assert [rule.id for rule in now.unchecked] == ["noise"]
    assert told(field, odour=State.LAPSED).surveys == ()


def test_the_oldest_data_come_first(field: Path) -> None:
    sources = told(field).sources
    assert [rule.id for rule, _ in sources] == ["wet", "farm", "odour", "view", "road"]
    assert sources[0][1] == date(2019, 5, 1)


def test_only_land_that_would_be_another_without_it_rests_on_a_doubtful_text(field: Path) -> None:
    # The view stands alone on 20..30; on 10..20 the wet ground asks something anyway.
    now = told(field)
    assert now.unconfirmed_m2 == pytest.approx(1000)
    assert now.partly_m2 == pytest.approx(1000 + 2000)
    assert now.land_m2 == pytest.approx(10_000)


def test_the_small_print_of_parcels_adds_up_to_that_of_the_area(field: Path) -> None:
    release = open_release(field)
    now = assess(release)
    parts = [small_print(now, land_of_parcels(release, [at])) for at in range(2)]
    whole = small_print(now, whole_area(release))
    assert sum(part.open_m2 for part in parts) == pytest.approx(whole.open_m2)
    assert sum(part.partly_m2 for part in parts) == pytest.approx(whole.partly_m2)
    assert areas(parts[0].conditions) == areas(whole.conditions)
