"""The scenarios of an area in the sidebar: open, save, describe, share, and say whose frame it is and who is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from planlib.errors import PlanlibError
from planlib.model import DECIDING_LEVELS, Area, Level, Scenario
from planlib.scenario import Assessment, check_rules
from planlib.store import SavedScenario, ScenarioFolder, parse_scenario, scenario_toml
from planlib.text.escape import safe
from planlib.text.words import Words
from planlib.ui import choices
from planlib.ui.choices import Choices
from planlib.ui.last_visit import last_visit
from planlib.ui.text_file import pick_text_file
from planlib.ui.undo import undo
from planlib.views.sentences import LEVEL_NAMES, scenario_details, short

NOW, UNSAVED = "", "?"
_PROBLEM, _OPENED = "scenario_problem", "scenario_opened"
_TITLE_LENGTH, _TEXT_LENGTH = 80, 2_000


def scenario_panel(assessment: Assessment, chosen: Choices, words: Words) -> None:
    """Draw the choice of scenario with all that belongs to it; everything the numbers follow from is in the address."""
    area = assessment.release.area
    folder = ScenarioFolder(area.path)
    saved = {entry.name: entry for entry in folder.saved()}
    _select(chosen, saved, words)
    manage, back = st.columns([8, 5], gap="small")
    with manage, st.popover(words("Save, share"), width="stretch", key="scenario_more"):
        _manage(area, folder, chosen, words)
    with back:
        undo(words)
    _say(assessment, chosen, folder, words)
    last_visit(area, words)


def is_plain(scenario: Scenario) -> bool:
    """Whether a scenario is nothing but the rules as they are."""
    return not scenario.states and not scenario.table


def scenario_label(chosen: Choices, words: Words) -> str:
    """Return the name of the scenario in the address."""
    if chosen.saved is None:
        return words("What holds now") if is_plain(chosen.scenario) else words("Not saved")
    title = short(chosen.saved.scenario.title or "", most=40)
    return words("{title} (changed)", title=title) if chosen.scenario.edited else title


def _select(chosen: Choices, saved: dict[str, SavedScenario], words: Words) -> None:
    names = {NOW: words("What holds now")}
    names |= {name: short(entry.scenario.title or name, most=40) for name, entry in saved.items()}
    if chosen.saved is None:
        current = NOW if is_plain(chosen.scenario) else UNSAVED
    else:
        current = UNSAVED if chosen.scenario.edited else chosen.saved.name
    if current == UNSAVED:
        names[UNSAVED] = scenario_label(chosen, words)
    st.selectbox(
        words("Scenario"),
        list(names),
        format_func=lambda name: names[name],
        **choices.bound("scenario", current, lambda picked: _open(saved, str(picked or NOW))),
    )


def _open(saved: dict[str, SavedScenario], name: str) -> None:
    if name == NOW:
        choices.reset_states()
    elif name in saved:
        _opened()[name] = saved[name]
        choices.open_scenario(saved[name].scenario, name=name)


def _opened() -> dict[str, SavedScenario]:
    """Return the saved scenarios as this person opened them: who saves over a newer one must hear of it."""
    return st.session_state.setdefault(_OPENED, {})


def _say(assessment: Assessment, chosen: Choices, folder: ScenarioFolder, words: Words) -> None:
    lines = scenario_details(assessment, words)
    if lines:
        about = chosen.saved.scenario.description if chosen.saved is not None else None
        story = f"<p>{safe(short(about, most=_TEXT_LENGTH))}</p>" if about else ""
        items = "".join(f"<li>{safe(line)}</li>" for line in lines)
        summary = safe(words("About this scenario"))
        st.html(f'<details class="pl-about"><summary>{summary}</summary>{story}<ul>{items}</ul></details>')
    notes = [words.error(problem) for problem in folder.broken()]
    if chosen.missing:
        notes.append(
            words(
                "The scenario of this link ({name}) is not saved here: the numbers are right, "
                "its name and frame are not known.",
                name=short(chosen.missing, most=40),
            )
        )
    problem = st.session_state.pop(_PROBLEM, None)
    if problem is not None:
        notes.append(words.error(problem))
    if notes:
        st.html("".join(f'<p class="pl-ruleline pl-changed" role="alert">{safe(note)}</p>' for note in notes))


def _manage(area: Area, folder: ScenarioFolder, chosen: Choices, words: Words) -> None:
    scenario, saved = chosen.scenario, chosen.saved
    st.multiselect(
        words("Who sits at the table?"),
        DECIDING_LEVELS,
        format_func=lambda level: words(LEVEL_NAMES[Level(level)]),
        placeholder=words("everybody who decides"),
        select_all=False,
        help=words("A rule that none of them decides on counts as fixed."),
        **choices.bound("table", list(scenario.table), lambda picked: choices.set_table(_levels(picked))),
    )
    _form(folder, chosen, words)
    if saved is not None:
        copy, away = st.columns(2)
        copy.button(
            words("Duplicate"),
            key="scenario_copy",
            width="stretch",
            on_click=_trying(lambda: _copy(folder, saved, words)),
        )
        with away, st.popover(words("Delete"), width="stretch"):
            st.text(words("Take {title} away for everybody?", title=short(saved.scenario.title or "", most=40)))
            st.button(words("Yes, delete"), key="scenario_delete", on_click=_trying(lambda: _delete(folder, saved)))
    st.text(words("The link to this scenario:"))
    st.code(_link(), language=None, wrap_lines=True)
    written = replace(scenario, title=scenario.title or words("Not saved"))
    st.download_button(
        words("Take along as a file (TOML)"),
        data=scenario_toml(written),
        file_name=f"{saved.name if saved else 'scenario'}.toml",
        on_click="ignore",
        key="scenario_download",
        width="stretch",
    )
    given = pick_text_file(words("Bring in a file (TOML)"), suffix=".toml", key="scenario_upload")
    if given is not None:
        _trying(lambda: _bring_in(area, folder, given.name, given.text))()
        st.rerun()


def _form(folder: ScenarioFolder, chosen: Choices, words: Words) -> None:
    scenario, saved = chosen.scenario, chosen.saved
    # Each scenario has fields of its own; one that was changed no longer carries the name of the board.
    mark = f"{saved.name if saved else ''}_{scenario.edited}"
    with st.form(f"scenario_form_{mark}", border=False):
        keys = {name: f"scenario_{name}_{mark}" for name in ("title", "description", "set_by", "set_on")}
        st.text_input(words("Name"), value=scenario.title or "", max_chars=_TITLE_LENGTH, key=keys["title"])
        st.text_area(
            words("What is it about?"),
            value=scenario.description or "",
            max_chars=_TEXT_LENGTH,
            height=100,
            key=keys["description"],
        )
        whose, since = st.columns([3, 2])
        whose.text_input(
            words("Whose frame is it?"),
            value=scenario.set_by or "",
            max_chars=_TITLE_LENGTH,
            key=keys["set_by"],
            placeholder=words("only when a board set it"),
        )
        since.date_input(
            words("Set on"),
            value=scenario.set_on,
            min_value=date(1990, 1, 1),
            max_value=date(2100, 1, 1),
            key=keys["set_on"],
            format="DD-MM-YYYY",
        )

        def save(replacing: SavedScenario | None) -> None:
            _save(folder, scenario, {name: st.session_state[key] for name, key in keys.items()}, replacing)

        over, new = st.columns(2)
        if saved is not None:
            opened = _opened().setdefault(saved.name, saved)
            over.form_submit_button(
                words("Save"), on_click=_trying(lambda: save(opened)), width="stretch", key="scenario_save"
            )
        new.form_submit_button(
            words("Save as a new scenario"),
            on_click=_trying(lambda: save(None)),
            width="stretch",
            key="scenario_save_new",
        )


def _save(
    folder: ScenarioFolder, scenario: Scenario, fields: dict[str, object], replacing: SavedScenario | None
) -> None:
    set_by, set_on = str(fields["set_by"] or "").strip() or None, fields["set_on"]
    _put_in_use(
        folder.save(
            replace(
                scenario,
                title=str(fields["title"] or "").strip(),
                description=str(fields["description"] or "").strip() or None,
                set_by=set_by,
                set_on=set_on if set_by and isinstance(set_on, date) else None,
                # What a board sets is a frame, and stands in no other.
                frame=None if set_by else scenario.frame,
                edited=False,
            ),
            replacing=replacing,
        )
    )


def _copy(folder: ScenarioFolder, saved: SavedScenario, words: Words) -> None:
    title = words("Copy of {title}", title=short(saved.scenario.title or "", most=_TITLE_LENGTH - 10))
    copy = replace(saved.scenario, title=title, set_by=None, set_on=None, frame=saved.scenario.as_frame)
    _put_in_use(folder.save(copy))


def _delete(folder: ScenarioFolder, saved: SavedScenario) -> None:
    folder.delete(_opened().get(saved.name, saved))
    # What it held stays on the screen, as something that is not saved.
    choices.open_scenario(saved.scenario, name=None)


def _bring_in(area: Area, folder: ScenarioFolder, name: str, text: str) -> None:
    scenario = parse_scenario(text, file=name)
    check_rules(scenario.states, area, place=name)
    _put_in_use(folder.save(scenario))


def _put_in_use(saved: SavedScenario) -> None:
    _opened()[saved.name] = saved
    choices.open_scenario(saved.scenario, name=saved.name)


def _trying(act: Callable[[], None]) -> Callable[[], None]:
    """Return ``act`` for a button: what goes wrong is said in the sidebar, and changes nothing."""

    def tried() -> None:
        try:
            act()
        except PlanlibError as problem:
            st.session_state[_PROBLEM] = problem

    return tried


def _levels(picked: object) -> list[Level]:
    return [Level(level) for level in picked] if isinstance(picked, list) else []


def _link() -> str:
    base = (st.context.url or "").partition("?")[0]
    asked = urlencode(st.query_params.to_dict(), safe=":,;|")
    return f"{base}?{asked}" if asked else base
