"""Making the cells of an area: read, prepare, cut, add up."""

from __future__ import annotations

import shutil
from pathlib import Path

from planlib.build.given import Given
from planlib.build.progress import Reporter
from planlib.layers import Bounds, fit_findings, read_parcels
from planlib.layers.check import check_context
from planlib.overlay import (
    InputFiles,
    Plan,
    cut_partition,
    files,
    finding_to_json,
    lattice_step_m,
    make_plan,
    merge_members,
    merge_partitions,
    prepare_member,
    run_tasks,
    write_parcels,
    write_plan,
)

#: Layers smaller than this together are prepared faster in this process than in workers that must start first.
_WORKER_BYTES = 20_000_000


def make_overlay(home: Path, given: Given, inputs: InputFiles, *, workers: int, report: Reporter) -> None:
    """Make the overlay of ``given``, unless it stands there; a half-made one of the same name is gone on with."""
    for layer in given.area.context:
        check_context(layer, crs=given.area.crs)
    target = home / "overlays" / given.overlay_id
    if files.is_whole(target):
        return
    work = target.with_name(f"{given.overlay_id}.work")
    work.mkdir(parents=True, exist_ok=True)
    report("parcels", 0, 1)
    parcels = read_parcels(given.area.parcels, crs=given.area.crs)
    bounds = write_parcels(work, parcels)
    plan = make_plan(given.area.constraints)
    _prepare(work, plan, given.area.crs, parcels.bounds, workers=workers, report=report)
    inputs.require_unchanged()
    findings = [*parcels.findings, *merge_members(work, len(plan.members))]
    step = lattice_step_m(parcels.bounds)
    write_plan(work, plan, lattice_step_m=step)
    # The parent has time while workers cut; it holds all parcels anyway.
    tasks = [(str(work), index) for index in range(len(bounds))]
    fit = run_tasks(cut_partition, tasks, "cells", workers, report, meanwhile=lambda: fit_findings(parcels))
    report("release", 0, 1)
    cells = merge_partitions(work, len(bounds))
    summary = {
        "rules": plan.rules,
        "cells": cells,
        "bounds": bounds,
        "lattice_step_m": step,
        "findings": [finding_to_json(finding) for finding in [*findings, *fit]],
    }
    for leftover in [*work.glob("member-*.parquet"), work / files.PLAN]:
        leftover.unlink()
    files.seal(work, summary)
    shutil.rmtree(target, ignore_errors=True)
    work.replace(target)


def _prepare(work: Path, plan: Plan, crs: str, bounds: Bounds, *, workers: int, report: Reporter) -> None:
    tasks = [(str(work), index, member, crs, bounds) for index, member in enumerate(plan.members)]
    size = sum(path.stat().st_size for path in {member.source.path for member in plan.members})
    run_tasks(prepare_member, tasks, "layers", workers if size > _WORKER_BYTES else 1, report)
