"""Words, numbers and the one escape."""

from __future__ import annotations

import html
import json
import re
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planlib.errors import LayerError, UnfitError
from planlib.text.escape import safe, script_json
from planlib.text.words import LANGUAGES, Words
from tools.messages import missing, sentences, translations


@pytest.mark.parametrize(
    ("area_m2", "shown"),
    [
        (0, "0 m²"),
        (4, "minder dan 10 m²"),
        (123, "120 m²"),
        (6_104, "6.100 m²"),
        (12_345, "1,23 ha"),
        (123_456, "12,3 ha"),
        (1_234_567, "123 ha"),
        (12_000_000, "1.200 ha"),
        (99_960, "10,0 ha"),
        (999_600, "100 ha"),
    ],
)
def test_areas_are_rounded_as_far_as_map_lines_are_exact(area_m2: float, shown: str) -> None:
    assert Words("nl").area(area_m2) == shown


def test_a_share_is_never_nothing_for_something_nor_all_for_less() -> None:
    words = Words("nl")
    assert words.share(1, 1_000_000) == "<1%"
    assert words.share(999_999, 1_000_000) == ">99%"
    assert words.share(1_000_000, 1_000_000) == "100%"
    assert words.share(0, 5) == "0%"
    assert words.share(17, 100) == "17%"


def test_dates_and_lists_read_as_dutch() -> None:
    words = Words("nl")
    assert words.date(date(2026, 11, 1)) == "1 november 2026"
    assert words.date(None) == "datum onbekend"
    assert words.listing(["gemeente", "provincie", "waterschap"]) == "gemeente, provincie en waterschap"


def test_an_unknown_language_is_dutch() -> None:
    assert Words("xx").language == LANGUAGES[0] == "nl"


def test_counted_sentences_have_one_and_many() -> None:
    one, many = "{count} rule differs from what holds now.", "{count} rules differ from what holds now."
    words = Words("nl")
    assert words.some(one, many, 1) == "1 regel is anders dan nu geldt."
    assert words.some(one, many, 1_200) == "1.200 regels zijn anders dan nu geldt."


def test_every_sentence_has_dutch() -> None:
    assert missing() == []


def test_no_translation_is_left_without_its_sentence() -> None:
    assert sorted(set(translations()) - sentences()) == []


def _fields(text: str) -> set[tuple[str | None, str | None, str | None]]:
    return {(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(text) if name}


def test_dutch_keeps_the_facts_of_each_sentence() -> None:
    for english, dutch in translations().items():
        for form in dutch.split("|"):
            assert _fields(form) == _fields(english), english


def test_no_word_of_the_workshop_on_screen() -> None:
    # The words of the engine are not the words of the room (reference: screens).
    forbidden = re.compile(
        r"\b(handtekening|deelvlak|hard|geblokkeerd|schuifbaar|vervalt|echt vrij|bron)\b", re.IGNORECASE
    )
    wrong = {dutch for dutch in translations().values() if forbidden.search(dutch)}
    assert wrong == set()


def test_an_error_speaks_the_readers_language() -> None:
    problem = LayerError("The file {path} does not exist.", path="a.gpkg")
    assert str(problem) == "The file a.gpkg does not exist."
    assert Words("nl").error(problem) == "Het bestand a.gpkg bestaat niet."


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`;alert(1);`",
    "\\`${alert(1)}",
    "</script><svg onload=alert(1)>",
    "a\u2028b\u2029c\nd",
    "{{7*7}}{% raw %}",
    "'\"&<>",
)


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_safe_text_shows_itself_and_nothing_else(text: str) -> None:
    shown = safe(text)
    assert not set(shown) & set("<>`$\\\n\r\u2028\u2029\"'{}")
    # A browser reads references back; NUL, carriage returns and the like have none of their own.
    if all(char.isprintable() for char in text):
        assert html.unescape(shown) == text


@given(st.one_of(st.sampled_from(HOSTILE), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.integers())))
def test_json_in_a_script_reads_back_and_cannot_leave_it(value: object) -> None:
    written = script_json(value)
    assert json.loads(written) == value
    assert not set(written) & set("<>&'`$\u2028\u2029\n")


@given(st.floats(0, 1e9), st.sampled_from(["nl", "en"]))
def test_a_number_in_a_field_is_read_as_it_was_written(number: float, language: str) -> None:
    words = Words(language)
    written = words.plain_number(number, decimals=4)
    assert words.read_number(written) == pytest.approx(number, abs=0.5e-4, rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "dutch", "english"),
    [("1,5", 1.5, 1.5), ("1.5", 1.5, 1.5), ("1.500", 1500, 1.5), ("1,500", 1.5, 1500), (" 0,25 ", 0.25, 0.25)],
)
def test_a_comma_or_a_point_is_read_as_its_reader_means_it(typed: str, dutch: float, english: float) -> None:
    assert (Words("nl").read_number(typed), Words("en").read_number(typed)) == (dutch, english)


@pytest.mark.parametrize("typed", ["", "half", "1,5,5", "nan", "inf", "-inf", "1e999", "1 ha", "\x00", "<b>1</b>"])
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UnfitError) as told:
        Words("nl").read_number(typed)
    assert Words("nl").error(told.value).endswith("is geen getal; schrijf het zoals 1,5.")
