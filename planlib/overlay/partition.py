"""One partition: parcels and features from file, cells to file. The same function serves a pool and a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import shapely

from planlib.crs import Geometries
from planlib.layers import Bounds
from planlib.overlay import files
from planlib.overlay.cut import cut

#: Rules present and rules not known, by their position in the plan.
Signature = list[list[int]]
#: Parcel, code, m2 and WKB of cells.
RawCells = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
#: x, y and the cell of points.
Lattice = tuple[np.ndarray, np.ndarray, np.ndarray]


def cut_partition(folder: str, index: int) -> None:
    """Write the cells and lattice points of one partition, unless they can be read there already.

    Memory is bounded by the parcels of the partition and the features whose bounding box meets theirs.
    """
    work = Path(folder)
    if all(files.is_readable(path) for path in (files.part_file(work, index), files.lattice_file(work, index))):
        return
    plan = files.read_json(work / files.PLAN)
    parcels, first = parcels_of(work, index)
    features, member = features_near(work, bounds_of(parcels))
    cells = cut(parcels, features, member, members=plan["members"])
    code, signatures = signatures_of(cells.inside, plan)
    lattice = lattice_of(cells.geometry, parcels, plan["lattice_step_m"])
    made = cells.parcel + first, code, cells.area_m2, np.asarray(shapely.to_wkb(cells.geometry))
    write_cells(work, index, made, signatures, lattice)


def parcels_of(folder: Path, index: int) -> tuple[Geometries, int]:
    """Return the parcel shapes of a partition, and the index of the first of them in the area."""
    group = pq.ParquetFile(folder / files.PARCELS)
    first = sum(group.metadata.row_group(at).num_rows for at in range(index))
    return shapely.from_wkb(group.read_row_group(index, columns=["geometry"])["geometry"].to_numpy()), first


def write_cells(
    folder: Path, index: int, cells: RawCells, signatures: list[Signature], lattice: Lattice, **more: object
) -> None:
    """Write the cells and lattice points of one partition.

    Parameters
    ----------
    cells
        Aligned: parcel in the area, code in ``signatures``, m2, shape as WKB.
    more
        What else stands in the metadata of the cells.
    """
    parcel, code, area_m2, wkb = cells
    x, y, at = lattice
    files.write_table(files.lattice_file(folder, index), {"x": x, "y": y, "code": code[at]})
    columns = {
        "parcel": parcel.astype(np.int32),
        "code": code,
        "area_m2": area_m2,
        "geometry": pa.array(wkb, type=pa.binary()),
    }
    files.write_table(files.part_file(folder, index), columns, metadata={"signatures": signatures, **more})


def features_near(folder: Path, bounds: Bounds) -> tuple[Geometries, np.ndarray]:
    """Return the prepared polygons of an overlay whose bounding box meets ``bounds``, and the member of each."""
    path = folder / files.FEATURES
    if not path.exists():
        return np.array([], dtype=object), np.array([], dtype=np.int32)
    left, bottom, right, top = bounds
    near = (
        (pc.field("left") <= right)
        & (pc.field("right") >= left)
        & (pc.field("bottom") <= top)
        & (pc.field("top") >= bottom)
    )
    table = ds.dataset(path).to_table(columns=["member", "geometry"], filter=near)
    return shapely.from_wkb(table["geometry"].to_numpy()), table["member"].to_numpy()


def rules_at(
    inside: np.ndarray, features: Sequence[int | None], coverage: Sequence[int | None]
) -> tuple[np.ndarray, np.ndarray]:
    """Return which rules are present, and which are not known, in each cell: two boolean matrices (cells x rules).

    A rule is not known where it has no feature and lies outside its coverage; with none of its own it is so nowhere.

    Parameters
    ----------
    inside
        Which members hold each cell (cells x members).
    features, coverage
        Per rule the member of its features and of where it is known, as :class:`planlib.overlay.Plan` has them.
    """
    present = np.zeros((len(inside), len(features)), dtype=bool)
    unknown = np.zeros_like(present)
    for rule, (own, known) in enumerate(zip(features, coverage, strict=True)):
        if own is not None:
            present[:, rule] = inside[:, own]
        if known is not None:
            unknown[:, rule] = ~inside[:, known] & ~present[:, rule]
    return present, unknown


def signatures_of(inside: np.ndarray, plan: Mapping[str, Any]) -> tuple[np.ndarray, list[Signature]]:
    """Return each cell's local code, and per code the rules present and the rules not known."""
    present, unknown = rules_at(inside, plan["features"], plan["coverage"])
    packed = np.packbits(np.hstack([present, unknown]), axis=1)
    if packed.shape[1] == 0:
        return np.zeros(len(inside), dtype=np.int32), [[[], []]]
    _, first, code = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    signatures = [[np.flatnonzero(present[at]).tolist(), np.flatnonzero(unknown[at]).tolist()] for at in first]
    return code.astype(np.int32), signatures


def lattice_of(cells: Geometries, parcels: Geometries, step: float) -> Lattice:
    """Return the lattice points that lie in a cell; all partitions share one lattice."""
    left, bottom, right, top = bounds_of(parcels)
    x = np.arange(np.ceil(left / step), np.floor(right / step) + 1) * step
    y = np.arange(np.ceil(bottom / step), np.floor(top / step) + 1) * step
    x, y = (grid.ravel() for grid in np.meshgrid(x, y))
    point, cell = shapely.STRtree(cells).query(shapely.points(x, y), predicate="intersects")
    # On a shared edge, or where parcels overlap, the first cell speaks for the point.
    point, keep = np.unique(point, return_index=True)
    return x[point], y[point], cell[keep]


def bounds_of(geometry: Geometries) -> Bounds:
    """Return left, bottom, right and top of shapes together."""
    left, bottom, right, top = shapely.total_bounds(geometry)
    return float(left), float(bottom), float(right), float(top)
