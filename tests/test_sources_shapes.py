"""GeoJSON geometries become what GEOS reads them as, one by one, whatever stands beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planlib.sources.shapes import read_shapes

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def rectangles(draw: st.DrawFn) -> shapely.Polygon:
    left, bottom = draw(numbers), draw(numbers)
    width, height = draw(st.floats(1, 100)), draw(st.floats(1, 100))
    outer = shapely.box(left, bottom, left + width, bottom + height)
    hole = shapely.box(left + width / 4, bottom + height / 4, left + width / 2, bottom + height / 2)
    return shapely.Polygon(outer.exterior, [hole.exterior]) if draw(st.booleans()) else outer


geometries = st.one_of(
    rectangles(),
    st.lists(rectangles(), min_size=1, max_size=3).map(shapely.MultiPolygon),
    st.tuples(numbers, numbers).map(shapely.Point),
    st.lists(st.tuples(numbers, numbers), min_size=2, max_size=4).map(shapely.LineString),
    rectangles().map(lambda shape: shapely.force_3d(shape, 4.0)),
    st.just(shapely.Polygon()),
)
BROKEN: list[Any] = [
    None,
    {},
    "text",
    {"type": "Polygon"},
    {"type": "Polygon", "coordinates": None},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, "x"], [1, 1], [0, 0]]]},
    {"type": "MultiPolygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    {"type": "Sphere", "coordinates": [0, 0]},
]


@given(
    st.lists(
        st.one_of(geometries.map(lambda shape: json.loads(shapely.to_geojson(shape))), st.sampled_from(BROKEN)),
        max_size=8,
    )
)
def test_a_page_of_shapes_is_read_as_each_alone_would_be(shapes: list[Any]) -> None:
    read = read_shapes(shapes)
    assert len(read) == len(shapes)
    for shape, found in zip(shapes, read, strict=True):
        alone = (
            shapely.from_geojson(json.dumps(shape), on_invalid="ignore") if isinstance(shape, dict) and shape else None
        )
        if alone is None:
            assert found is None
        else:
            assert shapely.equals_identical(found, shapely.force_2d(alone))


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_shape_is_none_and_takes_no_other_with_it(broken: Any) -> None:
    sound = json.loads(shapely.to_geojson(shapely.box(0, 0, 1, 1)))
    first, middle, last = read_shapes([sound, broken, sound])
    assert middle is None
    assert first.equals(shapely.box(0, 0, 1, 1))
    assert last.equals(shapely.box(0, 0, 1, 1))
