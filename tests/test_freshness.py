"""How old data is: counted from when it was last asked for, told on every screen, and called old by a stated limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas
import pytest

from planlib.build import build
from planlib.errors import BrokenOffError, SourceError
from planlib.insight import explain_parcel
from planlib.insight.freshness import freshness, old_rules
from planlib.insight.last_refresh import LastRefresh, LayerRefresh
from planlib.insight.layer_report import base_reports, layer_reports, parcel_findings
from planlib.model import Scenario
from planlib.release import Release, open_release
from planlib.scenario import assess
from planlib.sources import Provenance
from planlib.sources.services import MIRROR, old_after, read_services
from planlib.sources.sidecar import write_provenance
from planlib.text.words import Words
from planlib.views.ages import stale_sentence
from planlib.views.data_html import base_table, layers_table, parcels_note
from planlib.views.html import parcel_card
from tests.areas import RD, Rule, box, write_area

NL = Words("nl")
DAY = date(2026, 11, 25)
PDOK = "https://api.pdok.nl/rvo/natura2000/ogc/v1"


def provenance(layer_id: str, retrieved: date, **keys: object) -> Provenance:
    about = Provenance(
        id=layer_id,
        url=PDOK,
        collection="natura2000",
        kind="ogcapi",
        title="Natura 2000",
        licence="https://creativecommons.org/publicdomain/zero/1.0/deed.nl",
        retrieved_at=datetime(retrieved.year, retrieved.month, retrieved.day, 9, tzinfo=UTC),
        count=1,
        shapeless=0,
        crs=RD,
        coverage=(0.0, 0.0, 1.0, 1.0),
        coverage_crs=RD,
        sha256="0",
    )
    return replace(about, **keys)


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel with a rule of a file and one that was fetched three weeks before DAY."""
    folder = write_area(
        tmp_path / "area",
        {"p": box(0, 0, 100, 100)},
        [
            Rule("old", [box(0, 0, 10, 100)], keys={"source_date": date(2018, 4, 12)}),
            Rule("nature", coverage=[box(0, 0, 60, 100)], keys={"path": "sources/nature.parquet"}),
        ],
    )
    (folder / "sources").mkdir()
    shapes = geopandas.GeoDataFrame(geometry=[box(20, 0, 50, 100)], crs=RD)
    shapes.to_parquet(folder / "sources" / "nature.parquet")
    write_provenance(folder, provenance("nature", DAY - timedelta(days=21)))
    return folder


@pytest.fixture
def release(area: Path) -> Release:
    build(area, workers=1)
    return open_release(area)


def rule(release: Release, rule_id: str) -> int:
    return [rule.id for rule in release.rules].index(rule_id)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "van vandaag"),
        (1, "1 dag oud"),
        (13, "13 dagen oud"),
        (14, "2 weken oud"),
        (21, "3 weken oud"),
        (60, "8 weken oud"),
        (61, "2 maanden oud"),
        (365, "11 maanden oud"),
        (730, "23 maanden oud"),
        (731, "2 jaar oud"),
        (3149, "8 jaar oud"),
    ],
)
def test_an_age_is_told_in_the_unit_a_reader_would_use(days: int, said: str) -> None:
    assert NL.age(days) == said


def test_what_was_fetched_ages_from_when_it_was_last_asked_for_and_a_file_from_its_day(release: Release) -> None:
    nature, old = (freshness(release.rules[rule(release, name)], DAY) for name in ("nature", "old"))
    assert (nature.age_days, nature.is_old) == (21, False)
    assert nature.fetched[0].url == PDOK
    assert (old.since, old.is_old, old.fetched) == (date(2018, 4, 12), True, ())
    assert [item.id for item, _ in old_rules(release.rules, DAY)] == ["old"]
    # The limit is a number of days after which it is old, and not the day itself.
    limit = timedelta(days=nature.limit.days)
    asked = DAY - timedelta(days=21)
    assert [item.id for item, _ in old_rules(release.rules, asked + limit)] == ["old"]
    assert len(old_rules(release.rules, asked + limit + timedelta(days=1))) == 2


def test_a_rule_of_several_layers_is_as_old_as_the_oldest_of_them(area: Path, release: Release) -> None:
    (area / "sources" / "nature.source.toml").unlink()
    write_provenance(area, provenance("nature-1", DAY - timedelta(days=3)))
    write_provenance(area, provenance("nature-2", DAY - timedelta(days=40)))
    fresh = freshness(release.rules[rule(release, "nature")], DAY)
    assert [about.id for about in fresh.fetched] == ["nature-1", "nature-2"]
    assert fresh.age_days == 40


