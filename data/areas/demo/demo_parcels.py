"""The parcels of the demo area: a partition of the municipality, cut the way its landscape was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import demo_landscape as land
import numpy as np
import shapely
from demo_geometry import (
    curve,
    cut,
    generator,
    halve,
    join_small,
    lots,
    normals,
    polygons,
    rectangle,
    resample,
    rows,
    strips,
    wander,
)
from demo_landscape import OUTLINE, Corridor, peat_box
from demo_peat import peat_blocks
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

GRID = 0.001
ES_ANGLE = {"es noord": 38.0, "es zuid": 64.0, "es nijborg": 78.0}  # degrees, the way most strips run
BUILT_ZONES = {*land.QUARTERS, "Esveld", "Nijborg", "business", "expansion"}
NARROW = {"road", "street", "track", "canal", "wijk", "stream", "ditch"}


@dataclass(frozen=True)
class Piece:
    """One parcel: its polygon (local metres), what the land is, its landscape, and a name where it has one."""

    shape: Polygon
    kind: str
    zone: str
    name: str = ""


def corridor_pieces(corridor: Corridor, free: BaseGeometry) -> list[Polygon]:
    """Return the parcels of a road or water inside the land still free, cut across every 200 to 400 metres."""
    rng = generator(f"corridor {corridor.seed or corridor.name}")
    line = corridor.line
    shape = line.buffer(corridor.width / 2, cap_style="flat", join_style="round", quad_segs=2).intersection(free)
    cuts = []
    at = float(rng.uniform(120, 320))
    while at < line.length - 60:
        here, ahead = (np.array(line.interpolate(d).coords[0]) for d in (at, at + 1.0))
        across = np.array([-(ahead - here)[1], (ahead - here)[0]]) * corridor.width
        cuts.append(LineString([here - across, here + across]))
        at += float(rng.uniform(200, 400))
    pieces = [piece for part in polygons(shape) for piece in cut(part, cuts)]
    return [piece for piece in pieces if piece.area > 8]


def farmyards(free: BaseGeometry) -> list[Piece]:
    """Return yards beside the country roads, outside villages, nature and the es."""
    closed = shapely.union_all(
        [land.HEATH, land.FOREST, land.ES_NORTH, land.VILLAGE.buffer(120), land.NIJBORG, land.BUSINESS, land.EXPANSION]
        + [land.ES_SOUTH.buffer(-60), peat_box(0, 5500, -955, 1050)]
        + [quarter.buffer(60) for quarter in land.QUARTERS.values()]
        + [land.STREAM.buffer(140), *(shape.buffer(30) for _, _, shape in land.SPECIALS)]
    )
    found: list[Piece] = []
    taken: BaseGeometry = MultiPolygon()
    for road in land.ROADS:
        if road.kind != "road" or road.name in (
            "Provincialeweg",
            "Heideweg",
            "Bosweg",
            "Kanaalweg West",
            "Kanaalweg Oost",
        ):
            continue
        rng = generator(f"yards {road.name}")
        at = float(rng.uniform(40, 160))
        while at < road.line.length - 40:
            here, ahead = (np.array(road.line.interpolate(d).coords[0]) for d in (at, at + 5.0))
            along = (ahead - here) / np.hypot(*(ahead - here))
            side = 1 if rng.random() < 0.5 else -1
            large = rng.random() < 0.62
            width, depth = (
                (rng.uniform(62, 100), rng.uniform(85, 135)) if large else (rng.uniform(26, 42), rng.uniform(45, 70))
            )
            centre = here + np.array([-along[1], along[0]]) * side * (road.width / 2 + depth / 2 - 0.5)
            yard = rectangle(*centre, float(width), float(depth), float(np.degrees(np.arctan2(along[1], along[0]))))
            shape = yard.intersection(free)
            room = not yard.intersects(closed) and not yard.buffer(30).intersects(taken)
            if room and isinstance(shape, Polygon) and shape.area > 0.93 * yard.area:
                found.append(Piece(shape, "farm" if large else "house", "country"))
                taken = taken.union(shape)
            at += float(rng.uniform(70, 330))
    return found


def _valley(blocks: Iterable[Polygon], course: LineString, rng: np.random.Generator, *, wide: float) -> list[Polygon]:
    """Return stream valley meadows: uneven strips from the stream up to the edge, some halved by a ditch or hedge."""
    points = resample(course, 1.0)
    left = normals(points)
    cuts = []
    for side in (1, -1):
        lean = 0.45 * wander(len(points), max(4, len(points) // 420), rng)
        at = float(rng.uniform(10, 40))
        while at < len(points) - 5:
            here, away, tilt = points[int(at)], left[int(at)] * side, lean[int(at)]
            along = np.array([away[1], -away[0]])
            reach = np.array([-60.0, 70.0, 190.0, 330.0, 620.0])[:, None]
            bend = rng.uniform(-9, 9, (5, 1))
            cuts.append(LineString(here + away * reach + along * (reach * tilt + bend)))
            at += wide * float(rng.choice([0.55, 0.8, 1.0, 1.3, 1.9]))
    pieces = []
    for block in blocks:
        for strip in join_small(cut(block, cuts), 2200, thinnest=13):
            pieces += halve(strip, 13000, rng, skew=14, bow=0.1) if strip.area > 12000 else [strip]
    return pieces


def _es(blocks: Iterable[Polygon], angle: float, rng: np.random.Generator) -> list[Polygon]:
    """Return the long bending strips of an es; every field has its own direction and its own widths."""
    pieces = []
    for block in blocks:
        for field in halve(block, 130000, rng, skew=14, bow=0.12):
            turn = angle + float(rng.choice([-64, -8, 0, 9, 22, 82]))
            typical = float(rng.choice([21, 26, 34, 46]))
            pieces += strips(
                field,
                turn,
                lambda r, typical=typical: typical * float(r.choice([0.6, 0.8, 1, 1, 1.2, 1.9])),
                rng,
                bend=float(rng.uniform(8, 30)),
                smallest=900,
            )
    return pieces


def _fields(blocks: Iterable[Polygon], target: float, rng: np.random.Generator, *, wild: bool) -> list[Polygon]:
    """Return fields: wild ones with bent old hedge lines, others square as they were reclaimed."""
    skew, bow = (13.0, 0.10) if wild else (2.0, 0.0)
    pieces = []
    for block in blocks:
        for part in halve(block, target, rng, skew=skew, bow=bow):
            pieces += halve(part, target / 3, rng, skew=skew / 2) if rng.random() < 0.10 else [part]
    return pieces


def _grown(block: Polygon, zone: str, streets: BaseGeometry, rng: np.random.Generator) -> list[tuple[str, Polygon]]:
    """Return the plots of a block of an old village: yards on the street, gardens and small meadows behind them."""
    spacing, depth = (24.0, 36.0) if zone == "Esveld" else (34.0, 46.0)
    behind = block.buffer(-depth).difference(streets.buffer(depth + 3)).simplify(9)
    found: list[tuple[str, Polygon]] = []
    for part in polygons(behind):
        if part.area > 1500:
            found += [("garden", garden) for garden in halve(part, 2600, rng, skew=16, bow=0.12)]
    front = block.difference(shapely.union_all([part for _, part in found])) if found else block
    for plot in lots(block, [(15, spacing)], rng, street=streets):
        found += [("house" if plot.area < 6000 else "garden", part) for part in polygons(plot.intersection(front))]
    return found


def _built(zone: str, block: Polygon, streets: BaseGeometry, rng: np.random.Generator) -> list[tuple[str, Polygon]]:
    """Return the parcels of a block where people live, work or soon will."""
    if zone in ("Esveld", "Nijborg"):
        return _grown(block, zone, streets, rng)
    if zone in ("business", "expansion"):
        kind, target, skew = ("business", 6200.0, 1.0) if zone == "business" else ("meadow", 21000.0, 4.0)
        return [(kind, part) for part in halve(block, target, rng, skew=skew)]
    if zone in ("Noordkamp", "Westerkwartier"):
        band, large = ([(11.0, 14.5)], 1700) if zone == "Noordkamp" else ([(13.0, 20.0)], 1700)
        found = lots(block, band, rng, street=streets)
    else:
        found, large = rows(block, [6.0, 6.4, 9.5, 10.5, 12, 15], rng), 1300
    return [("green" if part.area > large or rng.random() < 0.022 else "house", part) for part in found]


def _divide(zone: str, blocks: list[Polygon], streets: BaseGeometry) -> list[tuple[str, Polygon]]:
    """Return the parcels (kind, polygon) of the blocks in a zone; ``streets``: the land of all roads."""
    rng = generator(f"divide {zone}")
    if zone in BUILT_ZONES:
        return [found for block in blocks for found in _built(zone, block, streets, rng)]
    if zone in ES_ANGLE:
        return [("arable", part) for part in _es(blocks, ES_ANGLE[zone], rng)]
    if zone in ("valley", "brook"):
        course, wide = (land.STREAM_COURSE, 62.0) if zone == "valley" else (land.BROOK_COURSE, 70.0)
        found = _valley(blocks, curve(course), rng, wide=wide)
        return [("wood" if rng.random() < 0.05 else "meadow", part) for part in found]
    if zone in ("heath", "forest"):
        target, wild = (85000.0, 0.16) if zone == "heath" else (46000.0, 0.04)
        return [(zone, part) for block in blocks for part in halve(block, target, rng, skew=100 * wild, bow=wild)]
    target = {"kamp": 14000.0, "south": 27000.0, "north": 17000.0}[zone]
    found = _fields(blocks, target, rng, wild=zone != "south")
    arable = 0.7 if zone == "south" else 0.35
    return [(str(rng.choice(["wood", "arable", "meadow"], p=[0.045, arable, 0.955 - arable])), part) for part in found]


def _zones() -> list[tuple[str, BaseGeometry]]:
    """Return the zones in the order in which they take their land; the last three hold what is left."""
    named: list[tuple[str, BaseGeometry]] = [*land.QUARTERS.items()]
    named += [("business", land.BUSINESS), ("Esveld", land.VILLAGE), ("Nijborg", land.NIJBORG)]
    named += [("expansion", land.EXPANSION), ("es noord", land.ES_NORTH), ("es zuid", land.ES_SOUTH)]
    named += [("es nijborg", land.ES_NIJBORG), ("heath", land.HEATH), ("forest", land.FOREST)]
    named += [("valley", land.VALLEY), ("brook", land.BROOK_VALLEY)]
    everywhere = OUTLINE.buffer(10)
    west = Polygon([(0, 0), (2500, 0), (2500, 1200), (2700, 2500), (2600, 3200), (2750, 5300), (0, 5300)])
    south = Polygon([(2300, 0), (5500, 0), (5500, 2480), (2600, 2480)])
    return [*named, ("kamp", west), ("south", south), ("north", everywhere)]


def _partition(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces on the millimetre grid without gaps, overlaps or slivers, in a fixed order."""
    outline = shapely.set_precision(OUTLINE, GRID)
    lines = shapely.unary_union([outline.boundary, *(piece.shape.boundary for piece in pieces)], grid_size=GRID)
    inside = [f for f in polygons(shapely.polygonize([lines])) if outline.contains(f.representative_point())]
    owner = np.full(len(inside), -1)
    tree = shapely.STRtree([piece.shape for piece in pieces])
    faces, holders = tree.query([face.representative_point() for face in inside], predicate="within")
    owner[faces] = holders
    # A face that no piece claims is a gap between pieces; it gets a label of its own and joins a neighbour below.
    labels = np.where(owner >= 0, owner, len(pieces) + np.arange(len(inside)))
    groups: dict[int, list[int]] = {}
    for index, label in enumerate(labels):
        groups.setdefault(int(label), []).append(index)
    whole: list[tuple[Polygon, int]] = []
    for label, members in groups.items():
        union = shapely.coverage_union_all([inside[i] for i in members]) if len(members) > 1 else inside[members[0]]
        whole += [(part, label) for part in polygons(union)]
    return _tidy(whole, pieces)


