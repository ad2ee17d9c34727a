"""``area new`` from servers that speak the PDOK dialect, and a refresh in which the world changed, end to end."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from planlib.build import build
from planlib.catalogue import read_catalogue
from planlib.cli.sources import catalogue_services
from planlib.insight.last_refresh import read_last_refresh
from planlib.model import Confidence, ContextKind, Scenario, Use
from planlib.release import open_release
from planlib.scenario import assess
from planlib.sources import KINDS, Difference, find_kind, provenances_of, read_provenance
from planlib.sources import http as asking
from planlib.sources.services import MIRROR, read_services
from planlib.text.words import Words
from planlib.views.export import write_parcels
from planlib.views.refresh_html import refresh_html
from planlib.views.search import SearchIndex
from planlib.views.sentences import checked_sentence, within_sentence
from tests.areas import Ran, box, explain, free, run, succeed
from tests.services import Data, Handler, Pdok, Reply, Request, Server, reply_json, serve, wfs

GEBIEDEN = "/api.pdok.nl/kadaster/bestuurlijkegebieden/ogc/v1"
PERCELEN = "/api.pdok.nl/kadaster/brk-kadastrale-kaart/ogc/v1"
NATURA = "/api.pdok.nl/rvo/natura2000/ogc/v1"
BAG = "/api.pdok.nl/kadaster/bag/ogc/v2"
NNN = "/service.pdok.nl/provincies/natuurnetwerk-nederland/wfs/v1_0"
STILTE = "/service.pdok.nl/provincies/stiltegebieden/wfs/v1_0"
GEZICHTEN = "/services.rce.geovoorziening.nl/rce/wfs"
WATER = "/api.pdok.nl/hwh/waterschappen-oppervlaktewateren-imwa/ogc/v1"
BUURTEN = "/service.pdok.nl/cbs/wijkenbuurten/2024/wfs/v1_0"
PLANNEN = "/ruimte.omgevingswet.overheid.nl/ruimtelijke-plannen/api/opvragen/v4"


def layer(*shapes: shapely.Geometry, **columns: list[Any]) -> Data:
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return Data([f"n{at}" for at in range(len(shapes))], shapes, rows or [{} for _ in shapes])


def plans_in_force(shapes: Mapping[str, shapely.Geometry]) -> Handler:
    """Return a service of plans with one plan, of a shape per destination."""

    def answer(request: Request) -> Reply:
        if request.path.endswith("/plannen/_zoek"):
            return reply_json({"_embedded": {"plannen": [{"id": "NL.IMRO.1690.BP-1", "naam": "Buitengebied"}]}})
        objects = [
            {"id": name, "bestemmingshoofdgroep": name, "geometrie": json.loads(shapely.to_geojson(shape))}
            for name, shape in shapes.items()
        ]
        return reply_json({"_embedded": {"bestemmingsvlakken": objects}})

    return answer


def municipality(province: str, shape: shapely.Geometry) -> Data:
    return layer(
        shape, box(5000, 0, 6000, 1000), naam=["De Wolden", "Meppel"], ligt_in_provincie_naam=[province, province]
    )


def parcels(*shapes: shapely.Geometry) -> Data:
    return layer(
        *shapes,
        identificatie_lokaal_id=[f"p{at}" for at in range(len(shapes))],
        kadastrale_grootte_waarde=[shape.area for shape in shapes],
    )


def addresses() -> Data:
    """Return three addresses, the last one across the border, in the parts that the register keeps apart."""
    return layer(
        *(shapely.points(200_000.0 + x, 500_005.0) for x in (45, 150, 250)),
        openbare_ruimte_naam=["Hoofdstraat", "Es", "Elders"],
        huisnummer=[12, 3, 1],
        huisletter=["A", None, None],
        toevoeging=["2", None, None],
        woonplaats_naam=["Zuidwolde", "Zuidwolde", "Hoogeveen"],
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(asking, "FIRST_WAIT_S", 0.0005)
    monkeypatch.delenv("PLANLIB_RP_KEY", raising=False)
    with serve() as running:
        monkeypatch.setenv(MIRROR, running.base)
        yield running


@pytest.fixture
def world(server: Server) -> Server:
    """Serve De Wolden in Drenthe: two parcels of a hectare, a third across the border."""
    here = municipality("Drenthe", box(0, 0, 200, 100))
    server.routes[GEBIEDEN] = Pdok({"gemeentegebied": here}, GEBIEDEN)
    ground = parcels(box(0, 0, 100, 100), box(100, 0, 200, 100), box(200, 0, 300, 100))
    server.routes[PERCELEN] = Pdok({"perceel": ground}, PERCELEN)
    server.routes[NATURA] = Pdok({"natura2000": layer(box(0, 0, 30, 100), naam=["Reest"])}, NATURA)
    server.routes[BAG] = Pdok(
        {
            "pand": layer(box(40, 0, 50, 10)),
            "woonplaats": layer(box(0, 0, 200, 100), woonplaats=["Zuidwolde"]),
            "adres": addresses(),
        },
        BAG,
    )
    server.routes[WATER] = Pdok({"oppervlaktewaterlichaam": layer(box(0, 500, 200, 505), naam=["Reest"])}, WATER)
    server.routes[NNN] = wfs({"PS.ProtectedSite": layer(box(100, 0, 120, 100))})
    server.routes[STILTE] = wfs({"PS.ProtectedSite": layer(box(100, 0, 150, 100))})
    server.routes[BUURTEN] = wfs({"buurten": layer(box(0, 0, 200, 100), buurtnaam=["Zuidwolde"])})
    return server


def new(folder: Path, *options: object, name: str = "De Wolden") -> Ran:
    return run("area", "new", folder, "--municipality", name, *options)


def said(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def blocks(folder: Path) -> dict[str, dict[str, Any]]:
    table = tomllib.loads((folder / "area.toml").read_text(encoding="utf-8"))
    return {block["id"]: block for block in table["constraint"]}


def test_an_empty_folder_becomes_the_area_of_a_municipality(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "areas" / "dewolden"
    record = said(new(folder, "--json"))
    expected = {"natura2000", "existing_building", "nnn", "silence_area", "watercourse_maintenance_zone"}
    assert expected == set(record["rules"])
    assert {rule["id"] for rule in record["not_had"]} | set(record["rules"]) == set(read_catalogue().rules)
    table = tomllib.loads((folder / "area.toml").read_text(encoding="utf-8"))
    assert (table["title"], table["province"], table["crs"]) == ("De Wolden", "pv22", "EPSG:28992")
    kinds = sorted(block["kind"] for block in table["context"])
    assert kinds == ["addresses", "buildings", "places", "regions", "water"]

    rows = free(folder, "--use", "housing")
    # The parcel across the border is not of this municipality.
    assert set(rows) == {"p0", "p1"}
    assert rows["p0"]["blocked"] == pytest.approx(3000 + 100)
    assert rows["p1"]["blocked"] == pytest.approx(2000)
    assert rows["p0"]["unknown"] == rows["p1"]["unknown"] == 0


def test_what_could_not_be_had_is_unchecked_and_says_where_to_get_it(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    ran = new(folder)
    assert "Ask the national heritage agency" in ran.out
    assert "/join/id/regdata/pv22/2024/30gio208" in ran.out
    assert blocks(folder)["stream_valley"] == {"id": "stream_valley", "coverage": "none"}
    unchecked = explain(folder, "p0", "--use", "housing")["unchecked"]
    assert {"stream_valley", "protected_townscape", "pipeline_encumbrance_zone", "zoning_business"} <= set(unchecked)
    assert "natura2000" not in unchecked
    assert "PLANLIB_RP_KEY" in ran.out
    assert "--collection GIO" in ran.out
    # Nobody confirmed a service for woods, and the one for roads is not there; both say whom to ask.
    assert "nothing lies under the map for woods: no service is confirmed for it. Ask the municipality" in ran.out
    assert "nothing lies under the map for roads:" in ran.out
    assert "Ask Rijkswaterstaat" in ran.out


def test_an_address_a_town_and_a_parcel_can_be_found(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    build(folder, workers=1)
    index = SearchIndex(open_release(folder))
    (home,) = index.find("hoofdstraat 12a").best
    assert (home.kind, home.name) == ("address", "Hoofdstraat 12A-2, Zuidwolde")
    assert index.parcel_of(home) == "p0"
    assert [find.name for find in index.find("Es 3").best] == ["Es 3, Zuidwolde"]
    assert index.find("Zuidwolde").best[0].kind == "place"
    # Across the border is another municipality.
    assert index.find("Elders").total == 0
    assert find_kinds(folder) == {"context-addresses-1"}


def find_kinds(folder: Path) -> set[str]:
    """Return where the addresses of an area come from."""
    (path,) = [item.source.path for item in open_release(folder).area.context if item.kind is ContextKind.ADDRESSES]
    return {about.id for about in provenances_of(path)}


def test_addresses_without_a_street_say_that_they_cannot_be_found(world: Server, tmp_path: Path) -> None:
    world.routes[BAG] = Pdok({"adres": layer(shapely.points(200_045.0, 500_005.0), postcode=["7921 AA"])}, BAG)
    record = said(new(tmp_path / "dewolden", "--json"))
    (note,) = [note for note in record["notes"] if "cannot be found by name" in note]
    assert "openbare_ruimte_naam, huisnummer" in note


def test_what_lies_under_the_map_comes_later_when_it_could_not_be_had_and_stays_out_when_taken_out(
    world: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "dewolden"
    water = world.routes.pop(WATER)
    said(new(folder, "--json"))
    kinds = {block["kind"] for block in tomllib.loads((folder / "area.toml").read_text())["context"]}
    assert "water" not in kinds
    world.routes[WATER] = water
    table = tomllib.loads((folder / "area.toml").read_text())
    without = (folder / "area.toml").read_text().replace('kind = "places"', 'kind = "woods"')
    (folder / "area.toml").write_text(without)
    said(new(folder, "--json"))
    after = [block["kind"] for block in tomllib.loads((folder / "area.toml").read_text())["context"]]
    assert len(after) == len(table["context"]) + 1
    assert "water" in after
    assert "places" not in after


def test_coverage_is_what_was_asked_for_and_holds_the_municipality(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    asked = geopandas.read_file(folder / blocks(folder)["natura2000"]["coverage"]).geometry[0]
    assert asked.contains(box(0, 0, 200, 100))
    boxes = {
        request.params.get("bbox")
        for request in world.asked
        if request.path == f"{NATURA}/collections/natura2000/items"
    }
    left, bottom, right, top = (float(value) for value in boxes.pop().split(","))
    assert asked.equals(shapely.box(left, bottom, right, top))


def test_a_refresh_changes_what_changed_and_keeps_what_could_not_be_had(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    note = "# checked with the council on Monday\n"
    (folder / "area.toml").write_text(note + (folder / "area.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert "protected_townscape" in explain(folder, "p0", "--use", "housing")["unchecked"]
    before = {path.name: path.read_bytes() for path in (folder / "sources").glob("*.parquet")}
    assert read_last_refresh(folder) is None
    provenance = read_provenance(folder, "nnn")
    assert provenance is not None
    first = provenance.retrieved_at

    # One layer changed, one vanished, one server is down, and one that was down is up.
    world.routes[NATURA] = Pdok({"natura2000": layer(box(0, 0, 60, 100), naam=["Reest"])}, NATURA)
    world.routes[STILTE] = wfs({"PS.SomethingElse": layer(box(0, 0, 1, 1))})
    world.routes[NNN] = lambda _: Reply(status=503)
    world.routes[GEZICHTEN] = wfs({"rce:Townscapes": layer(box(150, 0, 200, 100))})
    record = said(new(folder, "--json"))

    layers = {item["id"]: item for item in record["layers"]}
    assert [name for name, item in layers.items() if item["changed"]] == ["natura2000", "protected_townscape"]
    assert "no collection 'PS.ProtectedSite'; it has PS.SomethingElse" in layers["silence_area"]["stale"]
    assert "cannot be used now" in layers["nnn"]["stale"]
    after = {path.name: path.read_bytes() for path in (folder / "sources").glob("*.parquet")}
    assert {name for name in before if before[name] != after[name]} == {"natura2000.parquet"}

    changes = {rule["id"]: rule for rule in record["changes"]["rules"]}
    # The building now stands in what is Natura 2000, so it holds nothing alone any more.
    assert set(changes) == {"natura2000", "protected_townscape", "existing_building"}
    assert changes["existing_building"]["sole_m2"] == pytest.approx([100, 0])
    assert changes["natura2000"]["covered_m2"] == pytest.approx([3000, 6000])
    assert changes["protected_townscape"]["unchecked"] == [True, False]
    blocked = record["changes"]["outcomes_m2"]["blocked"]
    assert blocked == pytest.approx([3000 + 100 + 2000, 6000 + 2000])
    assert json.loads((folder / "sources" / "last-refresh.json").read_text()) == record["changes"]
    told = read_last_refresh(folder)
    assert told is not None
    failed = {layer.id: layer for layer in told.layers if layer.failure}
    assert {name: layer.is_down for name, layer in failed.items()} == {"silence_area": False, "nnn": True}
    assert failed["nnn"].retrieved_at == first
    assert told.difference_of("natura2000") == Difference(added=0, removed=0, changed=1)
    assert told.difference_of("nnn") is None
    assert told.use is None

    assert (folder / "area.toml").read_text(encoding="utf-8").startswith(note)
    row = free(folder, "--use", "housing")
    assert row["p0"]["blocked"] == pytest.approx(6000)
    assert row["p1"]["blocked"] == pytest.approx(2000)
    assert row["p1"]["conditional"] == pytest.approx(5000)
    assert row["p0"]["unknown"] == row["p1"]["unknown"] == 0
    unchecked = explain(folder, "p1", "--use", "housing")["unchecked"]
    assert "protected_townscape" not in unchecked
    assert "zoning_business" in unchecked
    assert "silence_area" not in explain(folder, "p1", "--use", "business")["unchecked"]


def test_after_a_refresh_the_map_and_the_headline_say_what_plain_shapes_say(
    world: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One layer changed, one vanished, one server is down: reckoned anew by shapely alone, for business."""
    monkeypatch.setenv("PLANLIB_RP_KEY", "k")
    zones = {"wonen": box(0, 0, 50, 100), "bijzonder": box(50, 0, 80, 100), "bedrijf": box(80, 0, 140, 100)}
    world.routes[PLANNEN] = plans_in_force(zones)
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    world.routes[NATURA] = Pdok({"natura2000": layer(box(0, 0, 60, 40), naam=["Reest"])}, NATURA)
    world.routes[STILTE] = wfs({"PS.SomethingElse": layer(box(0, 0, 1, 1))})
    world.routes[NNN] = lambda _: Reply(status=503)
    world.routes[PLANNEN] = lambda _: Reply(status=502)
    record = said(new(folder, "--json"))
    assert {item["id"] for item in record["layers"] if item["stale"]} == {
        "silence_area",
        "nnn",
        "shared-bestemmingsvlakken",
    }

    # Business fits the plan where it says so. Elsewhere in the plan it can move; outside it nobody looked.
    ground = box(0, 0, 200, 100)
    blocked = shapely.union_all([box(0, 0, 60, 40), box(40, 0, 50, 10), box(100, 0, 120, 100)])
    unknown = ground.difference(box(0, 0, 140, 100)).difference(blocked)
    movable = shapely.union_all([box(0, 0, 80, 100), box(100, 0, 150, 100)]).difference(blocked).difference(unknown)
    free_land = ground.difference(shapely.union_all([blocked, unknown, movable]))
    expected = {"blocked": blocked, "unknown": unknown, "movable": movable, "free": free_land}

    build(folder, workers=1)
    release = open_release(folder)
    assessment = assess(release, Scenario(use=Use.BUSINESS))
    write_parcels(assessment, tmp_path / "map.gpkg", for_qgis=True)
    cells = geopandas.read_file(tmp_path / "map.gpkg", layer="cells")
    drawn = {name: shapely.union_all(part.geometry.to_numpy()) for name, part in cells.groupby("outcome")}
    assert drawn.keys() == expected.keys()
    for name, shape in expected.items():
        assert drawn[name].symmetric_difference(shape).area < 1e-6, name
    rows = free(folder, "--use", "business")
    for parcel, left in (("p0", 0), ("p1", 100)):
        for name, shape in expected.items():
            area = shape.intersection(box(left, 0, left + 100, 100)).area
            assert rows[parcel][name] == pytest.approx(area), (parcel, name)

    # A layer that stands there as an older copy was looked at; what never came was not, and the headline names it.
    words = Words("nl")
    headed = checked_sentence(assessment, words)
    unchecked = {rule.id for rule in assessment.unchecked}
    assert {"natura2000", "nnn", "silence_area", "zoning_business", "zoning_housing"} & unchecked == set()
    rules = read_catalogue().rules
    for rule_id in unchecked:
        assert within_sentence(rules[rule_id]["title"]["nl"]) in headed
    missing = {rule["id"] for rule in record["not_had"]}
    limiting = {rule_id for rule_id in missing if "business" in rules[rule_id].get("uses", ["business"])}
    assert unchecked == limiting
    told = read_last_refresh(folder)
    shown = refresh_html(told, release, words)
    assert shown.count("De server was niet te bereiken; dit is de kopie van") == 2
    assert shown.count("De dienst gaf deze laag niet; dit is de kopie van") == 1


