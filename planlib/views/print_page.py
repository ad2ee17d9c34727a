"""A view on paper: one plain page with the answer, the bar, the map, the tables behind it and where they come from.

It is made from the same address as the page it was opened from, runs nothing of its own, and asks this server only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from planlib.insight import explain_parcel, rule_insights
from planlib.model import Outcome
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views import assets
from planlib.views.address import View
from planlib.views.ages import rule_aged
from planlib.views.export_names import result_name
from planlib.views.handout import Change, make_handout
from planlib.views.html import outcome_bar, parcel_card
from planlib.views.picture import PICTURE_KINDS
from planlib.views.sentences import (
    CONFIDENCE_NAMES,
    OUTCOME_NAMES,
    SCREEN_ORDER,
    STATE_NAMES,
    deciders,
    refused_sentence,
)
from planlib.views.tables import region_outcomes

PRINT_PATH = "/print"
#: The picture of the map, as kind after the dot.
PICTURE_PATH = "/kaart"
#: In the address of a picture: it is for a page that says the rest.
PLATE = "plaat"


def print_page(view: View, address: Mapping[str, str], words: Words) -> str:
    """Return the page of a view as HTML; ``address`` are the choices that it shows, for the addresses in it."""
    assessment, named = view.assessment, view.named
    handout = make_handout(assessment, named, words)
    choices = urlencode(address)
    foot = f"{safe(handout.statement)} {safe(handout.sources)} {safe(handout.release)}"
    parts = [
        f"<h1>{safe(handout.question)}</h1>",
        f'<p class="pl-warning">{safe(refused_sentence(view.refused, words))}</p>' if view.refused else "",
        f'<p class="pl-answer">{safe(handout.answer)} <small>{safe(handout.checked)}</small></p>',
        outcome_bar(handout.areas_m2, words),
        f'<img class="pl-picture" src="{safe(f"{PICTURE_PATH}.png?{choices}&{PLATE}=1")}" width="2180" height="920" '
        f'alt="{safe(words("The map, in the patterns of the bar above; the tables below hold the same areas."))}">',
        _changes(handout.changes, words),
        _regions(view, words) if named.kind == "area" else "",
        _parcel(view, words),
        _rules(view, words),
        f"<p>{safe(handout.everywhere)}</p>" if handout.everywhere else "",
        _not_looked_at(view, words),
    ]
    styles = "".join(
        f'<link rel="stylesheet" href="{safe(assets.address(folder, name))}">' for folder, name in assets.PRINT_STYLES
    )
    return (
        f'<!doctype html><html dir="ltr" lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(result_name(assessment, words, named=named))}</title>{styles}</head><body>"
        f"{_toolbar(choices, words)}"
        # A table, for its foot comes back on every sheet.
        '<table class="pl-sheet" role="presentation"><tfoot><tr><td class="pl-foot">'
        f"{foot}</td></tr></tfoot><tbody><tr><td><main>{''.join(parts)}</main></td></tr></tbody></table></body></html>"
    )


def _toolbar(choices: str, words: Words) -> str:
    pictures = " ".join(
        f'<a href="{safe(f"{PICTURE_PATH}.{kind}?{choices}")}" download>{kind.upper()}</a>' for kind in PICTURE_KINDS
    )
    return (
        f'<nav class="pl-toolbar"><button type="button" onclick="print()">{safe(words("Print"))}</button>'
        f"<span>{safe(words('The map as'))} {pictures}</span>"
        f'<a href="{safe(f"/?{choices}")}">{safe(words("Back to the map"))}</a></nav>'
    )


def _changes(changes: Sequence[Change], words: Words) -> str:
    rows = [
        [
            f"{safe(change.title)}" + (f"<br><small>{safe(change.note)}</small>" if change.note else ""),
            safe(change.own),
            safe(change.now),
            safe(change.deciders),
            safe(change.route),
        ]
        for change in changes
    ]
    names = [words("rule"), words("holds now"), words("here"), words("may deviate"), words("route")]
    return _table(words("Other than what holds now"), names, rows)


def _regions(view: View, words: Words) -> str:
    regions = region_outcomes(view.assessment)
    if not regions:
        return ""
    whole = {outcome: sum(of[outcome] for _, of in regions) for outcome in Outcome}
    area = view.assessment.release.area.title
    rows = [[safe(name or words("elsewhere")), *_areas(of, words)] for name, of in regions]
    rows.append([f"<b>{safe(words('all of {area}', area=area))}</b>", *_areas(whole, words)])
    names = [words("village"), *(words(OUTCOME_NAMES[outcome]) for outcome in SCREEN_ORDER), words("together")]
    return _table(words("By village"), names, rows, numbers=True)


def _areas(of: Mapping[Outcome, float], words: Words) -> list[str]:
    return [safe(words.area(of[outcome])) for outcome in SCREEN_ORDER] + [safe(words.area(sum(of.values())))]


def _parcel(view: View, words: Words) -> str:
    if view.parcel is None:
        return ""
    parcel_id = str(view.assessment.release.parcels["parcel_id"].iloc[view.parcel])
    on = view.assessment.release.area.reference_date
    return parcel_card(explain_parcel(view.assessment, parcel_id), words, on=on, unfolded=True)


def _rules(view: View, words: Words) -> str:
    """Return every rule that was checked and touches the area, with its basis and the date of its data."""
    assessment = view.assessment
    checked = {rule.id for rule in assessment.checked}
    rows = [
        [
            safe(item.rule.title.in_language(words.language)),
            safe(words(STATE_NAMES[item.state])),
            safe(words.area(item.covered_m2)),
            safe(words.area(item.sole_m2)),
            safe(item.rule.made_by),
            safe(deciders(item.rule, words)),
            f"{safe(item.rule.legal_basis)}<br><small>{safe(words(CONFIDENCE_NAMES[item.rule.confidence]))}</small>",
            safe(rule_aged(item.rule, assessment.release.area.reference_date, words)),
        ]
        for item in rule_insights(assessment)
        if item.rule.id in checked
    ]
    names = [
        words("rule"),
        words("state"),
        words("covers"),
        words("alone holds"),
        words("made by"),
        words("may deviate"),
        words("legal basis"),
        words("data of"),
    ]
    where = assessment.release.area.title
    return _table(words("Checked against, in all of {area}", area=where), names, rows)


def _not_looked_at(view: View, words: Words) -> str:
    language = words.language
    open_rules = [
        safe(rule.title.in_language(language)) + (f": {safe(rule.ask.in_language(language))}" if rule.ask else "")
        for rule in view.assessment.unchecked
    ]
    area = view.assessment.release.area
    titles = {rule.id: rule.title.in_language(language) for rule in area.constraints}
    closed = [
        safe(f"{titles.get(item.id, item.id)}: {item.reason} ({item.by}, {words.date(item.on)})")
        for item in area.not_here
    ]
    return _items(words("Nobody could look into"), open_rules) + _items(words("Does not play a part here"), closed)


def _items(title: str, items: Iterable[str]) -> str:
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f"<h2>{safe(title)}</h2><ul>{listed}</ul>" if listed else ""


def _table(title: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = False) -> str:
    """Return a table with its heading; cells are HTML already. Without rows there is nothing."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    kind = "pl-table pl-numbers" if numbers else "pl-table"
    return f'<h2>{safe(title)}</h2><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
