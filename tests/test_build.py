"""``build``: a release named by what went in, recognised when nothing changed, and never half in use."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from planlib.release import build_folder, current_release_id, open_release
from planlib.scenario import assess
from tests.areas import Ran, Rule, area_table, box, constraint, free, run, succeed, write_area, write_layer, write_toml
from tests.layouts import village

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of two parcels under one rule."""
    here = {"p1": box(0, 0, 100, 100), "p2": box(100, 0, 200, 100)}
    return write_area(tmp_path / "area", here, [Rule("nature", [box(0, 0, 40, 100)])])


def release_of(ran: Ran) -> str:
    """Return the release that the last line of a build names."""
    found = re.search(r"release (\w+)", ran.last)
    assert found, ran.last
    return found[1]


def cell_files(area: Path) -> dict[str, int]:
    """Return the files of all cells with their times."""
    return {str(path): path.stat().st_mtime_ns for path in build_folder(area).glob("overlays/*/*")}


def numbers_in_use(area: Path) -> dict[str, list[float]]:
    """Return the areas per outcome of the release in use, without making another one."""
    release = open_release(area)
    table = assess(release).parcel_areas_m2
    return dict(zip(release.parcels["parcel_id"], table.tolist(), strict=True))


def test_the_last_line_says_parcels_cells_seconds_and_release(area: Path) -> None:
    ran = succeed("build", area, "--workers", 1)
    found = re.fullmatch(r"parcels (\d+)\s+cells (\d+)\s+seconds ([\d.]+)\s+release (\w+)", ran.last)
    assert found, ran.last
    # One parcel is cut in two by the border of the rule.
    assert (found[1], found[2]) == ("2", "3")
    assert found[4] == current_release_id(area)


def test_unchanged_input_is_recognised_and_nothing_is_made_again(area: Path) -> None:
    first = succeed("build", area, "--workers", 1)
    made = cell_files(area)
    again = succeed("build", area, "--workers", 1)
    assert release_of(again) == release_of(first)
    assert "unchanged" in again.last
    assert "cutting" not in again.err
    assert cell_files(area) == made


def test_a_file_that_was_only_touched_is_unchanged(area: Path) -> None:
    first = release_of(succeed("build", area, "--workers", 1))
    made = cell_files(area)
    os.utime(area / "nature.gpkg", (1, 1))
    os.utime(area / "area.toml", (1, 1))
    assert release_of(succeed("build", area, "--workers", 1)) == first
    assert cell_files(area) == made


def test_another_title_is_another_release_on_the_same_cells(area: Path) -> None:
    before, first = free(area), current_release_id(area)
    made = cell_files(area)
    write_toml(area, area_table([constraint("nature")], title="Een andere naam"))
    ran = succeed("build", area, "--workers", 1)
    assert release_of(ran) != first
    assert open_release(area).area.title == "Een andere naam"
    assert cell_files(area) == made
    assert free(area) == before


@pytest.mark.parametrize(
    ("keys", "blocked"),
    [
        ({"state": "movable"}, 0),
        ({"buffer_m": 10}, 5000),
        ({"where": "naam = 'x'"}, 0),
        ({"uses": ["solar"]}, 4000),
        ({"coverage": "none"}, 4000),
        ({"layer": "more"}, 1000),
    ],
    ids=str,
)
def test_a_changed_rule_makes_another_release_with_its_own_numbers(area: Path, keys: dict, blocked: float) -> None:
    for layer, width in (("shapes", 40), ("more", 10)):
        write_layer(area / "both.gpkg", [box(0, 0, width, 100)], layer=layer, naam=["y"])
    write_toml(area, area_table([constraint("nature", path="both.gpkg", layer="shapes")]))
    first = release_of(succeed("build", area, "--workers", 1))
    write_toml(area, area_table([constraint("nature", **{"path": "both.gpkg", "layer": "shapes", **keys})]))
    assert free(area)["p1"]["blocked"] == pytest.approx(blocked)
    assert current_release_id(area) != first


def test_a_changed_layer_makes_another_release(area: Path) -> None:
    first = release_of(succeed("build", area, "--workers", 1))
    (area / "nature.gpkg").unlink()
    write_layer(area / "nature.gpkg", [box(0, 0, 50, 100)])
    assert release_of(succeed("build", area, "--workers", 1)) != first
    assert free(area)["p1"]["blocked"] == pytest.approx(5000)


def test_a_changed_coverage_or_parcels_file_makes_another_release(area: Path) -> None:
    write_layer(area / "known.gpkg", [box(-10, -10, 150, 110)])
    write_toml(area, area_table([constraint("nature", coverage="known.gpkg")]))
    first = free(area), current_release_id(area)
    (area / "known.gpkg").unlink()
    write_layer(area / "known.gpkg", [box(-10, -10, 120, 110)])
    second = free(area), current_release_id(area)
    (area / "parcels.gpkg").unlink()
    write_layer(area / "parcels.gpkg", [box(100, 0, 200, 100)], layer="parcels", id=["p2"])
    third = free(area), current_release_id(area)
    assert [numbers["p2"]["unknown"] for numbers, _ in (first, second, third)] == pytest.approx([5000, 8000, 8000])
    assert len({release for _, release in (first, second, third)}) == 3


def test_going_back_to_what_was_gives_the_same_release_again(area: Path) -> None:
    first = release_of(succeed("build", area, "--workers", 1))
    numbers = free(area)
    write_toml(area, area_table([constraint("nature", buffer_m=5)]))
    assert release_of(succeed("build", area, "--workers", 1)) != first
    write_toml(area, area_table([constraint("nature")]))
    assert release_of(succeed("build", area, "--workers", 1)) == first
    assert free(area) == numbers


