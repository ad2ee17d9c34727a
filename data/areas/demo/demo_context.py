"""What lies under the map of the demo area: buildings, addresses, roads, water, woods, names and villages."""

from __future__ import annotations

import demo_landscape as land
import numpy as np
import shapely
from demo_cadastre import STREETS, Front, along_street
from demo_geometry import blob, generator, polygons, rectangle
from demo_parcels import Piece
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

WATER = ("canal", "wijk", "stream", "ditch", "lake")
ROAD = ("road", "street", "track")
HEDGED = ("valley", "kamp", "north", "brook", "es zuid", "es nijborg")

PLACES: list[tuple[str, str, float, float]] = [
    ("Esveld", "dorp", 2713, 2660), ("Esveldermond", "dorp", *land.peat(2660, 0)), ("Nijborg", "dorp", 2770, 4440),
    ("Oldenhof", "buurtschap", 700, 3330), ("De Hilde", "wijk", 2980, 2210), ("Noordkamp", "wijk", 3270, 2730),
    ("Westerkwartier", "wijk", 2225, 2790), ("Wijkpark", "wijk", *land.peat(2415, -200)),
    ("Verlaat", "wijk", *land.peat(2890, 170)), ("Oosterkamp", "veld", 3600, 2760), ("Noordes", "veld", 3130, 3650),
    ("Zuides", "veld", 2480, 1850), ("Nijborger Es", "veld", 3350, 4870), ("Veldhuizen", "buurtschap", 4280, 1260),
    ("Esvelderveld", "natuur", 560, 1350), ("Oldenhofbos", "natuur", 640, 4300), ("Esvelderdiep", "water", 1330, 3480),
    ("Zuiderloop", "water", 2560, 1040), ("Esvelder Hoofddiep", "water", *land.peat(1400, 0)),
    ("Het Blauwe Meer", "water", 3065, 665), ("Bedrijvenpark Mondenweg", "werk", 4060, 2270),
    ("Sportpark Diepzicht", "voorziening", 2050, 2680), ("Camping Het Hertenkamp", "voorziening", 985, 3070),
]  # fmt: skip


def _placed(
    piece: Piece, front: Front, width: float, depth: float, setback: float, shift: float = 0.0
) -> Polygon | None:
    """Return a building square to the street inside its plot, or None when it does not fit."""
    angle = float(np.degrees(np.arctan2(front.along[1], front.along[0])))
    for back in (setback, setback + 4, setback + 10, 2.0):
        for side in (shift, -shift, 0.0):
            centre = front.middle + front.inward * (back + depth / 2) + front.along * side
            shape = rectangle(float(centre[0]), float(centre[1]), width, depth, angle)
            inside = shape.intersection(piece.shape)
            if isinstance(inside, Polygon) and inside.area > 0.995 * shape.area:
                return inside
    return None


def _house(piece: Piece, front: Front, rng: np.random.Generator) -> list[Polygon]:
    """Return the house on a plot and its shed: terraced on narrow plots, an old farm on some wide ones in a village."""
    wide, area = front.width, piece.shape.area
    if wide < 8.2:
        row = _placed(piece, front, wide - 0.3, float(rng.uniform(8.5, 9.5)), 4.5)
        main = row if row is not None else _placed(piece, front, wide - 1.6, 8.5, 4.5)
    elif piece.zone in ("Esveld", "Nijborg") and area > 900 and rng.random() < 0.45:
        main = _placed(piece, front, float(rng.uniform(11, 14)), float(rng.uniform(20, 29)), float(rng.uniform(4, 13)))
    else:
        size = min(wide - 2.5, float(rng.uniform(8, 12.5)))
        shift = max(0.0, (wide - size) / 2 - 1.2) * float(rng.choice([0.0, 0.7, -0.7]))
        main = _placed(piece, front, size, float(rng.uniform(8, 12)), float(rng.uniform(4.5, 9)), shift)
    if main is None:
        main = _placed(piece, front, 6.0, 7.0, 3.0) if wide > 7 else _placed(piece, front, 4.2, 7.5, 3.0)
    if main is None or not isinstance(main, Polygon):
        return []
    found = [main]
    if rng.random() < 0.62:
        deep = float(rng.uniform(17, 24))
        shed = _placed(piece, front, float(rng.uniform(2.6, 4)), float(rng.uniform(3.5, 6)), deep, (wide - 4.5) / 2)
        if isinstance(shed, Polygon) and shed.distance(main) > 0.5:
            found.append(shed)
    return found


