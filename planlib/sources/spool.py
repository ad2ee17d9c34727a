"""Pages on disk as they come, with a journal: a download goes on where it broke off, and holds one page in memory.

The journal is an SQLite file that knows which pages are whole, where to go on, and which ids were seen. A page counts
once its file is written and the journal says so, in that order.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from planlib.crs import parse_crs
from planlib.sources.pages import Cursor, Page, bounds_of

#: What came in longer ago than this is asked anew: the service may have changed meanwhile.
_KEPT_FOR = timedelta(hours=24)
#: Rows of the Parquet file that are written at once: what is held in memory beside one page.
_GROUP_ROWS = 20_000
_ID, _GEOMETRY = "_id", "_geometry"
_SCHEMA = """
CREATE TABLE request (text TEXT, begun TEXT, cursor TEXT, crs TEXT, matched INTEGER, etag TEXT);
CREATE TABLE page (number INTEGER PRIMARY KEY, seen INTEGER, kept INTEGER, shapeless INTEGER, box TEXT);
CREATE TABLE seen (key INTEGER PRIMARY KEY, id TEXT UNIQUE);
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """What came in so far.

    ``seen`` counts features, each once; ``kept`` those that were wanted, ``shapeless`` those of them without a shape,
    ``matched`` how many the service says there are.
    """

    pages: int
    seen: int
    kept: int
    shapeless: int
    matched: int | None
    crs: str
    etag: str | None


