"""Results as Parquet, plain or with shapes (GeoParquet), with their provenance under the metadata key ``planlib``."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from planlib.crs import Geometries

METADATA_KEY = b"planlib"


def write_parquet(table: pd.DataFrame, about: Mapping[str, Any], path: Path) -> None:
    """Write a table as Parquet."""
    _write(pa.Table.from_pandas(table, preserve_index=False), about, path)


def write_geoparquet(table: pd.DataFrame, shapes: Geometries, crs: str, about: Mapping[str, Any], path: Path) -> None:
    """Write a table with a shape for each row as GeoParquet; its last column is ``geometry``."""
    frame = geopandas.GeoDataFrame(table.reset_index(drop=True), geometry=geopandas.GeoSeries(shapes), crs=crs)
    plain = io.BytesIO()
    frame.to_parquet(plain, index=False, write_covering_bbox=False)
    plain.seek(0)
    _write(pq.read_table(plain), about, path)


def _write(table: pa.Table, about: Mapping[str, Any], path: Path) -> None:
    told = json.dumps(about, ensure_ascii=False, default=str).encode()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), METADATA_KEY: told}), path)
