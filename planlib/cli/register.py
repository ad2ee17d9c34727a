"""The register on the command line: add an entry, send it out and take it in, look whether it holds, keep a copy."""

from __future__ import annotations

import argparse
import getpass
import json
import math
import sys
import uuid
from dataclasses import asdict
from pathlib import Path

import shapely

from planlib.area import read_area
from planlib.crs import WGS84, transform_points
from planlib.errors import StoreError
from planlib.layers import read_parcels
from planlib.model import Area, Use
from planlib.model.register import Bronpunt, Initiative, InitiativeState, Place, Visibility
from planlib.store import (
    backup_register,
    export_register,
    import_register,
    open_register,
    restore_register,
)

#: An entry may stand on a road or in a canal between the parcels, and not in another village.
_NEAR_M = 500.0


def add_calls(calls: argparse._SubParsersAction) -> None:
    """Add ``register`` and what it can do to the command line."""
    text = "initiatives, bronpunten and players of an area"
    parts = calls.add_parser("register", help=text, description=text).add_subparsers(
        title="what", required=True, metavar="WHAT"
    )

    add = _call(parts, "add", _add, "write one entry; its uid alone on the last line")
    add.add_argument("--kind", required=True, choices=("initiative", "bronpunt"))
    add.add_argument("--title", required=True, metavar="T")
    add.add_argument("--at", required=True, metavar="X,Y", help="where it stands, in the CRS of the area")
    add.add_argument("--summary", default="", metavar="TEXT", help="in one sentence")
    add.add_argument("--use", type=Use, choices=list(Use), help="what for (initiative)")
    add.add_argument("--state", type=InitiativeState, choices=list(InitiativeState), help="how far (initiative)")
    add.add_argument("--initiator", metavar="WHO", help="who wants it (initiative)")
    add.add_argument(
        "--visibility", type=Visibility, choices=list(Visibility), default=Visibility.INTERNAL, help="who may see it"
    )
    add.add_argument("--uid", metavar="UID", help="a uid of your own, so that trying again does no harm")
    _who(add)

    export = _call(parts, "export", _export, "write the whole register to a file")
    export.add_argument("--out", metavar="FILE", required=True, help="GPKG or GeoJSON, by suffix")
    export.add_argument(
        "--visibility",
        type=Visibility,
        choices=list(Visibility),
        default=Visibility.INTERNAL,
        help="who it is for: 'public' leaves out what is internal or for a table (default: everything)",
    )

    taken = _call(parts, "import", _import, "take a file in; what it leaves out stays, doing it again changes nothing")
    taken.add_argument("file", metavar="FILE", help="GPKG or GeoJSON in the form of an export")
    taken.add_argument("--overwrite", action="store_true", help="let the file win where both were changed")
    _who(taken)

    verify = _call(parts, "verify", _verify, "look whether the log and the entries hold")
    verify.add_argument("--anchor", metavar="HASH", help="a head that was noted before and must still be in the log")

    backup = _call(parts, "backup", _backup, "write the register with its log to a GPKG, also while others write")
    backup.add_argument("--out", metavar="FILE", required=True)

    restore = _call(parts, "restore", _restore, "put the register back as a file holds it; the log goes on")
    restore.add_argument("file", metavar="FILE", help="a backup or an export of the whole register")
    _who(restore)


def _call(calls: argparse._SubParsersAction, name: str, run: object, text: str) -> argparse.ArgumentParser:
    parser = calls.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    parser.add_argument("area", metavar="AREA", help="area folder")
    parser.add_argument("--json", action="store_true", help="result on stdout as JSON, for machines")
    return parser


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", metavar="WHO", default=_user(), help="who does this, for the log (default: you)")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container without a user database.
        return "command line"


