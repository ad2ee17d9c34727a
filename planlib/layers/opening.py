"""From a path to a name that GDAL may open: a file of a kind we take, and never another file that it points to.

GDAL finds out by itself what a file is, and some of the things it knows are recipes that make it read other files (OGR
VRT, GDALG) or ask a server. So a file is looked at first, and is handed over under a name that leaves no choice.
"""

from __future__ import annotations

import codecs
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import quote

from pyogrio.util import vsi_path

from planlib.errors import LayerError, reason_of

#: Suffix -> what the first bytes of such a file must be (None: text formats, checked by their parser).
FORMATS: dict[str, bytes | None] = {
    ".gpkg": b"SQLite format 3\x00",
    ".parquet": b"PAR1",
    ".geoparquet": b"PAR1",
    ".geojson": None,
    ".json": None,
    ".zip": b"PK\x03\x04",
    ".fgb": b"fgb\x03fgb",
    ".gml": None,
    ".csv": None,
}
PARQUET = (".parquet", ".geoparquet")
GEOJSON = (".geojson", ".json")
CSV = ".csv"
GML = ".gml"
#: The driver that must have read a file of each kind.
DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".zip": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".gml": "GML",
}
#: Parts of a Shapefile: those it cannot do without, and those that say how to read it.
_NEEDED_PARTS = (".shp", ".shx", ".dbf")
_OTHER_PARTS = (".prj", ".cpg")
_SHAPEFILE_MAGIC = b"\x00\x00\x27\x0a"
#: How the recipes that GDAL follows begin: <OGRVRTDataSource>, <OGRWFSDataSource>; <ogr:FeatureCollection> is data.
_RECIPE = re.compile(rb"<ogr\w")
_CURVES = re.compile(rb"<(?:\w+:)?(?:Arc|Circle)\w*[\s>]")
#: What declares entities of its own, and may so reach for other files or grow without end.
_ENTITIES = re.compile(rb"<!doctype|<!entity")
#: A zip that is damaged, locked or packed in a way nobody knows.
_ZIP_PROBLEMS = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)


def check_file(path: Path) -> None:
    """Refuse a file that is missing, empty, or of another kind than its name says."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise LayerError(
            "{path}: files of kind {suffix!r} are not read; use one of {known}.",
            path=path,
            suffix=suffix,
            known=", ".join(FORMATS),
        )
    try:
        if not path.is_file():
            raise LayerError("The file {path} does not exist.", path=path)
        with path.open("rb") as stream:
            head = stream.read(4096)
            magic = FORMATS[suffix]
            right = _is_text_of(suffix, stream) if magic is None else _starts_with(magic, head)
    except OSError as problem:
        raise LayerError(
            "The file {path} cannot be read: {problem}.", path=path, problem=problem.strerror or problem
        ) from problem
    if not head:
        raise LayerError("The file {path} is empty.", path=path)
    if not right:
        raise LayerError("{path} is not a {suffix} file, whatever its name says.", path=path, suffix=suffix)


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files that together hold what is read from ``path``: it, and what stands beside it.

    A GeoPackage that somebody is working in keeps the last changes in a file ending in ``-wal``; what the columns of a
    GML file are stands in its ``.xsd``.
    """
    beside = {".gpkg": path.with_name(path.name + "-wal"), ".gml": path.with_suffix(".xsd")}.get(path.suffix.lower())
    if beside is None or not beside.is_file() or not beside.stat().st_size:
        return (path,)
    return path, beside


def is_plain_name(path: Path) -> bool:
    """Whether pyogrio takes a path for what it is: to it "!" is the door of an archive, and ";" ends a name."""
    return vsi_path(str(path)) == str(path)


@contextmanager
def opened(path: Path, layer: str | None = None) -> Iterator[str]:
    """Yield the name under which GDAL reads a checked file, for as long as the context lasts.

    Parameters
    ----------
    layer
        Which Shapefile of a zip, by its name in :func:`shapefiles_in`; no other format needs it.
    """
    suffix = path.suffix.lower()
    whole = path.absolute()
    if suffix in GEOJSON:
        yield f"GeoJSON:{whole}"
    elif suffix == ".fgb":
        # Not by its plain name, in which pyogrio may see more than a name.
        yield f"/vsisubfile/0,{whole}"
    elif suffix == ".zip":
        yield f"/vsizip/{{{whole}}}/{_checked_shapefile(path, layer or '')}"
    elif suffix == ".gpkg" and is_plain_name(whole) and len(files_of(whole)) == 1:
        yield str(whole)
    else:
        with tempfile.TemporaryDirectory(prefix="planlib-") as folder:
            _gather(files_of(whole), Path(folder))
            yield str(Path(folder) / f"data{suffix}")


