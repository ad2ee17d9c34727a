"""Two scenarios beside each other: gains and losses against exact areas, per village, per plan and per rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planlib.errors import ScenarioError
from planlib.insight.compare import (
    plan_changes,
    plan_fit,
    region_changes,
    rule_differences,
    total_change,
)
from planlib.insight.fit_here import Verdict
from planlib.insight.place_land import place_land
from planlib.model import Level, Scenario, State, Use
from planlib.model.register import Initiative, InitiativeState, Place, Visibility
from planlib.release import Release, open_release
from planlib.scenario import assess
from tests.areas import OUTCOMES, RD, Rule, box, succeed, truth, write_area, write_layer

PARCELS = {
    "north": box(0, 100, 100, 200),
    "south": box(0, 0, 100, 100),
    "east": box(100, 0, 220, 130),
    "far": box(400, 0, 450, 50),
}
VILLAGES = {"Noord": box(-10, 100, 110, 210), "Zuid": box(-10, -10, 230, 99)}
#: By hand: a parcel belongs to the village that holds a point inside it, and the far one to none.
IN_VILLAGE = {"Noord": ["north"], "Zuid": ["south", "east"], None: ["far"]}
RULES = [
    Rule("nature", [box(0, 0, 60, 150)], "hard"),
    Rule("zone", [box(40, 50, 180, 120)], "movable", keys={"decides": ["gemeente"], "route": "r"}),
    Rule("duty", [box(0, 120, 450, 300)], "condition"),
    Rule(
        "looked",
        [box(90, 90, 130, 160)],
        "movable",
        [box(-10, -10, 120, 220)],
        keys={"decides": ["provincie"], "route": "r"},
    ),
]
states = st.dictionaries(st.sampled_from([rule.id for rule in RULES]), st.sampled_from(State))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("compare") / "area"
    folder.mkdir()
    write_layer(folder / "villages.gpkg", list(VILLAGES.values()), naam=list(VILLAGES))
    context = [{"kind": "regions", "path": "villages.gpkg", "label": "naam"}]
    write_area(folder, PARCELS, RULES, use="housing", context=context)
    succeed("build", folder)
    return open_release(folder)


def exact(parcels: list[str], chosen: dict[str, State]) -> list[float]:
    """Return the exact areas per outcome of some parcels together."""
    plain = {rule_id: str(state) for rule_id, state in chosen.items()}
    found = [truth(PARCELS[name], RULES, use="housing", states=plain).outcomes for name in parcels]
    return [sum(of[outcome] for of in found) for outcome in OUTCOMES]


@settings(max_examples=25)
@given(states, states)
def test_gains_per_village_are_exact_and_add_up_to_the_total(
    release: Release, old: dict[str, State], new: dict[str, State]
) -> None:
    before, after = (assess(release, Scenario(use=Use.HOUSING, states=chosen)) for chosen in (old, new))
    total, villages = total_change(before, after), region_changes(before, after)
    assert [change.name for change in villages] == list(IN_VILLAGE)
    for change in villages:
        parcels = IN_VILLAGE[change.name]
        assert change.before_m2 == pytest.approx(exact(parcels, old), abs=1e-6)
        assert change.after_m2 == pytest.approx(exact(parcels, new), abs=1e-6)
    assert sum(change.gain_m2 for change in villages) == pytest.approx(total.gain_m2, abs=1e-6)
    assert total.gain_m2.sum() == pytest.approx(0, abs=1e-6)


@given(states, states)
def test_what_one_way_gains_the_other_way_loses(release: Release, old: dict[str, State], new: dict[str, State]) -> None:
    before, after = (assess(release, Scenario(use=Use.HOUSING, states=chosen)) for chosen in (old, new))
    there, back = total_change(before, after).gain_m2, total_change(after, before).gain_m2
    assert np.array_equal(there, -back)
    differ, again = rule_differences(before, after), rule_differences(after, before)
    assert [(item.before, item.after) for item in differ] == [(item.after, item.before) for item in again]
    # No rule differs: then nothing changes.
    assert differ or not there.any()


@given(states, states)
def test_the_rules_that_differ_are_those_in_another_state(
    release: Release, old: dict[str, State], new: dict[str, State]
) -> None:
    own = {rule.id: rule.state_for(Use.HOUSING) for rule in release.rules}
    wanted = [name for name in own if old.get(name, own[name]) != new.get(name, own[name])]
    before, after = (assess(release, Scenario(use=Use.HOUSING, states=chosen)) for chosen in (old, new))
    assert [item.rule.id for item in rule_differences(before, after)] == wanted


def test_a_table_makes_rules_differ_that_nobody_changed(release: Release) -> None:
    before = assess(release, Scenario(use=Use.HOUSING))
    after = assess(release, Scenario(use=Use.HOUSING, table=(Level.PROVINCIE,)))
    (item,) = rule_differences(before, after)
    assert (item.rule.id, item.after.fixed, item.before.fixed) == ("zone", True, False)
    assert (item.before.state, item.after.state) == (State.MOVABLE, State.HARD)


def test_a_rule_that_does_not_limit_the_use_does_not_differ(tmp_path: Path) -> None:
    write_area(tmp_path / "area", PARCELS, [Rule("wind", [box(0, 0, 50, 50)], uses=["wind"])])
    succeed("build", tmp_path / "area")
    release = open_release(tmp_path / "area")
    before, after = (
        assess(release, Scenario(use=Use.HOUSING, states=chosen)) for chosen in ({}, {"wind": State.LAPSED})
    )
    assert rule_differences(before, after) == []


def test_other_parcels_cannot_be_compared(release: Release, tmp_path: Path) -> None:
    write_area(tmp_path / "area", {"elsewhere": box(0, 0, 10, 10)}, [])
    succeed("build", tmp_path / "area")
    other = assess(open_release(tmp_path / "area"))
    with pytest.raises(ScenarioError, match="same parcels"):
        total_change(assess(release), other)
    with pytest.raises(ScenarioError, match="same parcels"):
        region_changes(assess(release), other)


# --- plans ---------------------------------------------------------------------------------------------------------

TO_DEGREES = pyproj.Transformer.from_crs(RD, "EPSG:4326", always_xy=True)


def plan(shape: shapely.Geometry, *, needs: float | None = None, use: Use = Use.HOUSING) -> Initiative:
    """Return an initiative on a shape, or pinned on a point, drawn in metres."""
    moved = shapely.transform(shape, lambda xy: np.column_stack(TO_DEGREES.transform(*xy.T)))
    middle = moved.representative_point()
    rings = () if shape.geom_type == "Point" else ((tuple(map(tuple, moved.exterior.coords)),),)
    place = Place(middle.x, middle.y, rings)
    return Initiative("uid", "Plan", place, use, InitiativeState.IDEA, Visibility.PUBLIC, area_needed_m2=needs)


def fits(release: Release, made: Initiative, chosen: dict[str, State] | None = None) -> tuple[Verdict, float]:
    land = place_land(release, made.place)
    assert land is not None
    found = plan_fit(assess(release, Scenario(use=Use.WIND, states=chosen or {})), made, land)
    return found.verdict, found.open_share


@pytest.mark.parametrize(
    ("shape", "chosen", "fit", "share"),
    [
        (box(65, 5, 95, 45), {}, Verdict.FITS, 1.0),
        (box(5, 160, 25, 190), {}, Verdict.SMALL_PRINT, 1.0),
        (box(5, 5, 25, 25), {}, Verdict.NOT, 0.0),
        (box(50, 10, 70, 30), {}, Verdict.NOT, 0.5),
        (box(70, 60, 90, 80), {}, Verdict.IF_MOVED, 0.0),
        (box(70, 60, 90, 80), {"zone": State.MOVED}, Verdict.SMALL_PRINT, 1.0),
        (box(70, 60, 90, 80), {"zone": State.LAPSED}, Verdict.FITS, 1.0),
        (box(130, 10, 150, 30), {}, Verdict.NOT_KNOWN, 0.0),
        # Half of it lies where there are no parcels: nobody looked there.
        (box(65, -20, 95, 20), {}, Verdict.NOT, 0.5),
    ],
    ids=str,
)
def test_a_plan_with_a_shape_needs_all_of_it(
    release: Release, shape: shapely.Geometry, chosen: dict[str, State], fit: Verdict, share: float
) -> None:
    found = fits(release, plan(shape), chosen)
    assert found[0] is fit
    assert found[1] == pytest.approx(share, abs=2e-4)


@pytest.mark.parametrize(
    ("needs", "fit", "share"),
    # On the south parcel 40 x 50 m are free, 40 x 50 m can move and 60 x 100 m are nature.
    [
        (2_000, Verdict.FITS, 1.0),
        (1_000, Verdict.FITS, 1.0),
        (4_000, Verdict.IF_MOVED, 0.5),
        (8_000, Verdict.NOT, 0.25),
        (None, Verdict.NOT, 0.2),
    ],
)
def test_a_pinned_plan_needs_its_area_on_its_parcel(
    release: Release, needs: float | None, fit: Verdict, share: float
) -> None:
    found = fits(release, plan(box(10, 10, 12, 12).centroid, needs=needs))
    assert found[0] is fit
    assert found[1] == pytest.approx(share, abs=1e-6)


def test_a_plan_outside_all_parcels_has_no_land(release: Release) -> None:
    assert place_land(release, plan(box(300, 0, 310, 10).centroid).place) is None
    assert place_land(release, plan(box(300, 0, 310, 10)).place) is None


def test_only_plans_that_change_are_told_each_for_its_own_use(release: Release) -> None:
    made = [plan(box(70, 60, 90, 80)), plan(box(65, 5, 95, 45)), plan(box(300, 0, 310, 10))]
    lands = [place_land(release, item.place) for item in made]
    # The question on the screen is another one than that of the plans.
    before = assess(release, Scenario(use=Use.WIND))
    after = assess(release, Scenario(use=Use.WIND, states={"zone": State.MOVED}))
    (changed,) = plan_changes(before, after, list(zip(made, lands, lands, strict=True)))
    assert changed.initiative is made[0]
    assert (changed.before.verdict, changed.after.verdict, changed.drawn) == (
        Verdict.IF_MOVED,
        Verdict.SMALL_PRINT,
        True,
    )
