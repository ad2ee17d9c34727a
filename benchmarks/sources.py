"""From a server of ready pages to GeoParquet: ``fetch`` against GDAL's own OAPIF driver, in turns.

Run by itself it is one of its parts: ``python -m benchmarks.sources serve|fetch|gdal ...``.
"""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import geopandas
import numpy as np
import pyogrio
import shapely

from benchmarks.figures import Figure, Part, Setting
from benchmarks.measure import REPOSITORY, run_python
from planlib.sources import Wanted, fetch_layer

_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
_PAGE = 1000
#: Pages that differ; a longer collection repeats their shapes under other ids.
_READY = 20


def measure(setting: Setting) -> Part:
    """Fetch the same collection by both, and by ``fetch`` one of ten times as many pages."""
    pages = 200 if setting.held else 20
    ours: list[dict[str, float]] = []
    gdal: list[dict[str, float]] = []
    with _server() as address, tempfile.TemporaryDirectory() as scratch:
        for turn in range(setting.repeats):
            ours.append(_turn("fetch", address, pages, Path(scratch) / f"ours-{turn}"))
            gdal.append(_turn("gdal", address, pages, Path(scratch) / f"gdal-{turn}"))
        few = _turn("fetch", address, pages // 10, Path(scratch) / "few")
    mine, theirs = min(ours, key=_seconds), min(gdal, key=_seconds)
    rows = pages * _PAGE
    same = mine["rows"] == theirs["rows"] == rows and abs(mine["area_m2"] / theirs["area_m2"] - 1) < 1e-9
    figures = (
        Figure("fetch", rows / mine["seconds"], "features/s", setting.aim(10_000), least=True, note="to GeoParquet"),
        Figure("GDAL OAPIF", rows / theirs["seconds"], "features/s", note="pyogrio, to GeoParquet"),
        Figure("fetch : GDAL", theirs["seconds"] / mine["seconds"], "x", setting.aim(1.0), least=True),
        Figure("same rows and area", float(same), aim=1.0, least=True, note="must agree for ratios to count"),
        Figure("peak memory of fetch", mine["peak_gb"], "GB", note=f"{pages} pages"),
        Figure("peak memory, a tenth of the pages", few["peak_gb"], "GB", note=f"{pages // 10} pages"),
        Figure("memory for ten times the pages", mine["peak_gb"] / few["peak_gb"], "x", setting.aim(1.25)),
        Figure("peak memory of GDAL", theirs["peak_gb"], "GB", note=f"{pages} pages"),
    )
    title = f"Sources: {rows:,} features in {pages} pages from a local server to GeoParquet"
    return Part("sources", title, figures, {"fetch": ours, "gdal": gdal, "few": few})


def _seconds(turn: dict[str, float]) -> float:
    return turn["seconds"]


def _turn(which: str, address: str, pages: int, folder: Path) -> dict[str, float]:
    """Run one of both in a process of its own; seconds and memory are those of the work, without reading it back."""
    folder.mkdir()
    return json.loads(run_python(["-m", "benchmarks.sources", which, f"{address}/{pages}", str(folder)]).output)


@contextmanager
def _server() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sources", "serve"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(timeout=10)


@functools.cache
def _features(number: int) -> list[str]:
    """Return the features of one ready page, each from its shape on: parcels of about a dozen points."""
    random = np.random.default_rng(number)
    centres = shapely.points(random.uniform(2.0e5, 2.2e5, _PAGE), random.uniform(5.0e5, 5.2e5, _PAGE))
    # In whole millimetres, as services give them.
    shapes = np.asarray(shapely.set_precision(shapely.buffer(centres, 20.0, quad_segs=3), 0.001))
    return [
        f'"geometry":{shapely.to_geojson(shape)},"properties":{{"kadastrale_gemeente_waarde":"Assen","sectie":"N",'
        f'"perceelnummer":{at},"kadastrale_grootte_waarde":{at}.5,"status":null}}}}'
        for at, shape in enumerate(shapes)
    ]


@functools.cache
def _page(base: str, pages: int, number: int) -> bytes:
    features = ",".join(
        f'{{"type":"Feature","id":"{number:08d}-{at:04d}",{text}' for at, text in enumerate(_features(number % _READY))
    )
    links = (
        f'[{{"rel":"next","type":"application/geo+json","href":"{base}/collections/plots/items?cursor={number + 1}"}}]'
    )
    end = "[]" if number + 1 >= pages else links
    return f'{{"type":"FeatureCollection","links":{end},"numberReturned":{_PAGE},"features":[{features}]}}'.encode()


class _Ready(http.server.BaseHTTPRequestHandler):
    """Pages that are made once and sent as they are."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        return

    def do_GET(self) -> None:
        """Answer a landing page, a collection or a page of it; the first part of the path says how many pages."""
        parts = urlsplit(self.path)
        pages, _, below = parts.path.strip("/").partition("/")
        base = f"http://{self.headers['Host']}/{pages}"
        if below.endswith("items"):
            body = _page(base, int(pages), int(parse_qs(parts.query).get("cursor", ["0"])[0]))
        else:
            body = json.dumps(_about(base, below)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/geo+json" if below.endswith("items") else "application/json")
        self.send_header("Content-Crs", f"<{_RD}>")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _about(base: str, below: str) -> dict[str, object]:
    links = [{"rel": "data", "type": "application/json", "href": f"{base}/collections"}]
    items = {"rel": "items", "type": "application/geo+json", "href": f"{base}/collections/plots/items"}
    plots = {"id": "plots", "title": "plots", "links": [items], "crs": [_RD], "storageCrs": _RD}
    if below == "collections":
        return {"links": links, "collections": [plots]}
    if below == "conformance":
        return {"conformsTo": ["http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"]}
    return plots if below else {"title": "ready", "links": links}


def _serve() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Ready)
    base = f"http://127.0.0.1:{server.server_port}"
    for number in range(_READY):
        _features(number)
    print(base, flush=True)
    server.serve_forever()


def _work(which: str, address: str, folder: Path) -> dict[str, float]:
    # The server makes its pages at the first asking: that is nobody's work.
    pages = int(address.rpartition("/")[2])
    _warm(address, pages)
    started = time.perf_counter()
    if which == "fetch":
        path = fetch_layer(folder, "plots", Wanted(address, "plots", "EPSG:28992")).path
    else:
        path = folder / "plots.parquet"
        frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="plots", CRS="EPSG:28992", PAGE_SIZE=str(_PAGE))
        frame.to_parquet(path)
    seconds = time.perf_counter() - started
    peak_gb = _peak_bytes() / 1e9
    frame = geopandas.read_parquet(path)
    return {"seconds": seconds, "rows": len(frame), "area_m2": float(frame.area.sum()), "peak_gb": peak_gb}


def _peak_bytes() -> int:
    """Return the most memory this program held; rusage would begin at that of the program that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _warm(address: str, pages: int) -> None:
    code = (
        "import sys, urllib.request\n"
        "for at in range(int(sys.argv[2])):\n"
        "    urllib.request.urlopen(f'{sys.argv[1]}/collections/plots/items?cursor={at}').read()\n"
    )
    subprocess.run([sys.executable, "-c", code, address, str(pages)], check=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        _serve()
    else:
        print(json.dumps(_work(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
