"""Findings on the screen: said in Dutch with their facts kept, whatever the bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from planlib.area import read_area
from planlib.layers.check import check_area_layers, check_data_file
from planlib.text.findings import FINDING_NAMES, finding_text
from planlib.text.words import Words
from tests.areas import Rule, at_origin, box, write_area, write_layer

DUTCH, ENGLISH = Words("nl"), Words("en")
BOWTIE = at_origin(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))


def test_facts_are_taken_out_and_put_in_again() -> None:
    assert finding_text("3 pairs of parcels overlap, 12.50 m2 together", DUTCH) == (
        "3 paren percelen overlappen elkaar, samen 12,50 m²"
    )
    assert finding_text("transformed it, accurate to 0.25 m", DUTCH) == "omgezet, op 0,25 m nauwkeurig"
    assert finding_text("4480 parcels, 3154.72 ha", DUTCH) == "4.480 percelen, 3.154,72 ha"
    said = finding_text("invalid shape (Ring Self-intersection[200005 500005.5])", DUTCH)
    assert said == "ongeldige vorm (de ring raakt of kruist zichzelf [200005 500005.5])"


def test_english_stays_as_it_was_made_and_so_does_what_is_not_known() -> None:
    for text in ("repaired it", "invalid shape (Self-intersection[1 2])", "something new"):
        assert finding_text(text, ENGLISH) == text
    assert finding_text("something new", DUTCH) == "something new"


def test_braces_in_a_fact_are_no_placeholder() -> None:
    assert finding_text("invalid shape ({where} {0})", DUTCH) == "ongeldige vorm ({where} {0})"


def test_what_is_found_in_a_bad_area_is_all_said_in_dutch(tmp_path: Path) -> None:
    here = {"a": box(0, 0, 100, 100), "b": box(50, 0, 150, 100), "c": BOWTIE}
    rules = [
        Rule("strik", [BOWTIE, at_origin(shapely.LineString([(0, 0), (5, 5)])), box(0, 0, 5, 5)], buffer_m=1.0),
        Rule("ver", [shapely.transform(box(0, 0, 5, 5), lambda xy: xy + 90_000.0)]),
        Rule("leeg", [box(0, 0, 5, 5)], keys={"where": "1 = 0"}),
        Rule("niet", coverage="none"),
        Rule("nutteloos", [box(0, 0, 5, 5)], {"solar": "hard", "default": "movable"}, uses=["housing"]),
    ]
    area = write_area(tmp_path / "area", here, rules)
    write_layer(tmp_path / "rommel.gpkg", [BOWTIE, shapely.Point(np.inf, np.inf), None, box(0, 0, 9, 9)])
    found = [*check_area_layers(read_area(area)), *check_data_file(tmp_path / "rommel.gpkg")]
    said = {text for finding in found for text in (finding.problem, finding.action)}
    assert len(said) > 10
    assert {text for text in said if finding_text(text, DUTCH) == text} == set()
    assert "features" not in " ".join(finding_text(text, DUTCH) for text in said)


def test_no_two_forms_mean_the_same_sentence() -> None:
    assert len(set(FINDING_NAMES.values())) == len(FINDING_NAMES)
