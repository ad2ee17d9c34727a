"""Releases that exist in memory only: a table of signatures with their areas, and rules made to fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from planlib.model import (
    Area,
    Confidence,
    Constraint,
    Coverage,
    LayerSource,
    Level,
    LocalText,
    ParcelSource,
    State,
    Use,
)
from planlib.release import Release, Signatures


def make_rule(rule_id: str, state: State, decides: Sequence[Level] = (), *, coverage: str = "all") -> Constraint:
    """Return a rule that limits every use in the same way; ``coverage`` is "all", or "none" for one nobody loaded."""
    return Constraint(
        id=rule_id,
        title=LocalText(f"Regel {rule_id}"),
        level=Level.PROVINCIE,
        made_by="niemand",
        states=dict.fromkeys(Use, state),
        legal_basis="art. 1",
        confidence=Confidence.CONFIRMED,
        coverage=Coverage(everywhere=coverage == "all"),
        decides=tuple(decides),
    )


def table_release(
    rules: Sequence[Constraint],
    present: Sequence[Sequence[int]],
    areas_m2: Sequence[float],
    unknown: Sequence[Sequence[int]] | None = None,
) -> Release:
    """Return a release with a parcel per signature: rules ``present[i]`` and ``unknown[i]`` on ``areas_m2[i]``."""
    release = object.__new__(Release)
    release.id = "0" * 12
    release.area = Area(
        path=Path(),
        title="Tafel",
        crs="EPSG:28992",
        reference_date=date(2026, 11, 1),
        parcels=ParcelSource(LayerSource(Path()), id_column="id"),
        constraints=tuple(rules),
    )
    release.signatures = Signatures.from_lists(
        [np.array(some, dtype=np.int32) for some in present],
        [np.array(some, dtype=np.int32) for some in (unknown or [()] * len(present))],
    )
    release.row_parcel = np.arange(len(present), dtype=np.int32)
    release.row_code = np.arange(len(present), dtype=np.int32)
    release.row_area_m2 = np.array(areas_m2, dtype=float)
    release.parcels = pd.DataFrame({"parcel_id": [str(at) for at in range(len(present))], "area_m2": areas_m2})
    return release
