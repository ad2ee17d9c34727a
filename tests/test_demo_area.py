"""The demo area is what it promises: a whole municipality, rules that overlap as in life, a filled register."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from planlib.cli import main

DEMO = Path(__file__).resolve().parents[1] / "data" / "areas" / "demo"
USES = {"housing", "business", "solar", "wind", "farming", "nature", "recreation", "infrastructure"}
OUTCOMES = ("free", "conditional", "movable", "unknown", "blocked")
STATES = {"idea", "conversation", "quickscan", "decision", "project", "done", "stopped"}
OWNERS = {"gemeente", "waterschap", "provincie", "rijk", "particulier", "woningcorporatie", "natuurorganisatie"}
THEMES = {
    "wonen",
    "economie",
    "energie",
    "landbouw",
    "natuur",
    "water",
    "vrijetijd",
    "mobiliteit",
    "leefbaarheid",
    "kernkwaliteiten",
}


@pytest.fixture(scope="module")
def area() -> dict[str, Any]:
    return tomllib.loads((DEMO / "area.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def parcels() -> gpd.GeoDataFrame:
    return gpd.read_file(DEMO / "parcels.gpkg", layer="parcels")


@pytest.fixture(scope="module")
def seed() -> list[dict[str, Any]]:
    return json.loads((DEMO / "register-seed.geojson").read_text(encoding="utf-8"))["features"]


@pytest.fixture(scope="module")
def landscape() -> Iterator[ModuleType]:
    """Give the hand-drawn part of the script, imported the way the script imports it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DEMO))
        yield importlib.import_module("demo_landscape")


def _layer(path: str, layer: str, where: str | None = None) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(DEMO / path, layer=layer, where=where)


def _rule(area: dict[str, Any], rule: str) -> gpd.GeoDataFrame:
    block = next(block for block in area["constraint"] if block["id"] == rule)
    return _layer(block["path"], block["layer"], block.get("where"))


# --- parcels


def test_parcels_are_simple_valid_polygons_on_a_millimetre_grid(parcels: gpd.GeoDataFrame) -> None:
    assert set(parcels.geom_type) == {"Polygon"}
    assert parcels.is_valid.all()
    millimetres = shapely.get_coordinates(parcels.geometry) * 1000
    assert np.abs(millimetres - np.round(millimetres)).max() < 1e-4


def test_parcels_fit_together_without_gap_or_overlap(parcels: gpd.GeoDataFrame) -> None:
    shapes = parcels.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes)
    assert isinstance(whole, shapely.Polygon)
    assert not whole.interiors
    assert shapely.area(shapes).sum() == pytest.approx(whole.area, rel=1e-9)


def test_parcels_add_up_to_the_drawn_outline(parcels: gpd.GeoDataFrame, landscape: ModuleType) -> None:
    outline = shapely.transform(landscape.OUTLINE, lambda xy: xy + landscape.ORIGIN)
    whole = shapely.coverage_union_all(parcels.geometry.to_numpy())
    assert isinstance(whole, shapely.Polygon)
    assert whole.hausdorff_distance(outline) < 0.01
    assert 25e6 < whole.area < 35e6


def test_no_parcel_is_a_sliver(parcels: gpd.GeoDataFrame) -> None:
    assert parcels.area.min() > 20
    assert (2 * parcels.area / parcels.length).min() > 0.7


def test_parcels_are_as_many_as_promised_with_unique_cadastral_ids(parcels: gpd.GeoDataFrame) -> None:
    assert 3000 <= len(parcels) <= 4500
    assert parcels["id"].is_unique
    assert parcels["id"].str.fullmatch(r"ESV [A-Z] [1-9]\d*").all()


def test_register_differs_from_the_drawn_area_a_little_and_now_and_then_much(parcels: gpd.GeoDataFrame) -> None:
    assert parcels["registered_area"].dtype.kind == "i"
    assert parcels["registered_area"].min() >= 1
    off = (parcels["registered_area"] / parcels.area - 1).abs()
    assert off.median() < 0.01
    assert 10 <= (off > 0.025).sum() <= 0.05 * len(parcels)


