"""Whole files: gone on with by range, asked for only when changed, and opened only when they are what they say."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest

from planlib.sources import http as asking
from tests.areas import Ran, area_table, box, run, write_layer, write_toml
from tests.services import Reply, Request, Server, serve


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


@pytest.fixture
def package(tmp_path: Path) -> bytes:
    shapes = [box(10 * at, 0, 10 * at + 8, 8) for at in range(3000)]
    return write_layer(
        tmp_path / "n.gpkg", shapes, layer="n2000", naam=[f"gebied {at}" for at in range(3000)]
    ).read_bytes()


class FileOnline:
    """One file that knows ranges and conditions, and breaks off after ``drop_after`` bytes ``drops`` times."""

    def __init__(self, body: bytes, *, drop_after: int = 0, drops: int = 0, tag: bool = True) -> None:
        self.body, self.drop_after, self.drops, self.tag = body, drop_after, drops, tag
        self.statuses: list[int] = []

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def __call__(self, request: Request) -> Reply:
        reply = self._reply(request)
        if self.tag:
            reply.headers["ETag"] = self.etag
        if self.drops and reply.status in (200, 206):
            self.drops -= 1
            reply.length, reply.send = len(reply.body), min(self.drop_after, len(reply.body) - 1)
        self.statuses.append(reply.status)
        return reply

    def _reply(self, request: Request) -> Reply:
        if request.headers.get("If-None-Match") == self.etag:
            return Reply(status=304)
        asked = request.headers.get("Range")
        if asked and request.headers.get("If-Range") in (None, self.etag):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.body):
                return Reply(status=416)
            span = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
            return Reply(self.body[start:], 206, {"Content-Range": span})
        return Reply(self.body)


def fetch(area: Path, url: str, *options: object) -> Ran:
    return run("fetch", area, "--source", url, "--as", "nature", *options)


def rows(area: Path) -> geopandas.GeoDataFrame:
    return geopandas.read_parquet(area / "sources" / "nature.parquet")


def refused(ran: Ran, *words: str) -> None:
    told = [line for line in ran.err.splitlines() if not line.endswith(" ...")]
    assert (ran.code, len(told)) == (2, 1), ran.err
    for word in words:
        assert word in told[0]


def test_a_file_that_breaks_off_four_times_is_the_same_file(server: Server, area: Path, package: bytes) -> None:
    online = FileOnline(package, drop_after=len(package) // 6, drops=4)
    server.routes["/n.gpkg"] = online
    assert fetch(area, server.base + "/n.gpkg", "--collection", "n2000").code == 0
    assert online.statuses == [200, 206, 206, 206, 206]
    frame = rows(area)
    assert len(frame) == 3000
    assert frame.area.sum() == pytest.approx(3000 * 64)
    assert frame["naam"][2999] == "gebied 2999"


def test_a_file_that_changed_while_it_was_broken_off_is_begun_anew(
    server: Server, area: Path, package: bytes, tmp_path: Path
) -> None:
    online = FileOnline(package, drop_after=20_000, drops=asking.ATTEMPTS)
    server.routes["/n.gpkg"] = online
    refused(fetch(area, server.base + "/n.gpkg"), "cannot be used now")
    online.body = write_layer(tmp_path / "m.gpkg", [box(0, 0, 5, 5)], layer="n2000", naam=["new"]).read_bytes()
    assert fetch(area, server.base + "/n.gpkg").code == 0
    assert rows(area)["naam"].tolist() == ["new"]


def test_a_file_that_did_not_change_is_not_sent_again(server: Server, area: Path, package: bytes) -> None:
    online = FileOnline(package)
    server.routes["/n.gpkg"] = online
    assert fetch(area, server.base + "/n.gpkg").code == 0
    before = (area / "sources" / "nature.parquet").stat().st_mtime_ns
    again = fetch(area, server.base + "/n.gpkg")
    assert (again.code, online.statuses) == (0, [200, 304])
    assert "(unchanged)" in again.out
    assert (area / "sources" / "nature.parquet").stat().st_mtime_ns == before
    # Another question is another answer, whatever the tag.
    assert fetch(area, server.base + "/n.gpkg", "--bbox", "200000,500000,200100,500100").code == 0
    assert len(rows(area)) == 11


def test_without_a_tag_a_broken_off_file_starts_again_and_still_comes_whole(
    server: Server, area: Path, package: bytes
) -> None:
    online = FileOnline(package, drop_after=50_000, drops=2, tag=False)
    server.routes["/n.gpkg"] = online
    assert fetch(area, server.base + "/n.gpkg").code == 0
    assert online.statuses == [200, 200, 200]
    assert len(rows(area)) == 3000


def test_a_server_that_sends_another_range_than_was_asked_spoils_nothing(
    server: Server, area: Path, package: bytes
) -> None:
    online = FileOnline(package, drop_after=50_000, drops=1)

    def shifted(request: Request) -> Reply:
        reply = online(request)
        if reply.status == 206 and len(online.statuses) == 2:
            reply.body = reply.body[10:]
            reply.headers["Content-Range"] = "bytes 50010-99999/100000"
        return reply

    server.routes["/n.gpkg"] = shifted
    assert fetch(area, server.base + "/n.gpkg").code == 0
    assert len(rows(area)) == 3000


def test_a_layer_that_is_not_in_the_file_names_those_that_are(server: Server, area: Path, package: bytes) -> None:
    server.routes["/n.gpkg"] = FileOnline(package)
    refused(fetch(area, server.base + "/n.gpkg", "--collection", "natura"), "'natura'", "it has n2000")
    assert not (area / "sources").exists()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("n.gpkg", b"<OGRVRTDataSource/>"),
        ("n.gml", b"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"),
        ("n.gml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        ("n.geojson", b'{"type": "gdal_streamed_alg", "command_line": "gdal vector read /etc/passwd"}'),
        ("n.geojson", b"[1, 2"),
        ("n.zip", b"PK\x03\x04 not a zip"),
        ("n.fgb", b"fgb\x03 nothing more"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused(server: Server, area: Path, name: str, body: bytes) -> None:
    server.routes[f"/{name}"] = FileOnline(body)
    refused(fetch(area, f"{server.base}/{name}"), f"/{name}")
    assert not (area / "sources").exists()


@pytest.mark.parametrize("suffix", [".fgb", ".geojson"])
def test_other_formats_are_read_too(server: Server, area: Path, tmp_path: Path, suffix: str) -> None:
    crs = "OGC:CRS84" if suffix == ".geojson" else "EPSG:28992"
    shapes = [box(0, 0, 10, 10), box(20, 0, 30, 10)]
    frame = geopandas.GeoDataFrame({"v": [1, 2]}, geometry=shapes, crs="EPSG:28992").to_crs(crs)
    frame.to_file(tmp_path / f"d{suffix}")
    server.routes[f"/d{suffix}"] = FileOnline((tmp_path / f"d{suffix}").read_bytes())
    assert fetch(area, f"{server.base}/d{suffix}").code == 0
    assert sorted(rows(area)["v"]) == [1, 2]
    assert rows(area).to_crs(28992).area.sum() == pytest.approx(200, rel=1e-3)
    assert fetch(area, f"{server.base}/d{suffix}", "--bbox", "200015,500000,200040,500010").code == 0
    assert rows(area)["v"].tolist() == [2]


def test_a_zipped_shapefile_is_read_and_two_must_be_named(server: Server, area: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_layer(tmp_path / f"{name}.shp", [box(0, 0, 10, 10)], v=[name])
    for archive, names in (("a.zip", ["one"]), ("b.zip", ["one", "two"])):
        with zipfile.ZipFile(tmp_path / archive, "w") as file:
            for name in names:
                for part in tmp_path.glob(f"{name}.*"):
                    file.write(part, part.name)
        server.routes[f"/{archive}"] = FileOnline((tmp_path / archive).read_bytes())
    assert fetch(area, server.base + "/a.zip").code == 0
    assert rows(area)["v"].tolist() == ["one"]
    refused(fetch(area, server.base + "/b.zip"), "one, two")
    assert fetch(area, server.base + "/b.zip", "--collection", "two").code == 0
    assert rows(area)["v"].tolist() == ["two"]


@pytest.mark.parametrize("name", ["x.shp", "x.gpkg", "x.fgb", "a/x.shp"])
def test_a_recipe_in_a_fetched_zip_is_not_followed(server: Server, area: Path, tmp_path: Path, name: str) -> None:
    """GDAL would read a file of this machine, and it would stand in the area as if it had been fetched."""
    write_layer(tmp_path / "secret.gpkg", [box(0, 0, 10, 10)], layer="x", v=["secret"])
    inner = f"<OGRVRTLayer name='x'><SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource></OGRVRTLayer>"
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as file:
        file.writestr(name, f"<OGRVRTDataSource>{inner}</OGRVRTDataSource>")
    server.routes["/n.zip"] = FileOnline((tmp_path / "n.zip").read_bytes())
    refused(fetch(area, f"{server.base}/n.zip"), "/n.zip")
    assert not (area / "sources").exists()


FEED = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Natura 2000</title>
<rights>https://creativecommons.org/licenses/by/4.0/</rights><entry><title>n</title>
<link rel="enclosure" type="application/geopackage+sqlite3" href="{base}/downloads/n.gpkg"/></entry>
<entry><title>m</title><link rel="section" href="{base}/downloads/m.gpkg"/></entry></feed>"""


def test_an_atom_feed_leads_to_its_file(server: Server, area: Path, package: bytes) -> None:
    server.routes["/atom/natura.xml"] = lambda request: Reply(FEED.format(base=request.base).encode())
    server.routes["/downloads/n.gpkg"] = FileOnline(package)
    refused(fetch(area, server.base + "/atom/natura.xml"), "n.gpkg, m.gpkg")
    assert fetch(area, server.base + "/atom/natura.xml", "--collection", "n").code == 0
    assert len(rows(area)) == 3000
    assert "creativecommons.org/licenses/by" in (area / "sources" / "nature.source.toml").read_text(encoding="utf-8")


def test_a_feed_that_leads_to_another_host_is_refused(server: Server, area: Path) -> None:
    server.routes["/atom/natura.xml"] = lambda _: Reply(FEED.format(base="http://example.org").encode())
    refused(fetch(area, server.base + "/atom/natura.xml", "--collection", "n"), "another host")
