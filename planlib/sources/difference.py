"""Which features came, went or changed between two copies of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

#: What a layer may call the id that the service gave, in the order in which the name was free.
_ID_NAMES = ("id", "feature_id", "_feature_id")


@dataclass(frozen=True, slots=True)
class Difference:
    """How many features came, went, and stayed with another shape or other attributes."""

    added: int
    removed: int
    changed: int


def difference(before: Path, after: Path) -> Difference | None:
    """Return how two GeoParquet files of one layer differ, row group by row group; None when one cannot be read.

    Features are told by the id of the service. Without one, or when an id stands twice, a feature that changed counts
    as one that went and one that came.
    """
    try:
        id_name = _common_id(before, after)
        (old_ids, old), (new_ids, new) = (_marks(path, id_name) for path in (before, after))
    except (OSError, pa.ArrowException):
        # A copy that is spoilt must not keep a sound one out.
        return None
    if old_ids.is_unique and new_ids.is_unique:
        stayed = old_ids.intersection(new_ids)
        moved = old[old_ids.get_indexer(stayed)] != new[new_ids.get_indexer(stayed)]
        return Difference(len(new_ids) - len(stayed), len(old_ids) - len(stayed), int(moved.sum()))
    counts = pd.Series(new).value_counts().sub(pd.Series(old).value_counts(), fill_value=0).to_numpy()
    return Difference(int(counts[counts > 0].sum()), int(-counts[counts < 0].sum()), 0)


def _common_id(before: Path, after: Path) -> str | None:
    one, other = (set(pq.read_schema(path).names) for path in (before, after))
    return next((name for name in _ID_NAMES if name in one and name in other), None)


def _marks(path: Path, id_name: str | None) -> tuple[pd.Index, np.ndarray]:
    """Return of each row its id, and a number that differs when anything in the row does."""
    file = pq.ParquetFile(path)
    names = sorted(file.schema_arrow.names)
    ids, marks = [], []
    for number in range(file.num_row_groups):
        frame = file.read_row_group(number, columns=names).to_pandas()
        mark = np.zeros(len(frame), dtype=np.uint64)
        for name in names:
            # Types may widen between two copies; what is compared is what is said.
            said = frame[name].map(_plain).astype(str)
            mark = mark * np.uint64(1_000_003) + pd.util.hash_array(said.to_numpy(dtype=object))
        marks.append(mark)
        ids += [""] * len(frame) if id_name is None else frame[id_name].astype(str).tolist()
    return pd.Index(ids, dtype=object), np.concatenate(marks) if marks else np.array([], dtype=np.uint64)


def _plain(value: object) -> object:
    """Return a value as it is compared: bytes as digits, a whole float as the integer it is, nothing as nothing."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float):
        return None if np.isnan(value) else int(value) if value.is_integer() else value
    return value
