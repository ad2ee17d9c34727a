"""The map in Chromium, from the real server: first paint, a rule switched, a parcel clicked.

What is timed is what a person waits for: from the start of the navigation, or from the click itself, until the frame
after the one in which the map has drawn, or the card has changed.
"""

from __future__ import annotations

import re
import time

from playwright.sync_api import Browser, Frame, Page, ViewportSize

from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import area_folder, bench_folder
from benchmarks.measure import spread
from benchmarks.watch import READY, map_frame, served, waited_ms, watch_map, watch_text

_VIEW: ViewportSize = {"width": 1366, "height": 768}
#: The choice on screen that makes a rule play no part.
_AWAY = "valt weg"
_LOADS, _SWITCHES, _CLICKS = 8, 16, 16
_PARCEL_ZOOM = 15


def measure(setting: Setting) -> Part:
    """Time the middle area in Chromium.

    Raises
    ------
    RuntimeError
        There is no Chromium, the server does not answer, or the page does not do what is timed.
    """
    release = setting.builds.release(setting.middle)
    with served(area_folder(setting.middle), bench_folder() / "builds") as (browser, address):
        taken = _visit(browser, address)
    spreads = {name: spread(values) for name, values in taken.items()}
    aims = {"first paint, server warm": 3000.0, "switch": 500.0}
    figures = []
    for name, found in spreads.items():
        aim = next((setting.aim(value) for start, value in aims.items() if name.startswith(start)), None)
        if found["n"] == 1:
            figures.append(Figure(name, found["p50"], "ms"))
            continue
        note = f"n = {found['n']}"
        figures += [
            Figure(f"{name}, median", found["p50"], "ms", aim, note=note),
            Figure(f"{name}, 95th percentile", found["p95"], "ms", aim, note=note),
        ]
    title = f"Browser: {len(release.parcels):,} parcels in Chromium, drawn without a graphics card"
    return Part("browser", title, tuple(figures), dict(taken))


def _visit(browser: Browser, address: str) -> dict[str, list[float]]:
    """Return the milliseconds of everything that is timed, by name."""
    first = [_first_paint(browser, address)]
    # The server gets its first map ready in the background when it starts.
    time.sleep(5)
    loads = [_first_paint(browser, address) for _ in range(_LOADS)]
    page = browser.new_page(viewport=_VIEW, locale="nl-NL")
    page.goto(address)
    chart = map_frame(page)
    page.get_by_text(re.compile(r"^Gemeente \(\d+\)$")).click()
    page.get_by_role("radiogroup").first.wait_for()
    overview = _switches(page, chart)
    chart.evaluate(f"planlib.map.setZoom({_PARCEL_ZOOM}, {{ animate: false }})")
    chart.wait_for_function("planlib.ready")
    return {
        "first paint, server just started": first,
        "first paint, server warm, browser cold": loads,
        "switch a rule to repaint, overview": overview,
        "switch a rule to repaint, parcels": _switches(page, chart),
        "click to card": _clicks(page, chart),
    }


def _first_paint(browser: Browser, address: str) -> float:
    """Return the time from navigation to a painted map, in a browser that was never here."""
    context = browser.new_context(viewport=_VIEW, locale="nl-NL")
    page = context.new_page()
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(READY, polling="raf", timeout=60_000)
    taken = (time.perf_counter() - started) * 1e3
    context.close()
    return taken


def _switches(page: Page, chart: Frame) -> list[float]:
    """Think rules of the open group away and back again; each must change how a cell is drawn."""
    controls = page.get_by_role("radiogroup").filter(has_text=_AWAY)
    # By name: the order of the controls may change with what they hold.
    names = [controls.nth(at).get_attribute("aria-label") or "" for at in range(controls.count())]
    taken = []
    for at in range(_SWITCHES):
        control = page.get_by_role("radiogroup", name=names[at // 2 % len(names)], exact=True)
        ranks = _ranks(chart)
        watch_map(page)
        control.get_by_text(_AWAY if at % 2 == 0 else "geldt", exact=True).click()
        taken.append(waited_ms(page))
        if _ranks(chart) == ranks:
            raise AssertionError("A rule was switched and the map was drawn as before.")
        # The rest of the page follows the map; the next click comes from somebody who has looked.
        page.wait_for_timeout(500)
    return taken


def _ranks(chart: Frame) -> str:
    return chart.evaluate("Array.from({ length: 20000 }, (_, code) => planlib.rank(code) ?? '').join('')")


def _clicks(page: Page, chart: Frame) -> list[float]:
    """Click parcels all over the map; each must bring its own card."""
    box = page.locator("iframe").first.bounding_box()
    if box is None:
        raise AssertionError("The map is not on the page.")
    taken = []
    chosen = None
    for at in range(_CLICKS):
        # Steps of 0.62 and 0.38 keep the spots apart.
        across, down = 0.1 + 0.7 * (at * 0.618 % 1), 0.1 + 0.6 * (at * 0.382 % 1)
        watch_text(page, ".st-key-card")
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        parcel = chart.evaluate("planlib.picked?.parcel ?? null")
        if parcel is None or parcel == chosen:
            continue
        chosen = parcel
        taken.append(waited_ms(page))
        page.wait_for_timeout(500)
    return taken
