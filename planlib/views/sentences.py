"""Results in words: the answer, what was checked, and what every map and picture must say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from planlib.insight import ParcelExplanation
from planlib.insight.land import outcomes_m2
from planlib.insight.named_land import NamedLand, read_land
from planlib.model import Confidence, Constraint, Level, Outcome, State, Use
from planlib.release import Release
from planlib.scenario import Assessment
from planlib.text.words import Words

#: msgids; the table of each is looked up per call, in the reader's language.
USE_NAMES = {
    Use.HOUSING: "housing",
    Use.BUSINESS: "businesses",
    Use.SOLAR: "solar panels",
    Use.WIND: "wind turbines",
    Use.FARMING: "farming",
    Use.NATURE: "nature",
    Use.RECREATION: "recreation",
    Use.INFRASTRUCTURE: "infrastructure",
    None: "anything at all",
}
OUTCOME_NAMES = {
    Outcome.FREE: "free",
    Outcome.CONDITIONAL: "free under conditions",
    Outcome.MOVABLE: "can come free",
    Outcome.UNKNOWN: "not looked into yet",
    Outcome.BLOCKED: "not free",
}
LEVEL_NAMES = {
    Level.EU: "EU",
    Level.RIJK: "State",
    Level.PROVINCIE: "province",
    Level.WATERSCHAP: "water board",
    Level.GEMEENTE: "municipality",
    Level.FEITELIJK: "what is there already",
}
#: The same as somebody one can talk to.
BODY_NAMES = {
    Level.RIJK: "the State",
    Level.PROVINCIE: "the province",
    Level.WATERSCHAP: "the water board",
    Level.GEMEENTE: "the municipality",
}
CONFIDENCE_NAMES = {
    Confidence.CONFIRMED: "read in the text of the law",
    Confidence.PARTLY: "partly read in the text of the law",
    Confidence.UNCONFIRMED: "not yet checked against the law",
}
STATE_NAMES = {
    State.HARD: "stands firm",
    State.MOVABLE: "can move",
    State.CONDITION: "is a condition",
    State.MOVED: "moves",
    State.LAPSED: "thought away",
}
#: A rule on less of a parcel than this is two maps that draw the same line apart, nothing to talk to anybody about.
EDGE_M2 = 10.0
#: Order on screen, in the bar and in every list: what is not known comes last, so that it is never next to free.
SCREEN_ORDER = (Outcome.FREE, Outcome.CONDITIONAL, Outcome.MOVABLE, Outcome.BLOCKED, Outcome.UNKNOWN)


def land_title(named: NamedLand, release: Release, words: Words) -> str:
    """Return what a piece of land is called in a sentence."""
    if named.kind == "region":
        return named.label
    if named.kind == "parcels":
        many = words.some("{count} chosen parcel", "{count} chosen parcels", len(named.land.parcels))
        return words("parcel {id}", id=named.label) if len(named.land.parcels) == 1 else many
    return words("the shape you drew") if named.kind == "shape" else release.area.title


def land_where(named: NamedLand, release: Release, words: Words) -> str:
    """Return where a piece of land is, as it stands in a sentence: "in Nijborg", "on parcel 12"."""
    if named.kind == "parcels":
        return words("on {place}", place=land_title(named, release, words))
    return words("in {place}", place=land_title(named, release, words))


def headline(assessment: Assessment, words: Words, *, named: NamedLand | None = None) -> str:
    """Return the answer in one or two sentences: how much is free for this use, and how much in other ways.

    Without a land it is about the whole area.
    """
    release = assessment.release
    named = named or read_land(release, "")
    of = outcomes_m2(assessment, named.land)
    total = sum(of.values())
    where, use = land_where(named, release, words), words(USE_NAMES[assessment.scenario.use])
    if of[Outcome.FREE] <= 0:
        answer = words("For {use} nothing is free {where}, as far as was looked at.", use=use, where=where)
    else:
        answer = words(
            "For {use} about {area} is free {where} ({share}), as far as was looked at.",
            use=use,
            where=where,
            area=words.area(of[Outcome.FREE]),
            share=words.share(of[Outcome.FREE], total),
        )
    rest = []
    if of[Outcome.CONDITIONAL] > 0:
        rest.append(words("{area} more is free under conditions.", area=words.area(of[Outcome.CONDITIONAL])))
    if of[Outcome.MOVABLE] > 0:
        rest.append(words("{area} can come free only by a decision.", area=words.area(of[Outcome.MOVABLE])))
    if of[Outcome.UNKNOWN] > 0:
        rest.append(words("{area} has not been looked into yet.", area=words.area(of[Outcome.UNKNOWN])))
    return " ".join([answer, *rest])


def checked_sentence(assessment: Assessment, words: Words) -> str:
    """Return how many of the rules were looked at, and the names of those that were not."""
    checked, unchecked = assessment.checked, assessment.unchecked
    count = words.some(
        "Checked against {checked} of {count} rule",
        "Checked against {checked} of {count} rules",
        len(checked) + len(unchecked),
        checked=len(checked),
    )
    if not unchecked:
        return count + "."
    names = ", ".join(within_sentence(rule.title.in_language(words.language)) for rule in unchecked)
    return words("{count}; not looked at: {names}.", count=count, names=names)


def left_out_sentence(assessment: Assessment, words: Words) -> str:
    """Return which rules of the area file play no part here and why; empty when there are none."""
    area = assessment.release.area
    reasons = {
        "not_in_force": words("not in force on {date}", date=words.date(area.reference_date)),
        "other_province": words("of another province"),
    }
    names = [
        f"{within_sentence(item.constraint.title.in_language(words.language))} ({reasons[item.reason]})"
        for item in area.left_out
    ]
    return words("Left out: {names}.", names=", ".join(names)) if names else ""


def not_in_area_sentence(assessment: Assessment, words: Words) -> str:
    """Return how many core rules of the catalogue the area file does not name; empty when it names all."""
    missing = len(assessment.not_in_area)
    if not missing:
        return ""
    return words.some(
        "{count} core rule of the catalogue is not in the data of this area.",
        "{count} core rules of the catalogue are not in the data of this area.",
        missing,
    )


def refused_sentence(refused: int, words: Words) -> str:
    """Return how many choices in an address do not fit the area; empty when all do."""
    if not refused:
        return ""
    return words.some(
        "{count} choice in the address does not fit this area and was left out.",
        "{count} choices in the address do not fit this area and were left out.",
        refused,
    )


def changed_sentence(assessment: Assessment, words: Words) -> str:
    """Return how many rules differ from what holds now; empty when none does."""
    changed = len(assessment.changed)
    if not changed:
        return ""
    return words.some("{count} rule differs from what holds now.", "{count} rules differ from what holds now.", changed)


def statement(assessment: Assessment, words: Words) -> str:
    """Return the line that stands under every page, picture and export: all there is to say of what a number is."""
    area = assessment.release.area
    invented = [words("{area} is a fictional municipality.", area=area.title)] if area.fictional else []
    return " ".join([exploration(assessment, words), *_named_rules(assessment, words), *invented])


def exploration(assessment: Assessment, words: Words) -> str:
    """Return what every number is: an exploration on a date, for a use, under a scenario; no decision, no promise."""
    area, scenario = assessment.release.area, assessment.scenario
    line = words(
        "Exploration on {date}, for {use}; no decision, no promise.",
        date=words.date(area.reference_date),
        use=words(USE_NAMES[scenario.use]),
    )
    return " ".join([line, *scenario_sentences(assessment, words)])


def scenario_sentences(assessment: Assessment, words: Words) -> list[str]:
    """Return what must be said of the scenario behind a number: name, frame, who is at the table, and how far it goes.

    None for the rules as they are, with everybody at the table.
    """
    scenario, fixed, thoughts = assessment.scenario, len(assessment.fixed), len(assessment.thoughts)
    parts = [_scenario_name(assessment, words), *_distances(assessment, words), _frame_sentence(assessment, words)]
    if scenario.table:
        parts.append(words("At the table: {levels}.", levels=table_levels(scenario.table, words)))
    if fixed:
        parts.append(
            words.some(
                "{count} rule lies outside this table and counts as fixed.",
                "{count} rules lie outside this table and count as fixed.",
                fixed,
            )
        )
    if thoughts:
        parts.append(
            words.some(
                "{count} change is a thought experiment: nobody at this table can decide it.",
                "{count} changes are a thought experiment: nobody at this table can decide them.",
                thoughts,
            )
        )
    return list(filter(None, parts))


def scenario_details(assessment: Assessment, words: Words) -> list[str]:
    """Return the sentences of a scenario with the rules by name that go beyond its frame or its table."""
    return [*scenario_sentences(assessment, words), *_named_rules(assessment, words)]


def _named_rules(assessment: Assessment, words: Words) -> list[str]:
    parts = []
    if assessment.beyond_frame:
        parts.append(words("Beyond the frame: {rules}.", rules=_names(assessment.beyond_frame, words)))
    if assessment.thoughts:
        parts.append(words("Thought experiment: {rules}.", rules=_names(assessment.thoughts, words)))
    return parts


def _distances(assessment: Assessment, words: Words) -> list[str]:
    """Return what a variant supposes: how far each rule reaches in it, and how far it does in truth."""
    release = assessment.release
    return [
        words(
            "What if: “{rule}” at {metres} m and not at {own} m.",
            rule=rule.title.in_language(words.language),
            metres=words.metres(rule.buffer_m),
            own=words.metres(release.base_buffers_m[rule.id]),
        )
        for rule in release.rules
        if rule.id in release.base_buffers_m
    ]


def _frame_sentence(assessment: Assessment, words: Words) -> str:
    frame, beyond = assessment.scenario.frame, len(assessment.beyond_frame)
    if frame is None:
        return ""
    facts = {"title": short(frame.title), "whose": _whose(frame.set_by, frame.set_on, words)}
    if not beyond:
        return words("Within the frame “{title}” ({whose}).", **facts)
    return words.some(
        "{count} rule goes beyond the frame “{title}” ({whose}).",
        "{count} rules go beyond the frame “{title}” ({whose}).",
        beyond,
        **facts,
    )


def table_levels(levels: Sequence[Level], words: Words) -> str:
    """Return who sits at a table, in words."""
    return words.listing([words(LEVEL_NAMES[level]) for level in levels])


def _names(rules: Sequence[Constraint], words: Words) -> str:
    return words.listing([within_sentence(rule.title.in_language(words.language)) for rule in rules])


def short(text: str, *, most: int = 80) -> str:
    """Return what people wrote on one line, cut off where it would fill the screen."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _scenario_name(assessment: Assessment, words: Words) -> str:
    scenario, changed = assessment.scenario, changed_sentence(assessment, words).rstrip(".")
    if not scenario.title:
        return words("Scenario: {title}.", title=changed) if changed else ""
    facts = [words("changed since")] if scenario.edited else []
    if scenario.set_by is not None:
        facts.append(_whose(scenario.set_by, scenario.set_on, words))
    title = "; ".join(filter(None, [f"“{short(scenario.title)}”", *facts, changed]))
    return words("Scenario: {title}.", title=title)


