"""What the last refresh changed, as HTML: one sentence, what is an older copy and why, and tables of what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planlib.catalogue import read_catalogue
from planlib.insight.last_refresh import LastRefresh, LayerRefresh, RuleRefresh
from planlib.model import Constraint, LocalText, Outcome
from planlib.release import Release
from planlib.sources import Difference
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.comparison import signed_area
from planlib.views.data_html import failure_text, table
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER, USE_NAMES

_NOTHING = Difference(0, 0, 0)


def refresh_html(refresh: LastRefresh | None, release: Release, words: Words) -> str:
    """Return what the last refresh changed, or that there was none."""
    if refresh is None:
        return (
            f"<p>{safe(words('The data of this area was never refreshed, so there is nothing to compare with.'))}</p>"
        )
    known = {rule.id: rule for rule in release.rules}
    parts = [f"<p><b>{safe(_summary(refresh, words))}</b></p>", _failures(refresh, known, words)]
    if refresh.not_compared is None:
        parts += [_outcomes(refresh, words), _rules(refresh, known, words)]
    parts.append(_base(refresh, words))
    if refresh.releases and refresh.releases[-1] != release.id:
        since = words("Since then the map was made again for another reason, so it can show other numbers.")
        parts.append(f'<p class="pl-quiet">{safe(since)}</p>')
    return f'<div class="pl-card">{"".join(parts)}</div>'


def _summary(refresh: LastRefresh, words: Words) -> str:
    day = words.date(refresh.refreshed_at.date())
    if refresh.not_compared is not None:
        reason = words.error(refresh.not_compared)
        return words("Refreshed on {date}. What it changed is not known: {reason}", date=day, reason=reason)
    before, after = refresh.outcomes_m2[Outcome.FREE]
    facts = {
        "date": day,
        "use": words(USE_NAMES[refresh.use]),
        "before": words.area(before, beside_m2=after),
        "after": words.area(after, beside_m2=before),
    }
    if not refresh.rules:
        return words("Refreshed on {date}: for {use} nothing changed, {after} is free as before.", **facts)
    return words("Refreshed on {date}: for {use} {before} was free, and {after} is free now.", **facts)


def _failures(refresh: LastRefresh, known: Mapping[str, Constraint], words: Words) -> str:
    failed = [layer for layer in refresh.layers if layer.failure is not None]
    if not failed:
        return ""
    items = "".join(
        f"<li>{safe(_layer_name(layer, known, words))}<br><small>{safe(failure_text(layer, words))}</small></li>"
        for layer in failed
    )
    return f'<h4>{safe(words("Not had anew"))}</h4><ul class="pl-open">{items}</ul>'


def _layer_name(layer: LayerRefresh, known: Mapping[str, Constraint], words: Words) -> str:
    titles = [_rule_name(rule_id, known, words) for rule_id in layer.rules]
    return words.listing(titles) or _base_name(layer, words)


def _rule_name(rule_id: str, known: Mapping[str, Constraint], words: Words) -> str:
    """Return the title of a rule, of the catalogue when the area does not name it any more."""
    if rule_id in known:
        return known[rule_id].title.in_language(words.language)
    block = read_catalogue().rules.get(rule_id)
    return rule_id if block is None else LocalText(**block["title"]).in_language(words.language)


def _base_name(layer: LayerRefresh, words: Words) -> str:
    names = {
        "municipalities": words("borders of municipalities"),
        "parcels": words("parcels"),
    }
    return names.get(layer.id, layer.id.removeprefix("context-"))


def _outcomes(refresh: LastRefresh, words: Words) -> str:
    rows = []
    for outcome in SCREEN_ORDER:
        before, after = refresh.outcomes_m2[outcome]
        swatch = f'<span class="pl-swatch pl-{outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}'
        rows.append(
            [
                swatch,
                safe(words.area(before, beside_m2=after)),
                safe(words.area(after, beside_m2=before)),
                safe(signed_area(after - before, words)),
            ]
        )
    heads = ["", words("before"), words("now"), words("difference")]
    return _titled(words("The area before and after"), heads, rows)


def _rules(refresh: LastRefresh, known: Mapping[str, Constraint], words: Words) -> str:
    """Return one row per rule of which the land or the shapes differ."""
    areas = {rule.id: rule for rule in refresh.rules}
    shapes = {
        rule_id: differs
        for rule_id in dict.fromkeys(rule_id for layer in refresh.layers for rule_id in layer.rules)
        if (differs := refresh.difference_of(rule_id)) not in (None, _NOTHING)
    }
    names = dict.fromkeys([*areas, *shapes])
    if not names:
        return ""
    rows = [
        [
            safe(_rule_name(rule_id, known, words)) + _looked_at(areas.get(rule_id), words),
            *_shapes(shapes.get(rule_id), words),
            *_moved(areas.get(rule_id), words),
        ]
        for rule_id in names
    ]
    heads = [words("rule"), *_shape_heads(words), words("covers"), words("alone holds")]
    return _titled(words("What changed, per rule"), heads, rows)


def _looked_at(rule: RuleRefresh | None, words: Words) -> str:
    if rule is None or rule.unchecked[0] == rule.unchecked[1]:
        return ""
    said = words("not looked at any more") if rule.unchecked[1] else words("looked at for the first time")
    return f"<br><small>{safe(said)}</small>"


def _shape_heads(words: Words) -> list[str]:
    return [words("shapes added"), words("shapes gone"), words("shapes changed")]


def _shapes(differs: Difference | None, words: Words) -> list[str]:
    if differs is None:
        return ["–"] * 3
    return [safe(words.number(count)) if count else "–" for count in (differs.added, differs.removed, differs.changed)]


def _moved(rule: RuleRefresh | None, words: Words) -> list[str]:
    if rule is None:
        return ["–"] * 2
    return [_before_after(*rule.covered_m2, words), _before_after(*rule.sole_m2, words)]


def _before_after(before: float, after: float, words: Words) -> str:
    if abs(after - before) < 1:
        return safe(words.area(after))
    was, now = words.area(before, beside_m2=after), words.area(after, beside_m2=before)
    return f"{safe(was)} → {safe(now)}<br><small>{safe(signed_area(after - before, words))}</small>"


def _base(refresh: LastRefresh, words: Words) -> str:
    """Return what differs in the parcels and under the map; empty when nothing does."""
    rows = [
        [safe(_base_name(layer, words)), *_shapes(layer.difference, words)]
        for layer in refresh.layers
        if not layer.rules and layer.difference not in (None, _NOTHING)
    ]
    return (
        _titled(words("Parcels, and what lies under the map"), [words("layer"), *_shape_heads(words)], rows)
        if rows
        else ""
    )


def _titled(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<h4>{safe(title)}</h4>{table(title, heads, rows, kind='pl-figures')}"
