"""Where would this fit, and does it fit here: the answers in words and as cards."""

from __future__ import annotations

from collections.abc import Sequence

from planlib.insight.fit import Candidate, Places
from planlib.insight.fit_here import Fit, Verdict
from planlib.insight.small_print import RuleOnLand
from planlib.insight.smallest import RuleSet, SmallestSets
from planlib.model import Outcome, Use
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.html import outcome_bar
from planlib.views.insight_words import bodies_phrase
from planlib.views.sentences import EDGE_M2, USE_NAMES, within_sentence

#: Parcels that are named; the others are counted.
_NAMED = 6


def places_headline(places: Places, use: Use | None, where: str, words: Words) -> str:
    """Return how many places there are for a wish, in one sentence; ``where`` as it stands in it ("in Nijborg")."""
    wish = places.wish
    area = words.area(wish.area_m2)
    if wish.width_m > 0:
        area = words("{area} at least {width} m wide", area=area, width=words.number(wish.width_m))
    asked = {"area": area, "use": words(USE_NAMES[use]), "where": where}
    if wish.near is not None and wish.distance_m > 0:
        asked["where"] = words("{where} or within {distance}", where=where, distance=distance(wish.distance_m, words))
    if not places.found:
        return words("Nowhere {where} is there {area} in one piece for {use}, as far as was looked at.", **asked)
    count = words.some("on {count} place", "on {count} places", places.found)
    return words(
        "For {use} {area} fits {count} {where}, as far as was looked at: on land that is free or free under "
        "conditions.",
        count=count,
        **asked,
    )


def site_name(candidate: Candidate, words: Words) -> str:
    """Return what a place is called: by its first parcel, and how many others."""
    first, *others = candidate.parcel_ids
    if not others:
        return first
    more = words.some("{count} other", "{count} others", len(others))
    return words("{first} and {last}", first=first, last=more)


def distance(metres: float, words: Words) -> str:
    """Return a distance as a reader can use it: metres to tens, from a kilometre on kilometres."""
    if metres < 995:
        return f"{words.number(round(metres, -1))} m"
    return f"{words.number(metres / 1000, decimals=1)} km"


def owners(candidate: Candidate, words: Words) -> str:
    """Return whose land a place is, by the kinds of owner."""
    return ", ".join(kind or words("owner not known") for kind in candidate.owner_kinds)


def why_card(candidate: Candidate, number: int, assessment: Assessment, words: Words) -> str:
    """Return the card of a place: why it fits here, whose land it is, and what it carries."""
    site = candidate.site
    parcels = list(candidate.parcel_ids[:_NAMED])
    if len(candidate.parcel_ids) > _NAMED:
        parcels.append(words.some("{count} other", "{count} others", len(candidate.parcel_ids) - _NAMED))
    rows = [
        (words("in one piece"), words.area(site.area_m2)),
        (words("free without conditions"), words.share(site.outcomes_m2[Outcome.FREE], site.area_m2)),
        (words("parcels"), words.listing(parcels)),
        (words("owners"), owners(candidate, words)),
    ]
    if candidate.distance_m is not None and candidate.distance_m > 0:
        rows.append((words("distance"), distance(candidate.distance_m, words)))
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in rows)
    claimed = [claim.initiative.title for claim in candidate.claims]
    taken = (
        words("Somebody has a plan here already: {titles}.", titles=words.listing(claimed))
        if claimed
        else words("Nobody has pinned a plan here.")
    )
    return (
        f'<div class="pl-card"><h3>{number}. {safe(site_name(candidate, words))}</h3>'
        f"{outcome_bar(site.outcomes_m2, words, legend=False)}"
        f'<div class="pl-rule"><dl>{facts}</dl></div><p>{safe(taken)}</p>'
        f"{rule_list(words('The small print'), candidate.carried, words)}"
        f"{_not_looked_at(assessment, words)}</div>"
    )


