"""Which rules must move: against enumeration over small tables of signatures, by hand, and by laws that must hold.

The enumeration knows DESIGN section 3 only: it asks of every subset of rules what each signature comes out as.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planlib.insight.bodies import body_insights, needed_bodies
from planlib.insight.holders import held_together_m2, partners
from planlib.insight.land import land_of_parcels, whole_area
from planlib.insight.rules import rule_insights
from planlib.insight.smallest import smallest_sets
from planlib.model import Level, Scenario, State
from planlib.release import Release
from planlib.scenario import Assessment, assess
from tests.areas import outcome_of
from tests.signature_tables import make_rule, table_release

GEMEENTE, PROVINCIE, WATERSCHAP = Level.GEMEENTE, Level.PROVINCIE, Level.WATERSCHAP
BODIES = (GEMEENTE, PROVINCIE, WATERSCHAP)
FREE = {"free", "conditional"}


@dataclass(frozen=True)
class Table:
    """A random table of signatures and a scenario on it; areas are whole numbers, so that sums are exact."""

    own: tuple[State, ...]
    decides: tuple[tuple[Level, ...], ...]
    present: tuple[tuple[int, ...], ...]
    unknown: tuple[tuple[int, ...], ...]
    areas: tuple[int, ...]
    thought: Mapping[int, State]
    table: tuple[Level, ...]

    def assessment(self, moved: Iterable[int] = ()) -> Assessment:
        """Return the table as planlib sees it, some rules moved besides."""
        rules = [make_rule(f"r{at}", *rule) for at, rule in enumerate(zip(self.own, self.decides, strict=True))]
        states = {f"r{at}": state for at, state in self.thought.items()} | dict.fromkeys(
            (f"r{at}" for at in moved), State.MOVED
        )
        release = table_release(rules, self.present, self.areas, self.unknown)
        return assess(release, Scenario(states=states, table=self.table))

    def state(self, rule: int) -> State:
        """Return the state of a rule at this table."""
        own = self.thought.get(rule, self.own[rule])
        fixed = own is State.MOVABLE and rule not in self.thought and self.table and not self.bodies(rule)
        return State.HARD if fixed else own

    def bodies(self, rule: int) -> set[Level]:
        """Return the bodies at the table that may decide on a rule."""
        return {level for level in self.decides[rule] if not self.table or level in self.table}

    @property
    def movable(self) -> list[int]:
        """Rules that may move at this table."""
        return [at for at in range(len(self.own)) if self.state(at) is State.MOVABLE and self.bodies(at)]

    @property
    def holding(self) -> list[set[int]]:
        """Return for each signature the rules that keep it from being free."""
        return [
            {at for at in (*here, *lacking) if self.state(at) in (State.HARD, State.MOVABLE)}
            for here, lacking in zip(self.present, self.unknown, strict=True)
        ]

    def free_m2(self, changed: Iterable[int] = (), *, to: State = State.MOVED) -> int:
        """Return what is free, or free under conditions, with some rules in another state."""
        states = {at: to if at in set(changed) else self.state(at) for at in range(len(self.own))}
        total = 0
        for here, lacking, area in zip(self.present, self.unknown, self.areas, strict=True):
            told = outcome_of((str(states[at]) for at in here), (str(states[at]) for at in lacking))
            total += area if told in FREE else 0
        return total

    def gain_m2(self, moved: Iterable[int]) -> int:
        """Return what comes free when some rules move."""
        return self.free_m2(moved) - self.free_m2()


@st.composite
def tables(draw: st.DrawFn, *, most_rules: int = 6) -> Table:
    """Draw a table; rules that can move are drawn often, because there is most to ask about them."""
    count = draw(st.integers(1, most_rules))
    kinds = st.sampled_from((State.MOVABLE, State.MOVABLE, State.MOVABLE, State.HARD, State.CONDITION))
    levels = st.lists(st.sampled_from(BODIES), max_size=3, unique=True).map(tuple)
    signature = st.lists(st.sampled_from(("present", "unknown", "", "")), min_size=count, max_size=count)
    drawn = draw(st.lists(signature, min_size=1, max_size=14))
    return Table(
        own=tuple(draw(st.lists(kinds, min_size=count, max_size=count))),
        decides=tuple(draw(st.lists(levels, min_size=count, max_size=count))),
        present=tuple(tuple(at for at, where in enumerate(row) if where == "present") for row in drawn),
        unknown=tuple(tuple(at for at, where in enumerate(row) if where == "unknown") for row in drawn),
        areas=tuple(draw(st.lists(st.integers(1, 9), min_size=len(drawn), max_size=len(drawn)))),
        thought=draw(st.dictionaries(st.integers(0, count - 1), st.sampled_from(tuple(State)), max_size=2)),
        table=draw(st.one_of(st.just(()), levels)),
    )


@given(tables(), st.integers(1, 60))
def test_the_sets_are_those_that_enumeration_finds(table: Table, wanted: int) -> None:
    enough = [
        set(some)
        for size in range(len(table.movable) + 1)
        for some in combinations(table.movable, size)
        if table.gain_m2(some) >= wanted
    ]
    minimal = [some for some in enough if not any(other < some for other in enough)]
    found = smallest_sets(table.assessment(), whole_area(table.assessment().release), wanted, most=10_000)
    sets = [{int(rule.id[1:]) for rule in item.rules} for item in found.sets]
    expected = [some for some in minimal if len(some) <= 3]
    assert sorted(map(sorted, sets)) == sorted(map(sorted, expected))
    assert found.count == len(expected)
    order = [(len(some), -table.gain_m2(some)) for some in sets]
    assert order == sorted(order)
    assert [item.gain_m2 for item in found.sets] == [table.gain_m2(some) for some in sets]
    assert found.reachable_m2 == table.gain_m2(table.movable)
    assert found.held_m2 == sum(table.areas) - table.free_m2()
    if expected or not enough:
        assert found.enough is None
        assert found.fewest == (min(map(len, expected)) if expected else None)
    else:
        assert found.enough is not None
        some = {int(rule.id[1:]) for rule in found.enough.rules}
        assert found.fewest == 4
        assert found.enough.gain_m2 == table.gain_m2(some)
        # Enough, and no rule can be left out of it.
        assert some in minimal


@given(tables(), st.integers(1, 40), st.integers(1, 3))
def test_asking_for_fewer_sets_gives_the_first_of_them(table: Table, wanted: int, most: int) -> None:
    assessment = table.assessment()
    land = whole_area(assessment.release)
    every, some = (smallest_sets(assessment, land, wanted, most=number) for number in (10_000, most))
    assert some.sets == every.sets[:most]
    assert some.count == every.count


@given(tables())
def test_the_bodies_of_a_set_are_the_fewest_that_may_decide_on_all_of_it(table: Table) -> None:
    assessment = table.assessment()
    for item in smallest_sets(assessment, whole_area(assessment.release), 1, most=100).sets:
        rules = [int(rule.id[1:]) for rule in item.rules]
        able = [
            set(some)
            for size in range(4)
            for some in combinations(BODIES, size)
            if all(table.bodies(at) & set(some) for at in rules)
        ]
        fewest = [some for some in able if len(some) == min(map(len, able))]
        assert sorted(map(sorted, item.bodies)) == sorted(map(sorted, fewest))


@given(tables())
def test_what_a_rule_holds_alone_and_gains_by_moving_is_the_difference_it_makes(table: Table) -> None:
    assessment = table.assessment()
    now = table.free_m2()
    for at, item in enumerate(rule_insights(assessment)):
        assert item.sole_m2 == table.free_m2([at], to=State.LAPSED) - now
        assert item.gain_m2 == (table.gain_m2([at]) if at in table.movable else 0)
        assert item.covered_m2 == sum(area for area, here in zip(table.areas, table.present, strict=True) if at in here)
        assert item.held_m2 == sum(area for area, who in zip(table.areas, table.holding, strict=True) if at in who)
        assert item.parcels == sum(at in here for here in table.present)


@given(tables(), st.data())
def test_gains_after_those_already_moved_add_up_to_the_gain_of_all_of_them(table: Table, data: st.DataObject) -> None:
    order = data.draw(st.permutations(table.movable))
    moved: list[int] = []
    total = 0.0
    for rule in order:
        then = rule_insights(table.assessment(moved))[rule]
        assert then.gain_m2 == table.gain_m2([*moved, rule]) - table.gain_m2(moved)
        total += then.gain_m2
        moved.append(rule)
    assert total == table.gain_m2(table.movable)
    after = table.assessment(moved)
    assert smallest_sets(after, whole_area(after.release), 1).reachable_m2 == 0


@given(tables())
def test_what_two_rules_share_is_what_both_hold(table: Table) -> None:
    assessment = table.assessment()
    land = whole_area(assessment.release)
    shared = held_together_m2(assessment, land)
    for one in range(len(table.own)):
        told = {int(item.rule.id[1:]): item for item in partners(assessment, land, assessment.release.rules[one])}
        for other in range(len(table.own)):
            together = sum(area for area, who in zip(table.areas, table.holding, strict=True) if {one, other} <= who)
            only = sum(area for area, who in zip(table.areas, table.holding, strict=True) if {one, other} == who)
            assert shared[one, other] == together
            if other != one:
                assert (told[other].together_m2 if other in told else 0) == together
                assert (told[other].only_m2 if other in told else 0) == only


@given(tables())
def test_a_body_frees_what_all_its_rules_free_together(table: Table) -> None:
    assessment = table.assessment()
    *alone, together = body_insights(assessment, whole_area(assessment.release))
    limiting = [at for at in range(len(table.own)) if table.decides[at]]
    assert {item.level for item in alone} == {level for at in limiting for level in table.decides[at]}
    for item in (*alone, together):
        theirs = [at for at in limiting if item.level is None or item.level in table.decides[at]]
        moving = [at for at in table.movable if item.level is None or item.level in table.bodies(at)]
        assert [rule.id for rule in item.rules] == [f"r{at}" for at in theirs]
        assert [rule.id for rule in item.movable] == [f"r{at}" for at in moving]
        assert item.covered_m2 == sum(
            area for area, here in zip(table.areas, table.present, strict=True) if set(theirs) & set(here)
        )
        assert item.gain_m2 == table.gain_m2(moving)
        assert item.at_table == (item.level is None or not table.table or item.level in table.table)
    gains = [item.gain_m2 for item in alone]
    assert gains == sorted(gains, reverse=True)
    assert together.gain_m2 >= max(gains, default=0)


# --- by hand -----------------------------------------------------------------------------------------------------


@pytest.fixture
def hand() -> Release:
    """Return five rules on eight pieces; what must come out is reckoned in the tests' own words."""
    rules = [
        make_rule("plan", State.MOVABLE, [GEMEENTE]),
        make_rule("peace", State.MOVABLE, [PROVINCIE, GEMEENTE]),
        make_rule("water", State.MOVABLE, [WATERSCHAP]),
        make_rule("smell", State.MOVABLE, [PROVINCIE]),
        make_rule("birds", State.HARD),
    ]
    present = [[0], [0, 1], [1, 2], [0, 1, 2], [0, 1, 2, 3], [0, 4], [4], []]
    return table_release(rules, present, [100, 40, 30, 7, 5, 11, 13, 1000])


