"""The themes and core qualities of an area: the catalogue's, in the words that this area chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planlib.catalogue import Catalogue, CoreQuality, Theme
from planlib.model import LocalText
from planlib.model.register import QualityEdit, ThemeEdit


def edited_catalogue(
    catalogue: Catalogue, themes: Sequence[ThemeEdit], qualities: Sequence[QualityEdit] = ()
) -> Catalogue:
    """Return the catalogue with an area's own themes and words; the edit that comes last counts.

    What was retired stands apart, so that what still names it can say what it was; what has a new id comes after the
    catalogue's.
    """
    own = {edit.theme: edit for edit in themes}
    by_id = {theme.id: theme for theme in catalogue.themes} | {key: _theme(edit) for key, edit in own.items()}
    gone = {key for key, edit in own.items() if edit.retired}
    given = {quality.id: quality for quality in catalogue.core_qualities}
    own_qualities = {edit.core_quality: edit for edit in qualities}
    qualities_by_id = given | {key: _quality(given.get(key), edit) for key, edit in own_qualities.items()}
    gone_qualities = {key for key, edit in own_qualities.items() if edit.retired}
    return replace(
        catalogue,
        themes=tuple(theme for key, theme in by_id.items() if key not in gone),
        core_qualities=tuple(quality for key, quality in qualities_by_id.items() if key not in gone_qualities),
        retired_themes=tuple(theme for key, theme in by_id.items() if key in gone),
        retired_qualities=tuple(quality for key, quality in qualities_by_id.items() if key in gone_qualities),
    )


def _theme(edit: ThemeEdit) -> Theme:
    return Theme(
        id=edit.theme,
        title=LocalText(edit.title_nl, edit.title_en or None),
        description=LocalText(edit.description_nl, edit.description_en or None),
        uses=edit.uses,
        core_qualities=edit.core_qualities,
    )


def _quality(quality: CoreQuality | None, edit: QualityEdit) -> CoreQuality:
    title = LocalText(edit.title_nl, edit.title_en or None)
    description = LocalText(edit.description_nl, edit.description_en or None)
    if quality is None:
        return CoreQuality(edit.core_quality, title, description, rules=edit.rules, legal_basis="")
    return replace(quality, title=title, description=description)
