"""The rules of the house that import contracts cannot say: what a page may do, what no file may hold."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What computes: a page asks planlib for it.
NOT_IN_PAGES = {
    "folium",
    "geopandas",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "scipy",
    "shapely",
    "sqlalchemy",
    "sqlite3",
}
LONGEST_PAGE = 100
LONGEST_MODULE = 350
#: Ways out of a check, and notes to oneself; put together here so that this file does not hold them.
ESCAPES = re.compile(
    "|".join(("no" + "qa", "type: " + "ignore", "pyright: " + "ignore", "fmt: " + "off", "no" + "sec"))
)
OUTSIDE = re.compile(r"https?://(?:cdn|unpkg|code\.jquery|netdna|maxcdn|cdnjs|fonts\.|esm\.)")
REGISTRIES = re.compile(
    r"registry\." + r"npmjs|registry\." + r"yarnpkg|files\." + r"pythonhosted|pypi\." + r"org|deb\." + r"debian"
)


def sources(*folders: str) -> list[Path]:
    """Return the Python files in ``folders``, without what set-up fetched."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "node_modules" not in path.parts)


PAGES = sources("pages")
PLANLIB = sources("planlib")
OURS = [*PLANLIB, *PAGES, *sources("benchmarks", "tests", "tools"), *ROOT.glob("*.py")]


def name(path: Path) -> str:
    """Return ``path`` as a test's name shows it."""
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> int:
    """Return the number of lines of the file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def imported_packages(path: Path) -> set[str]:
    """Return the top-level packages that the file imports, anywhere in it."""
    packages: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.partition(".")[0])
    return packages


def test_pages_do_not_compute() -> None:
    computing = {name(page): found for page in PAGES if (found := imported_packages(page) & NOT_IN_PAGES)}
    assert computing == {}


def test_pages_are_thin() -> None:
    assert [name(page) for page in PAGES if lines(page) > LONGEST_PAGE] == []


def test_streamlit_is_known_in_app_ui_and_pages_only() -> None:
    allowed = (ROOT / "app.py", ROOT / "pages", ROOT / "planlib" / "ui", ROOT / "tests")
    strangers = [
        name(path)
        for path in OURS
        if imported_packages(path) & {"streamlit", "streamlit_folium"}
        and not any(path == place or place in path.parents for place in allowed)
    ]
    assert strangers == []


def test_modules_are_short() -> None:
    assert [name(module) for module in PLANLIB if lines(module) > LONGEST_MODULE] == []


def test_no_check_is_switched_off_in_a_line() -> None:
    assert [name(path) for path in OURS if ESCAPES.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_is_loaded_from_a_content_network_at_run_time() -> None:
    served = [
        *PLANLIB,
        *PAGES,
        *(path for kind in ("js", "css", "html") for path in (ROOT / "planlib").rglob(f"*.{kind}")),
    ]
    ours = [path for path in served if "node_modules" not in path.parts]
    assert [name(path) for path in ours if OUTSIDE.search(path.read_text(encoding="utf-8"))] == []


def test_set_up_files_name_no_registry() -> None:
    lock = ROOT / "planlib" / "web" / "vendor" / "package-lock.json"
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", lock, ROOT / ".ci" / "run", *ROOT.glob("requirements*.txt")]
    files += sources("tools")
    assert [name(path) for path in files if REGISTRIES.search(path.read_text(encoding="utf-8"))] == []


def test_each_decision_record_has_a_number_of_its_own() -> None:
    records = [path for path in (ROOT / "docs" / "adr").glob("*.md") if path.stem != "README"]
    numbers = Counter(path.name.partition("-")[0] for path in records)
    assert [number for number in numbers if not number.isdigit()] == []
    assert [number for number, count in numbers.items() if count > 1] == []
