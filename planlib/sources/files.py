"""Whole files: a GeoPackage, FlatGeobuf, zipped Shapefile, GML or GeoJSON, by its own address or from an Atom feed.

A file from elsewhere is opened only when its first bytes are of the kind its name says, so that nothing in it can make
GDAL open something else.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from planlib.errors import SourceError
from planlib.sources.http import Http
from planlib.sources.ogcapi import bounds_in
from planlib.sources.pages import Bounds, Cursor, NotChangedError, Page, Query, geojson_page
from planlib.sources.wfs import parse_xml

_MAGIC = {
    ".gpkg": b"SQLite format 3\x00",
    ".fgb": b"fgb\x03fgb",
    ".shp": b"\x00\x00\x27\x0a",
    ".zip": b"PK\x03\x04",
    ".gml": b"<",
    ".geojson": b"{",
    ".json": b"{",
}
#: Kinds of file that a zip is opened for.
_PACKED = (".shp", ".gpkg", ".fgb")
SUFFIXES = tuple(suffix for suffix in _MAGIC if suffix != ".shp")
_ROWS = 20_000
#: How the recipes that GDAL follows begin: <OGRVRTDataSource>; <ogr:FeatureCollection> is data.
_RECIPE = re.compile(rb"<ogr\w")


class DataFile:
    """One layer of a file; ``first`` downloads it into ``folder``."""

    kind = "file"
    extent: Bounds | None = None

    def __init__(self, http: Http, query: Query, *, licence: str = "", layer: str | None = None) -> None:
        self.url = query.url
        name = PurePosixPath(unquote(urlsplit(query.url).path)).name
        self._suffix = PurePosixPath(name).suffix.lower()
        if self._suffix not in SUFFIXES:
            raise SourceError(
                "{url}: files of kind {suffix!r} are not read; use one of {known}.",
                url=query.url,
                suffix=self._suffix,
                known=", ".join(SUFFIXES),
            )
        self._http, self._query, self._layer = http, query, layer
        self.title, self.licence = name, licence
        self.folder: Path | None = None
        self.progress: Callable[[int, int], None] = lambda _done, _of: None
        self._headers: Mapping[str, str] = {}

    def first(self) -> Cursor:
        """Download the file, unless it stands in the folder, and return its first row.

        Raises
        ------
        NotChangedError
            The server says that it did not change.
        """
        path = self._path()
        if not path.exists():
            part = path.with_name("download.part")
            headers = self._http.download(self.url, part, headers=self._query.known, progress=self.progress)
            if headers is None:
                raise NotChangedError
            self._headers = headers
            part.replace(path)
        return 0

    def page(self, cursor: Cursor) -> Page:
        """Return the next rows."""
        path = self._path()
        with path.open("rb") as stream:
            head = (
                stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
                if self._suffix in (".gml", ".geojson", ".json")
                else stream.read(4096)
            )
        if not _is_data(head, self._suffix):
            raise SourceError(
                "{url} is not a {suffix} file, whatever its name says.", url=self.url, suffix=self._suffix
            )
        changed = {"etag": self._headers.get("etag"), "modified": self._headers.get("last-modified")}
        if self._suffix in (".geojson", ".json"):
            return self._geojson(path, changed)
        source = self._inside(path)
        try:
            layer = self._choose_layer(source)
            info = pyogrio.read_info(source, layer=layer)
            crs = str(info["crs"] or "")
            if not crs:
                raise SourceError("{url} states no coordinate reference system.", url=self.url)
            box = self._query.bbox
            meta, table = pyogrio.raw.read_arrow(
                source,
                layer=layer,
                skip_features=cursor,
                max_features=_ROWS,
                bbox=None if box is None else bounds_in(box, self._query.crs, crs),
            )
        except (DataSourceError, DataLayerError, ValueError) as problem:
            raise SourceError("{url} cannot be read: {problem}", url=self.url, problem=str(problem)) from problem
        name = meta["geometry_name"] or "wkb_geometry"
        geometry = shapely.from_wkb(table[name].to_numpy(zero_copy_only=False), on_invalid="ignore")
        rows = table.num_rows
        return Page(
            ids=[None] * rows,
            geometry=shapely.force_2d(np.asarray(geometry, dtype=object)),
            columns=table.drop_columns([name]),
            crs=crs,
            next=cursor + rows if rows == _ROWS else None,
            matched=int(info["features"]) if box is None and info["features"] >= 0 else None,
            etag=changed["etag"],
            modified=changed["modified"],
        )

    def _geojson(self, path: Path, changed: Mapping[str, str | None]) -> Page:
        raw = path.read_bytes()
        try:
            body = json.loads(raw)
            features = body["features"]
            crs = str((body.get("crs") or {"properties": {"name": "OGC:CRS84"}})["properties"]["name"])
        except (ValueError, RecursionError, KeyError, TypeError) as problem:
            raise SourceError("{url} is no GeoJSON with features.", url=self.url) from problem
        page = geojson_page(features, crs=crs, where=self.url)
        changed_page = replace(page, matched=len(features), etag=changed["etag"], modified=changed["modified"])
        if self._query.bbox is None:
            return changed_page
        left, bottom, right, top = bounds_in(self._query.bbox, self._query.crs, crs)
        near = np.flatnonzero(shapely.intersects(page.geometry, shapely.box(left, bottom, right, top))).tolist()
        columns = page.columns.take(near) if page.columns.num_columns else page.columns
        ids = [page.ids[row] for row in near]
        return replace(changed_page, ids=ids, geometry=page.geometry[near], columns=columns, matched=None)

    def _path(self) -> Path:
        if self.folder is None:
            raise ValueError("a file is downloaded into a folder; set it first")
        return self.folder / f"download{self._suffix}"

    def _inside(self, path: Path) -> str:
        """Return what to open: the file, or the one data file in it when it is a zip."""
        if self._suffix == ".gml":
            _refuse_recipes(path, self.url)
        if self._suffix != ".zip":
            return str(path)
        try:
            with zipfile.ZipFile(path) as archive:
                data = [name for name in archive.namelist() if PurePosixPath(name).suffix.lower() in _PACKED]
                heads = {name: _head(archive, name) for name in data}
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError) as problem:
            raise SourceError("{url} is no readable zip file.", url=self.url) from problem
        chosen = [name for name in data if PurePosixPath(name).stem == self._layer] or data
        if len(chosen) != 1:
            raise SourceError(
                "{url} holds {count} data files; name one of them: {names}.",
                url=self.url,
                count=len(data),
                names=", ".join(PurePosixPath(name).stem for name in data) or "none",
            )
        suffix = PurePosixPath(chosen[0]).suffix.lower()
        if len(heads) < len(data) or not _is_data(heads[chosen[0]], suffix):
            raise SourceError("{url} is not a {suffix} file, whatever its name says.", url=self.url, suffix=suffix)
        return f"/vsizip/{path}/{chosen[0]}"

    def _choose_layer(self, source: str) -> str:
        layers = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
        if self._layer in layers:
            return str(self._layer)
        if len(layers) == 1 and (self._layer is None or source.startswith("/vsizip/")):
            return layers[0]
        raise SourceError(
            "{url} has no collection {name!r}; it has {there}.",
            url=self.url,
            name=self._layer or "",
            there=", ".join(layers) or "none",
        )


def open_feed(http: Http, query: Query) -> DataFile:
    """Return the file that an Atom feed offers under the name ``query.collection``."""
    answer = http.get(query.url)
    links: dict[str, str] = {}
    licence = ""
    for node in parse_xml(answer).iter():
        tag = str(node.tag).rpartition("}")[2]
        if tag == "rights" and node.text and not licence:
            licence = " ".join(node.text.split())
        href = node.get("href") or ""
        if tag == "link" and PurePosixPath(urlsplit(href).path).suffix.lower() in SUFFIXES:
            links[PurePosixPath(unquote(urlsplit(href).path)).name] = href
    wanted = [name for name in links if query.collection in (name, PurePosixPath(name).stem)] or (
        list(links) if len(links) == 1 else []
    )
    if len(wanted) != 1:
        raise SourceError(
            "{url} has no collection {name!r}; it has {there}.",
            url=query.url,
            name=query.collection or "",
            there=", ".join(links) or "none",
        )
    url = http.follow(links[wanted[0]], base=answer.url)
    found = Query(url, None, query.crs, query.bbox, query.known)
    return DataFile(http, found, licence=licence)


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        return stream.read(4096)


def _is_data(head: bytes, suffix: str) -> bool:
    """Whether a file starts as its kind does; what GDAL takes for text must not lead to another file."""
    magic = _MAGIC[suffix]
    return head.startswith(magic) and (b"\x00" in magic or not _RECIPE.search(head.lower()))


def _refuse_recipes(path: Path, url: str) -> None:
    """Refuse a GML file that is a recipe for GDAL (OGR VRT, a server to ask) or declares entities."""
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            seen = (tail + block).lower()
            if _RECIPE.search(seen) or b"<!entity" in seen:
                raise SourceError("{url} is not plain GML.", url=url)
            tail = block[-16:]


def is_data_file(url: str) -> bool:
    """Whether an address is that of a file we read."""
    return PurePosixPath(unquote(urlsplit(url).path)).suffix.lower() in SUFFIXES
