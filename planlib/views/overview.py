"""The overview of a release for low zooms: squares that count the signatures of the lattice points in them.

The browser draws each square in the outcome that has the most points under the present look-up table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planlib.release import Release
from planlib.views.cache import ByteCache
from planlib.views.mercator import tile_origin, to_world
from planlib.views.mvt import Ints

#: Squares across a tile at most: eight pixels each.
_MOST_ACROSS = 64
#: A square spans at least this many steps of the lattice, so that every square within the area has points.
_STEPS = 2.0

_LATTICES: ByteCache[_Lattice] = ByteCache(64 * 2**20)


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Points in world units, their code, and the distance between neighbours."""

    xy: npt.NDArray[np.int32]
    code: npt.NDArray[np.int32]
    step: float

    @property
    def nbytes(self) -> int:
        return self.xy.nbytes + self.code.nbytes


def overview_tile(release: Release, z: int, x: int, y: int) -> dict[str, object] | None:
    """Return ``{"across": n, "squares": [[column, row, [code, count, ...]], ...]}``; None where there is nothing."""
    lattice = _LATTICES.get(release.folder, lambda: _read(release), lambda made: made.nbytes)
    left, top, side = tile_origin(z, x, y)
    inside = (lattice.xy[:, 0] >= left) & (lattice.xy[:, 0] < left + side)
    inside &= (lattice.xy[:, 1] >= top) & (lattice.xy[:, 1] < top + side)
    at = np.flatnonzero(inside)
    if not len(at):
        return None
    across = _MOST_ACROSS
    while across > 1 and side / across < _STEPS * lattice.step:
        across //= 2
    column = (lattice.xy[at, 0].astype(np.int64) - left) * across // side
    row = (lattice.xy[at, 1].astype(np.int64) - top) * across // side
    return {"across": across, "squares": _squares(row * across + column, lattice.code[at], across)}


def _squares(square: Ints, code: npt.NDArray[np.int32], across: int) -> list[list[object]]:
    pairs, count = np.unique(np.column_stack([square, code]), axis=0, return_counts=True)
    first = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    counts = np.split(np.column_stack([pairs[:, 1], count]).ravel(), 2 * first[1:])
    return [
        [int(at % across), int(at // across), list_of.tolist()]
        for at, list_of in zip(pairs[first, 0], counts, strict=True)
    ]


def _read(release: Release) -> _Lattice:
    x, y, code = release.read_lattice()
    world = to_world(np.column_stack([x, y]), crs=release.area.crs)
    return _Lattice(world, code.astype(np.int32), _step(release))


def _step(release: Release) -> float:
    """Return the lattice step in world units, measured at the middle of the area."""
    left, bottom, right, top = release.bounds
    middle = np.array([(left + right) / 2, (bottom + top) / 2])
    ends = to_world(np.array([middle, middle + np.array([release.lattice_step_m, 0.0])]), crs=release.area.crs)
    return float(np.hypot(*np.diff(ends.astype(np.float64), axis=0)[0]))
