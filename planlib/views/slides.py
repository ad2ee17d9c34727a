"""A story as slides for a projector: one thought at a time, with its picture and the place the map goes to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planlib.model.register import Entry, Picture, StoryStep
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.map_views import focus_view
from planlib.views.maps import Focus, focus_point
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER
from planlib.views.story import in_order, paragraphs_html, picture_html

#: What the map shows around an entry without a view of its own, and around its shape as a share of that.
_AROUND_M = 350.0
_METRES_PER_DEGREE = 111_320.0
_ROOM = 0.6
#: Characters from which a text is set smaller, though still to be read from six metres.
_LONG = 450


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: its text, its picture if it has one, who told it and when, and where the map goes."""

    text: str
    told: str
    picture: Picture | None
    focus: Focus


def story_slides(
    entry: Entry, steps: Sequence[StoryStep], pictures: Sequence[Picture], words: Words
) -> tuple[Slide, ...]:
    """Return the slides of an entry: what it is in one sentence, its story a paragraph each, and its steps in order.

    A picture that belongs to no step stands on the first slide.
    """
    by_uid = {picture.uid: picture for picture in pictures if picture.entry == entry.uid}
    own = in_order(entry, steps)
    loose = [picture for uid, picture in by_uid.items() if uid not in {step.picture for step in own}]
    home = _focus_entry(entry)
    texts = [entry.summary, *(part.strip() for part in entry.story.split("\n") if part.strip())]
    first = [Slide(text, "", loose[0] if loose and not at else None, home) for at, text in enumerate(texts)]
    return (
        *first,
        *(
            Slide(
                step.text,
                " · ".join(filter(None, [step.added_by, words.date(step.added_on) if step.added_on else ""])),
                by_uid.get(step.picture),
                home if step.view is None else focus_view(step.view, token=f"story-{step.uid}"),
            )
            for step in own
        ),
    )


def slide_html(slide: Slide) -> str:
    """Return the side of a slide that is read; a long text scrolls by itself, also by keyboard."""
    picture = picture_html(slide.picture) if slide.picture else ""
    told = f'<p class="pl-slide-told">{safe(slide.told)}</p>' if slide.told else ""
    size = " pl-slide-long" if len(slide.text) > _LONG else ""
    return f'<div class="pl-slide{size}" tabindex="0">{picture}<div>{paragraphs_html(slide.text)}{told}</div></div>'


def legend_html(words: Words) -> str:
    """Return what the colours of the map mean, without figures."""
    meanings = "".join(
        f'<li><span class="pl-swatch pl-{outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}</li>'
        for outcome in SCREEN_ORDER
    )
    return f'<ul class="pl-legend pl-big">{meanings}</ul>'


def _focus_entry(entry: Entry) -> Focus:
    """Return the focus on where an entry stands, with room around its shape."""
    place, token = entry.place, f"story-{entry.uid}"
    corners = [corner for ring in place.rings for corner in ring]
    if not corners:
        return focus_point(place.longitude, place.latitude, token=token, radius_m=_AROUND_M)
    east_west, south_north = zip(*corners, strict=True)
    west, east, south, north = min(east_west), max(east_west), min(south_north), max(south_north)
    high = max((north - south) * _ROOM, _AROUND_M / 2 / _METRES_PER_DEGREE)
    wide = max((east - west) * _ROOM, _AROUND_M / 2 / _METRES_PER_DEGREE / max(0.01, math.cos(math.radians(north))))
    return Focus(token, west - wide, south - high, east + wide, north + high)
