"""The rules of the demo area: contours drawn over the landscape, and the plan in force that follows the parcels."""

from __future__ import annotations

from collections.abc import Sequence

import demo_landscape as land
import shapely
from demo_contours import CONTOURS
from demo_geometry import curve, generator, polygons
from demo_landscape import peat, peat_box
from demo_parcels import Piece
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

Feature = tuple[BaseGeometry, str]  # geometry (local metres) and its name

BEYOND = land.OUTLINE.buffer(900, join_style="mitre")

RIBBONS = ("Veldhuizerweg", "Kampweg", "Haarweg", "Westeind", "Turfweg", "Veldweg", "Zuiderweg", "Hooiweg")
TRANSITION = shapely.union_all(
    [
        peat_box(1640, 3985, -955, -92),
        peat_box(2455, 3300, 90, 1046),
        Polygon([(3925, 3330), (4640, 3260), (4700, 2720), (4420, 2700), (3880, 2760), (3830, 2960)]),
        Polygon([(4000, 3330), (4600, 3260), (4420, 4060), (4010, 4180)]),
        *(road.line.buffer(85, quad_segs=3) for road in land.ROADS if road.name in RIBBONS),
        peat_box(560, 1640, -955, -92),
        peat_box(3300, 4380, 90, 994),
        peat_box(3985, 4560, -955, -92),
        Polygon([(1905, 2990), (2290, 3005), (2460, 3080), (2415, 3400), (2440, 3760), (1930, 3800), (1860, 3400)]),
        Polygon([(3680, 2080), (3590, 1650), (4330, 1640), (4420, 2040)]),
        Polygon([(2560, 4560), (2880, 4660), (2890, 4860), (2520, 4900), (2330, 4720)]),
    ]
)
# Where the plan already says "mixed" but the province still calls it countryside, and the other way round.
MIXED_BUT_RURAL = shapely.union_all([peat_box(120, 560, -955, -92), peat_box(1640, 2440, 100, 640)])
SEARCH_AREA = Polygon(
    [(2640, 2060), (3300, 2060), (3600, 2190), (3560, 1760), (3130, 1760), (2900, 1860), (2640, 1900)]
)
BUILT_UP = shapely.union_all(
    [
        land.VILLAGE.buffer(14, join_style="mitre"),
        land.NIJBORG,
        land.BUSINESS,
        land.EXPANSION,
        *(quarter.buffer(8, join_style="mitre") for quarter in land.QUARTERS.values()),
        Polygon([(3310, 2070), (3680, 2230), (3715, 2480), (3130, 2560), (3130, 2440), (3300, 2330)]),
        Polygon([(1960, 2555), (2140, 2580), (2140, 2810), (1940, 2780)]),
        peat_box(1250, 4150, -102, 94),
        peat_box(2225, 2610, -345, -80),
    ]
)


TITLES = {
    "natura2000": "Esvelderveld en Esvelderdiep", "nnn": "Natuurnetwerk Esveld", "stream_valley": "Beekdal",
    "archaeological_national_monument": "Archeologisch monument", "archaeology_value_1": "Archeologie 1",
    "archaeology_value_3": "Archeologie 3", "geological_value_high": "Aardkundige waarde",
    "landscape_es_village": "Esdorpenlandschap Esveld", "landscape_peat_colonies": "Veenkoloniën Esveldermond",
    "water_storage_area": "Bergingsgebied", "cultural_history_steer": "Cultuurhistorisch gebied",
    "silence_area": "Stiltegebied Oldenhof", "groundwater_protection_area": "Grondwaterbescherming Veldhuizen",
    "water_abstraction_area": "Waterwinning Veldhuizen", "agricultural_area": "Landbouwgebied",
    "regional_flood_defence": "Kade", "spray_zone": "Boomgaard of bollenveld", "national_monument": "Rijksmonument",
    "provincial_road_zone": "Provincialeweg", "rural_area_housing": "Landelijk gebied",
}  # fmt: skip


