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

    A theme that was retired is left out, one with a new id comes after the catalogue's.
    """
    own = {edit.theme: edit for edit in themes}
    by_id = {theme.id: theme for theme in catalogue.themes} | {key: _theme(edit) for key, edit in own.items()}
    words = {edit.core_quality: edit for edit in qualities}
    return replace(
        catalogue,
        themes=tuple(theme for key, theme in by_id.items() if not (key in own and own[key].retired)),
        core_qualities=tuple(_quality(quality, words.get(quality.id)) for quality in catalogue.core_qualities),
    )


def _theme(edit: ThemeEdit) -> Theme:
    return Theme(
        id=edit.theme,
        title=LocalText(edit.title_nl, edit.title_en or None),
        description=LocalText(edit.description_nl, edit.description_en or None),
        uses=edit.uses,
        core_qualities=edit.core_qualities,
    )


def _quality(quality: CoreQuality, edit: QualityEdit | None) -> CoreQuality:
    if edit is None:
        return quality
    return replace(
        quality,
        title=LocalText(edit.title_nl, edit.title_en or None),
        description=LocalText(edit.description_nl, edit.description_en or None),
    )
