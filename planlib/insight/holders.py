"""Which rules hold which land: the one matrix behind what rules share, what bodies can free, and what must move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from planlib.insight.land import Land
from planlib.insight.rules import doubt_holds
from planlib.model import Constraint
from planlib.scenario import HELD_RANK, Assessment


@dataclass(frozen=True)
class Holders:
    """The land that rules hold, by who holds it. A *piece* is all land on which the same rules hold.

    Attributes
    ----------
    held
        Which rules hold each piece (pieces x rules): 1 or nothing. A rule holds land where it stands firm or can move,
        present or not surveyed; it comes free when all that hold it move or lapse.
    area_m2
        Square metres of each piece, all above 0.
    doubt
        Doubt about rules that nobody could load holds all land too: nothing comes free by moving rules.
    """

    held: csr_array
    area_m2: np.ndarray
    doubt: bool

    def comes_free(self, moved: np.ndarray) -> np.ndarray:
        """Return which pieces come free, under conditions, when the rules marked in ``moved`` move."""
        if self.doubt:
            return np.zeros(len(self.area_m2), dtype=bool)
        return self.held @ (~moved).astype(np.int32) == 0

    def gain_m2(self, moved: np.ndarray) -> float:
        """Return how many square metres come free when the rules marked in ``moved`` move."""
        return float(self.area_m2[self.comes_free(moved)].sum())


@dataclass(frozen=True, slots=True)
class Partner:
    """A rule that holds land together with another.

    ``together_m2`` is the land that both hold, whoever else does; ``only_m2`` what nobody holds but these two.
    """

    rule: Constraint
    together_m2: float
    only_m2: float


def find_holders(assessment: Assessment, land: Land) -> Holders:
    """Return the land that rules hold on a piece of land."""
    here = assessment.release.signatures
    holds = (assessment.member_rank >= HELD_RANK) & (land.code_area_m2[here.code] > 0)
    codes, piece = np.unique(here.code[holds], return_inverse=True)
    ones = np.ones(len(piece), dtype=np.int32)
    held = csr_array((ones, (piece, here.rule[holds])), shape=(len(codes), len(assessment.release.rules)))
    return Holders(held, land.code_area_m2[codes], doubt_holds(assessment))


def held_together_m2(assessment: Assessment, land: Land) -> np.ndarray:
    """Return the square metres that each two rules both hold (rules x rules); on the diagonal what each holds at all.

    Whoever else holds that land does not matter here, so the figures of a row overlap and do not add up.
    """
    holders = find_holders(assessment, land)
    weighted = holders.held.multiply(holders.area_m2[:, np.newaxis])
    return (holders.held.T @ csr_array(weighted)).toarray()


def partners(assessment: Assessment, land: Land, rule: Constraint) -> list[Partner]:
    """Return the rules with which a rule holds land together, the most of it first."""
    holders = find_holders(assessment, land)
    rules = assessment.release.rules
    at = next(at for at, other in enumerate(rules) if other.id == rule.id)
    number = holders.held.sum(axis=1)
    mine = holders.held[:, [at]].toarray().ravel() > 0
    together = (holders.area_m2 * mine) @ holders.held
    only = (holders.area_m2 * (mine & (number == 2) & (not holders.doubt))) @ holders.held
    found = [
        Partner(other, float(together[with_]), float(only[with_]))
        for with_, other in enumerate(rules)
        if with_ != at and together[with_] > 0
    ]
    return sorted(found, key=lambda item: (-item.together_m2, -item.only_m2))
