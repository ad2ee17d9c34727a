"""Twenty synthetic rules that overlap each other heavily, as rules do: fifteen of them hard.

They are made after what limits building in the Dutch countryside: a few huge nature areas with tens of thousands of
vertices and holes, thousands of small buildings, long lines with a width, discs round farms, and shapes that cross
themselves. What they cover is drawn at random; nothing here is data about a place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from benchmarks.parcels import BLOCK_M, ORIGIN_M, Geometries, Points


@dataclass(frozen=True)
class Land:
    """A square of ``side_m`` in which shapes are drawn with ``rng``."""

    side_m: float
    rng: np.random.Generator

    @cached_property
    def villages(self) -> Points:
        """Return the places that buildings gather round."""
        return self.places(self.count(0.12, least=2))

    def count(self, per_km2: float, *, least: int = 1) -> int:
        """Return how many shapes of a density there are here."""
        return max(least, round(per_km2 * self.side_m**2 / 1e6))

    def places(self, number: int) -> Points:
        """Return random points, ``number`` x 2."""
        return np.array(ORIGIN_M) + self.rng.uniform(0, self.side_m, (number, 2))

    def near_villages(self, number: int, spread_m: float) -> Points:
        """Return random points round the villages, ``number`` x 2."""
        village = self.villages[self.rng.integers(0, len(self.villages), number)]
        return village + self.rng.normal(0, spread_m, (number, 2))


@dataclass(frozen=True, slots=True)
class RuleKind:
    """One of the twenty rules: its id, how it works out, what it looks like."""

    id: str
    title: str
    state: str | dict[str, str]
    draw: Callable[[Land], Geometries]
    level: str = "provincie"
    uses: tuple[str, ...] = ()
    buffer_m: float = 0.0

    @property
    def hard(self) -> bool:
        """Whether it is hard when every rule counts with its strictest state."""
        return "hard" in ([self.state] if isinstance(self.state, str) else self.state.values())


def draw_rules(blocks: int, *, rules: int = 20, seed: int = 11) -> list[tuple[str, RuleKind, Geometries]]:
    """Return id, kind and shapes of each rule over ``blocks`` x ``blocks`` blocks, in EPSG:28992.

    Beyond the twentieth the kinds begin again with other shapes.
    """
    drawn = []
    for at in range(rules):
        lap, kind = at // len(KINDS), KINDS[at % len(KINDS)]
        land = Land(blocks * BLOCK_M, np.random.default_rng([seed, lap, at % len(KINDS)]))
        name = kind.id if lap == 0 else f"{kind.id}_{lap + 1}"
        drawn.append((name, kind, _near(kind.draw(land), land)))
    return drawn


def _near(shapes: Geometries, land: Land) -> Geometries:
    left, bottom = ORIGIN_M
    margin = 500.0
    around = shapely.box(left - margin, bottom - margin, left + land.side_m + margin, bottom + land.side_m + margin)
    return shapes[shapely.intersects(around, shapely.envelope(shapes))]


def _blob(
    rng: np.random.Generator, centre: Points, radius: float, vertices: int, *, rough: float = 1.0, smooth: float = 1.2
) -> Points:
    """Return a ring round ``centre`` whose radius wavers; fine waves are lower when it is ``smooth``."""
    angle = np.arange(vertices) * 2 * np.pi / vertices
    waves = np.arange(1, vertices // 3 + 1)
    spectrum = np.zeros(vertices // 2 + 1, dtype=complex)
    amplitude = rng.normal(0, 1, (2, len(waves))) / waves**smooth
    spectrum[1 : len(waves) + 1] = (amplitude[0] + 1j * amplitude[1]) * vertices / 2
    waver = np.clip(np.fft.irfft(spectrum, vertices) * 0.35 * rough, -1.4, 1.1)
    out = radius * np.exp(waver)[:, None]
    return np.round(centre + out * np.column_stack([np.cos(angle), np.sin(angle)]), 3)


def _blobs(
    density: float,
    radius: tuple[float, float],
    vertices: tuple[int, int],
    *,
    most: float = 1.0,
    least: int = 1,
    **form: Any,
) -> Callable[[Land], Geometries]:
    """Return a drawer of blobs; none is larger than ``most`` times the side of the land."""

    def draw(land: Land) -> Geometries:
        rng = land.rng
        places = land.places(land.count(density, least=least))
        rings = [
            _blob(rng, place, min(rng.uniform(*radius), most * land.side_m), int(rng.uniform(*vertices)), **form)
            for place in places
        ]
        return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)

    return draw


def _holed(
    density: float, radius: tuple[float, float], vertices: tuple[int, int], holes: int, *, most: float, least: int = 1
) -> Callable[[Land], Geometries]:
    """Return a drawer of blobs with holes in them."""
    shells = _blobs(density, radius, vertices, most=most, least=least)

    def draw(land: Land) -> Geometries:
        return np.array([_with_holes(land.rng, shell, holes) for shell in shells(land)], dtype=object)

    return draw


def _with_holes(rng: np.random.Generator, shell: shapely.Polygon, holes: int) -> shapely.Geometry:
    reach = np.sqrt(shell.area / np.pi)
    middle = np.array(shell.centroid.coords[0])
    rings = []
    for _ in range(holes):
        angle, away = rng.uniform(0, 2 * np.pi), 0.75 * reach * np.sqrt(rng.random())
        place = middle + away * np.array([np.cos(angle), np.sin(angle)])
        rings.append(_blob(rng, place, reach * rng.uniform(0.01, 0.06), 120))
    return shapely.difference(shell, shapely.union_all([shapely.Polygon(ring) for ring in rings], grid_size=0.001))


def _discs(density: float, radius: tuple[float, ...], *, least: int = 1) -> Callable[[Land], Geometries]:
    """Return a drawer of discs with one of the radii."""

    def draw(land: Land) -> Geometries:
        number = land.count(density, least=least)
        return shapely.buffer(shapely.points(land.places(number)), land.rng.choice(radius, number), quad_segs=16)

    return draw


def _lines(per_km2: float, points: int, step_m: float, bend: float) -> Callable[[Land], Geometries]:
    """Return a drawer of lines that wander across the land."""

    def draw(land: Land) -> Geometries:
        rng, number = land.rng, land.count(per_km2, least=2)
        turn = np.cumsum(rng.normal(0, bend, (number, points)), axis=1)
        turn -= turn[:, points // 2, None]
        angle = rng.uniform(0, 2 * np.pi, (number, 1)) + 0.5 * turn
        path = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=-1) * step_m, axis=1)
        path += land.places(number)[:, None] - path[:, points // 2, None]
        return np.asarray(shapely.linestrings(np.round(path, 3)))

    return draw


def _strips(per_km2: float, points: int, step_m: float, bend: float, *, half_m: float) -> Callable[[Land], Geometries]:
    """Return a drawer of lines with a width."""
    lines = _lines(per_km2, points, step_m, bend)
    return lambda land: shapely.buffer(lines(land), half_m)


def _rectangles(rng: np.random.Generator, centres: Points, sides: tuple[float, float]) -> Geometries:
    """Return rectangles, each turned its own way."""
    number = len(centres)
    half = rng.uniform(*sides, (number, 2)) / 2
    angle = rng.uniform(0, np.pi, number)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * half[:, :1]
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=-1) * half[:, 1:]
    corners = [centres + a * along + b * across for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return np.asarray(shapely.polygons(np.round(np.stack(corners, axis=1), 3)))


def _monuments(land: Land) -> Geometries:
    """Return buildings in villages with 25 m round them."""
    houses = _rectangles(land.rng, land.near_villages(land.count(2.2), 350.0), (8.0, 25.0))
    return shapely.buffer(houses, 25.0, quad_segs=8)


def _buildings(land: Land) -> Geometries:
    """Return buildings, three quarters of them in villages."""
    number = land.count(40.0)
    centres = np.vstack([land.near_villages(number * 3 // 4, 450.0), land.places(number - number * 3 // 4)])
    return _rectangles(land.rng, centres, (6.0, 22.0))


def _soil(land: Land) -> Geometries:
    """Return blots of which one in five crosses itself, as drawn shapes do."""
    rng = land.rng
    rings = [
        _blob(rng, place, rng.uniform(60, 300), 60, rough=0.8, smooth=1.5) for place in land.places(land.count(0.5))
    ]
    for ring in rings[::5]:
        ring[20:31] = ring[30:19:-1].copy()
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def _destinations(land: Land) -> Geometries:
    """Return three in ten pieces of a plan that covers everything."""
    seeds = shapely.multipoints(land.places(land.count(3.0) + 4))
    pieces = shapely.get_parts(shapely.voronoi_polygons(seeds))
    return pieces[land.rng.random(len(pieces)) < 0.3]


_BUILT = ("housing", "business", "recreation", "infrastructure")
_HARD_TO_BUILD = {"housing": "hard", "business": "hard", "default": "movable"}

#: The twenty rules. Fifteen are hard, always or for some uses; two are movable, three a condition.
KINDS: tuple[RuleKind, ...] = (
    RuleKind(
        "bench_nature", "Natuurgebied", "hard", _holed(1 / 150, (2500, 5000), (20_000, 40_000), 25, most=0.3), "eu"
    ),
    RuleKind(
        "bench_network", "Natuurnetwerk", "hard", _holed(1 / 14, (600, 1800), (3000, 12_000), 6, most=0.2, least=2)
    ),
    RuleKind(
        "bench_groundwater",
        "Grondwater",
        "condition",
        _blobs(1 / 90, (2000, 4000), (2000, 2001), most=0.35, smooth=2.2),
    ),
    RuleKind("bench_relics", "Verwachting", _HARD_TO_BUILD, _blobs(2.0, (40, 220), (20, 70), rough=0.9, smooth=1.5)),
    RuleKind("bench_site", "Vindplaats", "hard", _discs(0.6, (30.0, 50.0, 80.0)), "rijk"),
    RuleKind("bench_pipeline", "Leiding", "hard", _strips(1 / 30, 200, 60.0, 0.02, half_m=35.0), "rijk"),
    RuleKind("bench_cable", "Hoogspanning", _HARD_TO_BUILD, _strips(1 / 60, 60, 300.0, 0.02, half_m=80.0), "rijk"),
    RuleKind("bench_main_road", "Hoofdweg", "hard", _strips(1 / 15, 400, 30.0, 0.05, half_m=30.0), "feitelijk"),
    RuleKind("bench_road", "Weg", "hard", _strips(1 / 0.9, 120, 12.0, 0.08, half_m=9.0), "feitelijk"),
    RuleKind("bench_water", "Watergang", "hard", _strips(1 / 1.1, 250, 8.0, 0.15, half_m=5.0), "feitelijk"),
    RuleKind("bench_odour", "Geur", "hard", _discs(1.1, (50.0, 100.0, 250.0)), "gemeente", ("housing", "recreation")),
    RuleKind("bench_turbine", "Windmolen", _HARD_TO_BUILD, _discs(0.06, (400.0,), least=2), "gemeente"),
    RuleKind("bench_monument", "Monument", "hard", _monuments, "rijk"),
    RuleKind(
        "bench_flood", "Waterberging", "movable", _blobs(1 / 80, (1500, 4000), (6000, 6001), most=0.3, smooth=1.6)
    ),
    RuleKind(
        "bench_birds", "Weidevogels", "hard", _blobs(0.12, (250, 700), (300, 301), least=2, rough=0.9, smooth=1.5)
    ),
    RuleKind("bench_noise", "Geluid", "condition", _lines(1 / 15, 400, 30.0, 0.05), "gemeente", _BUILT, 170.0),
    RuleKind("bench_building", "Gebouw", "hard", _buildings, "feitelijk"),
    RuleKind("bench_soil", "Bodem", "hard", _soil, "gemeente", _BUILT),
    RuleKind(
        "bench_landscape", "Landschap", "condition", _blobs(1 / 70, (3000, 6000), (3000, 3001), most=0.45, smooth=1.9)
    ),
    RuleKind("bench_plan", "Omgevingsplan", "movable", _destinations, "gemeente"),
)
