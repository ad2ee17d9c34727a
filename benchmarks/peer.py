"""The other way: one ``geopandas.overlay(how="difference")`` of the parcels and all hard rules.

Run by itself: ``python -m benchmarks.peer AREA``. It prints how many m2 it finds free, and how many parcels there are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import geopandas
import pandas as pd

from benchmarks.generate import PARCELS, hard_layers


def free_of_hard(folder: Path) -> tuple[float, int]:
    """Return the m2 of the parcels that no hard rule covers, and the number of parcels."""
    parcels = geopandas.read_parquet(folder / PARCELS)
    rules = pd.concat([geopandas.read_parquet(path, columns=["geometry"]) for path in hard_layers(folder)])
    left = geopandas.overlay(parcels, rules, how="difference")
    return float(left.area.sum()), len(parcels)


if __name__ == "__main__":
    free_m2, count = free_of_hard(Path(sys.argv[1]))
    print(json.dumps({"free_m2": free_m2, "parcels": count}))
