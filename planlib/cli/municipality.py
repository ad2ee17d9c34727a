"""Everything that can be had for a municipality: its boundary, parcels, rules and what lies under the map.

What a service did not give keeps its last good copy, with the reason beside it; what never came is said, with whom to
ask. Nothing is left out in silence.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from planlib.catalogue import read_catalogue
from planlib.cli.addresses import LABEL, write_addresses
from planlib.errors import PlanlibError, SourceError
from planlib.intake import plan_rules
from planlib.sources import Difference, Http, Provenance, Wanted, fetch_layer, layer_file, read_provenance
from planlib.sources.services import ContextService, Service, Services, rule_services
from planlib.sources.sidecar import FOLDER

CRS = "EPSG:28992"
#: Around the municipality, so that what lies outside it reaches in as far as any buffer does.
_MARGIN_M = 3000.0
_DESTINATION = "bestemmingshoofdgroep"
#: Double destinations lie over another one and are no destination of their own.
_DOUBLE = ("leiding", "waarde", "waterstaat")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that stands in the area; ``failure`` says why it is the last good copy and no newer one.

    ``difference`` counts what changed in it; None when nothing stood there before, or it could not be had anew.
    """

    about: Provenance
    changed: bool
    difference: Difference | None = None
    failure: PlanlibError | None = None

    @property
    def path(self) -> str:
        """Its file, from the area's folder."""
        return f"{FOLDER}/{self.about.id}.parquet"

    @property
    def coverage(self) -> str:
        """Where it was asked for, from the area's folder."""
        return f"{FOLDER}/{self.about.id}-coverage.gpkg"


