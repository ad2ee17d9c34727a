"""Checking an area folder or one data file without building: everything that would be refused, repaired or noted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from planlib.crs import parse_crs
from planlib.errors import PlacingError, PlanlibError
from planlib.layers.features import Bounds, read_features, read_placed, why_empty
from planlib.layers.formats import RawLayer, list_layers, read_raw
from planlib.layers.parcel_fit import fit_findings
from planlib.layers.parcels import read_parcels
from planlib.layers.placing import in_the_netherlands
from planlib.layers.repair import FARTHEST_M, LINE, POINT, POLYGON, repair
from planlib.model import Area, Constraint, ContextLayer, Finding, LayerSource, Severity


def check_area_layers(area: Area) -> list[Finding]:
    """Return what is to be said about the parcels, rules and context of an area; errors are findings too."""
    findings: list[Finding] = []
    try:
        parcels = read_parcels(area.parcels, crs=area.crs)
    except PlanlibError as problem:
        findings.append(_refused("parcels", problem))
        bounds = None
    else:
        findings += [*parcels.findings, *fit_findings(parcels)]
        findings.append(
            _note("parcels", f"{len(parcels.table)} parcels, {parcels.table['area_m2'].sum() / 1e4:.2f} ha")
        )
        bounds = parcels.bounds
    for rule in area.constraints:
        findings += _check_rule(rule, area.crs, bounds)
    for layer in area.context:
        try:
            findings += check_context(layer, crs=area.crs)
        except PlanlibError as problem:
            findings.append(_refused(_context_name(layer), problem))
    for item in area.left_out:
        findings.append(_note(item.constraint.id, f"plays no part here ({item.reason.replace('_', ' ')})"))
    for rule in area.not_named:
        findings.append(_note(rule.id, "a core rule of the catalogue that this area file does not name"))
    return findings


def check_context(layer: ContextLayer, *, crs: str) -> list[Finding]:
    """Return what is to be said about a layer under the map.

    Raises
    ------
    PlanlibError
        It cannot be drawn.
    """
    columns = (layer.label_column,) if layer.label_column else ()
    name = _context_name(layer)
    raw, findings = read_placed(layer.source, name=name, crs=crs, columns=columns)
    if not len(raw.geometry):
        findings.append(Finding(Severity.WARNING, name, None, why_empty(raw, layer.source), "nothing is drawn"))
    placed = ~shapely.is_missing(raw.geometry) & np.isfinite(shapely.bounds(raw.geometry)).all(axis=1)
    for row in raw.rows[~placed]:
        findings.append(Finding(Severity.WARNING, name, int(row), "no geometry, or none with a place", "left it out"))
    for at in np.flatnonzero(placed & ~shapely.is_valid(raw.geometry)):
        problem = f"invalid shape ({shapely.is_valid_reason(raw.geometry[at])})"
        findings.append(Finding(Severity.NOTE, name, int(raw.rows[at]), problem, "drawn as it is"))
    return findings


def check_data_file(path: Path, *, crs: str | None = None) -> list[Finding]:
    """Return what is to be said about each layer of one data file.

    ``crs`` is what a person named for the layers that do not say where they lie, or cannot lie where they say.

    A file without a single row is refused: with nothing in it, it would say that a rule holds nowhere.
    """
    findings: list[Finding] = []
    try:
        layers = list_layers(path)
    except PlanlibError as problem:
        return [refused_finding(path.name, problem, path)]
    if not layers:
        wanted = "Shapefile (.shp)" if path.suffix.lower() == ".zip" else "layer with geometry"
        findings.append(Finding(Severity.ERROR, path.name, None, f"there is no {wanted} in it", "refused it"))
    rows = 0
    for layer in layers:
        found, in_layer = _check_layer(source_of(path, layer, crs=crs), layer or path.name)
        findings += found
        rows += in_layer
    if layers and not rows and not any(finding.severity is Severity.ERROR for finding in findings):
        findings.append(Finding(Severity.ERROR, path.name, None, "there is no row in it", "refused it"))
    return findings


def source_of(path: Path, layer: str, *, crs: str | None) -> LayerSource:
    """Return a layer of a file, with the ``crs`` that a person named when the layer cannot be placed without."""
    source = LayerSource(path, layer or None)
    if crs is None:
        return source
    try:
        read_raw(source)
    except PlacingError:
        return replace(source, crs=crs)
    except PlanlibError:
        # Said by whoever reads it next.
        return source
    return source


def _check_layer(source: LayerSource, name: str) -> tuple[list[Finding], int]:
    """Return what is to be said about a layer, and how many rows it has."""
    try:
        raw = read_raw(source)
        crs = parse_crs(raw.crs)
    except PlanlibError as problem:
        return [refused_finding(name, problem, source.path)], 0
    geometry, _, repairs = repair(raw.geometry, raw.rows, where=name, dimensions=(POINT, LINE, POLYGON))
    findings = [*(replace(finding, where=name) for finding in raw.findings), *repairs]
    if not len(raw.geometry):
        findings.append(Finding(Severity.WARNING, name, None, "the layer has no features", "nothing"))
    elif not len(geometry):
        findings.append(Finding(Severity.ERROR, name, None, "none of the rows has a usable shape", "refused it"))
    else:
        findings += _about_places(raw, name)
    area = f", {shapely.area(geometry).sum() / 1e4:.3f} ha" if crs.is_projected else ""
    findings.append(_note(name, f"{len(raw.geometry)} rows in {raw.crs if len(raw.crs) < 40 else crs.name}{area}"))
    return findings, len(raw.rows)


def _about_places(raw: RawLayer, name: str) -> list[Finding]:
    """Return what is odd about where shapes lie: not in this country, or twice in one place."""
    findings = []
    there = raw.geometry[(np.abs(shapely.bounds(raw.geometry)) < FARTHEST_M).all(axis=1)]
    outside = int((~in_the_netherlands(there, raw.crs)).sum())
    if outside:
        problem = f"{outside} rows lie outside the Netherlands"
        findings.append(Finding(Severity.WARNING, name, None, problem, "left it where it says"))
    again = len(there) - len(set(shapely.to_wkb(shapely.normalize(there)).tolist()))
    if again:
        problem = f"{again} rows have the same shape as a row before"
        findings.append(Finding(Severity.NOTE, name, None, problem, "nothing"))
    return findings


def _check_rule(rule: Constraint, crs: str, bounds: Bounds | None) -> list[Finding]:
    # Without sound parcels every feature is looked at, wherever it lies.
    bounds = bounds or (-1e12, -1e12, 1e12, 1e12)
    findings: list[Finding] = []
    for source, name, buffer_m in (
        (rule.source, rule.id, rule.buffer_m),
        (rule.coverage.source, f"coverage of {rule.id}", 0.0),
    ):
        if source is None:
            continue
        try:
            found = read_features(source, name=name, crs=crs, bounds=bounds, buffer_m=buffer_m)
        except PlanlibError as problem:
            findings.append(_refused(name, problem))
            continue
        covered = shapely.area(found.polygons).sum() / 1e4
        findings += [*found.findings, _note(name, f"{len(found.polygons)} shapes near the area, {covered:.2f} ha")]
    if rule.idle_uses:
        named = ", ".join(rule.idle_uses)
        problem = f"state names {named}, which uses does not"
        findings.append(Finding(Severity.NOTE, rule.id, None, problem, "that state plays no part"))
    if rule.coverage.is_none:
        findings.append(_note(rule.id, "unchecked: nobody could load it"))
    return findings


def refused_finding(where: str, problem: PlanlibError, file: Path) -> Finding:
    """Return a refusal as a finding; what ``where`` says already is not said again."""
    text = str(problem)
    for named in (f"{file}: ", f"{file} "):
        text = text.removeprefix(named)
    return Finding(Severity.ERROR, where, None, text, "refused it")


def _refused(where: str, problem: PlanlibError) -> Finding:
    return Finding(Severity.ERROR, where, None, str(problem).removeprefix(f"{where}: "), "refused it")


def _context_name(layer: ContextLayer) -> str:
    return f"context {layer.kind}"


def _note(where: str, text: str) -> Finding:
    return Finding(Severity.NOTE, where, None, text, "nothing")
