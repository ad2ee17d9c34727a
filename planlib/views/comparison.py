"""Two scenarios beside each other in words and tables: what is gained and lost, where, for whom, by whose decision."""

from __future__ import annotations

from collections.abc import Sequence

from planlib.insight.compare import Change, PlanChange, PlanFit, RuleDifference, RuleSide
from planlib.insight.fit_here import Verdict
from planlib.model import OUTCOMES, Outcome, State, Use
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER, STATE_NAMES, USE_NAMES, deciders, short

#: What a step did to an outcome: more of it, or less.
GAIN_NAMES = {
    (Outcome.FREE, True): "{area} more free",
    (Outcome.FREE, False): "{area} less free",
    (Outcome.CONDITIONAL, True): "{area} more under conditions",
    (Outcome.CONDITIONAL, False): "{area} less under conditions",
    (Outcome.MOVABLE, True): "{area} more that can come free",
    (Outcome.MOVABLE, False): "{area} less that can come free",
    (Outcome.BLOCKED, True): "{area} more not free",
    (Outcome.BLOCKED, False): "{area} less not free",
    (Outcome.UNKNOWN, True): "{area} more not looked into",
    (Outcome.UNKNOWN, False): "{area} less not looked into",
}
VERDICT_NAMES = {
    Verdict.FITS: "fits",
    Verdict.SMALL_PRINT: "fits under conditions",
    Verdict.IF_MOVED: "fits only after a decision",
    Verdict.NOT_KNOWN: "not looked into enough",
    Verdict.NOT: "does not fit",
}
#: A change smaller than this is less than the width of a line on the map.
_SHOWN_M2 = 10.0


def gains(change: Change, words: Words, *, outcomes: Sequence[Outcome] = SCREEN_ORDER) -> list[str]:
    """Return what was gained and lost per outcome, in words; nothing for what did not change."""
    return [
        words(GAIN_NAMES[outcome, change.gain_of(outcome) > 0], area=words.area(abs(change.gain_of(outcome))))
        for outcome in outcomes
        if abs(change.gain_of(outcome)) >= _SHOWN_M2
    ]


def comparison_sentence(change: Change, plans: Sequence[PlanChange], use: Use | None, words: Words) -> str:
    """Return the difference between A and B in one or two sentences."""
    parts = gains(change, words)
    name = words(USE_NAMES[use])
    if not parts:
        said = words("For {use} A and B are the same.", use=name)
    else:
        said = words("For {use} B gives, compared with A: {changes}.", use=name, changes="; ".join(parts))
    better = sum(plan.after.verdict in _FITTING and plan.before.verdict not in _FITTING for plan in plans)
    worse = sum(plan.before.verdict in _FITTING and plan.after.verdict not in _FITTING for plan in plans)
    counts = []
    if better:
        counts.append(words.some("{count} initiative now fits", "{count} initiatives now fit", better))
    if worse:
        counts.append(words.some("{count} initiative no longer fits", "{count} initiatives no longer fit", worse))
    return f"{said} {_capital(words.listing(counts))}." if counts else said


def outcome_table(change: Change, words: Words) -> str:
    """Return the table of outcomes, A, B and the difference; its swatches are the legend of the maps."""
    rows = []
    for outcome in SCREEN_ORDER:
        at = OUTCOMES.index(outcome)
        name = f'<span class="pl-swatch pl-{outcome}"></span>{safe(words(OUTCOME_NAMES[outcome]))}'
        areas = [words.area(float(side[at])) for side in (change.before_m2, change.after_m2)]
        rows.append([name, *map(safe, areas), safe(signed_area(change.gain_of(outcome), words))])
    headers = [words("outcome"), "A", "B", words("difference")]
    return _table(words("Gains and losses"), headers, rows)


def region_table(changes: Sequence[Change], total: Change, words: Words) -> str:
    """Return the table of gains and losses per village, with their sum."""
    if len(changes) < 2:
        return ""
    rows = [
        [safe(change.name or words("outside the villages")), *_gain_cells(change, words)]
        for change in changes
        if change.before_m2.sum() > 0
    ]
    rows.append([f"<b>{safe(words('together'))}</b>", *_gain_cells(total, words)])
    headers = [words("village"), *(words(OUTCOME_NAMES[outcome]) for outcome in SCREEN_ORDER)]
    return _table(words("Per village, B compared with A"), headers, rows)


