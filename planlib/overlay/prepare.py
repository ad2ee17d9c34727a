"""Before the cut: which members there are, their polygons on disk, and the parcels in partitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from planlib.layers import Bounds, Parcels, read_features
from planlib.model import Constraint, Finding, LayerSource, Severity
from planlib.overlay import files

#: Parcels per partition: enough to spread the cost of starting, few enough to bound a worker's memory.
PARTITION_PARCELS = 10_000
#: Polygons per row group of the features file, so that a worker reads only what lies near its parcels.
_FEATURE_GROUP = 1_000
#: The overview map wants at most about this many lattice points.
_LATTICE_POINTS = 250_000


@dataclass(frozen=True, slots=True)
class Member:
    """One set of polygons to cut by: the features of a rule, or a place where rules are known."""

    name: str
    source: LayerSource
    buffer_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is cut by what.

    ``rules`` are the rule ids in the order of the signatures; ``features[r]`` is the member with the features of rule r
    (None: it has none); ``coverage[r]`` the member in which rule r is known (None: everywhere, or nowhere).
    """

    rules: tuple[str, ...]
    members: tuple[Member, ...]
    features: tuple[int | None, ...]
    coverage: tuple[int | None, ...]


def make_plan(constraints: Sequence[Constraint]) -> Plan:
    """Return the plan for these rules; rules that share a coverage share its member."""
    members: list[Member] = []
    known: dict[LayerSource, int] = {}
    features: list[int | None] = []
    coverage: list[int | None] = []
    for rule in constraints:
        features.append(len(members) if rule.source else None)
        if rule.source:
            members.append(Member(rule.id, rule.source, rule.buffer_m))
        surveyed = rule.coverage.source
        if surveyed is not None and surveyed not in known:
            known[surveyed] = len(members)
            members.append(Member(f"coverage of {rule.id}", surveyed))
        coverage.append(known[surveyed] if surveyed is not None else None)
    return Plan(tuple(rule.id for rule in constraints), tuple(members), tuple(features), tuple(coverage))


def write_plan(folder: Path, plan: Plan, *, lattice_step_m: float) -> None:
    """Write what the cutters of an overlay must know."""
    files.write_json(
        folder / files.PLAN,
        {
            "rules": plan.rules,
            "members": len(plan.members),
            "features": plan.features,
            "coverage": plan.coverage,
            "lattice_step_m": lattice_step_m,
        },
    )


def prepare_member(folder: str, index: int, member: Member, crs: str, bounds: Bounds) -> None:
    """Write the prepared polygons of one member; its findings stand in the file's metadata."""
    path = files.member_file(Path(folder), index)
    if files.is_readable(path):
        return
    found = read_features(member.source, name=member.name, crs=crs, bounds=bounds, buffer_m=member.buffer_m)
    box = shapely.bounds(found.polygons).reshape(-1, 4)
    columns = {name: box[:, at] for at, name in enumerate(("left", "bottom", "right", "top"))}
    wkb = pa.array(shapely.to_wkb(found.polygons), type=pa.binary())
    findings = [finding_to_json(finding) for finding in found.findings]
    files.write_table(path, {**columns, "geometry": wkb}, metadata={"findings": findings})


def merge_members(folder: Path, count: int) -> list[Finding]:
    """Write the features file from the member files, in Hilbert order; return the findings of all members."""
    findings: list[Finding] = []
    tables = []
    for index in range(count):
        path = files.member_file(folder, index)
        findings += [finding_from_json(item) for item in files.read_metadata(path, "findings")]
        tables.append(_of_member(path, index))
    if tables:
        _write_features(folder, pa.concat_tables(tables))
    return findings


def replace_members(folder: Path, base: Path, members: Sequence[int]) -> list[Finding]:
    """Write the features file of ``base`` with some members from their own files; return the findings of those."""
    findings: list[Finding] = []
    stays = pq.read_table(base / files.FEATURES, filters=[("member", "not in", list(members))])
    tables = [stays.replace_schema_metadata(None)]
    for index in members:
        path = files.member_file(folder, index)
        findings += [finding_from_json(item) for item in files.read_metadata(path, "findings")]
        tables.append(_of_member(path, index))
    _write_features(folder, pa.concat_tables(tables))
    return findings


def _of_member(path: Path, index: int) -> pa.Table:
    table = pq.read_table(path).replace_schema_metadata(None)
    return table.append_column("member", pa.array(np.full(len(table), index, dtype=np.int32)))


def _write_features(folder: Path, table: pa.Table) -> None:
    table = table.take(_hilbert_order(*(table[side].to_numpy() for side in ("left", "bottom", "right", "top"))))
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    files.write_table(folder / files.FEATURES, columns, group_rows=_FEATURE_GROUP)


def write_parcels(folder: Path, parcels: Parcels) -> list[Bounds]:
    """Write the parcels in Hilbert order, one row group per partition; return the bounds of each partition."""
    box = shapely.bounds(parcels.geometry)
    order = _hilbert_order(*box.T)
    table = parcels.table.iloc[order]
    columns: dict[str, Any] = {name: table[name].to_numpy() for name in ("parcel_id", "area_m2", "registered_area_m2")}
    columns["owner_kind"] = pa.array(table["owner_kind"], type=pa.string())
    columns["row"] = table["row"].to_numpy()
    columns["geometry"] = pa.array(shapely.to_wkb(parcels.geometry[order]), type=pa.binary())
    size = math.ceil(len(order) / max(1, round(len(order) / PARTITION_PARCELS)))
    files.write_table(folder / files.PARCELS, columns, group_rows=size)
    box = box[order]
    return [_around(box[at : at + size]) for at in range(0, len(order), size)]


def lattice_step_m(bounds: Bounds) -> float:
    """Return the distance in metres between lattice points: 50 m, more for a large area."""
    left, bottom, right, top = bounds
    return max(50.0, 25.0 * math.ceil(math.sqrt((right - left) * (top - bottom) / _LATTICE_POINTS) / 25.0))


def finding_to_json(finding: Finding) -> list[Any]:
    """Return a finding as a plain list."""
    return [
        str(finding.severity),
        finding.where,
        finding.row,
        finding.problem,
        finding.action,
        finding.area_before_m2,
        finding.area_after_m2,
    ]


def finding_from_json(item: list[Any]) -> Finding:
    """Return the finding that :func:`finding_to_json` wrote."""
    return Finding(Severity(item[0]), *item[1:])


def _around(boxes: np.ndarray) -> Bounds:
    (left, bottom), (right, top) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def _hilbert_order(left: np.ndarray, bottom: np.ndarray, right: np.ndarray, top: np.ndarray) -> np.ndarray:
    if len(left) < 2:
        return np.arange(len(left))
    middles = geopandas.GeoSeries(shapely.points((left + right) / 2, (bottom + top) / 2))
    return np.argsort(middles.hilbert_distance().to_numpy(), kind="stable")
