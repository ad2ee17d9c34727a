"""GeoPackages that go from hand to hand: an export or a backup, written whole, and one that comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from planlib.crs import WGS84, transform
from planlib.errors import PlanlibError, StoreError
from planlib.model.register import Place
from planlib.store.geometry import SRID, from_geopackage, place_of
from planlib.store.geopackage import create_geopackage, geopackage_engine, grow_extent
from planlib.store.items import Item, make_item, refuse_twice
from planlib.store.log import Event
from planlib.store.migrations import latest
from planlib.store.records import NOUNS
from planlib.store.rows import Stored, write_row
from planlib.store.tables import ALL_TABLES, CONTENT_TABLES, EVENT, OUTLINE, SCHEMA


def write_geopackage(path: Path, kept: Iterable[Stored[Any]], events: Iterable[Event] | None = None) -> None:
    """Write entities as a new GeoPackage; with ``events`` it is a register by itself, with its log."""
    engine = geopackage_engine(path, shared=False)
    try:
        with engine.begin() as connection:
            create_geopackage(connection, CONTENT_TABLES if events is None else ALL_TABLES)
            for stored in kept:
                for table, shape in write_row(connection, stored, is_new=True).items():
                    grow_extent(connection, table, shape.bounds)
            for event in events or ():
                connection.execute(EVENT.insert(), asdict(event))
            if events is not None:
                connection.execute(SCHEMA.insert(), {"id": 1, "version": latest()})
    finally:
        engine.dispose()


def read_geopackage(path: Path) -> list[Item]:
    """Return what a GeoPackage holds of a register: its tables by name, in any CRS that the file knows.

    Raises
    ------
    StoreError
        It is no GeoPackage, holds none of the register's tables, or a row does not fit.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            # What the file brings along (views, triggers, defaults) may not call functions on our behalf.
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.row_factory = sqlite3.Row
            items = _Reader(connection, path).items()
    except (sqlite3.Error, OverflowError) as problem:
        raise StoreError("{path} is not a readable GeoPackage: {problem}.", path=path, problem=problem) from problem
    refuse_twice(items, file=path)
    return items


class _Reader:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "gpkg_contents" not in self._tables:
            raise StoreError("{path} is not a GeoPackage.", path=path)
        self._crs = dict(
            connection.execute(
                "SELECT srs_id, organization || ':' || organization_coordsys_id FROM gpkg_spatial_ref_sys"
            ).fetchall()
        )
        self._geometry_columns = dict(
            connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )

    def items(self) -> list[Item]:
        here = [kind for kind in NOUNS if kind in self._tables]
        if not here:
            raise StoreError(
                "{path} holds no register; its layers must be called {known}.", path=self._path, known=", ".join(NOUNS)
            )
        outlines = self._outlines()
        items = []
        for kind in here:
            geometry_column = self._geometry_columns.get(kind)
            for number, values in enumerate(self._rows(kind)):
                where = f"{kind} {values.pop('fid', number)}"
                blob = values.pop(geometry_column, None) if geometry_column else None
                # An outline says where an entry stands; its pin follows from it.
                outline = outlines.get(str(values.get("uid")))
                place = self._place(outline if outline is not None else blob, where)
                items.append(
                    make_item(
                        kind, values, place, file=self._path, row=where, pin_only=OUTLINE.name not in self._tables
                    )
                )
        return items

    def _outlines(self) -> dict[str, bytes]:
        if OUTLINE.name not in self._tables:
            return {}
        column = self._geometry_columns.get(OUTLINE.name, "geom")
        return {str(row["uid"]): row[column] for row in self._rows(OUTLINE.name) if row[column] is not None}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        query = sa.select(sa.literal_column("*")).select_from(sa.table(table))
        return [dict(row) for row in self._connection.execute(str(query))]

    def _place(self, blob: Any, where: str) -> Place | None:
        if blob is None:
            return None
        try:
            geometry, srs_id = from_geopackage(blob)
            if srs_id != SRID:
                moved = transform(np.array([geometry], dtype=object), source=self._crs.get(srs_id, ""), target=WGS84)
                geometry: BaseGeometry = moved[0]
            return place_of(geometry)
        except PlanlibError as problem:
            raise StoreError("{file}, {row}: {problem}", file=self._path, row=where, problem=problem) from problem
