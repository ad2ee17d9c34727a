"""``sources --live``: which services of the catalogue answer today. It asks the real ones; no test does."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from planlib.catalogue import read_catalogue
from planlib.cli.municipality import CRS
from planlib.errors import PlanlibError
from planlib.sources import Http, Query, open_collection
from planlib.sources.services import Service, read_services, rule_gios, rule_services

#: A place in Assen, in RD: what is asked for is small, and all of it is somewhere in the Netherlands.
_BOX = (233_000.0, 557_500.0, 233_100.0, 557_600.0)


def sources(arguments: argparse.Namespace) -> int:
    """Print every service that the catalogue names, and with ``--live`` whether it answers."""
    rows = []
    for user, service in catalogue_services():
        row = {"for": user, "url": service.url, "layer": service.layer, "confidence": str(service.confidence)}
        if arguments.live:
            row["answer"] = ask(service)
        rows.append(row)
        if not arguments.json:
            print("  ".join(str(value) for value in row.values() if value is not None), flush=True)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
    return 0


def catalogue_services() -> Iterator[tuple[str, Service]]:
    """Yield every service with an address, and which rule or part of an area it is for."""
    services = read_services()
    yield "boundary", services.boundary
    yield "parcels", services.parcels
    for item in services.context:
        yield f"context {item.kind}", item.service
    for rule_id, block in read_catalogue().rules.items():
        for service in (*rule_services(rule_id, block), *rule_gios(rule_id, block)):
            yield rule_id, service


def ask(service: Service) -> str:
    """Return "ok" with the features of one page near Assen, or why the service cannot be used."""
    if "/wms" in service.url:
        return "pictures only"
    try:
        with Http(service.address, attempts=2) as http:
            connector = open_collection(http, Query(service.address, service.layer, CRS, _BOX))
            if connector.kind in ("file", "atom"):
                return f"ok: {connector.title}"
            return f"ok: {len(connector.page(connector.first()).ids)} features near Assen"
    except PlanlibError as problem:
        return str(problem)
