"""Services with a key, and the Locatieserver: in the shapes that clients of them recorded (dutch-services.md 5, 7, 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pytest

from planlib.errors import SourceError
from planlib.sources import Http, find_places
from planlib.sources import http as asking
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
