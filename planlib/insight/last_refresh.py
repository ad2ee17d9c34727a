"""What the last refresh of an area changed, as it stands beside its data: a refresh writes it, the screen reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from planlib.errors import BrokenOffError, PlanlibError, ReleaseError, SourceError
from planlib.model import OUTCOMES, Outcome, Use
from planlib.sources import Difference
from planlib.sources.sidecar import FOLDER

FILE = "last-refresh.json"


@dataclass(frozen=True, slots=True)
class LayerRefresh:
    """What came of one layer: the rules that read it, its features, and how they differ from the copy before.

    ``failure`` says why it is still the copy of ``retrieved_at``; then nothing differs.
    """

    id: str
    rules: tuple[str, ...]
    count: int
    retrieved_at: datetime
    difference: Difference | None
    failure: PlanlibError | None = None

    @property
    def is_down(self) -> bool:
        """Whether its server could not be reached, or broke off; else it answered and gave no such layer."""
        return isinstance(self.failure, BrokenOffError)


@dataclass(frozen=True, slots=True)
class RuleRefresh:
    """A rule before and after: m2 of parcels it covers, m2 that it alone holds, and whether nobody looked at it."""

    id: str
    covered_m2: tuple[float, float]
    sole_m2: tuple[float, float]
    unchecked: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class LastRefresh:
    """A refresh: its layers, the area per outcome before and after for ``use``, and the rules that changed.

    ``not_compared`` says why the areas are not known; then there are none.
    """

    refreshed_at: datetime
    use: Use | None
    layers: tuple[LayerRefresh, ...]
    outcomes_m2: Mapping[Outcome, tuple[float, float]] = field(default_factory=dict)
    rules: tuple[RuleRefresh, ...] = ()
    releases: tuple[str, ...] = ()
    not_compared: PlanlibError | None = None

    def difference_of(self, rule_id: str) -> Difference | None:
        """Return how the features of a rule differ, over all its layers; None when that is not known of any."""
        known = [layer.difference for layer in self.layers if rule_id in layer.rules and layer.difference]
        if not known:
            return None
        return Difference(
            sum(item.added for item in known), sum(item.removed for item in known), sum(item.changed for item in known)
        )


def refresh_file(area_folder: Path) -> Path:
    """Return where the last refresh of an area is told."""
    return area_folder / FOLDER / FILE


def read_last_refresh(area_folder: Path) -> LastRefresh | None:
    """Return what the last refresh changed, None when there was none.

    Raises
    ------
    ReleaseError
        What stands there cannot be read.
    """
    path = refresh_file(area_folder)
    if not path.exists():
        return None
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ReleaseError(
            "What the last refresh changed cannot be read in {path} ({problem}); refresh the area again.",
            path=path,
            problem=problem,
        ) from problem


def write_last_refresh(area_folder: Path, refresh: LastRefresh) -> dict[str, Any]:
    """Write a refresh, whole or not at all, and return what stands there now."""
    path = refresh_file(area_folder)
    told: dict[str, Any] = {
        "refreshed_at": refresh.refreshed_at.isoformat(),
        "use": None if refresh.use is None else str(refresh.use),
        "layers": [_told_layer(layer) for layer in refresh.layers],
    }
    if refresh.not_compared is not None:
        told["not_compared"] = _told_failure(refresh.not_compared)
    else:
        told["releases"] = list(refresh.releases)
        told["outcomes_m2"] = {str(name): list(areas) for name, areas in refresh.outcomes_m2.items()}
        told["rules"] = [
            {
                "id": rule.id,
                "covered_m2": list(rule.covered_m2),
                "sole_m2": list(rule.sole_m2),
                "unchecked": list(rule.unchecked),
            }
            for rule in refresh.rules
        ]
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)
    return told


def _told_layer(layer: LayerRefresh) -> dict[str, Any]:
    differs = layer.difference
    return {
        "id": layer.id,
        "rules": list(layer.rules),
        "count": layer.count,
        "retrieved_at": layer.retrieved_at.isoformat(),
        "features": None
        if differs is None
        else {"added": differs.added, "removed": differs.removed, "changed": differs.changed},
        "failure": None if layer.failure is None else _told_failure(layer.failure),
    }


def _told_failure(problem: PlanlibError) -> dict[str, Any]:
    facts = {name: str(fact) for name, fact in problem.facts.items()}
    return {"down": isinstance(problem, BrokenOffError), "message": problem.message, "facts": facts}


def _read(told: Mapping[str, Any]) -> LastRefresh:
    failure = told.get("not_compared")
    return LastRefresh(
        refreshed_at=datetime.fromisoformat(told["refreshed_at"]),
        use=None if told["use"] is None else Use(told["use"]),
        layers=tuple(_read_layer(layer) for layer in told["layers"]),
        outcomes_m2={
            outcome: _pair(told["outcomes_m2"][outcome])
            for outcome in OUTCOMES
            if outcome in told.get("outcomes_m2", {})
        },
        rules=tuple(
            RuleRefresh(
                id=str(rule["id"]),
                covered_m2=_pair(rule["covered_m2"]),
                sole_m2=_pair(rule["sole_m2"]),
                unchecked=(bool(rule["unchecked"][0]), bool(rule["unchecked"][1])),
            )
            for rule in told.get("rules", [])
        ),
        releases=tuple(map(str, told.get("releases", []))),
        not_compared=None if failure is None else _read_failure(failure),
    )


def _read_layer(told: Mapping[str, Any]) -> LayerRefresh:
    features, failure = told["features"], told["failure"]
    return LayerRefresh(
        id=str(told["id"]),
        rules=tuple(map(str, told["rules"])),
        count=int(told["count"]),
        retrieved_at=datetime.fromisoformat(told["retrieved_at"]),
        difference=None
        if features is None
        else Difference(int(features["added"]), int(features["removed"]), int(features["changed"])),
        failure=None if failure is None else _read_failure(failure),
    )


def _read_failure(told: Mapping[str, Any]) -> PlanlibError:
    kind = BrokenOffError if told["down"] else SourceError
    return kind(str(told["message"]), **{str(name): str(fact) for name, fact in told["facts"].items()})


def _pair(numbers: Any) -> tuple[float, float]:
    before, after = map(float, numbers)
    return before, after
