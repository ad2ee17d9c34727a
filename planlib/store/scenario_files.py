"""Scenarios as TOML files (DESIGN 5.2): read, written, and kept in a folder of the area for whoever comes next.

A scenario is small, is shared by mail and read by people, so it is a file and not a row: ``AREA/scenarios/NAME.toml``
is the same form that the command line takes with ``--scenario``.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import tomlkit

from planlib.errors import PlanlibError, ScenarioError, StoreError
from planlib.model import DECIDING_LEVELS, Area, Frame, Scenario, State, Table, Use

FOLDER = "scenarios"
#: A scenario file is a page of text; anything far larger is something else.
_MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario in the folder of an area: its name there, what it says, and the version that was read."""

    name: str
    scenario: Scenario
    version: str

    def carried_on(self, now: Scenario, area: Area) -> Scenario:
        """Return ``now``, which somebody made from this one, with what this one says about itself.

        The same use, states and table are this scenario; with others it is an edited one, whose frame is this one when
        a board set it. The title of a board is never put over choices that are not the board's.
        """
        own = self.scenario
        wanted = now.use if own.use is None else own.use
        same = wanted == now.use and _effective(own, now.use, area) == _effective(now, now.use, area)
        if same and set(own.table) == set(now.table):
            return replace(
                now,
                title=own.title,
                set_by=own.set_by,
                set_on=own.set_on,
                description=own.description,
                frame=own.frame,
            )
        return replace(now, title=own.title, description=own.description, frame=own.as_frame, edited=True)


