"""What each layer is worth: where it comes from, how old it is, how it was surveyed, what had to be mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from planlib.insight.freshness import Freshness, freshness, layer_freshness
from planlib.insight.last_refresh import LastRefresh, LayerRefresh
from planlib.model import Constraint, ContextKind, Finding
from planlib.overlay import files, make_plan
from planlib.release import Release
from planlib.sources import provenances_of


@dataclass(frozen=True, slots=True)
class LayerReport:
    """The data of one rule.

    Attributes
    ----------
    shapes
        Its shapes near the area.
    not_known_m2
        The land of parcels on which it was not surveyed and has no shape.
    findings
        What changed or dropped something.
    failed
        The layers of it that the last refresh could not have anew, so that they are an older copy.
    """

    rule: Constraint
    shapes: int
    not_known_m2: float
    findings: tuple[Finding, ...]
    fresh: Freshness
    failed: tuple[LayerRefresh, ...] = ()


@dataclass(frozen=True, slots=True)
class BaseReport:
    """The parcels (``kind`` None), or a layer under the map: its file, where that comes from, and how old it is.

    ``shapes`` is how many it has, None when nobody counted.
    """

    kind: ContextKind | None
    path: Path
    shapes: int | None
    fresh: Freshness
    failed: tuple[LayerRefresh, ...] = ()


def layer_reports(release: Release, *, on: date, refresh: LastRefresh | None = None) -> list[LayerReport]:
    """Return a report on the data of every rule, in the order of the area file; ``on`` is the day for its age."""
    plan = make_plan(release.rules)
    path = release.folder / files.FEATURES
    member = files.read_columns(path, "member")[0] if path.exists() else np.array([], dtype=np.intp)
    counts = np.bincount(member, minlength=len(plan.members))
    signatures = release.signatures
    code_m2 = np.bincount(release.row_code, release.row_area_m2, len(signatures))
    not_known = np.bincount(signatures.rule, code_m2[signatures.code] * signatures.not_known, len(release.rules))
    reports = []
    for at, (rule, features) in enumerate(zip(release.rules, plan.features, strict=True)):
        fresh = freshness(rule, on)
        reports.append(
            LayerReport(
                rule=rule,
                shapes=0 if features is None else int(counts[features]),
                not_known_m2=float(not_known[at]),
                findings=tuple(
                    finding
                    for finding in release.notable_findings
                    if finding.where in (rule.id, f"coverage of {rule.id}")
                ),
                fresh=fresh,
                failed=_failed(fresh, refresh),
            )
        )
    return reports


def base_reports(release: Release, *, on: date, refresh: LastRefresh | None = None) -> list[BaseReport]:
    """Return a report on the parcels and on every layer under the map."""
    found: list[tuple[ContextKind | None, Path]] = [(None, release.area.parcels.source.path)]
    found += [(layer.kind, layer.source.path) for layer in release.area.context]
    reports = []
    for kind, path in found:
        fresh = layer_freshness(provenances_of(path), on)
        counted = sum(about.count for about in fresh.fetched) if fresh.fetched else None
        shapes = len(release.parcels) if kind is None else counted
        reports.append(BaseReport(kind, path, shapes, fresh, _failed(fresh, refresh)))
    return reports


def parcel_findings(release: Release) -> list[Finding]:
    """Return what is to be said about the parcels themselves: overlaps, gaps, repairs, dropped rows."""
    return [finding for finding in release.findings if finding.where == "parcels"]


def _failed(fresh: Freshness, refresh: LastRefresh | None) -> tuple[LayerRefresh, ...]:
    """Return which of the layers the last refresh did not get, unless they were fetched since."""
    if refresh is None:
        return ()
    asked = {about.id: about.retrieved_at for about in fresh.fetched}
    return tuple(
        layer
        for layer in refresh.layers
        if layer.failure is not None and layer.id in asked and asked[layer.id] <= layer.retrieved_at
    )
