"""What a person waits for in the browser: from the click or the key to the frame after the one with the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from tests.browser import LAUNCH_ARGS, find_chromium
from tests.server import serve

READY = """() => [...document.querySelectorAll("iframe")].some(
    (frame) => frame.contentWindow?.planlib?.painted > 0 && frame.contentWindow.planlib.ready)"""
#: Leaves the moment of the next click or Enter, and of the second frame after ``done()`` came true, in ``bench``.
_WATCH = """
    const frame = [...document.querySelectorAll("iframe")].find((frame) => frame.contentWindow?.planlib);
    const chart = frame?.contentWindow;
    const bench = (window.bench = { clicked: null, done: null });
    const clicked = (event) => {
        if (event.type === "click" || event.key === "Enter") bench.clicked ??= performance.now();
    };
    for (const page of [window, chart]) {
        for (const kind of ["click", "keydown"]) page?.addEventListener(kind, clicked, { capture: true });
    }
    const frames = (count, then) => (count ? requestAnimationFrame(() => frames(count - 1, then)) : then());
    const look = () => {
        if (window.bench !== bench) return;
        if (bench.clicked !== null && done()) frames(2, () => (bench.done = performance.now()));
        else requestAnimationFrame(look);
    };
    look();
"""
_WATCH_MAP = f"""() => {{
    let painted;
    const done = () => chart.planlib.painted > painted && chart.planlib.ready;
    {_WATCH}
    painted = chart.planlib.painted;
}}"""
_WATCH_TEXT = f"""(selector) => {{
    const text = () => [...document.querySelectorAll(selector)].map((found) => found.textContent).join("|");
    const before = text();
    const done = () => text() !== "" && text() !== before;
    {_WATCH}
}}"""

#: The list, and how many pins stand on the map, those in groups counted; done when both are other than before.
_WATCH_PINS = f"""(wanted) => {{
    const told = () => {{
        const frames = [...document.querySelectorAll("iframe")].map((found) => found.contentWindow);
        const map = frames.find((found) => found?.planlib);
        const labels = [...(map?.document.querySelectorAll(".planlib-pin") ?? [])].map((pin) => pin.title);
        const pins = labels.reduce((sum, label) => sum + Number(/^Groep van (\\d+) /.exec(label)?.[1] ?? 1), 0);
        const rows = [...document.querySelectorAll('[data-testid="stBidiComponentRegular"], [data-testid^="stBidi"]')]
            .map((found) => (found.shadowRoot ?? found).querySelector(".pick tbody"))
            .find((found) => found)?.rows ?? [];
        return [pins, [...rows].map((row) => row.textContent).join("|")];
    }};
    const before = told();
    const done = () => {{
        const now = told();
        const pinned = wanted ? now[0] === wanted : now[0] > 0 && now[0] !== before[0];
        return pinned && now[1] !== "" && now[1] !== before[1];
    }};
    {_WATCH}
}}"""


@contextmanager
def served(area: Path, builds: Path) -> Iterator[tuple[Browser, str]]:
    """Serve an area and start Chromium; yield the browser and the address.

    Raises
    ------
    RuntimeError
        There is no Chromium, the server does not answer, or the page does not do what is timed.
    """
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("There is no Chromium on this machine; `make setup-tests` gets one.")
    try:
        with serve(area, builds) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(LAUNCH_ARGS))
            yield browser, address
            browser.close()
    except (Error, AssertionError) as problem:
        raise RuntimeError(f"The page did not do what is timed: {problem}") from problem


def map_frame(page: Page) -> Frame:
    """Return the frame of the map once it is painted."""
    page.wait_for_function(READY, timeout=60_000)
    return next(frame for frame in page.frames if frame.evaluate("() => Boolean(window.planlib)"))


def watch_map(page: Page) -> None:
    """From the next click or Enter on, wait for the map to be painted anew."""
    page.evaluate(_WATCH_MAP)


def watch_text(page: Page, selector: str) -> None:
    """From the next click or Enter on, wait for what stands in the elements of a CSS selector to change."""
    page.evaluate(_WATCH_TEXT, selector)


def watch_pins(page: Page, wanted: int | None) -> None:
    """From the next click or Enter on, wait for another list and other pins; with ``wanted`` for so many pins."""
    page.evaluate(_WATCH_PINS, wanted)


def waited_ms(page: Page) -> float:
    """Return the milliseconds from that click or Enter to what was waited for, once it is there."""
    page.wait_for_function("window.bench.done !== null", polling="raf", timeout=30_000)
    return page.evaluate("window.bench.done - window.bench.clicked")
