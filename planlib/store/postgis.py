"""A register in PostgreSQL with PostGIS: the same tables, in a schema of their own for each area."""

from __future__ import annotations

import hashlib
import re

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from planlib.errors import StoreError
from planlib.store.sql import statements
from planlib.store.tables import ALL_TABLES, EVENT, geometry_form

_DRIVER = "postgresql+psycopg"


def postgis_engine(url: str, *, area: str) -> sa.Engine:
    """Return an engine on the register of an area, named by its folder, in the database at ``url``.

    Raises
    ------
    StoreError
        The URL is no PostgreSQL one, or the driver is not installed.
    """
    try:
        address = sa.make_url(re.sub(r"^postgres(ql)?://", f"{_DRIVER}://", url))
        if address.drivername != _DRIVER:
            raise StoreError("PLANLIB_STORE_URL must start with postgresql://.")
        return sa.create_engine(
            address, connect_args={"options": f"-csearch_path={_schema(area)},public"}, pool_pre_ping=True
        )
    except ModuleNotFoundError as problem:
        raise StoreError("PostgreSQL needs the package psycopg: pip install 'planlib[postgis]'.") from problem
    except ArgumentError as problem:
        raise StoreError("PLANLIB_STORE_URL is not an address of a database.") from problem


def _schema(area: str) -> str:
    """Return the name of an area's schema: readable, and another one for every other name."""
    readable = re.sub(r"[^a-z0-9]+", "_", area.lower()).strip("_")[:40]
    return f"planlib_{readable}_{hashlib.sha256(area.encode('utf-8')).hexdigest()[:6]}"


def lock_creation(connection: sa.Connection) -> None:
    """Wait until nobody else makes or migrates a register in this database, and make the schema of this one."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7526417)")
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public")
    path = str(connection.exec_driver_sql("SHOW search_path").scalar_one())
    connection.execute(sa.schema.CreateSchema(path.partition(",")[0], if_not_exists=True))


def lock_log(connection: sa.Connection) -> None:
    """Let one writer at a time go on: the log is a chain, and a chain has one end."""
    connection.exec_driver_sql("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE")


def create_postgis(connection: sa.Connection) -> None:
    """Make the tables of a register in its empty schema, in the transaction of ``connection``."""
    for table in ALL_TABLES:
        table.create(connection)
        register_table(connection, table)


def register_table(connection: sa.Connection, table: sa.Table) -> None:
    """Give a new table its spatial index and, for the log, its triggers."""
    if geometry_form(table) is not None:
        connection.exec_driver_sql(f'CREATE INDEX "{table.name}_geom" ON "{table.name}" USING gist (geom)')
    if table is EVENT:
        for statement in statements("postgis_log"):
            connection.exec_driver_sql(statement)
