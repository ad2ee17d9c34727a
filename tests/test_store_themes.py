"""The themes of an area are the catalogue's, in the words that the area chose."""

from __future__ import annotations

from planlib.catalogue import read_catalogue
from planlib.model import Use
from planlib.model.register import QualityEdit, ThemeEdit
from planlib.store import edited_catalogue


def test_without_edits_the_catalogue_stands() -> None:
    assert edited_catalogue(read_catalogue(), []) == read_catalogue()


def test_an_edit_takes_the_place_of_the_catalogue_and_a_new_theme_comes_last() -> None:
    before = read_catalogue()
    edits = [
        ThemeEdit("1", "wonen", "Wonen in het groen", uses=(Use.HOUSING, Use.NATURE), core_qualities=("rust",)),
        ThemeEdit("2", "energie", "Energie", retired=True),
        ThemeEdit("3", "eigen", "Iets van hier", "Something local"),
    ]
    after = edited_catalogue(before, edits)
    ids = [theme.id for theme in before.themes]
    assert [theme.id for theme in after.themes] == [*(key for key in ids if key != "energie"), "eigen"]
    theme = next(theme for theme in after.themes if theme.id == "wonen")
    assert theme.title.in_language("nl") == theme.title.in_language("en") == "Wonen in het groen"
    assert (theme.uses, theme.core_qualities) == ((Use.HOUSING, Use.NATURE), ("rust",))
    assert after.themes[-1].title.in_language("en") == "Something local"
    assert (after.rules, after.duties) == (before.rules, before.duties)


def test_a_core_quality_gets_other_words_and_keeps_its_rules() -> None:
    before = read_catalogue()
    after = edited_catalogue(before, [], [QualityEdit("1", "rust", "Stilte", "Silence", "Niets te horen")])
    for was, now in zip(before.core_qualities, after.core_qualities, strict=True):
        assert (now.id, now.rules, now.legal_basis) == (was.id, was.rules, was.legal_basis)
        assert (now == was) == (was.id != "rust")
    assert next(q for q in after.core_qualities if q.id == "rust").title.in_language("nl") == "Stilte"


def test_a_core_quality_is_added_with_its_own_rules_and_another_is_no_longer_used() -> None:
    edits = [
        QualityEdit("1", "rust", "Stilte", retired=True),
        QualityEdit("2", "eigen-water", "Open water", rules=("flood_plain",)),
    ]
    before = read_catalogue()
    after = edited_catalogue(before, [], edits)
    ids = [quality.id for quality in before.core_qualities]
    assert [quality.id for quality in after.core_qualities] == [*(key for key in ids if key != "rust"), "eigen-water"]
    assert after.core_qualities[-1].rules == ("flood_plain",)
    assert [quality.title.nl for quality in after.retired_qualities] == ["Stilte"]


def test_a_theme_that_is_no_longer_used_keeps_its_name_for_what_still_serves_it() -> None:
    after = edited_catalogue(read_catalogue(), [ThemeEdit("1", "energie", "Stroom", retired=True)])
    assert "energie" not in {theme.id for theme in after.themes}
    assert after.theme_titles("nl")["energie"] == "Stroom"