def _named(assessment: Assessment, wanted: float | None) -> list[tuple[str, float]]:
    found = smallest_sets(assessment, whole_area(assessment.release), wanted)
    return [("+".join(rule.id for rule in item.rules), item.gain_m2) for item in found.sets]


def test_a_known_example(hand: Release) -> None:
    now = assess(hand)
    assert _named(now, 100) == [("plan", 100)]
    # Plan and peace: 100 + 40. Peace and water: only 30. All three: 100 + 40 + 30 + 7.
    assert _named(now, 101) == [("plan+peace", 140)]
    assert _named(now, 20) == [("plan", 100), ("peace+water", 30)]
    assert _named(now, 141) == [("plan+peace+water", 177)]
    assert _named(now, 0) == [("", 0)]


def test_who_must_decide_in_the_example(hand: Release) -> None:
    (item,) = smallest_sets(assess(hand), whole_area(hand), 141).sets
    # The municipality may also decide on peace, so no province is needed.
    assert item.bodies == ((WATERSCHAP, GEMEENTE),)


def test_an_open_choice_between_bodies_is_told() -> None:
    rule = make_rule("peace", State.MOVABLE, [PROVINCIE, GEMEENTE])
    assert needed_bodies([rule]) == ((PROVINCIE,), (GEMEENTE,))
    assert needed_bodies([rule], (GEMEENTE, WATERSCHAP)) == ((GEMEENTE,),)
    assert needed_bodies([rule], (WATERSCHAP,)) == ()
    assert needed_bodies([]) == ((),)


