"""Reading the rows of one layer from the file formats planlib takes; the only place that touches their drivers."""

from __future__ import annotations

import io
import json
import sqlite3
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from planlib.crs import WGS84, Geometries
from planlib.errors import LayerError, reason_of
from planlib.layers.conditions import rows_where
from planlib.layers.csv_points import csv_columns, read_csv
from planlib.layers.geojson import read_members, require_known_crs
from planlib.layers.gio import GIO_COLUMNS, GIO_LAYER, is_gio, read_gio
from planlib.layers.opening import (
    CSV,
    DRIVERS,
    GEOJSON,
    GML,
    PARQUET,
    check_file,
    has_curves,
    letters_of,
    opened,
    shapefiles_in,
    tables_of,
)
from planlib.layers.placing import settle_crs
from planlib.model import Finding, LayerSource, Severity

#: How GDAL calls shapes with bends in them; pyogrio gives them as straight lines.
_CURVED = ("Curve", "CompoundCurve", "MultiCurve", "CircularString")


@dataclass(frozen=True, slots=True)
class RawLayer:
    """Rows as they stand in the file.

    ``geometry`` holds shapely geometries or None, ``crs`` the file's own CRS as text, ``columns`` the attributes that
    were asked for, an array each, ``rows`` the zero-based row in the file of each geometry, ``in_file`` how many rows
    the file holds, whether they pass the ``where`` or not.
    """

    geometry: Geometries
    rows: np.ndarray
    columns: dict[str, np.ndarray]
    crs: str
    in_file: int
    findings: tuple[Finding, ...] = field(default=())


def read_raw(source: LayerSource, *, columns: Iterable[str] = ()) -> RawLayer:
    """Return the rows of ``source`` that pass its ``where``, with the attributes in ``columns``.

    Raises
    ------
    LayerError
        The file is missing, of another kind than its name says, or not readable; the layer is unknown or must be
        named; a column is missing; ``where`` is not an SQL condition on its columns.
    PlacingError
        Neither the file nor ``source.crs`` says where its coordinates lie, or what they say cannot be.
    """
    path = source.path
    wanted = list(dict.fromkeys(columns))
    raw = _read_rows(source, wanted)
    geometry, crs, noticed = settle_crs(raw.geometry, own=raw.crs, named=source.crs, path=path)
    raised = int(shapely.has_z(geometry).sum())
    if raised:
        noticed.append(
            Finding(
                Severity.NOTE, path.name, None, f"{raised} rows with heights", "left the heights out: areas are flat"
            )
        )
    raw = replace(raw, geometry=shapely.force_2d(geometry), crs=crs, findings=(*raw.findings, *noticed))
    keep = np.ones(len(raw.rows), dtype=bool)
    if source.where:
        keep = rows_where(raw.columns, source.where, path=path, rows=len(raw.rows))
    rows = raw.rows[keep]
    kept = set(rows.tolist())
    return replace(
        raw,
        geometry=raw.geometry[keep],
        rows=rows,
        columns={name: raw.columns[name][keep] for name in wanted},
        findings=tuple(finding for finding in raw.findings if finding.row is None or finding.row in kept),
    )


def read_unplaced(source: LayerSource) -> tuple[Geometries, str]:
    """Return the shapes of a layer as their numbers stand, wherever that is, and the CRS by its own word (or empty).

    Raises
    ------
    LayerError
        The file is not readable, or the layer is unknown or must be named.
    """
    # With any CRS named, what the file says of its own is passed over.
    raw = _read_rows(replace(source, crs=source.crs or WGS84), [])
    return raw.geometry, raw.crs


def list_layers(path: Path) -> list[str]:
    """Return the names of the layers with geometry in a file; one empty name for GeoParquet and CSV."""
    check_file(path)
    suffix = path.suffix.lower()
    if suffix in PARQUET or suffix == CSV:
        return [""]
    if suffix == ".zip":
        return list(shapefiles_in(path))
    if suffix == GML and is_gio(path):
        return [GIO_LAYER]
    with opened(path) as name:
        try:
            found = [str(layer) for layer, kind in pyogrio.list_layers(name) if kind is not None]
            tables = tables_of(name) if suffix == ".gpkg" else set(found)
            return [layer for layer in found if layer in tables]
        except (DataSourceError, sqlite3.Error) as problem:
            raise _unreadable(path, name, problem) from problem


