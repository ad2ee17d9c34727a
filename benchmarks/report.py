"""Writing down what was measured: JSON for machines, a table for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Part


def write_results(folder: Path, parts: Sequence[Part], failures: dict[str, str], about: dict[str, Any]) -> None:
    """Write results.json and RESULTS.md in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "about": about,
        "parts": {
            part.name: {
                "title": part.title,
                "figures": [{**asdict(figure), "met": figure.met} for figure in part.figures],
                "details": part.details,
            }
            for part in parts
        },
        "not_measured": failures,
    }
    (folder / "results.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "RESULTS.md").write_text(as_text(parts, failures, about), encoding="utf-8")


def as_text(parts: Sequence[Part], failures: dict[str, str], about: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    machine = about["machine"]
    versions = ", ".join(
        f"{name} {value}" for name, value in machine.items() if name not in {"cores", "memory_gb", "system"}
    )
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; what each part does stands in `benchmarks/`. All figures are from one run, on synthetic",
        "data. The machine may have had other work: ratios say more than seconds, and where things took turns the",
        "quickest turn of each counts.",
        "",
        f"- Date: {about['date']}",
        f"- Machine: {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}",
        f"- Load at the start: {about['load']}",
        f"- Versions: {versions}",
    ]
    for part in parts:
        lines += ["", f"## {part.title}", "", "| what | figure | aim | | note |", "|---|---:|---:|---|---|"]
        lines += [_row(figure) for figure in part.figures]
    for name, reason in failures.items():
        lines += ["", f"## {name}: not measured", "", reason]
    return "\n".join(lines) + "\n"


def _row(figure: Figure) -> str:
    aim = "" if figure.aim is None else f"{'>=' if figure.least else '<='} {_number(figure.aim)} {figure.unit}".strip()
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return f"| {figure.what} | {_number(figure.value)} {figure.unit} | {aim} | {verdict} | {figure.note} |"


def _number(value: float) -> str:
    """Return three significant digits, without an exponent where it can be read without."""
    if value and abs(value) < 1e-3:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