def plan_table(plans: Sequence[PlanChange], words: Words) -> str:
    """Return the table of initiatives that fit differently, each for its own use."""
    title = words("Initiatives that fit differently")
    if not plans:
        return _nothing(title, words("No initiative fits differently."))
    order = sorted(plans, key=lambda plan: -abs(plan.after.open_share - plan.before.open_share))
    rows = [
        [
            f"<b>{safe(short(plan.initiative.title))}</b><br><small>{safe(_about_plan(plan, words))}</small>",
            safe(_fit(plan.before, words)),
            safe(_fit(plan.after, words)),
            f"<b>{safe(_turn(plan, words))}</b>",
        ]
        for plan in order
    ]
    note = words(
        "Counted as fitting: what it needs is free, or free under conditions, on its own shape or on the parcel it is "
        "pinned on, as far as was looked at. Whether it lies together in a usable form is not in this."
    )
    headers = [words("initiative"), "A", "B", ""]
    return _table(title, headers, rows, texts=True) + f'<p class="pl-quiet">{safe(note)}</p>'


def rule_table(differences: Sequence[RuleDifference], words: Words) -> str:
    """Return the table of rules that work differently, with who decides."""
    title = words("Rules that differ, and who decides")
    if not differences:
        return _nothing(title, words("No rule differs."))
    rows = [
        [
            f"<b>{safe(item.rule.title.in_language(words.language))}</b>"
            f"<br><small>{safe(words('made by {body}', body=item.rule.made_by))}</small>",
            safe(_who_decides(item, words)),
            _rule_side(item.before, item, words),
            _rule_side(item.after, item, words),
        ]
        for item in differences
    ]
    headers = [words("rule"), words("who decides"), "A", "B"]
    return _table(title, headers, rows, texts=True)


def signed_area(area_m2: float, words: Words) -> str:
    """Return a gain or loss with its sign, a dash for none."""
    if abs(area_m2) < _SHOWN_M2:
        return "–"
    return f"{'+' if area_m2 > 0 else '−'}{words.area(abs(area_m2))}"


_FITTING = (Verdict.FITS, Verdict.SMALL_PRINT)


def _turn(plan: PlanChange, words: Words) -> str:
    """Return what happened to a plan in two words."""
    before, after = plan.before.verdict in _FITTING, plan.after.verdict in _FITTING
    if before != after:
        return words("now fits") if after else words("no longer fits")
    return words("more room") if plan.after.open_share >= plan.before.open_share else words("less room")


def _about_plan(plan: PlanChange, words: Words) -> str:
    where = words("on its own shape") if plan.drawn else words("on the parcel it is pinned on")
    return f"{words(USE_NAMES[plan.initiative.use])}, {where}"


def _fit(fit: PlanFit, words: Words) -> str:
    return f"{words(VERDICT_NAMES[fit.verdict])} ({words.share(fit.open_share, 1.0)})"


def _who_decides(item: RuleDifference, words: Words) -> str:
    movable = any(side.own is State.MOVABLE for side in (item.before, item.after))
    return deciders(item.rule, words) if movable else words("nobody in this process")


def _rule_side(side: RuleSide, item: RuleDifference, words: Words) -> str:
    said = words("holds") if side.state is side.own or side.fixed else words(STATE_NAMES[side.state])
    notes = []
    if item.before.buffer_m != item.after.buffer_m:
        notes.append(words("{metres} m around it", metres=words.metres(side.buffer_m)))
    if side.fixed:
        notes.append(words("nobody at this table decides on it"))
    if side.thought:
        notes.append(words("thought experiment"))
    if side.beyond:
        notes.append(words("beyond the frame"))
    marks = f'<br><small class="pl-changed">{safe(", ".join(notes))}</small>' if notes else ""
    return f"{safe(said)}{marks}"


def _gain_cells(change: Change, words: Words) -> list[str]:
    return [safe(signed_area(change.gain_of(outcome), words)) for outcome in SCREEN_ORDER]


def _table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], *, texts: bool = False) -> str:
    """Return a table under its title; headers are plain text, cells are HTML whose text went through the escape."""
    head = "".join(f'<th scope="col">{safe(header)}</th>' for header in headers)
    body = "".join(
        "<tr>" + f'<th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    kind = " pl-texts" if texts else ""
    return (
        f'<div class="pl-scroll"><table class="pl-compare{kind}"><caption>{safe(title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _nothing(title: str, said: str) -> str:
    return f'<h4 class="pl-comparehead">{safe(title)}</h4><p class="pl-quiet">{safe(said)}</p>'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
