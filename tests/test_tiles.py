"""Vector tiles hold what the release holds: the same land, the same codes, the same parcels."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from planlib.build import build
from planlib.crs import WEB_MERCATOR, Geometries, transform
from planlib.overlay import prepare
from planlib.release import Release, open_release
from planlib.views import mercator, mvt
from planlib.views.cache import ByteCache
from planlib.views.context import LabelKind, context_tile
from planlib.views.overview import overview_tile
from planlib.views.shapes import Shapes
from planlib.views.tiles import cells_tile, is_tile, partition
from tests.areas import ORIGIN, RD, Rule, at_origin, box, write_area, write_layer

EXTENT = mvt.EXTENT
HALF_WORLD = math.pi * 6378137.0


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return an area of 20 x 20 parcels in several partitions: one with a lake, one in two parts, a ring-shaped rule."""
    here = {f"P{x}-{y}": box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x in range(20) for y in range(20)}
    here["P3-3"] = here["P3-3"] - box(330, 330, 370, 370)
    here["apart"] = shapely.MultiPolygon([box(-300, 0, -200, 80), box(-300, 120, -200, 200)])
    ring = at_origin(shapely.Point(1000, 1000).buffer(700) - shapely.Point(1000, 1000).buffer(400))
    rules = [Rule("ring", [ring]), Rule("strip", [box(0, 455, 2000, 472)], state="movable")]
    folder = tmp_path_factory.mktemp("tiles") / "area"
    folder.mkdir()
    write_layer(folder / "water.gpkg", [box(330, 330, 370, 370), box(900, 0, 1100, 100)], naam=["Kolk", "Wijde Plas"])
    road = shapely.LineString([(ORIGIN[0], ORIGIN[1] + 550), (ORIGIN[0] + 2000, ORIGIN[1] + 550)])
    write_layer(folder / "roads.gpkg", [road], naam=["<b>Dorpsweg</b>"])
    write_layer(folder / "places.gpkg", [at_origin(shapely.Point(400, 700))], naam=["Proefdorp"])
    context = [{"kind": kind, "path": f"{kind}.gpkg", "label": "naam"} for kind in ("water", "roads", "places")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "PARTITION_PARCELS", 100)
        build(write_area(folder, here, rules, context=context))
    built = open_release(folder)
    assert len(built.partition_bounds) > 2
    return built


def tiles_of(release: Release, z: int) -> list[tuple[int, int]]:
    """Return the columns and rows of the tiles over an area."""
    left, bottom, right, top = release.bounds
    corners = np.array([[left, bottom], [right, bottom], [left, top], [right, top]])
    world = mercator.to_world(corners, crs=release.area.crs).astype(np.int64) + 2**31
    (x0, y0), (x1, y1) = (world.min(axis=0) >> (32 - z)).tolist(), (world.max(axis=0) >> (32 - z)).tolist()
    return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


def decode(tile: bytes) -> dict[str, Any]:
    """Return a tile as an independent reader sees it, y down as it is written."""
    return mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) if tile else {}


def in_tile_units(geometries: Geometries, crs: str, z: int, x: int, y: int) -> Geometries:
    """Return shapes in the units of a tile, y down, with PROJ doing all the work."""
    side = 2 * HALF_WORLD / 2**z
    left, top = -HALF_WORLD + x * side, HALF_WORLD - y * side
    moved = transform(shapely.segmentize(geometries, 1e9), source=crs, target=WEB_MERCATOR)
    return shapely.transform(moved, lambda xy: np.column_stack([xy[:, 0] - left, top - xy[:, 1]]) * (EXTENT / side))


def all_cells(release: Release) -> tuple[Geometries, np.ndarray, np.ndarray]:
    parts = [release.read_cells(at) for at in range(len(release.partition_bounds))]
    geometry, parcel, code = (np.concatenate(column) for column in zip(*parts, strict=True))
    return geometry, parcel, code


