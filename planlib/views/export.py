"""Results as files: CSV, Parquet, GeoPackage or XLSX by suffix, whole or not at all, naming their release."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from xlsxwriter.exceptions import XlsxWriterException

from planlib.area import AREA_FILE
from planlib.crs import Geometries
from planlib.errors import OutputError, reason_of
from planlib.layers import is_plain_name
from planlib.model import Area
from planlib.release import Release

SUFFIXES = (".csv", ".parquet", ".gpkg", ".xlsx")
#: A CSV file cannot hold metadata, so its release stands in a file beside it with this ending.
SIDECAR = ".release.json"
#: A cell of a sheet holds 32,767 characters, of which some count double; a sheet this many rows, and a heading.
_CELL_CHARACTERS = 16_000
_SHEET_ROWS = 1_048_575
_WRITERS_PROBLEMS = (DataSourceError, DataLayerError, FeatureError, pa.ArrowException, XlsxWriterException)


def check_output(path: Path) -> None:
    """Refuse an output path of an unknown kind or in a folder that is not there, before anything is computed."""
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError("{path}: results are written as {known}.", path=path, known=", ".join(SUFFIXES))
    if not path.parent.is_dir():
        raise OutputError("The folder {folder} does not exist.", folder=path.parent)
    if path.is_dir():
        raise OutputError("{path} is a folder; name a file.", path=path)


def check_no_input(path: Path, area: Area) -> None:
    """Refuse an output path that is a file the area is made from: one mistake would take it away for good."""
    rules = [*area.constraints, *(item.constraint for item in area.left_out)]
    sources = [area.parcels.source, *(rule.source for rule in rules), *(rule.coverage.source for rule in rules)]
    sources += [layer.source for layer in area.context]
    inputs = [source.path for source in sources if source is not None]
    for file in [area.path / AREA_FILE, area.path / "register.gpkg", *inputs]:
        if file.resolve() == path.resolve() or (file.exists() and path.exists() and file.samefile(path)):
            raise OutputError("{path} is a file of the area itself; write the result to another one.", path=path)


def parcel_shapes(release: Release, index: np.ndarray) -> Geometries:
    """Return the shapes of the parcels with these indices, in the area's CRS."""
    shapes = [release.read_parcels(at) for at in range(len(release.partition_bounds))]
    return np.concatenate(shapes)[index]


def write_result(
    table: pd.DataFrame,
    path: Path,
    *,
    about: Mapping[str, Any],
    geometry: Callable[[], Geometries] | None = None,
    crs: str | None = None,
) -> None:
    """Write a result table; nothing half-made stays behind.

    Parameters
    ----------
    about
        Its provenance: in the file's metadata, in a sheet of its own, or in a file beside a CSV.
    geometry, crs
        Called for the shapes of the rows, when the format holds shapes.

    Raises
    ------
    OutputError
        The suffix is unknown or the file cannot be written.
    """
    check_output(path)
    suffix = path.suffix.lower()
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        if suffix == ".csv":
            table.to_csv(temporary, index=False, lineterminator="\n")
        elif suffix == ".parquet":
            _write_parquet(table, temporary, about)
        elif suffix == ".xlsx":
            _write_xlsx(table, temporary, about)
        else:
            _write_gpkg(table, temporary, about, path.stem, geometry() if geometry else None, crs)
        _put(temporary, path, about)
    except (OSError, *_WRITERS_PROBLEMS) as problem:
        # The name of a file that nobody keeps says nothing.
        told = reason_of(problem).replace(str(temporary), str(path))
        if isinstance(problem, OSError) and problem.strerror:
            told = problem.strerror
        raise OutputError("{path} cannot be written: {problem}.", path=path, problem=told) from problem
    finally:
        temporary.unlink(missing_ok=True)


def _put(temporary: Path, path: Path, about: Mapping[str, Any]) -> None:
    """Put a finished file in its place; a CSV never stands beside the sidecar of other numbers."""
    if path.suffix.lower() != ".csv":
        temporary.replace(path)
        return
    sidecar = path.with_name(path.name + SIDECAR)
    beside = temporary.with_name(temporary.name + SIDECAR)
    try:
        beside.write_text(_json(about, indent=2), encoding="utf-8")
        sidecar.unlink(missing_ok=True)
        temporary.replace(path)
        beside.replace(sidecar)
    finally:
        beside.unlink(missing_ok=True)


def _write_parquet(table: pd.DataFrame, path: Path, about: Mapping[str, Any]) -> None:
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), b"planlib": _json(about).encode()})
    pq.write_table(arrow, path)


def _write_xlsx(table: pd.DataFrame, path: Path, about: Mapping[str, Any]) -> None:
    if len(table) > _SHEET_ROWS:
        raise OutputError(
            "A sheet holds {most} rows and there are {rows}; write CSV, Parquet or GPKG.",
            most=_SHEET_ROWS,
            rows=len(table),
        )
    # Text that starts like a formula must stay text.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        table.to_excel(writer, sheet_name="result", index=False)
        rows = [row for key, value in about.items() for row in _cells(key, value)]
        pd.DataFrame(rows, columns=["key", "value"]).to_excel(writer, sheet_name="provenance", index=False)


def _cells(key: str, value: object) -> list[tuple[str, str]]:
    """Return the rows of a key in a sheet: what is too long for one cell goes on in the next, under the same key."""
    text = value if isinstance(value, str) else _json(value)
    return [(key, text[at : at + _CELL_CHARACTERS]) for at in range(0, max(1, len(text)), _CELL_CHARACTERS)]


def _write_gpkg(
    table: pd.DataFrame, path: Path, about: Mapping[str, Any], layer: str, shapes: Geometries | None, crs: str | None
) -> None:
    metadata = {"planlib": _json(about)}
    # A name that pyogrio would take for something else is no place to write to; then the file is made in memory first.
    path = path.absolute()
    memory = None if is_plain_name(path) else io.BytesIO()
    target = path if memory is None else memory
    if shapes is None:
        pyogrio.write_dataframe(table, target, layer=layer, driver="GPKG", layer_metadata=metadata)
    else:
        _write_shapes(table, target, layer, metadata, shapes, crs)
    if memory is not None:
        path.write_bytes(memory.getvalue())


def _write_shapes(
    table: pd.DataFrame,
    target: Path | io.BytesIO,
    layer: str,
    metadata: Mapping[str, str],
    shapes: Geometries,
    crs: str | None,
) -> None:
    frame = geopandas.GeoDataFrame(table.reset_index(drop=True), geometry=geopandas.GeoSeries(shapes), crs=crs)
    pyogrio.write_dataframe(
        frame,
        target,
        layer=layer,
        driver="GPKG",
        promote_to_multi=True,
        geometry_type="MultiPolygon",
        layer_metadata=metadata,
    )


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)
