"""What the screen says, in one language: translated sentences, numbers, areas and dates.

English sentences are the keys; Dutch stands in ``locale/nl.po``. Nothing is installed globally: the server speaks with
many people at once, so every page asks for its own :class:`Words`.
"""

from __future__ import annotations

import io
import math
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from planlib.errors import PlanlibError, UnfitError

LANGUAGES = ("nl", "en")
LOCALE_FOLDER = Path(__file__).parent / "locale"
_M2_PER_HA = 10_000


class Words:
    """The words of one language.

    Calling it translates a sentence and fills in its placeholders; the methods write numbers the way a reader of that
    language expects them, rounded as far as map lines are exact (reference: screens, "Numbers").
    """

    def __init__(self, language: str = "nl") -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._sentences = _translations(self.language)

    def __call__(self, sentence: str, **facts: object) -> str:
        """Return ``sentence`` in this language with its ``{placeholders}`` filled."""
        text = self._sentences.gettext(sentence)
        return text.format(**facts) if facts else text

    def some(self, one: str, many: str, count: int, **facts: object) -> str:
        """Return the form that fits ``count``, which also fills ``{count}``."""
        return self._sentences.ngettext(one, many, count).format(count=self.number(count), **facts)

    def number(self, value: float, *, decimals: int = 0) -> str:
        """Return a number with this language's separators: 1.234,5 in Dutch."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self.language)

    def plain_number(self, value: float, *, decimals: int) -> str:
        """Return a number for a field in which it can be changed: 1234,5, with no more decimals than it has."""
        return format_decimal(value, format="0." + "#" * decimals, locale=self.language)

    def read_number(self, text: str) -> float:
        """Return the number that somebody typed, with a comma or a point before the decimals.

        Where both could be meant, as in 1.500, the reader's language decides.

        Raises
        ------
        UnfitError
            It is not a number.
        """
        told = text.strip()
        for locale in (self.language, *(other for other in LANGUAGES if other != self.language)):
            try:
                number = float(parse_decimal(told, locale=locale, strict=True))
            except NumberFormatError:
                continue
            if math.isfinite(number):
                return number
        example = self.plain_number(1.5, decimals=1)
        raise UnfitError("{text} is not a number; write it such as {example}.", text=told, example=example)

    def metres(self, distance_m: float) -> str:
        """Return a distance in metres as it was given, to a centimetre: 50, 12,5."""
        return format_decimal(round(distance_m, 2), format="#,##0.##", locale=self.language)

    def area(self, area_m2: float, *, beside_m2: float | None = None) -> str:
        """Return an area as a reader can use it.

        Hectares without decimals from 100 ha, with one from 10, with two from 1; below that square metres rounded to
        tens, since map lines are not exact to the metre. An area that stands beside another is written in its unit.
        """
        if area_m2 <= 0:
            return f"{self.number(0)} m²"
        if area_m2 < 10:
            return self("less than 10 m²")
        if (beside_m2 or area_m2) < _M2_PER_HA - 5:
            return f"{self.number(round(area_m2, -1))} m²"
        hectares = area_m2 / _M2_PER_HA
        decimals = 0 if hectares >= 99.95 else 1 if hectares >= 9.995 else 2
        return f"{self.number(hectares, decimals=decimals)} ha"

    def exact_area(self, area_m2: float) -> str:
        """Return an area in whole square metres, for a figure that is told exactly."""
        return f"{self.number(round(area_m2))} m²"

    def share(self, part: float, whole: float) -> str:
        """Return a share in whole per cents; never 0% for something or 100% for not everything."""
        if whole <= 0 or part <= 0:
            return "0%"
        percent = 100 * part / whole
        if percent < 0.5:
            return "<1%"
        if percent > 99.5 and part < whole * (1 - 1e-9):
            return ">99%"
        return f"{round(percent)}%"

    def date(self, day: date | None) -> str:
        """Return a date in words, or that it is not known."""
        return self("date unknown") if day is None else format_date(day, format="d MMMM y", locale=self.language)

    def age(self, days: int) -> str:
        """Return an age in the unit that a reader would use: 5 days, 3 weeks, 8 months or 2 years old."""
        if days < 1:
            return self("of today")
        if days < 14:
            return self.some("{count} day old", "{count} days old", days)
        if days < 61:
            return self.some("{count} week old", "{count} weeks old", days // 7)
        if days < 731:
            return self.some("{count} month old", "{count} months old", int(days / 30.44))
        return self.some("{count} year old", "{count} years old", int(days / 365.25))

    def listing(self, items: list[str]) -> str:
        """Return ``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return self("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])

    def error(self, problem: PlanlibError) -> str:
        """Return what an error says, in this language where its sentence was translated."""
        told = {
            key: self.error(fact) if isinstance(fact, PlanlibError) else fact for key, fact in problem.facts.items()
        }
        return self(problem.message, **told)


@lru_cache(maxsize=1)
def known_sentences() -> tuple[str, ...]:
    """Return every English sentence that has a Dutch one; those with a plural are left out."""
    with (LOCALE_FOLDER / "nl.po").open("rb") as stream:
        return tuple(message.id for message in read_po(stream) if message.id and isinstance(message.id, str))


@lru_cache(maxsize=len(LANGUAGES))
def _translations(language: str) -> NullTranslations:
    """Return the sentences of a language, compiled in memory: no compiled file that can lag behind its source."""
    source = LOCALE_FOLDER / f"{language}.po"
    if not source.exists():
        return NullTranslations()
    with source.open("rb") as stream:
        catalog = read_po(stream, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
