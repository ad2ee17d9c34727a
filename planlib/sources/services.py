"""Which addresses the catalogue names: those of each rule, and those that any municipality is made from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from planlib.catalogue import catalogue_folder
from planlib.errors import CatalogueError, SourceError
from planlib.model import Confidence, ContextKind, LocalText, Table
from planlib.sources.http import require_address
from planlib.sources.join import read_join_id
from planlib.sources.kinds import find_kind

FILE = "services.toml"
_ANY = "any"
#: An address under which ``https://HOST/PATH`` is found as ``MIRROR/HOST/PATH``: for tests, and where an organisation
#: keeps copies.
MIRROR = "PLANLIB_MIRROR"


@dataclass(frozen=True, slots=True)
class Service:
    """One layer of a service, and how sure we are that it is there."""

    url: str
    layer: str | None
    confidence: Confidence

    @property
    def address(self) -> str:
        """Where to ask: the service itself, or its copy when there is a mirror."""
        mirror = os.environ.get(MIRROR, "").strip().rstrip("/")
        return f"{mirror}/{self.url.partition('://')[2]}" if mirror else self.url

    @property
    def is_usable(self) -> bool:
        """Whether features can be had from it: it is confirmed, and no service that gives pictures only."""
        return self.confidence is Confidence.CONFIRMED and "/wms" not in self.url and find_kind(self.url) is not None


@dataclass(frozen=True, slots=True)
class ContextService:
    """A layer under the map, and whom to ask when it cannot be had.

    Of ``labels`` the first column that it has names its features. ``address`` names the columns that make an address
    together: street, number, letter, addition and town; such a layer is fetched within the municipality alone.
    """

    kind: ContextKind
    service: Service
    labels: tuple[str, ...]
    address: tuple[str, ...]
    ask: LocalText


@dataclass(frozen=True, slots=True)
class OldAfter:
    """From how many days on a layer is called old, and why.

    ``address`` is how its address begins, without the scheme; empty for any service, None for a file.
    """

    address: str | None
    days: int
    reason: LocalText


@dataclass(frozen=True, slots=True)
class Services:
    """What an area of any municipality is made from, beside its rules.

    ``columns`` names columns by what they say: name and province of the boundary, id and registered_area of parcels.
    ``ordinance_elsewhere`` is the raw block of a rule, with ``{province}`` in its texts.
    """

    search: Service
    gio: Service
    boundary: Service
    parcels: Service
    columns: Mapping[str, str]
    context: tuple[ContextService, ...]
    provinces: Mapping[str, str]
    ordinance_elsewhere: Mapping[str, Any]
    old_after: tuple[OldAfter, ...]


@lru_cache(maxsize=4)
def read_services(folder: Path | None = None) -> Services:
    """Return the services in ``folder``, the catalogue that ships with planlib by default.

    Raises
    ------
    CatalogueError
        The file is missing, not TOML, or a key is missing or of the wrong kind.
    """
    try:
        data = tomllib.loads(((folder or catalogue_folder()) / FILE).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise CatalogueError("{file} is not readable TOML: {problem}.", file=FILE, problem=problem) from problem
    table = Table(data, file=FILE, place="top level", error=CatalogueError)
    sections = (table.sub(key, table.value(key)) for key in ("search", "gio", "boundary", "parcels"))
    search, gio, boundary, parcels = sections
    services = Services(
        search=_service(search),
        gio=_service(gio),
        boundary=_service(boundary),
        parcels=_service(parcels),
        columns={
            "name": boundary.text("name"),
            "province": boundary.text("province"),
            "id": parcels.text("id"),
            "registered_area": parcels.text("registered_area"),
        },
        context=tuple(_context(table.sub("context", block)) for block in table.tables("context")),
        provinces=dict(table.value("provinces", needed=True)),
        ordinance_elsewhere=dict(table.value("ordinance_elsewhere", needed=True)),
        old_after=tuple(_old_after(table.sub("old_after", block)) for block in table.tables("old_after")),
    )
    for inner in (search, gio, boundary, parcels, table):
        inner.close()
    return services


def old_after(url: str | None) -> OldAfter:
    """Return from when on a layer from an address is called old; without an address, one from a file."""
    known = read_services().old_after
    if url is not None:
        mirror = os.environ.get(MIRROR, "").strip().rstrip("/")
        asked = url.removeprefix(f"{mirror}/") if mirror and url.startswith(f"{mirror}/") else url.partition("://")[2]
        fitting = [item for item in known if item.address is not None and asked.startswith(item.address)]
        return max(fitting, key=lambda item: len(item.address or ""))
    return next(item for item in known if item.address is None)


def rule_services(rule_id: str, block: Mapping[str, Any]) -> tuple[Service, ...]:
    """Return the services that a rule of the catalogue names by address; those by JOIN id are not among them.

    Raises
    ------
    CatalogueError
        One of them is not complete.
    """
    entries = [entry for entry in block.get("services", []) if "url" in entry]
    found = []
    for entry in entries:
        table = Table(entry, file="catalogue", place=f"services of {rule_id}", error=CatalogueError)
        found.append(_service(table))
        table.close()
    return tuple(found)


def rule_gios(rule_id: str, block: Mapping[str, Any]) -> tuple[Service, ...]:
    """Return the GIOs that a rule of the catalogue names, as layers of the service that knows GIOs.

    One is as sure as the less sure of the two: that the GIO is this rule's, and that the service gives it.

    Raises
    ------
    CatalogueError
        One of them is not complete, or no JOIN id.
    """
    gio, found = read_services().gio, []
    for entry in block.get("services", []):
        if "gio" not in entry:
            continue
        table = Table(entry, file="catalogue", place=f"services of {rule_id}", error=CatalogueError)
        try:
            layer = str(read_join_id(table.text("gio")))
        except SourceError as problem:
            raise table.refuse("it names a GIO that cannot be: {problem}", problem=problem) from problem
        sure = max(table.choice("confidence", Confidence), gio.confidence, key=list(Confidence).index)
        table.close()
        found.append(Service(gio.url, layer, sure))
    return tuple(found)


def _service(table: Table) -> Service:
    return Service(
        url=require_address(table.text("url")),
        layer=table.optional_text("layer"),
        confidence=table.choice("confidence", Confidence),
    )


def _old_after(table: Table) -> OldAfter:
    reason = table.local_text("reason", needed=True)
    days = table.number("days", default=0)
    if reason is None or days < 1:
        raise table.refuse("days must be 1 or more.")
    address = table.optional_text("address")
    entry = OldAfter("" if address == _ANY else address, int(days), reason)
    table.close()
    return entry


def _context(table: Table) -> ContextService:
    kind = table.choice("kind", ContextKind)
    ask, columns = table.local_text("ask", needed=True), table.texts("address") or ()
    if ask is None or len(columns) not in (0, 5):
        raise table.refuse("address names five columns: street, number, letter, addition and town.")
    context = ContextService(kind, _service(table), table.texts("labels") or (), columns, ask)
    table.close()
    return context
