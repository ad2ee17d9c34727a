"""Reading the rows of one layer from the file formats planlib takes; the only place that touches their drivers."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from planlib.crs import Geometries
from planlib.errors import LayerError
from planlib.model import Finding, LayerSource, Severity

#: Suffix -> what the first bytes of such a file must be (None: text formats, checked by their parser).
FORMATS: dict[str, bytes | None] = {
    ".gpkg": b"SQLite format 3\x00",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".geojson": None,
    ".json": None,
    ".zip": b"PK\x03\x04",
    ".fgb": b"fgb",
    ".gml": None,
}


@dataclass(frozen=True, slots=True)
class RawLayer:
    """Rows as they stand in the file.

    ``geometry`` holds shapely geometries or None, ``crs`` the file's own CRS as text, ``columns`` the attributes that
    were asked for, an array each, ``rows`` the zero-based row in the file of each geometry.
    """

    geometry: Geometries
    rows: np.ndarray
    columns: dict[str, np.ndarray]
    crs: str
    findings: tuple[Finding, ...] = field(default=())


def read_raw(source: LayerSource, *, columns: Iterable[str] = ()) -> RawLayer:
    """Return the rows of ``source`` that pass its ``where``, with the attributes in ``columns``.

    Raises
    ------
    LayerError
        The file is missing, of another kind than its name says, or not readable; the layer is unknown or must be
        named; a column is missing; ``where`` is not an SQL condition on its columns; the file states no CRS.
    """
    path = source.path
    check_file(path)
    wanted = list(dict.fromkeys(columns))
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        raw = _read_parquet(source, wanted)
    else:
        raw = _read_ogr(source, wanted)
    if source.where:
        keep = rows_where(raw.columns, source.where, path=path, rows=len(raw.rows))
        kept = {name: values[keep] for name, values in raw.columns.items()}
        raw = RawLayer(raw.geometry[keep], raw.rows[keep], kept, raw.crs, raw.findings)
    return RawLayer(raw.geometry, raw.rows, {name: raw.columns[name] for name in wanted}, raw.crs, raw.findings)


def column_names(source: LayerSource) -> list[str]:
    """Return the names of the attributes of a layer, in the order of the file."""
    path = source.path
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        check_file(path)
        schema = pq.read_schema(path)
        geometry = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("primary_column", "geometry")
        return [name for name in schema.names if name != geometry]
    layer = choose_layer(source)
    return [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]


def check_file(path: Path) -> None:
    """Refuse a file that is missing, empty, or of another kind than its name says."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise LayerError(
            "{path}: files of kind {suffix!r} are not read; use one of {known}.",
            path=path,
            suffix=suffix,
            known=", ".join(FORMATS),
        )
    if not path.is_file():
        raise LayerError("The file {path} does not exist.", path=path)
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
            magic = FORMATS[suffix]
            right = head.startswith(magic) if magic is not None else _is_text_of(suffix, stream)
    except OSError as problem:
        raise LayerError("The file {path} cannot be read: {problem}.", path=path, problem=problem) from problem
    if not head:
        raise LayerError("The file {path} is empty.", path=path)
    if not right:
        raise LayerError("{path} is not a {suffix} file, whatever its name says.", path=path, suffix=suffix)


def _is_text_of(suffix: str, stream: BinaryIO) -> bool:
    """Whether a text file starts as its suffix says, and is no recipe that makes GDAL open other files (OGR VRT)."""
    stream.seek(0)
    start, tail = b"", b""
    while block := stream.read(1 << 20):
        start = start or block.lstrip(b"\xef\xbb\xbf \t\r\n\x00\xfe\xff")[:1]
        if b"<ogrvrt" in (tail + block).lower():
            return False
        tail = block[-16:]
        if suffix != ".gml" and start:
            break
    return start == (b"<" if suffix == ".gml" else b"{")


def check_source(source: LayerSource, *, columns: Iterable[str] = ()) -> None:
    """Refuse a source whose file, layer or columns are not there, without reading its rows."""
    layer = choose_layer(source)
    try:
        if layer:
            present = [str(name) for name in pyogrio.read_info(source.path, layer=layer)["fields"]]
        else:
            present = pq.read_schema(source.path).names
    except (DataSourceError, DataLayerError, pa.ArrowException, OSError) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=source.path, problem=_short(problem)) from problem
    _need_columns(source.path, list(columns), present)