@pytest.mark.parametrize("z", [12, 14, 16])
def test_the_area_of_every_code_and_parcel_in_a_tile_is_that_of_the_cells_clipped_to_it(
    release: Release, z: int
) -> None:
    geometry, parcel, code = all_cells(release)
    square = shapely.box(0, 0, EXTENT, EXTENT)
    seen = 0
    for x, y in tiles_of(release, z):
        true = shapely.intersection(in_tile_units(geometry, release.area.crs, z, x, y), square)
        drawn = decode(cells_tile(release, z, x, y)).get("cells", {"features": []})["features"]
        shapes = shapely.intersection(shapely.make_valid([shape(item["geometry"]) for item in drawn]), square)
        # A vertex moves at most half a unit each way, so an outline of length l moves its area by at most l.
        for name, values in (("c", code), ("p", parcel)):
            found = np.array([item["properties"][name] for item in drawn], dtype=int)
            for value in np.unique(np.concatenate([values[shapely.area(true) > 0], found])):
                wanted = true[values == value]
                off = abs(shapely.area(shapes[found == value]).sum() - shapely.area(wanted).sum())
                assert off <= 0.75 * shapely.length(wanted).sum() + 4
        seen += len(drawn)
    assert seen > len(geometry)


def test_holes_stay_holes_and_every_part_is_there(release: Release) -> None:
    geometry, _, _ = all_cells(release)
    z = 13
    drawn = [
        item
        for x, y in tiles_of(release, z)
        for item in decode(cells_tile(release, z, x, y)).get("cells", {"features": []})["features"]
    ]
    holes = [item for item in drawn if len(item["geometry"]["coordinates"]) == 2]
    assert shapely.get_num_interior_rings(geometry).max() == 1
    assert holes
    apart = release.parcel_index("apart")
    assert sum(item["properties"]["p"] == apart for item in drawn) >= 2


def test_outer_rings_turn_as_the_format_asks(release: Release) -> None:
    x, y = tiles_of(release, 14)[0]
    for item in decode(cells_tile(release, 14, x, y))["cells"]["features"]:
        rings = item["geometry"]["coordinates"]
        areas = [_signed_area(np.array(ring)) for ring in rings]
        assert areas[0] > 0
        assert all(area < 0 for area in areas[1:])


def _signed_area(ring: np.ndarray) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((np.roll(x, 1) * y - x * np.roll(y, 1)).sum() / 2)


def test_neighbouring_tiles_meet_without_a_gap(release: Release) -> None:
    z = 15
    total = 0.0
    side = 2 * HALF_WORLD / 2**z
    square = shapely.box(0, 0, EXTENT, EXTENT)
    for x, y in tiles_of(release, z):
        drawn = decode(cells_tile(release, z, x, y)).get("cells", {"features": []})["features"]
        shapes = shapely.make_valid([shape(item["geometry"]) for item in drawn])
        total += shapely.area(shapely.intersection(shapes, square)).sum() * (side / EXTENT) ** 2
    geometry, _, _ = all_cells(release)
    true = shapely.area(transform(geometry, source=release.area.crs, target=WEB_MERCATOR)).sum()
    assert total == pytest.approx(true, rel=2e-4)


def test_outlines_of_parcels_are_cut_as_lines_so_no_border_of_a_tile_is_drawn(release: Release) -> None:
    z = 16
    low, high = -mvt.BUFFER, EXTENT + mvt.BUFFER
    for x, y in tiles_of(release, z):
        for item in decode(cells_tile(release, z, x, y)).get("edges", {"features": []})["features"]:
            lines = item["geometry"]["coordinates"]
            for line in lines if item["geometry"]["type"] == "MultiLineString" else [lines]:
                points = np.array(line)
                for axis in (0, 1):
                    along = np.isin(points[:, axis], (low, high))
                    assert not (along[:-1] & along[1:]).any()


def test_the_outline_of_a_parcel_in_a_tile_is_its_own(release: Release) -> None:
    index = release.parcel_index("P3-3")
    at = release.partition_of(index)
    outline = shapely.boundary(release.read_parcels(at)[index - release.first_parcel(at)])
    z = 14
    for x, y in tiles_of(release, z):
        edges = decode(cells_tile(release, z, x, y)).get("edges", {"features": []})["features"]
        drawn = [shape(item["geometry"]) for item in edges if item["properties"]["p"] == index]
        if drawn:
            true = in_tile_units(np.array([outline]), release.area.crs, z, x, y)[0]
            assert shapely.hausdorff_distance(shapely.union_all(drawn), true) < 2
            return
    raise AssertionError("the parcel is in no tile")


