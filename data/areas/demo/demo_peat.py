"""The peat colony: long straight strips between the wijken, and in front of them the village along the canal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from demo_geometry import generator, polygons
from demo_landscape import WIJKEN, WIJKEN_SKIP, peat_box
from shapely import Polygon, union_all
from shapely.geometry.base import BaseGeometry

Block = tuple[str, str, Polygon]  # kind, zone, polygon


def _front(s0: float, s1: float, rng: np.random.Generator) -> list[tuple[str, float, float, float]]:
    """Return what stands in front of a strip along the canal road: (kind, from, to, depth) in metres."""
    middle = (s0 + s1) / 2
    found: list[tuple[str, float, float, float]] = []
    if 2150 < middle < 3200:
        depth, at = float(rng.uniform(52, 74)), s0
        while at < s1:
            wide = float(rng.uniform(11, 24))
            end = s1 if s1 - at - wide < 11 else at + wide
            found.append(("house", at, end, depth))
            at = end
        return found
    if 1250 < middle < 4150 and rng.random() < 0.62:
        depth, at = float(rng.uniform(68, 98)), s0
        while at < s1:
            wide = float(rng.uniform(18, 34))
            end = s1 if s1 - at - wide < 18 else at + wide
            if rng.random() < 0.84:
                found.append(("house", at, end, depth))
            at = end
        return found
    draw = rng.random()
    if draw < 0.52:
        wide = min(s1 - s0, float(rng.uniform(58, 84)))
        start = s0 if rng.random() < 0.5 else s1 - wide
        found.append(("farm", start, start + wide, float(rng.uniform(110, 165))))
    elif draw < 0.70:
        wide = float(rng.uniform(24, 38))
        found.append(("house", s0, s0 + wide, float(rng.uniform(60, 85))))
    return found


def _strips(side: str, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return the stretches (from, to) along the canal that are one strip deep into the peat."""
    edges = sorted([-60.0, 5460.0, *WIJKEN, *WIJKEN_SKIP])
    found: list[tuple[float, float]] = []
    for start, end in pairwise(edges):
        parts = int(rng.choice([1, 2, 2, 3, 3, 4])) if end - start > 120 else 1
        places = np.linspace(start, end, parts + 1)
        places[1:-1] += rng.uniform(-7, 7, parts - 1)
        found += [(float(a), float(b)) for a, b in pairwise(places)]
    return found


def peat_blocks(free: BaseGeometry, quarters: Sequence[BaseGeometry]) -> list[Block]:
    """Return the parcels of the peat colony on the land still free, leaving the planned neighbourhoods out."""
    open_land = free.difference(union_all(list(quarters)))
    found: list[Block] = []
    for side, sign, near, far in (("west", -1.0, 22.0, 970.0), ("east", 1.0, 18.0, 1060.0)):
        rng = generator(f"peat {side}")
        for start, end in _strips(side, rng):
            front = _front(start, end, rng)
            rest: BaseGeometry = peat_box(start, end, sign * near, sign * far)
            shapes: list[tuple[str, BaseGeometry]] = []
            for kind, s0, s1, depth in front:
                plot = peat_box(s0, s1, sign * near, sign * (near + depth))
                shapes.append((kind, plot))
                rest = rest.difference(plot)
            across = sorted(rng.uniform(330, 820, int(rng.choice([0, 0, 1, 1, 2]))))
            bounds = [near, *(float(t) for t in across), far]
            for t0, t1 in pairwise(bounds):
                field = rest.intersection(peat_box(start - 1, end + 1, sign * t0, sign * t1))
                shapes.append((str(rng.choice(["arable", "meadow", "wood"], p=[0.82, 0.15, 0.03])), field))
            for kind, shape in shapes:
                parts = polygons(shape.intersection(open_land))
                found += [(kind, f"peat {side}", part) for part in parts if part.area > 150]
    return found
