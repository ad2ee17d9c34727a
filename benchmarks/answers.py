"""A table's questions in Chromium, from the real server: from the click to the answer in words, page by page.

The middle area, which has villages; every choice is one that was not made before, so nothing is answered from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.figures import Figure, Part, Setting
from benchmarks.generate import VILLAGES, area_folder, bench_folder
from benchmarks.measure import spread
from benchmarks.watch import READY, served, waited_ms, watch_text

_VIEW: ViewportSize = {"width": 1440, "height": 900}
_USES = ("Bedrijven", "Zonnepanelen", "Windmolens", "Landbouw", "Natuur", "Recreatie")
_VILLAGES = [f"Dorp {at}" for at in range(1, VILLAGES**2 + 1)]
#: Where the answer stands.
_SENTENCE, _WALL, _CARD = ".pl-answer", ".pl-wall", ".pl-card"


def measure(setting: Setting) -> Part:
    """Time every page's answer on the middle area.

    Raises
    ------
    RuntimeError
        There is no Chromium, the server does not answer, or a page does not do what is timed.
    """
    release = setting.builds.release(setting.middle)
    taken: dict[str, list[float]] = {}
    with served(area_folder(setting.middle), bench_folder() / "builds") as (browser, address):
        for question in (_free_space, _rules, _fit, _compare, _catch):
            taken |= question(browser, address)
    figures = []
    for name, values in taken.items():
        found = spread(values)
        note = f"median {found['p50']:.0f} ms, n = {found['n']}"
        figures.append(Figure(f"{name}, 95th percentile", found["p95"], "ms", setting.aim(1000.0), note=note))
    title = f"Answers: {len(release.parcels):,} parcels in Chromium, from the click to the answer"
    return Part("answers", title, tuple(figures), dict(taken))


def _free_space(browser: Browser, address: str) -> dict[str, list[float]]:
    page = _open(browser, address, wait_for=_SENTENCE)
    page.wait_for_function(READY, timeout=60_000)
    return {
        "free space, another use": _pick(page, "Waarvoor?", _USES, answer=_SENTENCE),
        "free space, a village": _pick(page, "Waar?", _VILLAGES, answer=_SENTENCE),
    }


def _rules(browser: Browser, address: str) -> dict[str, list[float]]:
    page = _open(browser, f"{address}/knelpunten", wait_for=_WALL)
    taken = {"which rule, a village": _pick(page, "Waar?", _VILLAGES, answer=_WALL)}
    buttons = page.locator(".st-key-knelt_rules button")
    taken["which rule, one rule with its partners"] = _each(
        page, [buttons.nth(at).click for at in range(buttons.count())], answer=_CARD
    )
    page = _open(browser, f"{address}/knelpunten?kijk=vrijmaken", wait_for=_WALL)
    taken["which rules must move, a village"] = _pick(page, "Waar?", _VILLAGES[:8], answer=_WALL)
    page = _open(browser, f"{address}/knelpunten?kijk=vrijmaken", wait_for=_WALL)
    field = page.get_by_label("Zoveel wil ik hier")
    # Much and little by turns: another answer every time.
    taken["which rules must move, so many hectares"] = _each(
        page,
        [
            _typed(field.fill, field.press, hectares)
            for hectares in ("90000", "1", "80000", "2", "70000", "3", "60000", "4")
        ],
        answer=_WALL,
    )
    return taken


def _fit(browser: Browser, address: str) -> dict[str, list[float]]:
    page = _open(browser, f"{address}/past-dit?waar=dorp:Dorp 6&groot=5000&breed=20", wait_for=_SENTENCE)
    page.wait_for_function(READY, timeout=60_000)
    field = page.get_by_role("spinbutton", name="Hoeveel hectare?")
    elsewhere = [village for village in _VILLAGES if village != "Dorp 6"]
    sizes = [_typed(field.fill, field.press, text) for text in ("0.6", "0.75", "1", "1.5", "2", "2.5", "3", "4")]
    return {
        "where does it fit, another size": _each(page, sizes, answer=_SENTENCE),
        "where does it fit, another village": _pick(page, "Waar?", elsewhere, answer=_SENTENCE),
    }


def _compare(browser: Browser, address: str) -> dict[str, list[float]]:
    rules = "r01:lapsed"
    page = _open(browser, f"{address}/vergelijk?b=link&b_regels={rules}", wait_for=_SENTENCE)
    page.wait_for_function(READY, timeout=60_000)
    return {"two scenarios, another use": _pick(page, "Waarvoor?", _USES, answer=_SENTENCE)}


def _catch(browser: Browser, address: str) -> dict[str, list[float]]:
    taken = []
    for village in _VILLAGES[:8]:
        page = _open(browser, f"{address}/?waar=dorp:{village}", wait_for=_SENTENCE)
        page.wait_for_function(READY, timeout=60_000)
        fold = page.get_by_text("Addertje onder het gras?")
        taken += _each(page, [fold.click], answer=".st-key-catch .pl-card")
        page.close()
    return {"is there a catch, a village": taken}


def _open(browser: Browser, address: str, *, wait_for: str) -> Page:
    page = browser.new_page(viewport=_VIEW, locale="nl-NL")
    page.goto(address)
    page.locator(wait_for).first.wait_for(timeout=60_000)
    page.wait_for_timeout(1_000)
    return page


def _pick(page: Page, label: str, options: Iterable[str], *, answer: str) -> list[float]:
    """Choose options of a list one after another; what is timed starts at the click on the option."""
    taken = []
    for option in options:
        page.get_by_label(label).click()
        taken += _each(page, [page.get_by_role("option", name=option, exact=True).click], answer=answer)
    return taken


def _typed(fill: Callable[[str], None], press: Callable[[str], None], text: str) -> Callable[[], None]:
    """Return what types a text into a field and ends with Enter."""

    def act() -> None:
        fill(text)
        press("Enter")

    return act


def _each(page: Page, acts: Iterable[Callable[[], None]], *, answer: str) -> list[float]:
    taken = []
    for act in acts:
        watch_text(page, answer)
        act()
        taken.append(waited_ms(page))
        # The rest of the page follows the answer; the next click comes from somebody who has read it.
        page.wait_for_timeout(500)
    return taken
