"""Reading the rows of one layer from the file formats planlib takes; the only place that touches their drivers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
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
from pyproj import CRS

from planlib.crs import Geometries
from planlib.errors import LayerError, reason_of
from planlib.layers.conditions import rows_where
from planlib.layers.geojson import read_members, require_known_crs
from planlib.layers.opening import DRIVERS, GEOJSON, PARQUET, check_file, opened, shapefiles_in
from planlib.model import Finding, LayerSource, Severity


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
        named; a column is missing; ``where`` is not an SQL condition on its columns; the file states no CRS.
    """
    path = source.path
    check_file(path)
    wanted = list(dict.fromkeys(columns))
    raw = _read_parquet(source, wanted) if path.suffix.lower() in PARQUET else _read_ogr(source, wanted)
    keep = np.ones(len(raw.rows), dtype=bool)
    if source.where:
        keep = rows_where(raw.columns, source.where, path=path, rows=len(raw.rows))
    rows = raw.rows[keep]
    return replace(
        raw,
        geometry=raw.geometry[keep],
        rows=rows,
        columns={name: raw.columns[name][keep] for name in wanted},
        findings=tuple(finding for finding in raw.findings if finding.row in rows),
    )


def list_layers(path: Path) -> list[str]:
    """Return the names of the layers with geometry in a file; one empty name for a GeoParquet file."""
    check_file(path)
    suffix = path.suffix.lower()
    if suffix in PARQUET:
        return [""]
    if suffix == ".zip":
        return list(shapefiles_in(path))
    with opened(path) as name:
        try:
            return [str(layer) for layer, kind in pyogrio.list_layers(name) if kind is not None]
        except DataSourceError as problem:
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
    layer = choose_layer(source)
    with opened(path, layer) as name:
        try:
            return [str(field) for field in pyogrio.read_info(name, layer=_inner(path, layer))["fields"]]
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
    crs = _need_crs(path, frame.crs, geometry)
    return RawLayer(geometry, np.arange(len(frame)), attributes, crs, len(frame), findings)


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


def _read_ogr(source: LayerSource, wanted: list[str]) -> RawLayer:
    path, layer = source.path, choose_layer(source)
    members = read_members(path) if path.suffix.lower() in GEOJSON else None
    with opened(path, layer) as name:
        try:
            info = pyogrio.read_info(name, layer=_inner(path, layer))
            if info["driver"] != DRIVERS[path.suffix.lower()]:
                raise LayerError(
                    "{path} is not a {suffix} file, whatever its name says.", path=path, suffix=path.suffix.lower()
                )
            own_ids = members.id_column() if members and "id" not in info["fields"] else None
            _need_columns(path, wanted, [*info["fields"], *(["id"] if own_ids is not None else [])])
            # A condition may name any column, so all are read when there is one.
            fields = None if source.where else [column for column in wanted if column in info["fields"]]
            meta, _, wkb, values = pyogrio.raw.read(
                name, layer=_inner(path, layer), columns=fields, force_2d=True, return_fids=False
            )
        except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as problem:
            raise _unreadable(path, name, problem) from problem
    wkb = np.asarray(wkb, dtype=object)
    geometry, findings = _from_wkb(wkb, path)
    columns = {str(field): column for field, column in zip(meta["fields"], values, strict=True)}
    if own_ids is not None and len(own_ids) == len(wkb):
        columns["id"] = own_ids
    if members:
        require_known_crs(members, taken=meta["crs"], path=path)
    return RawLayer(geometry, np.arange(len(wkb)), columns, _need_crs(path, meta["crs"], geometry), len(wkb), findings)


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
        geometry[row] = shapely.from_wkb(wkb[row], on_invalid="fix")
        area_m2 = float(shapely.area(geometry[row]))
        # What closing does not help has no area; the repair that follows drops it and says so.
        if area_m2 > 0:
            problem = "a ring does not close or has too few points"
            findings.append(Finding(Severity.WARNING, path.name, int(row), problem, "closed it", None, area_m2))
    return geometry, tuple(findings)


def _need_crs(path: Path, crs: CRS | str | None, geometry: Geometries) -> str:
    if crs is None or not str(crs).strip():
        raise LayerError("{path} states no coordinate reference system; save it again with one.", path=path)
    text = crs if isinstance(crs, str) else crs.to_string()
    if path.suffix.lower() in GEOJSON and text in {"EPSG:4326", "OGC:CRS84"} and len(geometry):
        bounds = shapely.total_bounds(geometry)
        if np.isfinite(bounds).all() and np.abs(bounds).max() > 361:
            raise LayerError(
                "{path} holds coordinates that are no degrees and states no other coordinate reference system; "
                "save it again with its CRS, for example as GeoPackage.",
                path=path,
            )
    return text
