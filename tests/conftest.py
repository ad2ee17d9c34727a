"""What every test shares: the folder with real data, Chromium, a place for releases, and what counts as passing."""

from __future__ import annotations

import os
import shutil
import sys
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest
import streamlit as st
from playwright.sync_api import Browser, sync_playwright

from planlib.build import build
from planlib.store import URL_VARIABLE
from tests.browser import LAUNCH_ARGS, VARIABLE, find_chromium
from tests.postgres import Postgres, missing, serve_postgres

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
DEMO = ROOT / "data" / "areas" / "demo"
#: With this variable set a skipped test is a failed one: where everything was installed there is no excuse.
NO_SKIPS = "PLANLIB_NO_SKIPS"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

hypothesis.settings.register_profile("planlib", deadline=None, max_examples=50)
# The same examples on every run: a failure here is one that everybody sees.
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("planlib"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "planlib")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder with real data beside the repository."""
    if not SHARED.is_dir():
        pytest.skip(f"the folder with real data is not here: {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium."""
    path = find_chromium()
    if path is None:
        pytest.skip(f"no Chromium that starts; install it, or name it in {VARIABLE}")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Return Chromium, started once for a module of tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(LAUNCH_ARGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session", autouse=True)
def build_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder for releases: for all tests of this process, away from the areas in the repository."""
    folder = tmp_path_factory.mktemp("releases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANLIB_BUILD_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Return a PostgreSQL server with PostGIS."""
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with serve_postgres() as server:
        yield server


@pytest.fixture(params=["geopackage", "postgis"])
def store_area(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty area folder whose register is a GeoPackage, and once more one whose register is in PostGIS."""
    # In a database the name of the folder is what tells registers apart.
    folder = tmp_path / f"gebied {uuid.uuid4()}"
    folder.mkdir()
    if request.param == "postgis":
        monkeypatch.setenv(URL_VARIABLE, request.getfixturevalue("postgres").url)
    return folder


@pytest.fixture(scope="session")
def built_demo(build_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the demo that is built once for all tests of the register's pages."""
    folder = tmp_path_factory.mktemp("register") / "area"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("build", "__pycache__", "register.gpkg*"))
    build(folder)
    return folder


@pytest.fixture
def register_area(built_demo: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return that copy with its register as it was given, served to pages."""
    for path in built_demo.glob("register.gpkg*"):
        path.unlink()
    # A server that lives on keeps its register open; this one has gone.
    st.cache_resource.clear()
    monkeypatch.setenv("PLANLIB_AREA", str(built_demo))
    return built_demo


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put ``__main__`` back after each test: Streamlit's AppTest leaves its page there, and a process pool runs it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all browser tests on one process: a machine draws one map at a time well."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skipped test fail with its reason where skips are not accepted."""
    report = yield
    return refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a skipped module fail with its reason where skips are not accepted."""
    report = yield
    return refuse_skip(report)


def refuse_skip(report: Report) -> Report:
    """Return ``report``, failed when it was skipped and that is not accepted."""
    if report.skipped and os.environ.get(NO_SKIPS):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{NO_SKIPS} is set, and this was skipped. {reason}"
    return report
