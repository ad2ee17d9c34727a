"""The catalogue: rules, duties and themes as data, and the TOML form of a rule.

A rule in an area file and a rule in the catalogue are the same table; an area may leave out what the catalogue says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from planlib.errors import AreaError, CatalogueError
from planlib.model import (
    DECIDING_LEVELS,
    RULE_STATES,
    Confidence,
    Constraint,
    Coverage,
    LayerSource,
    Level,
    LocalText,
    State,
    Table,
    Use,
)

#: Keys of a catalogue rule that say where its data and its text come from; they do not take part in a calculation.
_PROVENANCE_KEYS = ("core", "services", "buffer_confidence")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that holds everywhere and has no shape."""

    id: str
    title: LocalText
    text: LocalText
    uses: tuple[Use, ...]
    legal_basis: str
    confidence: Confidence
    doubt: LocalText | None = None
    reference_url: str | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """A strategic theme of the province, with the uses that suit it and the core qualities that speak for it."""

    id: str
    title: LocalText
    description: LocalText
    uses: tuple[Use, ...] = ()
    core_qualities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoreQuality:
    """A core quality of the province, present where one of its rules is; a signal to look closely, never a ban."""

    id: str
    title: LocalText
    description: LocalText
    rules: tuple[str, ...]
    legal_basis: str


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table at which people talk, and the scale of what is talked about there."""

    id: str
    title: LocalText
    scale: LocalText


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything in ``data/catalogue``.

    ``rules`` holds the raw table of each rule by id, for an area file to build on. What an area no longer uses of the
    themes and core qualities stands in ``retired_themes`` and ``retired_qualities``.
    """

    rules: Mapping[str, Mapping[str, Any]]
    duties: tuple[Duty, ...] = ()
    themes: tuple[Theme, ...] = ()
    core_qualities: tuple[CoreQuality, ...] = ()
    destinations: Mapping[str, str] = field(default_factory=dict)
    """Destination of a zoning plan, in small letters -> the rule that it most likely is."""
    tables: tuple[TableKind, ...] = ()
    retired_themes: tuple[Theme, ...] = ()
    retired_qualities: tuple[CoreQuality, ...] = ()

    @property
    def core(self) -> tuple[str, ...]:
        """Ids of the core rules: those that every area is expected to speak about."""
        return tuple(rule_id for rule_id, block in self.rules.items() if block.get("core") is True)

    def theme_titles(self, language: str) -> dict[str, str]:
        """Return the titles of all themes by id, those that are no longer used last."""
        return {theme.id: theme.title.in_language(language) for theme in (*self.themes, *self.retired_themes)}

    def used_by(self, named: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """Return what a release keeps of the rules: those an area names, and the core rules it may not name."""
        wanted = {*self.core, *named}
        return {rule_id: block for rule_id, block in self.rules.items() if rule_id in wanted}


def catalogue_folder() -> Path:
    """Return the folder of the catalogue: inside the installed package, or ``data/catalogue`` of the repository."""
    installed = Path(__file__).parent / "catalogue_data"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "data" / "catalogue"


@lru_cache(maxsize=4)
def read_catalogue(folder: Path | None = None) -> Catalogue:
    """Return the catalogue in ``folder``, the one that ships with planlib by default.

    Raises
    ------
    CatalogueError
        A file is not TOML, a block is incomplete, or an id stands twice.
    """
    folder = folder or catalogue_folder()
    rules: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("rules-*.toml")):
        for block in _blocks(path, "constraint"):
            rule_id = Table(block, file=path.name, place="constraint", error=CatalogueError).text("id")
            if rule_id in rules:
                raise CatalogueError("{file}: the rule {id} stands twice in the catalogue.", file=path.name, id=rule_id)
            rules[rule_id] = block
    duties = tuple(_duty(block, "duties.toml") for block in _blocks(folder / "duties.toml", "duty"))
    themes = tuple(_theme(block, "themes.toml") for block in _blocks(folder / "themes.toml", "theme"))
    qualities = tuple(_core_quality(block, "themes.toml") for block in _blocks(folder / "themes.toml", "core_quality"))
    return Catalogue(
        rules=rules,
        duties=duties,
        themes=themes,
        core_qualities=qualities,
        destinations=_destinations(folder),
        tables=tuple(_table_kind(block, "tables.toml") for block in _blocks(folder / "tables.toml", "table")),
    )