def test_the_build_folder_is_in_the_area_or_where_the_variable_says(
    area: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_BUILD_DIR", str(tmp_path / "elsewhere"))
    listing = {path.name for path in area.iterdir()}
    succeed("build", area, "--workers", 1)
    assert {path.name for path in area.iterdir()} == listing
    assert list((tmp_path / "elsewhere").iterdir())
    monkeypatch.delenv("PLANLIB_BUILD_DIR")
    succeed("build", area, "--workers", 1)
    assert {path.name for path in area.iterdir()} == listing | {"build"}
    assert current_release_id(area)


def test_a_build_needs_no_rules_at_all(tmp_path: Path) -> None:
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 10, 10)})
    assert succeed("build", area, "--workers", 2).last.startswith("parcels 1  cells 1  ")
    assert free(area)["p1"]["free"] == pytest.approx(100)


def test_a_release_that_was_damaged_is_made_again_or_told(area: Path) -> None:
    numbers = free(area)
    for path in build_folder(area).glob("overlays/*/rows.parquet"):
        path.write_bytes(b"gone")
    ran = run("free", area, "--out", area / "again.csv")
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err
    if ran.code == 0:
        assert free(area) == numbers
    else:
        assert "build" in ran.err


DIE_AT = """
import os, signal, sys
from pathlib import Path
import planlib.overlay.prepare
from planlib.cli import main

planlib.overlay.prepare.PARTITION_PARCELS = 10
left, rename = int(sys.argv[1]), Path.replace

def replace(self, target):
    global left
    # How far a build is said to be is no part of it.
    if Path(target).name != "progress.json":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

Path.replace = replace
sys.exit(main(sys.argv[2:]))
"""


def die_at(step: int, *arguments: object) -> int:
    """Run the command line in a process of its own that is killed before it puts its ``step``-th file in place."""
    command = [sys.executable, "-c", DIE_AT, str(step), *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, cwd=ROOT, timeout=120).returncode


@pytest.mark.parametrize("step", [1, 6, 13, 21])
def test_a_killed_build_leaves_the_last_release_in_use_and_a_restart_goes_on(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planlib.overlay.prepare.PARTITION_PARCELS", 10)
    here, rules = village(6, across=6)
    area = write_area(tmp_path / "area", here, rules[:3])
    succeed("build", area, "--workers", 1)
    release, numbers = current_release_id(area), numbers_in_use(area)
    wanted = free(write_area(tmp_path / "fresh", here, rules))
    write_area(area, here, rules)
    assert die_at(step, "build", area, "--workers", 1) == -signal.SIGKILL, (
        "the build was done before it could be killed"
    )
    assert current_release_id(area) == release
    assert numbers_in_use(area) == numbers
    done = {path.name: path.stat().st_mtime_ns for path in build_folder(area).glob("overlays/*.work/part-*.parquet")}
    assert free(area) == wanted
    assert current_release_id(area) != release
    kept = {path.name: path.stat().st_mtime_ns for path in open_release(area).folder.glob("part-*.parquet")}
    assert done.items() <= kept.items(), "partitions that were done are not cut again"
    assert not list(build_folder(area).glob("overlays/*.work"))


def test_a_killed_first_build_leaves_nothing_in_use(area: Path) -> None:
    assert die_at(4, "build", area, "--workers", 1) == -signal.SIGKILL
    assert current_release_id(area) is None
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)


def test_a_killed_free_leaves_a_whole_result_or_none(area: Path) -> None:
    succeed("build", area, "--workers", 1)
    kills = 0
    while die_at(kills + 1, "free", area, "--out", area / "out.csv") == -signal.SIGKILL:
        kills += 1
        if (area / "out.csv").exists():
            assert (area / "out.csv").read_text(encoding="utf-8").count("\n") == 3
    assert kills >= 2, "the result and its sidecar are put in place one after the other"


def children(pid: int) -> set[int]:
    """Return the processes that a process started, and theirs."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            child = int(path.parent.name)
            found |= {child} | children(child)
    return found


def running(pid: int) -> bool:
    """Whether a process is there and no mere remainder."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


SLOW = """
import sys, time
from pathlib import Path
import planlib.overlay.prepare
from planlib.cli import main

planlib.overlay.prepare.PARTITION_PARCELS = 10
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc, which only Linux has")
def test_workers_do_not_outlive_a_killed_build(tmp_path: Path) -> None:
    here, rules = village(6, across=30, size_m=3000)
    area = write_area(tmp_path / "area", here, rules)
    script = tmp_path / "slow.py"
    script.write_text(SLOW, encoding="utf-8")
    command = [sys.executable, str(script), "build", str(area), "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as builder:
        workers: set[int] = set()
        while builder.poll() is None and len(workers) < 3:
            workers = children(builder.pid)
            time.sleep(0.02)
        builder.send_signal(signal.SIGKILL)
        assert builder.wait(30) == -signal.SIGKILL
    assert workers
    deadline = time.monotonic() + 10
    while any(running(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = {pid for pid in workers if running(pid)}
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, "workers of a killed build go on waiting for work, and hold memory"


def test_numbers_do_not_depend_on_the_order_of_parcels_in_the_file(tmp_path: Path) -> None:
    here, rules = village(7, across=4)
    names = list(here)
    np.random.default_rng(1).shuffle(names)
    one = free(write_area(tmp_path / "one", here, rules))
    other = free(write_area(tmp_path / "other", {name: here[name] for name in names}, rules))
    assert list(other) == names
    assert {name: other[name] for name in here} == one
