"""The small print of a piece of land as it stands on a page: what it asks, how sure it is, how much of it is of use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planlib.insight.freshness import freshness
from planlib.insight.sensitivity import Margin, Sensitivity
from planlib.insight.small_print import RuleOnLand, SmallPrint
from planlib.insight.usable import UsableSpace
from planlib.model import Outcome
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.ages import aged
from planlib.views.fit_html import rule_list
from planlib.views.sentences import EDGE_M2

#: Sources that are named, the oldest first.
_OLDEST = 3


def small_print_html(found: SmallPrint, words: Words, *, on: date) -> str:
    """Return what free land carries and what the answer rests on; ``on`` is the day for the age of the data."""
    parts = [
        rule_list(words("What the free land asks"), found.conditions, words),
        rule_list(words("Freed by moving, with what remains"), found.moved, words),
        rule_list(words("Thought away: nobody decided that"), found.thought_away, words),
        _surveys(found.surveys, words),
        _unchecked(found, words),
        _firmness(found, on, words),
    ]
    if found.open_m2 < EDGE_M2:
        parts.insert(0, f"<p>{safe(words('Nothing is free here, so there is no small print to it.'))}</p>")
    return f'<div class="pl-card">{"".join(parts)}</div>'


def usable_html(space: UsableSpace, words: Words) -> str:
    """Return how much of the open land is of use, and how it works out."""
    if not space.sites:
        said = words(
            "Of {area} that is free or free under conditions, no piece is {width} m wide and {size} large.",
            area=words.area(space.asked_m2),
            width=words.number(space.width_m),
            size=words.area(space.site_area_m2),
        )
        return f"<p>{safe(said)}</p>"
    said = words(
        "Of {asked} that is free or free under conditions {area} can be used: {free} free, {conditional} under "
        "conditions, in {pieces}, the largest of {largest}.",
        asked=words.area(space.asked_m2),
        area=words.area(space.area_m2),
        free=words.area(space.outcomes_m2[Outcome.FREE]),
        conditional=words.area(space.outcomes_m2[Outcome.CONDITIONAL]),
        pieces=words.some("{count} piece", "{count} pieces", len(space.sites)),
        largest=words.area(space.sites[0].area_m2),
    )
    how = words(
        "Every spot that counts lies in a circle of that width that fits in the free land, across the borders of "
        "parcels. Corners where the circle does not reach do not count."
    )
    return f"<p>{safe(said)}</p><p><small>{safe(how)}</small></p>"


def sensitivity_html(found: Sequence[Sensitivity], words: Words) -> str:
    """Return a table of what becomes of free land when the border of every rule is off."""
    heads = [words("when borders are off by"), *(f"{words.number(item.distance_m)} m" for item in found)]
    rows = []
    for title, margins in (
        (words("free"), [item.free for item in found]),
        (words("free, also under conditions"), [item.free_or_conditional for item in found]),
    ):
        rows.append((title, [words.area(margins[0].now_m2)] * len(margins)))
        rows += [(f"· {name}", [words.area(value) for value in values]) for name, values in _rows(margins, words)]
    body = "".join(
        f"<tr><th scope=row>{safe(name)}</th>{''.join(f'<td>{safe(value)}</td>' for value in values)}</tr>"
        for name, values in rows
    )
    head = "".join(f"<th scope=col>{safe(name)}</th>" for name in heads)
    caption = safe(words("Free land when the borders of all rules are off"))
    head = f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>"
    return f'<table class="pl-table pl-figures">{head}<tbody>{body}</tbody></table>'


def _rows(margins: Sequence[Margin], words: Words) -> list[tuple[str, list[float]]]:
    return [
        (words("surely"), [margin.surely_m2 for margin in margins]),
        (words("on the edge"), [max(0.0, margin.edge_m2) for margin in margins]),
        (words("could come to it"), [max(0.0, margin.gain_m2) for margin in margins]),
    ]


def _surveys(items: Sequence[RuleOnLand], words: Words) -> str:
    shown = [item for item in items if item.area_m2 >= EDGE_M2]
    if not shown:
        return ""
    entries = "".join(
        f"<li>{safe(item.rule.title.in_language(words.language))}, "
        f"{safe(words('on {area}', area=words.area(item.area_m2)))}"
        + (f"<br><small>{safe(item.rule.ask.in_language(words.language))}</small>" if item.rule.ask else "")
        + "</li>"
        for item in shown
    )
    return f'<h4>{safe(words("Still to be looked into"))}</h4><ul class="pl-open">{entries}</ul>'


def _unchecked(found: SmallPrint, words: Words) -> str:
    if not found.unchecked:
        return ""
    entries = "".join(
        f"<li>{safe(rule.title.in_language(words.language))}"
        + (f"<br><small>{safe(rule.ask.in_language(words.language))}</small>" if rule.ask else "")
        + "</li>"
        for rule in found.unchecked
    )
    return f'<h4>{safe(words("Nobody could look into"))}</h4><ul class="pl-open">{entries}</ul>'


def _firmness(found: SmallPrint, on: date, words: Words) -> str:
    named = [(rule, freshness(rule, on)) for rule, _ in found.sources]
    # What nobody dated comes first, then the oldest; what is old is named, however much of it there is.
    named.sort(key=lambda pair: (pair[1].age_days is not None, -(pair[1].age_days or 0), pair[0].id))
    entries = [
        f"{rule.title.in_language(words.language)}: {aged(fresh, words)}"
        for at, (rule, fresh) in enumerate(named)
        if at < _OLDEST or fresh.is_old
    ]
    old = "".join(f"<li>{safe(entry)}</li>" for entry in entries)
    oldest = f'<h4>{safe(words("The oldest data"))}</h4><ul class="pl-open">{old}</ul>' if old else ""
    if found.partly_m2 < EDGE_M2:
        basis = words("The answer here rests on legal texts that were read in the law.")
    else:
        basis = words(
            "For {area} ({share}) the answer rests on a legal text that was not, or not wholly, read in the law; for "
            "{none} on one that nobody read.",
            area=words.area(found.partly_m2),
            share=words.share(found.partly_m2, found.land_m2),
            none=words.area(found.unconfirmed_m2),
        )
    return f"{oldest}<h4>{safe(words('How firm the law behind it is'))}</h4><p>{safe(basis)}</p>"
