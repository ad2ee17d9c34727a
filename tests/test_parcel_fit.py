"""Do parcels fit each other? What they enclose and leave open is told, with its area by plain shapely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry

from planlib.layers import fit_findings, read_parcels
from planlib.model import Finding, LayerSource, ParcelSource
from tests.areas import RD, box, write_layer


def gaps(folder: Path, shapes: Sequence[Geometry]) -> list[Finding]:
    path = folder / "parcels.gpkg"
    path.unlink(missing_ok=True)
    write_layer(path, shapes, id=[f"p{at}" for at in range(len(shapes))])
    parcels = read_parcels(ParcelSource(LayerSource(path), "id"), crs=RD)
    return [finding for finding in fit_findings(parcels) if "gaps" in finding.problem]


def told(findings: Sequence[Finding]) -> tuple[int, float]:
    """Return how many gaps are told, and their area together in m2."""
    if not findings:
        return 0, 0.0
    (finding,) = findings
    found = re.fullmatch(r"(\d+) gaps between parcels, ([\d.]+) m2 together", finding.problem)
    assert found, finding.problem
    return int(found[1]), float(found[2])


def ring(left: float, bottom: float, side: float, width: float) -> list[Geometry]:
    """Return four parcels around a square hole."""
    right, top = left + side, bottom + side
    return [
        box(left, bottom, right, bottom + width),
        box(left, top - width, right, top),
        box(left, bottom + width, left + width, top - width),
        box(right - width, bottom + width, right, top - width),
    ]


def test_parcels_that_fit_have_no_gap(tmp_path: Path) -> None:
    assert gaps(tmp_path, [box(0, 0, 10, 10), box(10, 0, 20, 10), box(0, 10, 20, 20)]) == []


def test_a_gap_is_told_with_its_area(tmp_path: Path) -> None:
    assert told(gaps(tmp_path, ring(0, 0, 100, 20))) == (1, 3600)


def test_a_parcel_that_stands_free_in_a_gap_is_none(tmp_path: Path) -> None:
    assert told(gaps(tmp_path, [*ring(0, 0, 100, 20), box(40, 40, 60, 50)])) == (1, 3600 - 200)


def test_land_outside_all_parcels_is_no_gap(tmp_path: Path) -> None:
    assert gaps(tmp_path, [box(0, 0, 10, 10), box(500, 0, 510, 10)]) == []


def test_a_sliver_between_parcels_that_do_not_fit_line_on_line_is_a_gap(tmp_path: Path) -> None:
    # The upper parcel is drawn with a point more, half a metre off; the two overlap elsewhere as well.
    upper = [(0, 10), (5, 10.5), (10, 10), (15, 9), (20, 10), (20, 20), (0, 20)]
    shapes = [box(0, 0, 20, 10), shapely.transform(shapely.Polygon(upper), lambda xy: xy + (200_000.0, 500_000.0))]
    count, area = told(gaps(tmp_path, shapes))
    assert count == 1
    assert area == pytest.approx(0.5 * 10 * 0.5)


def test_a_parcel_that_lies_within_another_leaves_no_gap(tmp_path: Path) -> None:
    assert gaps(tmp_path, [box(0, 0, 100, 20), box(0, 0, 10, 10), box(50, 5, 60, 15)]) == []


def test_a_line_drawn_twice_is_no_gap(tmp_path: Path) -> None:
    shapes = [*ring(0, 0, 100, 20), box(20, 20, 80, 79.9999)]
    assert gaps(tmp_path, shapes) == []


@given(kept=st.sets(st.integers(0, 24), min_size=1))
def test_gaps_are_the_cells_of_a_board_that_cannot_reach_its_edge(
    tmp_path_factory: pytest.TempPathFactory, kept: set[int]
) -> None:
    """Of a board of 5 x 5 some fields are parcels; a flood from outside, over sides, finds what they do not enclose."""
    fields = {divmod(at, 5) for at in kept}
    wet = {(row, column) for row in range(-1, 6) for column in range(-1, 6)} - fields
    reached, todo = set(), [(-1, -1)]
    while todo:
        row, column = at = todo.pop()
        if at in wet and at not in reached:
            reached.add(at)
            todo += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
    shapes = [box(10 * column, 10 * row, 10 * column + 10, 10 * row + 10) for row, column in sorted(fields)]
    _, area = told(gaps(tmp_path_factory.mktemp("board"), shapes))
    assert area == pytest.approx(100 * len(wet - reached))
