"""The tracked seed of an area's register: a GeoJSON file in the register's own form, read when the register is made."""

from __future__ import annotations

from pathlib import Path

from planlib.model.register import Entity
from planlib.store.geojson import read_geojson

SEED_FILE = "register-seed.geojson"


def read_seed(area_folder: Path) -> tuple[Entity, ...]:
    """Return the entities of an area's seed in file order; none when there is no seed.

    Raises
    ------
    StoreError
        The file is not GeoJSON, or an entity in it does not fit.
    """
    path = area_folder / SEED_FILE
    return tuple(item.entity for item in read_geojson(path)) if path.exists() else ()
