"""What a picture of the map shows: its frame, the land in five outcomes, and what lies under and over it.

Cells are drawn as they are up to :data:`MOST_CELLS` of them in the frame. A larger area is drawn in squares around the
points of the release's lattice, which the picture then says: a picture is a page, and one of a province has no room for
more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from planlib.crs import WGS84, Geometries, transform, transform_points
from planlib.layers import Bounds
from planlib.model import OUTCOMES, ContextKind, Outcome
from planlib.model.register import Place
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.views.cache import ByteCache
from planlib.views.context import read_context

#: Cells that are drawn one by one at most; with more, squares.
MOST_CELLS = 80_000
#: A frame is at least this wide, so that one parcel is seen among its neighbours.
_LEAST_FRAME_M = 500.0
_MARGIN = 0.04
#: The ring around a pin, as a share of the frame's width.
_RING_SHARE = 0.012
#: Lines between parcels and single buildings are drawn in frames of up to this width; further out they are a blur.
_DETAIL_UP_TO_M = 4_000.0

_GROUNDS: ByteCache[Ground] = ByteCache(256 * 2**20)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under and over the land, in the area's CRS; ``names`` belong to ``places``."""

    water: Geometries
    roads: Geometries
    buildings: Geometries
    places: Geometries
    names: npt.NDArray[np.str_]
    villages: frozenset[str]

    @property
    def nbytes(self) -> int:
        """Return about how many bytes are held."""
        shapes = np.concatenate([self.water, self.roads, self.buildings, self.places])
        return int(shapely.get_num_coordinates(shapes).sum()) * 24 + 200 * len(shapes)


@dataclass(frozen=True, slots=True)
class PictureLayers:
    """What a picture shows, in the area's CRS.

    Attributes
    ----------
    frame
        Left, bottom, right, top of the map.
    land
        Polygons per outcome.
    square_m
        Side of the squares that ``land`` is drawn in; 0 when it is the cells themselves.
    parcels
        Parcels whose lines are drawn; none in a frame too wide for it.
    """

    frame: Bounds
    land: dict[Outcome, Geometries]
    square_m: float
    parcels: Geometries
    ground: Ground


def frame_around(bounds: Bounds, *, aspect: float) -> Bounds:
    """Return a frame of ``aspect`` (width over height) around bounds, with a margin."""
    left, bottom, right, top = bounds
    width = max(right - left, _LEAST_FRAME_M) * (1 + 2 * _MARGIN)
    height = max(top - bottom, _LEAST_FRAME_M / aspect) * (1 + 2 * _MARGIN)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (left + right) / 2, (bottom + top) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def outline_shape(outline: Sequence[Sequence[Sequence[float]]], *, crs: str) -> shapely.Geometry | None:
    """Return the polygons that rings of [longitude, latitude] go around, in ``crs``; None for no rings."""
    shape: shapely.Geometry | None = None
    for ring in outline:
        degrees = np.asarray(ring)
        x, y = transform_points(degrees[:, 0], degrees[:, 1], source=WGS84, target=crs)
        polygon = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))
        # A ring within a ring is a hole.
        shape = polygon if shape is None else shapely.symmetric_difference(shape, polygon)
    return shape


def place_shape(place: Place, frame: Bounds, *, crs: str) -> shapely.Geometry:
    """Return where an entry stands, in ``crs``: its own shape, or a ring around its pin to find it by in ``frame``."""
    if not place.polygons:
        x, y = transform_points(place.longitude, place.latitude, source=WGS84, target=crs)
        return shapely.Point(x, y).buffer((frame[2] - frame[0]) * _RING_SHARE)
    polygons = [shapely.Polygon(polygon[0], polygon[1:]) for polygon in place.polygons]
    return transform(np.array([shapely.MultiPolygon(polygons)], dtype=object), source=WGS84, target=crs)[0]


def picture_layers(assessment: Assessment, frame: Bounds) -> PictureLayers:
    """Return what a picture of ``frame`` shows."""
    release = assessment.release
    near = [at for at, bounds in enumerate(release.partition_bounds) if _share(bounds, frame) > 0]
    detailed = _cells_within(release, near, frame) <= MOST_CELLS
    land, square = (_cells(assessment, near, frame), 0.0) if detailed else _squares(assessment, frame)
    narrow = detailed and frame[2] - frame[0] <= _DETAIL_UP_TO_M
    parcels = [within(release.read_parcels(at), frame) for at in near] if narrow else []
    ground = _GROUNDS.get(release.id, lambda: _read_ground(release), lambda made: made.nbytes)
    return PictureLayers(frame, land, square, _join(parcels), _cut_out(ground, frame, with_buildings=narrow))


