"""The story of an initiative or bronpunt as one HTML file that works offline, to scroll and as slides.

Everything is in the file: style, pictures, the few lines of script that turn pages. Text from people goes through the
one escape; pictures are the ones the register keeps, which are made anew without metadata.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from planlib.model.register import Entry, MediaType, Picture, StoryStep
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.map_views import view_address
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER

_HERE = Path(__file__).parent


def story_html(
    entry: Entry,
    steps: Sequence[StoryStep],
    pictures: Sequence[Picture],
    words: Words,
    *,
    statement: str,
    maps: Mapping[str, bytes] | None = None,
) -> str:
    """Return the story as a whole HTML document that asks nothing of anybody.

    Parameters
    ----------
    steps, pictures
        Those of this entry; others are left out. A step names its picture by uid.
    statement
        The line that stands on everything that is shown: an exploration, no decision, no promise.
    maps
        A PNG of the map of each step that has one (:func:`planlib.views.map_views.step_maps`), by the step's uid.
    """
    by_uid = {picture.uid: picture for picture in pictures if picture.entry == entry.uid}
    drawn = {uid: _map_html(png, words, statement) for uid, png in (maps or {}).items()}
    told = "".join(_section(step, by_uid, words, drawn.get(step.uid, "")) for step in in_order(entry, steps))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{safe(entry.title)}</title><style>{_file('story.css')}</style></head><body>"
        f"<header><h1>{safe(entry.title)}</h1><p>{safe(entry.summary)}</p>{paragraphs_html(entry.story)}</header>"
        f'{told}<footer class="quiet"><p>{safe(statement)}</p></footer>'
        f'<nav><button id="slides" type="button" aria-pressed="false">{safe(words("As slides"))}</button></nav>'
        f"<script>{_file('story.js')}</script></body></html>"
    )


def in_order(entry: Entry, steps: Sequence[StoryStep]) -> list[StoryStep]:
    """Return the steps of an entry in the order of its story."""
    return sorted((step for step in steps if step.entry == entry.uid), key=lambda step: (step.position, step.uid))


def step_html(step: StoryStep, pictures: Mapping[str, Picture], words: Words) -> str:
    """Return one step for a page with a map: picture, text, the link that moves the map, who added it and when."""
    link = ""
    if step.view is not None:
        shown = safe(words("See it on the map"))
        link = f'<p><a target="_self" href="{safe(view_address(step.view))}">{shown}</a></p>'
    return _section(step, pictures, words, link)


def _section(step: StoryStep, pictures: Mapping[str, Picture], words: Words, map_html: str) -> str:
    by = [step.added_by, words.date(step.added_on) if step.added_on else ""]
    picture = pictures.get(step.picture)
    return (
        f"<section>{picture_html(picture) if picture else ''}{paragraphs_html(step.text)}{map_html}"
        f'<p class="quiet">{safe(" · ".join(filter(None, by)))}</p></section>'
    )


def picture_html(picture: Picture) -> str:
    """Return a picture with its bytes in it, so that a page needs nobody to fetch it from."""
    return _image(picture.media_type, picture.data, picture.alt)


def _map_html(png: bytes, words: Words, statement: str) -> str:
    """Return the picture of a map with what its colours mean, and the line of date and use for who cannot see it."""
    meanings = "".join(
        f'<li><span class="swatch {outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}</li>'
        for outcome in SCREEN_ORDER
    )
    alt = f"{words('The map that belongs to this step.')} {statement}"
    legend = f"<ul>{meanings}</ul><p>{safe(statement)}</p>"
    return f"<figure>{_image('image/png', png, alt)}<figcaption>{legend}</figcaption></figure>"


def _image(media_type: MediaType | str, data: bytes, alt: str) -> str:
    coded = base64.b64encode(data).decode("ascii")
    return f'<img alt="{safe(alt)}" src="data:{media_type};base64,{coded}">'


def paragraphs_html(text: str) -> str:
    """Return a text with a paragraph for each of its lines."""
    return "".join(f"<p>{safe(part.strip())}</p>" for part in text.split("\n") if part.strip())


@lru_cache(maxsize=2)
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
