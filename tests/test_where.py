"""``where``: the same rows pass whatever the format, dates and numbers compare as what they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio.raw
import pytest
import shapely

from tests.areas import RD, area_table, box, constraint, findings, free, run, write_area, write_toml

SUFFIXES = (".gpkg", ".parquet", ".fgb", ".geojson", ".zip", ".gml")
#: One strip of the parcel each, of 1,000, 2,000 and 300 m2.
STRIPS = (box(0, 0, 10, 100), box(20, 0, 40, 100), box(50, 0, 53, 100))
AREAS = (1000, 2000, 300)


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel without rules."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)})


def write_dates(path: Path, days: Sequence[str]) -> None:
    """Write the strips with a column ``d`` of the type DATE of the format."""
    values = np.array(days, dtype="datetime64[D]")
    if path.suffix == ".parquet":
        frame = geopandas.GeoDataFrame({"d": [value.item() for value in values]}, geometry=list(STRIPS), crs=RD)
        frame.to_parquet(path)
        return
    drivers = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".geojson": "GeoJSON", ".zip": "ESRI Shapefile", ".gml": "GML"}
    target = path.with_suffix(".shz") if path.suffix == ".zip" else path
    pyogrio.raw.write(
        target,
        shapely.to_wkb(list(STRIPS)),
        [values],
        np.array(["d"], dtype=object),
        geometry_type="Polygon",
        crs=RD,
        driver=drivers[path.suffix],
    )
    target.rename(path)


def covered(area: Path, path: Path, where: str) -> float:
    """Return the area that the rows of a file cover that pass a condition."""
    write_toml(area, area_table([constraint("r", path=path.name, where=where)]))
    return free(area)["p1"]["blocked"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("where", "passing"),
    [
        ("d = '2024-01-01'", 1000),
        ("d <= '2024-06-01'", 3000),
        ("d > '2024-01-01'", 2300),
        ("d BETWEEN '2024-01-01' AND '2024-06-01'", 3000),
    ],
)
def test_a_date_compares_as_it_is_written_in_every_format(area: Path, suffix: str, where: str, passing: float) -> None:
    path = area / f"r{suffix}"
    write_dates(path, ["2024-01-01", "2024-06-01", "2025-01-01"])
    assert covered(area, path, where) == pytest.approx(passing)


# GDAL remarks that a GeoPackage should keep no zones.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".fgb", ".geojson", ".gml"])
@pytest.mark.parametrize("zone", [None, "Europe/Amsterdam"])
def test_a_column_of_midnights_compares_as_dates_and_any_other_as_times(
    area: Path, suffix: str, zone: str | None
) -> None:
    midnights = pd.to_datetime(["2024-01-01", "2024-06-01", None]).tz_localize(zone)
    times = pd.to_datetime(["2024-01-01T08:30:00", "2024-06-01T00:00:00", None]).tz_localize(zone)
    frame = geopandas.GeoDataFrame({"d": midnights, "t": times}, geometry=list(STRIPS), crs=RD)
    path = area / f"r{suffix}"
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_file(path)
    assert covered(area, path, "d <= '2024-01-01'") == pytest.approx(1000)
    assert covered(area, path, "t <= '2024-01-01'") == 0
    assert covered(area, path, "t = '2024-01-01T08:30:00'") == pytest.approx(1000)
    assert covered(area, path, "t IS NULL") == pytest.approx(300)


@pytest.mark.parametrize(
    ("values", "where", "passing"),
    [
        ([Decimal("5"), Decimal("10"), Decimal("7.5")], "n > 6", 2300),
        ([Decimal("5"), Decimal("10"), None], "n IS NULL", 300),
        (pd.array([5, 10, None], dtype="Int64"), "n > 6", 2000),
        (pd.array([5, 10, None], dtype="Int64"), "n IS NULL", 300),
        (np.array([1, 2**63 + 2**20, 2**64 - 1], dtype=np.uint64), "n > 9223372036854775807", 2300),
        (np.array([1, 2**63 + 2**20, 2**64 - 1], dtype=np.uint64), "s = 'a'", 1000),
        ([1.5, np.nan, 3.0], "n IS NULL", 2000),
        ([1.5, np.nan, 3.0], "n / 2 = 1.5", 300),
        ([True, False, True], "n", 1300),
    ],
    ids=str,
)
def test_numbers_compare_as_numbers_however_they_are_kept(area: Path, values: Any, where: str, passing: float) -> None:
    frame = geopandas.GeoDataFrame({"n": values, "s": ["a", "b", "c"]}, geometry=list(STRIPS), crs=RD)
    frame.to_parquet(area / "r.parquet")
    assert covered(area, area / "r.parquet", where) == pytest.approx(passing)


def write_geojson(path: Path, properties: dict[str, Any]) -> None:
    """Write the first strip with these properties."""
    feature = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(STRIPS[0])}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}), encoding="utf-8")


def test_a_column_without_a_name_is_no_hindrance(area: Path) -> None:
    write_geojson(area / "r.geojson", {"status": "b", "": "c"})
    assert covered(area, area / "r.geojson", "status = 'b'") == pytest.approx(1000)


def test_columns_that_differ_in_capitals_only_are_refused_in_one_sentence(area: Path) -> None:
    write_geojson(area / "r.geojson", {"Status": "a", "status": "b"})
    write_toml(area, area_table([constraint("r", path="r.geojson", where="status = 'b'")]))
    ran = run("free", area, "--out", area / "out.csv")
    assert ran.code == 2
    assert "r.geojson" in ran.err
    assert "Traceback" not in ran.err


def test_check_says_that_no_feature_passed_and_not_that_there_are_none(area: Path) -> None:
    write_dates(area / "r.gpkg", ["2024-01-01", "2024-06-01", "2025-01-01"])
    write_toml(area, area_table([constraint("r", path="r.gpkg", where="d < '2000-01-01'")]))
    (told,) = [item for item in findings(area) if item["severity"] == "warning"]
    assert told["problem"] == "none of the 3 features passes where = \"d < '2000-01-01'\", so no features are left"
    parcels = {"path": "parcels.gpkg", "id": "id", "where": "id = 'nobody'"}
    write_toml(area, area_table([], parcels=parcels))
    ran = run("build", area)
    assert ran.code == 2
    assert "none of the 1 parcels passes" in ran.err


def test_a_day_is_a_day_also_as_the_column_of_a_table_in_python(area: Path) -> None:
    """GeoParquet keeps days apart from times; a frame in memory holds them as Python's own dates."""
    days = [date(2024, 1, 1), date(2024, 6, 1), None]
    geopandas.GeoDataFrame({"d": days}, geometry=list(STRIPS), crs=RD).to_parquet(area / "r.parquet")
    assert covered(area, area / "r.parquet", "d >= '2024-06-01'") == pytest.approx(2000)
