"""The register with ten thousand initiatives: how long a page waits for it, and what a change costs."""

from __future__ import annotations

import tempfile
import time

import numpy as np
import shapely

from benchmarks.figures import Figure, Part, Setting
from benchmarks.measure import timings_ms
from planlib.model import Use
from planlib.model.register import Initiative, InitiativeState, Visibility
from planlib.store import open_register
from planlib.store.geometry import place_of
from planlib.ui.register_panel import visible

_THEMES = ("wonen", "economie", "energie", "landbouw", "natuur", "water", "vrijetijd")
_STORY = "Het begon aan een keukentafel, en daarna wilden er meer mensen meedoen dan er stoelen waren.\n\n" * 6
_CHANGES = 50


def measure(setting: Setting) -> Part:
    """Fill a register, open it as a fresh server does, list, filter and change it."""
    count = 10_000 if setting.large == "large" else 1_000
    entries = make_initiatives(count)
    with tempfile.TemporaryDirectory(prefix="planlib-bench-") as folder:
        with open_register(folder, to_write=True) as register, register.writing("benchmark") as writing:
            started = time.perf_counter()
            for entry in entries:
                writing.put(entry, base=0)
            filled = time.perf_counter() - started
        shown, listed = (), []
        for _ in range(setting.repeats):
            started = time.perf_counter()
            with open_register(folder) as register:
                shown = register.entries()
            listed.append(time.perf_counter() - started)
        if len(shown) != count:
            raise RuntimeError(f"{len(shown)} of {count} initiatives came back: the figures are void.")
        hidden = frozenset(f"thema-{theme}" for theme in _THEMES[1:])
        filters = timings_ms([lambda: visible(shown, hidden, public_only=True)] * 20)
        with open_register(folder, to_write=True) as register:
            heads = timings_ms([register.head] * 50)
            changes = timings_ms(
                [
                    lambda at=at: register.put(_moved(entries[at]), by="benchmark", base=1)
                    for at in range(min(_CHANGES, count))
                ]
            )
            started = time.perf_counter()
            if not register.verify().holds:
                raise RuntimeError("The register does not hold: the figures are void.")
            verified = time.perf_counter() - started
    figures = (
        Figure("open and list, quickest", min(listed), "s", setting.aim(1.0), note="after a start or a change"),
        Figure("has anything changed? (each rerun), median", heads["p50"], "ms", setting.aim(20)),
        Figure("filter on theme and visibility, median", filters["p50"], "ms", setting.aim(100)),
        Figure("change one, median", changes["p50"], "ms", setting.aim(50), note="on disk when it returns"),
        Figure("change one, 95th percentile", changes["p95"], "ms"),
        Figure("fill, in one transaction", filled, "s"),
        Figure("look whether all of it holds", verified, "s"),
    )
    details = {"listed_s": listed, "heads_ms": heads, "filters_ms": filters, "changes_ms": changes}
    return Part("register", f"Register: {count:,} initiatives in a GeoPackage, a fifth of them drawn", figures, details)


def make_initiatives(
    count: int, bounds: tuple[float, float, float, float] = (6.2, 52.6, 7.0, 53.2)
) -> list[Initiative]:
    """Return initiatives spread over bounds (west, south, east, north in degrees); every fifth has a shape."""
    rng = np.random.default_rng(5)
    spots = rng.uniform(bounds[:2], bounds[2:], (count, 2))
    return [
        Initiative(
            uid=f"initiative-{at}",
            title=f"Initiatief nummer {at}",
            place=place_of(shapely.Point(spot) if at % 5 else shapely.Point(spot).buffer(0.001)),
            use=list(Use)[at % len(Use)],
            state=list(InitiativeState)[at % len(InitiativeState)],
            visibility=list(Visibility)[at % 3],
            summary="Een plan van een paar mensen, in een zin.",
            story=_STORY,
            area_needed_m2=float(rng.integers(100, 50_000)),
            initiator="Een groep bewoners",
            themes=(_THEMES[at % len(_THEMES)],),
            next_step="Praten met de buren",
        )
        for at, spot in enumerate(spots)
    ]


def _moved(entry: Initiative) -> Initiative:
    return Initiative(entry.uid, "Verzet", entry.place, entry.use, themes=entry.themes)
