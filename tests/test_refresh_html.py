"""What the last refresh changed, kept on disk and told on the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from planlib.build import build
from planlib.errors import BrokenOffError, ReleaseError, SourceError
from planlib.insight.last_refresh import (
    LastRefresh,
    LayerRefresh,
    RuleRefresh,
    read_last_refresh,
    refresh_file,
    write_last_refresh,
)
from planlib.model import OUTCOMES, Outcome, Use
from planlib.release import Release, open_release
from planlib.sources import Difference
from planlib.text.words import Words
from planlib.views.refresh_html import refresh_html
from tests.areas import Rule, box, write_area

NL = Words("nl")
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
OLD = datetime(2026, 8, 4, 9, tzinfo=UTC)
DOWN = BrokenOffError(
    "{host} cannot be used now: it answers {status}. Try again later; what came in is kept.", host="h", status=503
)
GONE = SourceError("{url} has no collection {name!r}; it has {there}.", url="u", name="plots", there="<i>other</i>")


@pytest.fixture
def release(tmp_path: Path) -> Release:
    folder = write_area(tmp_path / "area", {"p": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 10, 10)])])
    (folder / "sources").mkdir()
    build(folder, workers=1)
    return open_release(folder)


def refreshed(release: Release) -> LastRefresh:
    areas = dict.fromkeys(OUTCOMES, (0.0, 0.0))
    return LastRefresh(
        refreshed_at=AT,
        use=Use.HOUSING,
        layers=(
            LayerRefresh("nature-1", ("nature",), 3, AT, Difference(1, 2, 0)),
            LayerRefresh("nature-2", ("nature",), 4, AT, Difference(0, 0, 5)),
            LayerRefresh("quiet", ("silence_area",), 4, AT, Difference(0, 0, 0)),
            LayerRefresh("nnn", ("nnn",), 4, OLD, None, DOWN),
            LayerRefresh("gone", ("silence_area",), 4, OLD, None, GONE),
            LayerRefresh("parcels", (), 40, AT, Difference(7, 0, 0)),
        ),
        outcomes_m2=areas | {Outcome.FREE: (9_900.0, 8_800.0), Outcome.BLOCKED: (100.0, 1_200.0)},
        rules=(RuleRefresh("nature", (100.0, 1_200.0), (100.0, 1_200.0), (True, False)),),
        releases=("before", release.id),
    )


def test_a_refresh_is_read_back_as_it_was_written(release: Release) -> None:
    refresh = refreshed(release)
    write_last_refresh(release.area.path, refresh)
    again = read_last_refresh(release.area.path)
    assert again is not None
    assert [(item.id, str(item.failure), item.is_down) for item in again.layers] == [
        (item.id, str(item.failure), item.is_down) for item in refresh.layers
    ]
    assert (again.outcomes_m2, again.rules, again.use) == (refresh.outcomes_m2, refresh.rules, refresh.use)
    assert again.difference_of("nature") == Difference(1, 2, 5)
    assert again.difference_of("nnn") is None
    assert write_last_refresh(release.area.path, again) == json.loads(
        refresh_file(release.area.path).read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"refreshed_at": "never", "use": null, "layers": []}', '{"refreshed_at": 3}', "\x00"]
)
def test_a_refresh_that_cannot_be_read_is_one_sentence(release: Release, text: str) -> None:
    refresh_file(release.area.path).write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match="refresh the area again"):
        read_last_refresh(release.area.path)


def test_a_template_that_asks_for_more_than_its_facts_is_refused(release: Release) -> None:
    told = write_last_refresh(release.area.path, refreshed(release))
    told["layers"][3]["failure"]["message"] = "{host.__class__} {nothing}"
    refresh_file(release.area.path).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(ReleaseError, match="refresh the area again"):
        read_last_refresh(release.area.path)


def test_never_refreshed_is_said_in_one_sentence(release: Release) -> None:
    assert read_last_refresh(release.area.path) is None
    assert "nog nooit ververst" in refresh_html(None, release, NL)


def test_what_changed_is_told_with_its_areas_its_shapes_and_what_is_an_older_copy(release: Release) -> None:
    shown = refresh_html(refreshed(release), release, NL)
    assert "Ververst op 25 november 2026: voor wonen was 9.900 m² vrij, en nu is 8.800 m² vrij." in shown
    assert "−1.100 m²" in shown
    assert "100 m² → 1.200 m²" in shown
    assert "voor het eerst bekeken" in shown
    for count in ("1", "2", "5"):
        assert f">{count}</td>" in shown
    assert "De server was niet te bereiken; dit is de kopie van 4 augustus 2026" in shown
    assert "De dienst gaf deze laag niet; dit is de kopie van 4 augustus 2026" in shown
    # A rule that this area does not name has its title from the catalogue.
    assert "Natuurnetwerk Nederland" in shown
    assert "<i>" not in shown
    assert "om een andere reden" not in shown


def test_a_map_made_since_for_another_reason_is_told(release: Release) -> None:
    refresh = refreshed(release)
    other = LastRefresh(AT, refresh.use, refresh.layers, refresh.outcomes_m2, refresh.rules, ("before", "another"))
    assert "om een andere reden" in refresh_html(other, release, NL)


def test_nothing_changed_is_said_and_so_is_that_nothing_could_be_compared(release: Release) -> None:
    same = dict.fromkeys(OUTCOMES, (0.0, 0.0)) | {Outcome.FREE: (9_900.0, 9_900.0)}
    assert "veranderde er niets, 9.900 m² is vrij zoals het was" in refresh_html(
        LastRefresh(AT, Use.HOUSING, (), same, (), ("x", release.id)), release, NL
    )
    shown = refresh_html(LastRefresh(AT, None, (), not_compared=GONE), release, NL)
    assert "Wat daardoor veranderde, is niet bekend" in shown
    assert "<i>" not in shown
