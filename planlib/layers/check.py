"""Checking an area folder or one data file without building: everything that would be refused, repaired or noted."""

from __future__ import annotations

from pathlib import Path

import shapely

from planlib.crs import parse_crs
from planlib.errors import PlanlibError
from planlib.layers.features import Bounds, read_features, read_placed
from planlib.layers.formats import list_layers, read_raw
from planlib.layers.parcels import overlap_findings, read_parcels
from planlib.layers.repair import LINE, POINT, POLYGON, repair
from planlib.model import Area, Constraint, Finding, LayerSource, Severity


def check_area_layers(area: Area) -> list[Finding]:
    """Return what is to be said about the parcels, rules and context of an area; errors are findings too."""
    findings: list[Finding] = []
    try:
        parcels = read_parcels(area.parcels, crs=area.crs)
    except PlanlibError as problem:
        findings.append(_refused("parcels", problem))
        bounds = None
    else:
        findings += [*parcels.findings, *overlap_findings(parcels)]
        findings.append(
            _note("parcels", f"{len(parcels.table)} parcels, {parcels.table['area_m2'].sum() / 1e4:.2f} ha")
        )
        bounds = parcels.bounds
    for rule in area.constraints:
        findings += _check_rule(rule, area.crs, bounds)
    for layer in area.context:
        columns = (layer.label_column,) if layer.label_column else ()
        try:
            read_placed(layer.source, name=f"context {layer.kind}", crs=area.crs, columns=columns)
        except PlanlibError as problem:
            findings.append(_refused(f"context {layer.kind}", problem))
    for item in area.left_out:
        findings.append(_note(item.constraint.id, f"plays no part here ({item.reason.replace('_', ' ')})"))
    return findings


def check_data_file(path: Path) -> list[Finding]:
    """Return what is to be said about each layer of one data file."""
    findings: list[Finding] = []
    try:
        layers = list_layers(path)
    except PlanlibError as problem:
        return [_refused(path.name, problem)]
    if not layers:
        findings.append(Finding(Severity.ERROR, path.name, None, "there is no layer with geometry in it", "refused it"))
    for layer in layers:
        findings += _check_layer(LayerSource(path, layer or None), layer or path.name)
    return findings


def _check_layer(source: LayerSource, name: str) -> list[Finding]:
    try:
        raw = read_raw(source)
        crs = parse_crs(raw.crs)
    except PlanlibError as problem:
        return [_refused(name, problem)]
    geometry, _, repairs = repair(raw.geometry, raw.rows, where=name, dimensions=(POINT, LINE, POLYGON))
    findings = [*raw.findings, *repairs]
    if not len(raw.geometry):
        findings.append(Finding(Severity.WARNING, name, None, "the layer has no features", "nothing"))
    elif not len(geometry):
        findings.append(Finding(Severity.ERROR, name, None, "none of the rows has a usable shape", "refused it"))
    area = f", {shapely.area(geometry).sum() / 1e4:.3f} ha" if crs.is_projected else ""
    findings.append(_note(name, f"{len(raw.geometry)} rows in {raw.crs if len(raw.crs) < 40 else crs.name}{area}"))
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
    if rule.coverage.is_none:
        findings.append(_note(rule.id, "unchecked: nobody could load it"))
    return findings


def _refused(where: str, problem: PlanlibError) -> Finding:
    return Finding(Severity.ERROR, where, None, str(problem), "refused it")


def _note(where: str, text: str) -> Finding:
    return Finding(Severity.NOTE, where, None, text, "nothing")
