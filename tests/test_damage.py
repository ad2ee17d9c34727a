"""What breaks on disk, in a worker or for lack of room is made again or told: never a stranded area, never a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

import planlib.build
import planlib.build.cells
from planlib.errors import InterruptedBuildError
from planlib.release import build_folder, current_release_id
from tests.areas import (
    Ran,
    Rule,
    area_table,
    box,
    constraint,
    explain,
    free,
    insight,
    run,
    succeed,
    write_area,
    write_toml,
)
from tests.layouts import village

ROOT = Path(__file__).resolve().parent.parent
FILES = ("parcels", "features", "part-0000", "lattice-0000", "rows", "signatures", "codes")


@pytest.fixture
def area(tmp_path: Path) -> Path:
    """Return an area of one parcel under one rule."""
    return write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])


def take_away(path: Path) -> None:
    """Take a file away."""
    path.unlink()


def break_off(path: Path) -> None:
    """Leave half of a file."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def empty(path: Path) -> None:
    """Leave a file of nothing, as a machine does that loses its power."""
    path.write_bytes(b"")


def spoil(path: Path) -> None:
    """Leave a file of the right size that says nothing."""
    path.write_bytes(bytes(path.stat().st_size))


DAMAGES = (take_away, break_off, empty, spoil)


def the_one(area: Path, pattern: str) -> Path:
    """Return the one file of this pattern in the build folder."""
    (found,) = build_folder(area).glob(pattern)
    return found


@pytest.mark.parametrize("damage", [take_away, break_off, empty])
@pytest.mark.parametrize(
    "name",
    [*(f"overlays/*/{file}.parquet" for file in FILES), "overlays/*/overlay.json", "releases/*.json", "current.json"],
)
def test_a_release_of_which_a_file_is_gone_or_broken_is_made_again(
    area: Path, name: str, damage: Callable[[Path], None]
) -> None:
    numbers, release = free(area), current_release_id(area)
    path = the_one(area, name)
    damage(path)
    assert "unchanged" not in succeed("build", area).last
    assert current_release_id(area) == release
    assert path.stat().st_size > 0
    assert free(area) == numbers
    damage(path)
    assert free(area) == numbers
    assert "unchanged" in succeed("build", area).last


@pytest.mark.parametrize("name", ["rows", "signatures", "parcels"])
def test_a_file_that_kept_its_size_and_lost_its_content_is_made_again(area: Path, name: str) -> None:
    numbers = free(area)
    spoil(the_one(area, f"overlays/*/{name}.parquet"))
    assert free(area) == numbers


def test_a_damaged_record_of_the_release_before_stops_no_build(area: Path) -> None:
    succeed("build", area)
    before = the_one(area, "releases/*.json")
    write_toml(area, area_table([constraint("nature", buffer_m=5)]))
    succeed("build", area)
    before.write_text("[", encoding="utf-8")
    write_toml(area, area_table([constraint("nature", buffer_m=6)]))
    assert free(area)["p1"]["blocked"] == pytest.approx(4600)


def stop_while_adding_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a build stop when all partitions are cut, as a full disk does."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(planlib.build.cells, "merge_partitions", full)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["part-0001", "lattice-0001", "member-0001"])
def test_a_damaged_file_of_a_stopped_build_is_made_again_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: Callable[[Path], None]
) -> None:
    monkeypatch.setattr("planlib.overlay.prepare.PARTITION_PARCELS", 10)
    monkeypatch.setattr("planlib.cli.commands.cores", lambda: 1)
    here, rules = village(6, across=6)
    wanted = free(write_area(tmp_path / "fresh", here, rules))
    area = write_area(tmp_path / "area", here, rules)
    with monkeypatch.context() as patch:
        stop_while_adding_up(patch)
        ran = run("build", area, "--workers", 1)
    assert (ran.code, ran.out) == (1, "")
    assert "No space left on device" in ran.err
    assert "goes on where it stopped" in ran.err
    damage(the_one(area, f"overlays/*.work/{name}.parquet"))
    kept = {
        path.name: path.stat().st_mtime_ns
        for path in build_folder(area).glob("overlays/*.work/part-*")
        if "0001" not in path.name
    }
    assert len(kept) >= 3
    assert free(area) == wanted
    assert (
        kept.items()
        <= {path.name: path.stat().st_mtime_ns for path in build_folder(area).glob("overlays/*/part-*")}.items()
    )


