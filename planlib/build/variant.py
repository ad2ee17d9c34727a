"""Variants: the release in use with other distances around some rules, made in seconds and never put in use itself.

Only parcels that a feature of such a rule touches, as it was or as it would be, are cut again; all other cells are
taken over. The result is a release like any other, so maps, cards and comparisons need to know nothing of it.
"""

from __future__ import annotations

import copy
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

from planlib.area import area_from_table
from planlib.build.given import Given, digest, input_files, is_current, read_given
from planlib.build.lock import one_builder
from planlib.build.progress import Reporter
from planlib.build.releases import drop_old, write_release
from planlib.catalogue import Catalogue
from planlib.errors import BuildError
from planlib.model import Area, Constraint
from planlib.overlay import (
    InputFiles,
    Progress,
    count_recut,
    files,
    finding_to_json,
    make_plan,
    merge_partitions,
    prepare_member,
    recut_partition,
    replace_members,
    run_tasks,
    write_plan,
)
from planlib.release import Release, build_folder


def build_variant(
    area_folder: Path | str,
    buffers_m: Mapping[str, float],
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> str:
    """Make the variant of the release in use in which rules reach other distances; return the id of that release.

    Distances that are the rules' own give the release in use itself. A variant that was made before is found again.

    Parameters
    ----------
    area_folder
        The folder with ``area.toml``.
    buffers_m
        By rule id its distance in metres.
    workers, progress
        As for :func:`planlib.build.build`.

    Raises
    ------
    BuildError
        The area was not built or changed since, or it has no such rule with features, or a distance is none.
    LayerError
        The layer cannot be used with that distance: points and lines need one.
    """
    home = build_folder(area_folder)
    inputs = input_files(home)
    base = read_given(area_folder, home, inputs)
    _require_current(area_folder, home, base)
    changed = {rule.id: float(buffers_m[rule.id]) for rule in _rules(base.area, buffers_m)}
    if not changed:
        return base.release_id
    given = _with_distances(base, changed)
    if _is_made(home, given):
        return given.release_id
    with one_builder(area_folder, home, progress):
        # Whoever built while this one waited may have made it, or put another base in its place.
        _require_current(area_folder, home, base)
        if not _is_made(home, given):
            _make(home, base, given, list(changed), inputs, workers=max(1, workers), report=Reporter(home, progress))
    return given.release_id


def _require_current(area_folder: Path | str, home: Path, base: Given) -> None:
    if not is_current(area_folder, home, base):
        raise BuildError("The data of {area} changed since it was built; build it first.", area=base.area.title)


def _rules(area: Area, buffers_m: Mapping[str, float]) -> list[Constraint]:
    """Return the rules whose distance becomes another."""
    found = []
    for rule_id, distance in buffers_m.items():
        rule = area.constraint(rule_id)
        if rule is None or rule.source is None:
            raise BuildError(
                "There is no rule {id} with features in {area}; those with features are {known}.",
                id=rule_id,
                area=area.title,
                known=", ".join(rule.id for rule in area.constraints if rule.source) or "none",
            )
        if not math.isfinite(distance) or distance < 0:
            raise BuildError("The distance of {id} must be 0 m or more, not {distance}.", id=rule_id, distance=distance)
        if distance != rule.buffer_m:
            found.append(rule)
    return found


def _with_distances(base: Given, buffers_m: Mapping[str, float]) -> Given:
    """Return an area as given, with other distances, under names of its own."""
    table = copy.deepcopy(base.table)
    for block in table["constraint"]:
        if block["id"] in buffers_m:
            block["buffer_m"] = buffers_m[block["id"]]
    area = area_from_table(table, folder=base.area.path, catalogue=Catalogue(rules=base.catalogue))
    # Not the name that a build with these distances would get: what stands there is made in another way.
    overlay_id = digest(["variant", base.overlay_id, sorted(buffers_m.items())])
    release_id = digest([overlay_id, base.release_id])
    return Given(area, table, base.catalogue, overlay_id, release_id)


def _is_made(home: Path, given: Given) -> bool:
    record = home / "releases" / f"{given.release_id}.json"
    return record.exists() and files.is_whole(home / "overlays" / given.overlay_id)


def _make(
    home: Path, base: Given, given: Given, rule_ids: list[str], inputs: InputFiles, *, workers: int, report: Reporter
) -> None:
    try:
        if not files.is_whole(home / "overlays" / given.overlay_id):
            _make_overlay(home, base, given, rule_ids, inputs, workers=workers, report=report)
        buffers = {rule.id: rule.buffer_m for rule in base.area.constraints if rule.id in rule_ids}
        write_release(home, given, {"variant_of": base.release_id, "base_buffers_m": buffers})
        drop_old(home)
    except OSError as problem:
        # A full disk, or a file of the base that was damaged on it.
        raise BuildError(
            "The variant could not be made ({problem}); is there room in {home}?",
            problem=problem.strerror or problem,
            home=home,
        ) from problem
    finally:
        shutil.rmtree(_work(home, given), ignore_errors=True)
        report.finish()


def _make_overlay(
    home: Path, base: Given, given: Given, rule_ids: list[str], inputs: InputFiles, *, workers: int, report: Reporter
) -> None:
    old = home / "overlays" / base.overlay_id
    summary = files.read_json(old / files.SUMMARY)
    work = _work(home, given)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    files.share(old / files.PARCELS, work / files.PARCELS)
    plan = make_plan(given.area.constraints)
    by_rule = zip(plan.rules, plan.features, strict=True)
    members = [member for rule_id, member in by_rule if rule_id in rule_ids and member is not None]
    bounds = Release(home, base.release_id).bounds
    prepared = [(str(work), index, plan.members[index], given.area.crs, bounds) for index in members]
    run_tasks(prepare_member, prepared, "layers", 1, report)
    inputs.require_unchanged()
    findings = [finding_to_json(finding) for finding in replace_members(work, old, members)]
    write_plan(work, plan, lattice_step_m=summary["lattice_step_m"])
    partitions = len(summary["bounds"])
    tasks = [(str(work), str(old), index, members) for index in range(partitions)]
    run_tasks(recut_partition, tasks, "cells", workers, report)
    report("release", 0, 1)
    cells = merge_partitions(work, partitions)
    others = [item for item in summary["findings"] if item[1] not in rule_ids]
    recut = count_recut(work, partitions)
    for leftover in [*work.glob("member-*.parquet"), work / files.PLAN]:
        leftover.unlink()
    files.seal(work, {**summary, "cells": cells, "findings": [*others, *findings], "recut": recut})
    target = home / "overlays" / given.overlay_id
    shutil.rmtree(target, ignore_errors=True)
    work.replace(target)


def _work(home: Path, given: Given) -> Path:
    return home / "overlays" / f"{given.overlay_id}.work"
