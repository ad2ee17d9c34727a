"""Who plays along with an initiative, and who is missing at its table."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import streamlit as st

from planlib.errors import PlanlibError
from planlib.insight.land import land_of_parcels
from planlib.insight.place_land import place_land
from planlib.insight.seats import Seat, players_of, seats_on
from planlib.model import DECIDING_LEVELS, Scenario
from planlib.model.register import Agreement, Initiative, Player, PlayerKind
from planlib.release import Release
from planlib.scenario import assess
from planlib.store import Register, open_register
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.views.sentences import LEVEL_NAMES

PLAYER_KIND_NAMES = {
    PlayerKind.RESIDENTS: "residents",
    PlayerKind.OWNER: "owner of land",
    PlayerKind.BUSINESS: "company",
    PlayerKind.SOCIETY: "club or foundation",
    PlayerKind.GOVERNMENT: "government",
    PlayerKind.KNOWLEDGE: "knowledge",
}


def table_of(initiative: Initiative, version: int, register: Register, release: Release, words: Words) -> None:
    """Draw the players of an initiative with what each brings and gets, and the bodies that are missing."""
    players = [item.entity for item in register.all(Player)]
    there = players_of(initiative, players)
    land = place_land(release, initiative.place) or land_of_parcels(release, [])
    seats = seats_on(assess(release, Scenario(use=initiative.use)), land, there)
    _missing(seats, words)
    agreed = {item.player: item for item in initiative.agreements}
    rows = "".join(_player(player, agreed[player.uid], words) for player in there)
    none = f"<p>{safe(words('Nobody is written down as a player yet.'))}</p>"
    st.html(f'<div class="pl-card"><h4>{safe(words("Who plays along"))}</h4>{rows or none}</div>')
    _add(initiative, version, players, release, words)


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
    rows = (
        (words("brings"), agreed.brings or player.brings),
        (words("gets"), agreed.gets),
        (words("wants"), player.goal or player.interest),
        (words("agreed on"), words.date(agreed.agreed_on) if agreed.agreed_on else ""),
    )
    facts = "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in rows if value)
    return f'<div class="pl-rule"><b>{safe(player.name)}</b> <small>{safe(kind)}</small><dl>{facts}</dl></div>'


def _add(initiative: Initiative, version: int, players: list[Player], release: Release, words: Words) -> None:
    """Draw the form that puts a player at the table: one who is known already, or a new one."""
    known = {player.uid: player.name for player in players}
    with st.expander(words("Put somebody at the table")), st.form(f"player_{initiative.uid}", border=False):
        picked = st.selectbox(
            words("Somebody who is known"),
            list(known),
            index=None,
            format_func=known.__getitem__,
            placeholder=words("or new"),
        )
        name = st.text_input(words("New: role or organisation, no private person"), max_chars=120)
        kind = st.selectbox(
            words("What kind"),
            list(PlayerKind),
            index=None,
            format_func=lambda option: words(PLAYER_KIND_NAMES[option]),
            placeholder=words("not said yet"),
        )
        level = st.selectbox(
            words("Speaks for"),
            list(DECIDING_LEVELS),
            index=None,
            format_func=lambda option: words(LEVEL_NAMES[option]),
            placeholder=words("no government"),
        )
        brings = st.text_input(words("Brings"), max_chars=280)
        gets = st.text_input(words("Gets"), max_chars=280)
        agreed_on = st.date_input(words("Agreed on"), value=None, format="DD-MM-YYYY")
        saved = st.form_submit_button(words("Save"), type="primary")
    if not saved or not (picked or name.strip()):
        return
    player = Player(str(uuid4()), name.strip(), player_kind=kind, level=level, brings=brings.strip())
    agreement = Agreement(picked or player.uid, brings.strip(), gets.strip(), agreed_on)
    others = tuple(item for item in initiative.agreements if item.player != agreement.player)
    try:
        with (
            open_register(release.area.path, to_write=True) as register,
            register.writing(words("dashboard")) as writing,
        ):
            if not picked:
                writing.put(player, base=0)
            writing.put(replace(initiative, agreements=(*others, agreement)), base=version)
    except PlanlibError as problem:
        st.html(f'<p class="pl-problem" role="alert">{safe(words.error(problem))}</p>')
        return
    st.rerun()
