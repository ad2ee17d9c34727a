"""After the cut: one dictionary of signatures, and the sparse matrix of square metres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from planlib.errors import OverlayError
from planlib.overlay import files

#: Areas must add up to this share over a whole parcel (DESIGN 5).
_TOLERANCE = 1e-6


def merge_partitions(folder: Path, partitions: int) -> int:
    """Write rows, signatures and codes from the partition files; return the number of cells.

    Raises
    ------
    OverlayError
        The cells of a parcel do not add up to it.
    """
    codes: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    parcel, code, area, maps = [], [], [], []
    for index in range(partitions):
        path = files.part_file(folder, index)
        local = [codes.setdefault((tuple(p), tuple(u)), len(codes)) for p, u in files.read_metadata(path, "signatures")]
        maps.append(np.array(local, dtype=np.int32))
        of_parcel, of_code, of_area = files.read_columns(path, "parcel", "code", "area_m2")
        parcel.append(of_parcel)
        code.append(maps[-1][of_code])
        area.append(of_area)
    rows = _aggregate(np.concatenate(parcel), np.concatenate(code), np.concatenate(area), len(codes))
    _check_sums(folder, rows["parcel"], rows["area_m2"])
    files.write_table(folder / files.ROWS, rows)
    kind = pa.list_(pa.int32())
    present = pa.array([list(signature[0]) for signature in codes], type=kind)
    unknown = pa.array([list(signature[1]) for signature in codes], type=kind)
    files.write_table(folder / files.SIGNATURES, {"present": present, "unknown": unknown})
    partition = np.repeat(np.arange(partitions), [len(local) for local in maps])
    files.write_table(folder / files.CODES, {"partition": partition, "code": np.concatenate(maps)})
    return int(sum(len(part) for part in parcel))


def _aggregate(parcel: np.ndarray, code: np.ndarray, area: np.ndarray, codes: int) -> dict[str, np.ndarray]:
    """Return the area per parcel and code, ordered by both."""
    key, row = np.unique(parcel.astype(np.int64) * codes + code, return_inverse=True)
    total = np.bincount(row, area, len(key))
    return {"parcel": (key // codes).astype(np.int32), "code": (key % codes).astype(np.int32), "area_m2": total}


def _check_sums(folder: Path, parcel: np.ndarray, area: np.ndarray) -> None:
    whole, ids = files.read_columns(folder / files.PARCELS, "area_m2", "parcel_id")
    off = np.abs(np.bincount(parcel, area, len(whole)) - whole)
    wrong = np.flatnonzero(off > whole * _TOLERANCE)
    if len(wrong):
        raise OverlayError(
            "The pieces of parcel {id} add up to {got:.3f} m2 of its {want:.3f}; nothing was released.",
            id=ids[wrong[0]],
            got=float(whole[wrong[0]] + off[wrong[0]]),
            want=float(whole[wrong[0]]),
        )
