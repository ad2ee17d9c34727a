"""The command line: ``python -m planlib`` (DESIGN 5.2).

Results go to stdout, progress to stderr. Exit code 0 only when the job was done, 2 for wrong input.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from planlib import __version__
from planlib.cli import area_new, commands, fetch, register, sources
from planlib.errors import InterruptedBuildError, PlanlibError
from planlib.sources import KINDS


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A name with an accent must not stop anything on a terminal that has no accents.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        code = arguments.run(arguments)
        # A full disk shows when what was printed is really written, not when Python ends.
        sys.stdout.flush()
        return code
    except PlanlibError as problem:
        print(f"planlib: {' '.join(str(problem).split())}", file=sys.stderr)
        return 1 if isinstance(problem, InterruptedBuildError) else 2
    except KeyboardInterrupt:
        print("planlib: stopped; asked again it goes on where it stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of stdout has seen enough.
        _forget_stdout()
        return 1
    except OSError as problem:
        _forget_stdout()
        print(f"planlib: stopped, the job is not done: {problem}.", file=sys.stderr)
        return 1


def _forget_stdout() -> None:
    """Let what could not be written go, or Python tries again when it ends, and fails aloud."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m planlib", description="The real free space of an area, in square metres."
    )
    parser.add_argument("--version", action="version", version=f"planlib {__version__}")
    calls = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    build = _call(calls, "build", commands.build, "make or refresh the release of an area")
    build.add_argument("area", metavar="AREA", help="area folder")
    build.add_argument("--workers", type=_positive, default=commands.cores(), help="processes (default: cores)")
    _json_option(build)

    free = _call(calls, "free", commands.free, "one row per parcel: its area per outcome")
    _scenario_options(free)
    free.add_argument("--out", metavar="FILE", required=True, help="CSV, Parquet, GeoParquet, GPKG or XLSX, by suffix")
    _json_option(free)

    explain = _call(calls, "explain", commands.explain, "why one parcel is what it is")
    _scenario_options(explain, parcel=True)
    _json_option(explain)

    insight = _call(calls, "insight", commands.insight, "one row per rule: what it covers and what it alone holds")
    _scenario_options(insight)
    insight.add_argument("--out", metavar="FILE", required=True, help="CSV, Parquet, GPKG or XLSX, by suffix")
    _json_option(insight)

    check = _call(calls, "check", commands.check, "validate an area folder or one data file")
    check.add_argument("path", metavar="PATH")
    check.add_argument("--crs", metavar="CRS", help="where the coordinates of one data file lie, such as EPSG:28992")
    _json_option(check)

    _fetch_call(calls)

    area = calls.add_parser("area", help="make or refresh the folder of a municipality")
    new = _call(
        area.add_subparsers(title="commands", required=True, metavar="COMMAND"),
        "new",
        area_new.area_new,
        "boundary, parcels and every rule with a confirmed service; again: refresh them",
    )
    new.add_argument("folder", metavar="FOLDER", help="a new folder, or one that this command made")
    new.add_argument("--municipality", metavar="NAME", required=True, help="its official name")
    _json_option(new)

    listed = _call(calls, "sources", sources.sources, "the services that the catalogue names")
    listed.add_argument("--live", action="store_true", help="ask each whether it answers today")
    _json_option(listed)

    register.add_calls(calls)
    return parser


def _fetch_call(calls: argparse._SubParsersAction) -> None:
    call = _call(calls, "fetch", fetch.fetch, "download a layer of a data service into AREA/sources")
    call.add_argument("area", metavar="AREA", help="area folder")
    call.add_argument("--source", metavar="URL", required=True, help="address of the service or the file")
    call.add_argument("--collection", metavar="NAME", help="collection, feature type or layer")
    call.add_argument("--as", dest="layer_id", metavar="ID", required=True, help="name of the layer in the area")
    call.add_argument("--bbox", metavar="L,B,R,T", help="left,bottom,right,top in the area's CRS (default: everything)")
    call.add_argument("--kind", choices=KINDS, help="kind of service, when its address does not tell")
    _json_option(call)


def _call(calls: argparse._SubParsersAction, name: str, run: commands.Command, text: str) -> argparse.ArgumentParser:
    parser = calls.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _scenario_options(parser: argparse.ArgumentParser, *, parcel: bool = False) -> None:
    parser.add_argument("area", metavar="AREA", help="area folder")
    if parcel:
        parser.add_argument("parcel_id", metavar="PARCEL_ID")
    parser.add_argument("--use", metavar="USE", help="what for; 'all' counts every rule")
    parser.add_argument("--state", metavar="ID=STATE", action="append", default=[], help="a rule in another state")
    parser.add_argument("--scenario", metavar="FILE", help="scenario as TOML; --state and --use win over it")


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="result on stdout as JSON, for machines")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)
