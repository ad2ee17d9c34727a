"""Random small maps for property tests: shapes that share edges, nearly share them, and leave slivers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from hypothesis import strategies as st
from shapely import Geometry, MultiPolygon, Polygon

from tests.areas import USES, Rule, at_origin

#: Distances in metres by which edges miss each other: not at all, by rounding, by a hair, by a visible sliver.
NUDGES = (0.0, 0.0, 0.0, 0.0, 1e-9, -1e-9, 1e-7, -1e-6, 1e-5, -1e-4, 1e-3, 1 / 3)
STATES = ("hard", "movable", "condition")
SCENARIO_STATES = (*STATES, "moved", "lapsed")

coordinate = st.builds(lambda step, nudge: 10.0 * step + nudge, st.integers(0, 10), st.sampled_from(NUDGES))
point = st.tuples(coordinate, coordinate)


def usable(shape: Geometry) -> bool:
    """Whether a shape may stand in a file as it is."""
    return shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid and shape.area > 0


def placed(shape: Geometry) -> Geometry:
    """Return a shape at the origin; what moving it made invalid is left out by ``usable``."""
    return at_origin(shape)


rectangles = st.builds(lambda a, b: shapely.box(*np.minimum(a, b), *np.maximum(a, b)), point, point)
hulls = st.lists(point, min_size=3, max_size=6).map(lambda points: shapely.MultiPoint(points).convex_hull)
stars = st.lists(point, min_size=4, max_size=6, unique=True).map(Polygon)


@st.composite
def rings(draw: st.DrawFn) -> Polygon:
    """Draw a rectangle with a rectangle cut out of its middle."""
    outer = draw(rectangles)
    left, bottom, right, top = outer.bounds
    share = draw(st.sampled_from((0.1, 1 / 3, 0.49)))
    wide, high = (right - left) * share, (top - bottom) * share
    inner = shapely.box(left + wide, bottom + high, right - wide, top - high)
    return Polygon(outer.exterior, [inner.exterior])


shapes = st.one_of(rectangles, hulls, stars, rings()).filter(lambda shape: shape.area > 0).map(placed).filter(usable)


@st.composite
def several_parts(draw: st.DrawFn) -> MultiPolygon:
    """Draw a shape of two parts that lie apart."""
    left, right = (
        draw(rectangles.filter(lambda shape: shape.area > 0)),
        draw(hulls.filter(lambda shape: shape.area > 0)),
    )
    moved = shapely.transform(right, lambda xy: xy + (right.bounds[2] - left.bounds[0] + 130.0, 0.0))
    return MultiPolygon([left, moved])


parcel_shapes = st.one_of(shapes, several_parts().map(placed).filter(usable))


@st.composite
def rules(draw: st.DrawFn, *, most: int = 4) -> list[Rule]:
    """Draw some rules, with every kind of state, use and coverage."""
    made = []
    for at in range(draw(st.integers(1, most))):
        coverage = draw(
            st.one_of(st.just("all"), st.just("all"), st.just("none"), st.lists(shapes, min_size=1, max_size=2))
        )
        state = draw(
            st.one_of(
                st.sampled_from(STATES),
                st.fixed_dictionaries({"wind": st.sampled_from(STATES), "default": st.sampled_from(STATES)}),
            )
        )
        uses = draw(st.one_of(st.none(), st.lists(st.sampled_from(USES), min_size=1, max_size=3, unique=True)))
        made.append(Rule(f"rule{at}", draw(st.lists(shapes, max_size=3)), state, coverage, uses))
    return made


@st.composite
def parcels(draw: st.DrawFn) -> dict[str, Geometry]:
    """Draw up to three parcels, which may overlap, have holes and several parts."""
    return {f"parcel{at}": shape for at, shape in enumerate(draw(st.lists(parcel_shapes, min_size=1, max_size=3)))}


def scenario_options(states: dict[str, str], use: str | None = None) -> list[str]:
    """Return a scenario as options of the command line."""
    chosen = [part for rule, state in states.items() for part in ("--state", f"{rule}={state}")]
    return ["--use", use or "all", *chosen]


@contextmanager
def folder() -> Iterator[Path]:
    """Give an empty folder for one example."""
    with TemporaryDirectory() as name:
        yield Path(name) / "area"


def village(seed: int, *, across: int = 9, size_m: float = 400.0) -> tuple[dict[str, Polygon], list[Rule]]:
    """Return parcels that share crooked borders, and rules that follow some of those borders and cross others."""
    draw = np.random.default_rng(seed)
    corner = np.moveaxis(np.mgrid[0 : across + 1, 0 : across + 1].astype(float) * (size_m / across), 0, -1)
    corner[1:-1, 1:-1] += draw.uniform(-0.3, 0.3, (across - 1, across - 1, 2)) * (size_m / across)
    quads = {}
    for i in range(across):
        for j in range(across):
            ring = [corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]
            quads[f"{i}-{j}"] = at_origin(Polygon(ring))
    names = sorted(quads)
    made = []
    for at in range(6):
        chosen = [quads[name] for name in draw.choice(names, 5, replace=False)]
        middle = draw.uniform(0, size_m, 2)
        around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        reach = draw.uniform(20, 120) * (1 + 0.3 * np.sin(5 * around))
        blob = at_origin(
            Polygon(np.column_stack([middle[0] + reach * np.cos(around), middle[1] + reach * np.sin(around)]))
        )
        moved = shapely.transform(chosen[0], lambda xy: xy + (1e-6, -1e-7))
        coverage = "all" if at % 3 else [at_origin(shapely.box(-10, -10, size_m * 0.6, size_m + 10))]
        made.append(Rule(f"rule{at}", [*chosen, moved, blob], STATES[at % 3], coverage))
    return quads, made
