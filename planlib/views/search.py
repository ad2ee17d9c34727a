"""Finding a parcel, an address, a street or a place by word, from the area's own data: no service is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import shapely

from planlib.crs import WGS84, transform_points
from planlib.insight.places import parcel_at, parcel_bounds
from planlib.layers import Bounds, read_placed
from planlib.model import ContextKind, ContextLayer
from planlib.release import Release
from planlib.views.maps import Focus

#: Half the width in metres of what the map shows around a spot, by kind of find.
_REACH_M = {"parcel": 60.0, "address": 120.0, "street": 60.0, "place": 900.0}
_KINDS = {ContextKind.ADDRESSES: "address", ContextKind.ROADS: "street", ContextKind.PLACES: "place"}
_WORD = re.compile(r"\w+")
#: Order of kinds among names that are equally good: the shortest of the first kind is what was meant.
_RANK = {"place": 0, "street": 1, "address": 2, "parcel": 3}


@dataclass(frozen=True, slots=True)
class Find:
    """Something found: its kind (parcel, address, street or place), its name and its bounds in the area's CRS."""

    kind: str
    name: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found: the best first, as many as were asked for, and how many there are in all."""

    best: tuple[Find, ...]
    total: int

    def sole(self, text: str) -> Find | None:
        """Return the one thing there is, when ``text`` is its whole name; None while it may become something else."""
        if self.total != 1 or _letters(self.best[0].name) != _letters(text):
            return None
        return self.best[0]


class SearchIndex:
    """Names of an area, made once per release."""

    def __init__(self, release: Release) -> None:
        self._release = release
        self._named = [find for layer in release.area.context for find in _named(layer, release.area.crs)]
        self._keys = [plain(find.name) for find in self._named]
        self._parcels = [_letters(parcel_id) for parcel_id in release.parcels["parcel_id"]]

    def find(self, text: str, *, limit: int = 8) -> Finds:
        """Return what holds all words of ``text``, the best first: whole words go before parts of words."""
        start = plain(text)
        words = _WORD.findall(start)
        if not words:
            return Finds((), 0)
        named = [at for at, key in enumerate(self._keys) if all(word in key for word in words)]
        named.sort(key=lambda at: self._worse(at, start, words))
        joined = "".join(words)
        parcels = [at for at, key in enumerate(self._parcels) if joined in key]
        parcels.sort(key=lambda at: (len(self._parcels[at]), self._parcels[at]))
        best = [self._named[at] for at in named[:limit]]
        best += [self._parcel(at) for at in parcels[: limit - len(best)]]
        return Finds(tuple(best), len(named) + len(parcels))

    def _worse(self, at: int, start: str, words: list[str]) -> tuple[object, ...]:
        """Return what to sort by: the higher, the less it is what was meant."""
        find, key = self._named[at], self._keys[at]
        whole = set(_WORD.findall(key))
        parts = sum(word not in whole for word in words)
        return key != start, parts, not key.startswith(start), _RANK[find.kind], len(find.name), find.name

    def parcel_of(self, find: Find) -> str | None:
        """Return the parcel that belongs to a find: itself, or where an address stands; None for streets and places."""
        if find.kind == "parcel":
            return find.name
        if find.kind != "address":
            return None
        left, bottom, right, top = find.bounds
        return parcel_at(self._release, (left + right) / 2, (bottom + top) / 2)

    def _parcel(self, at: int) -> Find:
        return parcel_find(self._release, at)


def parcel_find(release: Release, parcel: int) -> Find:
    """Return a parcel, by its index, as a find."""
    return Find("parcel", str(release.parcels["parcel_id"].iloc[parcel]), parcel_bounds(release, parcel))


def plain(text: str) -> str:
    """Return text as it is compared: lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def _letters(text: str) -> str:
    """Return text without what people leave out or put in between: spaces, commas, points."""
    return "".join(_WORD.findall(plain(text)))


def find_focus(find: Find, *, crs: str) -> Focus:
    """Return where the map must look to show a find, with room around it; every call is a new order to move."""
    reach = _REACH_M[find.kind]
    left, bottom, right, top = find.bounds
    x = np.array([left - reach, right + reach])
    y = np.array([bottom - reach, top + reach])
    lon, lat = transform_points(x, y, source=crs, target=WGS84)
    return Focus(uuid4().hex, float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))


def _named(layer: ContextLayer, crs: str) -> Iterator[Find]:
    """Yield the named features of a context layer; the pieces of one street are one find."""
    if layer.kind not in _KINDS or layer.label_column is None:
        return
    raw, _ = read_placed(layer.source, name=f"context {layer.kind}", crs=crs, columns=(layer.label_column,))
    kind = _KINDS[layer.kind]
    boxes: dict[str, np.ndarray] = {}
    for name, box in zip(raw.columns[layer.label_column], shapely.bounds(raw.geometry), strict=True):
        if not isinstance(name, str) or not name.strip() or not np.isfinite(box).all():
            continue
        known = boxes.get(name.strip())
        whole = (
            box if known is None else np.concatenate([np.minimum(known[:2], box[:2]), np.maximum(known[2:], box[2:])])
        )
        boxes[name.strip()] = whole
    for name, box in boxes.items():
        left, bottom, right, top = map(float, box)
        yield Find(kind, name, (left, bottom, right, top))
