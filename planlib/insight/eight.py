"""De 8: from a theme to the places where it can land, and from a place to the themes it can carry.

Both ways read one matrix of evidence. There are four kinds of evidence, and none of them is a weight that somebody
made up: initiatives that serve the theme, bronpunten that serve it, core qualities that speak for it, and free space
for its uses. A place ranks higher with more kinds of evidence, then with more initiatives and bronpunten, then with
more suiting space. A stack of core qualities is a signal and counts as one kind, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from planlib.catalogue import Catalogue, CoreQuality, Theme
from planlib.insight.land import Land, land_of_parcels, outcomes_m2
from planlib.insight.named_land import NamedLand
from planlib.insight.regions import entries_by_region, region_of_parcels, region_shapes
from planlib.model import Outcome, Scenario, Use
from planlib.model.register import Bronpunt, Entry, Initiative
from planlib.release import Release
from planlib.scenario import Assessment, assess

#: A core quality is present where it covers at least this share of a place.
_PRESENT_SHARE = 0.05
#: Space suits a theme from this share of a place that is free, or free under conditions, for one of its uses.
_SUITING_SHARE = 0.02


@dataclass(frozen=True)
class Evidence:
    """What speaks for one theme in one place; ``suiting_m2`` is by use, free plus free under conditions."""

    place: str
    theme: Theme
    initiatives: tuple[Initiative, ...]
    bronpunten: tuple[Bronpunt, ...]
    qualities: tuple[CoreQuality, ...]
    suiting_m2: Mapping[Use, float]
    area_m2: float

    @property
    def space_m2(self) -> float:
        """The most suiting space for one of the theme's uses; 0 when that is too little of the place to count."""
        most = max(self.suiting_m2.values(), default=0.0)
        return most if most >= _SUITING_SHARE * self.area_m2 else 0.0

    @property
    def kinds(self) -> int:
        """How many of the four kinds of evidence there are."""
        return sum(map(bool, (self.initiatives, self.bronpunten, self.qualities, self.space_m2)))

    @property
    def rank(self) -> tuple[int, int, float]:
        """What places and themes are ordered by, the highest first."""
        return self.kinds, len(self.initiatives) + len(self.bronpunten), self.space_m2


@dataclass(frozen=True)
class Gaps:
    """What the matrix shows to be missing: people's plans are the measure, not square metres."""

    themes_without_place: tuple[Theme, ...]
    places_without_theme: tuple[str, ...]
    entries_without_theme: tuple[Entry, ...]


def evidence_matrix(
    release: Release, entries: Sequence[Entry], catalogue: Catalogue, *, scenario: Scenario | None = None
) -> list[Evidence]:
    """Return the evidence for every region and theme of an area.

    Parameters
    ----------
    entries
        The initiatives and bronpunten that may be seen here; a stopped initiative is no evidence.
    scenario
        Whose states count; the use is each theme's own.
    """
    by_use = assess_uses(release, scenario)
    region = region_of_parcels(release)
    inside = entries_by_region(release, entries)
    return [
        evidence
        for at, place in enumerate(region_shapes(release).names)
        for evidence in evidence_of_land(
            land_of_parcels(release, np.flatnonzero(region == at)), inside[at], catalogue, by_use, place=place
        )
    ]


def assess_uses(release: Release, scenario: Scenario | None = None) -> dict[Use, Assessment]:
    """Return a release under the states of a scenario, for every use."""
    return {use: assess(release, replace(scenario or Scenario(), use=use)) for use in Use}


def evidence_of_land(
    land: Land, entries: Sequence[Entry], catalogue: Catalogue, by_use: Mapping[Use, Assessment], *, place: str
) -> list[Evidence]:
    """Return the evidence for every theme on one piece of land, with the entries that stand on it."""
    if not by_use:
        return []
    suiting = {use: _open_m2(assessment, land) for use, assessment in by_use.items()}
    present = _qualities_on(land, next(iter(by_use.values())).release, catalogue.core_qualities)
    return [
        Evidence(
            place=place,
            theme=theme,
            initiatives=tuple(
                entry for entry in entries if isinstance(entry, Initiative) and entry.runs and theme.id in entry.serves
            ),
            bronpunten=tuple(entry for entry in entries if isinstance(entry, Bronpunt) and theme.id in entry.serves),
            qualities=tuple(quality for quality in present if quality.id in theme.core_qualities),
            suiting_m2={use: suiting[use] for use in theme.uses},
            area_m2=land.area_m2,
        )
        for theme in catalogue.themes
    ]


def entries_on(named: NamedLand, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that stand on a piece of land."""
    if not named.outline:
        return list(entries)
    outline = shapely.build_area(shapely.MultiLineString(named.outline))
    shapely.prepare(outline)
    return [entry for entry in entries if shapely.intersects_xy(outline, entry.place.longitude, entry.place.latitude)]


def places_for(matrix: Sequence[Evidence], theme_id: str) -> list[Evidence]:
    """Return the places for a theme, the best first; a place without any evidence is left out."""
    return _ranked(evidence for evidence in matrix if evidence.theme.id == theme_id)


def themes_for(matrix: Sequence[Evidence], place: str) -> list[Evidence]:
    """Return the themes for a place, the best first; a theme without any evidence is left out."""
    return _ranked(evidence for evidence in matrix if evidence.place == place)


def find_gaps(matrix: Sequence[Evidence], entries: Sequence[Entry]) -> Gaps:
    """Return the themes nobody has a plan for, the places without a plan that serves a theme, and plans without one."""
    planned = [evidence for evidence in matrix if evidence.initiatives or evidence.bronpunten]
    themes = {evidence.theme.id: evidence.theme for evidence in matrix}
    with_place, with_theme = {e.theme.id for e in planned}, {e.place for e in planned}
    return Gaps(
        themes_without_place=tuple(theme for theme_id, theme in themes.items() if theme_id not in with_place),
        places_without_theme=tuple(
            place for place in dict.fromkeys(e.place for e in matrix) if place not in with_theme
        ),
        entries_without_theme=tuple(entry for entry in entries if not set(entry.serves) & themes.keys()),
    )


def _ranked(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted((item for item in evidence if item.kinds), key=lambda item: item.rank, reverse=True)


def _open_m2(assessment: Assessment, land: Land) -> float:
    of = outcomes_m2(assessment, land)
    return of[Outcome.FREE] + of[Outcome.CONDITIONAL]


def _qualities_on(land: Land, release: Release, qualities: Sequence[CoreQuality]) -> list[CoreQuality]:
    """Return the core qualities whose rules together cover enough of the land; stacked rules count once."""
    here = release.signatures
    found = []
    for quality in qualities:
        wanted = [at for at, rule in enumerate(release.rules) if rule.id in quality.rules]
        codes = np.unique(here.code[np.isin(here.rule, wanted) & ~here.not_known])
        if land.area_m2 > 0 and land.code_area_m2[codes].sum() >= _PRESENT_SHARE * land.area_m2:
            found.append(quality)
    return found