def _rough(shape: BaseGeometry, reach: float, name: str) -> list[Polygon]:
    """Return a contour as a drawing office makes it: rounded, a little beside the parcels it was meant to follow."""
    shift = generator(f"rough {name}").uniform(-3, 3, 2)
    round_trip = shape.buffer(reach, quad_segs=4).buffer(-2 * reach, quad_segs=4).buffer(reach, quad_segs=4)
    moved = shapely.transform(round_trip, lambda xy: xy + shift)
    return [p for part in polygons(moved) if part.area > 2000 for p in polygons(part.simplify(2.5))]


def farms(pieces: Sequence[Piece]) -> list[Feature]:
    """Return the stables with an odour distance: some of the farmyards, and three just over the border."""
    rng = generator("odour")
    yards = [piece for piece in pieces if piece.kind == "farm" and piece.shape.area > 5500]
    found = [yard.shape.representative_point() for yard in yards if rng.random() < 0.5]
    found += [Point(2900, 5130), Point(*peat(5300, -60)), Point(3300, 140)]
    return [(point, f"dierenverblijf {k + 1}") for k, point in enumerate(found)]


def lines() -> dict[str, list[Feature]]:
    """Return the rules that are lines: the power line and the banks the water board keeps, both past the border."""
    power = LineString(
        [(2900, -600), (3420, 380), (4080, 900), (4760, 1560), peat(3180, -420), peat(3420, 560), peat(3560, 1900)]
    )
    courses = [corridor for corridor in land.WATERS if corridor.kind in ("canal", "stream", "ditch")]
    kept = [(side, c.name) for c in courses for side in _banks(c.line, c.width)]
    wijken = [c for c in land.WATERS if c.kind == "wijk"][::3]
    kept += [(side, c.name) for c in wijken for side in _banks(c.line, c.width)]
    kept.append((curve([(1490, 4700), (1560, 5300), (1480, 5900)]), "Esvelderdiep"))
    return {
        "high_voltage_line": [(power, "110 kV Esveld-Veldhuizen")],
        "watercourse_maintenance_zone": kept,
    }


def _banks(line: LineString, width: float) -> list[BaseGeometry]:
    """Return both banks of a watercourse as lines."""
    return [line.offset_curve(side * width / 2).simplify(0.5) for side in (1, -1)]


def areas(pieces: Sequence[Piece]) -> dict[str, list[Feature]]:
    """Return the rules that are areas: per rule its features. Some overlap each other, some reach over the border."""
    core = curve(land.STREAM_COURSE).buffer(165, quad_segs=4)
    nature = [
        p.shape
        for p in pieces
        if p.kind in ("heath", "forest") or (p.zone == "valley" and p.shape.intersects(core) and p.shape.area > 3000)
    ]
    road = next(road for road in land.ROADS if road.name == "Provincialeweg")
    derived: dict[str, list[Polygon]] = {
        "natura2000": [
            *_rough(land.HEATH.buffer(-4), 12, "n2000"),
            *_rough(curve(land.STREAM_COURSE[5:9]).buffer(95), 15, "n2000 stream"),
        ],
        "nnn": _rough(shapely.union_all(nature), 16, "nnn"),
        "archaeology_value_3": [
            *_rough(land.ES_NORTH, 20, "es n"),
            *_rough(land.ES_SOUTH, 20, "es z"),
            *_rough(land.ES_NIJBORG, 20, "es nij"),
            *_rough(land.VALLEY, 25, "a3 valley"),
        ],
        "stream_valley": [*_rough(land.VALLEY, 30, "sv"), *_rough(land.BROOK_VALLEY, 20, "sv brook")],
        "provincial_road_zone": polygons(road.line.buffer(34, cap_style="flat", quad_segs=4)),
        "regional_flood_defence": _dikes(),
        "rural_area_housing": polygons(BEYOND.difference(shapely.union_all([BUILT_UP, TRANSITION, SEARCH_AREA]))),
        "national_monument": _monuments(pieces),
    }
    found = {name: derived.get(name, []) + CONTOURS.get(name, []) for name in sorted({*derived, *CONTOURS})}
    return {
        name: [(shape, f"{TITLES.get(name, name)} {k + 1}") for k, shape in enumerate(shapes)]
        for name, shapes in found.items()
    }


