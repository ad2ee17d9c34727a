"""Mapbox vector tiles from flat arrays: clipping, rounding and encoding, all vectorised.

Shapes come as parts (points, lines or rings without their closing point) laid end to end. ``length`` says how many
vertices each part has, ``owner`` to which feature it belongs; features are numbered from 0 and in order. A feature's
first ring is its outer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

#: Units across a tile.
EXTENT = 4096
#: How far shapes reach beyond the tile, so that outlines along its border are drawn outside it.
BUFFER = 64

Array = npt.NDArray[np.generic]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Kind(IntEnum):
    """What the parts of a layer are; the numbers are the format's own."""

    POINT = 1
    LINE = 2
    POLYGON = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts laid end to end; ``xy`` (n, 2) in tile units, ``length`` and ``owner`` one per part."""

    xy: Floats
    length: Ints
    owner: Ints


def ragged(start: Array, count: Array) -> Ints:
    """Return the indices ``start[i] .. start[i] + count[i] - 1`` of all i, laid end to end."""
    counts = count.astype(np.int64)
    begin = np.cumsum(counts) - counts
    return np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(start.astype(np.int64) - begin, counts)


def clip_rings(parts: Parts, *, low: float = -BUFFER, high: float = EXTENT + BUFFER) -> Parts:
    """Return rings cut off at the square from ``low`` to ``high`` (Sutherland and Hodgman, one side at a time)."""
    x, y, length, owner = parts.xy[:, 0], parts.xy[:, 1], parts.length, parts.owner
    for limit, keep_above in ((low, True), (high, False)):
        x, y, length, owner = _clip_side(x, y, length, owner, limit, keep_above=keep_above)
        y, x, length, owner = _clip_side(y, x, length, owner, limit, keep_above=keep_above)
    return Parts(np.column_stack([x, y]), length, owner)


def clip_lines(parts: Parts, *, low: float = -BUFFER, high: float = EXTENT + BUFFER) -> Parts:
    """Return the stretches of lines within the square from ``low`` to ``high`` (Liang and Barsky)."""
    last = np.cumsum(parts.length) - 1
    is_start = np.ones(len(parts.xy), dtype=bool)
    is_start[last] = False
    line = np.repeat(np.arange(len(parts.length)), parts.length)[is_start]
    at = np.flatnonzero(is_start)
    begin, step = parts.xy[at], parts.xy[at + 1] - parts.xy[at]
    enter, leave = np.zeros(len(at)), np.ones(len(at))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for axis in (0, 1):
            one, other = (low - begin[:, axis]) / step[:, axis], (high - begin[:, axis]) / step[:, axis]
            level = step[:, axis] == 0
            outside = (begin[:, axis] < low) | (begin[:, axis] > high)
            enter = np.where(level, np.where(outside, 2.0, enter), np.maximum(enter, np.minimum(one, other)))
            leave = np.where(level, leave, np.minimum(leave, np.maximum(one, other)))
    seen = np.flatnonzero(enter < leave)
    if not len(seen):
        return Parts(np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))
    # A stretch goes on where the segment before it was seen to its end and this one from its start.
    goes_on = (np.diff(seen) == 1) & (leave[seen[:-1]] == 1) & (enter[seen[1:]] == 0) & (np.diff(line[seen]) == 0)
    first = np.concatenate([[True], ~goes_on])
    stretch = np.cumsum(first) - 1
    length = np.bincount(stretch) + 1
    xy = np.empty((int(length.sum()), 2))
    ends = np.arange(len(seen)) + stretch + 1
    xy[ends] = begin[seen] + leave[seen, None] * step[seen]
    xy[ends[first] - 1] = (begin[seen] + enter[seen, None] * step[seen])[first]
    return Parts(xy, length, parts.owner[line[seen[first]]])


def close(parts: Parts) -> Parts:
    """Return rings as lines that end where they began."""
    start = np.cumsum(parts.length) - parts.length
    order = np.insert(np.arange(len(parts.xy)), start + parts.length, start)
    return Parts(parts.xy[order], parts.length + 1, parts.owner)


def join(one: Parts, other: Parts) -> Parts:
    """Return the parts of both, ordered by owner and, within one, as they came."""
    owner = np.concatenate([one.owner, other.owner])
    length = np.concatenate([one.length, other.length])
    order = np.argsort(owner, kind="stable")
    start = np.cumsum(length) - length
    xy = np.concatenate([one.xy, other.xy])[ragged(start[order], length[order])]
    return Parts(xy, length[order], owner[order])


def round_rings(parts: Parts) -> Parts:
    """Return rings in whole units, turned as they came; what is left of less than a unit is dropped.

    The first ring of a feature must run clockwise as seen (a positive area with y down), the others against it.
    """
    whole, part = _round(parts, closed=True)
    x, y = whole.xy[:, 0], whole.xy[:, 1]
    before = _previous(whole.length)
    area = np.bincount(part, x[before] * y - x * y[before], len(whole.length))
    outer = _firsts(parts.owner)
    good = np.where(outer, area > 0, area < 0) & (whole.length >= 3)
    # A hole stays only in an outer ring that stays.
    feature_good = np.zeros(int(parts.owner.max(initial=-1)) + 1, dtype=bool)
    feature_good[parts.owner[outer & good]] = True
    return _select(whole, good & feature_good[parts.owner])


def round_lines(parts: Parts) -> Parts:
    """Return lines in whole units without vertices on the same spot; lines shorter than a unit are dropped."""
    whole, _ = _round(parts, closed=False)
    return _select(whole, whole.length >= 2)


def encode_layer(name: str, kind: Kind, parts: Parts, properties: Mapping[str, Sequence[str] | Array]) -> bytes:
    """Return a layer as it stands in a tile: the concatenation of layers is a tile.

    Parameters
    ----------
    parts
        In whole units; owners without parts are left out.
    properties
        Key -> one value per owner: whole numbers of at least 0, or texts.
    """
    present, owner = np.unique(parts.owner, return_inverse=True)
    if not len(present):
        return b""
    keys, values, tags = _values(properties, present)
    geometry, size = _geometry(kind, parts, owner, len(present))
    size_of = _varint_length(geometry)
    begin = np.cumsum(size) - size
    geometry_bytes = np.add.reduceat(size_of, begin)
    tag_bytes = _varint_length(tags).sum(axis=1)
    count = len(present)
    head = np.empty((count, 6 + 2 + tags.shape[1]), dtype=np.int64)
    head[:, 0], head[:, 2], head[:, 3] = _field(2), _field(2), tag_bytes
    head[:, 4:-4] = tags
    head[:, -4], head[:, -3], head[:, -2], head[:, -1] = _number(3), kind, _field(4), geometry_bytes
    head[:, 1] = _varint_length(head[:, 2:]).sum(axis=1) + geometry_bytes
    stream = np.empty(head.size + len(geometry), dtype=np.int64)
    at = begin + np.arange(count) * head.shape[1]
    stream[ragged(at, np.full(count, head.shape[1]))] = head.ravel()
    stream[ragged(at + head.shape[1], size)] = geometry
    body = b"".join(
        [
            _bytes_field(1, name.encode()),
            _varints(stream),
            *(_bytes_field(3, key.encode()) for key in keys),
            values,
            _varints(np.array([_number(5), EXTENT, _number(15), 2])),
        ]
    )
    return _bytes_field(3, body)


def _clip_side(
    along: Floats, across: Floats, length: Ints, owner: Ints, limit: float, *, keep_above: bool
) -> tuple[Floats, Floats, Ints, Ints]:
    inside = along >= limit if keep_above else along <= limit
    if inside.all():
        return along, across, length, owner
    before = _previous(length)
    crosses = inside != inside[before]
    count = crosses.astype(np.int64) + inside
    place = np.cumsum(count) - count
    new_along, new_across = np.empty(int(count.sum())), np.empty(int(count.sum()))
    here, there = along[crosses], along[before[crosses]]
    share = (limit - there) / (here - there)
    new_along[place[crosses]] = limit
    new_across[place[crosses]] = across[before[crosses]] * (1 - share) + across[crosses] * share
    kept = place[inside] + crosses[inside]
    new_along[kept], new_across[kept] = along[inside], across[inside]
    so_far = np.concatenate([[0], np.cumsum(count)])
    ends = np.cumsum(length)
    new_length = so_far[ends] - so_far[ends - length]
    left = new_length > 0
    return new_along, new_across, new_length[left], owner[left]


def _previous(length: Ints) -> Ints:
    """Return for each vertex of rings laid end to end the index of the one before it; the last before the first."""
    before = np.arange(int(length.sum()), dtype=np.int64) - 1
    ends = np.cumsum(length)
    some = length > 0
    before[(ends - length)[some]] = ends[some] - 1
    return before


def _firsts(owner: Ints) -> npt.NDArray[np.bool_]:
    return np.concatenate([[True], np.diff(owner) != 0])[: len(owner)]


def _round(parts: Parts, *, closed: bool) -> tuple[Parts, Ints]:
    """Return parts in whole units without repeated vertices, empty ones included, and the part of each vertex."""
    xy = np.rint(parts.xy)
    part = np.repeat(np.arange(len(parts.length)), parts.length)
    same = (xy == xy[_previous(parts.length)]).all(axis=1) if len(xy) else np.empty(0, dtype=bool)
    if not closed:
        same[(np.cumsum(parts.length) - parts.length)[parts.length > 0]] = False
    part = part[~same]
    return Parts(xy[~same], np.bincount(part, minlength=len(parts.length)), parts.owner), part


def _select(parts: Parts, keep: npt.NDArray[np.bool_]) -> Parts:
    return Parts(parts.xy[np.repeat(keep, parts.length)], parts.length[keep], parts.owner[keep])


def _geometry(kind: Kind, parts: Parts, owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the drawing commands of all features as numbers laid end to end, and how many each feature has."""
    xy = parts.xy.astype(np.int64)
    step = np.diff(xy, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    start = np.cumsum(parts.length) - parts.length
    first = start[_firsts(owner)]
    step[first] = xy[first]
    moves = (step << 1) ^ (step >> 63)
    extra = {Kind.POINT: 1, Kind.LINE: 2, Kind.POLYGON: 3}[kind]
    size = 2 * parts.length + extra
    begin = np.cumsum(size) - size
    stream = np.empty(int(size.sum()), dtype=np.int64)
    stream[begin] = 9
    # Move to the first vertex, line to the others: its command stands after the first pair.
    offset = np.ones(len(xy), dtype=np.int64)
    if kind is not Kind.POINT:
        stream[begin + 3] = ((parts.length - 1) << 3) | 2
        offset += 1
        offset[start] = 1
    if kind is Kind.POLYGON:
        stream[begin + size - 1] = 15
    at = np.repeat(begin - 2 * start, parts.length) + 2 * np.arange(len(xy)) + offset
    stream[at], stream[at + 1] = moves[:, 0], moves[:, 1]
    return stream, np.bincount(owner, size, count).astype(np.int64)


def _values(properties: Mapping[str, Sequence[str] | Array], present: Ints) -> tuple[list[str], bytes, Ints]:
    """Return the keys, the encoded distinct values, and per feature its pairs of key and value numbers."""
    encoded: list[bytes] = []
    count = 0
    tags = np.empty((len(present), 2 * len(properties)), dtype=np.int64)
    for at, column in enumerate(properties.values()):
        distinct, number = np.unique(np.asarray(column)[present], return_inverse=True)
        tags[:, 2 * at], tags[:, 2 * at + 1] = at, number + count
        count += len(distinct)
        if distinct.dtype.kind in "iu":
            wide = distinct.astype(np.int64)
            rows = [np.full(len(wide), _field(4)), 1 + _varint_length(wide), np.full(len(wide), _number(5)), wide]
            encoded.append(_varints(np.column_stack(rows).ravel()))
        else:
            encoded.extend(_bytes_field(4, _bytes_field(1, str(text).encode())) for text in distinct)
    return list(properties), b"".join(encoded), tags


def _field(number: int) -> int:
    return number << 3 | 2


def _number(number: int) -> int:
    return number << 3


def _bytes_field(number: int, content: bytes) -> bytes:
    return _varints(np.array([_field(number), len(content)])) + content


def _varint_length(numbers: Ints) -> Ints:
    """Return how many bytes each number takes as a varint."""
    length = np.ones(numbers.shape, dtype=np.int64)
    for bits in range(7, 63, 7):
        longer = numbers >= (1 << bits)
        if not longer.any():
            break
        length += longer
    return length


def _varints(numbers: Ints) -> bytes:
    """Return numbers as varints: seven bits a byte, the lowest first, the high bit on all but the last."""
    length = _varint_length(numbers)
    end = np.cumsum(length)
    begin = end - length
    out = np.empty(int(end[-1]), dtype=np.uint8)
    out[begin] = numbers & 127
    for byte in range(1, int(length.max())):
        more = length > byte
        out[begin[more] + byte - 1] |= 128
        out[begin[more] + byte] = (numbers[more] >> (7 * byte)) & 127
    return out.tobytes()
