"""A shape before and after its repair, side by side, as SVG made of numbers only, so that nothing in it can run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planlib.intake import Repair

_SIDE, _EDGE = 160.0, 10.0
_BEFORE, _AFTER = "#8a4b00", "#005a9c"


def repair_picture(repair: Repair) -> str:
    """Return the picture; both sides have the same scale, so that what was lost or gained can be seen."""
    corners = np.array([corner for ring in repair.before for corner in ring], dtype=float)[:, :2]
    corners = corners[np.isfinite(corners).all(axis=1)]
    low = corners.min(axis=0) if len(corners) else np.zeros(2)
    span = float((corners.max(axis=0) - low).max()) if len(corners) else 1.0
    scale = _SIDE / (span or 1.0)
    before = _path(repair.before, low, scale, left=_EDGE)
    after = _path(repair.after, low, scale, left=_SIDE + 3 * _EDGE)
    width, height = 2 * _SIDE + 4 * _EDGE, _SIDE + 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}">'
        f'<path d="{before}" fill="{_BEFORE}" fill-opacity="0.15" fill-rule="evenodd" stroke="{_BEFORE}"/>'
        f'<path d="{after}" fill="{_AFTER}" fill-opacity="0.15" fill-rule="evenodd" stroke="{_AFTER}"/></svg>'
    )


def _path(rings: Sequence[Sequence[Sequence[float]]], low: np.ndarray, scale: float, *, left: float) -> str:
    parts = []
    for ring in rings:
        xy = (np.asarray(ring, dtype=float)[:, :2] - low) * scale
        xy = xy[np.isfinite(xy).all(axis=1)]
        points = [f"{left + x:.1f} {_EDGE + _SIDE - y:.1f}" for x, y in xy.tolist()]
        if points:
            parts.append("M" + " L".join(points) + " Z")
    return " ".join(parts)
