"""Ten thousand initiatives in Chromium, from the real server: the page with its list and map, and a filter.

The demo area with a register of its own. What is timed is what a person waits for: from the click until the list and
all pins of the map show it, and the frame after that.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.figures import Figure, Part, Setting
from benchmarks.measure import REPOSITORY, run_python, spread
from benchmarks.register import make_initiatives
from benchmarks.watch import READY, served, waited_ms, watch_pins
from planlib.store import open_register

_VIEW: ViewportSize = {"width": 1440, "height": 900}
#: Within the demo area, in degrees.
_BOUNDS = (6.635, 52.872, 6.715, 52.908)
_THEMES = ("Wonen", "Energie", "Natuur")


def measure(setting: Setting) -> Part:
    """Time switches to *Initiatieven* and filters on a theme.

    Raises
    ------
    RuntimeError
        There is no Chromium, the server does not answer, or the page does not do what is timed.
    """
    count = 10_000 if setting.large == "large" else 1_000
    with tempfile.TemporaryDirectory(prefix="planlib-bench-") as made:
        area, builds = Path(made) / "area", Path(made) / "builds"
        shutil.copytree(
            REPOSITORY / "data" / "areas" / "demo", area, ignore=shutil.ignore_patterns("build", "register*", "*.py")
        )
        builds.mkdir()
        run_python(["-m", "planlib", "build", str(area)], environment={"PLANLIB_BUILD_DIR": str(builds)})
        with open_register(area, to_write=True) as register, register.writing("benchmark") as writing:
            for entry in make_initiatives(count, _BOUNDS):
                writing.put(entry, base=0)
        with served(area, builds) as (browser, address):
            fresh, switches, filters = _visit(browser, address, count, turns=1 if setting.repeats == 1 else 4)
    figures = [Figure("filter, server and browser just started, slowest of three", max(fresh), "ms")]
    for name, values, aim in (
        ("page switch to list and map", switches, 2_000.0),
        ("filter, list and map together", filters, 500.0),
    ):
        found = spread(values)
        note = f"median {found['p50']:.0f} ms, n = {found['n']}"
        figures.append(Figure(f"{name}, 95th percentile", found["p95"], "ms", setting.aim(aim), note=note))
    title = f"Pins: {count:,} initiatives in Chromium, a fifth of them drawn"
    return Part("pins", title, tuple(figures), {"fresh_ms": fresh, "switches_ms": switches, "filters_ms": filters})


def _visit(browser: Browser, address: str, count: int, *, turns: int) -> tuple[list[float], ...]:
    """Return the milliseconds of filters in the first visit, and of page switches and filters in those after it."""
    page = browser.new_page(viewport=_VIEW, locale="nl-NL")
    page.goto(f"{address}/gegevens")
    page.get_by_role("link", name="Initiatieven").wait_for(timeout=60_000)
    fresh, switches, filters = [], [], []
    for turn in range(turns + 1):
        link = page.get_by_role("link", name="Initiatieven")
        taken = _timed(page, link.click, of=count)
        # The first one is of a server that was just started.
        switches += [taken] if turn else []
        for theme in _THEMES:
            page.get_by_label("Thema's", exact=True).click()
            taken = _timed(page, page.get_by_role("option", name=theme, exact=True).click)
            (filters if turn else fresh).append(taken)
            page.keyboard.press("Escape")
            page.wait_for_timeout(500)
        page.get_by_role("link", name="Gegevens").click()
        page.wait_for_function("!document.querySelector('iframe')", timeout=30_000)
        page.wait_for_timeout(1_000)
        page.goto(f"{address}/gegevens")
        page.get_by_role("link", name="Initiatieven").wait_for(timeout=60_000)
        page.wait_for_timeout(1_000)
    return fresh, switches, filters


def _timed(page: Page, act: Callable[[], None], *, of: int | None = None) -> float:
    """Return the milliseconds from a click to a list and map that show something else; ``of`` so many pins."""
    watch_pins(page, of)
    act()
    taken = waited_ms(page)
    page.wait_for_function(READY)
    page.wait_for_timeout(500)
    return taken
