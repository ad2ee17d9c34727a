"""A province: seconds and memory of a whole build."""

from __future__ import annotations

from benchmarks.figures import Figure, Part, Setting


def measure(setting: Setting) -> Part:
    """Build the large area with two workers."""
    built = setting.builds.quickest(setting.large, workers=2)
    figures = (
        Figure("planlib build, 20 rules, 2 workers", built.run.seconds, "s", setting.aim(120)),
        Figure("peak memory, all processes together", built.run.peak_gb, "GB", setting.aim(5)),
        Figure("CPU time", built.run.cpu_seconds, "s"),
    )
    title = f"Large: {built.parcels:,} parcels x 20 rules to {built.cells:,} cells on disk"
    return Part("large", title, figures, {"parcels": built.parcels, "cells": built.cells, **built.run.figures()})
