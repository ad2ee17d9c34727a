"""A PostgreSQL server with PostGIS of the tests' own: on a socket, in a folder that goes away with them.

The server lives as long as a pipe of this process is open. That pipe closes however the process ends, ``kill -9``
included, so a test run that is broken off leaves neither a server nor a folder behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Who runs it where we are root, which PostgreSQL refuses to run as.
_USER = "postgres"
#: Waits for the end of its input beside the server, then stops the server and takes its folder away.
_KEEPER = """
"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=60 >"$2/log" 2>&1 </dev/null &
read -r _
kill -QUIT $!
wait $!
rm -rf "$2"
"""
_WAIT_SECONDS = 60.0


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
    try:
        _run(programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "planlib", "-N")
        # In a session of its own: what stops the tests by their group must leave the keeper to do its work.
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", str(programs / "postgres"), str(folder)],
            stdin=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
            **_who(),
        )
        try:
            _wait(programs / "pg_isready", folder)
            yield Postgres(folder)
        finally:
            keeper.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(is_ready: Path, folder: Path) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while subprocess.run([is_ready, "-q", "-h", folder], check=False).returncode:
        if time.monotonic() > until:
            raise AssertionError(f"PostgreSQL does not answer: {(folder / 'log').read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **_who())


def _who() -> dict[str, Any]:
    return {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
