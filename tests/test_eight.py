"""De 8: theme to place and place to theme from one matrix, on shapes that can be reckoned by hand and on the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from planlib.build import build
from planlib.catalogue import Catalogue, CoreQuality, Theme, read_catalogue
from planlib.crs import WGS84, transform_points
from planlib.insight.eight import evidence_matrix, find_gaps, places_for, themes_for
from planlib.insight.regions import region_shapes
from planlib.model import LocalText, Use
from planlib.model.register import Bronpunt, Initiative, InitiativeState, Place, Visibility
from planlib.release import Release, open_release
from planlib.store import read_seed
from tests.areas import RD, Rule, box, succeed, write_area, write_layer

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
#: West and east, a hectare each; the landscape rule covers the west, the plan holds all of the east for housing.
WEST, EAST = box(0, 0, 100, 100), box(100, 0, 200, 100)


def _text(text: str) -> LocalText:
    return LocalText(nl=text)


CATALOGUE = Catalogue(
    rules={},
    themes=(
        Theme("wonen", _text("Wonen"), _text("-"), uses=(Use.HOUSING,), core_qualities=("landschap",)),
        Theme("energie", _text("Energie"), _text("-"), uses=(Use.SOLAR,)),
        Theme("rust", _text("Rust"), _text("-")),
    ),
    core_qualities=(CoreQuality("landschap", _text("Landschap"), _text("-"), rules=("es",), legal_basis="-"),),
)


def _place(x: float, y: float) -> Place:
    # Shapes of test areas stand at the origin of tests.areas: box(0, 0, ...) says where that is.
    left, bottom, _, _ = box(0, 0, 1, 1).bounds
    longitude, latitude = transform_points(left + x, bottom + y, source=RD, target=WGS84)
    return Place(float(longitude), float(latitude))


def _initiative(uid: str, x: float, *themes: str, state: InitiativeState = InitiativeState.IDEA) -> Initiative:
    return Initiative(uid, uid, _place(x, 50), Use.HOUSING, state, Visibility.PUBLIC, themes=themes)


def _bronpunt(uid: str, x: float, *goals: str) -> Bronpunt:
    return Bronpunt(uid, uid, _place(x, 50), Visibility.PUBLIC, goals=goals)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    rules = [
        Rule("es", [WEST], "condition", uses=["housing"]),
        Rule("plan", [EAST], "hard", uses=["housing"]),
    ]
    regions = {"kind": "regions", "path": "regions.gpkg", "label": "naam"}
    area = write_area(tmp_path / "area", {"w": WEST, "e": EAST}, rules, context=[regions])
    write_layer(area / "regions.gpkg", [WEST, EAST], naam=["West", "Oost"])
    succeed("build", area)
    return open_release(area)


def test_both_ways_read_the_same_evidence(release: Release) -> None:
    entries = [_initiative("hof", 10, "wonen"), _bronpunt("bron", 150, "energie")]
    matrix = evidence_matrix(release, entries, CATALOGUE)
    assert len(matrix) == 6
    there = {(e.place, e.theme.id): e for e in matrix}
    for theme in CATALOGUE.themes:
        for evidence in places_for(matrix, theme.id):
            assert evidence is there[evidence.place, theme.id]
            assert evidence in themes_for(matrix, evidence.place)


def test_each_kind_of_evidence_is_found_where_it_is(release: Release) -> None:
    entries = [_initiative("hof", 10, "wonen"), _bronpunt("bron", 150, "energie")]
    there = {(e.place, e.theme.id): e for e in evidence_matrix(release, entries, CATALOGUE)}
    west = there["West", "wonen"]
    assert [entry.uid for entry in west.initiatives] == ["hof"]
    assert [quality.id for quality in west.qualities] == ["landschap"]
    assert west.space_m2 == pytest.approx(10_000)
    assert west.kinds == 3
    east = there["Oost", "wonen"]
    assert (east.initiatives, east.qualities, east.space_m2, east.kinds) == ((), (), 0.0, 0)
    assert [entry.uid for entry in there["Oost", "energie"].bronpunten] == ["bron"]
    assert there["Oost", "energie"].suiting_m2 == {Use.SOLAR: pytest.approx(10_000)}


def test_more_kinds_of_evidence_rank_first_and_no_evidence_is_left_out(release: Release) -> None:
    entries = [_initiative("zon", 160, "energie"), _initiative("zon2", 20, "energie"), _bronpunt("dak", 40, "energie")]
    matrix = evidence_matrix(release, entries, CATALOGUE)
    assert [evidence.place for evidence in places_for(matrix, "energie")] == ["West", "Oost"]
    assert [evidence.place for evidence in places_for(matrix, "wonen")] == ["West"]
    assert places_for(matrix, "rust") == []


def test_a_stopped_initiative_is_no_evidence(release: Release) -> None:
    stopped = _initiative("hof", 10, "wonen", state=InitiativeState.STOPPED)
    matrix = evidence_matrix(release, [stopped], CATALOGUE)
    assert all(not evidence.initiatives for evidence in matrix)


def test_the_gaps_are_themes_places_and_plans_without_each_other(release: Release) -> None:
    entries = [_initiative("hof", 10, "wonen"), _bronpunt("bron", 30), _initiative("los", 20, "onbekend")]
    gaps = find_gaps(evidence_matrix(release, entries, CATALOGUE), entries)
    assert [theme.id for theme in gaps.themes_without_place] == ["energie", "rust"]
    assert gaps.places_without_theme == ("Oost",)
    assert [entry.uid for entry in gaps.entries_without_theme] == ["bron", "los"]


def test_an_entry_counts_in_one_place_only_and_outside_all_in_none(release: Release) -> None:
    entries = [_initiative("in", 10, "wonen"), _initiative("uit", 400, "wonen")]
    matrix = evidence_matrix(release, entries, CATALOGUE)
    assert [entry.uid for evidence in matrix for entry in evidence.initiatives] == ["in"]


def test_the_demo_has_a_place_for_most_themes_and_names_its_gaps() -> None:
    build(DEMO)
    demo = open_release(DEMO)
    entries = read_seed(DEMO)
    catalogue = read_catalogue()
    matrix = evidence_matrix(demo, entries, catalogue)
    assert len(matrix) == len(region_shapes(demo).names) * len(catalogue.themes)
    assert len(places_for(matrix, "wonen")) >= 3
    counted = sum(len(evidence.initiatives) for evidence in matrix if evidence.theme.id == "wonen")
    assert 0 < counted <= sum("wonen" in entry.serves for entry in entries)
    fewer = evidence_matrix(demo, [entry for entry in entries if entry.visibility is Visibility.PUBLIC], catalogue)
    assert sum(len(e.initiatives) for e in fewer) < sum(len(e.initiatives) for e in matrix)


def test_every_core_quality_names_rules_that_the_catalogue_has() -> None:
    catalogue = read_catalogue()
    known = {quality.id for quality in catalogue.core_qualities}
    assert all(set(quality.rules) <= set(catalogue.rules) for quality in catalogue.core_qualities)
    assert all(set(theme.core_qualities) <= known for theme in catalogue.themes)