@dataclass(frozen=True, slots=True)
class Had:
    """A rule that has data: the keys of its block, and the layers they come from."""

    id: str
    keys: Mapping[str, Any]
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class NotHad:
    """A rule that has no data: why, where its data is said to be, and whom to ask."""

    id: str
    title: str
    reason: str
    places: tuple[str, ...]
    ask: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of it; ``left_out`` are the rules of another province, ``notes`` what else must be known."""

    name: str
    province: str
    province_name: str
    boundary: Layer
    parcels: Layer
    had: tuple[Had, ...]
    not_had: tuple[NotHad, ...]
    left_out: tuple[str, ...]
    context: tuple[tuple[Mapping[str, Any], Layer], ...]
    notes: tuple[str, ...]


class Gatherer:
    """Fetches the layers of one area, each once."""

    def __init__(self, folder: Path, services: Services, http: Http, progress: Progress) -> None:
        self._folder, self._services, self._http, self._progress = folder, services, http, progress
        self._layers: dict[tuple[str, str | None], Layer | str] = {}

    def gather(self, name: str) -> Gathered:
        """Fetch everything for a municipality.

        Raises
        ------
        SourceError
            There is no such municipality, or its boundary or parcels cannot be had and no copy is at hand.
        """
        services, columns = self._services, self._services.columns
        boundaries = self._need("municipalities", Wanted(services.boundary.address, services.boundary.layer, CRS))
        name, province_name, boundary = _find(self._frame(boundaries), name, columns)
        if province_name not in services.provinces:
            raise SourceError("{name} lies in {province!r}, which is no province.", name=name, province=province_name)
        province = services.provinces[province_name]
        left, bottom, right, top = shapely.bounds(boundary).tolist()
        box = (
            float(np.floor(left - _MARGIN_M)),
            float(np.floor(bottom - _MARGIN_M)),
            float(np.ceil(right + _MARGIN_M)),
            float(np.ceil(top + _MARGIN_M)),
        )
        parcels = self._need(
            "parcels",
            Wanted(services.parcels.address, services.parcels.layer, CRS, bbox=box, within=boundary),
        )
        self._need_columns(parcels, columns["id"])
        known = read_catalogue().rules
        here = {rule_id: block for rule_id, block in known.items() if province in block.get("applies_in", [province])}
        self._name_layers(here)
        found = [self._rule(rule_id, block, box) for rule_id, block in here.items()]
        context, notes = self._context(box, boundary)
        return Gathered(
            name=name,
            province=province,
            province_name=province_name,
            boundary=boundaries,
            parcels=parcels,
            had=tuple(rule for rule in found if isinstance(rule, Had)),
            not_had=tuple(rule for rule in found if isinstance(rule, NotHad)),
            left_out=tuple(rule_id for rule_id in known if rule_id not in here),
            context=context,
            notes=notes,
        )

    def _name_layers(self, rules: Mapping[str, Mapping[str, Any]]) -> None:
        """Give each layer the name of its rule, or of its collection when several rules share it."""
        users = Counter(
            (service.url, service.layer) for rule_id, block in rules.items() for service in _usable(rule_id, block)
        )
        self._ids: dict[tuple[str, str | None], str] = {}
        for rule_id, block in rules.items():
            services = _usable(rule_id, block)
            for number, service in enumerate(services, start=1):
                key = (service.url, service.layer)
                own = rule_id if len(services) == 1 else f"{rule_id}-{number}"
                self._ids[key] = own if users[key] == 1 else _plain_id(f"shared-{service.layer or rule_id}")

    def _rule(self, rule_id: str, block: Mapping[str, Any], box: tuple[float, float, float, float]) -> Had | NotHad:
        services = _usable(rule_id, block)
        if not services:
            return _not_had(rule_id, block, "no service is confirmed for it")
        layers = [self._layer(self._ids[service.url, service.layer], service, box) for service in services]
        failed = next((layer for layer in layers if isinstance(layer, str)), None)
        if failed is not None:
            return _not_had(rule_id, block, failed)
        there = tuple(layer for layer in layers if isinstance(layer, Layer))
        if not block.get("buffer_m") and any(self._is_flat(layer) for layer in there):
            files = ", ".join(layer.path for layer in there)
            return _not_had(rule_id, block, f"{files} holds points or lines, which have no area without a buffer_m")
        keys: dict[str, Any] = {"path": there[0].path if len(there) == 1 else self._merged(rule_id, there)}
        keys["coverage"] = there[0].coverage if block["coverage"] == "all" else "none"
        if rule_id in read_catalogue().destinations.values():
            try:
                keys["where"] = _destination_where(rule_id, self._frame(there[0]))
            except SourceError as problem:
                return _not_had(rule_id, block, str(problem))
            # Land without a destination in any plan was not surveyed: there no plan says what fits.
            keys["coverage"] = there[0].path
        keys["source_date"] = max(layer.about.retrieved_at for layer in there).date()
        return Had(rule_id, keys, there)

    def _layer(self, layer_id: str, service: Service, box: tuple[float, float, float, float]) -> Layer | str:
        """Return a layer, or why there is none."""
        key = (service.url, service.layer)
        if key not in self._layers:
            self._layers[key] = self._fetch(layer_id, Wanted(service.address, service.layer, CRS, bbox=box))
        return self._layers[key]

    def _fetch(self, layer_id: str, wanted: Wanted) -> Layer | str:
        try:
            return self._need(layer_id, wanted)
        except PlanlibError as problem:
            return str(problem)

    def _need(self, layer_id: str, wanted: Wanted) -> Layer:
        """Return a layer, fresh or its last good copy."""
        try:
            fetched = fetch_layer(
                self._folder,
                layer_id,
                wanted,
                http=self._http,
                progress=lambda _, done, of: self._progress(layer_id, done, of),
            )
        except PlanlibError as problem:
            kept = read_provenance(self._folder, layer_id)
            if kept is None or not layer_file(self._folder, layer_id).exists():
                raise
            return Layer(kept, changed=False, failure=problem)
        return Layer(fetched.about, fetched.changed, fetched.difference)

    def _context(
        self, box: tuple[float, float, float, float], boundary: shapely.Geometry
    ) -> tuple[tuple[tuple[Mapping[str, Any], Layer], ...], tuple[str, ...]]:
        found, notes = [], []
        for item in self._services.context:
            layer = self._context_layer(item, box, boundary)
            if isinstance(layer, str):
                notes.append(f"nothing lies under the map for {item.kind}: {layer.rstrip('.')}. {item.ask.en}")
                continue
            block: dict[str, Any] = {"kind": str(item.kind), "path": layer.path}
            columns = pq.read_schema(layer_file(self._folder, layer.about.id)).names
            if item.address:
                target = layer_file(self._folder, f"context-{item.kind}")
                if layer.changed or not target.exists():
                    write_addresses(layer_file(self._folder, layer.about.id), item.address, target)
                block |= {"path": f"{FOLDER}/{target.name}", "label": LABEL}
                missing = [column for column in item.address[:2] if column not in columns]
            else:
                label = next((name for name in item.labels if name in columns), None)
                block |= {"label": label} if label else {}
                missing = [] if label or not item.labels else list(item.labels)
            if missing:
                notes.append(f"the {item.kind} cannot be found by name: they have no column {', '.join(missing)}")
            found.append((block, layer))
        return tuple(found), tuple(notes)

    def _context_layer(
        self, item: ContextService, box: tuple[float, float, float, float], boundary: shapely.Geometry
    ) -> Layer | str:
        """Return a layer under the map, or why there is none."""
        if not item.service.is_usable:
            return "no service is confirmed for it"
        if not item.address:
            return self._layer(f"context-{item.kind}", item.service, box)
        wanted = Wanted(item.service.address, item.service.layer, CRS, bbox=box, within=boundary)
        # What is made of it carries the plain name, as with a rule of several layers.
        return self._fetch(f"context-{item.kind}-1", wanted)

    def _merged(self, rule_id: str, layers: tuple[Layer, ...]) -> str:
        """Write the layers of one rule as one file, unless that is what stands there; return its path."""
        target = layer_file(self._folder, rule_id)
        if any(layer.changed for layer in layers) or not target.exists():
            frames = [self._frame(layer) for layer in layers]
            temporary = target.with_name(f".{target.name}.new")
            pd.concat(frames, ignore_index=True).to_parquet(temporary)
            temporary.replace(target)
        return f"{FOLDER}/{rule_id}.parquet"

    def _frame(self, layer: Layer) -> geopandas.GeoDataFrame:
        return geopandas.read_parquet(layer_file(self._folder, layer.about.id))

    def _is_flat(self, layer: Layer) -> bool:
        dimensions = shapely.get_dimensions(self._frame(layer).geometry.to_numpy())
        return bool(((dimensions >= 0) & (dimensions < 2)).any())

    def _need_columns(self, layer: Layer, *names: str) -> None:
        there = pq.read_schema(layer_file(self._folder, layer.about.id)).names
        for name in names:
            if name not in there:
                raise SourceError(
                    "{url}: the features have no {column}; they have {columns}.",
                    url=layer.about.url,
                    column=name,
                    columns=", ".join(there),
                )


def _find(frame: geopandas.GeoDataFrame, name: str, columns: Mapping[str, str]) -> tuple[str, str, shapely.Geometry]:
    """Return the official name, the province and the boundary of a municipality."""
    for column in (columns["name"], columns["province"]):
        if column not in frame.columns:
            raise SourceError("The boundaries have no column {column}.", column=column)
    names = frame[columns["name"]].astype(str)
    rows = np.flatnonzero(names.str.casefold() == " ".join(name.split()).casefold())
    if not len(rows):
        near = difflib.get_close_matches(name, names.tolist(), n=4, cutoff=0.5)
        raise SourceError(
            "There is no municipality {name!r}; did you mean {near}?", name=name, near=", ".join(near) or "another"
        )
    own = frame.iloc[rows].to_crs(CRS)
    boundary = shapely.union_all(shapely.make_valid(own.geometry.to_numpy(), method="structure", keep_collapsed=False))
    return str(own[columns["name"]].iloc[0]), str(own[columns["province"]].iloc[0]), boundary


def _usable(rule_id: str, block: Mapping[str, Any]) -> list[Service]:
    return [service for service in rule_services(rule_id, block) if service.is_usable]


def _plain_id(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())


def _destination_where(rule_id: str, frame: geopandas.GeoDataFrame) -> str:
    """Return the condition for the destinations of the plan that one rule stands for."""
    if _DESTINATION not in frame.columns:
        raise SourceError("the plan's objects have no {column}.", column=_DESTINATION)
    known = read_catalogue().destinations
    values = sorted({*known, *frame[_DESTINATION].dropna().astype(str)} - set(_DOUBLE))
    rules = plan_rules(values)
    mine = [value for value in values if rules[value] == rule_id]
    if rule_id != "zoning_other":
        return f"{_DESTINATION} IN ({', '.join(map(_quoted, mine))})"
    # A destination that nobody can place is another one, and never none.
    placed = [value for value in values if rules[value] not in ("", rule_id)]
    return f"{_DESTINATION} IS NULL OR {_DESTINATION} NOT IN ({', '.join(map(_quoted, [*placed, *_DOUBLE]))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _not_had(rule_id: str, block: Mapping[str, Any], reason: str) -> NotHad:
    entries = block.get("services", [])
    places = [str(entry.get("url") or entry.get("gio")) for entry in entries]
    return NotHad(rule_id, block["title"]["en"], reason, tuple(places), block["ask"]["en"])
