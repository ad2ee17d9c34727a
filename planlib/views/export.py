"""Results as files, by suffix: written whole or not at all, naming their release, exact in every format.

``.csv`` with its provenance in a file beside it · ``.parquet`` the table alone · ``.geoparquet`` with the shapes of the
parcels · ``.gpkg`` with shapes, cells, rules and a style for QGIS · ``.xlsx`` with sheets for provenance and rules.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from xlsxwriter.exceptions import XlsxWriterException

from planlib.area import AREA_FILE
from planlib.errors import OutputError, reason_of
from planlib.model import Area
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.export_gpkg import parcel_shapes, write_geopackage, write_table_geopackage
from planlib.views.export_names import result_name
from planlib.views.export_parquet import write_geoparquet, write_parquet
from planlib.views.export_xlsx import write_workbook
from planlib.views.provenance import provenance
from planlib.views.tables import free_table, rules_table

#: A table may become any of these; parcels also one with shapes.
SUFFIXES = (".csv", ".parquet", ".gpkg", ".xlsx")
PARCEL_SUFFIXES = (".csv", ".parquet", ".geoparquet", ".gpkg", ".xlsx")
#: A CSV file cannot hold metadata, so its release stands in a file beside it with this ending.
SIDECAR = ".release.json"
_WRITERS_PROBLEMS = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    pa.ArrowException,
    XlsxWriterException,
    sqlite3.Error,
)
#: What a ZIP file says its files are of: a fixed day, so that the same result is the same file.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)

Write = Callable[[Path], None]


def check_output(path: Path, *, suffixes: tuple[str, ...] = SUFFIXES) -> None:
    """Refuse an output path of an unknown kind or in a folder that is not there, before anything is computed."""
    if path.suffix.lower() not in suffixes:
        raise OutputError("{path}: results are written as {known}.", path=path, known=", ".join(suffixes))
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


def write_result(table: pd.DataFrame, path: Path, *, about: Mapping[str, Any]) -> None:
    """Write a table of results without shapes; nothing half-made stays behind.

    Parameters
    ----------
    about
        Its provenance: in the file's metadata, in a sheet of its own, or in a file beside a CSV.

    Raises
    ------
    OutputError
        The suffix is unknown or the file cannot be written.
    """
    check_output(path)
    words = Words("nl")
    _write_whole(
        path,
        {
            ".csv": lambda new: _write_csv(table, new),
            ".parquet": lambda new: write_parquet(table, about, new),
            ".xlsx": lambda new: write_workbook({words("result"): table}, about, new),
            ".gpkg": lambda new: write_table_geopackage(table, about, new),
        },
        about,
    )


def write_parcels(assessment: Assessment, path: Path, *, for_qgis: bool = False) -> None:
    """Write an assessment, one row per parcel with the columns of the contract; nothing half-made stays behind.

    ``for_qgis`` lets a GeoPackage also hold the cells, the rules and their styles.

    Raises
    ------
    OutputError
        The suffix is unknown or the file cannot be written.
    """
    check_output(path, suffixes=PARCEL_SUFFIXES)
    table, about, release = free_table(assessment), provenance(assessment), assessment.release
    words = Words("nl")

    def with_shapes(new: Path) -> None:
        write_geoparquet(table, parcel_shapes(release, table.index.to_numpy()), release.area.crs, about, new)

    def workbook(new: Path) -> None:
        write_workbook({words("parcels"): table, words("rules"): rules_table(assessment)}, about, new)

    _write_whole(
        path,
        {
            ".csv": lambda new: _write_csv(table, new),
            ".parquet": lambda new: write_parquet(table, about, new),
            ".geoparquet": with_shapes,
            ".xlsx": workbook,
            ".gpkg": lambda new: write_geopackage(assessment, new, for_qgis=for_qgis),
        },
        about,
    )


def parcel_file(assessment: Assessment, suffix: str, words: Words) -> bytes:
    """Return the content of a parcel file for somebody who asks for it on screen.

    A CSV comes with its provenance in one ZIP file: alone it could not be told from that of another scenario.
    """
    name = result_name(assessment, words) + suffix
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_parcels(assessment, path, for_qgis=True)
        if suffix != ".csv":
            return path.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for file in (path, path.with_name(path.name + SIDECAR)):
                entry = zipfile.ZipInfo(file.name, _ZIP_DAY)
                archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
        return packed.getvalue()


def _write_whole(path: Path, writers: Mapping[str, Write], about: Mapping[str, Any]) -> None:
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        writers[path.suffix.lower()](temporary)
        _put(temporary, path, about)
    except (OSError, *_WRITERS_PROBLEMS) as problem:
        # The name of a file that nobody keeps says nothing.
        told = reason_of(problem).replace(str(temporary), str(path))
        if isinstance(problem, OSError) and problem.strerror:
            told = problem.strerror
        raise OutputError("{path} cannot be written: {problem}.", path=path, problem=told) from problem
    finally:
        temporary.unlink(missing_ok=True)


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


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


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)