def test_more_than_three_rules_is_said_with_a_set_that_is_enough(hand: Release) -> None:
    found = smallest_sets(assess(hand), whole_area(hand), 178)
    assert (found.sets, found.count, found.fewest) == ((), 0, 4)
    assert found.enough is not None
    assert ([rule.id for rule in found.enough.rules], found.enough.gain_m2) == (
        ["plan", "peace", "water", "smell"],
        182,
    )
    assert found.enough.bodies == ((PROVINCIE, WATERSCHAP, GEMEENTE),)


def test_what_cannot_come_free_is_said_with_the_rule_that_keeps_it(hand: Release) -> None:
    found = smallest_sets(assess(hand), whole_area(hand), 183)
    assert (found.sets, found.enough, found.fewest) == ((), None, None)
    assert (found.reachable_m2, found.held_m2) == (182, 206)
    assert [(item.rule.id, item.area_m2) for item in found.stuck] == [("birds", 24)]


def test_a_parcel_is_freed_as_far_as_it_can_be(hand: Release) -> None:
    now = assess(hand)
    (item,) = smallest_sets(now, land_of_parcels(hand, [1, 2])).sets
    assert ([rule.id for rule in item.rules], item.gain_m2) == (["plan", "peace", "water"], 70)
    half = smallest_sets(now, land_of_parcels(hand, [0, 6]))
    assert [[rule.id for rule in found.rules] for found in half.sets] == [["plan"]]
    assert (half.wanted_m2, half.held_m2) == (100, 113)
    assert [(stuck.rule.id, stuck.area_m2) for stuck in half.stuck] == [("birds", 13)]


