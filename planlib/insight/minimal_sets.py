"""Sets of rules that are enough and of which no part is, on plain arrays: exact up to three, a good one beyond.

A piece of land comes free when all its holders are in the set. So a set of at most three sees only pieces of at most
three holders, and its gain is a sum over its members, its pairs and itself: three look-up tables, filled once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

#: Up to this size the search is exact.
EXACT_SIZE = 3


@dataclass(frozen=True)
class Found:
    """Sets of columns that are enough, and how many there are.

    The smallest stand first, and of the same size those that gain the most; ``count`` is of all, not only of these.
    """

    sets: tuple[tuple[int, ...], ...]
    count: int


def minimal_sets(held: csr_array, area_m2: np.ndarray, goal_m2: float, *, most: int) -> Found:
    """Return the sets of at most three columns that gain ``goal_m2`` and of which no part does, at most ``most``.

    Parameters
    ----------
    held
        Which rules hold each piece (pieces x rules): 1 or nothing; every piece has at least one.
    area_m2
        Square metres of each piece.
    """
    if goal_m2 <= 0:
        return Found(((),), 1)
    holders = held.sum(axis=1)
    one = np.bincount(held[holders == 1].indices, area_m2[holders == 1], held.shape[1])
    alone = one >= goal_m2
    # A rule that is enough by itself is in no larger minimal set, and every rule must bring its part of the goal.
    useful = (holders <= EXACT_SIZE) & (held @ alone.astype(np.int32) == 0)
    brings = area_m2[useful] @ held[useful]
    rules = np.flatnonzero(brings + (EXACT_SIZE - 1) * brings.max(initial=0.0) >= goal_m2)
    useful &= csc_array(held)[:, rules].sum(axis=1) == holders
    tables = _Tables.fill(csr_array(csc_array(held[useful])[:, rules]), area_m2[useful])
    sizes = (
        _Sets(np.flatnonzero(alone)[:, np.newaxis], one[alone]).best(most),
        _pairs(tables, goal_m2).best(most).renamed(rules),
        _triples(tables, goal_m2, most).renamed(rules),
    )
    sets = [tuple(row) for found in sizes for row in found.members.tolist()]
    return Found(tuple(sets[:most]), sum(found.count for found in sizes))


def take_away(held: csr_array, area_m2: np.ndarray, goal_m2: float) -> np.ndarray:
    """Return columns that gain ``goal_m2`` together and of which none can be left out; all of them must gain it.

    From all columns the one that costs the least is taken away, again and again, as long as enough is left.
    """
    columns, rows = csc_array(held), csr_array(held)
    kept = np.ones(held.shape[1], dtype=bool)
    free = np.ones(len(area_m2), dtype=bool)
    cost = area_m2 @ rows
    while kept.any():
        least = int(np.argmin(np.where(kept, cost, np.inf)))
        lost = columns.indices[columns.indptr[least] : columns.indptr[least + 1]]
        lost = lost[free[lost]]
        free[lost] = False
        if area_m2[free].sum() < goal_m2:
            break
        kept[least] = False
        cost = cost - area_m2[lost] @ rows[lost]
    return np.flatnonzero(kept)


@dataclass(frozen=True)
class _Tables:
    """The area of the pieces that one rule, two rules, or three rules hold and nobody else.

    ``two`` is symmetric with an empty diagonal; ``triple`` are the columns of the pieces of three holders, ascending.
    """

    one: np.ndarray
    two: np.ndarray
    triple: np.ndarray
    triple_m2: np.ndarray

    @classmethod
    def fill(cls, held: csr_array, area_m2: np.ndarray) -> _Tables:
        held.sort_indices()
        holders, size = held.sum(axis=1), held.shape[1]
        pair = held[holders == 2].indices.reshape(-1, 2)
        two = np.zeros((size, size))
        np.add.at(two, (pair[:, 0], pair[:, 1]), area_m2[holders == 2])
        return cls(
            one=np.bincount(held[holders == 1].indices, area_m2[holders == 1], size),
            two=two + two.T,
            triple=held[holders == EXACT_SIZE].indices.reshape(-1, EXACT_SIZE),
            triple_m2=area_m2[holders == EXACT_SIZE],
        )

    def of_pairs(self) -> np.ndarray:
        """Return the gain of each two columns."""
        return self.one[:, np.newaxis] + self.one + self.two


@dataclass(frozen=True)
class _Sets:
    """Sets of one size (sets x members) with their gains; ``left_out`` tells how many more there were."""

    members: np.ndarray
    gain_m2: np.ndarray
    left_out: int = 0

    @property
    def count(self) -> int:
        return len(self.members) + self.left_out

    def best(self, most: int) -> _Sets:
        """Return those that gain the most, the most first; equal ones in the order they stand in."""
        order = np.argsort(-self.gain_m2, kind="stable")[:most]
        return _Sets(self.members[order], self.gain_m2[order], self.count - len(order))

    def renamed(self, columns: np.ndarray) -> _Sets:
        """Return the same sets in other columns."""
        return _Sets(columns[self.members], self.gain_m2, self.left_out)


def _pairs(tables: _Tables, goal_m2: float) -> _Sets:
    gain = np.triu(tables.of_pairs(), 1)
    pairs = np.argwhere(gain >= goal_m2)
    return _Sets(pairs, gain[pairs[:, 0], pairs[:, 1]])


def _triples(tables: _Tables, goal_m2: float, most: int) -> _Sets:
    """Return the best triples without a pair that is enough, one first member at a time."""
    size = len(tables.one)
    gain = tables.of_pairs()
    enough = gain >= goal_m2
    last_two = np.where(np.triu(~enough, 1), gain, -np.inf)
    with_first = np.where(enough, -np.inf, tables.two)
    order = np.argsort(tables.triple[:, 0], kind="stable")
    triple, triple_m2 = tables.triple[order], tables.triple_m2[order]
    start = np.searchsorted(triple[:, 0], np.arange(size + 1))
    best = _Sets(np.zeros((0, EXACT_SIZE), dtype=np.intp), np.zeros(0))
    for first in range(size - 2):
        rest = slice(first + 1, size)
        extra = with_first[first, rest]
        total = last_two[rest, rest] + (tables.one[first] + extra[:, np.newaxis] + extra)
        mine = slice(start[first], start[first + 1])
        np.add.at(total, tuple(triple[mine, 1:].T - first - 1), triple_m2[mine])
        others = np.argwhere(total >= goal_m2)
        here = np.column_stack([np.full(len(others), first), others + first + 1])
        members = np.concatenate([best.members, here])
        gains = np.concatenate([best.gain_m2, total[tuple(others.T)]])
        best = _Sets(members, gains, best.left_out).best(most)
    return best
