"""Which rule holds what, as HTML for a page. All text goes through the one escape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planlib.insight import BodyInsight, Partner, RuleInsight, RuleSet
from planlib.model import Constraint
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.insight_words import Answer, body_name, set_gain, set_title
from planlib.views.sentences import deciders

#: Rules in sight that hold land with another; the rest is folded.
_SHOWN_PARTNERS = 6


def wall(answer: Answer) -> str:
    """Return an answer as a wall shows it."""
    return f'<div class="pl-wall" aria-live="polite"><h2>{safe(answer.lead)}</h2><p>{safe(answer.more)}</p></div>'


def body_table(bodies: Iterable[BodyInsight], words: Words) -> str:
    """Return a row per body: its rules, what those cover, and what comes free when all move that can."""
    heads = (
        words("who decides"),
        words("rules"),
        words("those cover"),
        words("can move now"),
        words("comes free when all of those move"),
    )
    rows = [
        (
            body_name(body, words),
            words.number(len(body.rules)),
            words.area(body.covered_m2),
            words.number(len(body.movable)),
            _area(body.gain_m2, words),
        )
        for body in bodies
    ]
    return _table(heads, rows, caption=words("What each body decides on and can free"), looks="pl-room")


def rule_facts(item: RuleInsight, words: Words) -> str:
    """Return a rule's name, whose it is, how a body may deviate from it, and what remains then."""
    rule = item.rule
    lines = [words("made by {body}", body=rule.made_by)]
    if item.movable:
        lines[0] += " · " + words("deviating is up to {bodies}", bodies=deciders(rule, words))
        if rule.route:
            lines.append(f"{words('route')}: {rule.route}")
        lines += _remains(rule, words)
    title = safe(rule.title.in_language(words.language))
    return f'<div class="pl-card"><h3>{title}</h3>{"".join(f"<p>{safe(line)}</p>" for line in lines)}</div>'


def rule_partners(item: RuleInsight, partners: Sequence[Partner], words: Words) -> str:
    """Return what a rule holds, and with which others: those that share the most in sight, the rest folded."""
    if item.held_m2 <= 0:
        nothing = words("It keeps nothing from being free here, so it shares nothing.")
        return f'<div class="pl-card"><p>{safe(nothing)}</p></div>'
    held, sole = words.area(item.held_m2), words.area(item.sole_m2)
    parts = [f"<p>{safe(words('Holds {held}, of which {sole} by itself.', held=held, sole=sole))}</p>"]
    if partners:
        parts.append(_partner_table(partners[:_SHOWN_PARTNERS], words))
    rest = partners[_SHOWN_PARTNERS:]
    if rest:
        more = words.some("and {count} more rule", "and {count} more rules", len(rest))
        parts.append(f"<details><summary>{safe(more)}</summary>{_partner_table(rest, words)}</details>")
    return f'<div class="pl-card">{"".join(parts)}</div>'


def rule_set(item: RuleSet, words: Words) -> str:
    """Return a set of rules that is enough: their names, what they give, and folded who decides and what remains."""
    rules = "".join(f"<li>{_decision(rule, words)}</li>" for rule in item.rules)
    return (
        f'<div class="pl-card"><h3>{safe(set_title(item, words))}</h3><p>{safe(set_gain(item, words))}</p>'
        f"<details><summary><small>{safe(words('Who decides on what, and what remains'))}</small></summary>"
        f'<ul class="pl-open">{rules}</ul></details></div>'
    )


def _decision(rule: Constraint, words: Words) -> str:
    said = [words("deviating is up to {bodies}", bodies=deciders(rule, words)), *([rule.route] if rule.route else [])]
    lines = [f"<b>{safe(rule.title.in_language(words.language))}</b>: {safe(' · '.join(said))}"]
    return "<br>".join([*lines, *(safe(line) for line in _remains(rule, words))])


def _remains(rule: Constraint, words: Words) -> list[str]:
    if rule.duties is None:
        return []
    return [f"{words('After a decision remains:')} {rule.duties.in_language(words.language)}"]


def _partner_table(partners: Iterable[Partner], words: Words) -> str:
    heads = (words("holds land together with"), words("together"), words("only these two"))
    rows = [
        (
            other.rule.title.in_language(words.language),
            words.area(other.together_m2),
            _area(other.only_m2, words),
        )
        for other in partners
    ]
    return _table(heads, rows, caption=words("Rules that hold this land together"))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str, looks: str = "") -> str:
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{safe(text)}</td>' for text in row)}</tr>" for row in rows)
    return (
        f'<table class="pl-table pl-figures {looks}"><caption>{safe(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _area(area_m2: float, words: Words) -> str:
    return words.area(area_m2) if area_m2 > 0 else "–"
