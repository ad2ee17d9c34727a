"""Who plays along with an initiative, and who is missing at its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import streamlit as st

from planlib.errors import PlanlibError
from planlib.insight.land import land_of_parcels
from planlib.insight.place_land import place_land
from planlib.insight.seats import Seat, players_of, seats_on
from planlib.model import DECIDING_LEVELS, Scenario
from planlib.model.register import Agreement, Initiative, Player, PlayerKind
from planlib.release import Release
from planlib.scenario import Assessment, assess
from planlib.store import Register, Stored, open_register
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui.draft import problem
from planlib.ui.entry_fields import choice, day, named
from planlib.views.entry_words import PLAYER_KIND_NAMES
from planlib.views.sentences import LEVEL_NAMES, short


def table_of(initiative: Initiative, version: int, register: Register, assessment: Assessment, words: Words) -> None:
    """Draw the players of an initiative with what each brings and gets, and the bodies that are missing."""
    release = assessment.release
    stored = {item.entity.uid: item for item in register.all(Player)}
    players = [item.entity for item in stored.values()]
    there = players_of(initiative, players)
    _missing(initiative_seats(assessment, initiative, there), words)
    st.html(f'<h4 class="pl-side">{safe(words("Who plays along"))}</h4>')
    if not there:
        st.text(words("Nobody is written down as a player yet."))
    for at, agreed in enumerate(initiative.agreements):
        if agreed.player in stored:
            player = stored[agreed.player]
            st.html(f'<div class="pl-card">{_player(player.entity, agreed, words)}</div>')
            with st.expander(words("Change what was agreed with {name}", name=short(player.entity.name, most=40))):
                _change(initiative, version, at, player, release, words)
    with st.expander(words("Put somebody at the table")):
        _add(initiative, version, players, release, words)


def initiative_seats(assessment: Assessment, initiative: Initiative, there: Sequence[Player]) -> list[Seat]:
    """Return the bodies that an initiative has to do with under the rules as they are, with those who are there."""
    release = assessment.release
    key = (release.id, repr(initiative.place), initiative.use, repr(there))
    return _seats(key, release, initiative, tuple(there))


@st.cache_resource(max_entries=256, show_spinner=False)
def _seats(
    key: tuple[object, ...], _release: Release, _initiative: Initiative, _there: tuple[Player, ...]
) -> list[Seat]:
    own = assess(_release, Scenario(use=_initiative.use))
    land = place_land(_release, _initiative.place) or land_of_parcels(_release, [])
    return seats_on(own, land, _there)


def _missing(seats: list[Seat], words: Words) -> None:
    missing = [seat for seat in seats if seat.is_missing]
    if not seats:
        said = words("No rule on this land is up to a body: nobody else has to be at the table.")
    elif not missing:
        said = words("Everybody who made or decides on a rule here is at the table.")
    else:
        names = words.listing([words(LEVEL_NAMES[seat.level]) for seat in missing])
        said = words("Not yet at the table: {names}.", names=names)
    items = "".join(f"<li>{safe(_why(seat, words))}</li>" for seat in missing)
    st.html(f'<div class="pl-card"><p class="pl-ask">{safe(said)}</p><ul class="pl-open">{items}</ul></div>')


def _why(seat: Seat, words: Words) -> str:
    titles = ", ".join(rule.title.in_language(words.language) for rule in seat.decides or seat.made)
    body = words(LEVEL_NAMES[seat.level])
    if seat.decides:
        return words("{body} decides on: {rules}", body=body, rules=titles)
    return words("{body} made: {rules}", body=body, rules=titles)


def _player(player: Player, agreed: Agreement, words: Words) -> str:
    kind = words(PLAYER_KIND_NAMES[player.player_kind]) if player.player_kind else ""
    level = words(LEVEL_NAMES[player.level]) if player.level else ""
    rows = (
        (words("brings"), agreed.brings or player.brings),
        (words("gets"), agreed.gets),
        (words("interest"), player.interest),
        (words("wants"), player.goal),
        (words("agreed on"), words.date(agreed.agreed_on) if agreed.agreed_on else ""),
        (words("until"), words.date(agreed.until) if agreed.until else ""),
    )
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in rows if value)
    about = " · ".join(dict.fromkeys(filter(None, (kind, level))))
    return f'<div class="pl-rule"><b>{safe(player.name)}</b> <small>{safe(about)}</small><dl>{facts}</dl></div>'


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the form of an agreement was opened with; the keys of its fields hold the token."""

    token: str
    player: Player
    agreed: Agreement


