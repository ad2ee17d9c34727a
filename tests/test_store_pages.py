"""Pages read the register that people write in: a change shows the next time the page runs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.model.register import Initiative, Place
from planlib.store import REGISTER_FILE, open_register

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"


def _html(page: AppTest) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


@pytest.fixture
def page(store_area: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Return the first page on a copy of the demo, looking at an initiative that is not there yet."""
    patterns = shutil.ignore_patterns("build", "__pycache__", "*.py")
    shutil.copytree(DEMO, store_area, ignore=patterns, dirs_exist_ok=True)
    build(store_area)
    monkeypatch.setenv("PLANLIB_AREA", str(store_area))
    page = AppTest.from_file(str(ROOT / "pages" / "vrije_ruimte.py"), default_timeout=120)
    page.query_params["speld"] = "nieuw"
    return page


def test_what_is_added_changed_and_taken_away_shows_at_the_next_rerun(page: AppTest, store_area: Path) -> None:
    assert "Theehuis" not in _html(page.run())
    tea = Initiative("nieuw", "Theehuis aan het water", Place(6.69, 52.89))
    with open_register(store_area, to_write=True) as register:
        before = len(register.entries())
        register.put(tea, by="Anna")
        assert "Theehuis aan het water" in _html(page.run())
        register.put(replace(tea, title="Koffiehuis"), by="Anna", base=1)
        assert "Koffiehuis" in _html(page.run())
        register.remove(tea, by="Anna", base=2)
        assert "Koffiehuis" not in _html(page.run())
        assert len(register.entries()) == before
    assert not page.exception


def test_a_page_that_only_looks_makes_no_register(page: AppTest, store_area: Path) -> None:
    page.run()
    assert not page.exception
    assert not (store_area / REGISTER_FILE).exists()
