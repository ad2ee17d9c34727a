"""The files of one overlay: what the workers hand each other, and what a release is read from.

Everything is a file, so a worker in a pool or on a cluster gets a folder and a number, and a restart skips what stands
there already, when it can be read. Files are written under another name and renamed; what happens to a disk later is
why the summary keeps the size of each.

======================  =====================================================================================
parcels.parquet         parcels in Hilbert order, one row group per partition
features.parquet        prepared polygons of all members, in Hilbert order, with their bounding boxes
part-0000.parquet       cells of one partition; its signatures stand in the file's metadata
lattice-0000.parquet    the signature at each point of a regular lattice, for the overview map
rows.parquet            parcel, code, area_m2: the sparse matrix A of DESIGN section 3
signatures.parquet      code -> rules present, rules not known
codes.parquet           partition, local code -> code
overlay.json            rules, counts, bounds, the size of every other file; written last
======================  =====================================================================================
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

#: Part of the name of every overlay: raise it when the same input gives other cells or other files.
OVERLAY_VERSION = 5

PARCELS, FEATURES, ROWS, SIGNATURES, CODES, SUMMARY, PLAN = (
    "parcels.parquet",
    "features.parquet",
    "rows.parquet",
    "signatures.parquet",
    "codes.parquet",
    "overlay.json",
    "plan.json",
)


_NEEDED = object()


def part_file(folder: Path, index: int) -> Path:
    """Return the file with the cells of partition ``index``."""
    return folder / f"part-{index:04d}.parquet"


def lattice_file(folder: Path, index: int) -> Path:
    """Return the file with the lattice points of partition ``index``."""
    return folder / f"lattice-{index:04d}.parquet"


def member_file(folder: Path, member: int) -> Path:
    """Return the file with the prepared polygons of one member."""
    return folder / f"member-{member:04d}.parquet"


def seal(folder: Path, summary: Mapping[str, Any]) -> None:
    """Write the summary of an overlay whose other files are all there, and their sizes with it."""
    for unfinished in folder.glob(".*"):
        unfinished.unlink()
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("*.parquet"))}
    write_json(folder / SUMMARY, {**summary, "files": sizes})


def is_whole(folder: Path) -> bool:
    """Whether an overlay is there with all its files, each of the size it was made."""
    try:
        sizes: dict[str, int] = read_json(folder / SUMMARY)["files"]
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def is_readable(path: Path) -> bool:
    """Whether a Parquet file is there and can be read to its end."""
    try:
        for _ in pq.ParquetFile(path).iter_batches():
            pass
    except (OSError, pa.ArrowException):
        return False
    return True


def write_table(
    path: Path, columns: Mapping[str, Any], *, metadata: Mapping[str, Any] | None = None, group_rows: int | None = None
) -> None:
    """Write a Parquet file atomically; ``metadata`` values are stored as JSON."""
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    if metadata:
        table = table.replace_schema_metadata({key: json.dumps(value) for key, value in metadata.items()})
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, temporary, compression="snappy", row_group_size=group_rows)
    temporary.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file atomically; dates become ISO text, paths plain text."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(value, default=str, ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)


def read_json(path: Path) -> Any:
    """Return what a JSON file holds."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_columns(path: Path, *names: str) -> tuple[np.ndarray, ...]:
    """Return columns of a Parquet file as arrays."""
    table = pq.read_table(path, columns=list(names))
    return tuple(table[name].to_numpy() for name in names)


def read_metadata(path: Path, key: str, *, default: Any = _NEEDED) -> Any:
    """Return a value that :func:`write_table` put in the metadata; ``default``, when given, where it did not."""
    metadata = pq.read_schema(path).metadata or {}
    if key.encode() not in metadata and default is not _NEEDED:
        return default
    return json.loads(metadata[key.encode()])


def share(source: Path, target: Path) -> None:
    """Let a second name stand for a finished file, by a link where the disk can and by a copy where it cannot."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
    temporary.replace(target)
