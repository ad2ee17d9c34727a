"""Where Chromium is, and how the tests start it."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

VARIABLE = "PLANLIB_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: For ``chromium.launch(args=...)``: our own pages only, software rendering, and nothing that calls home.
LAUNCH_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)


@functools.cache
def find_chromium() -> str | None:
    """Return the path of a Chromium that starts, None when there is none.

    Looked for in the variable ``PLANLIB_CHROMIUM``, then on the PATH, then where Playwright keeps its own. A program
    that cannot tell its version is passed over: on some systems ``chromium-browser`` only tells what to install.
    """
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[str]:
    """Yield the paths at which there may be a Chromium, the wanted one first."""
    named = os.environ.get(VARIABLE)
    if named:
        yield named
        return
    for command in COMMANDS:
        path = shutil.which(command)
        if path:
            yield path
    # In a process of its own: Playwright's interface cannot be opened twice in one.
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if said.returncode == 0:
        yield said.stdout.strip()


def starts(path: str) -> bool:
    """Whether ``path`` is a program that tells a version."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
