"""Looking into a file: its layers, what is wrong with them, and what a repair does. Runs in a process with limits.

``python -m planlib.intake.inspect FILE [CRS]`` prints an :class:`Inspection` as JSON; nothing is written.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planlib.crs import Geometries
from planlib.errors import PlacingError, PlanlibError
from planlib.intake.landing import Landing, landing_of, landings
from planlib.layers import list_layers, repair
from planlib.layers.check import check_data_file, source_of
from planlib.layers.formats import column_names, read_raw
from planlib.layers.repair import LINE, POINT, POLYGON
from planlib.model import LayerSource

#: Repairs that are shown as pictures, and values of a column that are listed to choose from.
_MOST_REPAIRS = 12
_MOST_VALUES = 60
_MOST_CORNERS = 400


@dataclass(frozen=True, slots=True)
class Repair:
    """One shape that had to be repaired: its row, and its rings before and after in the layer's own CRS."""

    row: int
    before: list[list[list[float]]]
    after: list[list[list[float]]]
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True, slots=True)
class LayerLook:
    """One layer: rows, CRS, kinds of shape, where it lies, and per text column its values with how often each.

    ``named_crs`` is the CRS that a person named for it, to be kept with it; empty when the file says so itself.
    """

    name: str
    rows: int
    crs: str
    kinds: list[str]
    lies: Landing
    named_crs: str = ""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file holds and what is to be said about it; a finding is a list as ``check --json`` prints it.

    With ``ask`` a person must say first where it lies; nothing else is known of those layers until then.
    """

    findings: list[dict[str, Any]]
    layers: list[LayerLook]
    ask: list[Landing] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether the file cannot be used, whatever anybody says of it."""
        if self.ask:
            return False
        return not self.layers or any(finding["severity"] == "error" for finding in self.findings)

    @classmethod
    def from_json(cls, text: str) -> Inspection:
        """Return what :func:`main` printed."""
        data = json.loads(text)
        layers = [
            LayerLook(
                **{
                    **layer,
                    "repairs": [Repair(**item) for item in layer["repairs"]],
                    "lies": Landing(**layer["lies"]),
                }
            )
            for layer in data["layers"]
        ]
        return cls(data["findings"], layers, [Landing(**landing) for landing in data["ask"]])


def inspect(path: Path, *, crs: str | None = None) -> Inspection:
    """Return what a file holds; a layer that cannot be read is a finding, one that cannot be placed a question.

    ``crs`` is the answer to that question: for the layers that need it, and for no other.
    """
    findings = [{**asdict(finding), "severity": str(finding.severity)} for finding in check_data_file(path, crs=crs)]
    looks: list[LayerLook] = []
    ask: list[Landing] = []
    for name in _layers(path):
        source = source_of(path, name, crs=crs)
        try:
            looks.append(_look(source, name))
        except PlacingError:
            ask = ask or landings(source)
        except PlanlibError:
            # Said by the findings already.
            continue
    return Inspection(findings, looks, ask)


def _layers(path: Path) -> list[str]:
    try:
        return list_layers(path)
    except PlanlibError:
        return []


def _look(source: LayerSource, name: str) -> LayerLook:
    raw = read_raw(source, columns=column_names(source))
    kinds = Counter(kind for kind in shapely.get_type_id(raw.geometry).tolist() if kind >= 0)
    return LayerLook(
        name=name,
        rows=len(raw.rows),
        crs=raw.crs,
        kinds=[shapely.GeometryType(kind).name.lower() for kind in kinds],
        lies=landing_of(raw.geometry, raw.crs),
        named_crs=source.crs or "",
        columns={column: _values(values) for column, values in raw.columns.items()},
        repairs=_repairs(raw.geometry, raw.rows),
    )


def _values(values: np.ndarray) -> dict[str, int]:
    """Return the values of a column with how often each; none when there are too many to choose from."""
    counts = Counter(str(value) for value in values[~pd.isna(values)])
    return dict(counts.most_common()) if len(counts) <= _MOST_VALUES else {}


def _repairs(geometry: Geometries, rows: np.ndarray) -> list[Repair]:
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    broken = np.flatnonzero(there & ~shapely.is_valid(geometry))[:_MOST_REPAIRS]
    found = []
    for at in broken:
        after, _, _ = repair(geometry[[at]], rows[[at]], where="-", dimensions=(POINT, LINE, POLYGON))
        before_rings, after_rings = _rings(geometry[[at]]), _rings(after)
        if sum(map(len, before_rings)) + sum(map(len, after_rings)) <= _MOST_CORNERS:
            found.append(
                Repair(
                    int(rows[at]),
                    before_rings,
                    after_rings,
                    float(shapely.area(geometry[at])),
                    float(shapely.area(after).sum()),
                )
            )
    return found


def _rings(geometry: Geometries) -> list[list[list[float]]]:
    rings = shapely.get_rings(geometry)
    return [shapely.get_coordinates(ring).tolist() for ring in rings]


def main() -> int:
    """Print what the file named on the command line holds."""
    crs = sys.argv[2] if len(sys.argv) > 2 else None
    sys.stdout.write(json.dumps(asdict(inspect(Path(sys.argv[1]), crs=crs)), default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
