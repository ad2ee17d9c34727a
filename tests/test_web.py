"""The server's routes and headers, without a browser."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from planlib.build import build
from planlib.release import Release
from planlib.views import assets
from planlib.views.maps import geographic_bounds
from planlib.views.open_releases import current_release
from planlib.web.headers import PageHeaders
from planlib.web.routes import routes

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"


@pytest.fixture(scope="module")
def release(build_dir: Path) -> Release:
    build(DEMO)
    return current_release(DEMO)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    def page(_request: object) -> HTMLResponse:
        return HTMLResponse('<!doctype html><html lang="en"><body>een pagina</body></html>')

    app = Starlette(
        routes=[*routes(), Route("/{rest:path}", page)], middleware=[Middleware(PageHeaders, image_hosts=[])]
    )
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def _middle(release: Release, z: int) -> tuple[int, int]:
    """Return the tile at the middle of the area, by the formula of the slippy map."""
    west, south, east, north = geographic_bounds(release)
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    return int((lon + 180) / 360 * 2**z), int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**z)


@pytest.mark.parametrize(
    ("kind", "ending", "z"), [("cells", "mvt", 14), ("context", "mvt", 14), ("overview", "json", 11)]
)
def test_a_tile_is_kept_for_ever_under_its_release(
    client: TestClient, release: Release, kind: str, ending: str, z: int
) -> None:
    x, y = _middle(release, z)
    answer = client.get(f"/tiles/{release.id}/{kind}/{z}/{x}/{y}.{ending}")
    assert answer.status_code == 200
    assert len(answer.content) > 100
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = client.get(f"/tiles/{release.id}/{kind}/{z}/{x}/{y}.{ending}", headers={"accept-encoding": "identity"})
    assert plain.content == answer.content
    assert "content-encoding" not in plain.headers


def test_a_tile_elsewhere_in_the_world_is_empty(client: TestClient, release: Release) -> None:
    assert client.get(f"/tiles/{release.id}/cells/14/1/1.mvt").status_code == 204


@pytest.mark.parametrize("name", ["0123456789abcdef", "nosuch", "..%2f..%2fetc", "%00"])
def test_an_unknown_release_has_no_tiles(client: TestClient, release: Release, name: str) -> None:
    assert client.get(f"/tiles/{name}/cells/14/8500/5300.mvt").status_code == 404


@pytest.mark.parametrize(
    "place", ["14/-1/0", "14/99999/0", "99/0/0", "a/b/c", "14/1e3/0", "14/٣/0", "1/1/12345678901234567890"]
)
def test_a_tile_that_cannot_be_is_refused(client: TestClient, release: Release, place: str) -> None:
    assert client.get(f"/tiles/{release.id}/cells/{place}.mvt").status_code == 400


@pytest.mark.parametrize("folder", ["vendor", "assets"])
def test_the_files_of_the_map_are_served_under_their_hash(client: TestClient, folder: str) -> None:
    for name, file in assets.FILES[folder].items():
        answer = client.get(assets.address(folder, name))
        assert answer.content == file.read_bytes()
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        stale = client.get(f"/{folder}/0000/{name}")
        assert stale.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/vendor/x/..%2f..%2f..%2fapp.py",
        "/vendor/x/....//app.py",
        "/assets/x/%2e%2e%2froutes.py",
        "/assets/x/planlib.js%00.css",
        "/assets/planlib.js",
        "/vendor/package.json",
        "/tiles/",
        "/tiles/x/secrets/1/2/3.mvt",
    ],
)
def test_nothing_else_is_served_from_those_folders(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"planlib" not in answer.content


def test_a_page_is_in_dutch_and_may_talk_to_this_server_only(client: TestClient) -> None:
    answer = client.get("/", headers={"accept": "text/html"})
    assert '<html lang="nl">' in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert answer.headers["referrer-policy"] == "same-origin"