def test_owners_are_kinds_and_some_are_not_known(parcels: gpd.GeoDataFrame) -> None:
    assert set(parcels["owner_kind"].dropna()) == OWNERS
    assert 0 < parcels["owner_kind"].isna().sum() < 0.1 * len(parcels)


# --- rules


def test_area_says_it_is_fictional_and_what_it_is_for(area: dict[str, Any]) -> None:
    assert area["fictional"] is True
    assert area["title"] == "Esveld"
    assert area["crs"] == "EPSG:28992"
    assert str(area["reference_date"]) == "2026-11-01"
    assert area["use"] == "housing"
    assert area["province"] == "pv22"


def test_rules_are_as_many_as_promised_and_say_where_they_are_known(area: dict[str, Any]) -> None:
    blocks = area["constraint"]
    ids = [block["id"] for block in blocks]
    assert len(ids) >= 20
    assert len(set(ids)) == len(ids)
    assert sum(rule.startswith("zoning_") for rule in ids) >= 9
    assert {"existing_building", "open_water", "road_surface"} <= set(ids)
    assert all("source_date" in block for block in blocks)
    assert sum(isinstance(block["coverage"], dict) for block in blocks) >= 2
    unchecked = [block for block in blocks if block["coverage"] == "none"]
    assert len(unchecked) == 2
    assert not any("path" in block for block in unchecked)


def test_every_layer_named_in_area_toml_holds_features(area: dict[str, Any], parcels: gpd.GeoDataFrame) -> None:
    named = [area["parcels"], *area["context"], *(block for block in area["constraint"] if "path" in block)]
    named += [block["coverage"] for block in area["constraint"] if isinstance(block["coverage"], dict)]
    extent = shapely.union_all(parcels.geometry.to_numpy()).envelope
    for block in named:
        table = _layer(block["path"], block["layer"], block.get("where"))
        assert table.crs == parcels.crs, block
        assert table.is_valid.all(), block
        assert table.geom_type.nunique() == 1, block
        assert table.intersects(extent).any(), block
        assert "label" not in block or block["label"] in table.columns, block


def test_every_layer_in_the_rule_files_is_used(area: dict[str, Any]) -> None:
    used = {(block["path"], block["layer"]) for block in area["constraint"] if "path" in block}
    used |= {tuple(b["coverage"].values()) for b in area["constraint"] if isinstance(b["coverage"], dict)}
    for path in ("rules.gpkg", "plan.gpkg"):
        assert {(path, layer) for layer, _ in pyogrio.list_layers(DEMO / path)} <= used


def test_rules_with_partial_coverage_leave_a_few_per_cent_unseen(
    area: dict[str, Any], parcels: gpd.GeoDataFrame
) -> None:
    whole = shapely.union_all(parcels.geometry.to_numpy())
    for block in area["constraint"]:
        if isinstance(block["coverage"], dict):
            seen = shapely.union_all(_layer(**block["coverage"]).geometry.to_numpy())
            assert 0.01 < whole.difference(seen).area / whole.area < 0.10, block["id"]


def test_buffered_rules_have_features_just_over_the_border(area: dict[str, Any], parcels: gpd.GeoDataFrame) -> None:
    whole = shapely.union_all(parcels.geometry.to_numpy())
    for rule, reach in (("livestock_odour", 100), ("spray_zone", 50), ("archaeology_value_1", 50)):
        away = _rule(area, rule).distance(whole)
        assert ((away > 0) & (away < reach)).any(), rule


def test_some_features_of_one_rule_overlap(area: dict[str, Any]) -> None:
    for rule in ("cultural_history_steer", "archaeology_value_3"):
        shapes = _rule(area, rule).geometry
        assert shapes.area.sum() > shapely.union_all(shapes.to_numpy()).area + 1000, rule