def _whose(set_by: str, set_on: date | None, words: Words) -> str:
    by = short(set_by)
    return words("set by {by} on {date}", by=by, date=words.date(set_on)) if set_on else words("set by {by}", by=by)


def scenario_line(assessment: Assessment, words: Words) -> str:
    """Return under which rules a number stands: those that hold now, or a scenario."""
    return " ".join(scenario_sentences(assessment, words)) or words("Under the rules as they are now.")


def release_line(assessment: Assessment, words: Words) -> str:
    """Return the name of the data release, for small print under a page."""
    return words("Data release {release}.", release=assessment.release.id)


def state_label(state: State, own: State, words: Words) -> str:
    """Return the choice in a rule's control: it holds, it moves by a decision, or it is thought away."""
    return words("holds") if state is own else words(STATE_NAMES[state])


def deciders(rule: Constraint, words: Words) -> str:
    """Return who may deviate from a rule, in words."""
    if not rule.decides:
        return words("nobody in this process")
    return words.listing([words(BODY_NAMES[level]) for level in rule.decides])


def whom_to_ask(explanation: ParcelExplanation, words: Words) -> str:
    """Return whom to talk to about a parcel: the bodies that can deviate, each with the rules it decides on."""
    by_body: dict[str, list[str]] = {}
    for item in explanation.rules:
        if item.state is State.MOVABLE and item.rule.decides and item.covered_m2 >= EDGE_M2:
            by_body.setdefault(deciders(item.rule, words), []).append(
                within_sentence(item.rule.title.in_language(words.language))
            )
    if not by_body:
        return ""
    bodies = [f"{body} ({', '.join(titles)})" for body, titles in by_body.items()]
    return words("Talk to: {bodies}.", bodies="; ".join(bodies))


def within_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence; abbreviations and names keep their capital."""
    return title if title[:2].isupper() or title.startswith("Natura") else title[:1].lower() + title[1:]
