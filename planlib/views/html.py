"""Results as HTML for a page: the bar that is the legend, and the cards. All text goes through the one escape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from planlib.insight import ParcelExplanation, RuleOnParcel
from planlib.model import LocalText, Outcome, State
from planlib.scenario import Assessment
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.ages import rule_aged
from planlib.views.sentences import (
    CONFIDENCE_NAMES,
    EDGE_M2,
    OUTCOME_NAMES,
    SCREEN_ORDER,
    deciders,
    not_in_area_sentence,
    whom_to_ask,
)


def outcome_bar(areas_m2: Mapping[Outcome, float], words: Words, *, legend: bool = True, big: bool = False) -> str:
    """Return one bar with the five outcomes in screen order, patterns and areas on it; with its legend below."""
    total = sum(areas_m2.values())
    shown = [(outcome, areas_m2[outcome]) for outcome in SCREEN_ORDER]
    stretches = "".join(
        f'<span class="pl-stretch pl-{outcome}" style="flex-grow:{area / total:.6f}"'
        f' title="{safe(words(OUTCOME_NAMES[outcome]))}: {safe(words.area(area))}">'
        f"<b>{safe(words.area(area))}</b></span>"
        for outcome, area in shown
        if area > 0 and total > 0
    )
    entries = "".join(
        f'<li><span class="pl-swatch pl-{outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}'
        f" <b>{safe(words.area(area))}</b> <small>{safe(words.share(area, total))}</small></li>"
        for outcome, area in shown
    )
    size = " pl-big" if big else ""
    return f'<div class="pl-bar{size}" role="presentation">{stretches}</div>' + (
        f'<ul class="pl-legend{size}">{entries}</ul>' if legend else ""
    )


def not_in_area(assessment: Assessment, words: Words) -> str:
    """Return the fold-out with the core rules of the catalogue that the area file does not name; empty without any."""
    sentence = not_in_area_sentence(assessment, words)
    if not sentence:
        return ""
    titles = [rule.title.in_language(words.language) for rule in assessment.not_in_area]
    names = "".join(f"<li>{safe(title)}</li>" for title in sorted(titles, key=str.casefold))
    lead = words("Nothing is known about these here, not even that they are absent.")
    return f'<details class="pl-fold"><summary>{safe(sentence)}</summary><p>{safe(lead)}</p><ul>{names}</ul></details>'


def parcel_card(explanation: ParcelExplanation, words: Words, *, on: date, unfolded: bool = False) -> str:
    """Return the card of a parcel: its areas, its rules with who made them and who may deviate, its small print.

    Its rules are folded up, unless it is for paper. ``on`` is the day for the age of the data.
    """
    owner = words("owner: {kind}", kind=explanation.owner_kind) if explanation.owner_kind else words("owner not known")
    areas = safe(words("{area} measured", area=words.area(explanation.area_m2)))
    if explanation.registered_area_m2 is not None:
        register = words(
            "{area} in the register", area=words.area(explanation.registered_area_m2, beside_m2=explanation.area_m2)
        )
        areas += f" · {safe(register)}"
    inside = [item for item in explanation.rules if item.covered_m2 >= EDGE_M2]
    edge = [item for item in explanation.rules if item.covered_m2 < EDGE_M2]
    holding = [item for item in inside if item.state in (State.HARD, State.MOVABLE)]
    asking = [item for item in inside if item.state in (State.CONDITION, State.MOVED)]
    away = [item for item in inside if item.state is State.LAPSED]
    ask = whom_to_ask(explanation, words)
    parts = [
        f'<div class="pl-card"><h3>{safe(words("Parcel {id}", id=explanation.parcel_id))}</h3>',
        f'<p class="pl-quiet">{areas} · {safe(owner)}</p>',
        outcome_bar(explanation.outcomes_m2, words, legend=False),
        _outcome_rows(explanation.outcomes_m2, explanation.area_m2, words),
        f'<p class="pl-ask">{safe(ask)}</p>' if ask else "",
        _rules(words("What holds it"), holding, on, words),
        _rules(words("The small print"), asking, on, words),
        _rules(words("Thought away"), away, on, words),
        _rules(words("Only along the edge, where maps differ by a line"), edge, on, words),
        _not_looked_at(explanation, words),
        "</div>",
    ]
    card = "".join(parts)
    return card.replace("<details ", "<details open ") if unfolded else card


def _outcome_rows(areas_m2: Mapping[Outcome, float], whole_m2: float, words: Words) -> str:
    rows = "".join(
        f'<tr><td><span class="pl-swatch pl-{outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}</td>'
        f"<td>{safe(words.area(areas_m2[outcome]))}</td><td>{safe(words.share(areas_m2[outcome], whole_m2))}</td></tr>"
        for outcome in SCREEN_ORDER
        if areas_m2[outcome] > 0
    )
    return f'<table class="pl-areas"><tbody>{rows}</tbody></table>'


def _rules(title: str, items: Sequence[RuleOnParcel], on: date, words: Words) -> str:
    if not items:
        return ""
    return f"<h4>{safe(title)}</h4>" + "".join(_rule(item, on, words) for item in items)


def _rule(item: RuleOnParcel, on: date, words: Words) -> str:
    rule = item.rule
    facts = [words("on {area}", area=words.area(item.covered_m2))]
    if item.sole_m2 > 0:
        facts.append(words("without it {area} would be free, or free under conditions", area=words.area(item.sole_m2)))
    text = {
        State.MOVED: rule.duties or rule.small_print,
        State.CONDITION: rule.small_print or rule.summary,
    }.get(item.state, rule.summary or rule.small_print)
    lines = [_text(text, words)]
    if item.state in (State.HARD, State.MOVABLE) and rule.small_print is not None and rule.small_print is not text:
        lines.append(_text(rule.small_print, words))
    if item.state is State.MOVABLE and rule.duties is not None:
        lines.append(
            f"<p>{safe(words('After a decision remains:'))} {safe(rule.duties.in_language(words.language))}</p>"
        )
    if item.thought:
        lines.append(
            f'<p class="pl-thought">{safe(words("A thought experiment: nobody at this table can decide this."))}</p>'
        )
    return (
        f'<details class="pl-rule pl-edge-{item.state}"><summary>'
        f"<b>{safe(rule.title.in_language(words.language))}</b><br><small>{safe(' · '.join(facts))}</small>"
        f"<br><small>{_who(item, words)}</small></summary>{''.join(lines)}{_basis(item, on, words)}</details>"
    )


def _who(item: RuleOnParcel, words: Words) -> str:
    made = words("made by {body}", body=item.rule.made_by)
    if item.own_state is State.CONDITION:
        return safe(made)
    if item.own_state is State.HARD or (item.own_state is State.MOVABLE and not item.rule.decides):
        return f"{safe(made)} · {safe(words('cannot be moved at this table'))}"
    via = words("deviating is up to {bodies}", bodies=deciders(item.rule, words))
    if item.fixed:
        via = words("{deviating}, who is not at this table", deviating=via)
    return f"{safe(made)} · {safe(via)}"


def _basis(item: RuleOnParcel, on: date, words: Words) -> str:
    rule = item.rule
    basis = safe(rule.legal_basis)
    if rule.reference_url and rule.reference_url.startswith("https://"):
        basis = f'<a href="{safe(rule.reference_url)}" target="_blank" rel="noopener noreferrer">{basis}</a>'
    rows = []
    if rule.route:
        rows.append((words("route"), safe(rule.route)))
    rows.append((words("article"), basis))
    rows.append((words("how sure"), safe(words(CONFIDENCE_NAMES[rule.confidence]))))
    if rule.doubt:
        rows.append((words("doubt"), safe(rule.doubt.in_language(words.language))))
    if rule.ask:
        rows.append((words("ask"), safe(rule.ask.in_language(words.language))))
    rows.append((words("data of"), safe(rule_aged(rule, on, words))))
    return "<dl>" + "".join(f"<dt>{safe(name)}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"


def _text(text: LocalText | None, words: Words) -> str:
    return f"<p>{safe(text.in_language(words.language))}</p>" if text else ""


def _not_looked_at(explanation: ParcelExplanation, words: Words) -> str:
    parts = []
    for title, rules in (
        (words("Not looked into on this parcel"), explanation.unknown),
        (words("Nobody could look into"), explanation.unchecked),
    ):
        if rules:
            items = "".join(
                f"<li>{safe(rule.title.in_language(words.language))}"
                + (f"<br><small>{safe(rule.ask.in_language(words.language))}</small>" if rule.ask else "")
                + "</li>"
                for rule in rules
            )
            parts.append(f'<h4>{safe(title)}</h4><ul class="pl-open">{items}</ul>')
    return "".join(parts)