def column_names(source: LayerSource) -> list[str]:
    """Return the names of the attributes of a layer, in the order of the file.

    Raises
    ------
    LayerError
        The file or the layer cannot be read.
    """
    path = source.path
    if path.suffix.lower() in PARQUET:
        check_file(path)
        schema = pq.read_schema(path)
        geometry = json.loads((schema.metadata or {}).get(b"geo", b"{}")).get("primary_column", "geometry")
        return [name for name in schema.names if name != geometry]
    if path.suffix.lower() == CSV:
        check_file(path)
        return csv_columns(path)
    layer = choose_layer(source)
    if path.suffix.lower() == GML and is_gio(path):
        return list(GIO_COLUMNS)
    with opened(path, layer) as name:
        try:
            info = pyogrio.read_info(name, layer=_inner(path, layer), encoding=letters_of(path, layer))
            return [str(field) for field in info["fields"]]
        except (DataSourceError, DataLayerError) as problem:
            raise _unreadable(path, name, problem) from problem


def choose_layer(source: LayerSource) -> str:
    """Return the layer to read; it may be left out when the file has one."""
    layers = list_layers(source.path)
    if not layers and source.path.suffix.lower() == ".zip":
        raise LayerError("{path} holds no Shapefile: there is no .shp in it.", path=source.path)
    if not layers:
        raise LayerError("{path} has no layer with geometry in it, only tables.", path=source.path)
    if source.layer is not None:
        if source.layer not in layers and layers != [""]:
            raise LayerError(
                "{path} has no layer {layer!r}; it has {layers}.",
                path=source.path,
                layer=source.layer,
                layers=", ".join(layers),
            )
        return source.layer
    if len(layers) != 1:
        raise LayerError(
            "{path} has {count} layers with geometry; name one of them with layer: {layers}.",
            path=source.path,
            count=len(layers),
            layers=", ".join(layers),
        )
    return layers[0]


def _read_rows(source: LayerSource, wanted: list[str]) -> RawLayer:
    """Return every row, with at least the columns that are wanted, in the CRS that the file states (empty: none)."""
    path = source.path
    check_file(path)
    suffix = path.suffix.lower()
    if suffix in PARQUET:
        return _read_parquet(source, wanted)
    if suffix == CSV:
        return _read_csv(source, wanted)
    if suffix == GML and is_gio(path):
        return _read_gio(source, wanted)
    return _read_ogr(source, wanted)


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
    findings: tuple[Finding, ...] = ()
    try:
        try:
            frame = geopandas.read_parquet(path)
        except shapely.errors.GEOSException:
            # One row that cannot be parsed takes the whole file down; it is mended or dropped by itself.
            mended, findings = _mended_parquet(path)
            frame = geopandas.read_parquet(mended)
    except (pa.ArrowException, OSError, ValueError, KeyError, shapely.errors.GEOSException) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=reason_of(problem)) from problem
    attributes = {str(name): frame[name].to_numpy() for name in frame.columns if name != frame.geometry.name}
    _need_columns(path, wanted, attributes)
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    crs = "" if frame.crs is None else frame.crs.to_string()
    return RawLayer(geometry, np.arange(len(frame)), attributes, crs, len(frame), findings)


def _read_csv(source: LayerSource, wanted: list[str]) -> RawLayer:
    if source.layer is not None:
        raise LayerError("{path} is CSV and has no layers; leave layer out.", path=source.path)
    table = read_csv(source.path, crs=source.crs)
    _need_columns(source.path, wanted, table.columns)
    count = len(table.geometry)
    return RawLayer(table.geometry, np.arange(count), table.columns, "", count, table.findings)


def _mended_parquet(path: Path) -> tuple[Any, tuple[Finding, ...]]:  # a file in memory, which the stubs do not know
    """Return a GeoParquet file in which every shape can be parsed, and what was done to which row."""
    table = pq.read_table(path)
    name = json.loads((table.schema.metadata or {})[b"geo"])["primary_column"]
    geometry, findings = _from_wkb(table[name].to_numpy(zero_copy_only=False), path)
    at = table.schema.get_field_index(name)
    table = table.set_column(
        at, table.schema.field(at), pa.array(shapely.to_wkb(geometry), type=table.schema.types[at])
    )
    mended = io.BytesIO()
    pq.write_table(table, mended)
    return mended, findings


