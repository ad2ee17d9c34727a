"""Addresses that can be found by name: the parts that a register keeps apart, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pandas as pd

#: The column with the whole address.
LABEL = "adres"


def write_addresses(layer: Path, columns: Sequence[str], target: Path) -> None:
    """Write the addresses of a layer as one column with their places, whole or not at all.

    ``columns`` are the street, the number, its letter, its addition and the town; a row without street or number has no
    name.
    """
    frame = geopandas.read_parquet(layer)
    street, number, letter, addition, town = (_texts(frame, column) for column in columns)
    dashed = addition.where(addition == "", "-" + addition)
    within = town.where(town == "", ", " + town)
    named = (street + " " + number + letter + dashed + within).where((street != "") & (number != ""))
    temporary = target.with_name(f".{target.name}.new")
    geopandas.GeoDataFrame({LABEL: named}, geometry=frame.geometry, crs=frame.crs).to_parquet(temporary)
    temporary.replace(target)


def _texts(frame: geopandas.GeoDataFrame, column: str) -> pd.Series:
    """Return a column as text, empty where there is nothing; a number is written without a decimal point."""
    if column not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    values = frame[column]
    if pd.api.types.is_float_dtype(values):
        values = values.astype("Int64")
    return values.astype(object).where(values.notna(), "").astype(str).str.strip()