class Spool:
    """The pages of one request, in a folder of their own.

    Parameters
    ----------
    folder
        Made when it is not there; what another or an older request left in it is dropped.
    request
        Everything that makes it this request.
    """

    def __init__(self, folder: Path, request: dict[str, Any]) -> None:
        self.folder = folder
        text = json.dumps(request, sort_keys=True, default=str)
        if not _is_of(folder, text):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._journal = _connect(folder)
            with self._journal:
                self._journal.executescript(_SCHEMA)
                self._journal.execute(
                    "INSERT INTO request VALUES (?, ?, NULL, NULL, NULL, NULL)", (text, datetime.now(UTC).isoformat())
                )
        else:
            self._journal = _connect(folder)

    def close(self) -> None:
        """Let go of the journal."""
        self._journal.close()

    def drop(self) -> None:
        """Take everything away."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cursor(self, first: Cursor) -> Cursor:
        """Return where to go on: ``first`` when nothing came in yet, None when all came in."""
        (text,) = self._journal.execute("SELECT cursor FROM request").fetchone()
        return first if text is None else json.loads(text)

    def tally(self) -> Tally:
        """Return what came in so far."""
        pages, seen, kept, shapeless = self._journal.execute(
            "SELECT count(*), coalesce(sum(seen), 0), coalesce(sum(kept), 0), coalesce(sum(shapeless), 0) FROM page"
        ).fetchone()
        crs, matched, etag = self._journal.execute("SELECT crs, matched, etag FROM request").fetchone()
        return Tally(pages, seen, kept, shapeless, matched, crs or "", etag)

    def add(self, page: Page, wanted: np.ndarray | None = None) -> int:
        """Keep the features of a page that were not seen before, and return how many these were.

        ``wanted`` says of each feature of the page whether it is kept; all are when it is left out.
        """
        with self._journal:
            (number,) = self._journal.execute("SELECT coalesce(max(number), 0) + 1 FROM page").fetchone()
            fresh = self._fresh(page)
            rows = fresh if wanted is None else fresh[wanted[fresh]]
            geometry = page.geometry[rows]
            columns = page.columns.take(pa.array(rows)) if page.columns.num_columns else page.columns
            named = {name: columns[name] for name in columns.column_names}
            named[_ID] = pa.array([page.ids[row] for row in rows], pa.string())
            named[_GEOMETRY] = pa.array(shapely.to_wkb(geometry), pa.binary())
            table = pa.table(named)
            path = self.folder / f"page-{number:06d}.arrow"
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            shapeless = int((shapely.is_missing(geometry) | shapely.is_empty(geometry)).sum())
            box = bounds_of(geometry)
            self._journal.execute(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?)",
                (number, len(fresh), len(rows), shapeless, json.dumps(box) if box else None),
            )
            self._journal.execute(
                "UPDATE request SET cursor = ?, crs = ?, matched = coalesce(matched, ?), etag = coalesce(etag, ?)",
                (json.dumps(page.next), page.crs, page.matched, page.etag),
            )
        return len(fresh)

    def _fresh(self, page: Page) -> np.ndarray:
        """Rows of a page whose id was not seen; a row without an id cannot be told from another and is kept."""
        (last,) = self._journal.execute("SELECT coalesce(max(key), 0) FROM seen").fetchone()
        named = [row for row, feature_id in enumerate(page.ids) if feature_id is not None]
        self._journal.executemany(
            "INSERT OR IGNORE INTO seen VALUES (?, ?)", [(last + 1 + row, page.ids[row]) for row in named]
        )
        new = {key - last - 1 for (key,) in self._journal.execute("SELECT key FROM seen WHERE key > ?", (last,))}
        without = set(range(len(page.ids))) - set(named)
        return np.array(sorted(new | without), dtype=np.int64)

    def write_parquet(self, target: Path) -> None:
        """Write all that came in as GeoParquet 1.1, page by page."""
        numbers = self._journal.execute("SELECT number FROM page ORDER BY number")
        paths = [self.folder / f"page-{number:06d}.arrow" for (number,) in numbers]
        schema = _common_schema(paths)
        names = [name for name in schema.names if name not in (_ID, _GEOMETRY)]
        id_name = next(name for name in ("id", "feature_id", "_feature_id") if name not in names)
        has_ids = self._journal.execute("SELECT EXISTS (SELECT 1 FROM seen)").fetchone()[0]
        shape_name = next(name for name in ("geometry", "_geometry") if name not in names)
        fields = [schema.field(name) for name in names]
        fields += [pa.field(id_name, pa.string())] if has_ids else []
        fields.append(pa.field(shape_name, pa.binary()))
        final = pa.schema(fields, metadata={"geo": json.dumps(self._geo(shape_name))})
        with pq.ParquetWriter(target, final, compression="zstd") as writer:
            batch: list[pa.Table] = []
            for page in map(_read_page, paths):
                columns = [_as_type(page, name, schema.field(name).type) for name in names]
                columns += [page[_ID]] if has_ids else []
                batch.append(pa.Table.from_arrays([*columns, page[_GEOMETRY]], schema=final))
                if sum(part.num_rows for part in batch) >= _GROUP_ROWS:
                    writer.write_table(pa.concat_tables(batch))
                    batch = []
            writer.write_table(pa.concat_tables([*batch, final.empty_table()]))

    def _geo(self, shape_name: str) -> dict[str, Any]:
        boxes = [json.loads(box) for (box,) in self._journal.execute("SELECT box FROM page WHERE box IS NOT NULL")]
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": [],
            "crs": parse_crs(self.tally().crs).to_json_dict(),
        }
        if boxes:
            left, bottom, right, top = zip(*boxes, strict=True)
            column["bbox"] = [min(left), min(bottom), max(right), max(top)]
        return {"version": "1.1.0", "primary_column": shape_name, "columns": {shape_name: column}}


def _connect(folder: Path) -> sqlite3.Connection:
    journal = sqlite3.connect(folder / "journal.sqlite")
    # One process, and a page that was lost is asked again: what matters is the order of writing, not the disk's cache.
    journal.execute("PRAGMA synchronous = OFF")
    return journal


def _is_of(folder: Path, request: str) -> bool:
    """Whether a folder holds pages of this very request that are not too old to go on with."""
    if not (folder / "journal.sqlite").exists():
        return False
    journal = _connect(folder)
    try:
        text, begun = journal.execute("SELECT text, begun FROM request").fetchone()
        return text == request and datetime.now(UTC) - datetime.fromisoformat(begun) < _KEPT_FOR
    except (sqlite3.Error, TypeError, ValueError):
        return False
    finally:
        journal.close()


def _read_page(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).read_all()


def _schemas(paths: list[Path]) -> Iterator[pa.Schema]:
    for path in paths:
        with pa.OSFile(str(path), "rb") as file:
            yield pa.ipc.open_file(file).schema


def _common_schema(paths: list[Path]) -> pa.Schema:
    """Return for every column of any page the type that holds the values of all."""
    types: dict[str, pa.DataType] = {}
    for schema in _schemas(paths):
        for field in schema:
            types[field.name] = _wider(types.get(field.name, pa.null()), field.type)
    # A column that is empty everywhere has no type of its own.
    return pa.schema([(name, pa.string() if pa.types.is_null(kind) else kind) for name, kind in types.items()])


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one.equals(other) or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    numbers = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in (one, other))
    return pa.float64() if numbers else pa.string()


def _as_type(page: pa.Table, name: str, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if name not in page.column_names:
        return pa.nulls(page.num_rows, kind)
    return pc.cast(page[name], kind, safe=False)