def read_constraint(block: Mapping[str, Any], *, file: str, folder: Path, catalogue: Catalogue) -> Constraint:
    """Return the rule that ``block`` describes, completed from the catalogue.

    Parameters
    ----------
    block
        One ``[[constraint]]`` table of an area file.
    file, folder
        Name of the area file for messages; the folder its relative paths start from.

    Raises
    ------
    AreaError
        A key is missing, unknown or of the wrong kind.
    """
    raw = Table(block, file=file, place="constraint", error=AreaError)
    rule_id = raw.text("id")
    known = catalogue.rules.get(rule_id)
    table = Table({**known, **block} if known else block, file=file, place=f"constraint {rule_id}", error=AreaError)
    for key in ("id", *_PROVENANCE_KEYS):
        table.value(key)
    if known and known.get("coverage") == "none" and "path" in block and "coverage" not in block:
        raise table.refuse(
            "it has data here, so say where it was surveyed: give it a coverage of its own "
            '("all", a file, or a table with path, layer and where).'
        )
    coverage = _coverage(table, folder)
    # A rule that nobody could load has no file; then there is no layer or condition to name either.
    source = read_layer_source(table, folder) if "path" in table or not coverage.is_none else None
    states, idle = _states(table)
    rule = Constraint(
        id=rule_id,
        title=_needed_text(table, "title"),
        level=table.choice("level", Level),
        made_by=table.text("made_by"),
        states=states,
        # An area may narrow the uses of a rule and leave its states to the catalogue.
        idle_uses=idle if not known or "state" in block else (),
        legal_basis=table.text("legal_basis"),
        confidence=table.choice("confidence", Confidence),
        coverage=coverage,
        source=source,
        buffer_m=table.number("buffer_m", default=0.0),
        decides=table.choices("decides", DECIDING_LEVELS) or (),
        route=table.optional_text("route"),
        reference_url=table.optional_text("reference_url") if known else table.text("reference_url"),
        small_print=table.local_text("small_print"),
        duties=table.local_text("duties"),
        summary=table.local_text("summary"),
        doubt=table.local_text("doubt"),
        ask=table.local_text("ask"),
        buffer_source=table.optional_text("buffer_source"),
        source_date=table.optional_date("source_date") if known or source is None else table.date("source_date"),
        valid_from=table.optional_date("valid_from"),
        valid_until=table.optional_date("valid_until"),
        applies_in=table.texts("applies_in") or (),
    )
    table.close()
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        raise table.refuse(
            "valid_until ({until}) lies before valid_from ({since}), so it would never be in force.",
            until=rule.valid_until,
            since=rule.valid_from,
        )
    return rule


def read_layer_source(table: Table, folder: Path) -> LayerSource:
    """Return the ``path``, ``layer``, ``where`` and ``crs`` of ``table``; relative paths start at ``folder``."""
    return LayerSource(
        path=folder / table.text("path"),
        layer=table.optional_text("layer"),
        where=table.optional_text("where"),
        crs=table.optional_text("crs"),
    )


def _coverage(table: Table, folder: Path) -> Coverage:
    value = table.value("coverage", needed=True)
    if value == "all":
        return Coverage(everywhere=True)
    if value == "none":
        return Coverage()
    if isinstance(value, str) and value.strip():
        return Coverage(source=LayerSource(path=folder / value))
    if isinstance(value, Mapping):
        inner = table.sub("coverage", value)
        source = read_layer_source(inner, folder)
        inner.close()
        return Coverage(source=source)
    raise table.refuse('coverage must be "all", "none", a file, or a table with path, layer and where.')


