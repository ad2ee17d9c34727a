"""The real server on the real app, for tests that need it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def serve(area: Path, build_dir: Path, *, wait: float = 60.0) -> Iterator[str]:
    """Serve an area on a free port of this machine; yield its address once it answers that it is well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PLANLIB_AREA": str(area), "PLANLIB_BUILD_DIR": str(build_dir)}
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    log = build_dir / f"server-{port}.log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + wait
        while not _is_well(address):
            if server.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the server does not answer: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _is_well(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_stcore/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