def test_a_provenance_that_cannot_be_read_makes_nothing_younger(area: Path, release: Release) -> None:
    (area / "sources" / "nature.source.toml").write_text("no = [toml", encoding="utf-8")
    fresh = freshness(release.rules[rule(release, "nature")], DAY)
    assert fresh.fetched == ()
    assert fresh.since == release.rules[rule(release, "nature")].source_date


def test_every_service_and_every_file_has_a_limit_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in read_services().old_after:
        assert limit.days >= 1
        assert limit.reason.nl
        assert limit.reason.en
    parcels = read_services().parcels
    assert old_after(parcels.url).days < old_after(PDOK).days < old_after(None).days
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:9/copies")
    assert old_after(parcels.address) == old_after(parcels.url)
    assert old_after("http://127.0.0.1:9/elsewhere") == old_after(PDOK)


def test_age_and_stale_are_said_on_the_card_and_beside_the_answer(release: Release) -> None:
    assessment = assess(release, Scenario(use=None))
    card = parcel_card(explain_parcel(assessment, "p"), NL, on=DAY)
    assert "12 april 2018 (8 jaar oud: kan verouderd zijn)" in card
    assert "4 november 2026 (3 weken oud)" in card
    assert (
        stale_sentence(assessment.checked, DAY, NL)
        == "Op 25 november 2026 kunnen de gegevens van 1 regel verouderd zijn: 8 jaar oud."
    )
    assert stale_sentence(assessment.checked, date(2018, 5, 1), NL) == ""


def test_a_layer_is_shown_with_its_origin_its_age_its_survey_and_its_law(release: Release) -> None:
    shown = layers_table(layer_reports(release, on=DAY), NL)
    assert f'href="{PDOK}"' in shown
    assert "licentie CC0" in shown
    assert "opgehaald op 4 november 2026 (3 weken oud)" in shown
    assert "12 april 2018 (8 jaar oud: kan verouderd zijn)" in shown
    assert old_after(None).reason.nl in shown
    # Of the parcel 100 m long the survey ends at 60 m.
    assert "alles behalve 4.000 m²" in shown
    assert "in de wettekst" in shown


def test_a_layer_that_was_not_had_anew_says_which_copy_stands_there_and_why(area: Path, release: Release) -> None:
    at = datetime(2026, 11, 4, 9, tzinfo=UTC)
    down = BrokenOffError(
        "{host} cannot be used now: it answers {status}. Try again later; what came in is kept.",
        host="api.pdok.nl",
        status=503,
    )
    gone = SourceError(
        "{url} has no collection {name!r}; it has {there}.", url=PDOK, name="natura2000", there="<b>x</b>"
    )
    for failure, words in ((down, "De server was niet te bereiken"), (gone, "De dienst gaf deze laag niet")):
        refresh = LastRefresh(at, None, (LayerRefresh("nature", ("nature",), 1, at, None, failure),))
        shown = layers_table(layer_reports(release, on=DAY, refresh=refresh), NL)
        assert f"{words}; dit is de kopie van 4 november 2026" in shown
        assert "<b>x</b>" not in shown
        # Fetched since: the failure is over.
        write_provenance(area, provenance("nature", DAY))
        assert words not in layers_table(layer_reports(release, on=DAY, refresh=refresh), NL)
        write_provenance(area, provenance("nature", at.date()))


def test_text_of_a_service_stays_text(area: Path, release: Release) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    write_provenance(
        area, provenance("nature", DAY, url=f"javascript:alert(1)//{hostile}", collection=hostile, licence=hostile)
    )
    shown = layers_table(layer_reports(release, on=DAY), NL)
    assert "<img" not in shown
    assert 'href="javascript' not in shown


def test_parcels_say_where_they_come_from_and_how_they_fit(tmp_path: Path) -> None:
    ring = {"a": box(0, 0, 100, 20), "b": box(0, 80, 100, 100), "c": box(0, 20, 20, 80), "d": box(80, 20, 110, 80)}
    folder = write_area(tmp_path / "area", ring | {"e": box(0, 0, 10, 10)}, [Rule("r", [box(0, 0, 5, 5)])])
    build(folder, workers=1)
    release = open_release(folder)
    note = parcels_note(parcel_findings(release), NL)
    assert "1 paren percelen overlappen" in note
    assert "100,00 m²" in note
    assert "1 gaten tussen percelen, samen 3.600,00 m²" in note
    assert "bestand parcels" in base_table(base_reports(release, on=DAY), NL)