def _add(arguments: argparse.Namespace) -> int:
    """Write one entry, and print its uid alone on the last line."""
    area = read_area(arguments.area)
    uid = arguments.uid or str(uuid.uuid4())
    place = _place(arguments.at, area)
    told = {"uid": uid, "title": arguments.title, "place": place}
    told |= {"summary": arguments.summary, "visibility": arguments.visibility}
    own = {name: getattr(arguments, name) for name in ("use", "state", "initiator")}
    given = {name: value for name, value in own.items() if value is not None}
    if arguments.kind == "bronpunt" and given:
        raise StoreError("A bronpunt has no {name}; leave --{name} out.", name=next(iter(given)))
    entry = Bronpunt(**told) if arguments.kind == "bronpunt" else Initiative(**told, **given)
    with open_register(area.path, to_write=True) as register:
        stored = register.put(entry, by=arguments.by)
    if arguments.json:
        print(json.dumps({"uid": uid, "version": stored.version, "visibility": entry.visibility}))
    else:
        print(uid)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    """Write the register to a file."""
    out = Path(arguments.out)
    with open_register(read_area(arguments.area).path) as register:
        written = export_register(register, out, audience=arguments.visibility)
    if written.internal:
        print(f"{written.internal} of these are internal: not for the projector, not for the web.", file=sys.stderr)
    if arguments.json:
        print(json.dumps({"out": str(out), **asdict(written)}))
    else:
        print(f"{written.entities} entities in {out}")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    """Take a file in."""
    with open_register(read_area(arguments.area).path, to_write=True) as register:
        done = import_register(register, Path(arguments.file), by=arguments.by, overwrite=arguments.overwrite)
    return _tell(asdict(done), arguments)


def _verify(arguments: argparse.Namespace) -> int:
    """Say whether the register holds; the head is worth noting down somewhere else."""
    with open_register(read_area(arguments.area).path) as register:
        found = register.verify(anchor=arguments.anchor)
    breaches = [{"fault": breach.fault.name.lower(), "at": breach.at} for breach in found.breaches]
    if arguments.json:
        print(json.dumps({"holds": found.holds, **asdict(found.head), "breaches": breaches}))
    else:
        print(f"events {found.head.events}  head {found.head.hash}")
    for breach in found.breaches:
        print(f"planlib: {breach.fault}: {breach.at}.", file=sys.stderr)
    return 0 if found.holds else 2


def _backup(arguments: argparse.Namespace) -> int:
    """Write a copy of the register with its log."""
    out = Path(arguments.out)
    with open_register(read_area(arguments.area).path) as register:
        head = backup_register(register, out)
    if arguments.json:
        print(json.dumps({"out": str(out), **asdict(head)}))
    else:
        print(f"events {head.events}  head {head.hash}  in {out}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    """Put the register back as a file holds it."""
    with open_register(read_area(arguments.area).path, to_write=True) as register:
        done = restore_register(register, Path(arguments.file), by=arguments.by)
    return _tell(asdict(done), arguments)


def _tell(counts: dict[str, int], arguments: argparse.Namespace) -> int:
    if arguments.json:
        print(json.dumps(counts))
    else:
        print("  ".join(f"{name} {count}" for name, count in counts.items()))
    return 0


def _place(text: str, area: Area) -> Place:
    """Return where ``X,Y`` lies, in degrees; it must be at the area."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise StoreError(
            "--at {text!r} must be written as X,Y: two numbers in {crs}.", text=text, crs=area.crs
        ) from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise StoreError("--at {text!r} is no place: both numbers must be finite.", text=text)
    near = shapely.dwithin(read_parcels(area.parcels, crs=area.crs).geometry, shapely.Point(x, y), _NEAR_M)
    if not near.any():
        raise StoreError(
            "--at {text!r} lies outside {area}: no parcel is near it. It must be in {crs}.",
            text=text,
            area=area.title,
            crs=area.crs,
        )
    longitude, latitude = transform_points(x, y, source=area.crs, target=WGS84)
    return Place(float(longitude), float(latitude))
