"""What the register says of each parcel: its id, its registered area, the kind of owner, the street it is on."""

from __future__ import annotations

from dataclasses import dataclass

import demo_landscape as land
import numpy as np
import shapely
from demo_geometry import generator
from demo_parcels import Piece
from shapely import LineString

SECTION = {
    "Esveld": "A", "De Hilde": "B", "Noordkamp": "B", "Westerkwartier": "B", "expansion": "B", "es noord": "C",
    "es zuid": "D", "kamp": "E", "valley": "F", "brook": "F", "heath": "G", "forest": "G", "Nijborg": "H",
    "es nijborg": "H", "north": "K", "south": "L", "business": "L", "country": "L", "peat west": "M",
        "peat east": "N",
    "Wijkpark": "M", "Verlaat": "N",
}  # fmt: skip
BUILT = ("house", "farm", "business", "church", "school", "estate", "sport", "recreation")


@dataclass(frozen=True)
class Front:
    """Where a plot meets its street: the street's number in ``STREETS``, the middle of the front, directions, width."""

    street: int
    middle: np.ndarray
    along: np.ndarray
    inward: np.ndarray
    width: float


STREETS = [road for road in land.ROADS if road.kind in ("road", "street")]
_LINES = shapely.STRtree([road.line for road in STREETS])


def front_of(piece: Piece) -> Front:
    """Return the front of a plot: its longest stretch of boundary on one street, or the point nearest to a street."""
    ring = shapely.get_coordinates(piece.shape.exterior)
    starts, ends = ring[:-1], ring[1:]
    middles = (starts + ends) / 2
    near = _LINES.query_nearest(shapely.points(middles), all_matches=False)[1]
    away = np.array(
        [STREETS[s].line.distance(shapely.Point(m)) - STREETS[s].width / 2 for s, m in zip(near, middles, strict=True)]
    )
    length = np.linalg.norm(ends - starts, axis=1)
    touching = away < 1.5
    centre = shapely.get_coordinates(piece.shape.centroid)[0]
    if not touching.any():
        best = int(np.argmin(away))
        street, middle, along, width = int(near[best]), middles[best], ends[best] - starts[best], float(length[best])
    else:
        totals = {int(s): float(length[touching & (near == s)].sum()) for s in near[touching]}
        street = max(totals, key=lambda s: (totals[s], -s))
        mine = touching & (near == street)
        longest = int(np.argmax(np.where(mine, length, 0)))
        middle = np.average(middles[mine], axis=0, weights=length[mine])
        along, width = ends[longest] - starts[longest], totals[street]
    along = along / np.hypot(*along)
    inward = np.array([-along[1], along[0]])
    if inward @ (centre - middle) < 0:
        inward = -inward
    return Front(street, middle, along, inward, width)


def sections(pieces: list[Piece]) -> list[str]:
    """Return the cadastral section letter of every parcel; roads and waters follow the land beside them."""
    middles = [piece.shape.representative_point() for piece in pieces]
    landed = [i for i, piece in enumerate(pieces) if piece.zone in SECTION]
    nearest = shapely.STRtree([middles[i] for i in landed]).query_nearest(middles, all_matches=False)[1]
    return [SECTION.get(piece.zone, SECTION[pieces[landed[n]].zone]) for piece, n in zip(pieces, nearest, strict=True)]


def identifiers(pieces: list[Piece]) -> list[str]:
    """Return ids in the style of the register ("ESV A 1182"), unique, running on through each section with gaps."""
    letters = sections(pieces)
    hilbert = np.array([_hilbert(piece) for piece in pieces])
    numbers = [""] * len(pieces)
    for letter in sorted(set(letters)):
        rng = generator(f"numbers {letter}")
        number = int(rng.integers(100, 1200))
        for index in sorted((i for i, own in enumerate(letters) if own == letter), key=lambda i: hilbert[i]):
            number += int(rng.choice([1, 1, 1, 1, 1, 2, 3, 7]))
            numbers[index] = f"ESV {letter} {number}"
    return numbers


def _hilbert(piece: Piece) -> int:
    """Return a number that runs through the map along a space-filling curve."""
    point = piece.shape.representative_point()
    x, y, found, size = int(point.x), int(point.y), 0, 4096
    while size:
        right, up = int(bool(x & size)), int(bool(y & size))
        found += size * size * ((3 * right) ^ up)
        if not up:
            if right:
                x, y = size - 1 - (x & (size - 1)), size - 1 - (y & (size - 1))
            x, y = y, x
        size //= 2
    return found