def _states(table: Table) -> tuple[dict[Use, State], tuple[Use, ...]]:
    """Return the rule's own state for every use it limits, and the uses it does not limit that have a state."""
    uses = table.choices("uses", Use)
    if uses == ():
        raise table.refuse("uses is empty; leave it out for a rule that limits all uses.")
    value = table.value("state", needed=True)
    if isinstance(value, str):
        value = {"default": value}
    inner = table.sub("state", value)
    default = inner.optional_text("default")
    given = {use: inner.optional_text(use) for use in Use}
    inner.close()
    for state in (default, *given.values()):
        if state is not None and state not in RULE_STATES:
            raise inner.refuse("knows no {state!r}; it knows {known}.", state=state, known=", ".join(RULE_STATES))
    states = {}
    for use in uses or Use:
        state = given[use] or default
        if state is None:
            raise inner.refuse("has neither {use} nor default.", use=use)
        states[use] = State(state)
    return states, tuple(use for use in Use if given[use] and use not in states)


def _needed_text(table: Table, key: str) -> LocalText:
    text = table.local_text(key, needed=True)
    if text is None:
        raise table.refuse("the key {key} is missing.", key=key)
    return text


def _duty(block: Mapping[str, Any], file: str) -> Duty:
    table = Table(block, file=file, place=f"duty {block.get('id', '?')}", error=CatalogueError)
    duty = Duty(
        id=table.text("id"),
        title=_needed_text(table, "title"),
        text=_needed_text(table, "text"),
        uses=table.choices("uses", Use) or tuple(Use),
        legal_basis=table.text("legal_basis"),
        confidence=table.choice("confidence", Confidence),
        doubt=table.local_text("doubt"),
        reference_url=table.optional_text("reference_url"),
    )
    table.close()
    return duty


def _theme(block: Mapping[str, Any], file: str) -> Theme:
    table = Table(block, file=file, place=f"theme {block.get('id', '?')}", error=CatalogueError)
    theme = Theme(
        id=table.text("id"),
        title=_needed_text(table, "title"),
        description=_needed_text(table, "description"),
        uses=table.choices("uses", Use) or (),
        core_qualities=table.texts("core_qualities") or (),
    )
    table.value("policy_source")
    table.close()
    return theme


def _core_quality(block: Mapping[str, Any], file: str) -> CoreQuality:
    table = Table(block, file=file, place=f"core quality {block.get('id', '?')}", error=CatalogueError)
    quality = CoreQuality(
        id=table.text("id"),
        title=_needed_text(table, "title"),
        description=_needed_text(table, "description"),
        rules=table.texts("rules") or (),
        legal_basis=table.text("legal_basis"),
    )
    table.close()
    return quality


def _table_kind(block: Mapping[str, Any], file: str) -> TableKind:
    table = Table(block, file=file, place=f"table {block.get('id', '?')}", error=CatalogueError)
    kind = TableKind(id=table.text("id"), title=_needed_text(table, "title"), scale=_needed_text(table, "scale"))
    # What is done at a table is for those who sit at it.
    for key in ("who", "work", "result"):
        table.value(key)
    table.close()
    return kind


def _destinations(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in _blocks(folder / "plan-values.toml", "destination"):
        table = Table(block, file="plan-values.toml", place="destination", error=CatalogueError)
        rule_id = table.text("rule")
        found |= dict.fromkeys(table.texts("values") or (), rule_id)
        table.close()
    return found


def _blocks(path: Path, key: str) -> list[Mapping[str, Any]]:
    if not path.exists():
        return []
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get(key, [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CatalogueError("{file} is not readable TOML: {problem}.", file=path.name, problem=problem) from problem
