"""Get a Chromium for the browser tests where there is none.

The system's package where it may be installed (root, on Debian or Ubuntu), else Playwright's own download. Where
neither works the browser tests are skipped, and this says the one command that helps. Run it from the repository's
top: ``.venv/bin/python -m tools.get_chromium``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.browser import VARIABLE, find_chromium

APT_PACKAGES = ("chromium", "fonts-liberation")


def main() -> None:
    """Find or get Chromium, and tell when that fails."""
    for get in (None, from_the_system, from_playwright):
        if get is not None and not get():
            continue
        find_chromium.cache_clear()
        if find_chromium():
            return
        if VARIABLE in os.environ:
            print(f"setup: {VARIABLE} names no Chromium that starts: {os.environ[VARIABLE]}", file=sys.stderr)
            return
    print(f"setup: the browser tests need Chromium and will be skipped. This installs it: {advice()}", file=sys.stderr)


def from_the_system() -> bool:
    """Install the distribution's package; return whether that went well."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print("Installing Chromium with apt-get", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *APT_PACKAGES],
    )
    return all(succeeds(command, environment) for command in commands)


def from_playwright() -> bool:
    """Let Playwright download its own; return whether that went well."""
    print("Letting Playwright download Chromium", file=sys.stderr)
    return succeeds([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def succeeds(command: list[str], environment: dict[str, str]) -> bool:
    """Run ``command`` quietly; return whether it succeeded, and show what it said when it did not."""
    said = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if said.returncode != 0:
        print(said.stdout, file=sys.stderr)
    return said.returncode == 0


def advice() -> str:
    """Return the command that would install Chromium here."""
    if shutil.which("apt-get"):
        return "sudo apt-get install chromium"
    return ".venv/bin/python -m playwright install --with-deps chromium"


if __name__ == "__main__":
    main()