def _farm(piece: Piece, front: Front, rng: np.random.Generator) -> list[Polygon]:
    """Return a farmhouse and the barns behind it."""
    found: list[Polygon] = []
    plans = [(rng.uniform(12, 15), rng.uniform(24, 32), 10.0, -front.width * 0.2)]
    plans += [(rng.uniform(18, 26), rng.uniform(30, 52), 42.0, front.width * 0.2)]
    plans += [(rng.uniform(14, 20), rng.uniform(20, 34), 50.0, -front.width * 0.24)] * int(rng.integers(0, 2))
    for width, depth, back, shift in plans:
        shape = _placed(piece, front, float(width), float(depth), back, float(shift))
        if isinstance(shape, Polygon) and all(shape.distance(other) > 3 for other in found):
            found.append(shape)
    return found


def buildings(pieces: list[Piece], fronts: list[Front | None]) -> list[tuple[Polygon, str, int]]:
    """Return every building: its outline, what it is for, and the number of its parcel; a main building comes first."""
    rng = generator("buildings")
    found: list[tuple[Polygon, str, int]] = []
    for index, (piece, front) in enumerate(zip(pieces, fronts, strict=True)):
        if front is None:
            continue
        if piece.kind == "house":
            shapes = _house(piece, front, rng)
        elif piece.kind == "farm":
            shapes = _farm(piece, front, rng)
        elif piece.kind == "business" and not piece.name and piece.shape.area > 1200 and rng.random() < 0.8:
            size = float(np.sqrt(piece.shape.area * rng.uniform(0.25, 0.42)))
            shapes = [s for s in (_placed(piece, front, size * 0.95, size, 9.0),) if s is not None]
        elif piece.name == "Strokartonloods":
            shapes = [s for s in (_placed(piece, front, 30.0, 96.0, 14.0),) if s is not None]
        elif piece.kind == "church":
            shapes = [s for s in (_placed(piece, front, 13.0, 27.0, 10.0),) if s is not None]
        elif piece.kind == "school" or (piece.kind == "estate" and piece.shape.area > 14000):
            centre, size = piece.shape.representative_point(), (36, 24) if piece.kind == "school" else (26, 17)
            shapes = [rectangle(centre.x, centre.y, *size, 5)]
        elif piece.kind in ("sport", "recreation"):
            shapes = [s for s in (_placed(piece, front, 24.0, 11.0, 14.0),) if s is not None]
        else:
            shapes = []
        use = {"house": "wonen", "farm": "boerderij", "business": "bedrijf", "estate": "landhuis"}.get(
            piece.kind, piece.kind
        )
        found += [(shape, use if k == 0 else "bijgebouw", index) for k, shape in enumerate(shapes)]
    return found


def addresses(
    built: list[tuple[Polygon, str, int]], fronts: list[Front | None], villages: list[str]
) -> list[tuple[Point, str]]:
    """Return an address per main building, numbered up the street: odd on the left, even on the right."""
    doors: dict[tuple[int, int], list[tuple[float, int, Polygon]]] = {}
    for shape, use, index in built:
        front = fronts[index]
        if use != "bijgebouw" and front is not None:
            at, side = along_street(front)
            doors.setdefault((front.street, side), []).append((at, index, shape))
    found: list[tuple[Point, str]] = []
    for (street, side), row in sorted(doors.items()):
        name = STREETS[street].name
        for number, (_, index, shape) in enumerate(sorted(row, key=lambda door: door[:2])):
            point = shape.representative_point()
            found.append((point, f"{name} {2 * number + 1 + side}, {villages[index]}"))
    return found