def verdict_html(fit: Fit, use: Use | None, words: Words, *, parcel: str | None) -> str:
    """Return whether a plan fits on its land, in words; ``parcel`` is the one under its pin when it has no shape."""
    where = (
        words("Looked at: its own shape, {area}.", area=words.area(fit.land_m2))
        if parcel is None
        else words("Looked at: parcel {parcel} under its pin, {area}.", parcel=parcel, area=words.area(fit.land_m2))
    )
    remarks = [where]
    if fit.verdict is not Verdict.NOT and not fit.in_one_piece:
        remarks.append(words("That land lies in pieces, the largest of {area}.", area=words.area(fit.largest_m2)))
    if fit.unchecked:
        names = [within_sentence(rule.title.in_language(words.language)) for rule in fit.unchecked]
        remarks.append(words("Not looked at anywhere: {names}.", names=words.listing(names)))
    return (
        f'<h4>{safe(words("Does it fit here?"))}</h4><p class="pl-ask">{safe(_verdict(fit, use, words))}</p>'
        f"{outcome_bar(fit.outcomes_m2, words, legend=False)}<p><small>{safe(' '.join(remarks))}</small></p>"
    )


def rule_list(title: str, items: Sequence[RuleOnLand], words: Words) -> str:
    """Return rules with the area they are on and what they ask, as a list with a title; empty when there are none."""
    shown = [item for item in items if item.area_m2 >= EDGE_M2]
    if not shown:
        return ""
    entries = []
    for item in shown:
        asks = item.rule.small_print or item.rule.duties or item.rule.summary
        text = f"<br><small>{safe(asks.in_language(words.language))}</small>" if asks else ""
        name = safe(item.rule.title.in_language(words.language))
        entries.append(f"<li>{name}, {safe(words('on {area}', area=words.area(item.area_m2)))}{text}</li>")
    return f'<h4>{safe(title)}</h4><ul class="pl-open">{"".join(entries)}</ul>'


def _verdict(fit: Fit, use: Use | None, words: Words) -> str:
    facts = {"area": words.area(fit.counted_m2), "needed": words.area(fit.needed_m2), "use": words(USE_NAMES[use])}
    match fit.verdict:
        case Verdict.FITS:
            return words("It fits: it needs {needed}, and {area} is free for {use}.", **facts)
        case Verdict.SMALL_PRINT:
            return words(
                "It fits with small print: it needs {needed}, and {area} is free or free under conditions for {use}. "
                "The conditions: {rules}.",
                rules=_names(fit.carried, words),
                **facts,
            )
        case Verdict.IF_MOVED if fit.ways is not None and fit.ways.best is not None:
            return _if_moved(fit.ways, fit.ways.best, facts["needed"], words)
        case Verdict.NOT_KNOWN:
            return words(
                "Not known yet: on part of the land nobody looked into {rules}. It needs {needed}.",
                rules=_names(fit.not_surveyed, words) or words("everything"),
                **facts,
            )
    if fit.too_small:
        land = words.area(fit.land_m2)
        return words("It does not fit: it needs {needed}, and this land is {land} in all.", land=land, **facts)
    return words(
        "It does not fit: of the {needed} it needs {area} is free or free under conditions. The rest is held by: "
        "{rules}.",
        rules=_names([*fit.blocking, *fit.moving, *fit.not_surveyed], words),
        **facts,
    )


def _if_moved(ways: SmallestSets, best: RuleSet, needed: str, words: Words) -> str:
    """Return the smallest set of rules that must move, who decides on them, and how many other ways there are."""
    said = words(
        "It fits if this moves: {rules}. Deciding that is up to: {bodies}. It needs {needed}.",
        rules=words.listing([within_sentence(rule.title.in_language(words.language)) for rule in best.rules]),
        bodies=bodies_phrase(best.bodies, words),
        needed=needed,
    )
    others = ways.count - 1
    if not ways.sets:
        return f"{said} {words('There may be a way with fewer rules, of four at the least.')}"
    if others:
        return f"{said} {words.some('There is {count} other way.', 'There are {count} other ways.', others)}"
    return said


def _names(items: Sequence[RuleOnLand], words: Words) -> str:
    """Return the titles of rules as they stand in a sentence; what is only on the edge is left out, unless all is."""
    inside = [item for item in items if item.area_m2 >= EDGE_M2] or list(items)
    titles = [within_sentence(item.rule.title.in_language(words.language)) for item in inside]
    return words.listing(list(dict.fromkeys(titles)))


def _not_looked_at(assessment: Assessment, words: Words) -> str:
    if not assessment.unchecked:
        return ""
    names = [within_sentence(rule.title.in_language(words.language)) for rule in assessment.unchecked]
    return f"<p><small>{safe(words('Not looked at anywhere: {names}.', names=words.listing(names)))}</small></p>"
