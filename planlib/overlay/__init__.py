"""Parcels x rules -> cells, made once. What the files hold: :mod:`planlib.overlay.files`."""

from planlib.overlay.cut import Cells, cut, members_at
from planlib.overlay.files import OVERLAY_VERSION
from planlib.overlay.inputs import InputFiles
from planlib.overlay.merge import merge_partitions
from planlib.overlay.partition import cut_partition, features_near, rules_at
from planlib.overlay.pool import Progress, run_tasks
from planlib.overlay.prepare import (
    Member,
    Plan,
    finding_from_json,
    finding_to_json,
    lattice_step_m,
    make_plan,
    merge_members,
    prepare_member,
    replace_members,
    write_parcels,
    write_plan,
)
from planlib.overlay.recut import count_recut, recut_partition

__all__ = [
    "OVERLAY_VERSION",
    "Cells",
    "InputFiles",
    "Member",
    "Plan",
    "Progress",
    "count_recut",
    "cut",
    "cut_partition",
    "features_near",
    "finding_from_json",
    "finding_to_json",
    "lattice_step_m",
    "make_plan",
    "members_at",
    "merge_members",
    "merge_partitions",
    "prepare_member",
    "recut_partition",
    "replace_members",
    "rules_at",
    "run_tasks",
    "write_parcels",
    "write_plan",
]
