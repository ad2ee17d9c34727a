"""What differs between two copies of a layer: counted by id where there are ids, by whole rows where there are none."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from planlib.sources import Difference, Fetched, Wanted, fetch_layer
from planlib.sources.difference import difference
from tests.areas import RD, area_table, write_toml
from tests.services import Data, Pdok, serve, squares

PREFIX = "/rvo/natuur/ogc/v1"


@pytest.fixture
def area(tmp_path: Path) -> Path:
    folder = tmp_path / "area"
    folder.mkdir()
    return write_toml(folder, area_table())


def fetched(area: Path, *copies: Data) -> list[Fetched]:
    """Return what each fetch says when the service gives these copies one after another."""
    found = []
    with serve() as server:
        for data in copies:
            server.routes[PREFIX] = Pdok({"plots": data}, PREFIX)
            found.append(fetch_layer(area, "plots", Wanted(server.base + PREFIX, "plots", RD)))
    return found


def test_features_that_came_went_and_changed_are_counted(area: Path) -> None:
    five = squares(5)
    # f2 and f4 went, f8 and f9 came; f3 lies where f4 lay.
    ids, shapes = ["f0", "f1", "f3", "f8", "f9"], [*five.shapes[:2], five.shapes[4], *five.shapes[2:4]]
    other = Data(ids, shapes, [five.properties[at] for at in (0, 1, 3, 2, 4)])
    first, second, third = fetched(area, five, other, other)
    assert first.difference is None
    assert second.difference == Difference(added=2, removed=2, changed=1)
    assert third.difference == Difference(0, 0, 0)


def test_one_attribute_more_changes_every_feature_and_none_came_or_went(area: Path) -> None:
    five = squares(5)
    wider = Data(five.ids, five.shapes, [{**row, "status": "geldend"} for row in five.properties])
    assert fetched(area, five, wider)[1].difference == Difference(added=0, removed=0, changed=5)


def test_another_order_of_the_same_features_is_no_difference(area: Path) -> None:
    five = squares(5)
    turned = Data(five.ids[::-1], five.shapes[::-1], five.properties[::-1])
    assert fetched(area, five, turned)[1].difference == Difference(0, 0, 0)


def test_without_ids_a_feature_that_changed_went_and_came(tmp_path: Path) -> None:
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    boxes = [shapely.box(at, 0, at + 1, 1) for at in range(4)]
    geopandas.GeoDataFrame({"n": [1, 2, 2]}, geometry=[boxes[0], boxes[1], boxes[1]], crs=RD).to_parquet(one)
    # The same number is the same, written as an integer or not.
    geopandas.GeoDataFrame({"n": [1.0, 2.0]}, geometry=[boxes[3], boxes[1]], crs=RD).to_parquet(other)
    assert difference(one, other) == Difference(added=1, removed=2, changed=0)


@pytest.mark.parametrize("count", [5, 6])
def test_a_spoilt_copy_is_replaced_even_when_the_service_has_no_news(area: Path, count: int) -> None:
    path = fetched(area, squares(5))[0].path
    path.write_bytes(b"no parquet")
    again = fetched(area, squares(count))[0]
    assert again.changed
    assert again.difference is None
    assert len(geopandas.read_parquet(path)) == count
