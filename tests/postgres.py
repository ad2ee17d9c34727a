"""A PostgreSQL server with PostGIS of the tests' own: on a socket, in a folder that goes away with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: Who runs it where we are root, which PostgreSQL refuses to run as.
_USER = "postgres"


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    folder: Path

    @property
    def url(self) -> str:
        """The address of a database with PostGIS in it."""
        return f"postgresql://planlib@/postgres?host={self.folder}"


def missing() -> str | None:
    """Return what keeps a server from starting here; None when nothing does."""
    if _programs() is None:
        return "no PostgreSQL here: apt-get install postgresql postgresql-postgis"
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return "no PostGIS here: apt-get install postgresql-postgis"
    return None


@contextmanager
def serve_postgres() -> Iterator[Postgres]:
    """Start a server, and stop it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="planlib-postgres-"))
    programs = _programs()
    assert programs is not None
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    data, log = folder / "data", folder / "log"
    try:
        _run(programs / "initdb", "-D", data, "-A", "trust", "-U", "planlib", "-N")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        _run(programs / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start")
        try:
            yield Postgres(folder)
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _run(*command: object) -> None:
    who = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **who)
