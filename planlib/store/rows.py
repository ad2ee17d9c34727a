"""Entities as rows and back; a row that somebody spoilt is told by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from planlib.errors import StoreError, UnfitError
from planlib.model.register import Bronpunt, Entity, Initiative, Place
from planlib.store.geometry import polygons_of, shape_of
from planlib.store.records import KINDS, build, canonical, kind_of, plain
from planlib.store.tables import ENTITY_TABLES, OUTLINE, STAMPS

E = TypeVar("E", bound=Entity)


@dataclass(frozen=True, slots=True)
class Stored(Generic[E]):
    """An entity as the register holds it: its version, and who changed it when (ISO 8601, UTC)."""

    entity: E
    version: int
    changed_at: str
    changed_by: str


def read_rows(connection: sa.Connection, noun: type[E], *criteria: sa.ColumnElement[bool]) -> Iterator[Stored[E]]:
    """Yield what the register holds of one noun, the oldest first.

    Raises
    ------
    StoreError
        A row does not hold what its columns say.
    """
    for row in connection.execute(_query(noun).where(*criteria)).mappings():
        yield _stored(noun, dict(row))


def read_row(connection: sa.Connection, noun: type[E], uid: str) -> Stored[E] | None:
    """Return one entity, None when it is not there."""
    row = connection.execute(_query_one(noun), {"wanted": uid}).mappings().first()
    return None if row is None else _stored(noun, dict(row))


@lru_cache(maxsize=len(KINDS))
def _query(noun: type[Entity]) -> sa.Select[Any]:
    table = ENTITY_TABLES[KINDS[noun]]
    if "geom" not in table.columns:
        return sa.select(table).order_by(table.c.fid)
    shape = OUTLINE.c.geom.label("outline")
    return sa.select(table, shape).outerjoin(OUTLINE, OUTLINE.c.uid == table.c.uid).order_by(table.c.fid)


@lru_cache(maxsize=len(KINDS))
def _query_one(noun: type[Entity]) -> sa.Select[Any]:
    return _query(noun).where(ENTITY_TABLES[KINDS[noun]].c.uid == sa.bindparam("wanted"))


def _stored(noun: type[E], values: dict[str, Any]) -> Stored[E]:
    try:
        if "geom" in values:
            values["place"] = _place(values["geom"], values["outline"])
        return Stored(build(noun, values), *(values[name] for name in STAMPS))
    except UnfitError as problem:
        raise StoreError(
            "The register holds a {kind} that is not sound, {uid}: {problem}",
            kind=KINDS[noun],
            uid=values["uid"],
            problem=problem,
        ) from problem


def write_row(connection: sa.Connection, stored: Stored[Any], *, is_new: bool) -> dict[str, BaseGeometry]:
    """Write an entity over what is there, or beside it; return its geometries by table, for the extents."""
    entity = stored.entity
    table = ENTITY_TABLES[kind_of(entity)]
    values = _values(table, entity) | {name: getattr(stored, name) for name in STAMPS}
    if is_new:
        connection.execute(table.insert(), values)
    else:
        connection.execute(table.update().where(table.c.uid == entity.uid), values)
    if not isinstance(entity, Initiative | Bronpunt):
        return {}
    if not is_new:
        connection.execute(OUTLINE.delete().where(OUTLINE.c.uid == entity.uid))
    shapes = {table.name: values["geom"]}
    if entity.place.polygons:
        shape = shape_of(entity.place)
        shapes[OUTLINE.name] = shapely.multipolygons([shape]) if shape.geom_type == "Polygon" else shape
        connection.execute(OUTLINE.insert(), {"uid": entity.uid, "geom": shapes[OUTLINE.name]})
    return shapes


def delete_row(connection: sa.Connection, entity: Entity) -> None:
    """Take an entity and its outline away."""
    table = ENTITY_TABLES[kind_of(entity)]
    connection.execute(table.delete().where(table.c.uid == entity.uid))
    connection.execute(OUTLINE.delete().where(OUTLINE.c.uid == entity.uid))


def _values(table: sa.Table, entity: Entity) -> dict[str, Any]:
    """Return the columns of an entity; what is empty is NULL, what is nested is JSON."""
    given = plain(entity)
    return {
        column.name: _value(column, entity, given) for column in table.columns if column.name not in ("fid", *STAMPS)
    }


def _value(column: sa.Column[Any], entity: Entity, given: dict[str, Any]) -> Any:
    if column.name == "geom" and isinstance(entity, Initiative | Bronpunt):
        return shapely.Point(entity.place.longitude, entity.place.latitude)
    if isinstance(column.type, sa.Boolean | sa.LargeBinary):
        return getattr(entity, column.name)
    value = given.get(column.name)
    return canonical(value) if isinstance(value, list | dict) else value


def _place(pin: shapely.Point, outline: BaseGeometry | None) -> Place:
    # The pin that was kept counts, not the one that another version of GEOS would choose.
    return Place(pin.x, pin.y, () if outline is None else polygons_of(outline))
