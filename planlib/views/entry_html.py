"""The card of an initiative or bronpunt as HTML; all that people typed goes through the one escape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planlib.insight.seats import Seat
from planlib.model.register import Bronpunt, Entry, Initiative, InitiativeState, Lead, LeadTurn, Link, Picture, Player
from planlib.text.escape import is_web_address, safe
from planlib.text.words import Words
from planlib.views.entry_words import FIELD_NAMES, INITIATIVE_STATE_NAMES, LEAD_NAMES, VISIBILITY_NAMES
from planlib.views.sentences import LEVEL_NAMES, USE_NAMES
from planlib.views.story import picture_html


def initiative_html(
    entry: Initiative,
    names: Mapping[str, str],
    words: Words,
    *,
    picture: Picture | None,
    verdict: str,
    players: Sequence[Player],
    seats: Sequence[Seat],
) -> str:
    """Return the card of an initiative.

    Parameters
    ----------
    names
        What the ids of themes and kinds of table stand for.
    verdict
        Whether it fits here, as HTML.
    players, seats
        Who plays along, and the bodies that it has to do with, also those that are missing.
    """
    needs = words.area(entry.area_needed_m2) if entry.area_needed_m2 else ""
    about = [
        (words("for"), words(USE_NAMES[entry.use]) if entry.use else ""),
        (words("needs"), needs),
        (words("by"), entry.initiator),
        (words("table"), names.get(entry.scale, entry.scale)),
        (words("themes"), _named(entry.themes, names)),
    ]
    until = words("until {date}", date=words.date(entry.experiment_until)) if entry.experiment_until else ""
    trial = ""
    if entry.experiment:
        asked = entry.experiment_question or words("what it should teach is not said yet")
        trial = _block(words("An experiment"), f"<p>{_lines(' · '.join(filter(None, (asked, until))))}</p>")
    way = _facts([(words(FIELD_NAMES[name]), getattr(entry, name)) for name in ("planning", "money", "carried_by")])
    return _card(
        entry,
        words("Initiative"),
        [
            _picture(picture),
            _facts(about),
            _state_line(entry.state, words),
            _lead_scale(entry.leads, entry.led_before, words),
            verdict,
            _next_step(entry, words),
            trial,
            _block(words("From process to project"), way),
            _story(entry, words),
            _players(players, seats, words),
        ],
        words,
    )


def bronpunt_html(entry: Bronpunt, names: Mapping[str, str], words: Words, *, picture: Picture | None) -> str:
    """Return the card of a bronpunt; parameters as :func:`initiative_html`."""
    facts = _facts(
        [
            (words("what makes it a source"), entry.quality),
            (words("the province brings"), entry.province_brings),
            (words("could become"), entry.could_become),
        ]
    )
    return _card(
        entry,
        words("Bronpunt"),
        [_picture(picture), facts, _goals(entry, names, words), _growth(entry, words), _story(entry, words)],
        words,
    )


def _card(entry: Entry, kind: str, parts: Iterable[str], words: Words) -> str:
    sentence = f"<p><b>{safe(entry.summary)}</b></p>" if entry.summary else ""
    seen = words("Who may see it: {circle}.", circle=words(VISIBILITY_NAMES[entry.visibility]))
    return (
        f'<div class="pl-card"><h3>{safe(entry.title)}</h3><p class="pl-quiet">{safe(kind)}</p>{sentence}'
        f'{"".join(parts)}{_links(entry.links, words)}<p class="pl-quiet">{safe(seen)}</p></div>'
    )


def _picture(picture: Picture | None) -> str:
    return f'<div class="pl-photo">{picture_html(picture)}</div>' if picture else ""


def _state_line(now: InitiativeState, words: Words) -> str:
    """Return the seven states as a line of dots; the last, stopped, is a way off that is reached from anywhere."""
    states = list(InitiativeState)
    at = states.index(now)
    stopped = now is InitiativeState.STOPPED
    dots = "".join(
        f'<li class="{_dot(state, number < at and not stopped)}"{" aria-current=step" if number == at else ""}>'
        f"{safe(words(INITIATIVE_STATE_NAMES[state]))}</li>"
        for number, state in enumerate(states)
    )
    said = f"<p>{safe(words('This initiative has stopped.'))}</p>" if stopped else ""
    return f'<ol class="pl-dots">{dots}</ol>{said}'


def _dot(state: InitiativeState, past: bool) -> str:
    if state is InitiativeState.STOPPED:
        return "pl-off"
    return "pl-past" if past else ""


def _lead_scale(now: Lead | None, before: Sequence[LeadTurn], words: Words) -> str:
    """Return who leads as a place on the scale from the initiators to the government, with who did before."""
    title = f"<h4>{safe(words('Who leads'))}</h4>"
    earlier = ""
    if before:
        turns = "".join(f"<li>{safe(_turn(turn, words))}</li>" for turn in before)
        earlier = f'<p class="pl-quiet">{safe(words("Before that:"))}</p><ul class="pl-open">{turns}</ul>'
    if now is None:
        return f"{title}<p>{safe(words('not said yet'))}</p>{earlier}"
    dots = "".join(
        f"<li{' aria-current=true' if lead is now else ''}><span>{safe(words(LEAD_NAMES[lead]))}</span></li>"
        for lead in Lead
    )
    ends = f"<span>{safe(words('citizens lead'))}</span><span>{safe(words('government leads'))}</span>"
    return (
        f'{title}<ol class="pl-scale">{dots}</ol><p class="pl-ends" aria-hidden="true">{ends}</p>'
        f"<p>{safe(words(LEAD_NAMES[now]))}</p>{earlier}"
    )


def _turn(turn: LeadTurn, words: Words) -> str:
    until = words("until {date}", date=words.date(turn.until)) if turn.until else ""
    return " · ".join(filter(None, (words(LEAD_NAMES[turn.lead]), until, turn.note)))


def _next_step(entry: Initiative, words: Words) -> str:
    if not entry.next_step:
        return _block(words("Next step"), f"<p>{safe(words('Nobody said yet what comes next.'))}</p>")
    when = words("before {date}", date=words.date(entry.next_step_on)) if entry.next_step_on else ""
    who = " · ".join(filter(None, (entry.next_step_by or words("nobody yet"), when)))
    return _block(words("Next step"), f'<p class="pl-ask">{safe(entry.next_step)}<br><small>{safe(who)}</small></p>')


def _players(players: Sequence[Player], seats: Sequence[Seat], words: Words) -> str:
    """Return who plays along, and in grey outline the bodies that are missing."""
    there = [f"<li>{safe(player.name)}</li>" for player in players]
    missing = [
        f'<li class="pl-missing">{safe(words(LEVEL_NAMES[seat.level]))}'
        f" <small>{safe(words('not yet at the table'))}</small></li>"
        for seat in seats
        if seat.is_missing
    ]
    if not there:
        there = [f'<li class="pl-nobody">{safe(words("Nobody is written down as a player yet."))}</li>']
    return _block(words("Who plays along"), f'<ul class="pl-players">{"".join([*there, *missing])}</ul>')


def _goals(entry: Bronpunt, names: Mapping[str, str], words: Words) -> str:
    if not entry.goals and not entry.goals_why:
        return ""
    why = {reason.goal: reason.why for reason in entry.goal_reasons}
    items = "".join(
        f"<li>{safe(names.get(goal, goal))}{f'<br><small>{_lines(why[goal])}</small>' if why.get(goal) else ''}</li>"
        for goal in entry.goals
    )
    rest = f"<p>{_lines(entry.goals_why)}</p>" if entry.goals_why else ""
    return _block(words("Goals it serves"), f'<ul class="pl-open">{items}</ul>{rest}')


def _growth(entry: Bronpunt, words: Words) -> str:
    items = []
    for note in entry.notes:
        who = " · ".join(filter(None, (words.date(note.noted_on) if note.noted_on else "", note.noted_by)))
        items.append(f"<li>{_lines(note.text)}{f'<br><small>{safe(who)}</small>' if who else ''}</li>")
    return _block(words(FIELD_NAMES["notes"]), f'<ol class="pl-open">{"".join(items)}</ol>' if items else "")


def _story(entry: Entry, words: Words) -> str:
    told = "".join(f"<p>{safe(part)}</p>" for part in entry.story.split("\n") if part.strip())
    return _block(words("The story"), told)


def _links(links: Sequence[Link], words: Words) -> str:
    items = "".join(f"<li>{_link(link)}</li>" for link in links)
    return _block(words(FIELD_NAMES["links"]), f'<ul class="pl-open">{items}</ul>' if items else "")


def _link(link: Link) -> str:
    name = safe(link.title or link.url)
    # The register refuses any other address; one that came in past it is shown and leads nowhere.
    if not is_web_address(link.url):
        return name
    return f'<a href="{safe(link.url)}" target="_blank" rel="noopener noreferrer nofollow">{name}</a>'


def _named(ids: Iterable[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(key, key) for key in ids)


def _block(title: str, body: str) -> str:
    return f"<h4>{safe(title)}</h4>{body}" if body else ""


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{_lines(value)}</dd>" for name, value in rows if value)
    return f'<div class="pl-rule"><dl>{facts}</dl></div>' if facts else ""


def _lines(text: str) -> str:
    return "<br>".join(safe(line) for line in text.splitlines())
