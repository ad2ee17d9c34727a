"""The parcels of an area: ids that are sound, shapes that are valid, two areas side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from planlib.crs import Geometries, require_true_area
from planlib.errors import LayerError
from planlib.layers.features import Bounds, read_placed
from planlib.layers.repair import repair
from planlib.model import Finding, ParcelSource


@dataclass(frozen=True, slots=True)
class Parcels:
    """Parcels in the area's CRS.

    ``table`` has the columns parcel_id, area_m2 (of the shape), registered_area_m2, owner_kind (both may be missing
    per row) and row (in the file); ``geometry`` is aligned with it.
    """

    table: pd.DataFrame
    geometry: Geometries
    findings: tuple[Finding, ...]

    @property
    def bounds(self) -> Bounds:
        """Left, bottom, right and top of all parcels, in the area's CRS."""
        left, bottom, right, top = shapely.total_bounds(self.geometry)
        return float(left), float(bottom), float(right), float(top)


def read_parcels(source: ParcelSource, *, crs: str) -> Parcels:
    """Return the parcels of an area.

    Raises
    ------
    LayerError
        The file cannot be used, an id is missing, stands twice or is a fraction, or no shape survived repair.
    CrsError
        The area's CRS is not true to area at these parcels.
    """
    optional = (source.registered_area_column, source.owner_kind_column)
    wanted = (source.id_column, *(column for column in optional if column))
    path = source.source.path
    raw, findings = read_placed(source.source, name="parcels", crs=crs, columns=wanted)
    if not raw.in_file:
        raise LayerError("{path} holds no parcels.", path=path)
    if not len(raw.geometry):
        raise LayerError(
            "{path}: none of the {count} parcels passes where = {condition!r}.",
            path=path,
            count=raw.in_file,
            condition=source.source.where,
        )
    ids = _ids(raw.columns[source.id_column], source.id_column, path=str(path), rows=raw.rows)
    parts, position, repairs = repair(raw.geometry, raw.rows, where="parcels")
    if not len(parts):
        raise LayerError("{path}: none of the {count} parcels has a usable shape.", path=path, count=len(ids))
    kept, index = np.unique(position, return_inverse=True)
    order = np.argsort(index, kind="stable")
    geometry = np.asarray(shapely.multipolygons(parts[order], indices=index[order]))
    single = shapely.get_num_geometries(geometry) == 1
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    table = pd.DataFrame({"parcel_id": ids[kept], "area_m2": shapely.area(geometry)})
    nothing = np.full(len(ids), None, dtype=object)
    registered = raw.columns[source.registered_area_column] if source.registered_area_column else nothing
    table["registered_area_m2"] = _areas(registered, source.registered_area_column, path=str(path), rows=raw.rows)[kept]
    table["owner_kind"] = _texts(raw.columns[source.owner_kind_column] if source.owner_kind_column else nothing)[kept]
    table["row"] = raw.rows[kept]
    parcels = Parcels(table, geometry, (*findings, *repairs))
    require_true_area(crs, parcels.bounds, file=str(path))
    return parcels


def _ids(values: np.ndarray, column: str, *, path: str, rows: np.ndarray) -> np.ndarray:
    ids = np.array(["" if pd.isna(value) else str(value).strip() for value in values], dtype=object)
    missing = np.flatnonzero(ids == "")
    if len(missing):
        raise LayerError(
            "{path}: row {row} has no id in column {column}.", path=path, row=rows[missing[0]], column=column
        )
    if any(isinstance(value, float | np.floating) for value in values):
        raise LayerError(
            "{path}: the ids in column {column} are fractions; ids are text or whole numbers.", path=path, column=column
        )
    twice = np.flatnonzero(pd.Index(ids).duplicated())
    if len(twice):
        raise LayerError(
            "{path}: the id {id} in column {column} stands on more than one row; ids must differ.",
            path=path,
            id=ids[twice[0]],
            column=column,
        )
    return ids


def _areas(values: np.ndarray, column: str | None, *, path: str, rows: np.ndarray) -> np.ndarray:
    """Return registered areas in m2, NaN where there is none."""
    areas = np.full(len(values), np.nan)
    for at, value in enumerate(values):
        if pd.isna(value):
            continue
        try:
            areas[at] = float(value)
        except (TypeError, ValueError):
            areas[at] = -1
        if not 0 <= areas[at] < np.inf:
            raise LayerError(
                "{path}: row {row} holds {value!r} in column {column}, which is no area.",
                path=path,
                row=rows[at],
                column=column,
                value=str(value),
            )
    return areas


def _texts(values: np.ndarray) -> np.ndarray:
    return np.array([None if pd.isna(value) else str(value).strip() or None for value in values], dtype=object)
