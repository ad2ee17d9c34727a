"""Have we everybody at the table: the bodies on a plan's land, by hand and on the demo."""

from __future__ import annotations

from pathlib import Path

from planlib.insight.land import land_of_parcels, whole_area
from planlib.insight.seats import players_of, seats_on
from planlib.model import Level, Scenario, State, Use
from planlib.model.register import Agreement, Initiative, Place, Player
from planlib.release import Release, open_release
from planlib.scenario import assess
from tests.areas import Rule, box, succeed, write_area


def _release(folder: Path) -> Release:
    here = {"west": box(0, 0, 100, 100), "east": box(100, 0, 200, 100)}
    rules = [
        Rule("plan", [here["west"]], "movable", keys={"level": "gemeente", "decides": ["gemeente"], "route": "r"}),
        Rule("stilte", [here["west"]], "movable", keys={"level": "provincie", "decides": ["gemeente"], "route": "r"}),
        Rule("nnn", [here["east"]], "hard", keys={"level": "provincie"}),
        Rule("huis", [here["east"]], "hard", keys={"level": "feitelijk"}),
        Rule("molen", [here["east"]], "movable", uses=["wind"], keys={"decides": ["rijk"], "route": "r"}),
    ]
    succeed("build", write_area(folder, here, rules))
    return open_release(folder)


def _parcel(release: Release, name: str) -> int:
    return release.parcel_index(name)


def test_who_decides_comes_before_who_only_made_a_rule(tmp_path: Path) -> None:
    release = _release(tmp_path / "area")
    now = assess(release, Scenario(use=Use.HOUSING))
    seats = seats_on(now, whole_area(release), [])
    assert [(seat.level, [rule.id for rule in seat.decides]) for seat in seats] == [
        (Level.GEMEENTE, ["plan", "stilte"]),
        (Level.PROVINCIE, []),
    ]
    assert [rule.id for rule in seats[1].made] == ["stilte", "nnn"]
    assert all(seat.is_missing for seat in seats)


def test_only_rules_on_this_land_and_for_this_use_bring_a_seat(tmp_path: Path) -> None:
    release = _release(tmp_path / "area")
    now = assess(release, Scenario(use=Use.HOUSING))
    east = land_of_parcels(release, [_parcel(release, "east")])
    assert [seat.level for seat in seats_on(now, east, [])] == [Level.PROVINCIE]
    windy = assess(release, Scenario(use=Use.WIND))
    assert Level.RIJK in [seat.level for seat in seats_on(windy, east, [])]


def test_a_rule_that_was_thought_away_brings_no_seat(tmp_path: Path) -> None:
    release = _release(tmp_path / "area")
    gone = {"plan": State.LAPSED, "stilte": State.LAPSED}
    now = assess(release, Scenario(use=Use.HOUSING, states=gone))
    west = land_of_parcels(release, [_parcel(release, "west")])
    assert seats_on(now, west, []) == []


def test_a_player_that_speaks_for_a_body_fills_its_seat(tmp_path: Path) -> None:
    release = _release(tmp_path / "area")
    town, club = Player("g", "Gemeente Esveld", level=Level.GEMEENTE), Player("c", "Buurtclub")
    plan = Initiative("hof", "Hof", Place(6.6, 52.9), agreements=(Agreement("c"), Agreement("g"), Agreement("weg")))
    players = players_of(plan, [town, club])
    assert [player.uid for player in players] == ["c", "g"]
    seats = seats_on(assess(release, Scenario(use=Use.HOUSING)), whole_area(release), players)
    assert [(seat.level, seat.is_missing) for seat in seats] == [(Level.GEMEENTE, False), (Level.PROVINCIE, True)]