def test_a_hair_of_another_rule_adds_no_body_to_what_a_parcel_takes() -> None:
    rules = [make_rule("plan", State.MOVABLE, [GEMEENTE]), make_rule("water", State.MOVABLE, [WATERSCHAP])]
    release = table_release(rules, [[0], [0, 1]], [500.0, 0.009])
    (item,) = smallest_sets(assess(release), whole_area(release)).sets
    assert [rule.id for rule in item.rules] == ["plan"]


def test_at_a_table_only_those_who_sit_there_can_move_rules(hand: Release) -> None:
    now = assess(hand, Scenario(table=(GEMEENTE,)))
    found = smallest_sets(now, whole_area(hand), 1)
    assert [[rule.id for rule in item.rules] for item in found.sets] == [["plan"]]
    assert found.reachable_m2 == 140
    assert {item.rule.id for item in found.stuck} == {"water", "smell", "birds"}
    insights = {item.rule.id: item for item in rule_insights(now)}
    assert (insights["plan"].gain_m2, insights["water"].gain_m2) == (100, 0)


def test_a_rule_that_nobody_decides_on_does_not_move() -> None:
    release = table_release([make_rule("plan", State.MOVABLE)], [[0]], [50])
    found = smallest_sets(assess(release), whole_area(release), 1)
    assert (found.sets, found.reachable_m2) == ((), 0)
    assert [(item.rule.id, item.area_m2) for item in found.stuck] == [("plan", 50)]
    assert rule_insights(assess(release))[0].gain_m2 == 0
    assert rule_insights(assess(release))[0].sole_m2 == 50


@pytest.mark.parametrize("state", [State.HARD, State.MOVABLE])
def test_doubt_about_a_rule_nobody_could_load_lets_nothing_come_free(state: State) -> None:
    """With a firm rule on it the land is not free, without that rule it is still in doubt: nothing is gained."""
    rules = [
        make_rule("plan", State.MOVABLE, [GEMEENTE]),
        make_rule("birds", State.HARD),
        make_rule("pipeline", state, [GEMEENTE], coverage="none"),
    ]
    release = table_release(rules, [[0], [1], []], [50, 20, 10])
    doubt = assess(release, Scenario(doubt_unchecked=True))
    land = whole_area(release)
    assert [item.sole_m2 for item in rule_insights(doubt)] == [0, 0, 0]
    assert [item.gain_m2 for item in body_insights(doubt, land)] == [0, 0]
    found = smallest_sets(doubt, land, 1)
    assert (found.sets, found.reachable_m2, found.held_m2) == ((), 0, 80)
    assert [item.sole_m2 for item in rule_insights(assess(release))] == [50, 20, 0]


def test_many_rules_agree_with_enumeration_of_every_triple() -> None:
    draw = np.random.default_rng(3)
    count = 24
    present = [sorted(draw.choice(count, draw.integers(1, 5), replace=False).tolist()) for _ in range(600)]
    areas = draw.integers(1, 1000, len(present)).astype(float)
    release = table_release(
        [make_rule(f"r{at}", State.MOVABLE, [GEMEENTE]) for at in range(count)], present, list(areas)
    )
    pieces = list(zip(map(set, present), areas, strict=True))
    gain = {
        some: sum(area for who, area in pieces if who <= set(some))
        for size in (1, 2, 3)
        for some in combinations(range(count), size)
    }
    for share in (0.4, 0.6, 0.8, 0.97):
        wanted = share * max(gain.values())
        enough = {some for some, area in gain.items() if area >= wanted}
        minimal = [some for some in enough if not any(set(part) < set(some) for part in enough)]
        found = smallest_sets(assess(release), whole_area(release), wanted, most=5)
        best = sorted(minimal, key=lambda some: (len(some), -gain[some]))[:5]
        assert found.count == len(minimal)
        assert [item.gain_m2 for item in found.sets] == pytest.approx([gain[some] for some in best])
        assert [len(item.rules) for item in found.sets] == [len(some) for some in best]
