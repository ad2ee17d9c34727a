"""Which rule holds what, in words: the large answer of each view, and the texts of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planlib.insight import BodyInsight, RuleInsight, RuleSet, SmallestSets, needed_bodies
from planlib.model import Constraint, Level, State
from planlib.scenario import Assessment
from planlib.text.words import Words
from planlib.views.sentences import LEVEL_NAMES, STATE_NAMES, deciders

#: A body as it stands in a sentence.
BODY_NAMES = {
    Level.EU: "the EU",
    Level.RIJK: "the Dutch State",
    Level.PROVINCIE: "the province",
    Level.WATERSCHAP: "the water board",
    Level.GEMEENTE: "the municipality",
    Level.FEITELIJK: "nobody",
}
#: Rules that keep the rest from coming free: this many are named.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer for a wall: one sentence in large, and what it means below it."""

    lead: str
    more: str = ""


def rules_answer(insights: Sequence[RuleInsight], assessment: Assessment, words: Words) -> Answer:
    """Return which rule holds the most land, what it holds alone, and what moving gives the most."""
    most = max(insights, key=lambda item: (item.held_m2, item.sole_m2), default=None)
    if most is None or most.held_m2 <= 0:
        return _nothing_held(words)
    lead = words("The rule that holds the most here: {rule}.", rule=_title(most.rule, words))
    best = max(insights, key=lambda item: item.gain_m2)
    held, sole = words.area(most.held_m2), words.area(most.sole_m2)
    if most.sole_m2 <= 0:
        facts = [words("It holds {held}, but always with others: without it alone nothing comes free.", held=held)]
    elif best is most:
        facts = [words("It holds {held}, of which {sole} by itself.", held=held, sole=sole)]
    else:
        facts = [words("It holds {held}, of which {sole} by itself: that comes free without it.", held=held, sole=sole)]
    if best.gain_m2 > 0:
        facts.append(
            words(
                "When it moves, {gain} comes free under conditions, by a decision of {bodies}.",
                **_move(best, assessment, words),
            )
            if best is most
            else words(
                "If one rule moves, this gives the most: {rule}. Then {gain} comes free under conditions, "
                "by a decision of {bodies}.",
                rule=_title(best.rule, words),
                **_move(best, assessment, words),
            )
        )
    elif any(item.movable and item.held_m2 > 0 for item in insights):
        facts.append(words("No rule gives anything by moving alone; together some do: look under Free up land."))
    else:
        facts.append(words("None of the rules that hold this land can move at this table."))
    return Answer(lead, " ".join(facts))


def bodies_answer(bodies: Sequence[BodyInsight], held_m2: float, words: Words) -> Answer:
    """Return which body can free the most alone, and what all of them can, of the land that rules hold now."""
    if held_m2 <= 0:
        return _nothing_held(words)
    *alone, together = bodies
    if together.gain_m2 <= 0:
        return Answer(words("Nobody at this table can free anything here by letting rules move."))
    all_of_them = words("All bodies together: {area}.", area=words.area(together.gain_m2))
    best = alone[0]
    if best.gain_m2 <= 0 or best.level is None:
        held = words("The land is held by rules of more than one body; they must move together.")
        return Answer(words("No body can free anything here alone."), f"{held} {all_of_them}")
    lead = words("Who can free the most here: {body}.", body=words(BODY_NAMES[best.level]))
    more = words(
        "When all its rules that can move do so, {area} comes free under conditions.", area=words.area(best.gain_m2)
    )
    return Answer(lead, f"{more} {all_of_them}" if together.gain_m2 > best.gain_m2 else more)


def sets_answer(found: SmallestSets, words: Words) -> Answer:
    """Return how few rules must move to free what was wanted, or that it cannot be done and how far it goes."""
    if found.held_m2 <= 0:
        return _nothing_held(words)
    if min(found.reachable_m2, found.wanted_m2) <= 0:
        return Answer(words("Nothing can come free here by letting rules move at this table."))
    best = found.best
    if best is None:
        return Answer(
            words("So much cannot come free here: {area} at the most.", area=words.area(found.reachable_m2)),
            words("That is when every rule moves that can move at this table."),
        )
    if found.sets:
        lead = words.some(
            "For that {count} rule must move: {rules}.",
            "For that {count} rules must move together: {rules}.",
            len(best.rules),
            rules=set_title(best, words),
        )
        return Answer(lead, set_gain(best, words))
    if found.fewest == len(best.rules):
        return Answer(words("For that four rules must move together; fewer do not."), set_gain(best, words))
    return Answer(
        words("For that at least four rules must move."),
        words("With these {count} it is enough; there may be a smaller set.", count=len(best.rules))
        + " "
        + set_gain(best, words),
    )


