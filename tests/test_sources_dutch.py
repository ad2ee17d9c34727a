"""Services with a key, and the Locatieserver: in the shapes that clients of them recorded (dutch-services.md 5, 7, 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest

from planlib.catalogue import read_catalogue
from planlib.errors import SourceError
from planlib.sources import Http, find_places
from planlib.sources import http as asking
from planlib.sources.join import read_join_id
from planlib.sources.services import rule_gios
from tests.areas import Ran, area_table, run, write_toml
from tests.services import Reply, Request, Server, reply_json, serve

RP = "/ruimtelijke-plannen/api/opvragen/v4"
DSO = "/publiek/omgevingsdocumenten/api/presenteren/v8"
SHAPES = "/publiek/omgevingsdocumenten/api/geometrieopvragen/v1/geometrieen"
BBOX = ("--bbox", "200000,500000,201000,501000")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(asking, "FIRST_WAIT_S", 0.001)
    with serve() as running:
        yield running


@pytest.fixture
def area(tmp_path: Path) -> Path:
    folder = tmp_path / "area"
    folder.mkdir()
    return write_toml(folder, area_table())


def polygon(left: float) -> dict[str, Any]:
    ring = [[left, 500_000], [left + 10, 500_000], [left + 10, 500_010], [left, 500_010], [left, 500_000]]
    return {"type": "Polygon", "coordinates": [ring]}


def fetch(area: Path, url: str, collection: str, *options: object) -> Ran:
    return run("fetch", area, "--source", url, "--collection", collection, "--as", "plan", *options)


def rows(area: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(area / "sources" / "plan.parquet")


def plans_service(request: Request) -> Reply:
    """Answer as Ruimtelijke Plannen v4: two pages of plans, and of the first plan two pages of objects."""
    if request.headers.get("X-Api-Key") != "key-1":
        return reply_json({"title": "Unauthorized", "detail": "API key missing"}, 401)
    if request.headers.get("Accept-Crs") != "epsg:28992":
        return reply_json({"title": "Not Acceptable", "detail": "Accept-Crs"}, 406)
    page = int(request.params.get("page", 1))
    below = request.path.removeprefix(RP)
    links: dict[str, Any] = {"self": {"href": request.url}}
    if below == "/plannen/_zoek":
        asked = json.loads(request.body)["_geo"]["intersectAndNotTouches"]
        assert asked["coordinates"][0][0] == [200000, 500000]
        assert request.params["regelStatus"] == "geldend"
        if page == 1:
            links["next"] = {"href": f"{request.url}?planType=bestemmingsplan&regelStatus=geldend&pageSize=100&page=2"}
        plan = {"id": f"NL.IMRO.1690.BP{page}-0401", "naam": f"Plan {page}", "regelStatus": "geldend"}
        return reply_json({"_embedded": {"plannen": [plan]}, "_links": links}, Content_Crs="epsg:28992")
    number = 1 if "BP1" in below else 2
    assert below.endswith("/bestemmingsvlakken")
    if number == 1 and page == 1:
        links["next"] = {"href": f"{request.url}?expand=geometrie&pageSize=100&page=2"}
    item = {
        "id": f"EP{page}",
        "naam": "Wonen",
        "bestemmingshoofdgroep": "wonen",
        "geometrie": polygon(200_000 + 100 * number + 20 * page),
        "_links": {},
    }
    return reply_json({"_embedded": {"bestemmingsvlakken": [item]}, "_links": links}, Content_Crs="epsg:28992")


def test_plans_in_force_are_sought_and_their_objects_come_with_the_plan_they_are_of(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_RP_KEY", "key-1")
    server.routes[RP] = plans_service
    ran = fetch(area, server.base + RP, "bestemmingsvlakken", *BBOX)
    assert ran.code == 0, ran.err
    frame = rows(area)
    assert sorted(frame["plan_naam"]) == ["Plan 1", "Plan 1", "Plan 2"]
    assert frame["bestemmingshoofdgroep"].tolist() == ["wonen"] * 3
    assert frame.area.sum() == pytest.approx(300)
    kept = "".join(path.read_text(encoding="utf-8") for path in (area / "sources").glob("*.toml"))
    assert "key-1" not in kept + ran.out + ran.err


def locations_service(request: Request) -> Reply:
    """Answer as Presenteren v8 and Geometrie Opvragen v1."""
    if request.headers.get("x-api-key") != "key-2":
        return reply_json({"title": "Forbidden", "detail": "no key"}, 403)
    if request.path.startswith(SHAPES):
        assert request.params["crs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"
        return reply_json(polygon(200_000 + 50 * int(request.path[-1])))
    assert json.loads(request.body)["geometrie"]["type"] == "Polygon"
    page = int(request.params["page"])
    location = {
        "identificatie": f"nl.imow-pv22.gebied.{page}",
        "noemer": "beekdal",
        "geometrieIdentificatie": f"shape-{page}",
    }
    links = {"next": {"href": f"{request.url}?page=1&size=200"}} if page == 0 else {}
    body = {"_embedded": {"locaties": [location]}, "_links": links, "page": {"size": 200, "totalElements": 2}}
    return reply_json(body)


def test_locations_come_with_the_shapes_they_name(server: Server, area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANLIB_DSO_KEY", "key-2")
    server.routes[DSO] = server.routes[SHAPES] = locations_service
    ran = fetch(area, server.base + DSO, "locaties", *BBOX)
    assert ran.code == 0, ran.err
    assert rows(area)["noemer"].tolist() == ["beekdal"] * 2
    assert rows(area).bounds["minx"].tolist() == [200_000, 200_050]


GIO = "/join/id/regdata/pv22/2024/30gio228/nld@2024-02-13;69"


def locations_of(*records: dict[str, Any]) -> Any:
    """Answer with one location a page, each with what its record adds."""

    def answer(request: Request) -> Reply:
        if request.path.startswith(SHAPES):
            return reply_json(polygon(200_000 + 50 * int(request.path[-1])))
        page = int(request.params["page"])
        location = {"identificatie": f"nl.imow-{page}", "geometrieIdentificatie": f"shape-{page}", **records[page]}
        last = page == len(records) - 1
        links = {} if last else {"next": {"href": f"{request.url}?page={page + 1}&size=200"}}
        return reply_json(
            {"_embedded": {"locaties": [location]}, "_links": links, "page": {"totalElements": len(records)}}
        )

    return answer


def test_a_gio_gives_the_locations_that_name_it_in_the_version_in_force(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_DSO_KEY", "key-2")
    later = "/join/id/regdata/pv22/2024/30gio228/nld@2026-03-23;101"
    other = "/join/id/regdata/pv22/2024/30gio2289/nld@2024-02-13;69"
    server.routes[DSO] = server.routes[SHAPES] = locations_of(
        {"noemer": "beekdal", "gio": {"expressie": GIO}},
        {"noemer": "es", "gio": other},
        {"noemer": "beekdal", "_links": {"gio": {"href": f"https://identifier.overheid.nl{later}"}}},
        {"noemer": "zonder"},
    )
    ran = fetch(area, server.base + DSO, GIO, *BBOX)
    assert ran.code == 0, ran.err
    assert rows(area)["noemer"].tolist() == ["beekdal"] * 2
    assert rows(area)["gio"].tolist() == [GIO, later]
    assert rows(area).bounds["minx"].tolist() == [200_000, 200_100]
    # No shape of another location was asked for.
    assert sum(path.startswith(SHAPES) for path in server.paths()) == 2


def test_a_gio_that_no_location_names_is_refused_and_never_an_empty_layer(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_DSO_KEY", "key-2")
    server.routes[DSO] = server.routes[SHAPES] = locations_of({"noemer": "beekdal"}, {"noemer": "es"})
    ran = fetch(area, server.base + DSO, GIO, *BBOX)
    assert ran.code == 2
    assert f"names the GIO {GIO}" in ran.err
    assert not (area / "sources").exists()


def test_a_gio_found_before_a_break_is_still_found_after_it(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_DSO_KEY", "key-2")
    monkeypatch.setattr(asking, "ATTEMPTS", 1)
    whole = locations_of({"gio": GIO}, {"noemer": "zonder"})
    server.routes[SHAPES] = whole
    server.routes[DSO] = lambda request: Reply(status=503) if request.params.get("page") == "1" else whole(request)
    assert fetch(area, server.base + DSO, GIO, *BBOX).code == 2
    server.routes[DSO] = whole
    ran = fetch(area, server.base + DSO, GIO, *BBOX)
    assert ran.code == 0, ran.err
    assert len(rows(area)) == 1


@pytest.mark.parametrize(
    "text", ["/join/id/regdata/pv22/30gio228", "/join/id/stop/work_019", "/join/id/regdata/pv22/2024/x/nld@gisteren"]
)
def test_what_is_no_join_id_is_refused_before_anything_is_asked(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("PLANLIB_DSO_KEY", "key-2")
    ran = fetch(area, server.base + DSO, text, *BBOX)
    assert ran.code == 2
    assert "no JOIN id of a GIO" in ran.err
    assert server.asked == []


def test_all_gios_of_the_province_and_of_the_catalogue_can_be_read(shared: Path) -> None:
    listed = (shared / "reference" / "drenthe-gio-list.csv").read_text(encoding="utf-8").splitlines()[1:]
    gios = {line.rpartition(",")[2] for line in listed}
    assert len({read_join_id(text).work for text in gios}) == len(gios) == 71
    named = {service.layer for id_, block in read_catalogue().rules.items() for service in rule_gios(id_, block)}
    assert len(named) > 30
    for text in named:
        assert text is not None
        assert str(read_join_id(text)) == text


@pytest.mark.parametrize(
    ("path", "collection", "variable"),
    [(RP, "bestemmingsvlakken", "PLANLIB_RP_KEY"), (DSO, "locaties", "PLANLIB_DSO_KEY")],
)
def test_without_a_key_one_sentence_says_where_it_goes(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch, path: str, collection: str, variable: str
) -> None:
    monkeypatch.delenv(variable, raising=False)
    ran = fetch(area, server.base + path, collection, *BBOX)
    assert ran.code == 2
    assert f"set {variable}" in ran.err
    assert server.asked == []


def test_a_key_that_is_refused_says_why_and_is_not_tried_again(
    server: Server, area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_RP_KEY", "old")
    server.routes[RP] = plans_service
    ran = fetch(area, server.base + RP, "bestemmingsvlakken", *BBOX)
    assert (ran.code, len(server.asked)) == (2, 1)
    assert "401: API key missing" in ran.err
    assert "old" not in ran.err


@pytest.mark.parametrize(("path", "collection"), [(RP, "bestemmingsvlakken"), (DSO, "locaties")])
def test_these_services_are_asked_for_a_place_only(server: Server, area: Path, path: str, collection: str) -> None:
    ran = fetch(area, server.base + path, collection)
    assert ran.code == 2
    assert "--bbox" in ran.err


def test_a_place_is_found_by_its_name(server: Server) -> None:
    base = "/bzk/locatieserver/search/v3_1"

    def answer(request: Request) -> Reply:
        assert request.params["q"] == "De Wolden & Co"
        assert request.params["fq"] == "type:gemeente"
        document = {
            "id": "gem-1",
            "type": "gemeente",
            "weergavenaam": "Gemeente De Wolden",
            "score": 9.1,
            "centroide_ll": "POINT(6.3735 52.7016)",
            "centroide_rd": "POINT(221667.1 524259.2)",
            "gemeentenaam": "De Wolden",
        }
        return reply_json({"response": {"numFound": 1, "start": 0, "docs": [document]}, "highlighting": {}})

    server.routes[f"{base}/free"] = answer
    with Http(server.base) as http:
        (place,) = find_places(http, server.base + base, "De Wolden & Co", kind="gemeente")
    assert (place.name, place.x, place.y) == ("Gemeente De Wolden", 221667.1, 524259.2)


def test_an_answer_that_is_no_locatieserver_is_refused(server: Server) -> None:
    server.routes["/free"] = lambda _: reply_json({"results": []})
    with Http(server.base) as http, pytest.raises(SourceError, match="Locatieserver"):
        find_places(http, server.base, "Assen")