def test_a_refused_build_leaves_no_work_behind_and_a_stopped_one_does(
    area: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_while_adding_up(patch)
        with pytest.raises(InterruptedBuildError):
            planlib.build.build(area)
    assert the_one(area, "overlays/*.work").is_dir()
    (area / "nature.gpkg").unlink()
    assert run("build", area).code == 2
    assert not list(build_folder(area).glob("overlays/*"))


WORKER_DIES = """
import os, signal, sys
from pathlib import Path
import planlib.overlay.partition
import planlib.overlay.prepare
from planlib.cli import main

planlib.overlay.prepare.PARTITION_PARCELS = 10
write = planlib.overlay.partition.files.write_table

def write_table(path, *given, **named):
    write(path, *given, **named)
    # The last partition but two is done when its worker dies.
    if path.name == "part-0001.parquet":
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
elif os.environ.get("WORKER_DIES"):
    planlib.overlay.partition.files.write_table = write_table
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a worker, which Windows does otherwise")
def test_a_build_whose_worker_died_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planlib.overlay.prepare.PARTITION_PARCELS", 10)
    here, rules = village(6, across=6)
    wanted = free(write_area(tmp_path / "fresh", here, rules))
    area = write_area(tmp_path / "area", here, rules)
    script = tmp_path / "dies.py"
    script.write_text(WORKER_DIES, encoding="utf-8")
    command = [sys.executable, str(script), "build", str(area), "--workers", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WORKER_DIES": "1"}
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=120)
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "A worker stopped" in ran.stderr
    done = {path.name: path.stat().st_mtime_ns for path in build_folder(area).glob("overlays/*.work/part-*.parquet")}
    assert "part-0001.parquet" in done
    assert free(area) == wanted
    assert (
        done.items()
        <= {path.name: path.stat().st_mtime_ns for path in build_folder(area).glob("overlays/*/part-*")}.items()
    )


# --- who may not write, and where there is no room --------------------------------------------------------------


def test_a_built_area_is_answered_without_writing_anything_in_it(area: Path, tmp_path: Path) -> None:
    numbers = free(area)
    home = build_folder(area)
    (home / "build.lock").unlink(missing_ok=True)
    before = {path: path.stat().st_mtime_ns for path in [home, *home.rglob("*")]}
    assert free(area) == numbers
    assert explain(area, "p1")["outcomes"]["blocked"] == pytest.approx(4000)
    assert insight(area)
    assert "unchanged" in succeed("build", area).last
    assert {path: path.stat().st_mtime_ns for path in [home, *home.rglob("*")]} == before


needs_unix = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs /dev/full and ulimit, which Windows lacks"
)


def shell(text: str, **environment: str) -> Ran:
    """Run a line in bash, in which ``planlib`` is the command line, and return what it gave."""
    line = f'planlib() {{ "{sys.executable}" -m planlib "$@"; }}; {text}'
    ran = subprocess.run(
        ["bash", "-c", line], check=False, capture_output=True, cwd=ROOT, timeout=120, env={**os.environ, **environment}
    )
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    return Ran(ran.returncode, ran.stdout.decode(encoding), ran.stderr.decode(encoding))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs users, which Windows has otherwise")
def test_who_may_not_write_gets_an_answer_where_one_is_made_and_a_sentence_where_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLANLIB_BUILD_DIR")
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [Rule("nature", [box(0, 0, 40, 100)])])
    succeed("build", area)

    def no_room(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for opener in ("write_json", "write_table"):
        monkeypatch.setattr(f"planlib.overlay.files.{opener}", no_room)
    monkeypatch.setattr("filelock.FileLock._acquire", no_room)
    (area / "build" / "inputs.json").unlink()
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)
    write_toml(area, area_table([constraint("nature", buffer_m=5)]))
    ran = run("free", area, "--out", tmp_path / "out.csv")
    assert ran.code == 2
    assert "PLANLIB_BUILD_DIR" in ran.err
    write_toml(area, area_table([constraint("nature", path="gone.gpkg")]))
    ran = run("free", area, "--out", tmp_path / "out.csv")
    assert ran.code == 2
    assert "gone.gpkg" in ran.err, "what is wrong with the area comes before where it cannot be written"


@needs_unix
def test_a_file_that_grows_too_large_is_one_sentence(area: Path) -> None:
    ran = shell(f"ulimit -f 1; planlib build '{area}'")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "File too large" in ran.err.splitlines()[-1]
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)


@needs_unix
@pytest.mark.parametrize("call", ["check AREA", "explain AREA p1", "explain AREA p1 --json", "build AREA"])
def test_an_answer_that_cannot_be_printed_is_no_success(area: Path, call: str) -> None:
    succeed("build", area)
    ran = shell(f"planlib {call.replace('AREA', str(area))} > /dev/full")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "Exception" not in ran.err
    assert "No space left on device" in ran.err


@needs_unix
def test_a_reader_who_has_seen_enough_is_no_trouble(area: Path) -> None:
    succeed("build", area)
    ran = shell(f"planlib check '{area}' | true; exit ${{PIPESTATUS[0]}}")
    assert "Traceback" not in ran.err
    assert "Exception" not in ran.err


@needs_unix
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_without_accents_gets_its_answer(tmp_path: Path, encoding: str) -> None:
    title = "Gebied Żółć € é “x”"
    rule = Rule("nature", [box(0, 0, 40, 100)], keys={"title": {"nl": "Żółć ’s “x”"}})
    area = write_area(tmp_path / "area", {"p1": box(0, 0, 100, 100)}, [rule], title=title)
    out = tmp_path / "out.csv"
    for call in (f"free '{area}' --out '{out}'", f"explain '{area}' p1", f"check '{area}'", f"explain '{area}' żółć"):
        ran = shell(f"planlib {call}; true", PYTHONIOENCODING=encoding)
        assert "Traceback" not in ran.err
    ran = shell(f"planlib explain '{area}' p1 --json", PYTHONIOENCODING=encoding)
    assert ran.code == 0
    assert json.loads(ran.out)["about"]["area"] == title


# --- two at a time -----------------------------------------------------------------------------------------------


@needs_unix
def test_a_second_build_says_that_it_waits_and_then_does_its_work(area: Path) -> None:
    build_folder(area).mkdir(parents=True)
    lock = FileLock(build_folder(area) / "build.lock")
    lock.acquire()
    command = [sys.executable, "-m", "planlib", "build", str(area)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stderr is not None
        first = builder.stderr.readline()
        assert current_release_id(area) is None
        lock.release()
        builder.communicate(timeout=60)
    assert first == "waiting for another build of this area ...\n"
    assert builder.returncode == 0
    assert free(area)["p1"]["blocked"] == pytest.approx(4000)


def test_who_waited_uses_what_the_other_made(area: Path) -> None:
    build_folder(area).mkdir(parents=True)
    lock = FileLock(build_folder(area) / "build.lock", thread_local=False)
    lock.acquire()
    results: list[planlib.build.BuildResult] = []

    def other_is_done(step: str, _done: int, _of: int) -> None:
        if step == "waiting":
            lock.release()
            results.append(planlib.build.build(area))

    results.insert(0, planlib.build.build(area, progress=other_is_done))
    waited, other = results
    assert (waited.reused, other.reused) == (True, False)
    assert waited.release_id == other.release_id