def within(shapes: Geometries, frame: Bounds) -> Geometries:
    """Return the shapes whose bounding box meets a frame."""
    box = shapely.bounds(shapes)
    left, bottom, right, top = frame
    return shapes[(box[:, 0] <= right) & (box[:, 2] >= left) & (box[:, 1] <= top) & (box[:, 3] >= bottom)]


def _share(bounds: Bounds, frame: Bounds) -> float:
    """Return how much of bounds lies in a frame; bounds without area count whole when they meet it."""
    left, bottom, right, top = (bounds[at] for at in range(4))
    wide = min(right, frame[2]) - max(left, frame[0])
    high = min(top, frame[3]) - max(bottom, frame[1])
    if wide < 0 or high < 0:
        return 0.0
    whole = (right - left) * (top - bottom)
    return wide * high / whole if whole > 0 else 1.0


def _cells_within(release: Release, partitions: Sequence[int], frame: Bounds) -> float:
    """Return about how many cells meet a frame, without reading them."""
    if release.cell_count <= MOST_CELLS:
        return release.cell_count
    each = release.cell_count / len(release.partition_bounds)
    return sum(each * _share(release.partition_bounds[at], frame) for at in partitions)


def _cells(assessment: Assessment, partitions: Sequence[int], frame: Bounds) -> dict[Outcome, Geometries]:
    found: dict[Outcome, list[Geometries]] = {outcome: [] for outcome in OUTCOMES}
    for at in partitions:
        shapes, _, code = assessment.release.read_cells(at)
        rank = assessment.rank[code]
        for place, outcome in enumerate(OUTCOMES):
            found[outcome].append(within(shapes[rank == place], frame))
    return {outcome: _join(parts) for outcome, parts in found.items()}


def _squares(assessment: Assessment, frame: Bounds) -> tuple[dict[Outcome, Geometries], float]:
    """Return squares around the lattice points, those of one outcome beside each other in one rectangle."""
    release = assessment.release
    step = release.lattice_step_m
    x, y, code = release.read_lattice()
    near = (x >= frame[0] - step) & (x <= frame[2] + step) & (y >= frame[1] - step) & (y <= frame[3] + step)
    x, y, rank = x[near], y[near], assessment.rank[code[near]]
    order = np.lexsort((x, y))
    x, y, rank = x[order], y[order], rank[order]
    # A run ends where the row, the outcome, or the step to the next point changes.
    follows = (np.diff(y) == 0) & (np.diff(rank.astype(np.int16)) == 0) & (np.diff(x) < 1.5 * step)
    first = np.flatnonzero(np.concatenate([[True], ~follows])) if len(x) else np.array([], dtype=np.intp)
    last = np.concatenate([first[1:], [len(x)]]).astype(np.intp) - 1 if len(x) else first
    boxes = shapely.box(x[first] - step / 2, y[first] - step / 2, x[last] + step / 2, y[first] + step / 2)
    return {outcome: boxes[rank[first] == place] for place, outcome in enumerate(OUTCOMES)}, step


def _read_ground(release: Release) -> Ground:
    area = release.area
    water, _ = read_context(area, ContextKind.WATER)
    roads, _ = read_context(area, ContextKind.ROADS)
    buildings, _ = read_context(area, ContextKind.BUILDINGS)
    places, names = read_context(area, ContextKind.PLACES)
    _, regions = read_context(area, ContextKind.REGIONS)
    named = names != ""
    points = shapely.point_on_surface(places[named]) if named.any() else places[:0]
    return Ground(water, roads, buildings, points, names[named], frozenset(regions.tolist()))


def _cut_out(ground: Ground, frame: Bounds, *, with_buildings: bool) -> Ground:
    left, bottom, right, top = frame
    x, y = shapely.get_x(ground.places), shapely.get_y(ground.places)
    inside = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    return Ground(
        within(ground.water, frame),
        within(ground.roads, frame),
        within(ground.buildings, frame) if with_buildings else ground.buildings[:0],
        ground.places[inside],
        ground.names[inside],
        ground.villages,
    )


def _join(parts: Sequence[Geometries]) -> Geometries:
    return np.concatenate([*parts, np.empty(0, dtype=object)])