def _tidy(whole: list[tuple[Polygon, int]], pieces: list[Piece]) -> list[Piece]:
    """Return the labelled polygons with splinters joined to the neighbour they share most boundary with."""
    found = [shape for shape, _ in whole]
    shapes = np.array(found, dtype=object)
    kinds = [pieces[label].kind if label < len(pieces) else "gap" for _, label in whole]
    area = shapely.area(shapes)
    thickness = 2 * area / shapely.length(shapes)
    narrow = np.array([kind in NARROW for kind in kinds])
    house = np.array([kind == "house" for kind in kinds])
    least = np.where(narrow, 25.0, np.where(house, 70.0, 260.0))
    small = (area < least) | (thickness < np.where(narrow, 1.6, 3.2)) | np.array([kind == "gap" for kind in kinds])
    tree = shapely.STRtree(shapes)
    target = np.arange(len(shapes))
    for index in np.flatnonzero(small)[np.argsort(area[small], kind="stable")]:
        near = tree.query(shapes[index], predicate="intersects")
        near = near[near != index]
        shared = shapely.length(shapely.intersection(shapely.boundary(shapes[index]), shapely.boundary(shapes[near])))
        # Land joins land before it joins a road or a ditch, whose edges should stay straight.
        shared = np.where(narrow[near] & ~narrow[index], shared * 0.2, shared)
        target[index] = near[int(np.argmax(shared))]
    for index in range(len(target)):
        seen = {index}
        root = int(target[index])
        while target[root] != root and root not in seen:
            seen.add(root)
            root = int(target[root])
        target[index] = root
    result = []
    for root in np.unique(target):
        members = np.flatnonzero(target == root)
        label = whole[int(root)][1]
        model = pieces[label] if label < len(pieces) else Piece(found[root], "meadow", "kamp")
        merged = shapely.coverage_union_all([found[member] for member in members])
        result += [replace(model, shape=part) for part in polygons(shapely.normalize(merged))]
    return result