def test_far_out_a_tile_leaves_out_what_is_smaller_than_half_a_pixel(release: Release) -> None:
    # A parcel of 100 m is a quarter of a pixel wide in a tile of zoom 7, which is drawn 512 pixels wide.
    (x, y), *_ = tiles_of(release, 7)
    few = decode(cells_tile(release, 7, x, y)).get("cells", {"features": []})["features"]
    everything, _, _ = all_cells(release)
    assert len(few) < len(everything) / 2


def test_a_tile_elsewhere_is_empty(release: Release) -> None:
    assert cells_tile(release, 14, 0, 0) == b""
    assert context_tile(release, 14, 0, 0) == b""
    assert overview_tile(release, 11, 0, 0) is None


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (30, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_a_place_outside_the_world_is_no_tile(z: int, x: int, y: int) -> None:
    assert not is_tile(z, x, y)


@pytest.mark.parametrize("z", [9, 11, 12])
def test_the_overview_counts_every_lattice_point_once(release: Release, z: int) -> None:
    _, _, code = release.read_lattice()
    counted = np.zeros(len(release.signatures), dtype=int)
    for x, y in tiles_of(release, z):
        tile = overview_tile(release, z, x, y)
        for column, row, pairs in tile["squares"] if tile else []:
            assert 0 <= column < tile["across"]
            assert 0 <= row < tile["across"]
            counted[pairs[::2]] += pairs[1::2]
    assert counted.tolist() == np.bincount(code, minlength=len(release.signatures)).tolist()


def test_context_tiles_hold_shapes_and_names_as_they_were_written(release: Release) -> None:
    z = 14
    layers: dict[str, list[Any]] = {}
    for x, y in tiles_of(release, z):
        for name, layer in decode(context_tile(release, z, x, y)).items():
            layers.setdefault(name, []).extend(layer["features"])
    names = {(item["properties"]["t"], item["properties"]["k"]) for item in layers["labels"]}
    assert ("Proefdorp", LabelKind.VILLAGE) in names
    assert ("<b>Dorpsweg</b>", LabelKind.STREET) in names
    # Too small for its name.
    assert ("Kolk", LabelKind.WATER) not in names
    assert ("Wijde Plas", LabelKind.WATER) in names
    assert {item["properties"]["m"] for item in layers["roads"]} == {1}
    assert layers["water"]


def test_a_street_name_is_never_upside_down(release: Release) -> None:
    for x, y in tiles_of(release, 14):
        for item in decode(context_tile(release, 14, x, y)).get("labels", {"features": []})["features"]:
            assert 0 <= item["properties"]["a"] <= 180


def test_a_context_file_that_is_gone_leaves_the_rest_of_the_map(release: Release, tmp_path: Path) -> None:
    place = release.area.context[0].source.path
    kept = place.rename(tmp_path / place.name)
    try:
        folder = release.area.path
        again = open_release(folder)
        again.id = "0000"
        layers = {name for x, y in tiles_of(again, 14) for name in decode(context_tile(again, 14, x, y))}
        assert layers == {"roads", "labels"}
    finally:
        kept.rename(place)


# --- the arithmetic ------------------------------------------------------------------------------------------------

numbers = st.floats(-9000, 9000, allow_nan=False)


@st.composite
def polygons(draw: st.DrawFn) -> shapely.Polygon:
    """Draw a star-shaped polygon with a hole around the same heart."""
    turns = sorted(draw(st.lists(st.floats(0, 6.28), min_size=4, max_size=12, unique=True)))
    reach = draw(st.lists(st.floats(0.3, 1), min_size=len(turns), max_size=len(turns)))
    centre, size = np.array([draw(numbers), draw(numbers)]), draw(st.floats(50, 8000))
    rays = np.array([[math.cos(turn) * far, math.sin(turn) * far] for turn, far in zip(turns, reach, strict=True)])
    outer = shapely.Polygon(centre + size * rays)
    hole = shapely.Polygon(centre + size * 0.1 * rays)
    whole = outer.difference(hole) if outer.is_valid and outer.contains(hole) else outer
    return whole if whole.geom_type == "Polygon" else outer


@given(polygons())
def test_clipping_rings_keeps_the_area_inside(polygon: shapely.Polygon) -> None:
    if not polygon.is_valid:
        return
    rings = [np.array(ring.coords)[:-1] for ring in (polygon.exterior, *polygon.interiors)]
    lengths = np.array([len(ring) for ring in rings])
    parts = mvt.clip_rings(mvt.Parts(np.concatenate(rings), lengths, np.zeros(len(rings), dtype=np.int64)))
    starts = np.cumsum(parts.length) - parts.length
    areas = [abs(_signed_area(parts.xy[at : at + n])) for at, n in zip(starts, parts.length, strict=True)]
    found = (areas[0] if areas else 0.0) - sum(areas[1:])
    square = shapely.box(-mvt.BUFFER, -mvt.BUFFER, EXTENT + mvt.BUFFER, EXTENT + mvt.BUFFER)
    assert found == pytest.approx(polygon.intersection(square).area, rel=1e-9, abs=1e-3)


@given(st.lists(st.tuples(numbers, numbers), min_size=2, max_size=12))
def test_clipping_lines_keeps_the_length_inside(points: list[tuple[float, float]]) -> None:
    line = np.array(points)
    parts = mvt.clip_lines(mvt.Parts(line, np.array([len(line)]), np.zeros(1, dtype=np.int64)))
    steps = np.hypot(*np.diff(parts.xy, axis=0).T) if len(parts.xy) else np.empty(0)
    breaks = np.cumsum(parts.length)[:-1] - 1
    found = steps.sum() - steps[breaks].sum()
    square = shapely.box(-mvt.BUFFER, -mvt.BUFFER, EXTENT + mvt.BUFFER, EXTENT + mvt.BUFFER)
    segments = [shapely.LineString(line[at : at + 2]) for at in range(len(line) - 1)]
    assert found == pytest.approx(sum(segment.intersection(square).length for segment in segments), rel=1e-6, abs=1e-3)


@given(st.lists(st.integers(0, 2**35), min_size=1, max_size=30))
def test_property_values_of_any_size_come_back(values: list[int]) -> None:
    points = mvt.Parts(
        np.arange(2.0 * len(values)).reshape(-1, 2), np.ones(len(values), np.int64), np.arange(len(values))
    )
    column = np.array(values)
    texts = [f"née {value} <&>" for value in values]
    tile = decode(mvt.encode_layer("points", mvt.Kind.POINT, points, {"v": column, "t": texts}))
    features = tile["points"]["features"]
    assert [item["properties"]["v"] for item in features] == values
    assert [item["properties"]["t"] for item in features] == texts
    assert [item["geometry"]["coordinates"] for item in features] == points.xy.tolist()


def test_many_points_land_where_proj_puts_them() -> None:
    rng = np.random.default_rng(3)
    xy = rng.uniform([200_000, 500_000], [230_000, 520_000], (5_000, 2))
    together = mercator.to_world(xy, crs=RD)
    one_by_one = np.concatenate([mercator.to_world(some, crs=RD) for some in np.array_split(xy, 10)])
    # Fewer points go through PROJ itself; a unit is under a centimetre.
    assert np.abs(together.astype(np.int64) - one_by_one).max() <= 1


def test_points_too_far_apart_for_a_polynomial_go_through_proj() -> None:
    rng = np.random.default_rng(4)
    xy = rng.uniform([0, 0], [5_000_000, 5_000_000], (5_000, 2))
    crs = "EPSG:3035"
    together = mercator.to_world(xy, crs=crs)
    one_by_one = np.concatenate([mercator.to_world(some, crs=crs) for some in np.array_split(xy, 10)])
    assert np.abs(together.astype(np.int64) - one_by_one).max() <= 1


def test_shapes_that_shared_an_edge_still_share_it() -> None:
    one, other = box(0, 0, 100, 100), box(100, 0, 200, 100)
    shapes = Shapes.from_polygons(np.array([one, other]), crs=RD)
    first, second = ({tuple(point) for point in shapes.xy[at : at + 4].tolist()} for at in shapes.part_start[:2])
    assert len(first & second) == 2


def test_the_cache_keeps_to_its_bytes_and_makes_a_value_once() -> None:
    made: list[int] = []

    def make(value: int) -> bytes:
        made.append(value)
        return b"x" * 40

    cache: ByteCache[bytes] = ByteCache(100)
    for value in (1, 2, 1, 3, 1, 2):
        cache.get(value, lambda value=value: make(value), len)
    # 1 was used last when 3 came, so 2 had to go and came back.
    assert made == [1, 2, 3, 2]
    assert cache.held <= 100


def test_partitions_of_a_release_are_loaded_once(release: Release) -> None:
    assert partition(release, 0) is partition(release, 0)
