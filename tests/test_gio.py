"""GIO: the areas of an omgevingsdocument, read with their names, groups and norm values, and nothing beyond the file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas
import pytest

from planlib.intake import add_blocks, inspect_in_sandbox, plan_blocks, stage
from tests.areas import RD, area_table, box, constraint, findings, free, run, write_area, write_layer, write_toml

URN = "urn:ogc:def:crs:EPSG::28992"
SQUARE = "200000 500000 200040 500000 200040 500100 200000 500100 200000 500000"
HOLE = "200010 500010 200020 500010 200020 500020 200010 500020 200010 500010"
#: Half a disc of 10 m on the line y = 50.
ARC = "200060 500050 200070 500060 200080 500050"
HALF_DISC = pytest.approx(math.pi * 50, rel=2e-3)


@dataclass(frozen=True)
class Location:
    """One location of a GIO: its shape as GML, and what is said of it, each as the standard calls it."""

    shape: str
    naam: str = ""
    group: str = ""
    norm: str = ""
    kind: str = "kwantitatieveNormwaarde"


def square(crs: str = URN, ring: str = SQUARE, hole: str = HOLE) -> str:
    """Return a square of 40 by 100 m with a hole of 10 by 10 m, as the GML of one surface among more."""
    inner = f"<gml:interior><gml:LinearRing><gml:posList>{hole}</gml:posList></gml:LinearRing></gml:interior>"
    name = f'srsName="{crs}"' if crs else ""
    return (
        f'<gml:MultiSurface gml:id="s" {name}><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior>{inner if hole else ''}</gml:Polygon>"
        "</gml:surfaceMember></gml:MultiSurface>"
    )


def half_disc(crs: str = URN) -> str:
    """Return half a disc as a surface with an arc for its edge."""
    return (
        f'<gml:Surface gml:id="d" srsName="{crs}"><gml:patches><gml:PolygonPatch><gml:exterior><gml:Ring>'
        "<gml:curveMember><gml:Curve><gml:segments>"
        f"<gml:Arc><gml:posList>{ARC}</gml:posList></gml:Arc><gml:LineStringSegment><gml:posList>200080 500050 200060 "
        "500050</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring>"
        "</gml:exterior></gml:PolygonPatch></gml:patches></gml:Surface>"
    )


def write_gio(
    path: Path, locations: Sequence[Location], *, root: str = "GeoInformatieObjectVaststelling", before: str = ""
) -> Path:
    """Write a GIO by hand, with two groups and a norm."""
    said = "".join(
        f"<geo:Locatie><geo:naam>{item.naam}</geo:naam><geo:geometrie><basisgeo:Geometrie gml:id='g{at}'>"
        f"<basisgeo:id>id-{at}</basisgeo:id><basisgeo:geometrie>{item.shape}</basisgeo:geometrie></basisgeo:Geometrie>"
        f"</geo:geometrie>{f'<geo:groepID>{item.group}</geo:groepID>' if item.group else ''}"
        f"{f'<geo:{item.kind}>{item.norm}</geo:{item.kind}>' if item.norm else ''}</geo:Locatie>"
        for at, item in enumerate(locations)
    )
    version = (
        "<geo:FRBRWork>/join/id/regdata/gm9999/2026/proef</geo:FRBRWork>"
        "<geo:FRBRExpression>/join/id/regdata/gm9999/2026/proef/nld@2026-01-01;1</geo:FRBRExpression>"
        "<geo:eenheidlabel>meter</geo:eenheidlabel><geo:normlabel>bouwhoogte</geo:normlabel><geo:groepen>"
        "<geo:Groep><geo:groepID>001</geo:groepID><geo:label>Wonen</geo:label></geo:Groep>"
        "<geo:Groep><geo:groepID>002</geo:groepID><geo:label>Agrarisch</geo:label></geo:Groep></geo:groepen>"
        f"<geo:locaties>{said}</geo:locaties>"
    )
    spaces = (
        'xmlns:geo="https://standaarden.overheid.nl/stop/imop/geo/" xmlns:gml="http://www.opengis.net/gml/3.2" '
        'xmlns:basisgeo="http://www.geostandaarden.nl/basisgeometrie/1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    inner = (
        version
        if root == "GeoInformatieObjectVersie"
        else f"<geo:vastgesteldeVersie><geo:GeoInformatieObjectVersie>{version}</geo:GeoInformatieObjectVersie>"
        "</geo:vastgesteldeVersie>"
    )
    path.write_text(f'<?xml version="1.0"?>{before}<geo:{root} {spaces}>{inner}</geo:{root}>', encoding="utf-8")
    return path


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel without rules."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})


LOCATIONS = [
    Location(square(), "Veld", group="001", norm="12.5"),
    Location(half_disc(), "Boog", group="002", norm="9"),
]


def held(
    area: Path, locations: Sequence[Location], root: str = "GeoInformatieObjectVaststelling", **keys: str
) -> float:
    """Return what a rule with these locations holds."""
    write_gio(area / "r.gml", locations, root=root)
    write_toml(area, area_table([constraint("r", path="r.gml", **keys)]))
    return free(area)["p1"]["blocked"]


@pytest.mark.parametrize("root", ["GeoInformatieObjectVaststelling", "GeoInformatieObjectVersie"])
def test_surfaces_arcs_and_holes_are_read_to_the_metre(area: Path, root: str) -> None:
    assert held(area, LOCATIONS[:1], root) == pytest.approx(3900)
    assert held(area, LOCATIONS[1:], root) == HALF_DISC


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("naam = 'Veld'", pytest.approx(3900)),
        ("id = 'id-1'", HALF_DISC),
        ("groepID = '001'", pytest.approx(3900)),
        ("groep = 'Agrarisch'", HALF_DISC),
        ("kwantitatieveNormwaarde > 10", pytest.approx(3900)),
        ("normlabel = 'bouwhoogte' AND eenheidlabel = 'meter' AND kwantitatieveNormwaarde < 10", HALF_DISC),
    ],
)
def test_a_location_is_known_by_its_name_group_and_norm(area: Path, where: str, expected: float) -> None:
    assert held(area, LOCATIONS, where=where) == expected


def test_a_norm_in_words_and_a_location_without_a_group_are_read(area: Path) -> None:
    words = Location(square(), "Veld", norm="karakteristiek", kind="kwalitatieveNormwaarde")
    assert held(area, [words], where="kwalitatieveNormwaarde = 'karakteristiek'") == pytest.approx(3900)
    assert held(area, [words], where="groepID IS NULL") == pytest.approx(3900)


def test_a_single_surface_is_read_beside_many(area: Path) -> None:
    inner = square(hole="").replace(f'<gml:MultiSurface gml:id="s" srsName="{URN}"><gml:surfaceMember>', "")
    single = inner.replace("</gml:surfaceMember></gml:MultiSurface>", "").replace(
        "<gml:Polygon>", f'<gml:Polygon srsName="{URN}">'
    )
    assert held(area, [Location(single)]) == pytest.approx(4000)


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::4258", "http://www.opengis.net/def/crs/EPSG/0/4258"])
def test_degrees_stand_latitude_first(area: Path, crs: str) -> None:
    shape = geopandas.GeoSeries([box(0, 0, 40, 100).segmentize(5)], crs=RD).to_crs("EPSG:4258").iloc[0]
    ring = " ".join(f"{y:.10f} {x:.10f}" for x, y in shape.exterior.coords)
    assert held(area, [Location(square(crs, ring, hole=""))]) == pytest.approx(4000, rel=1e-3)


def test_curves_are_told(area: Path) -> None:
    held(area, LOCATIONS)
    assert any("curves" in item["problem"] for item in findings(area))


def test_a_location_without_a_shape_is_told_with_its_row(area: Path) -> None:
    assert held(area, [*LOCATIONS[:1], Location("")]) == pytest.approx(3900)
    assert [item["row"] for item in findings(area) if item["severity"] == "warning"] == [1]


@pytest.mark.parametrize(
    ("locations", "root", "word"),
    [
        ([Location(square("")), Location(square(""))], "GeoInformatieObjectVaststelling", "no coordinate reference"),
        ([Location(square()), Location(half_disc("EPSG:4258"))], "GeoInformatieObjectVaststelling", "more than one"),
        (LOCATIONS, "GeoInformatieObjectMutatie", "no whole GIO"),
        ([], "GeoInformatieObjectVaststelling", "no"),
    ],
)
def test_what_cannot_be_placed_or_is_not_whole_is_refused(
    tmp_path: Path, locations: list[Location], root: str, word: str
) -> None:
    write_gio(tmp_path / "r.gml", locations, root=root)
    ran = run("check", tmp_path / "r.gml")
    assert ran.code == 2
    assert word in ran.out


def test_entities_are_never_expanded_and_links_never_followed(area: Path) -> None:
    (area / "secret.txt").write_text("geheim", encoding="utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{area}/secret.txt">]>'
    write_gio(area / "r.gml", [Location(square(), "&e;")], before=entity)
    assert run("check", area / "r.gml").code == 2
    linked = square().replace("<gml:surfaceMember>", '<gml:surfaceMember xlink:href="http://127.0.0.1:9/x.gml">')
    assert held(area, [Location(linked)]) == pytest.approx(3900)


def test_a_broken_gio_is_refused_in_one_sentence(area: Path) -> None:
    path = write_gio(area / "r.gml", LOCATIONS)
    path.write_bytes(path.read_bytes()[:-80])
    ran = run("check", path)
    assert ran.code == 2
    assert "Traceback" not in ran.out + ran.err


def test_reading_leaves_nothing_beside_a_gio(area: Path) -> None:
    held(area, LOCATIONS)
    before = {path.name for path in area.iterdir()}
    run("check", area / "r.gml")
    assert {path.name for path in area.iterdir()} == before


@pytest.mark.parametrize(
    ("column", "wonen", "agrarisch"),
    [("groep", "Wonen", "Agrarisch"), ("naam", "Veld", "Boog"), ("kwantitatieveNormwaarde", "12.5", "9.0")],
)
def test_a_gio_becomes_rules_by_group_name_or_norm_and_the_choice_holds_for_the_next_version(
    area: Path, tmp_path: Path, column: str, wonen: str, agrarisch: str
) -> None:
    write_layer(area / "own.gpkg", [box(0, 0, 1, 1)])
    write_toml(area, area_table([constraint("own")]))
    first = write_gio(tmp_path / "plan.gml", LOCATIONS)
    staged = stage(area, first.name, first.read_bytes())
    (layer,) = inspect_in_sandbox(staged.path).layers
    assert layer.columns[column] == {wonen: 1, agrarisch: 1}
    chosen = {wonen: "", agrarisch: "zoning_agricultural"}
    add_blocks(staged, plan_blocks(staged, layer.name, column, chosen, source_date=date(2026, 1, 1)))
    assert free(area, "--use", "housing")["p1"]["movable"] == HALF_DISC
    # The next version of the same GIO takes the place of the file; nobody is asked again.
    write_gio(area / "uploads" / "plan.gml", [*LOCATIONS[:1], Location(square(hole=""), "Boog", "002", "9")])
    assert free(area, "--use", "housing")["p1"]["movable"] == pytest.approx(3999)
