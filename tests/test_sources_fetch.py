"""``fetch`` against servers on this machine: all of it or nothing, where it stopped, and never the last copy lost."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely

from planlib.errors import BrokenOffError
from planlib.sources import http as asking
from tests.areas import Ran, area_table, box, free, run, succeed, write_area, write_toml
from tests.services import ArcGis, Data, Pdok, Reply, Request, Server, reply_json, serve, squares, wfs

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "/rvo/natuur/ogc/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FIRST_WAIT_S", 0.001)


@pytest.fixture
def area(tmp_path: Path) -> Path:
    folder = tmp_path / "area"
    folder.mkdir()
    return write_toml(folder, area_table())


def fetch(area: Path, url: str, collection: str = "plots", *options: object, name: str = "nature") -> Ran:
    return run("fetch", area, "--source", url, "--collection", collection, "--as", name, *options)


def rows(area: Path, name: str = "nature") -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(area / "sources" / f"{name}.parquet")


def about(area: Path, name: str = "nature") -> dict:
    return tomllib.loads((area / "sources" / f"{name}.source.toml").read_text(encoding="utf-8"))


def same(frame: geopandas.GeoDataFrame, data: Data) -> None:
    """Insist that a layer holds exactly these features, shapes and attributes."""
    assert sorted(frame["id"]) == sorted(data.ids)
    by_id = frame.set_index("id")
    for at, name in enumerate(data.ids):
        assert by_id.geometry[name].equals_exact(data.shapes[at], 1e-9), name
        assert by_id["number"][name] == data.properties[at]["number"]


def one_sentence(ran: Ran) -> str:
    told = [line for line in ran.err.splitlines() if not line.endswith(" ...")]
    assert ran.code == 2, ran.out
    assert len(told) == 1, ran.err
    return told[0]


# --- the services ------------------------------------------------------------------------------------------------


def test_all_pages_of_a_collection_come_in_the_areas_own_crs(server: Server, area: Path) -> None:
    data = squares(2345)
    server.routes[PREFIX] = Pdok({"plots": data}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    frame = rows(area)
    assert frame.crs.to_epsg() == 28992
    same(frame, data)
    asked = [request.params for request in server.asked if request.path.endswith("/items")]
    assert [params.get("limit") for params in asked] == ["1000"] * 3
    assert ["cursor" in params for params in asked] == [False, True, True]


def test_the_sidecar_says_where_it_comes_from_and_what_it_is(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5)}, PREFIX)
    ran = fetch(area, server.base + PREFIX, "plots", "--bbox", "200000,500000,200100,500100", "--json")
    said = json.loads(ran.out)
    beside = about(area)
    assert beside["url"] == server.base + PREFIX
    assert beside["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"
    assert beside["count"] == said["count"] == 5
    assert beside["coverage"] == [200000, 500000, 200100, 500100]
    assert beside["crs"] == "EPSG:28992"
    assert beside["sha256"] == hashlib.sha256((area / "sources" / "nature.parquet").read_bytes()).hexdigest()
    covered = geopandas.read_file(area / "sources" / "nature-coverage.gpkg")
    assert covered.crs.to_epsg() == 28992
    assert covered.geometry[0].equals(shapely.box(200000, 500000, 200100, 500100))


def test_a_bbox_is_asked_of_the_service_and_met(server: Server, area: Path) -> None:
    data = squares(400, row=20)
    server.routes[PREFIX] = Pdok({"plots": data}, PREFIX)
    wanted = shapely.box(200_011, 500_011, 200_049, 500_049)
    assert fetch(area, server.base + PREFIX, "plots", "--bbox", "200011,500011,200049,500049").code == 0
    assert set(rows(area)["id"]) == {
        name for name, shape in zip(data.ids, data.shapes, strict=True) if shape.intersects(wanted)
    }


def test_without_a_bbox_the_coverage_is_what_the_service_says_it_covers(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    covered = geopandas.read_file(area / "sources" / "nature-coverage.gpkg").geometry[0]
    # Assen and Maastricht in RD: the Netherlands.
    assert covered.contains(shapely.points([(233_000, 557_000), (177_000, 318_000)])).all()


def test_a_wfs_is_paged_through_and_each_feature_kept_once(server: Server, area: Path) -> None:
    data = squares(2500)
    server.routes["/ps/wfs/v1_0"] = wfs({"ps:plots": data})
    assert fetch(area, f"{server.base}/ps/wfs/v1_0").code == 0
    same(rows(area), data)
    assert about(area)["licence"] == "https://creativecommons.org/licenses/by/4.0/"


def test_a_wfs_that_cannot_count_is_asked_in_tiles_where_a_page_is_full(server: Server, area: Path) -> None:
    data = squares(2500, side=100.0, row=50)
    server.routes["/wfs"] = wfs({"plots": data}, hits=False)
    assert fetch(area, f"{server.base}/wfs", "plots", "--bbox", "200000,500000,205000,505000").code == 0
    same(rows(area), data)
    assert len({request.params.get("bbox") for request in server.asked if "count" in request.params}) > 4


def test_a_wfs_that_ignores_startindex_is_refused_rather_than_cut_short(server: Server, area: Path) -> None:
    server.routes["/wfs"] = wfs({"plots": squares(2500)}, pages=False)
    assert "again and again" in one_sentence(fetch(area, f"{server.base}/wfs"))
    assert not (area / "sources").exists()


def test_an_arcgis_layer_comes_whole_with_its_holes(server: Server, area: Path) -> None:
    data = squares(1800)
    holed = shapely.box(210_000, 500_000, 210_100, 500_100) - shapely.box(210_040, 500_040, 210_060, 500_060)
    parts = shapely.union(
        shapely.box(211_000, 500_000, 211_010, 500_010), shapely.box(211_100, 500_000, 211_110, 500_010)
    )
    data = Data([*data.ids, "h", "p"], [*data.shapes, holed, parts], [*data.properties, {"number": -1}, {"number": -2}])
    prefix = "/server/rest/services/37/Monumenten/MapServer"
    server.routes[prefix] = ArcGis(data, prefix)
    assert fetch(area, f"{server.base}{prefix}/3/query").code == 0
    frame = rows(area)
    assert len(frame) == 1802
    assert frame.area.sum() == pytest.approx(sum(shape.area for shape in data.shapes))
    assert frame.set_index("number").geometry[-1].area == pytest.approx(10_000 - 400)
    assert about(area)["licence"] == "Provincie Drenthe"


def test_an_arcgis_error_inside_http_200_is_an_error(server: Server, area: Path) -> None:
    prefix = "/rest/services/x/MapServer"
    server.routes[prefix] = lambda _: reply_json({"error": {"code": 499, "message": "Token Required", "details": []}})
    assert "Token Required" in one_sentence(fetch(area, server.base + prefix))


# --- breaking off and going on -----------------------------------------------------------------------------------


def test_a_download_that_broke_off_goes_on_at_the_page_where_it_broke(server: Server, area: Path) -> None:
    data = squares(3500)
    whole = Pdok({"plots": data}, PREFIX)
    server.routes[PREFIX] = lambda request: (
        Reply(status=503, headers={"Retry-After": "0"})
        if request.params.get("cursor", "").startswith("2000")
        else whole(request)
    )
    said = one_sentence(fetch(area, server.base + PREFIX))
    assert "cannot be used now" in said
    assert not (area / "sources" / "nature.parquet").exists()

    server.routes[PREFIX] = whole
    server.asked.clear()
    assert fetch(area, server.base + PREFIX).code == 0
    cursors = [request.params.get("cursor", "0") for request in server.asked if request.path.endswith("/items")]
    assert [cursor.partition("~")[0] for cursor in cursors] == ["2000", "3000"]
    same(rows(area), data)
    assert sorted(path.name for path in (area / "sources").iterdir()) == [
        "nature-coverage.gpkg",
        "nature.parquet",
        "nature.source.toml",
    ]


def test_a_download_that_was_killed_goes_on_at_the_page_where_it_was(server: Server, area: Path) -> None:
    data = squares(3500)
    whole, arrived, go_on = Pdok({"plots": data}, PREFIX), threading.Event(), threading.Event()

    def hanging(request: Request) -> Reply:
        if request.params.get("cursor", "").startswith("2000") and not go_on.is_set():
            arrived.set()
            go_on.wait(30)
        return whole(request)

    server.routes[PREFIX] = hanging
    call = ["fetch", area, "--source", server.base + PREFIX, "--collection", "plots", "--as", "nature"]
    process = subprocess.Popen([sys.executable, "-m", "planlib", *map(str, call)], cwd=ROOT)
    assert arrived.wait(60)
    process.kill()
    process.wait(20)
    go_on.set()
    assert not (area / "sources" / "nature.parquet").exists()
    server.asked.clear()
    assert fetch(area, server.base + PREFIX).code == 0
    cursors = [request.params.get("cursor", "0") for request in server.asked if request.path.endswith("/items")]
    assert [cursor.partition("~")[0] for cursor in cursors] == ["2000", "3000"]
    same(rows(area), data)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_server_that_is_busy_is_asked_again(server: Server, area: Path, status: int) -> None:
    whole, refusals = Pdok({"plots": squares(3)}, PREFIX), iter([True, True])
    server.routes[PREFIX] = lambda request: (
        Reply(status=status, headers={"Retry-After": "0"}) if next(refusals, False) else whole(request)
    )
    assert fetch(area, server.base + PREFIX).code == 0
    assert len(rows(area)) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 410, 422])
def test_a_server_that_refuses_is_not_asked_again(server: Server, area: Path, status: int) -> None:
    server.routes[PREFIX] = lambda _: reply_json({"title": "No", "detail": "not for you"}, status)
    assert "not for you" in one_sentence(fetch(area, server.base + PREFIX))
    assert len(server.asked) == 1
    assert not (area / "sources").exists()


def test_retry_after_is_honoured_and_who_wants_a_long_rest_is_not_asked_sooner() -> None:
    waits: list[float] = []
    replies = iter(
        [Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503, headers={"Retry-After": "86400"})]
    )
    with serve() as server:
        server.routes["/"] = lambda _: next(replies)
        with asking.Http(server.base, sleep=waits.append) as http, pytest.raises(BrokenOffError, match="86400 seconds"):
            http.get(server.base + "/x")
        assert len(server.asked) == 2
    assert waits == [7.0]


def test_an_answer_that_breaks_off_in_the_middle_is_asked_again(server: Server, area: Path) -> None:
    whole, breaks = Pdok({"plots": squares(50)}, PREFIX), iter(["short", "lie"])

    def sometimes(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            match next(breaks, ""):
                case "short":
                    reply.send = 400
                case "lie":
                    # The length fits what is sent, so nothing but the JSON itself tells that it is not all.
                    reply.length = reply.send = 400
        return reply

    server.routes[PREFIX] = sometimes
    assert fetch(area, server.base + PREFIX).code == 0
    assert len(rows(area)) == 50


def test_the_last_good_copy_stays_when_a_refresh_fails(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(7)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    before = {path: path.read_bytes() for path in (area / "sources").iterdir()}
    server.routes[PREFIX] = Pdok({}, PREFIX)
    assert "no collection 'plots'" in one_sentence(fetch(area, server.base + PREFIX))
    server.routes[PREFIX] = lambda _: Reply(status=500)
    assert "cannot be used now" in one_sentence(fetch(area, server.base + PREFIX))
    assert {path: path.read_bytes() for path in (area / "sources").iterdir()} == before


def test_the_same_rows_again_leave_the_file_untouched(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(7)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    times = {path.name: path.stat().st_mtime_ns for path in (area / "sources").iterdir()}
    again = fetch(area, server.base + PREFIX)
    assert "(unchanged)" in again.out
    after = {path.name: path.stat().st_mtime_ns for path in (area / "sources").iterdir()}
    assert {name for name in times if times[name] != after[name]} == {"nature.source.toml"}


# --- fewer than promised, other than asked -----------------------------------------------------------------------


def test_fewer_rows_than_promised_is_an_error_and_never_a_smaller_layer(server: Server, area: Path) -> None:
    whole = Pdok({"plots": squares(20)}, PREFIX)

    def promising(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            reply.body = json.dumps({**json.loads(reply.body), "numberMatched": 21}).encode()
        return reply

    server.routes[PREFIX] = promising
    assert "promised 21 features and gave 20" in one_sentence(fetch(area, server.base + PREFIX))
    assert not (area / "sources").exists()


def test_pages_that_overlap_are_counted_once_so_that_a_gap_shows(server: Server, area: Path) -> None:
    data = squares(2000)
    doubled = Data(
        [*data.ids[:1000], *data.ids[500:1500]], [*data.shapes[:1000], *data.shapes[500:1500]], data.properties
    )
    whole = Pdok({"plots": doubled}, PREFIX)
    server.routes[PREFIX] = whole
    assert fetch(area, server.base + PREFIX).code == 0
    assert len(rows(area)) == 1500

    def promising(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            reply.body = json.dumps({**json.loads(reply.body), "numberMatched": 2000}).encode()
        return reply

    server.routes[PREFIX] = promising
    assert "promised 2000 features and gave 1500" in one_sentence(fetch(area, server.base + PREFIX))
    assert len(rows(area)) == 1500


def test_a_page_with_fewer_features_than_it_says_is_an_error(server: Server, area: Path) -> None:
    whole = Pdok({"plots": squares(20)}, PREFIX)

    def lying(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            body = json.loads(reply.body)
            reply.body = json.dumps({**body, "features": body["features"][:19]}).encode()
        return reply

    server.routes[PREFIX] = lying
    assert "says it returns 20 features and returns 19" in one_sentence(fetch(area, server.base + PREFIX))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84>", "answered in http://www.opengis.net/def/crs/OGC/1.3/CRS84"),
        ("", "does not say in which coordinate system"),
    ],
)
def test_an_answer_in_another_crs_is_refused(server: Server, area: Path, header: str, words: str) -> None:
    whole = Pdok({"plots": squares(2)}, PREFIX)

    def ignoring(request: Request) -> Reply:
        reply = whole(request)
        if "Content-Crs" in reply.headers:
            reply.headers["Content-Crs"] = header
        return reply

    server.routes[PREFIX] = ignoring
    assert words in one_sentence(fetch(area, server.base + PREFIX))


def test_degrees_under_the_name_of_metres_are_refused(server: Server, area: Path) -> None:
    data = squares(3)
    lying = Data(data.ids, [shapely.box(6.1, 52.1, 6.2, 52.2)] * 3, data.properties)
    server.routes[PREFIX] = Pdok({"plots": lying}, PREFIX)
    assert "answered in degrees" in one_sentence(fetch(area, server.base + PREFIX))


def test_a_service_without_the_areas_crs_is_kept_in_its_own_and_lands_within_a_metre(
    server: Server, area: Path
) -> None:
    whole = Pdok({"plots": squares(12)}, PREFIX)

    def only_degrees(request: Request) -> Reply:
        reply = whole(request)
        body = json.loads(reply.body)
        if "crs" in body:
            reply.body = json.dumps({**body, "crs": body["crs"][:1]}).encode()
        return reply

    server.routes[PREFIX] = only_degrees
    assert fetch(area, server.base + PREFIX, "plots", "--bbox", "199990,499990,200200,500200").code == 0
    frame = rows(area)
    assert frame.crs.is_geographic
    assert about(area)["crs"] == "OGC:CRS84"
    moved = frame.to_crs(28992).set_index("id").geometry
    assert moved["f3"].centroid.distance(squares(12).shapes[3].centroid) < 1.0


# --- shapes and attributes ---------------------------------------------------------------------------------------


def test_attributes_that_differ_from_page_to_page_fit_one_table(server: Server, area: Path) -> None:
    data = squares(2001)
    values = [{"number": at, "v": None if at < 1000 else (at + 0.5 if at < 2000 else "much")} for at in range(2001)]
    values[5]["late"] = [1, {"a": 2}]
    server.routes[PREFIX] = Pdok({"plots": Data(data.ids, data.shapes, values)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    frame = rows(area).set_index("id")
    assert pd.isna(frame["v"]["f0"])
    assert float(frame["v"]["f1500"]) == 1500.5
    assert frame["v"]["f2000"] == "much"
    assert json.loads(frame["late"]["f5"]) == [1, {"a": 2}]


def test_a_feature_without_a_shape_is_kept_and_counted(server: Server, area: Path) -> None:
    data = squares(4)
    server.routes[PREFIX] = Pdok({"plots": Data(data.ids, [*data.shapes[:3], None], data.properties)}, PREFIX)
    ran = fetch(area, server.base + PREFIX)
    assert ran.code == 0
    assert "1 of them have no shape" in ran.out
    assert about(area)["shapeless"] == 1
    assert len(rows(area)) == 4


def test_measured_shapes_become_flat(server: Server, area: Path) -> None:
    data = squares(2)
    raised = [shapely.force_3d(shape, 4.0) for shape in data.shapes]
    server.routes[PREFIX] = Pdok({"plots": Data(data.ids, raised, data.properties)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    assert not rows(area).has_z.any()


def test_an_empty_answer_does_not_take_the_place_of_features_until_somebody_says_so(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(3)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    server.routes[PREFIX] = Pdok({"plots": squares(0)}, PREFIX)
    said = one_sentence(fetch(area, server.base + PREFIX))
    assert "gave 3 features before and gives none now" in said
    assert len(rows(area)) == 3
    # Another question may have no answer, and a person may say that there are none.
    server.routes[PREFIX] = Pdok({"plots": squares(3)}, PREFIX)
    far = fetch(area, server.base + PREFIX, "plots", "--bbox", "210000,510000,210100,510100")
    assert far.code == 0, far.err
    server.routes[PREFIX] = Pdok({"plots": squares(0)}, PREFIX)
    (area / "sources" / "nature.parquet").unlink()
    assert fetch(area, server.base + PREFIX).code == 0
    assert len(rows(area)) == 0


def test_an_empty_collection_is_a_layer_without_rows(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(0)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    assert len(rows(area)) == 0
    assert about(area)["count"] == 0


# --- where it may not go -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link", ["http://localhost:1/x", "https://example.org/items?cursor=2", "file:///etc/passwd", "ftp://127.0.0.1/"]
)
def test_a_next_link_to_another_host_is_refused(server: Server, area: Path, link: str) -> None:
    whole = Pdok({"plots": squares(5)}, PREFIX)

    def leading(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            body = json.loads(reply.body)
            reply.body = json.dumps({**body, "links": [{"rel": "next", "href": link}]}).encode()
        return reply

    server.routes[PREFIX] = leading
    assert "another host" in one_sentence(fetch(area, server.base + PREFIX))
    assert not (area / "sources").exists()


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "file:///etc/passwd", "//example.org/x"])
def test_a_redirect_to_another_host_is_refused(server: Server, area: Path, target: str) -> None:
    server.routes["/"] = lambda _: Reply(status=302, headers={"Location": target})
    assert "another host" in one_sentence(fetch(area, server.base + PREFIX))


def test_a_redirect_within_the_host_is_followed(server: Server, area: Path) -> None:
    old = "/kadaster/bestuurlijkegebieden/ogc/v1"
    server.routes[PREFIX] = Pdok({"plots": squares(3)}, PREFIX)
    server.routes[old] = lambda request: Reply(
        status=301,
        headers={
            "Location": PREFIX
            + request.path.removeprefix(old)
            + "?"
            + "&".join(f"{k}={v}" for k, v in request.params.items())
        },
    )
    assert fetch(area, server.base + old).code == 0
    assert len(rows(area)) == 3


def test_redirects_in_circles_end(server: Server, area: Path) -> None:
    server.routes["/"] = lambda request: Reply(status=302, headers={"Location": request.path})
    assert "in circles" in one_sentence(fetch(area, server.base + PREFIX))


def test_a_page_that_leads_back_to_itself_ends(server: Server, area: Path) -> None:
    whole = Pdok({"plots": squares(5)}, PREFIX)

    def circling(request: Request) -> Reply:
        reply = whole(request)
        if request.path.endswith("/items"):
            body = json.loads(reply.body)
            query = "&".join(f"{key}={value}" for key, value in request.params.items())
            reply.body = json.dumps({**body, "links": [{"rel": "next", "href": f"{request.url}?{query}"}]}).encode()
        return reply

    server.routes[PREFIX] = circling
    assert fetch(area, server.base + PREFIX).code == 2


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("file:///etc/passwd", "is not a web address"),
        ("no address", "is not a web address"),
        ("https://me:secret@example.org/wfs", "Leave the name and password out"),
        ("http://127.0.0.1:1/ogc/v1", "127.0.0.1:1 cannot be used now: it cannot be reached"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_sentence(area: Path, source: str, words: str) -> None:
    said = one_sentence(fetch(area, source))
    assert words in said
    assert "secret" not in said
    assert not (area / "sources").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--bbox", "1,2,3"), "left,bottom,right,top"),
        (("--bbox", "200100,500000,200000,500100"), "left,bottom,right,top"),
        (("--bbox", "nan,0,1,1"), "left,bottom,right,top"),
    ],
)
def test_bounds_that_are_none_are_refused(server: Server, area: Path, options: tuple[str, ...], words: str) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5)}, PREFIX)
    assert words in one_sentence(fetch(area, server.base + PREFIX, "plots", *options))


@pytest.mark.parametrize("name", ["../nature", "a b", "", "Ñ", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(server: Server, area: Path, name: str) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5)}, PREFIX)
    assert "cannot name a layer" in one_sentence(fetch(area, server.base + PREFIX, name=name))


def test_a_collection_that_is_not_there_names_those_that_are(server: Server, area: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5), "roads": squares(2)}, PREFIX)
    assert "it has plots, roads" in one_sentence(fetch(area, server.base + PREFIX, "plot"))
    server.routes["/wfs"] = wfs({"a:one": squares(1), "a:two": squares(1)})
    assert "it has a:one, a:two" in one_sentence(fetch(area, server.base + "/wfs", "three"))


def test_a_page_that_is_no_service_is_refused(server: Server, area: Path) -> None:
    server.routes["/"] = lambda _: Reply(b"<html><body>Welcome</body></html>", headers={"Content-Type": "text/html"})
    assert "none of the services" in one_sentence(fetch(area, server.base + "/"))


def test_the_kind_is_found_from_what_the_address_answers(server: Server, area: Path) -> None:
    server.routes["/data"] = Pdok({"plots": squares(3)}, "/data")
    assert fetch(area, server.base + "/data").code == 0
    server.routes["/ows"] = wfs({"plots": squares(4)})
    assert fetch(area, server.base + "/ows", "plots", "--kind", "wfs", name="other").code == 0
    assert (about(area)["kind"], about(area, "other")["kind"]) == ("ogcapi", "wfs")


# --- into the area -----------------------------------------------------------------------------------------------


def test_the_block_that_is_printed_builds_and_marks_what_was_not_asked_for(server: Server, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})
    before = (area / "area.toml").read_text(encoding="utf-8").replace("constraint = []\n", "")
    (area / "area.toml").write_text(before, encoding="utf-8")
    data = Data(["f0"], [box(0, 0, 30, 100)], [{"number": 0}])
    server.routes[PREFIX] = Pdok({"plots": data}, PREFIX)
    ran = fetch(area, server.base + PREFIX, "plots", "--bbox", "199900,499900,200060,500200", "--json")
    assert (area / "area.toml").read_text(encoding="utf-8") == before
    (area / "area.toml").write_text(before + "\n" + json.loads(ran.out)["block"], encoding="utf-8")
    row = free(area)["p1"]
    assert row["blocked"] == pytest.approx(3000)
    assert row["unknown"] == pytest.approx(4000)
    assert row["free"] == pytest.approx(3000)


def test_the_block_of_a_rule_in_the_catalogue_needs_no_more_than_its_data(server: Server, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})
    server.routes[PREFIX] = Pdok({"plots": Data(["f0"], [box(0, 0, 30, 100)], [{}])}, PREFIX)
    ran = run("fetch", area, "--source", server.base + PREFIX, "--collection", "plots", "--as", "natura2000", "--json")
    toml = (area / "area.toml").read_text(encoding="utf-8").replace("constraint = []\n", "")
    (area / "area.toml").write_text(toml + "\n" + json.loads(ran.out)["block"], encoding="utf-8")
    row = free(area, "--use", "housing")["p1"]
    assert (row["blocked"], row["free"]) == (pytest.approx(3000), pytest.approx(7000))


def test_a_folder_that_is_no_area_is_refused_before_anything_is_asked(server: Server, tmp_path: Path) -> None:
    server.routes[PREFIX] = Pdok({"plots": squares(5)}, PREFIX)
    assert "there is no area.toml" in one_sentence(fetch(tmp_path, server.base + PREFIX))
    assert server.asked == []


def test_check_and_build_read_what_was_fetched(server: Server, tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})
    server.routes[PREFIX] = Pdok({"plots": squares(30)}, PREFIX)
    assert fetch(area, server.base + PREFIX).code == 0
    succeed("check", area / "sources" / "nature.parquet")