def registered_areas(pieces: list[Piece]) -> np.ndarray:
    """Return the areas of the register in whole m2: near the drawn area, some of old or plainly another measure."""
    rng = generator("register")
    drawn = shapely.area([piece.shape for piece in pieces])
    area = drawn * (1 + rng.normal(0, 0.0025, len(drawn)))
    old = rng.random(len(drawn)) < 0.3
    area = np.where(old & (drawn > 3000), np.round(area / 10) * 10, area)
    wrong = rng.random(len(drawn)) < 0.012
    area = np.where(wrong, drawn * (1 + rng.choice([-1, 1], len(drawn)) * rng.uniform(0.03, 0.12, len(drawn))), area)
    return np.maximum(np.round(area), 1).astype("int64")


# fmt: off
_SHARES: dict[str, list[tuple[str | None, float]]] = {
    "heath": [("natuurorganisatie", 0.72), ("rijk", 0.23), ("particulier", 0.05)],
    "forest": [("particulier", 0.55), ("natuurorganisatie", 0.3), ("rijk", 0.12), (None, 0.03)],
    "valley": [("particulier", 0.56), ("natuurorganisatie", 0.3), ("waterschap", 0.05), ("provincie", 0.04),
        (None, 0.05)],
    "expansion": [("gemeente", 0.6), ("particulier", 0.4)],
    "business": [("particulier", 0.8), ("gemeente", 0.17), (None, 0.03)],
    "field": [("particulier", 0.87), ("gemeente", 0.03), ("provincie", 0.03), ("natuurorganisatie", 0.02),
        (None, 0.05)],
    "village": [("particulier", 0.88), ("gemeente", 0.03), ("woningcorporatie", 0.04), (None, 0.05)],
    "quarter": [("particulier", 0.68), ("woningcorporatie", 0.28), (None, 0.04)],
    "wijk": [("waterschap", 0.6), ("particulier", 0.32), (None, 0.08)],
}
_FIXED = {
    "road": "gemeente", "street": "gemeente", "track": "gemeente", "green": "gemeente", "sport": "gemeente",
    "school": "gemeente", "cemetery": "gemeente", "canal": "provincie", "stream": "waterschap", "ditch": "waterschap",
    "church": "particulier", "estate": "particulier", "recreation": "particulier", "lake": "particulier",
    "farm": "particulier",
}
# fmt: on


def owner_kinds(pieces: list[Piece]) -> list[str | None]:
    """Return the kind of owner of every parcel, None where the register does not say; neighbours often share one."""
    rng = generator("owners")
    found: list[str | None] = [None] * len(pieces)
    run: dict[str, tuple[str | None, int]] = {}
    for index in sorted(range(len(pieces)), key=lambda i: _hilbert(pieces[i])):
        piece = pieces[index]
        if piece.name == "Provincialeweg":
            found[index] = "provincie"
        elif piece.kind in _FIXED:
            found[index] = _FIXED[piece.kind]
        else:
            group = _owner_group(piece)
            owner, left = run.get(group, (None, 0))
            if left == 0:
                names, shares = zip(*_SHARES[group], strict=True)
                owner = names[int(rng.choice(len(names), p=shares))]
                left = int(rng.integers(4, 11)) if group == "quarter" else int(rng.integers(1, 4))
            run[group] = (owner, left - 1)
            found[index] = owner
    return found


def _owner_group(piece: Piece) -> str:
    if piece.kind in ("heath", "forest", "business", "wijk"):
        return piece.kind
    if piece.zone in ("De Hilde", "Wijkpark", "Verlaat") and piece.kind == "house":
        return "quarter"
    if piece.zone in ("expansion", "valley"):
        return piece.zone
    return "village" if piece.kind in ("house", "garden") else "field"


def street_names(pieces: list[Piece], fronts: list[Front | None]) -> list[str | None]:
    """Return the street of every built plot, and the own name of every road."""
    return [
        piece.name if piece.kind in ("road", "street", "track") else (STREETS[front.street].name if front else None)
        for piece, front in zip(pieces, fronts, strict=True)
    ]


def along_street(front: Front) -> tuple[float, int]:
    """Return how far along its street a front is, and on which side (0 left, 1 right)."""
    line: LineString = STREETS[front.street].line
    at = line.project(shapely.Point(front.middle))
    here, ahead = (np.array(line.interpolate(min(d, line.length)).coords[0]) for d in (max(at - 1, 0), at + 1))
    turn = (ahead - here)[0] * (front.middle - here)[1] - (ahead - here)[1] * (front.middle - here)[0]
    return float(at), int(turn < 0)
