"""What is installed: pins, lockfile, and a wheel that carries its catalogue."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "planlib" / "web" / "vendor"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z]+\])?==(?P<version>[0-9][A-Za-z0-9.]*)$")


def pins(file: str) -> dict[str, str]:
    """Return package -> version of a requirements file; a line that is no exact pin fails the test."""
    found: dict[str, str] = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        wanted = line.partition("#")[0].strip()
        if not wanted or wanted.startswith("-r "):
            continue
        pin = PIN.match(wanted)
        assert pin is not None, f"{file}: {line!r} is not pinned"
        key = pin["name"].lower()
        assert key not in found, f"{file}: {key} stands there twice"
        found[key] = pin["version"]
    return found


def test_every_dependency_is_pinned_at_or_above_its_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = pins("requirements.txt")
    for dependency in project["dependencies"]:
        package, _, bound = dependency.partition(">=")
        lowest = [int(part) for part in bound.split(".")]
        assert [int(part) for part in pinned[package.lower()].split(".")] >= lowest, package


def test_tools_do_not_change_what_planlib_runs_on() -> None:
    assert pins("requirements.txt").keys() & pins("requirements-dev.txt").keys() == set()


def test_browser_libraries_are_pinned_and_hashed() -> None:
    package = json.loads((VENDOR / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((VENDOR / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = package["dependencies"] | package["devDependencies"]
    locked = {path.removeprefix("node_modules/"): entry for path, entry in lock.items() if path}
    assert {library: entry["version"] for library, entry in locked.items()} == wanted
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())


def test_each_browser_library_is_named_with_its_licence() -> None:
    lock = json.loads((VENDOR / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    rows = {
        tuple(cell.strip() for cell in line.split("|")[1:4])
        for line in (VENDOR / "LICENSES.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    }
    wanted = {(path.removeprefix("node_modules/"), e["version"], e["license"]) for path, e in lock.items() if path}
    assert wanted <= rows


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    said = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    (path,) = folder.glob("planlib-*.whl")
    return path


def catalogue_of(folder: Path) -> list[str]:
    """Return what a planlib in ``folder`` says: the place of its catalogue, then the ids of its rules."""
    code = "import planlib.catalogue as c; print(c.catalogue_folder(), *sorted(c.read_catalogue().rules), sep='\\n')"
    said = subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True)
    return said.stdout.splitlines()


def test_an_installed_planlib_reads_its_own_catalogue(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    place, *rules = catalogue_of(tmp_path)
    assert place == str(tmp_path / "planlib" / "catalogue_data")
    assert rules == catalogue_of(ROOT)[1:]
    assert rules


def test_a_wheel_carries_the_licence_and_its_sql_and_no_fetched_code(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
    assert [file for file in files if file.endswith("dist-info/licenses/LICENSE")]
    assert "planlib/store/sql/geopackage.sql" in files
    assert [file for file in files if "node_modules" in file] == []