def test_a_refresh_without_news_builds_nothing_new(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    text = (folder / "area.toml").read_text(encoding="utf-8")
    record = said(new(folder, "--json"))
    assert [item["id"] for item in record["layers"] if item["changed"] or item["stale"]] == []
    assert record["changes"]["rules"] == []
    assert len(set(record["changes"]["releases"])) == 1
    assert (folder / "area.toml").read_text(encoding="utf-8") == text


def test_land_outside_what_was_asked_for_is_unknown(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    bounds = ",".join(f"{value:.0f}" for value in box(0, 0, 150, 100).bounds)
    address = f"{world.base}{NATURA}"
    succeed("fetch", folder, "--source", address, "--collection", "natura2000", "--as", "natura2000", "--bbox", bounds)
    row = free(folder, "--use", "housing")["p1"]
    assert row["unknown"] == pytest.approx(5000)
    assert row["blocked"] == pytest.approx(2000)


def test_outside_drenthe_its_ordinance_is_left_out_and_the_missing_one_is_named(world: Server, tmp_path: Path) -> None:
    world.routes[GEBIEDEN] = Pdok({"gemeentegebied": municipality("Gelderland", box(0, 0, 200, 100))}, GEBIEDEN)
    folder = tmp_path / "elders"
    ran = new(folder)
    assert ran.code == 0, ran.err
    assert "The ordinance of Gelderland is not in the catalogue" in ran.out
    there = blocks(folder)
    drenthe = {rule_id for rule_id, block in read_catalogue().rules.items() if block.get("applies_in") == ["pv22"]}
    assert drenthe & there.keys() == set()
    assert there["provincial_ordinance"]["coverage"] == "none"
    assert "provincial_ordinance" in explain(folder, "p0", "--use", "housing")["unchecked"]
    assert not (folder / "sources" / "nnn.parquet").exists()


def test_points_without_a_buffer_are_not_taken_for_a_surveyed_rule(world: Server, tmp_path: Path) -> None:
    point = shapely.points(200_010.0, 500_010.0)
    types = {
        "rce:NationalListedMonumentPoints": layer(point),
        "rce:NationalListedMonumentPolygons": layer(box(0, 0, 9, 9)),
    }
    world.routes[GEZICHTEN] = wfs(types)
    folder = tmp_path / "dewolden"
    record = said(new(folder, "--json"))
    (reason,) = [rule["reason"] for rule in record["not_had"] if rule["id"] == "national_monument"]
    assert "without a buffer_m" in reason
    assert "national_monument" in explain(folder, "p0", "--use", "housing")["unchecked"]


def test_two_layers_of_one_rule_become_one_and_one_of_them_alone_is_not_enough(world: Server, tmp_path: Path) -> None:
    alo = "/data.rivm.nl/geo/alo/wfs"
    one, other = "alo:rev_10_6_inrichting_30052022", "alo:rev_10_6_transport_30052022"
    world.routes[alo] = wfs({one: layer(box(60, 0, 70, 100))})
    folder = tmp_path / "dewolden"
    assert "individual_risk_10_6" not in said(new(folder, "--json"))["rules"]
    world.routes[alo] = wfs({one: layer(box(60, 0, 70, 100)), other: layer(box(70, 0, 75, 100))})
    assert "individual_risk_10_6" in said(new(folder, "--json"))["rules"]
    (found,) = [
        rule
        for rule in explain(folder, "p0", "--use", "housing")["constraints"]
        if rule["id"] == "individual_risk_10_6"
    ]
    assert found["covered_m2"] == pytest.approx(1500)
    # The catalogue does not say that these maps show all there is, so elsewhere it stays unchecked.
    assert "individual_risk_10_6" in explain(folder, "p1", "--use", "housing")["unchecked"]


def test_the_plan_in_force_becomes_rules_per_destination_and_land_without_one_is_unknown(
    world: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_RP_KEY", "k")

    shapes = {"wonen": box(0, 0, 50, 100), "bijzonder": box(50, 0, 80, 100), "waarde": box(0, 0, 80, 100)}
    world.routes[PLANNEN] = plans_in_force(shapes)
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    found = explain(folder, "p0", "--use", "business")
    covered = {rule["id"]: rule["covered_m2"] for rule in found["constraints"]}
    assert covered["zoning_housing"] == pytest.approx(5000)
    # A destination that nobody can place counts as another one; a double destination is none.
    assert covered["zoning_other"] == pytest.approx(3000)
    assert found["outcomes"]["unknown"] == pytest.approx(2000)


def test_a_municipality_that_is_not_there_is_refused_with_those_that_are_like_it(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    ran = new(folder, name="De Woldn")
    assert ran.code == 2
    assert "did you mean De Wolden?" in ran.err
    assert not folder.exists()


def test_a_folder_with_another_area_is_refused_and_untouched(world: Server, tmp_path: Path) -> None:
    folder = tmp_path / "dewolden"
    said(new(folder, "--json"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ran = new(folder, name="Meppel")
    assert ran.code == 2
    assert "holds another area (De Wolden)" in ran.err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_without_parcels_there_is_no_area_and_the_next_call_goes_on(world: Server, tmp_path: Path) -> None:
    whole = world.routes[PERCELEN]
    world.routes[PERCELEN] = lambda _: Reply(status=502)
    folder = tmp_path / "dewolden"
    ran = new(folder)
    assert ran.code == 2
    assert "cannot be used now" in ran.err
    assert not (folder / "area.toml").exists()
    world.routes[PERCELEN] = whole
    assert new(folder).code == 0


def test_real_parcels_and_real_natura_2000_give_the_known_area(server: Server, shared: Path, tmp_path: Path) -> None:
    ground = geopandas.read_file(shared / "data" / "otterlo-parcels.gpkg")
    nature = geopandas.read_file(shared / "data" / "natura2000-nl.gpkg")
    boundary = shapely.box(*ground.total_bounds).buffer(10)
    names = ["Otterlo"]
    server.routes[GEBIEDEN] = Pdok(
        {"gemeentegebied": layer(boundary, naam=names, ligt_in_provincie_naam=["Gelderland"])}, GEBIEDEN
    )
    faces = layer(
        *ground.geometry,
        identificatie_lokaal_id=ground["lokaalID"].tolist(),
        kadastrale_grootte_waarde=np.round(ground.area).tolist(),
    )
    server.routes[PERCELEN] = Pdok({"perceel": faces}, PERCELEN)
    near = nature[nature.geometry.intersects(boundary)]
    server.routes[NATURA] = Pdok({"natura2000": layer(*near.geometry, naam=near["naam"].tolist())}, NATURA)
    folder = tmp_path / "otterlo"
    assert said(new(folder, "--json", name="otterlo"))["rules"] == ["natura2000"]
    rows = free(folder, "--use", "housing")
    assert len(rows) == 4086
    assert sum(row["blocked"] for row in rows.values()) / 1e4 == pytest.approx(128.189711, rel=1e-6)
    assert sum(row["blocked"] > 0 for row in rows.values()) == 138


# --- the catalogue's services ------------------------------------------------------------------------------------

SERVICES = list(catalogue_services())


@pytest.mark.parametrize(
    ("user", "service"), [pytest.param(user, service, id=f"{user}-{at}") for at, (user, service) in enumerate(SERVICES)]
)
def test_each_service_of_the_catalogue_can_be_parsed(user: str, service: Any) -> None:
    assert service.url.startswith("https://")
    if service.confidence is Confidence.CONFIRMED:
        assert service.is_usable, f"{user} names a confirmed service of no kind that is read"
        assert find_kind(service.url) in KINDS
        assert service.layer or find_kind(service.url) == "arcgis"


def test_every_province_has_a_code_of_its_own() -> None:
    provinces = read_services().provinces
    assert len(provinces) == len(set(provinces.values())) == 12
    assert provinces["Drenthe"] == "pv22"


def test_the_live_report_says_of_each_service_whether_it_answers(world: Server) -> None:
    listed = json.loads(succeed("sources", "--json").out)
    assert len(listed) == len(SERVICES)
    assert world.asked == []
    report = {row["for"]: row["answer"] for row in json.loads(succeed("sources", "--live", "--json").out)}
    assert report["natura2000"].startswith("ok")
    assert report["protected_townscape"].endswith("there is nothing here")
