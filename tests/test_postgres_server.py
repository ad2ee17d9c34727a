"""The tests' own PostgreSQL: a test run that is killed leaves neither its server nor its folder behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import missing

ROOT = Path(__file__).resolve().parents[1]
RUN = (
    "import time\nfrom tests.postgres import serve_postgres\n"
    "with serve_postgres() as server:\n    print(server.folder, flush=True)\n    time.sleep(600)\n"
)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_run_leaves_no_server_and_no_folder(end: signal.Signals) -> None:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert _is_there(server)
        run.send_signal(end)
    until = time.monotonic() + 30
    while (_is_there(server) or folder.exists()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_there(server)
    assert not folder.exists()


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
