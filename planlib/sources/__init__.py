"""Bytes from data services, pinned by hash, with their date and where they were asked for. It knows no law."""

from planlib.sources.difference import Difference
from planlib.sources.fetch import Fetched, Wanted, fetch_layer
from planlib.sources.http import Http
from planlib.sources.kinds import KINDS, find_kind, open_collection
from planlib.sources.locatieserver import Place, find_places
from planlib.sources.pages import Query
from planlib.sources.sidecar import Provenance, coverage_file, layer_file, provenances_of, read_provenance, sidecar_file

__all__ = [
    "KINDS",
    "Difference",
    "Fetched",
    "Http",
    "Place",
    "Provenance",
    "Query",
    "Wanted",
    "coverage_file",
    "fetch_layer",
    "find_kind",
    "find_places",
    "layer_file",
    "open_collection",
    "provenances_of",
    "read_provenance",
    "sidecar_file",
]
