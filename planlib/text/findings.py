"""Findings in the reader's language.

A finding is an English sentence in files and on the command line, made where the data is read; the screen says it again
in Dutch. Each sentence is known here by its form, so that its facts can be taken out and put in again.
"""

from __future__ import annotations

import re
from functools import lru_cache

from planlib.text.words import Words, known_sentences

#: What is found and what is done about it, by form: a msgid, and in braces its facts.
FINDING_NAMES = {
    0: "the layer has no features",
    1: "none of the {count} features passes where = {where}, so no features are left",
    2: "no feature lies near the area",
    3: "it covers 0 m2",
    4: "nothing is drawn",
    5: "no geometry",
    6: "no geometry, or none with a place",
    7: "coordinates that are no numbers or lie off the earth",
    8: "invalid shape ({reason})",
    9: "repaired it",
    10: "dropped the row",
    11: "nothing was left of it: dropped the row",
    12: "left it out",
    13: "drawn as it is",
    14: "closed it",
    15: "a ring does not close or has too few points",
    16: "points among the rest",
    17: "lines among the rest",
    18: "polygons among the rest",
    19: "left the points out",
    20: "left the lines out",
    21: "left the polygons out",
    22: "the layer is in {own}, the area in {crs}",
    23: "transformed it, accurate to {accuracy} m",
    24: "transformed it, of unknown accuracy",
    25: "{count} pairs of parcels overlap, {area} m2 together",
    26: "kept both: that land counts in each of them",
    27: "{count} parcels, {area} ha",
    28: "{count} shapes near the area, {area} ha",
    29: "{count} rows in {crs}, {area} ha",
    30: "{count} rows in {crs}",
    31: "unchecked: nobody could load it",
    32: "plays no part here ({reason})",
    33: "none of the rows has a usable shape",
    34: "there is no {wanted} in it",
    35: "refused it",
    36: "nothing",
    37: "a core rule of the catalogue that this area file does not name",
    38: "state names {named}, which uses does not",
    39: "that state plays no part",
    40: "the file says {own}, the area file {named}",
    41: "took it as {crs}",
    42: "x and y (or longitude and latitude) stand the wrong way round",
    43: "swapped them: only then it lies in the Netherlands",
    44: "it lies far from where {crs} is used",
    45: "left it where it says",
    46: "{count} rows with heights",
    47: "left the heights out: areas are flat",
    48: "the places stand in {x} and {y}",
    49: "{count} rows lie outside the Netherlands",
    50: "{count} rows have the same shape as a row before",
    51: "there is no row in it",
    52: "curves, read as short straight lines",
    53: "each turns at most 4 degrees, so off by at most 0.06% of its radius",
    54: "the Shapefile does not say how its letters are written",
    55: "read them as Windows writes them",
    60: "{count} gaps between parcels, {area} m2 together",
    61: "that land counts nowhere",
}


#: What GEOS says of an invalid shape, before the spot in brackets.
REASON_NAMES = {
    0: "Self-intersection",
    1: "Ring Self-intersection",
    2: "Hole lies outside shell",
    3: "Holes are nested",
    4: "Interior is disconnected",
    5: "Nested shells",
    6: "Duplicate Rings",
    7: "Too few points in geometry component",
    8: "Invalid Coordinate",
    9: "Ring is not closed",
}
#: How a refusal starts when it is about a file; as a finding it stands beside the name of the file.
_ABOUT_FILE = ("{path}: ", "{path} ", "{name} ", "The file {path} ")


def finding_text(text: str, words: Words) -> str:
    """Return what a finding says in the language of ``words``; a sentence of an unknown form stays as it is."""
    if words.language != "nl":
        return text
    for form, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return words(form, **{name: _fact(name, value, words) for name, value in found.groupdict().items()})
    for form, pattern in _refusals():
        found = pattern.fullmatch(text)
        if found:
            # What was put between quotes has them already.
            said = words(form).replace("!r}", "}")
            return said.format(**{"path": words("this file"), **found.groupdict()})
    return text


def _fact(name: str, value: str, words: Words) -> str:
    """Return a fact of a finding as it is written in this language: figures, and why a shape is invalid."""
    if name == "reason":
        said, bracket, spot = value.partition("[")
        known = said if said in REASON_NAMES.values() else None
        return f"{words(known)}{' ' if bracket else ''}{bracket}{spot}" if known else value
    if name in ("count", "area", "accuracy") and re.fullmatch(r"\d+(\.\d+)?", value):
        return words.number(float(value), decimals=len(value.partition(".")[2]))
    return value


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(form, _pattern(form)) for form in FINDING_NAMES.values()]


@lru_cache(maxsize=1)
def _refusals() -> list[tuple[str, re.Pattern[str]]]:
    """Return the forms of refusals of files with how they stand in a finding, those that say most first."""
    forms = [form for form in known_sentences() if form.startswith(_ABOUT_FILE)]
    forms.sort(key=lambda form: len(re.sub(r"\{\w+(!r)?\}", "", form)), reverse=True)
    return [(form, _pattern(form.removeprefix("{path}: ").removeprefix("{path} "))) for form in forms]


def _pattern(form: str) -> re.Pattern[str]:
    """Return what a form looks like when it is filled in; a fact that comes again is the same again."""
    made, seen = "", set()
    for at, part in enumerate(re.split(r"\{(\w+)(?:!r|:[^}]*)?\}", form)):
        if at % 2 == 0:
            made += re.escape(part)
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>.+)"
            seen.add(part)
    return re.compile(made, re.DOTALL)
