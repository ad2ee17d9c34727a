"""What each command does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from planlib import build as building
from planlib.area import read_area
from planlib.cli.progress import ProgressLine
from planlib.errors import AreaError, PlanlibError, ScenarioError
from planlib.insight import explain_parcel, rule_insights
from planlib.layers.check import check_area_layers, check_data_file, refused_finding
from planlib.model import OUTCOMES, Area, Finding, Scenario, Severity, State, Use
from planlib.release import Release, open_release
from planlib.scenario import Assessment, assess, check_rules
from planlib.store import read_scenario
from planlib.views.export import PARCEL_SUFFIXES, check_no_input, check_output, write_parcels, write_result
from planlib.views.provenance import provenance
from planlib.views.tables import explanation_record, findings_table, insight_table

E = TypeVar("E", Use, State)
Command = Callable[[argparse.Namespace], int]


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def build(arguments: argparse.Namespace) -> int:
    """Make or refresh a release; the last line says what came of it."""
    with ProgressLine() as progress:
        result = building.build(arguments.area, workers=arguments.workers, progress=progress)
    _tell_findings(open_release(arguments.area), arguments)
    if arguments.json:
        _print_json(asdict(result))
    else:
        print(
            f"parcels {result.parcels}  cells {result.cells}  seconds {result.seconds:.1f}  release {result.release_id}"
            + ("  (unchanged)" if result.reused else "")
        )
    return 0


def free(arguments: argparse.Namespace) -> int:
    """Write one row per parcel."""
    out = Path(arguments.out)
    check_output(out, suffixes=PARCEL_SUFFIXES)
    assessment = _assessment(arguments, out=out)
    write_parcels(assessment, out)
    about = provenance(assessment)
    totals = {f"{outcome}_m2": float(total) for outcome, total in zip(OUTCOMES, assessment.totals_m2, strict=True)}
    if arguments.json:
        _print_json({"out": str(out), "parcels": len(assessment.release.parcels), **totals, **about})
    else:
        print(_summary(assessment))
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Say why one parcel is what it is."""
    assessment = _assessment(arguments)
    record = explanation_record(explain_parcel(assessment, arguments.parcel_id.strip()))
    about = provenance(assessment)
    if arguments.json:
        _print_json({**record, "about": about})
        return 0
    print(f"{record['parcel_id']}  {record['area_m2']:.2f} m2  use {about['use']}  on {about['reference_date']}")
    for outcome, area in record["outcomes"].items():
        print(f"  {outcome:<12}{area:>16.2f} m2")
    for rule in record["constraints"]:
        who = ", ".join(rule["decides"]) or "nobody in this process"
        print(f"  {rule['id']} ({rule['state']}): {rule['covered_m2']:.2f} m2, alone {rule['sole_m2']:.2f} m2")
        print(f"    {rule['legal_basis']}; made by {rule['made_by']}; may deviate: {who}")
    for name in ("unknown", "unchecked"):
        print(f"  {name}: {', '.join(record[name]) or '-'}")
    return 0


def insight(arguments: argparse.Namespace) -> int:
    """Write one row per rule."""
    out = Path(arguments.out)
    check_output(out)
    assessment = _assessment(arguments, out=out)
    table = insight_table(rule_insights(assessment))
    about = provenance(assessment)
    write_result(table, out, about=about)
    if arguments.json:
        _print_json({"out": str(out), "rules": table.to_dict("records"), **about})
    else:
        print(_summary(assessment))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Print the findings of an area folder or a data file."""
    findings = _findings(Path(arguments.path), arguments.crs)
    table = findings_table(findings)
    if arguments.json:
        _print_json(json.loads(table.to_json(orient="records")))
    else:
        for item in findings:
            row = "" if item.row is None else f" row {item.row}"
            areas = (
                ""
                if item.area_before_m2 is None
                else f" ({item.area_before_m2:.2f} -> {item.area_after_m2 or 0.0:.2f} m2)"
            )
            action = "" if item.action == "nothing" else f"; {item.action}"
            print(f"{item.severity:<8}{item.where}{row}: {item.problem.rstrip('.')}{action}{areas}")
    wrong = sum(item.severity is Severity.ERROR for item in findings)
    if wrong:
        print(f"planlib: {arguments.path} must be refused: {_count(wrong, 'error')}.", file=sys.stderr)
    return 2 if wrong else 0


def _findings(path: Path, crs: str | None) -> list[Finding]:
    if not path.exists():
        raise AreaError("{path} does not exist.", path=path)
    if not path.is_dir() and path.name != "area.toml":
        return check_data_file(path, crs=crs)
    if crs is not None:
        raise AreaError("{path} is an area: name the crs of a layer in its area.toml, beside its path.", path=path)
    try:
        area = read_area(path)
    except PlanlibError as problem:
        file = problem.facts.get("file", path)
        return [refused_finding(str(file), problem, Path(str(file)))]
    return check_area_layers(area)


def _assessment(arguments: argparse.Namespace, *, out: Path | None = None) -> Assessment:
    """Return the area under the scenario that was asked for; its cells are made first when missing or stale."""
    area = read_area(arguments.area)
    if out is not None:
        check_no_input(out, area)
    scenario = _scenario(arguments, area)
    with ProgressLine() as progress:
        building.build(arguments.area, workers=cores(), progress=progress)
    release: Release = open_release(arguments.area)
    _tell_findings(release, arguments)
    return assess(release, scenario)


def _scenario(arguments: argparse.Namespace, area: Area) -> Scenario:
    base = Scenario()
    if arguments.scenario:
        base = read_scenario(arguments.scenario)
        check_rules(base.states, area, place=str(arguments.scenario))
    use = base.use or area.use
    if arguments.use is not None:
        use = None if arguments.use == "all" else _member(arguments.use, Use, "use", ", ".join([*Use, "all"]))
    given = dict(_state(text) for text in arguments.state)
    check_rules(given, area, place="--state")
    return replace(base, use=use, states={**base.states, **given})


def _state(text: str) -> tuple[str, State]:
    # An id may hold "=", a state does not.
    rule_id, equals, state = text.rpartition("=")
    if not equals or not rule_id.strip():
        raise ScenarioError("--state {text!r} must be written as ID=STATE.", text=text)
    return rule_id.strip(), _member(state.strip(), State, "state", ", ".join(State))


def _tell_findings(release: Release, arguments: argparse.Namespace) -> None:
    if notable := len(release.notable_findings):
        print(f"findings: {notable}; see them with: python -m planlib check {arguments.area}", file=sys.stderr)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _print_json(value: object) -> None:
    """Print JSON as people read it, or escaped where stdout cannot hold their letters."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value)
    print(text)


def _member(text: str, choices: type[E], what: str, known: str) -> E:
    try:
        return choices(text)
    except ValueError:
        raise ScenarioError(
            "There is no {what} {text!r}; there are {known}.", what=what, text=text, known=known
        ) from None


def _summary(assessment: Assessment) -> str:
    about = provenance(assessment)
    totals = zip(OUTCOMES, assessment.totals_m2 / 1e4, strict=True)
    areas = ", ".join(f"{name} {area:.2f} ha" for name, area in totals)
    missing = len(about["not_in_area"])
    note = f"; core rules of the catalogue not in this area file: {missing}" if missing else ""
    return (
        f"{about['area']}, use {about['use']}, on {about['reference_date']}, release {about['release']}: {areas}{note}"
    )
