"""What is refused before a file is opened at all: by its name, its size, its first bytes, and what its zip holds."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from planlib.errors import LayerError

#: An upload at most, and a zip unpacked at most: a municipality's parcels are a tenth of it.
MOST_BYTES = 200_000_000
_MOST_UNPACKED = 1_500_000_000
_MOST_MEMBERS = 200
#: A text of shapes packs to a tenth or a twentieth; far beyond that somebody wants to fill the memory.
_MOST_RATIO = 200
_SUFFIXES = (".gpkg", ".zip", ".geojson", ".json", ".gml", ".fgb", ".parquet", ".geoparquet", ".csv")


def check_name(name: str) -> str:
    """Return the last part of a file's name when it is of a kind we read.

    Raises
    ------
    LayerError
        It is of another kind.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    if not last or PurePosixPath(last).suffix.lower() not in _SUFFIXES:
        raise LayerError(
            "{name}: files of this kind are not read; give one of {known}.",
            name=last or "-",
            known=", ".join(_SUFFIXES),
        )
    return last


def check_bytes(path: Path) -> None:
    """Refuse a file that is too large, a zip that unpacks to too much or reaches outside itself, and XML with entities.

    Raises
    ------
    LayerError
        What is wrong with it, and what to do.
    """
    size = path.stat().st_size
    if size == 0:
        raise LayerError("{name} is empty.", name=path.name)
    if size > MOST_BYTES:
        raise LayerError(
            "{name} is {size} MB; files of up to {most} MB are taken. Cut it to the area first.",
            name=path.name,
            size=size // 1_000_000,
            most=MOST_BYTES // 1_000_000,
        )
    if path.suffix.lower() == ".zip":
        _check_zip(path)
    elif path.suffix.lower() == ".gml":
        _check_xml(path)


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as problem:
        raise LayerError("{name} is not a readable zip file: {problem}.", name=path.name, problem=problem) from problem
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, 50_000):
        raise LayerError("{name} unpacks to far more than a map layer holds; it is not opened.", name=path.name)
    for member in members:
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        link = stat.S_ISLNK(member.external_attr >> 16)
        if inner.is_absolute() or ".." in inner.parts or link or ":" in member.filename:
            raise LayerError("{name} holds a file that points outside it; it is not opened.", name=path.name)


def _check_xml(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(65_536)
    if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper():
        raise LayerError("{name} declares entities of its own; export it as plain GML.", name=path.name)