def list_layers(path: Path) -> list[str]:
    """Return the names of the layers with geometry in a file; one empty name for a GeoParquet file."""
    check_file(path)
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return [""]
    try:
        return [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    except DataSourceError as problem:
        raise LayerError("{path} cannot be opened: {problem}.", path=path, problem=_short(problem)) from problem


def choose_layer(source: LayerSource) -> str:
    """Return the layer to read; it may be left out when the file has one."""
    layers = list_layers(source.path)
    if source.layer is not None:
        if source.layer not in layers and layers != [""]:
            raise LayerError(
                "{path} has no layer {layer!r}; it has {layers}.",
                path=source.path,
                layer=source.layer,
                layers=", ".join(layers) or "none",
            )
        return source.layer
    if len(layers) != 1:
        raise LayerError(
            "{path} has {count} layers with geometry; name one of them with layer: {layers}.",
            path=source.path,
            count=len(layers),
            layers=", ".join(layers) or "none",
        )
    return layers[0]


def rows_where(columns: dict[str, np.ndarray], condition: str, *, path: Path, rows: int) -> np.ndarray:
    """Return a boolean per row: does it pass the SQL ``condition``? One SQL dialect (SQLite) for every format."""
    _need_quoted_columns(columns, condition, path=path)
    table = pd.DataFrame({name: _sql_values(values) for name, values in columns.items()}, index=range(rows))
    row_name = "_row"
    while row_name in table.columns:
        row_name += "_"
    table.insert(0, row_name, np.arange(rows))
    connection = sqlite3.connect(":memory:")
    try:
        table.to_sql("layer", connection, index=False)
        # A partial index takes a condition on the columns of its own table and nothing else: no second query, no
        # second statement. What it takes may be asked.
        connection.execute(f'CREATE INDEX probe ON layer("{row_name}") WHERE ({condition}\n)')
        connection.execute("PRAGMA query_only = ON")
        hits = connection.execute(f'SELECT "{row_name}" FROM layer WHERE ({condition}\n)').fetchall()
    except (sqlite3.Error, sqlite3.Warning) as problem:
        raise LayerError(
            "{path}: where = {condition!r} cannot be used: {problem}; the columns are {columns}.",
            path=path,
            condition=condition,
            problem=_short(problem),
            columns=", ".join(columns) or "none",
        ) from problem
    finally:
        connection.close()
    keep = np.zeros(rows, dtype=bool)
    keep[[hit[0] for hit in hits]] = True
    return keep


def _need_quoted_columns(columns: dict[str, np.ndarray], condition: str, *, path: Path) -> None:
    """Refuse a double-quoted name that is no column: SQLite would take it for a text, and every row would fail."""
    known = {name.casefold() for name in columns}
    outside_texts = re.sub(r"'(?:[^']|'')*'", "''", condition)
    for name in re.findall(r'"((?:[^"]|"")*)"', outside_texts):
        if name.replace('""', '"').casefold() not in known:
            raise LayerError(
                "{path}: where = {condition!r} cannot be used: there is no column {name}, and texts stand in single "
                "quotes; the columns are {columns}.",
                path=path,
                condition=condition,
                name=name,
                columns=", ".join(columns) or "none",
            )


def _sql_values(values: np.ndarray) -> np.ndarray:
    """Return a column as SQLite holds it: numbers as they are, dates as ISO text, all else as text or NULL."""
    if values.dtype.kind == "M":
        return np.array([None if np.isnat(value) else str(value.astype("M8[s]")) for value in values], dtype=object)
    if values.dtype.kind in "biuf":
        return values
    return np.array(
        [value if isinstance(value, int | float) else None if value is None else str(value) for value in values],
        dtype=object,
    )


def _need_columns(path: Path, wanted: list[str], present: Iterable[str]) -> None:
    present = [str(name) for name in present]
    for name in wanted:
        if name not in present:
            raise LayerError(
                "{path} has no column {column!r}; it has {columns}.",
                path=path,
                column=name,
                columns=", ".join(present) or "none",
            )


def _read_parquet(source: LayerSource, wanted: list[str]) -> RawLayer:
    path = source.path
    if source.layer is not None:
        raise LayerError("{path} is GeoParquet and has no layers; leave layer out.", path=path)
    try:
        frame = geopandas.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError, KeyError, shapely.errors.GEOSException) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=_short(problem)) from problem
    attributes = {str(name): frame[name].to_numpy() for name in frame.columns if name != frame.geometry.name}
    _need_columns(path, wanted, attributes)
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    return RawLayer(geometry, np.arange(len(frame)), attributes, _need_crs(path, frame.crs, geometry))


def _read_ogr(source: LayerSource, wanted: list[str]) -> RawLayer:
    path, layer = source.path, choose_layer(source)
    try:
        info = pyogrio.read_info(path, layer=layer)
        _need_columns(path, wanted, info["fields"])
        # A condition may name any column, so all are read when there is one.
        fields = None if source.where else wanted
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, columns=fields, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=_short(problem)) from problem
    wkb = np.asarray(wkb, dtype=object)
    geometry, findings = _from_wkb(wkb, path)
    columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    return RawLayer(geometry, np.arange(len(wkb)), columns, _need_crs(path, meta["crs"], geometry), findings)


def _from_wkb(wkb: np.ndarray, path: Path) -> tuple[Geometries, tuple[Finding, ...]]:
    """Parse WKB; one broken ring must not take the whole file down, and must not pass unseen either."""
    # Coordinates that are no numbers make numpy warn; the row is reported when it is repaired.
    with np.errstate(invalid="ignore"):
        geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([value is not None for value in wkb], dtype=bool))
    findings = []
    for row in broken:
        geometry[row] = shapely.from_wkb(wkb[row], on_invalid="fix")
        mended = geometry[row] is not None and not geometry[row].is_empty
        findings.append(
            Finding(
                Severity.WARNING,
                path.name,
                int(row),
                "a ring does not close or has too few points",
                "closed it" if mended else "dropped the row",
                None,
                float(shapely.area(geometry[row])) if mended else 0.0,
            )
        )
    return geometry, tuple(findings)


def _need_crs(path: Path, crs: CRS | str | None, geometry: Geometries) -> str:
    if crs is None or not str(crs).strip():
        raise LayerError("{path} states no coordinate reference system; save it again with one.", path=path)
    text = crs if isinstance(crs, str) else crs.to_string()
    if path.suffix.lower() in {".geojson", ".json"} and text in {"EPSG:4326", "OGC:CRS84"} and len(geometry):
        bounds = shapely.total_bounds(geometry)
        if np.isfinite(bounds).all() and np.abs(bounds).max() > 361:
            raise LayerError(
                "{path} holds coordinates that are no degrees and states no other coordinate reference system; "
                "save it again with its CRS, for example as GeoPackage.",
                path=path,
            )
    return text


def _short(problem: BaseException) -> str:
    return str(problem).splitlines()[0].rstrip(".") if str(problem) else type(problem).__name__