def test_plan_covers_the_municipality_once_and_no_destination_counts_for_two_rules(
    area: dict[str, Any], parcels: gpd.GeoDataFrame
) -> None:
    plan = _layer("plan.gpkg", "plan")
    whole = shapely.union_all(parcels.geometry.to_numpy())
    drawn = shapely.union_all(plan.geometry.to_numpy())
    assert plan.area.sum() == pytest.approx(drawn.area, rel=1e-4)
    assert whole.difference(drawn).area < 1e-4 * whole.area
    clauses = [block["where"] for block in area["constraint"] if block.get("path") == "plan.gpkg"]
    named = Counter(name for clause in clauses for name in re.findall(r"'([^']+)'", clause))
    assert max(named.values()) == 1
    assert set(named) < set(plan["bestemming"])
    # What is left over is what housing fits in: the mixed destinations, on a fair part of the land.
    mixed = plan[~plan["bestemming"].isin(set(named))]
    assert mixed["bestemming"].str.startswith("Gemengd").all()
    assert 0.1 < mixed.area.sum() / whole.area < 0.4


def test_a_fair_part_is_free_for_housing_and_every_outcome_has_its_place(tmp_path: Path) -> None:
    out = tmp_path / "free.csv"
    assert main(["free", str(DEMO), "--use", "housing", "--out", str(out)]) == 0
    table = pd.read_csv(out)
    shares = {name: table[f"{name}_m2"].sum() / table["area_m2"].sum() for name in OUTCOMES}
    assert 0.10 < shares["free"] < 0.20, shares
    assert shares["free"] < shares["conditional"] < shares["movable"], shares
    assert 0.02 < shares["unknown"] < 0.08, shares
    assert 0.10 < shares["blocked"] < 0.40, shares
    assert sum(shares.values()) == pytest.approx(1, rel=1e-9)


def test_nothing_in_the_area_folder_must_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DEMO)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("note")] == []


# --- context


def test_villages_cover_the_municipality(parcels: gpd.GeoDataFrame) -> None:
    villages = _layer("context.gpkg", "regions")
    assert len(villages) >= 3
    assert shapely.coverage_is_valid(villages.geometry.to_numpy())
    assert villages.area.sum() == pytest.approx(parcels.area.sum(), rel=1e-9)


def test_addresses_are_unique_and_stand_in_buildings_of_the_village_they_name() -> None:
    doors, villages = _layer("context.gpkg", "addresses"), _layer("context.gpkg", "regions")
    assert len(doors) > 1000
    assert doors["adres"].is_unique
    assert doors["adres"].str.fullmatch(r".+ \d+, \w+").all()
    placed = gpd.sjoin(doors, villages, predicate="within")
    assert len(placed) == len(doors)
    assert (placed["adres"].str.split(", ").str[1] == placed["naam"]).all()
    roofs = shapely.STRtree(_layer("context.gpkg", "buildings").geometry.to_numpy())
    assert len(set(roofs.query(doors.geometry.to_numpy(), predicate="within")[0])) == len(doors)


def test_names_of_places_and_streets_are_there_to_be_found() -> None:
    assert {"Esveld", "Esveldermond", "Nijborg"} <= set(_layer("context.gpkg", "places")["naam"])
    roads = _layer("context.gpkg", "roads")
    assert roads["naam"].str.len().min() > 2
    streets = set(_layer("context.gpkg", "addresses")["adres"].str.replace(r" \d+, \w+$", "", regex=True))
    assert streets <= set(roads["naam"])


# --- register


def test_seed_holds_the_promised_initiatives_and_bronpunten(seed: list[dict[str, Any]]) -> None:
    initiatives = [entry["properties"] for entry in seed if entry["properties"]["kind"] == "initiative"]
    pearls = [entry["properties"] for entry in seed if entry["properties"]["kind"] == "bronpunt"]
    assert len(initiatives) >= 18
    assert len(pearls) >= 9
    assert {entry["use"] for entry in initiatives} == USES
    assert {entry["state"] for entry in initiatives} == STATES
    assert {entry["scale"] for entry in initiatives} == {"keuken", "straat", "dorp", "stadscafe"}
    assert {entry["leads"] for entry in initiatives} == {"citizens", "together", "government"}
    assert {theme for entry in initiatives for theme in entry["themes"]} == THEMES
    assert all(entry["goals"] and set(entry["goals"]) <= THEMES for entry in pearls)
    shapes = Counter(entry["geometry"]["type"] for entry in seed)
    assert shapes == {"Point": len(seed) - 3, "Polygon": 3}
    shown = Counter(entry["properties"]["visibility"] for entry in seed)
    assert shown["internal"] == 2
    assert shown["table"] >= 2
    assert shown["public"] > 0.8 * len(seed)


