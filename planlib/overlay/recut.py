"""One partition of a variant: what another distance touches is cut again, all other cells are taken over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely

from planlib.crs import Geometries
from planlib.overlay import files
from planlib.overlay.cut import cut
from planlib.overlay.partition import (
    Signature,
    bounds_of,
    features_near,
    lattice_of,
    parcels_of,
    signatures_of,
    write_cells,
)

_RECUT = "recut"


def recut_partition(folder: str, base: str, index: int, members: Sequence[int]) -> None:
    """Write the cells and lattice points of one partition from those of ``base``, unless they can be read already.

    Only the parcels that a feature of one of ``members`` touches, as it was or as it is now, are cut; a partition
    without one shares the files of ``base``.
    """
    work, old = Path(folder), Path(base)
    made = [files.part_file(work, index), files.lattice_file(work, index)]
    if all(files.is_readable(path) for path in made):
        return
    parcels, first = parcels_of(work, index)
    features, member = features_near(work, bounds_of(parcels))
    touched = _touched(parcels, _of(members, features, member), _of(members, *features_near(old, bounds_of(parcels))))
    if not len(touched):
        for path in made:
            files.share(old / path.name, path)
        return
    plan = files.read_json(work / files.PLAN)
    # Features are asked with: GEOS prepares what is asked with, and theirs are the large shapes.
    near = np.unique(shapely.STRtree(parcels[touched]).query(features, predicate="intersects")[0])
    cells = cut(parcels[touched], features[near], member[near], members=plan["members"])
    fresh, known = signatures_of(cells.inside, plan)
    parcel, code, area, wkb = (
        pq.read_table(old / made[0].name)[name].to_numpy() for name in ("parcel", "code", "area_m2", "geometry")
    )
    stays = ~np.isin(parcel - first, touched)
    earlier: list[Signature] = files.read_metadata(old / made[0].name, "signatures")
    code, signatures = _join(code[stays], earlier, fresh, known)
    parcel = np.concatenate([parcel[stays], touched[cells.parcel] + first])
    order = np.argsort(parcel, kind="stable")
    area = np.concatenate([area[stays], cells.area_m2])[order]
    wkb = np.concatenate([wkb[stays], shapely.to_wkb(cells.geometry)])[order]
    lattice = lattice_of(shapely.from_wkb(wkb), parcels, plan["lattice_step_m"])
    write_cells(work, index, (parcel[order], code[order], area, wkb), signatures, lattice, **{_RECUT: len(touched)})


def count_recut(folder: Path, partitions: int) -> int:
    """Return how many parcels of a variant were cut again."""
    return sum(files.read_metadata(files.part_file(folder, index), _RECUT, default=0) for index in range(partitions))


def _of(members: Sequence[int], features: Geometries, member: np.ndarray) -> Geometries:
    return features[np.isin(member, members)]


def _touched(parcels: Geometries, *features: Geometries) -> np.ndarray:
    """Return the positions of the parcels that any of the features touches, ascending."""
    moved = np.concatenate(features)
    # The order of the answer: the feature asked with, the parcel found.
    return np.unique(shapely.STRtree(parcels).query(moved, predicate="intersects")[1])


def _join(
    code: np.ndarray, signatures: list[Signature], more_code: np.ndarray, more: list[Signature]
) -> tuple[np.ndarray, list[Signature]]:
    """Return codes and their signatures of two sets of cells together, without signatures that no cell has."""
    together: dict[tuple[tuple[int, ...], ...], int] = {}
    maps = [
        np.array([together.setdefault(tuple(map(tuple, item)), len(together)) for item in known], dtype=np.int32)
        for known in (signatures, more)
    ]
    joined = np.concatenate([maps[0][code], maps[1][more_code]])
    used, joined = np.unique(joined, return_inverse=True)
    every = list(together)
    return joined.astype(np.int32), [[list(rules) for rules in every[at]] for at in used]
