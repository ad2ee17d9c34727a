"""The shape of the tables over time: a list of steps, each only adding, done in order and all or nothing.

A feature table is never made anew: that would lose the triggers that keep its spatial index right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from planlib.errors import StoreError
from planlib.store.geopackage import create_geopackage
from planlib.store.postgis import create_postgis
from planlib.store.tables import SCHEMA

Migration = Callable[[sa.Connection], None]


def add_column(table: str, column: str, kind: sa.types.TypeEngine[Any]) -> Migration:
    """Return a step that adds a column, empty in the rows that are there."""

    def step(connection: sa.Connection) -> None:
        quote = connection.dialect.identifier_preparer.quote
        spec = kind.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} ADD COLUMN {quote(column)} {spec}")

    return step


#: Step n leads from version n to n + 1 of what :data:`planlib.store.tables.ALL_TABLES` describes; a new register
#: starts at the last version.
MIGRATIONS: list[Migration] = [
    add_column("bronpunt", "goal_reasons", sa.Text()),
    add_column("core_quality", "retired", sa.Boolean()),
    add_column("core_quality", "rules", sa.Text()),
]


def latest() -> int:
    """Return the version that this planlib writes."""
    return len(MIGRATIONS) + 1


def version_of(connection: sa.Connection) -> int:
    """Return the version of the tables there are; 0 when there are none."""
    if not sa.inspect(connection).has_table(SCHEMA.name):
        return 0
    return connection.execute(sa.select(SCHEMA.c.version)).scalar_one()


def migrate(connection: sa.Connection) -> int:
    """Bring the tables to the latest version, in the transaction of ``connection``; return the version before.

    Raises
    ------
    StoreError
        They were made by a newer planlib.
    """
    before = version_of(connection)
    if before > latest():
        raise StoreError(
            "The register was made by a newer planlib (version {version}, this one knows {known}); update planlib.",
            version=before,
            known=latest(),
        )
    if not before:
        create = create_geopackage if connection.dialect.name == "sqlite" else create_postgis
        create(connection)
        connection.execute(SCHEMA.insert(), {"id": 1, "version": latest()})
    for step in MIGRATIONS[before - 1 :] if before else ():
        step(connection)
    if before and before < latest():
        connection.execute(SCHEMA.update(), {"version": latest()})
    return before