def test_seed_entries_are_complete(seed: list[dict[str, Any]]) -> None:
    shared = {"uid", "kind", "title", "summary", "story", "visibility", "created_on"}
    own = {
        "initiative": {"use", "area_needed_m2", "state", "initiator", "leads", "scale", "experiment", "themes"}
        | {"next_step", "next_step_by", "next_step_on"},
        "bronpunt": {"quality", "goals", "province_brings", "could_become"},
    }
    uids = [uuid.UUID(entry["id"]) for entry in seed]
    assert len(set(uids)) == len(uids)
    assert {uid.version for uid in uids} == {5}
    for entry in seed:
        facts = entry["properties"]
        assert entry["id"] == facts["uid"]
        assert set(facts) == shared | own[facts["kind"]], facts["title"]
        assert all(facts[name] for name in ("title", "summary", "story")), facts["title"]
        assert "\n\n" in facts["story"], facts["title"]
        assert "!" not in facts["title"] + facts["summary"] + facts["story"], facts["title"]
        assert facts["created_on"] < "2026-11-01", facts["title"]


def test_only_initiatives_that_go_on_have_a_next_step_and_it_lies_ahead(seed: list[dict[str, Any]]) -> None:
    for facts in (entry["properties"] for entry in seed if entry["properties"]["kind"] == "initiative"):
        steps = {facts[name] for name in ("next_step", "next_step_by", "next_step_on")}
        if facts["state"] in ("done", "stopped"):
            assert steps == {None}, facts["title"]
        else:
            assert None not in steps, facts["title"]
            assert facts["next_step_on"] > "2026-11-01", facts["title"]


def test_seed_entries_stand_in_the_municipality(seed: list[dict[str, Any]], parcels: gpd.GeoDataFrame) -> None:
    placed = gpd.GeoDataFrame.from_features(seed, crs="EPSG:4326").to_crs("EPSG:28992")
    whole = shapely.union_all(parcels.geometry.to_numpy())
    assert placed.within(whole).all()
    assert placed.is_valid.all()
    degrees = shapely.get_coordinates(gpd.GeoDataFrame.from_features(seed).geometry.to_numpy())
    assert (np.round(degrees, 7) == degrees).all()


# --- the script


def test_script_draws_the_same_again(landscape: ModuleType, seed: list[dict[str, Any]]) -> None:
    stream = landscape.STREAM
    geometry = importlib.import_module("demo_geometry")
    again = geometry.meander(landscape.STREAM_COURSE, amplitude=34, wavelength=230, rng=geometry.generator("stream"))
    assert again.equals_exact(stream, 0)
    area_text = importlib.import_module("demo_area").area_toml()
    assert area_text == (DEMO / "area.toml").read_text(encoding="utf-8")
    features = json.loads(importlib.import_module("demo_register").seed_text())["features"]
    assert [entry["properties"] for entry in features] == [entry["properties"] for entry in seed]


def test_script_cuts_a_ditch_into_parcels_that_are_in_the_file(
    landscape: ModuleType, parcels: gpd.GeoDataFrame
) -> None:
    corridors = importlib.import_module("demo_parcels")
    ditch = next(water for water in landscape.WATERS if water.name == "Leiding 11")
    pieces = corridors.corridor_pieces(ditch, landscape.OUTLINE)
    assert len(pieces) >= 2
    drawn = shapely.STRtree(parcels.geometry.to_numpy())
    for piece in pieces:
        middle = shapely.transform(piece, lambda xy: xy + landscape.ORIGIN).representative_point()
        assert len(drawn.query(middle, predicate="within")) == 1


def test_demo_files_stay_small_enough_for_git() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir() if path.is_file()) < 8e6