def shapefiles_in(path: Path) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return the Shapefiles in a zip, in whatever folder: name -> suffix -> part.

    A Shapefile is named after its ``.shp``, with its folders when two would have the same name.

    Raises
    ------
    LayerError
        The zip cannot be read, or two files in it have one name.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (OSError, *_ZIP_PROBLEMS) as problem:
        raise LayerError("{path} cannot be opened: {problem}.", path=path, problem=reason_of(problem)) from problem
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        # Which of them another reader would take is anybody's guess.
        raise LayerError("{path} holds two files of one name; zip it again.", path=path)
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        name = PurePosixPath(member.filename)
        # What a Mac adds to every zip is not what was put in it.
        if name.suffix.lower() in (*_NEEDED_PARTS, *_OTHER_PARTS) and not name.name.startswith("._"):
            found.setdefault(str(name.with_suffix("")).casefold(), {})[name.suffix.lower()] = member
    whole = {parts[".shp"].filename[:-4]: parts for parts in found.values() if ".shp" in parts}
    plain = [PurePosixPath(name).name for name in whole]
    return {short if plain.count(short) == 1 else name: whole[name] for name, short in zip(whole, plain, strict=True)}


def letters_of(path: Path, layer: str) -> str | None:
    """Return how the texts of a Shapefile are written when it does not say so itself; None when it does, or needs not.

    Bytes that are no UTF-8 are from Windows: the mark in the table itself is set wrong too often to go by.
    """
    if path.suffix.lower() != ".zip":
        return None
    parts = shapefiles_in(path)[layer]
    if ".cpg" in parts or ".dbf" not in parts:
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with zipfile.ZipFile(path) as archive, archive.open(parts[".dbf"]) as stream:
            head = stream.read(32)
            stream.read(max(int.from_bytes(head[8:10], "little") - 32, 0))
            plain = True
            while block := stream.read(1 << 20):
                plain = plain and block.isascii()
                decoder.decode(block)
    except UnicodeDecodeError:
        return "CP1252"
    except (OSError, *_ZIP_PROBLEMS):
        # Who reads it next says what is wrong with it.
        return None
    return None if plain else "UTF-8"


def tables_of(name: str) -> set[str]:
    """Return the names of the tables of a GeoPackage; a view may be a question that keeps its reader busy for days."""
    # Looking at a file that nobody is working in must leave nothing beside it.
    alone = "" if Path(f"{name}-wal").exists() else "&immutable=1"
    connection = sqlite3.connect(f"file:{quote(name)}?mode=ro{alone}", uri=True)
    try:
        return {row for (row,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def has_curves(path: Path) -> bool:
    """Whether a GML file holds arcs or circles."""
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            if _CURVES.search(tail + block):
                return True
            tail = block[-32:]
    return False


def _checked_shapefile(path: Path, layer: str) -> str:
    """Return the name of a Shapefile in its zip, whose parts are all there, whole, and what they are called."""
    parts = shapefiles_in(path)[layer]
    lacking = [suffix for suffix in _NEEDED_PARTS if suffix not in parts]
    if lacking:
        raise LayerError(
            "{path}: the Shapefile {layer} is not whole, its {parts} is missing; zip all its parts together.",
            path=path,
            layer=layer,
            parts=" and ".join(lacking),
        )
    starts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for suffix, member in parts.items():
                with archive.open(member) as stream:
                    starts[suffix] = stream.read(len(_SHAPEFILE_MAGIC))
                    # Read to its end a damaged part is found out.
                    while stream.read(1 << 20):
                        pass
    except (OSError, *_ZIP_PROBLEMS) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=reason_of(problem)) from problem
    if starts[".shp"] != _SHAPEFILE_MAGIC:
        raise LayerError("{path}: {layer}.shp is no Shapefile, whatever its name says.", path=path, layer=layer)
    return parts[".shp"].filename


def _gather(parts: tuple[Path, ...], folder: Path) -> None:
    """Put the files that belong together in ``folder`` as ``data`` with their suffixes.

    Links will do, since GDAL leaves its notes on a GML file beside the link. But SQLite follows a link, and who reads a
    GeoPackage with changes beside it may end up writing them into it; that is for the program it is open in.
    """
    is_open = any(part.name.endswith("-wal") for part in parts)
    for part in parts:
        target = folder / f"data{part.suffix.lower()}"
        if is_open or not _linked(part, target):
            shutil.copyfile(part, target)


def _linked(source: Path, target: Path) -> bool:
    try:
        target.symlink_to(source)
    except OSError:
        # Not everybody on Windows may make links.
        return False
    return True


def _starts_with(magic: bytes, head: bytes) -> bool:
    # A byte of zero ends what GDAL takes for text, so no recipe hides behind a start that holds one.
    return head.startswith(magic) and (b"\x00" in magic or not _RECIPE.search(head.lower()))


def _is_text_of(suffix: str, stream: BinaryIO) -> bool:
    """Whether a text file starts as its suffix says and, where GDAL has a choice, is no recipe to open other files."""
    stream.seek(0)
    if suffix == CSV:
        # Any text may be a table; what is in it is read as one, by no driver that has a choice.
        return b"\x00" not in stream.read(1 << 20)
    start, tail = b"", b""
    while block := stream.read(1 << 20):
        start = start or block.lstrip(b"\xef\xbb\xbf \t\r\n\x00\xfe\xff")[:1]
        if suffix in GEOJSON and start:
            return start == b"{"
        # Two bytes to a letter hide nothing.
        seen = (tail + block).replace(b"\x00", b"").lower()
        if _RECIPE.search(seen):
            return False
        if _ENTITIES.search(seen):
            raise LayerError(
                "{name} declares entities of its own; export it as plain GML.", name=Path(stream.name).name
            )
        tail = block[-16:]
    return start == b"<"