def set_title(rules: RuleSet, words: Words) -> str:
    """Return the rules of a set as a list in a sentence."""
    return words.listing([_title(rule, words) for rule in rules.rules])


def set_gain(rules: RuleSet, words: Words) -> str:
    """Return what a set gives and who decides on it."""
    gain = words.area(rules.gain_m2)
    return words(
        "Then {gain} comes free under conditions, by a decision of {bodies}.",
        gain=gain,
        bodies=bodies_phrase(rules.bodies, words),
    )


def bodies_phrase(choices: Sequence[Sequence[Level]], words: Words) -> str:
    """Return the bodies of a decision, with "or" where the choice between them is open."""
    listed = [words.listing([words(BODY_NAMES[level]) for level in levels]) for levels in choices]
    if len(listed) < 2:
        return "".join(listed)
    return words("{first} or {last}", first=", ".join(listed[:-1]), last=listed[-1])


def more_sets(found: SmallestSets, words: Words) -> str:
    """Return how many sets of at most three rules there are besides those that are shown; empty for none."""
    rest = found.count - len(found.sets)
    if rest <= 0:
        return ""
    return words.some(
        "{count} other set of at most three rules is enough too.",
        "{count} other sets of at most three rules are enough too.",
        rest,
    )


def stuck_sentence(found: SmallestSets, words: Words) -> str:
    """Return how much stays as it is whatever moves, and which rules keep it; empty when all of it can come free."""
    stays = found.held_m2 - found.reachable_m2
    if stays < 1 or not found.stuck:
        return ""
    names = [_title(item.rule, words) for item in found.stuck[:_NAMED]]
    if len(found.stuck) > _NAMED:
        names.append(words("others"))
    return words(
        "Of the {held} that is not free now, {stays} stays so whatever moves at this table: {rules}.",
        held=words.area(found.held_m2),
        stays=words.area(stays),
        rules=words.listing(names),
    )


def body_name(body: BodyInsight, words: Words) -> str:
    """Return the name of a body in a table."""
    if body.level is None:
        return words("all bodies together")
    name = words(LEVEL_NAMES[body.level])
    return name if body.at_table else words("{bodies}, not at this table", bodies=name)


def who_decides(item: RuleInsight, assessment: Assessment, words: Words) -> str:
    """Return who may deviate from a rule, for a table; a rule that asks something but holds nothing needs nobody."""
    own = item.rule.state_for(assessment.scenario.use)
    if own is State.CONDITION:
        return "–"
    if own is not State.MOVABLE or not item.rule.decides:
        return words("nobody in this process")
    bodies = deciders(item.rule, words)
    fixed = any(rule.id == item.rule.id for rule in assessment.fixed)
    return words("{bodies}, not at this table", bodies=bodies) if fixed else bodies


def gain_text(item: RuleInsight, words: Words) -> str:
    """Return what moving a rule gives, for a table, or why it gives nothing."""
    if item.gain_m2 > 0:
        return words.area(item.gain_m2)
    if item.state is State.MOVED:
        return words("moves already")
    if item.movable:
        return words("only with others") if item.held_m2 > 0 else "–"
    return words(STATE_NAMES[State.HARD if item.state is State.MOVABLE else item.state])


def _nothing_held(words: Words) -> Answer:
    return Answer(words("No rule holds this land, as far as was looked at."))


def _move(item: RuleInsight, assessment: Assessment, words: Words) -> dict[str, str]:
    bodies = needed_bodies([item.rule], assessment.scenario.table)
    return {"gain": words.area(item.gain_m2), "bodies": bodies_phrase(bodies, words)}


def _title(rule: Constraint, words: Words) -> str:
    return rule.title.in_language(words.language)