def _monuments(pieces: Sequence[Piece]) -> list[Polygon]:
    """Return the listed buildings with their yards: church, country house, and old farms around both brinks."""
    listed = [p.shape for p in pieces if p.kind in ("church", "estate")]
    for x, y, reach, count in ((2713, 2660, 170, 7), (2770, 4440, 170, 5), (*peat(1500, 60), 400, 2)):
        near = [p.shape for p in pieces if p.kind in ("house", "farm") and p.shape.area > 700]
        near = sorted((s for s in near if s.distance(Point(x, y)) < reach), key=lambda s: (-s.area, s.bounds))
        listed += near[:count]
    return [shape.buffer(-0.4, quad_segs=1) for shape in listed]


def _dikes() -> list[Polygon]:
    """Return the low dikes on both sides of the stream where it stores water."""
    lower = Polygon([(900, 3900), (1900, 3900), (1900, 5400), (900, 5400)])
    return polygons(shapely.union_all([land.STREAM.offset_curve(side * 60).buffer(9) for side in (1, -1)]) & lower)


def coverage() -> dict[str, list[Feature]]:
    """Return where rules that were not surveyed everywhere are known."""
    survey = land.OUTLINE.buffer(120)
    stables = [Polygon([(4290, 250), (5330, 90), (5080, 1180), (4330, 1290)]), peat_box(4800, 5800, -960, -60)]
    orchards = Polygon([(1790, 5010), (3990, 4960), (3990, 5400), (1790, 5400)])
    return {
        "coverage_odour": [
            (part, "geurinventarisatie 2024") for part in polygons(survey.difference(shapely.union_all(stables)))
        ],
        "coverage_spray": [(part, "boomgaardenkaart 2025") for part in polygons(survey.difference(orchards))],
    }


DESTINATION = {
    "road": "Verkeer", "street": "Verkeer", "track": "Verkeer", "canal": "Water", "wijk": "Water",
    "stream": "Water", "ditch": "Water", "lake": "Water", "heath": "Natuur", "forest": "Bos", "wood": "Bos",
    "green": "Groen", "cemetery": "Groen - Begraafplaats", "sport": "Sport", "church": "Maatschappelijk",
    "recreation": "Recreatie - Verblijfsrecreatie", "business": "Bedrijventerrein", "school": "Maatschappelijk",
    "estate": "Bos - Landgoed",
}  # fmt: skip


def destination(piece: Piece) -> str:
    """Return what the plan in force says of a parcel."""
    if piece.kind in DESTINATION:
        return DESTINATION[piece.kind]
    point = piece.shape.representative_point()
    if piece.kind == "house":
        return "Gemengd - Dorpskern" if point.distance(Point(2715, 2655)) < 150 else "Wonen"
    if BUILT_UP.contains(point) and piece.kind != "farm":
        return "Wonen - Erf" if piece.kind == "garden" else "Woongebied"
    if TRANSITION.contains(point) or MIXED_BUT_RURAL.contains(point):
        return "Gemengd landelijk"
    return _rural(piece, point)


def _rural(piece: Piece, point: Point) -> str:
    if piece.zone == "valley" and point.distance(curve(land.STREAM_COURSE)) < 110:
        return "Natuur"
    valued = piece.zone in ("valley", "brook", "es noord", "es zuid", "es nijborg")
    return "Agrarisch met waarden" if valued else "Agrarisch"


def plan(pieces: Sequence[Piece]) -> list[Feature]:
    """Return the plan in force: areas per destination, drawn on an older map and so some decimetres off."""
    groups: dict[str, list[Polygon]] = {}
    for piece in pieces:
        groups.setdefault(destination(piece), []).append(piece.shape)
    whole = [(p, name) for name in sorted(groups) for p in polygons(shapely.coverage_union_all(groups[name]))]
    drawn = shapely.coverage_simplify([shape for shape, _ in whole], 0.8)
    return [(part, name) for shape, (_, name) in zip(drawn, whole, strict=True) for part in polygons(shape)]