def _change(
    initiative: Initiative, version: int, at: int, stored: Stored[Player], release: Release, words: Words
) -> None:
    """Draw the form of a player who is there: who it is, and what was agreed."""
    agreed, player = initiative.agreements[at], stored.entity
    nth = sum(item.player == player.uid for item in initiative.agreements[:at])
    name = f"agreed_{initiative.uid}_{player.uid}_{nth}"
    now = _Opened(uuid4().hex[:12], player, agreed)
    start: _Opened = st.session_state.setdefault(name, now)
    is_old = (start.player, start.agreed) != (player, agreed)
    if is_old and f"{name}_{start.token}_name" not in st.session_state:
        # A form that is no longer on the page lost what was typed in it, so it starts anew.
        start, is_old = now, False
        st.session_state[name] = now
    if is_old:
        problem(words("Somebody changed this while you had it open; what is there now stands above."))
        _choose(name, replace(now, token=start.token), now, words)
    key = f"{name}_{start.token}"
    with st.form(key, border=False):
        changed = _who(start.player, words, key)
        agreement = _agreement(start.agreed, words, key)
        with st.container(horizontal=True):
            saved = st.form_submit_button(words("Save"), type="primary")
            gone = st.form_submit_button(words("Away from the table"))
    if is_old or not (saved or gone):
        return
    if saved and not changed.name:
        problem(words("Give it a name first."))
        return
    kept = [*initiative.agreements[:at], *([agreement] if saved else []), *initiative.agreements[at + 1 :]]
    written = changed if saved else player
    if _write(replace(initiative, agreements=tuple(kept)), version, written, stored.version, release, words):
        del st.session_state[name]
        st.rerun()


def _choose(name: str, mine: _Opened, theirs: _Opened, words: Words) -> None:
    def start_from(start: _Opened) -> None:
        st.session_state[name] = start

    ours, others = st.columns(2)
    ours.button(words("Go on with mine, over theirs"), key=f"{name}_mine", on_click=start_from, args=(mine,))
    others.button(words("Take theirs"), key=f"{name}_theirs", on_click=start_from, args=(theirs,))


def _add(initiative: Initiative, version: int, players: list[Player], release: Release, words: Words) -> None:
    """Draw the form that puts a player at the table: one who is known already, or a new one."""
    at_table = {item.player for item in initiative.agreements}
    known = {player.uid: player for player in players if player.uid not in at_table}
    name = f"player_{initiative.uid}"
    key = f"{name}_{st.session_state.setdefault(name, uuid4().hex[:12])}"
    with st.form(key, border=False):
        picked = st.selectbox(
            words("Somebody who is known"),
            list(known),
            index=None,
            format_func=lambda uid: known[uid].name,
            placeholder=words("or new"),
            key=f"{key}_known",
        )
        made = _who(Player(str(uuid4()), ""), words, key)
        agreement = _agreement(Agreement(""), words, key)
        saved = st.form_submit_button(words("Save"), type="primary")
    if not saved:
        return
    player = known[picked] if picked else made
    if not player.name:
        problem(words("Give it a name first."))
        return
    agreed = (*initiative.agreements, replace(agreement, player=player.uid))
    base = None if picked else 0
    if _write(replace(initiative, agreements=agreed), version, player, base, release, words):
        del st.session_state[name]
        st.rerun()


def _who(player: Player, words: Words, key: str) -> Player:
    """Draw the fields of a player: a role or organisation, and nobody's private details."""
    name = st.text_input(
        words("New: role or organisation, no private person") if not player.name else words("Role or organisation"),
        player.name,
        max_chars=120,
        key=f"{key}_name",
    )
    left, right = st.columns(2)
    with left:
        kinds = named(PLAYER_KIND_NAMES, words)
        kind = choice(
            words("What kind"), PlayerKind, player.player_kind, kinds, f"{key}_kind", empty=words("not said yet")
        )
    with right:
        levels = named({level: LEVEL_NAMES[level] for level in DECIDING_LEVELS}, words)
        speaks = choice(words("Speaks for"), levels, player.level, levels, f"{key}_level", empty=words("no government"))
    interest = left.text_input(words("Interest"), player.interest, max_chars=280, key=f"{key}_interest")
    goal = right.text_input(words("Wants to reach"), player.goal, max_chars=280, key=f"{key}_goal")
    return replace(
        player, name=name.strip(), player_kind=kind, level=speaks, interest=interest.strip(), goal=goal.strip()
    )


def _agreement(agreed: Agreement, words: Words, key: str) -> Agreement:
    left, right = st.columns(2)
    brings = left.text_input(words("Brings"), agreed.brings, max_chars=280, key=f"{key}_brings")
    gets = right.text_input(words("Gets"), agreed.gets, max_chars=280, key=f"{key}_gets")
    with left:
        since = day(words("Agreed on"), agreed.agreed_on, f"{key}_on")
    with right:
        until = day(words("Until when"), agreed.until, f"{key}_until")
    return Agreement(agreed.player, brings.strip(), gets.strip(), since, until)


def _write(
    initiative: Initiative, version: int, player: Player, base: int | None, release: Release, words: Words
) -> bool:
    """Write a player and an initiative together, or neither; whether that was done is told."""
    try:
        with (
            open_register(release.area.path, to_write=True) as register,
            register.writing(words("dashboard")) as writing,
        ):
            writing.put(player, base=base)
            writing.put(initiative, base=version)
    except PlanlibError as refused:
        problem(words.error(refused))
        return False
    return True
