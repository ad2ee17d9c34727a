"""The tables of the register: one for each noun, their outlines, and the event log; the same on every store.

The columns follow from the nouns' fields. Nested lists are JSON text in a column of their own: they are read and
written with their entry, never searched.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from planlib.model.register import Entity
from planlib.store.geometry import SRID, from_geopackage, to_geopackage
from planlib.store.records import NOUNS

POINT, MULTIPOLYGON = "POINT", "MULTIPOLYGON"
#: What the store keeps beside the fields of a noun.
STAMPS = ("version", "changed_at", "changed_by")


class _Column(UserDefinedType[Any]):
    """A column with a type of the database's own, that takes and gives what its driver does."""

    cache_ok = True

    def __init__(self, spec: str) -> None:
        self.spec = spec

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as a CREATE TABLE spells it."""
        return self.spec


class GeometryType(TypeDecorator[BaseGeometry]):
    """A geometry in degrees: a GeoPackage blob in SQLite, a PostGIS geometry in PostgreSQL."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the column type of a database."""
        spec = f"geometry({self.form},{SRID})" if dialect.name == "postgresql" else self.form
        return dialect.type_descriptor(_Column(spec))

    def process_bind_param(self, value: BaseGeometry | None, dialect: sa.Dialect) -> bytes | str | None:
        """Return a geometry as the driver takes it."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return shapely.to_wkb(shapely.set_srid(value, SRID), hex=True, include_srid=True)
        return to_geopackage(value)

    def process_result_value(self, value: bytes | str | None, dialect: sa.Dialect) -> BaseGeometry | None:
        """Return what the driver gave as a geometry."""
        if value is None:
            return None
        return shapely.from_wkb(value) if isinstance(value, str) else from_geopackage(value)[0]


class _Day(TypeDecorator[str]):
    """A date as ISO text going in; whatever the driver gives coming out, for the noun's own reader to judge."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the column type of a database."""
        return dialect.type_descriptor(_Column("DATE"))


_metadata = sa.MetaData()
_COLUMN_TYPES: dict[Any, type[TypeEngine[Any]]] = {
    str: sa.Text,
    float: sa.Double,
    int: sa.Integer,
    bool: sa.Boolean,
    date: _Day,
    bytes: sa.LargeBinary,
}


def _key() -> sa.Column[int]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("fid", whole, primary_key=True, autoincrement=True)


def _columns(noun: type) -> Sequence[sa.Column[Any]]:
    """Return a column for each field of a noun but its uid; a place is its pin, outlines have a table."""
    hints = typing.get_type_hints(noun)
    columns: list[sa.Column[Any]] = []
    for field in fields(noun):
        hint = hints[field.name]
        if isinstance(hint, types.UnionType):
            (hint,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        if field.name == "place":
            columns.append(sa.Column("geom", GeometryType(POINT), nullable=False))
        elif field.name != "uid":
            columns.append(sa.Column(field.name, _COLUMN_TYPES.get(hint, sa.Text)()))
    return columns


def _noun_table(kind: str, noun: type[Entity]) -> sa.Table:
    return sa.Table(
        kind,
        _metadata,
        _key(),
        # A row that is drawn in QGIS, in an export, has none yet; whoever takes it in gives it one.
        sa.Column("uid", sa.Text, unique=True),
        *_columns(noun),
        sa.Column("version", sa.Integer),
        sa.Column("changed_at", sa.Text),
        sa.Column("changed_by", sa.Text),
        sqlite_autoincrement=True,
    )


#: Kind of thing -> its table.
ENTITY_TABLES: dict[str, sa.Table] = {kind: _noun_table(kind, noun) for kind, noun in NOUNS.items()}

#: The shapes of the entries that have one; ``uid`` is the entry's.
OUTLINE = sa.Table(
    "outline",
    _metadata,
    _key(),
    sa.Column("uid", sa.Text, nullable=False, unique=True),
    sa.Column("geom", GeometryType(MULTIPOLYGON), nullable=False),
    sqlite_autoincrement=True,
)

#: What happened: never changed, each row sealed with a hash of the one before.
EVENT = sa.Table(
    "event",
    _metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("uid", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("changed", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("event_uid", "uid"),
)

#: Which shape of tables this is (see migrations.py).
SCHEMA = sa.Table(
    "register_schema",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
)

CONTENT_TABLES = (*ENTITY_TABLES.values(), OUTLINE)
ALL_TABLES = (*CONTENT_TABLES, EVENT, SCHEMA)


def geometry_form(table: sa.Table) -> str | None:
    """Return the form of the geometries in a table; None for a table without."""
    column = table.columns.get("geom")
    return column.type.form if column is not None and isinstance(column.type, GeometryType) else None
