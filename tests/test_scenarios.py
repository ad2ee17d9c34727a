"""Scenarios that are kept: as text and back, in a folder, with a table that cannot decide everything."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planlib.errors import ScenarioError, StoreError
from planlib.model import DECIDING_LEVELS, Frame, Level, Scenario, State, Use
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.store import SavedScenario, ScenarioFolder, parse_scenario, read_scenario, scenario_toml
from planlib.text.words import Words
from planlib.views.sentences import statement
from tests.areas import Rule, box, free, succeed, write_area

titles = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)
rule_ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=12)
states = st.dictionaries(rule_ids, st.sampled_from(State), max_size=4)
days = st.none() | st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))
trimmed = titles.map(str.strip)
frames = st.builds(Frame, title=trimmed, set_by=trimmed, set_on=days, states=states)
scenarios = st.builds(
    Scenario,
    title=trimmed,
    use=st.none() | st.sampled_from(Use),
    states=states,
    set_by=st.none() | trimmed,
    set_on=days,
    description=st.none() | trimmed,
    table=st.lists(st.sampled_from(DECIDING_LEVELS), unique=True).map(tuple),
    frame=st.none() | frames,
)


@given(scenarios)
def test_a_scenario_comes_back_as_it_was_written(scenario: Scenario) -> None:
    assert parse_scenario(scenario_toml(scenario), file="mail") == scenario


def test_saved_scenarios_are_read_by_title_and_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = ScenarioFolder(tmp_path)
    folder.save(Scenario(title="Zuid"))
    folder.save(Scenario(title="noord"))
    (tmp_path / "scenarios" / "kapot.toml").write_text("title = ")
    assert [entry.scenario.title for entry in folder.saved()] == ["noord", "Zuid"]
    assert ["kapot.toml" in str(problem) for problem in folder.broken()] == [True]


def test_two_scenarios_of_one_title_stand_beside_each_other(tmp_path: Path) -> None:
    folder = ScenarioFolder(tmp_path)
    one, other = folder.save(Scenario(title="Meer ruimte!")), folder.save(Scenario(title="Meer ruimte?"))
    assert [one.name, other.name] == ["meer-ruimte", "meer-ruimte-2"]


def test_nobody_overwrites_unseen(tmp_path: Path) -> None:
    folder = ScenarioFolder(tmp_path)
    mine = theirs = folder.save(Scenario(title="Tafel"))
    folder.save(replace(theirs.scenario, description="van hen"), replacing=theirs)
    with pytest.raises(StoreError, match="Somebody changed the scenario Tafel"):
        folder.save(replace(mine.scenario, description="van mij"), replacing=mine)
    with pytest.raises(StoreError, match="Somebody changed"):
        folder.delete(mine)
    assert folder.read(mine.name).scenario.description == "van hen"


@pytest.mark.parametrize("name", ["../area", "/etc/passwd", "a/b", "", "A", "x" * 200, "..", "a.toml"])
def test_a_name_from_an_address_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="no saved scenario"):
        ScenarioFolder(tmp_path).read(name)


def test_a_title_of_signs_alone_still_gets_a_name(tmp_path: Path) -> None:
    assert ScenarioFolder(tmp_path).save(Scenario(title="★ ☆")).name == "scenario"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = 'a'\ncolour = 'red'", "unknown key colour"),
        ("title = 'a'\ntable = ['eu']", "table knows no 'eu'"),
        ("title = 'a'\n[frame]\ntitle = 'b'", "frame: the key set_by is missing"),
        ("title = 'a'\n[frame]\ntitle = 'b'\nset_by = 'c'\n[frame.state]\nx = 'open'", "x knows no 'open'"),
        ("title = 'a'\n" + "#" * 300_000, "too large"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        parse_scenario(text, file="mail.toml")


def _area(folder: Path) -> Path:
    rules = [
        Rule("ours", [box(0, 0, 50, 100)], "movable", keys={"decides": ["gemeente"], "route": "r"}),
        Rule("theirs", [box(0, 0, 100, 50)], "movable", keys={"decides": ["provincie", "rijk"], "route": "r"}),
        Rule("nobodys", [box(90, 90, 100, 100)], "movable", keys={"decides": [], "route": "r"}),
    ]
    return write_area(folder, {"P": box(0, 0, 100, 100)}, rules)


def _opened(folder: Path) -> Release:
    succeed("build", _area(folder))
    return open_release(folder)


def test_a_rule_that_nobody_at_the_table_decides_on_counts_as_fixed(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    at_table = tmp_path / "tafel.toml"
    at_table.write_text("title = 'Dorpstafel'\ntable = ['gemeente']")
    alone = free(area, "--use", "housing")["P"]
    there = free(area, "--use", "housing", "--scenario", at_table)["P"]
    assert (alone["movable"], alone["blocked"]) == (pytest.approx(7_600), 0)
    assert (there["movable"], there["blocked"]) == (pytest.approx(2_500), pytest.approx(5_100))


def test_moving_a_rule_of_somebody_elsewhere_stays_possible_and_is_a_thought(tmp_path: Path) -> None:
    release = _opened(tmp_path / "area")
    scenario = Scenario(use=Use.HOUSING, table=(Level.GEMEENTE,), states={"theirs": State.MOVED, "ours": State.MOVED})
    now = assess(release, scenario)
    assert [rule.id for rule in now.thoughts] == ["theirs"]
    assert [rule.id for rule in now.fixed] == ["nobodys"]
    assert [rule.id for rule in assess(release, replace(scenario, table=())).thoughts] == []


def test_what_goes_beyond_the_frame_of_the_board_is_named(tmp_path: Path) -> None:
    release = _opened(tmp_path / "area")
    frame = Frame("Kader", "College", states={"ours": State.MOVED})
    within = Scenario(use=Use.HOUSING, frame=frame, states={"ours": State.MOVED})
    beyond = replace(within, states={"ours": State.LAPSED, "theirs": State.MOVED})
    assert assess(release, within).beyond_frame == ()
    assert [rule.id for rule in assess(release, beyond).beyond_frame] == ["ours", "theirs"]


def test_a_saved_file_is_what_the_command_line_takes(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    saved = ScenarioFolder(area).save(Scenario(title="Ruimer", use=Use.HOUSING, states={"ours": State.MOVED}))
    path = area / "scenarios" / f"{saved.name}.toml"
    assert read_scenario(path) == saved.scenario
    assert free(area, "--scenario", path)["P"]["conditional"] == pytest.approx(2_500)


def test_a_scenario_stricter_than_the_frame_stays_within_it(tmp_path: Path) -> None:
    release = _opened(tmp_path / "area")
    frame = Frame("Kader", "College", states={"ours": State.MOVED})
    stricter = Scenario(use=Use.HOUSING, frame=frame, states={"ours": State.HARD})
    assert assess(release, stricter).beyond_frame == ()
    assert assess(release, replace(stricter, states={})).beyond_frame == ()


BOARD = Scenario(
    title="Kader",
    use=Use.HOUSING,
    states={"ours": State.MOVED, "gone": State.LAPSED},
    set_by="College",
    set_on=date(2026, 10, 6),
    description="Waarom",
    table=(Level.GEMEENTE,),
)


def test_the_same_choices_carry_the_name_of_who_set_them(tmp_path: Path) -> None:
    release = _opened(tmp_path / "area")
    saved = SavedScenario("kader", BOARD, "1")
    now = Scenario(use=Use.HOUSING, states={"ours": State.MOVED, "theirs": State.MOVABLE}, table=(Level.GEMEENTE,))
    named = saved.carried_on(now, release.area)
    assert (named.title, named.set_by, named.set_on, named.edited) == ("Kader", "College", date(2026, 10, 6), False)
    assert named.states == now.states


@pytest.mark.parametrize(
    "change",
    [
        {"states": {"ours": State.MOVED, "theirs": State.MOVED}},
        {"states": {}},
        {"table": ()},
        {"table": (Level.GEMEENTE, Level.PROVINCIE)},
        {"use": Use.WIND},
    ],
    ids=str,
)
def test_the_name_of_a_board_never_stands_over_choices_that_are_not_its_own(tmp_path: Path, change: dict) -> None:
    release = _opened(tmp_path / "area")
    now = replace(Scenario(use=Use.HOUSING, states={"ours": State.MOVED}, table=(Level.GEMEENTE,)), **change)
    named = SavedScenario("kader", BOARD, "1").carried_on(now, release.area)
    assert (named.set_by, named.edited) == (None, True)
    assert named.frame == Frame("Kader", "College", date(2026, 10, 6), BOARD.states)
    assert (named.use, named.states, named.table) == (now.use, now.states, now.table)


def test_where_a_number_comes_from_says_table_frame_and_thoughts(tmp_path: Path) -> None:
    area = _area(tmp_path / "area")
    file = tmp_path / "wens.toml"
    file.write_text(
        "title = 'Wens'\ntable = ['gemeente']\nuse = 'housing'\n[state]\nours = 'moved'\ntheirs = 'moved'\n"
        "[frame]\ntitle = 'Kader'\nset_by = 'College'\nset_on = 2026-10-06\n[frame.state]\nours = 'moved'\n"
    )
    out = tmp_path / "out.csv"
    about = json.loads(succeed("free", area, "--scenario", file, "--out", out, "--json").out)
    assert json.loads((tmp_path / "out.csv.release.json").read_text())["frame"] == about["frame"]
    assert about["scenario"] == "Wens"
    assert about["table"] == ["gemeente"]
    assert about["fixed"] == ["nobodys"]
    assert about["thoughts"] == ["theirs"]
    assert about["frame"] == {
        "title": "Kader",
        "set_by": "College",
        "set_on": "2026-10-06",
        "states": {"ours": "moved"},
    }
    assert about["beyond_frame"] == ["theirs"]


def test_every_statement_names_the_scenario_its_frame_its_table_and_how_far_it_goes(tmp_path: Path) -> None:
    release = _opened(tmp_path / "area")
    frame = Frame("Kader", "het college", date(2026, 10, 6), {"ours": State.MOVED})
    wish = Scenario(
        title="Wens",
        use=Use.HOUSING,
        table=(Level.GEMEENTE,),
        frame=frame,
        states={"ours": State.MOVED, "theirs": State.MOVED},
    )
    said = statement(assess(release, wish), Words("nl"))
    for part in (
        "Scenario: “Wens”; 2 regels zijn anders dan nu geldt.",
        "1 regel gaat verder dan het kader “Kader” (gesteld door het college op 6 oktober 2026).",
        "Aan tafel: gemeente.",
        "1 regel ligt buiten deze tafel en telt als vast.",
        "1 wijziging is een gedachte-experiment",
        "Verder dan het kader: regel theirs.",
        "Gedachte-experiment: regel theirs.",
    ):
        assert part in said
    now = statement(assess(release, Scenario(use=Use.HOUSING)), Words("nl"))
    assert "Scenario" not in now
    edited = replace(wish, edited=True)
    assert "Scenario: “Wens”; daarna gewijzigd; 2 regels" in statement(assess(release, edited), Words("nl"))