def road_surfaces(pieces: list[Piece]) -> list[tuple[BaseGeometry, str, str]]:
    """Return the paved (or, on tracks, beaten) surface of each road inside its parcels."""
    own: dict[str, list[Polygon]] = {}
    for piece in pieces:
        if piece.kind in ROAD:
            own.setdefault(piece.name, []).append(piece.shape)
    found = []
    for road in land.ROADS:
        width = {"road": 0.30 * road.width + 2.4, "street": 0.74 * road.width, "track": 3.2}[road.kind]
        surface = road.line.buffer(width / 2, cap_style="flat", quad_segs=2)
        shape = surface.intersection(shapely.coverage_union_all(own[road.name])) if road.name in own else surface
        found += [(part, road.name, "zandweg" if road.kind == "track" else "verhard") for part in polygons(shape)]
    return found


def waters(pieces: list[Piece]) -> list[tuple[Polygon, str]]:
    """Return the water surface: a little narrower than the parcels it lies in."""
    own: dict[str, list[Polygon]] = {}
    for piece in pieces:
        if piece.kind in WATER:
            own.setdefault(piece.name, []).append(piece.shape)
    found = []
    for name in sorted(own):
        found += [(part, name) for part in polygons(shapely.coverage_union_all(own[name]).buffer(-0.9, quad_segs=2))]
    # One reach per piece between the boundary stones of the parcels would flicker on screen; reaches stay whole.
    return [(shape.simplify(0.15), name) for shape, name in found if shape.area > 4]


def woods(pieces: list[Piece]) -> list[tuple[BaseGeometry, str]]:
    """Return woods and the hedges on old field boundaries; hedges may overlap each other and the woods."""
    rng = generator("woods")
    roads = shapely.union_all([p.shape for p in pieces if p.kind in ROAD or p.kind in WATER])
    found: list[tuple[BaseGeometry, str]] = []
    for piece in pieces:
        if piece.kind in ("forest", "wood"):
            found += [(part, "bos") for part in polygons(piece.shape.buffer(-1.5, quad_segs=2))]
        elif piece.kind == "heath" and rng.random() < 0.35:
            middle, size = piece.shape.representative_point(), float(rng.uniform(35, 80))
            turn = np.linspace(0, 2 * np.pi, 11)[:-1]
            reach = size * rng.uniform(0.5, 1.25, 10)
            ring = np.column_stack([middle.x + 1.4 * reach * np.cos(turn), middle.y + reach * np.sin(turn)])
            found += [(part, "bos") for part in polygons(blob(ring).intersection(piece.shape))]
        elif piece.zone in HEDGED and piece.kind in ("meadow", "arable") and rng.random() < 0.3:
            ring = LineString(piece.shape.exterior.coords)
            start = float(rng.uniform(0, 0.6)) * ring.length
            edge = substring(ring, start, start + float(rng.uniform(0.15, 0.42)) * ring.length)
            hedge = edge.buffer(float(rng.uniform(1.6, 3.0)), cap_style="flat", join_style="mitre").difference(roads)
            found += [(part, "houtwal") for part in polygons(hedge.simplify(0.3)) if part.area > 90]
    return found


def villages(pieces: list[Piece]) -> list[str]:
    """Return for every parcel the village it belongs to."""
    stream = shapely.LineString(land.STREAM_COURSE)
    found = []
    for piece in pieces:
        point = piece.shape.representative_point()
        offset = np.array([point.x, point.y]) - land.CANAL_NORTH
        east = float(offset @ np.array(land.peat(0, 1)) - offset @ np.array(land.peat(0, 0)))
        near = stream.interpolate(stream.project(point))
        if east > -970:
            found.append("Esveldermond")
        elif point.x < near.x:
            found.append("Oldenhof")
        else:
            found.append("Nijborg" if point.y > 4235 - 0.03 * (point.x - 2000) else "Esveld")
    return found
