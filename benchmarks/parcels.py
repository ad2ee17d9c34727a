"""Synthetic parcels: a valid coverage on a millimetre grid of strips, plots and villages between roads.

The land is a grid of blocks of about a square kilometre. Each block is made by itself from its own seed; neighbours
share the vertices of their common edge, so the blocks together are one coverage and any number of them can be made.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Points = npt.NDArray[np.float64]

#: Left and bottom of the land, in the metres of EPSG:28992.
ORIGIN_M = (220_000.0, 530_000.0)
BLOCK_M = 1_000.0
#: Everything is snapped to this grid, as a register of parcels is.
GRID_M = 0.001
#: Half the width of the road around a block.
_ROAD_M = 6.0
#: Cuts run this much too far; what sticks out is left behind when faces are made.
_OVERSHOOT_M = 0.005
_CORNER_SHIFT_M = 120.0
_EDGE_POINTS = 8
_EDGE_WIGGLE_M = 18.0


def parcels(blocks: int, *, seed: int = 7) -> Geometries:
    """Return the parcels of ``blocks`` x ``blocks`` blocks, in the order of the blocks, in EPSG:28992."""
    corners = _corners(blocks, seed)
    made = [_block(corners, i, j, seed) for i in range(blocks) for j in range(blocks)]
    return np.concatenate(made)


def _corners(blocks: int, seed: int) -> Points:
    """Return the corner points of the blocks, (blocks + 1) x (blocks + 1) x 2."""
    rng = np.random.default_rng(seed)
    steps = np.stack(np.meshgrid(np.arange(blocks + 1), np.arange(blocks + 1), indexing="ij"), axis=-1)
    shift = rng.uniform(-_CORNER_SHIFT_M, _CORNER_SHIFT_M, steps.shape)
    return np.round(np.array(ORIGIN_M) + steps * BLOCK_M + shift, 3)


def _edge(start: Points, stop: Points, *, seed: list[int]) -> Points:
    """Return the points of a winding edge between two corners; the same seed gives both its sides the same points."""
    rng = np.random.default_rng(seed)
    share = np.linspace(0, 1, _EDGE_POINTS + 2)[:, None]
    line = start * (1 - share) + stop * share
    along = (stop - start) / np.hypot(*(stop - start))
    across = np.array([-along[1], along[0]])
    line[1:-1] += rng.normal(0, _EDGE_WIGGLE_M, _EDGE_POINTS)[:, None] * across
    return np.round(line, 3)


def _block(corners: Points, i: int, j: int, seed: int) -> Geometries:
    """Return the parcels of one block: four pieces of road, and what the cuts make of the land between them."""
    rng = np.random.default_rng([seed, i, j])
    quad = np.array([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
    ring = np.vstack(
        [
            _edge(quad[0], quad[1], seed=[1, i, j])[:-1],
            _edge(quad[1], quad[2], seed=[2, i + 1, j])[:-1],
            _edge(quad[3], quad[2], seed=[1, i, j + 1])[::-1][:-1],
            _edge(quad[0], quad[3], seed=[2, i, j])[::-1][:-1],
        ]
    )
    block = shapely.Polygon(ring)
    land = shapely.buffer(block, -_ROAD_M, join_style="mitre")
    reach = shapely.buffer(block, _OVERSHOOT_M - _ROAD_M, join_style="mitre")
    cuts = shapely.intersection(_pattern(rng, i, j)(rng, quad), reach)
    at_corners = shapely.points(ring[:: _EDGE_POINTS + 1])
    ties = _prolonged(shapely.get_coordinates(shapely.shortest_line(at_corners, land.boundary)).reshape(-1, 2, 2))
    net = shapely.union_all(np.concatenate([[block.exterior, land.boundary], ties, cuts]), grid_size=GRID_M)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))


def _pattern(rng: np.random.Generator, i: int, j: int) -> Callable[[np.random.Generator, Points], Geometries]:
    """Return the way a block is cut up; one in seventeen is a village."""
    if (i * 7 + j * 3) % 17 == 5:
        return _village
    return _strips if rng.random() < 0.4 else _plots


def _strips(rng: np.random.Generator, quad: Points) -> Geometries:
    """Return the cuts of a peat colony: long narrow strips, and a few canals across them."""
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    middle, reach = quad.mean(axis=0), 0.9 * BLOCK_M
    place = np.cumsum(rng.uniform(24, 75, int(2 * reach / 24))) - reach
    place = place[place < reach]
    steps = np.linspace(-reach, reach, 13)
    bend = rng.normal(0, 0.8, (len(place), len(steps)))
    strips = middle + steps[:, None] * along + (place[:, None] + bend)[..., None] * across
    canals = np.sort(rng.uniform(-0.5 * BLOCK_M, 0.5 * BLOCK_M, rng.integers(2, 7)))
    ends = np.stack([canals, canals + rng.normal(0, 20, len(canals))], axis=1)
    crossing = middle + ends[..., None] * along + np.array([-reach, reach])[:, None] * across
    return np.concatenate([shapely.linestrings(strips), shapely.linestrings(crossing)])


def _plots(rng: np.random.Generator, quad: Points) -> Geometries:
    """Return the cuts of fields, with some farmyards that may lie inside one field or across several."""
    cuts = _halvings(rng, quad, smallest_m2=3_000, largest_m2=16_000, streets=0)
    yards = np.array([_yard(rng, quad) for _ in range(rng.integers(0, 6))], dtype=object)
    return np.concatenate([cuts, yards])


def _village(rng: np.random.Generator, quad: Points) -> Geometries:
    """Return the cuts of a village: streets first, then small plots between them."""
    return _halvings(rng, quad, smallest_m2=450, largest_m2=2_200, streets=5)


def _yard(rng: np.random.Generator, quad: Points) -> shapely.LinearRing:
    middle = quad.mean(axis=0) + rng.uniform(-0.35, 0.35, 2) * BLOCK_M
    return shapely.box(*(middle - rng.uniform(12, 35, 2)), *(middle + rng.uniform(12, 35, 2))).exterior


def _halvings(
    rng: np.random.Generator, quad: Points, *, smallest_m2: float, largest_m2: float, streets: int
) -> Geometries:
    """Return the cuts that halve a quadrilateral across its longest side, again and again.

    A piece is left alone once it is smaller than a size drawn for it; the first ``streets`` rounds leave a street.
    """
    middle = quad.mean(axis=0)
    # A little larger than the block, so that the cuts reach its winding edges.
    pieces = (middle + (quad - middle) * 1.12)[None]
    cuts: list[Points] = []
    level = 0
    while len(pieces):
        large = _area_m2(pieces) > rng.uniform(smallest_m2, largest_m2, len(pieces))
        pieces = pieces[large]
        sides = np.linalg.norm(np.roll(pieces, -1, axis=1) - pieces, axis=2)
        turn = (sides[:, 1] + sides[:, 3]) > (sides[:, 0] + sides[:, 2])
        pieces[turn] = np.roll(pieces[turn], -1, axis=1)
        share = rng.uniform(0.35, 0.65, len(pieces))
        other = np.clip(share + rng.normal(0, 0.04, len(pieces)), 0.2, 0.8)
        half_gap = np.zeros(len(pieces)) if level >= streets else 4.0 / np.where(turn, sides[:, 1], sides[:, 0])
        a, b, c, d = (pieces[:, at] for at in range(4))
        near, far = (
            np.stack([_between(a, b, share + side * half_gap), _between(d, c, other + side * half_gap)], axis=1)
            for side in (-1.0, 1.0)
        )
        cuts += [near, far] if level < streets else [near]
        first = np.stack([a, near[:, 0], near[:, 1], d], axis=1)
        second = np.stack([far[:, 0], b, c, far[:, 1]], axis=1)
        pieces = np.concatenate([first, second])
        level += 1
    return _prolonged(np.concatenate(cuts))


def _between(start: Points, stop: Points, share: npt.NDArray[np.float64]) -> Points:
    return start + (stop - start) * share[:, None]


def _area_m2(quads: Points) -> npt.NDArray[np.float64]:
    x, y = quads[..., 0], quads[..., 1]
    return 0.5 * np.abs((x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y).sum(axis=1))


def _prolonged(segments: Points) -> Geometries:
    """Return segments (n x 2 x 2) as lines that run a little too far at both ends, so that none stops short."""
    way = segments[:, 1] - segments[:, 0]
    extra = way / np.linalg.norm(way, axis=1, keepdims=True) * _OVERSHOOT_M
    return np.asarray(shapely.linestrings(np.stack([segments[:, 0] - extra, segments[:, 1] + extra], axis=1)))
