"""The page *Welke regel knelt?*: its answers are those of the library, in words, and its choices stand in the address."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.insight import body_insights, explain_parcel, rule_insights, smallest_sets
from planlib.insight.land import Land, land_of_parcels, land_of_region, whole_area
from planlib.model import Level, Scenario, State
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.text.words import Words
from planlib.views.insight_words import (
    bodies_answer,
    bodies_phrase,
    gain_text,
    rules_answer,
    sets_answer,
    stuck_sentence,
    who_decides,
)
from tests.signature_tables import make_rule, table_release

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`</p><script>alert(1)</script>"
WORDS = Words("nl")
GEMEENTE, PROVINCIE, WATERSCHAP = Level.GEMEENTE, Level.PROVINCIE, Level.WATERSCHAP


@pytest.fixture(scope="module")
def demo(build_dir: Path) -> Release:
    build(DEMO)
    return open_release(DEMO)


def _page(monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("PLANLIB_AREA", str(DEMO))
    page = AppTest.from_file(str(ROOT / "pages" / "knelpunten.py"), default_timeout=120)
    for key, value in address.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def _html(page: AppTest) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


# --- the page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["regels", "wie", "vrijmaken"])
@pytest.mark.parametrize("use", ["housing", "wind", "nature", "alles"])
def test_every_view_opens_for_every_use_and_promises_nothing(
    demo: Release, view: str, use: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = _html(_page(monkeypatch, kijk=view, gebruik=use))
    assert "pl-wall" in shown
    assert "geen besluit, geen toezegging" in shown
    assert "Vrijgekomen is niet vrij" in shown
    assert "niet bekeken: " in shown or "Getoetst aan" in shown


def test_the_answer_and_the_table_are_those_of_the_library(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = assess(demo)
    land = land_of_region(demo, "Nijborg")
    page = _page(monkeypatch, waar="dorp:Nijborg", regel="zoning_agricultural")
    insights = rule_insights(assessment, land)
    most = max(insights, key=lambda item: item.held_m2)
    shown = _html(page)
    assert f"De regel die hier het meest vasthoudt: {most.rule.title.nl}." in shown
    assert f"Die houdt {WORDS.area(most.held_m2)} vast" in shown
    (card,) = [item for item in insights if item.rule.id == "zoning_agricultural"]
    assert f"Houdt {WORDS.area(card.held_m2)} vast, waarvan {WORDS.area(card.sole_m2)} alleen." in shown


def test_the_parcel_card_and_this_page_say_the_same(demo: Release) -> None:
    assessment = assess(demo)
    for at in range(0, len(demo.parcels), 97):
        card = explain_parcel(assessment, demo.parcels["parcel_id"].iloc[at])
        told = {item.rule.id: item for item in rule_insights(assessment, land_of_parcels(demo, [at]))}
        for item in card.rules:
            assert told[item.rule.id].covered_m2 == pytest.approx(item.covered_m2)
            assert told[item.rule.id].sole_m2 == pytest.approx(item.sole_m2)
            assert told[item.rule.id].parcels == 1


def test_thinking_a_set_moves_its_rules_in_the_address_and_tells_what_it_gave(
    demo: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = assess(demo)
    (first, *_) = smallest_sets(assessment, whole_area(demo), 2_000_000).sets
    page = _page(monkeypatch, kijk="vrijmaken", ha="200")
    assert "Daarvoor moeten 2 regels samen schuiven" in _html(page)
    page.button(key="knelt_think_0").click().run()
    assert not page.exception
    moved = {f"{rule.id}:moved" for rule in first.rules}
    assert set(page.query_params["regels"].split(",")) == moved
    assert f"Dat geeft hier {WORDS.area(first.gain_m2)} die vrij is of vrij onder voorwaarden." in _html(page)
    # What is asked now is what more comes free after those moved.
    states = {rule.id: State.MOVED for rule in first.rules}
    after = assess(demo, Scenario(use=demo.area.use, states=states))
    (next_one, *_) = smallest_sets(after, whole_area(demo), 2_000_000).sets
    assert f"Dan komt {WORDS.area(next_one.gain_m2)} vrij onder voorwaarden" in _html(page)
    page.button(key="knelt_reset").click().run()
    assert "regels" not in page.query_params


def test_what_was_already_moved_stays_when_a_rule_is_thought_to_move(
    demo: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(monkeypatch, regel="zoning_agricultural", regels="livestock_odour:moved")
    page.button(key="knelt_think_rule").click().run()
    assert page.query_params["regels"] == "livestock_odour:moved,zoning_agricultural:moved"


def test_hectares_stand_in_the_address_and_all_of_it_can_be_asked(
    demo: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(monkeypatch, kijk="vrijmaken")
    page.number_input(key="knelt_ha").set_value(1300.0).run()
    assert page.query_params["ha"] == "1300"
    assert "Daarvoor moeten vier regels samen schuiven; met minder lukt het niet." in _html(page)
    page.toggle(key="knelt_all").set_value(True).run()
    assert page.query_params["ha"] == "alles"
    assert "Daarvoor moeten ten minste vier regels schuiven." in _html(page)


def test_too_much_is_told_with_how_far_it_goes_and_what_stays(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    found = smallest_sets(assess(demo), whole_area(demo), 5e7)
    shown = _html(_page(monkeypatch, kijk="vrijmaken", ha="5000"))
    assert f"Zoveel kan hier niet vrijkomen: hooguit {WORDS.area(found.reachable_m2)}." in shown
    assert f"blijft {WORDS.area(found.held_m2 - found.reachable_m2)} dat wat er ook schuift" in shown


def test_a_parcel_is_asked_as_a_whole(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = demo.parcels["parcel_id"].iloc[240]
    found = smallest_sets(assess(demo), land_of_parcels(demo, [240]))
    page = _page(monkeypatch, kijk="vrijmaken", waar=f"percelen:{parcel}")
    assert page.toggle(key="knelt_all").value is True
    (item,) = found.sets
    assert " en ".join(rule.title.nl for rule in item.rules) in _html(page)


def test_doubt_about_rules_nobody_could_load_frees_nothing_and_can_be_put_aside(
    demo: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(monkeypatch, kijk="vrijmaken", twijfel="1")
    assert "Hier kan niets vrijkomen" in _html(page)
    page.button(key="knelt_doubt").click().run()
    assert "twijfel" not in page.query_params
    assert "Daarvoor moet" in _html(page)


def test_a_shape_beside_the_area_says_to_choose_another_place(monkeypatch: pytest.MonkeyPatch, demo: Release) -> None:
    for view in ("regels", "wie", "vrijmaken"):
        page = _page(monkeypatch, kijk=view, waar="vlak:0,50;0.001,50;0.001,50.001")
        assert "Hier ligt geen perceel van dit gebied" in _html(page)


def test_a_hostile_address_changes_nothing(demo: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = _html(_page(monkeypatch))
    assert _html(_page(monkeypatch, kijk=HOSTILE, regel=HOSTILE, ha=HOSTILE)) == plain
    sets = _html(_page(monkeypatch, kijk="vrijmaken"))
    for wanted in (HOSTILE, "nan", "inf", "-5", "1e300", "0"):
        assert _html(_page(monkeypatch, kijk="vrijmaken", ha=wanted)) == sets


# --- the words ---------------------------------------------------------------------------------------------------


def _wall(release: Release, land: Land | None = None, **scenario: object) -> tuple[str, str, str]:
    assessment = assess(release, Scenario(**scenario))
    land = land or whole_area(release)
    held = float(land.code_area_m2[assessment.rank >= 2].sum())
    answers = (
        rules_answer(rule_insights(assessment, land), assessment, WORDS),
        bodies_answer(body_insights(assessment, land), held, WORDS),
        sets_answer(smallest_sets(assessment, land, 1.0), WORDS),
    )
    return tuple(f"{answer.lead} {answer.more}".strip() for answer in answers)


def test_land_that_nothing_holds_is_said_in_every_view() -> None:
    release = table_release([make_rule("plan", State.MOVABLE, [GEMEENTE])], [[]], [500.0])
    assert set(_wall(release)) == {"Geen regel houdt dit land vast, voor zover bekeken."}


def test_land_that_only_two_bodies_can_free_together() -> None:
    rules = [make_rule("plan", State.MOVABLE, [GEMEENTE]), make_rule("water", State.MOVABLE, [WATERSCHAP])]
    by_rule, by_body, turned = _wall(table_release(rules, [[0, 1]], [20_000.0]))
    assert "Die houdt 2,00 ha vast, maar nergens alleen" in by_rule
    assert "Geen regel maakt iets vrij door alleen te schuiven" in by_rule
    assert by_body.startswith("Geen bestuur kan hier alleen iets vrijmaken.")
    assert "Alle besturen samen: 2,00 ha." in by_body
    assert turned.startswith("Daarvoor moeten 2 regels samen schuiven: Regel plan en Regel water.")
    assert turned.endswith("met een besluit van het waterschap en de gemeente.")


def test_land_that_nobody_at_the_table_can_free() -> None:
    rules = [make_rule("plan", State.MOVABLE, [GEMEENTE]), make_rule("birds", State.HARD)]
    release = table_release(rules, [[0], [1]], [100.0, 50.0])
    by_rule, by_body, turned = _wall(release, table=(WATERSCHAP,))
    assert by_rule.endswith("Geen van de regels die dit land vasthouden kan aan deze tafel schuiven.")
    assert by_body == "Niemand aan deze tafel kan hier iets vrijmaken door regels te laten schuiven."
    assert turned == "Hier kan niets vrijkomen door aan deze tafel regels te laten schuiven."
    now = assess(release, Scenario(table=(WATERSCHAP,)))
    plan, birds = rule_insights(now)
    assert who_decides(plan, now, WORDS) == "de gemeente, niet aan deze tafel"
    assert who_decides(birds, now, WORDS) == "niemand aan deze tafel"
    assert gain_text(plan, WORDS) == gain_text(birds, WORDS) == "staat vast"
    stuck = stuck_sentence(smallest_sets(now, whole_area(release), 1.0), WORDS)
    assert stuck.endswith("Daar geldt: Regel plan en Regel birds.")


def test_an_open_choice_of_bodies_reads_as_one() -> None:
    assert bodies_phrase([(PROVINCIE,), (GEMEENTE,)], WORDS) == "de provincie of de gemeente"
    assert bodies_phrase([(PROVINCIE, GEMEENTE)], WORDS) == "de provincie en de gemeente"


def test_the_view_with_hair_only_does_not_speak_of_nought_rules() -> None:
    release = table_release([make_rule("plan", State.MOVABLE, [GEMEENTE])], [[0], []], [0.004, 900.0])
    found = smallest_sets(assess(release), whole_area(release))
    assert np.isclose(found.reachable_m2, 0.004)
    assert sets_answer(found, WORDS).lead == "Hier kan niets vrijkomen door aan deze tafel regels te laten schuiven."
