"""What the README says one can type works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from planlib.build import build
from planlib.release import open_release

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_five_lines_show_what_is_free() -> None:
    lines = README.split("```python\n")[1].split("```")[0]
    told = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "free_m2" in told.splitlines()[0]
    assert "..." not in told.splitlines()[0], "no column is left out"


def test_the_example_of_what_must_move_goes_on_from_the_five_lines() -> None:
    lines = "\n".join(block.split("```")[0] for block in README.split("```python\n")[1:3])
    told = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "rural_area_housing" in told
    assert "Level.GEMEENTE" in told


def test_the_parcel_in_the_example_exists(build_dir: Path) -> None:
    area = ROOT / "data" / "areas" / "demo"
    build(area)
    named = re.findall(r'planlib explain AREA "([^"]+)"', README)
    assert named
    assert all(open_release(area).find_parcel(parcel) is not None for parcel in named)


def test_the_results_of_the_examples_are_not_taken_into_git() -> None:
    files = re.findall(r"--out (\S+)", README)
    assert files
    for file in files:
        ignored = subprocess.run(["git", "check-ignore", "-q", file], cwd=ROOT, check=False).returncode
        assert ignored == 0, file
