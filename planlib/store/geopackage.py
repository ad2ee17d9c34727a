"""A register in a GeoPackage: plain SQLite, readable in QGIS, without any extension (OGC 12-128r19, version 1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from planlib.crs import WGS84, parse_crs
from planlib.store.geometry import SRID, envelope, is_empty
from planlib.store.sql import statements
from planlib.store.tables import ALL_TABLES, EVENT, geometry_form

_APPLICATION_ID = 0x47504B47
_VERSION = 10400
_BUSY_SECONDS = 30
#: A connection that only looks starts its transactions without asking for the right to write.
READS = {"register_reads": True}


def geopackage_engine(path: Path, *, read_only: bool = False, shared: bool = True) -> sa.Engine:
    """Return an engine on a GeoPackage.

    Parameters
    ----------
    read_only
        The file cannot be written, and is read as one that does not change.
    shared
        Many read while one writes, with a journal beside the file; False for a file that is made and handed out.
    """
    flags = "mode=ro&immutable=1&" if read_only else ""
    engine = sa.create_engine(
        f"sqlite:///{path.resolve().as_uri()}?{flags}uri=true", connect_args={"timeout": _BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        # Transactions begin where we say, not where the driver thinks a statement writes.
        connection.isolation_level = None
        if shared and not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        register_functions(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reads = read_only or connection.get_execution_options().keys() & READS.keys()
        # A transaction that reads first and writes later is refused when somebody else wrote in between.
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def register_functions(connection: Any) -> None:
    """Give a SQLite connection the five functions that the R-tree triggers call."""
    connection.create_function("ST_IsEmpty", 1, is_empty, deterministic=True)
    for at, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, _edge(at), deterministic=True)


def _edge(at: int) -> Any:
    return lambda blob: None if blob is None else envelope(blob)[at]


def create_geopackage(connection: sa.Connection, tables: Sequence[sa.Table] = ALL_TABLES) -> None:
    """Make an empty file a GeoPackage with these tables, in the transaction of ``connection``."""
    connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")
    for statement in statements("geopackage"):
        connection.exec_driver_sql(statement)
    _say_reference_systems(connection)
    for table in tables:
        table.create(connection)
        register_table(connection, table)


def register_table(connection: sa.Connection, table: sa.Table) -> None:
    """Enter a table in the GeoPackage's own, with its index and triggers."""
    form = geometry_form(table)
    kind = "attributes" if form is None else "features"
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)",
        (table.name, kind, table.name, None if form is None else SRID),
    )
    if form is not None:
        connection.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table.name, form, SRID)
        )
        connection.exec_driver_sql(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', "
            "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
            (table.name,),
        )
        for statement in statements("geopackage_index", table=table.name):
            connection.exec_driver_sql(statement)
    if table is EVENT:
        for statement in statements("geopackage_log"):
            connection.exec_driver_sql(statement)


def grow_extent(connection: sa.Connection, table: str, bounds: tuple[float, float, float, float]) -> None:
    """Let the extent that QGIS zooms to hold ``bounds`` (left, bottom, right, top)."""
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), "
        "min_x = min(coalesce(min_x, ?1), ?1), min_y = min(coalesce(min_y, ?2), ?2), "
        "max_x = max(coalesce(max_x, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4) WHERE table_name = ?5",
        (*bounds, table),
    )


def _say_reference_systems(connection: sa.Connection) -> None:
    rows = (
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
        ("WGS 84 geodetic", SRID, "EPSG", SRID, parse_crs(WGS84).to_wkt("WKT1_GDAL"), "longitude/latitude in degrees"),
    )
    for row in rows:
        connection.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
