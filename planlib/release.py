"""One built release of an area: opened once, read-only, shared by every page and route.

A release is an overlay (cells, made once) plus the rules as they were written when it was built. The build folder holds

    current.json            which release is in use; replaced atomically, so it always names a whole one
    releases/ID.json        the area file, the rules and the findings of a release
    overlays/ID/            the cells (:mod:`planlib.overlay.files`)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely
from scipy.sparse import csr_array

from planlib.area import area_from_table
from planlib.catalogue import Catalogue
from planlib.crs import Geometries
from planlib.errors import ReleaseError
from planlib.layers import Bounds
from planlib.model import Area, Constraint, Finding, Severity
from planlib.overlay import Plan, features_near, files, finding_from_json, make_plan

#: Environment variable that puts all build folders elsewhere.
BUILD_DIR_VARIABLE = "PLANLIB_BUILD_DIR"
#: A rule touches a parcel when it covers more than this; less is two drawings of the same line.
TOUCHED_M2 = 0.01


def build_folder(area_folder: Path | str) -> Path:
    """Return where the releases of an area stand: ``AREA/build``, or a folder of its own under PLANLIB_BUILD_DIR."""
    folder = Path(area_folder)
    folder = (folder if folder.is_dir() else folder.parent).resolve()
    elsewhere = os.environ.get(BUILD_DIR_VARIABLE)
    if not elsewhere:
        return folder / "build"
    return Path(elsewhere) / f"{folder.name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Signatures:
    """Which rules are present, or not known, in the cells of each code, as flat aligned arrays ordered by code.

    ``code``, ``rule`` and ``not_known`` describe one member of one signature each; ``kind`` is both of the latter in
    one number, 2 x rule + not_known. ``start`` says where the members of each code begin (one longer than codes),
    ``filled`` which codes have members at all.
    """

    code: np.ndarray
    rule: np.ndarray
    not_known: np.ndarray
    kind: np.ndarray
    start: np.ndarray
    filled: np.ndarray

    @classmethod
    def from_lists(cls, present: Sequence[np.ndarray], unknown: Sequence[np.ndarray]) -> Signatures:
        """Return the signatures in which code ``i`` has the rules ``present[i]`` and does not know ``unknown[i]``."""
        here = np.array([len(rules) for rules in present], dtype=np.intp)
        lacking = np.array([len(rules) for rules in unknown], dtype=np.intp)
        codes = np.arange(len(here))
        code = np.concatenate([np.repeat(codes, here), np.repeat(codes, lacking)])
        rule = np.concatenate([*present, *unknown, np.array([], dtype=np.int32)]).astype(np.int32)
        not_known = np.repeat([False, True], [here.sum(), lacking.sum()])
        order = np.argsort(code, kind="stable")
        start = np.concatenate([[0], np.cumsum(here + lacking)])
        rule, not_known = rule[order], not_known[order]
        kind = (2 * rule + not_known).astype(np.intp)
        return cls(code[order], rule, not_known, kind, start, np.flatnonzero(here + lacking))

    def __len__(self) -> int:
        return len(self.start) - 1


class Release:
    """A built release. Nothing in it may be changed; everything derived from it is computed elsewhere.

    Attributes
    ----------
    id
        Name of the release: a hash of all its input and of the overlay's version.
    overlay_id
        Name of its cells; two releases that differ in words only share it.
    area
        The area as it was when the release was built.
    variant_of, base_buffers_m
        Of a variant: the release it stands beside, and by rule id the distance it has there; else None and empty.
    parcels
        Columns parcel_id, area_m2, registered_area_m2, owner_kind, row; the position in it is a parcel's index.
    row_parcel, row_code, row_area_m2
        The sparse matrix A of DESIGN section 3, aligned arrays ordered by parcel.
    signatures
        What each code stands for; rules are positions in ``area.constraints``.
    """

    def __init__(self, home: Path, release_id: str) -> None:
        try:
            record = files.read_json(home / "releases" / f"{release_id}.json")
            self.id: str = release_id
            self.overlay_id: str = record["overlay"]
            self.folder = home / "overlays" / self.overlay_id
            self.variant_of: str | None = record.get("variant_of")
            self.base_buffers_m: dict[str, float] = record.get("base_buffers_m", {})
            self.area: Area = area_from_table(
                record["area"], folder=Path(record["folder"]), catalogue=Catalogue(rules=record["catalogue"])
            )
            summary = files.read_json(self.folder / files.SUMMARY)
            self.cell_count: int = summary["cells"]
            self.partition_bounds: list[Bounds] = [tuple(bounds) for bounds in summary["bounds"]]
            self.lattice_step_m: float = summary["lattice_step_m"]
            self.findings: tuple[Finding, ...] = tuple(finding_from_json(item) for item in summary["findings"])
            table = pq.read_table(
                self.folder / files.PARCELS,
                columns=["parcel_id", "area_m2", "registered_area_m2", "owner_kind", "row"],
            )
            self.parcels: pd.DataFrame = table.to_pandas()
            self.row_parcel, self.row_code, self.row_area_m2 = files.read_columns(
                self.folder / files.ROWS, "parcel", "code", "area_m2"
            )
            self.signatures = _read_signatures(self.folder, summary["rules"], self.area.constraints)
        except (OSError, KeyError, ValueError, TypeError) as problem:
            raise ReleaseError(
                "The release {id} in {home} cannot be read ({problem}); build the area again.",
                id=release_id,
                home=home,
                problem=problem,
            ) from problem

    @property
    def rules(self) -> tuple[Constraint, ...]:
        """The rules that play a part, in the order the signatures count them."""
        return self.area.constraints

    @property
    def notable_findings(self) -> tuple[Finding, ...]:
        """What changed or dropped something while the area was built; notes are left out."""
        return tuple(finding for finding in self.findings if finding.severity is not Severity.NOTE)

    @property
    def bounds(self) -> Bounds:
        """Left, bottom, right, top of all parcels, in the area's CRS."""
        box = np.array(self.partition_bounds)
        (left, bottom), (right, top) = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
        return float(left), float(bottom), float(right), float(top)

    @cached_property
    def code_area_m2(self) -> np.ndarray:
        """Area of each code over the whole area."""
        return np.bincount(self.row_code, self.row_area_m2, len(self.signatures))

    @cached_property
    def row_start(self) -> np.ndarray:
        """Where the rows of each parcel begin; one longer than there are parcels."""
        return np.searchsorted(self.row_parcel, np.arange(len(self.parcels) + 1))

    @cached_property
    def areas(self) -> csr_array:
        """The matrix A (parcels x codes) in m2."""
        return csr_array(
            (self.row_area_m2, self.row_code, self.row_start), shape=(len(self.parcels), len(self.signatures))
        )

    @cached_property
    def present(self) -> csr_array:
        """Which rules are present in each code (codes x rules): 1 or nothing."""
        here = self.signatures
        present = ~here.not_known
        return csr_array(
            (np.ones(int(present.sum())), (here.code[present], here.rule[present])),
            shape=(len(here), len(self.rules)),
        )

    @cached_property
    def covered(self) -> csr_array:
        """The area of each parcel inside each rule (parcels x rules) in m2."""
        return csr_array(self.areas @ self.present)

    @cached_property
    def touched_parcels(self) -> np.ndarray:
        """How many parcels each rule covers for more than :data:`TOUCHED_M2`."""
        return np.bincount(self.covered.indices[self.covered.data > TOUCHED_M2], minlength=len(self.rules))

    @cached_property
    def _index(self) -> dict[str, int]:
        return {parcel_id: at for at, parcel_id in enumerate(self.parcels["parcel_id"])}

    def parcel_index(self, parcel_id: str) -> int:
        """Return the position of a parcel.

        Raises
        ------
        ReleaseError
            There is no such parcel.
        """
        try:
            return self._index[parcel_id]
        except KeyError:
            raise ReleaseError("There is no parcel {id} in {area}.", id=parcel_id, area=self.area.title) from None

    def find_parcel(self, parcel_id: str | None) -> int | None:
        """Return the position of a parcel, None when there is no such parcel."""
        return None if parcel_id is None else self._index.get(parcel_id)

    def rule_index(self, rule_id: str) -> int | None:
        """Return the position of a rule; None when no rule that plays a part has this id."""
        return next((at for at, rule in enumerate(self.rules) if rule.id == rule_id), None)

    def partition_of(self, parcel: int) -> int:
        """Return the partition in which a parcel stands."""
        return int(np.searchsorted(self._partition_start, parcel, side="right") - 1)

    def read_cells(
        self, partition: int, *, wanted: np.ndarray | None = None
    ) -> tuple[Geometries, np.ndarray, np.ndarray]:
        """Return geometry, parcel index and code of the cells of a partition, from disk, in the area's CRS.

        Parameters
        ----------
        wanted
            Per parcel of the release whether its cells are wanted; all are by default.
        """
        table = pq.read_table(files.part_file(self.folder, partition), columns=["geometry", "parcel", "code"])
        parcel, code = table["parcel"].to_numpy(), self._codes[partition][table["code"].to_numpy()]
        geometry = table["geometry"].to_numpy()
        if wanted is not None:
            chosen = wanted[parcel]
            geometry, parcel, code = geometry[chosen], parcel[chosen], code[chosen]
        return shapely.from_wkb(geometry), parcel, code

    def read_parcels(self, partition: int) -> Geometries:
        """Return the parcel shapes of a partition, from disk, in the area's CRS; the first has :meth:`first_parcel`."""
        group = pq.ParquetFile(self.folder / files.PARCELS).read_row_group(partition, columns=["geometry"])
        return shapely.from_wkb(group["geometry"].to_numpy())

    def first_parcel(self, partition: int) -> int:
        """Return the index of the first parcel of a partition."""
        return int(self._partition_start[partition])

    def read_features(self, bounds: Bounds) -> tuple[Geometries, np.ndarray]:
        """Return the polygons the cells were cut by that come near ``bounds``, in the area's CRS, and their members.

        Members are those of :attr:`plan`.
        """
        return features_near(self.folder, bounds)

    @cached_property
    def plan(self) -> Plan:
        """What the cells were cut by; its rules in the overlay's order, which need not be the area's."""
        by_id = {rule.id: rule for rule in self.rules}
        return make_plan([by_id[rule_id] for rule_id in files.read_json(self.folder / files.SUMMARY)["rules"]])

    def read_lattice(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x, y (area's CRS) and code of the lattice points, ``lattice_step_m`` apart."""
        parts = [
            files.read_columns(files.lattice_file(self.folder, at), "x", "y", "code")
            for at in range(len(self.partition_bounds))
        ]
        codes = [self._codes[at][code] for at, (_, _, code) in enumerate(parts)]
        return np.concatenate([x for x, _, _ in parts]), np.concatenate([y for _, y, _ in parts]), np.concatenate(codes)

    @cached_property
    def _codes(self) -> list[np.ndarray]:
        partition, code = files.read_columns(self.folder / files.CODES, "partition", "code")
        return [code[partition == at] for at in range(len(self.partition_bounds))]

    @cached_property
    def _partition_start(self) -> np.ndarray:
        metadata = pq.read_metadata(self.folder / files.PARCELS)
        counts = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
        return np.concatenate([[0], np.cumsum(counts)[:-1]])


def current_release_id(area_folder: Path | str) -> str | None:
    """Return the id of the release in use, None when the area was never built."""
    try:
        return str(files.read_json(build_folder(area_folder) / "current.json")["release"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def open_release(area_folder: Path | str) -> Release:
    """Return the release in use of an area.

    Raises
    ------
    ReleaseError
        The area was never built, or its release cannot be read.
    """
    release_id = current_release_id(area_folder)
    if release_id is None:
        raise ReleaseError("{area} has not been built yet; run: python -m planlib build {area}", area=area_folder)
    return Release(build_folder(area_folder), release_id)


def _read_signatures(folder: Path, stored: list[str], rules: Sequence[Constraint]) -> Signatures:
    """Return the signatures with rules as positions in ``rules``: an overlay may count them in another order."""
    position = {rule.id: at for at, rule in enumerate(rules)}
    moved = np.array([position[rule_id] for rule_id in stored], dtype=np.int32)
    table = pq.read_table(folder / files.SIGNATURES)
    present, unknown = ([moved[list(item)] for item in table[name].to_pylist()] for name in ("present", "unknown"))
    return Signatures.from_lists(present, unknown)