def make_pieces() -> list[Piece]:
    """Return every parcel of the municipality in local metres: a partition of its outline."""
    pieces: list[Piece] = []
    free: BaseGeometry = OUTLINE

    def take(found: list[Piece]) -> None:
        nonlocal free
        pieces.extend(found)
        if found:
            free = free.difference(shapely.union_all([piece.shape for piece in found]))

    for corridor in [*land.ROADS, *land.WATERS]:
        take([Piece(part, corridor.kind, "line", corridor.name) for part in corridor_pieces(corridor, free)])
    for name, kind, shape in land.SPECIALS:
        take([Piece(part, kind, "place", name) for part in polygons(shape.intersection(free)) if part.area > 60])
    take([Piece(p, k, z) for k, z, p in peat_blocks(free, [land.QUARTERS["Wijkpark"], land.QUARTERS["Verlaat"]])])
    take(farmyards(free))
    streets = shapely.union_all([piece.shape for piece in pieces if piece.kind in ("road", "street")])
    for zone, shape in _zones():
        blocks = polygons(free.intersection(shape))
        scraps = [Piece(block, "meadow", zone) for block in blocks if block.area <= 400]
        take([Piece(p, k, zone) for k, p in _divide(zone, [b for b in blocks if b.area > 400], streets)] + scraps)
    return _partition(pieces)