def _read_gio(source: LayerSource, wanted: list[str]) -> RawLayer:
    choose_layer(source)
    gio = read_gio(source.path)
    _need_columns(source.path, wanted, gio.columns)
    geometry, findings = _from_wkb(gio.wkb, source.path)
    findings = (*findings, *_about_reading(source.path, None, ""))
    return RawLayer(geometry, np.arange(len(gio.wkb)), gio.columns, gio.crs, len(gio.wkb), findings)


def _read_ogr(source: LayerSource, wanted: list[str]) -> RawLayer:
    path, layer = source.path, choose_layer(source)
    members = read_members(path) if path.suffix.lower() in GEOJSON else None
    with opened(path, layer) as name:
        try:
            letters = letters_of(path, layer)
            info = pyogrio.read_info(name, layer=_inner(path, layer), encoding=letters)
            if info["driver"] != DRIVERS[path.suffix.lower()]:
                raise LayerError(
                    "{path} is not a {suffix} file, whatever its name says.", path=path, suffix=path.suffix.lower()
                )
            own_ids = members.id_column() if members and "id" not in info["fields"] else None
            _need_columns(path, wanted, [*info["fields"], *(["id"] if own_ids is not None else [])])
            # A condition may name any column, so all are read when there is one.
            fields = None if source.where else [column for column in wanted if column in info["fields"]]
            with warnings.catch_warnings():
                # Measures along a line are dropped, and nothing here is measured by them; a ring that does not close
                # is told with its row when it is parsed.
                warnings.simplefilter("ignore", UserWarning)
                warnings.filterwarnings("ignore", message="Non closed ring")
                meta, _, wkb, values = pyogrio.raw.read(
                    name, layer=_inner(path, layer), columns=fields, return_fids=False, encoding=letters
                )
        except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as problem:
            raise _unreadable(path, name, problem) from problem
    wkb = np.asarray(wkb, dtype=object)
    geometry, findings = _from_wkb(wkb, path)
    columns = {str(field): column for field, column in zip(meta["fields"], values, strict=True)}
    if own_ids is not None and len(own_ids) == len(wkb):
        columns["id"] = own_ids
    if members and not source.crs:
        require_known_crs(members, taken=meta["crs"], path=path)
    # Degrees that GeoJSON only takes for granted are not what the file says.
    own = "" if members and source.crs and members.crs is None else str(meta["crs"] or "").strip()
    findings = (*findings, *_about_reading(path, letters, str(info["geometry_type"])))
    return RawLayer(geometry, np.arange(len(wkb)), columns, own, len(wkb), findings)


def _about_reading(path: Path, letters: str | None, kind: str) -> Iterator[Finding]:
    """Yield what a reader has to settle by itself: how letters are written, and how a curve becomes straight lines."""
    if letters == "CP1252":
        problem = "the Shapefile does not say how its letters are written"
        yield Finding(Severity.NOTE, path.name, None, problem, "read them as Windows writes them")
    if kind.startswith(_CURVED) or (path.suffix.lower() == GML and has_curves(path)):
        done = "each turns at most 4 degrees, so off by at most 0.06% of its radius"
        yield Finding(Severity.NOTE, path.name, None, "curves, read as short straight lines", done)


def _inner(path: Path, layer: str) -> str | None:
    """Return the layer's name inside what was opened: a Shapefile that was taken out of its zip stands alone."""
    return None if path.suffix.lower() == ".zip" else layer


def _unreadable(path: Path, name: str, problem: BaseException) -> LayerError:
    # Under which name GDAL was given the file is nobody's concern.
    told = reason_of(problem).replace(name, str(path))
    return LayerError("{path} cannot be read: {problem}.", path=path, problem=told)


def _from_wkb(wkb: np.ndarray, path: Path) -> tuple[Geometries, tuple[Finding, ...]]:
    """Parse WKB; one broken ring must not take the whole file down, and must not pass unseen either."""
    # Coordinates that are no numbers make numpy warn; the row is reported when it is repaired.
    with np.errstate(invalid="ignore"):
        geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    broken = np.flatnonzero(shapely.is_missing(geometry) & np.array([value is not None for value in wkb], dtype=bool))
    findings = []
    for row in broken:
        with np.errstate(invalid="ignore"):
            geometry[row] = shapely.from_wkb(wkb[row], on_invalid="fix")
        area_m2 = float(shapely.area(geometry[row]))
        # What closing does not help has no area; the repair that follows drops it and says so.
        if area_m2 > 0:
            problem = "a ring does not close or has too few points"
            findings.append(Finding(Severity.WARNING, path.name, int(row), problem, "closed it", None, area_m2))
    return geometry, tuple(findings)
