"""An assessment as a GeoPackage that QGIS opens in the five outcomes: parcels, cells, rules, styles, provenance.

Layers: ``parcels`` (first; the columns of the contract), ``cells`` (one per piece of a parcel in which the same rules
apply) and the table ``rules``. ``layer_styles`` is where QGIS looks for the style of a layer. The provenance stands in
``gpkg_metadata`` as JSON that is about the whole file.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely

from planlib.crs import Geometries
from planlib.layers import is_plain_name
from planlib.model import OUTCOMES
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.export_qml import cell_style, parcel_style
from planlib.views.provenance import provenance
from planlib.views.tables import free_table, rules_table

PARCELS, CELLS, RULES = "parcels", "cells", "rules"
#: The form of our metadata: JSON.
_JSON_STANDARD = "https://www.rfc-editor.org/rfc/rfc8259"
# What QGIS itself makes when it saves a style in a GeoPackage.
_STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256),
    f_table_schema TEXT(256),
    f_table_name TEXT(256),
    f_geometry_column TEXT(256),
    styleName TEXT(30),
    styleQML TEXT,
    styleSLD TEXT,
    useAsDefault BOOLEAN,
    description TEXT,
    owner TEXT(30),
    ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""


def parcel_shapes(release: Release, index: np.ndarray) -> Geometries:
    """Return the shapes of the parcels with these indices in the area's CRS, outer rings counterclockwise."""
    shapes = [release.read_parcels(at) for at in range(len(release.partition_bounds))]
    return shapely.orient_polygons(np.concatenate(shapes)[index])


def write_geopackage(assessment: Assessment, path: Path, *, for_qgis: bool) -> None:
    """Write an assessment as a GeoPackage at ``path``, where nothing may stand yet.

    ``for_qgis`` adds cells, rules and styles. Without it the parcels are its only layer, so that a program that names
    no layer reads what it expects.
    """
    with _plainly_named(path) as plain:
        if for_qgis:
            _write_all(assessment, plain)
        else:
            _write_parcels(assessment, plain)


def write_table_geopackage(table: pd.DataFrame, about: Mapping[str, Any], path: Path) -> None:
    """Write a table without shapes as the one layer of a GeoPackage at ``path``, where nothing may stand yet."""
    told = {"planlib": json.dumps(about, ensure_ascii=False, default=str)}
    with _plainly_named(path) as plain:
        pyogrio.write_dataframe(table, plain, layer="result", driver="GPKG", layer_metadata=told)


@contextmanager
def _plainly_named(path: Path) -> Iterator[Path]:
    """Yield a path that pyogrio takes for what it is; what was written there stands at ``path`` afterwards."""
    if is_plain_name(path.absolute()):
        yield path.absolute()
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "made.gpkg"
        yield plain
        shutil.copyfile(plain, path)


def _write_parcels(assessment: Assessment, path: Path) -> str:
    """Write the layer of parcels and return the provenance that went with it."""
    release = assessment.release
    table = free_table(assessment)
    about = json.dumps(provenance(assessment), ensure_ascii=False)
    shapes = parcel_shapes(release, table.index.to_numpy())
    _write_layer(table, shapes, path, PARCELS, release.area.crs, layer_metadata={"planlib": about})
    return about


def _write_all(assessment: Assessment, path: Path) -> None:
    release = assessment.release
    about = _write_parcels(assessment, path)
    for partition in range(len(release.partition_bounds)):
        cells, shapes = _cells(assessment, partition)
        _write_layer(cells, shapes, path, CELLS, release.area.crs, append=partition > 0)
    rules = rules_table(assessment)
    if len(rules):
        pyogrio.write_dataframe(rules, path, layer=RULES, driver="GPKG")
    with closing(sqlite3.connect(path)) as connection, connection:
        _add_styles(connection)
        _add_metadata(connection, about)


def _write_layer(
    table: pd.DataFrame, shapes: Geometries, path: Path, layer: str, crs: str, *, append: bool = False, **options: Any
) -> None:
    frame = geopandas.GeoDataFrame(table.reset_index(drop=True), geometry=geopandas.GeoSeries(shapes), crs=crs)
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver="GPKG",
        promote_to_multi=True,
        geometry_type="MultiPolygon",
        append=append,
        **options,
    )


def _cells(assessment: Assessment, partition: int) -> tuple[pd.DataFrame, Geometries]:
    """Return the cells of a partition with their outcome, and the ids of the rules that make it."""
    release = assessment.release
    shapes, parcel, code = release.read_cells(partition)
    codes, of = np.unique(code, return_inverse=True)
    present, not_known = ([_ids(release, int(one), not_known=lacking) for one in codes] for lacking in (False, True))
    table = pd.DataFrame(
        {
            "parcel_id": release.parcels["parcel_id"].to_numpy()[parcel],
            "outcome": np.array([str(outcome) for outcome in OUTCOMES])[assessment.rank[code]],
            "rules": np.array(present, dtype=object)[of],
            "not_known": np.array(not_known, dtype=object)[of],
            "area_m2": shapely.area(shapes),
        }
    )
    return table, shapely.orient_polygons(shapes)


def _ids(release: Release, code: int, *, not_known: bool) -> str:
    here = release.signatures
    members = slice(here.start[code], here.start[code + 1])
    wanted = here.rule[members][here.not_known[members] == not_known]
    return ";".join(release.rules[at].id for at in sorted(wanted.tolist()))


def _add_styles(connection: sqlite3.Connection) -> None:
    words = Words("nl")
    connection.execute(_STYLES_TABLE)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles')"
    )
    for layer, name, style in (
        (PARCELS, words("Parcels by outcome"), parcel_style(words)),
        (CELLS, words("Free space by outcome"), cell_style(words)),
    ):
        # QGIS finds a style by an empty schema, not by none.
        connection.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '')",
            (layer, name, style, name),
        )


def _add_metadata(connection: sqlite3.Connection, about: str) -> None:
    made = connection.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES ('dataset', ?, 'application/json', ?)",
        (_JSON_STANDARD, about),
    )
    connection.execute(
        "INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', ?)",
        (made.lastrowid,),
    )
