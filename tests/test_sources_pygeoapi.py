"""Against pygeoapi, an OGC API server that is not ours: offsets in its links, a count of its own, its own limit."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import geopandas
import pytest
import shapely

from tests.areas import area_table, run, write_toml
from tests.services import squares

COUNT = 2500


@pytest.fixture(scope="module")
def pygeoapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve 2,500 squares from GeoJSON in longitude and latitude, offered in RD too."""
    folder = tmp_path_factory.mktemp("pygeoapi")
    data = squares(COUNT)
    features = [data.feature(at, degrees=True) for at in range(COUNT)]
    (folder / "plots.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    (folder / "config.yml").write_text(json.dumps(_config(address, port, folder)))
    environment = {
        **os.environ,
        "PYGEOAPI_CONFIG": str(folder / "config.yml"),
        "PYGEOAPI_OPENAPI": str(folder / "openapi.yml"),
    }
    command = [sys.executable, "-c", "from pygeoapi import cli; cli()"]
    made = subprocess.run(
        [*command, "openapi", "generate", str(folder / "config.yml"), "--output-file", str(folder / "openapi.yml")],
        env=environment, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-2000:]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*command, "serve"], env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            assert server.poll() is None, (folder / "server.log").read_text()[-2000:]
            assert time.monotonic() < until, (folder / "server.log").read_text()[-2000:]
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _config(address: str, port: int, folder: Path) -> dict:
    text = {"title": "plots", "description": "plots", "keywords": ["plots"]}
    somebody = {"name": "x", "url": "https://example.org"}
    crs = ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0/28992"]
    provider = {
        "type": "feature",
        "name": "GeoJSON",
        "data": str(folder / "plots.geojson"),
        "id_field": "id",
        "crs": crs,
    }
    extent = {"spatial": {"bbox": [3, 50, 8, 54], "crs": crs[0]}}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port}, "url": address, "mimetype": "application/json", "gzip": False,
            "encoding": "utf-8", "language": "en-US", "limits": {"default_items": 10, "max_items": 400},
            "map": {"url": "https://example.org/{z}/{x}/{y}.png", "attribution": "x"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**text, "keywords_type": "theme", "terms_of_service": "x", "url": "https://example.org"},
            "license": {"name": "CC0", "url": "https://example.org/licence"}, "provider": somebody, "contact": somebody,
        },
        "resources": {"plots": {"type": "collection", **text, "extents": extent, "providers": [provider]}},
    }  # fmt: skip


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/conformance?f=json")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@pytest.fixture
def area(tmp_path: Path) -> Path:
    folder = tmp_path / "area"
    folder.mkdir()
    return write_toml(folder, area_table())


def test_a_whole_collection_comes_in_rd_and_lands_where_it_lies(pygeoapi: str, area: Path) -> None:
    ran = run("fetch", area, "--source", pygeoapi, "--collection", "plots", "--as", "plots")
    assert ran.code == 0, ran.err
    frame = geopandas.read_parquet(area / "sources" / "plots.parquet")
    assert frame.crs.to_epsg() == 28992
    assert sorted(frame["id"]) == sorted(f"f{at}" for at in range(COUNT))
    truth = squares(COUNT)
    moved = frame.set_index("id").geometry
    assert (
        max(
            shapely.distance(moved[name].centroid, shape.centroid)
            for name, shape in zip(truth.ids, truth.shapes, strict=True)
        )
        < 0.01
    )
    about = tomllib.loads((area / "sources" / "plots.source.toml").read_text(encoding="utf-8"))
    assert (about["count"], about["matched"], about["kind"]) == (COUNT, COUNT, "ogcapi")


def test_a_bbox_in_rd_is_understood(pygeoapi: str, area: Path) -> None:
    bounds = "200001,500001,200099,500019"
    ran = run("fetch", area, "--source", pygeoapi, "--collection", "plots", "--as", "plots", "--bbox", bounds)
    assert ran.code == 0, ran.err
    frame = geopandas.read_parquet(area / "sources" / "plots.parquet")
    assert set(frame["number"]) == {*range(10), *range(100, 110)}


def test_a_collection_it_does_not_have_is_named_with_those_it_has(pygeoapi: str, area: Path) -> None:
    ran = run("fetch", area, "--source", pygeoapi, "--collection", "plot", "--as", "plots")
    assert ran.code == 2
    assert "it has plots" in ran.err