def read_scenario(path: Path | str) -> Scenario:
    """Return the scenario in a TOML file.

    Raises
    ------
    ScenarioError
        The file is missing, not TOML, or a key, use or state in it is unknown.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ScenarioError("The scenario file {path} does not exist.", path=path) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioError("{path} is not a readable TOML file: {problem}.", path=path, problem=problem) from problem
    return parse_scenario(text, file=str(path))


def parse_scenario(text: str, *, file: str) -> Scenario:
    """Return the scenario that a TOML text describes; ``file`` names it in messages.

    Raises
    ------
    ScenarioError
        It is not TOML, or a key, use or state in it is unknown.
    """
    if len(text) > _MOST_BYTES:
        raise ScenarioError("{path} is too large to be a scenario.", path=file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ScenarioError("{path} is not a readable TOML file: {problem}.", path=file, problem=problem) from problem
    table = Table(data, file=file, place="scenario", error=ScenarioError)
    scenario = Scenario(
        title=table.text("title"),
        use=table.optional_choice("use", Use),
        states=_states(table),
        set_by=table.optional_text("set_by"),
        set_on=table.optional_date("set_on"),
        description=table.optional_text("description"),
        table=table.choices("table", DECIDING_LEVELS) or (),
        frame=_frame(table),
    )
    table.close()
    return scenario


def scenario_toml(scenario: Scenario) -> str:
    """Return a scenario as the text of a TOML file that :func:`parse_scenario` reads back the same."""
    data: dict[str, Any] = {"title": scenario.title or "-"}
    if scenario.use is not None:
        data["use"] = str(scenario.use)
    data |= _given(
        description=scenario.description,
        set_by=scenario.set_by,
        set_on=scenario.set_on,
        table=[str(level) for level in scenario.table],
        state=_plain(scenario.states),
    )
    if scenario.frame is not None:
        frame = scenario.frame
        data["frame"] = {"title": frame.title, "set_by": frame.set_by} | _given(
            set_on=frame.set_on, state=_plain(frame.states)
        )
    return tomlkit.dumps(data)


class ScenarioFolder:
    """The saved scenarios of an area. Files are written whole or not at all; nobody overwrites unseen."""

    def __init__(self, area_folder: Path | str) -> None:
        self._folder = Path(area_folder) / FOLDER

    def saved(self) -> list[SavedScenario]:
        """Return the readable scenarios by title; a file that is no scenario is passed over, see :meth:`broken`."""
        found = [entry for entry in map(self._try, self._names()) if isinstance(entry, SavedScenario)]
        return sorted(found, key=lambda entry: (entry.scenario.title or "").casefold())

    def broken(self) -> list[PlanlibError]:
        """Return what is wrong with each file in the folder that cannot be read as a scenario."""
        return [entry for entry in map(self._try, self._names()) if isinstance(entry, PlanlibError)]

    def read(self, name: str) -> SavedScenario:
        """Return the saved scenario with this name.

        Raises
        ------
        ScenarioError
            There is none, or it cannot be read.
        """
        path = self._path(name)
        scenario = read_scenario(path)
        return SavedScenario(name, scenario, _version(path))

    def save(self, scenario: Scenario, *, replacing: SavedScenario | None = None) -> SavedScenario:
        """Write a scenario and return it as saved.

        Parameters
        ----------
        replacing
            The saved scenario that this is the next version of; None for a new one, which gets a name of its own.

        Raises
        ------
        StoreError
            Somebody changed the scenario that is to be replaced, or the file cannot be written.
        """
        if not (scenario.title or "").strip():
            raise StoreError("A scenario that is saved needs a name.")
        try:
            self._folder.mkdir(exist_ok=True)
            if replacing is None:
                path = self._claim(_slug(scenario.title or ""))
            else:
                path = self._path(replacing.name)
                if not path.exists() or _version(path) != replacing.version:
                    raise StoreError(
                        "Somebody changed the scenario {title} in the meantime; "
                        "open it again, or save yours as a new one.",
                        title=replacing.scenario.title,
                    )
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            temporary.write_text(scenario_toml(scenario), encoding="utf-8")
            temporary.replace(path)
        except OSError as problem:
            raise StoreError(
                "The scenario cannot be saved in {folder}: {problem}.", folder=self._folder, problem=problem
            ) from problem
        return self.read(path.stem)

    def delete(self, saved: SavedScenario) -> None:
        """Take a saved scenario away.

        Raises
        ------
        StoreError
            Somebody changed it since it was read.
        """
        path = self._path(saved.name)
        if path.exists() and _version(path) != saved.version:
            raise StoreError("Somebody changed the scenario {title} in the meantime.", title=saved.scenario.title)
        path.unlink(missing_ok=True)

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.toml"))

    def _try(self, name: str) -> SavedScenario | PlanlibError:
        try:
            return self.read(name)
        except PlanlibError as problem:
            return problem

    def _path(self, name: str) -> Path:
        # A name comes from an address: it must not lead out of the folder.
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,80}", name):
            raise ScenarioError("There is no saved scenario {name!r}.", name=name)
        return self._folder / f"{name}.toml"

    def _claim(self, slug: str) -> Path:
        """Return the path of a name nobody has; the empty file that claims it is made by one process alone."""
        for number in range(1, 1000):
            path = self._path(slug if number == 1 else f"{slug}-{number}")
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                continue
            return path
        raise StoreError("There are too many scenarios named {name}.", name=slug)


def _frame(table: Table) -> Frame | None:
    value = table.value("frame")
    if value is None:
        return None
    inner = table.sub("frame", value)
    frame = Frame(
        title=inner.text("title"),
        set_by=inner.text("set_by"),
        set_on=inner.optional_date("set_on"),
        states=_states(inner),
    )
    inner.close()
    return frame


def _states(table: Table) -> Mapping[str, State]:
    given = table.value("state")
    state = table.sub("state", {} if given is None else given)
    states = {rule_id.strip(): state.choice(rule_id, State) for rule_id in given or {}}
    if len(states) < len(given or {}):
        raise state.refuse("one rule stands twice, apart from spaces around its id.")
    return states


def _effective(scenario: Scenario, use: Use | None, area: Area) -> dict[str, State]:
    """Return the states that differ from the rules' own; rules that the area does not have play no part."""
    return {
        rule.id: scenario.states[rule.id]
        for rule in area.constraints
        if rule.id in scenario.states and scenario.states[rule.id] is not rule.state_for(use)
    }


def _plain(states: Mapping[str, State]) -> dict[str, str]:
    return {rule_id: str(state) for rule_id, state in states.items()}


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "scenario"
