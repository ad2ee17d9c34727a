"""What is known of a layer that was fetched, beside it as TOML, and where it was asked for, as a coverage file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import shapely
import tomlkit

from planlib.errors import SourceError
from planlib.sources.pages import Bounds

FOLDER = "sources"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a layer comes from.

    ``coverage`` is where it was asked for, as bounds in ``coverage_crs``, the area's CRS; it is ``bbox`` when bounds
    were given, else all that the service covers. ``crs`` is the one it is kept in, ``count`` its rows, of which
    ``shapeless`` have no shape, ``sha256`` the hash of its file.
    """

    id: str
    url: str
    collection: str
    kind: str
    title: str
    licence: str
    retrieved_at: datetime
    count: int
    shapeless: int
    crs: str
    coverage: Bounds
    coverage_crs: str
    sha256: str
    bbox: Bounds | None = None
    matched: int | None = None
    etag: str | None = None
    modified: str | None = None


def layer_file(area_folder: Path, layer_id: str) -> Path:
    """Return where a fetched layer stands."""
    return area_folder / FOLDER / f"{layer_id}.parquet"


def coverage_file(area_folder: Path, layer_id: str) -> Path:
    """Return where the coverage of a fetched layer stands."""
    return area_folder / FOLDER / f"{layer_id}-coverage.gpkg"


def sidecar_file(area_folder: Path, layer_id: str) -> Path:
    """Return where the provenance of a fetched layer stands."""
    return area_folder / FOLDER / f"{layer_id}.source.toml"


def read_provenance(area_folder: Path, layer_id: str) -> Provenance | None:
    """Return where a fetched layer comes from, None when it was never fetched.

    Raises
    ------
    SourceError
        What stands beside the layer cannot be read.
    """
    path = sidecar_file(area_folder, layer_id)
    if not path.exists():
        return None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        data |= {name: tuple(data[name]) for name in ("coverage", "bbox") if name in data}
        return Provenance(**data)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, KeyError) as problem:
        raise SourceError(
            "{path} cannot be read ({problem}); remove it and fetch the layer again.", path=path, problem=problem
        ) from problem


def provenances_of(path: Path) -> tuple[Provenance, ...]:
    """Return where a layer file comes from: its own provenance, or that of each layer it was put together from.

    Empty for a file that was not fetched, and for one whose provenance cannot be read: then nothing is known of it.
    """
    if path.parent.name != FOLDER or path.suffix != ".parquet":
        return ()
    area_folder = path.parent.parent
    parts = sorted(path.parent.glob(f"{path.stem}-[0-9]*.source.toml"))
    names = [path.stem, *(part.name.removesuffix(".source.toml") for part in parts)]
    found = []
    for name in names:
        about = _known(area_folder, name, _stamp(sidecar_file(area_folder, name)))
        if about is not None:
            found.append(about)
            if name == path.stem:
                break
    return tuple(found)


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=512)
def _known(area_folder: Path, layer_id: str, _: int) -> Provenance | None:
    """Return a provenance as it stood at a time, None when it cannot be read: a screen asks for it at every click."""
    try:
        return read_provenance(area_folder, layer_id)
    except SourceError:
        return None


def write_provenance(area_folder: Path, about: Provenance) -> None:
    """Write where a layer comes from, whole or not at all."""
    path = sidecar_file(area_folder, about.id)
    data: dict[str, Any] = {
        name: value for name in Provenance.__dataclass_fields__ if (value := getattr(about, name)) is not None
    }
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(tomlkit.dumps(data), encoding="utf-8")
    temporary.replace(path)


def write_coverage(area_folder: Path, layer_id: str, bounds: Bounds, crs: str) -> None:
    """Write where a layer was asked for as one polygon in the area's CRS, whole or not at all."""
    path = coverage_file(area_folder, layer_id)
    temporary = path.with_name(f".{layer_id}-coverage-new.gpkg")
    frame = geopandas.GeoDataFrame({"id": [layer_id]}, geometry=[shapely.box(*bounds)], crs=crs)
    temporary.unlink(missing_ok=True)
    frame.to_file(temporary, layer="coverage", driver="GPKG")
    temporary.replace(path)
