"""One layer from a service into ``AREA/sources``: page by page, gone on with after a break, whole or not at all."""

from __future__ import annotations

import getpass
import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from filelock import FileLock
from filelock import Timeout as LockTimeout

from planlib.area import AREA_FILE
from planlib.crs import parse_crs, require_metric, same_crs, transform
from planlib.errors import BrokenOffError, SourceError
from planlib.sources.difference import Difference, difference
from planlib.sources.files import DataFile
from planlib.sources.http import Http
from planlib.sources.kinds import open_collection
from planlib.sources.ogcapi import bounds_in
from planlib.sources.pages import Bounds, Connector, NotChangedError, Page, Query
from planlib.sources.sidecar import (
    FOLDER,
    Provenance,
    coverage_file,
    layer_file,
    read_provenance,
    write_coverage,
    write_provenance,
)
from planlib.sources.spool import Spool, Tally

Progress = Callable[[str, int, int], None]
#: Stands for "nothing came in yet".
_START = object()
#: A page of this many features of which none is new is no overlap of two tiles.
_FULL = 1000
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A layer that stands in ``AREA/sources`` now; ``changed`` says whether its rows differ from what stood there.

    ``difference`` counts how; None when nothing stood there.
    """

    about: Provenance
    path: Path
    coverage: Path
    changed: bool
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be fetched: a collection at an address, for an area in ``crs``, all of it or within ``bbox``.

    ``within`` keeps only features that have a point on their surface inside it (in ``crs``), ``kind`` the kind of
    service when its address does not tell.
    """

    url: str
    collection: str | None
    crs: str
    bbox: Bounds | None = None
    kind: str | None = None
    within: shapely.Geometry | None = None


def fetch_layer(
    area_folder: Path, layer_id: str, wanted: Wanted, *, http: Http | None = None, progress: Progress | None = None
) -> Fetched:
    """Fetch a layer into ``AREA/sources`` as GeoParquet, with its provenance and its coverage beside it.

    Parameters
    ----------
    area_folder, layer_id
        The folder of the area, and the name of the layer in it.
    http
        Asks; by default one that may ask the host of ``wanted.url`` alone.
    progress
        Called with "features", how many came in and how many there are.

    Raises
    ------
    BrokenOffError
        The service cannot be reached or broke off: what stood there stays, and the next call goes on where it stopped.
    SourceError
        The service refuses, answers something else than was asked, or gives fewer rows than it promised: what stood
        there stays.
    """
    if not _ID.fullmatch(layer_id):
        raise SourceError("{id!r} cannot name a layer; use small letters, digits, _ and -.", id=layer_id)
    require_metric(wanted.crs, file=str(area_folder / AREA_FILE))
    _need_bounds(wanted)
    if http is None:
        with Http(wanted.url) as own:
            return fetch_layer(area_folder, layer_id, wanted, http=own, progress=progress)
    before = read_provenance(area_folder, layer_id)
    if before is not None and _sha256(layer_file(area_folder, layer_id)) != before.sha256:
        # Somebody else's file, or a spoilt one: nothing is known of it, so it is no copy to keep.
        before = None
    known = _conditions(before, wanted)
    query = Query(wanted.url, wanted.collection, wanted.crs, wanted.bbox, known)
    connector = open_collection(http, query, kind=wanted.kind)
    with _locked(area_folder, layer_id) as folder:
        spool = Spool(folder, _request(wanted, layer_id))
        try:
            changed_at = _collect(spool, connector, wanted, progress)
            return _finish(area_folder, layer_id, spool, connector, wanted, before, changed_at)
        except NotChangedError:
            spool.drop()
            if before is None:
                raise SourceError("{url} says that nothing changed, and there is no copy.", url=wanted.url) from None
            about = replace(before, retrieved_at=_now())
            write_provenance(area_folder, about)
            target, coverage = layer_file(area_folder, layer_id), coverage_file(area_folder, layer_id)
            return Fetched(about, target, coverage, changed=False, difference=Difference(0, 0, 0))
        except BrokenOffError:
            spool.close()
            raise
        except SourceError:
            spool.drop()
            raise
        finally:
            spool.close()


def _collect(spool: Spool, connector: Connector, wanted: Wanted, progress: Progress | None) -> str | None:
    """Add pages until there are no more; return when the service says that the data changed last."""
    if isinstance(connector, DataFile):
        connector.folder = spool.folder
        connector.progress = lambda done, of: progress("bytes", done, of) if progress else None
    cursor = spool.cursor(first=_START)
    cursor = connector.first() if cursor is _START else cursor
    seen, modified = spool.tally().seen, None
    while cursor is not None:
        page = connector.page(cursor)
        modified = page.modified or modified
        fresh = spool.add(page, _inside(page, wanted))
        if len(page.ids) >= _FULL and not fresh and page.next is not None:
            raise SourceError("{url} gives the same features again and again.", url=connector.url)
        seen += fresh
        if progress:
            progress("features", seen, max(seen, page.matched or 0))
        cursor = page.next
    return modified


def _finish(
    area_folder: Path,
    layer_id: str,
    spool: Spool,
    connector: Connector,
    wanted: Wanted,
    before: Provenance | None,
    changed_at: str | None,
) -> Fetched:
    """Check that all came in, and put it where the last good copy stood."""
    tally = spool.tally()
    _need_all(tally, connector)
    if before is not None and before.count and not tally.kept and _asked_alike(before, wanted):
        # No answer may set land free by being empty: that is for a person to say.
        raise SourceError(
            "{url} gave {count} features before and gives none now; the copy that stood there stays. "
            "Remove {path} when there are none indeed.",
            url=connector.url,
            count=before.count,
            path=layer_file(area_folder, layer_id),
        )
    target = layer_file(area_folder, layer_id)
    made = target.with_name(f".{target.name}.new")
    spool.write_parquet(made)
    sha256 = str(_sha256(made))
    about = Provenance(
        id=layer_id,
        url=wanted.url,
        collection=wanted.collection or "",
        kind=connector.kind,
        title=connector.title,
        licence=connector.licence or "not stated",
        retrieved_at=_now(),
        count=tally.kept,
        shapeless=tally.shapeless,
        crs=tally.crs,
        bbox=wanted.bbox,
        coverage=_coverage(connector, wanted),
        coverage_crs=wanted.crs,
        sha256=sha256,
        matched=tally.matched,
        # The tag of one page says nothing of the others.
        etag=tally.etag if tally.pages == 1 or isinstance(connector, DataFile) else None,
        modified=changed_at,
    )
    coverage = coverage_file(area_folder, layer_id)
    if (
        before is None
        or not coverage.exists()
        or before.coverage != about.coverage
        or before.coverage_crs != wanted.crs
    ):
        write_coverage(area_folder, layer_id, about.coverage, wanted.crs)
    changed = before is None or before.sha256 != sha256
    differs = None if before is None else difference(target, made) if changed else Difference(0, 0, 0)
    if changed:
        made.replace(target)
    else:
        # The same rows: the file that stands there keeps its time, and nothing is built again.
        made.unlink()
    write_provenance(area_folder, about)
    spool.drop()
    return Fetched(about, target, coverage, changed, differs)


def _need_all(tally: Tally, connector: Connector) -> None:
    if tally.matched is not None and tally.seen < tally.matched:
        raise SourceError(
            "{url} promised {promised} features and gave {came}; the copy that stood there stays.",
            url=connector.url,
            promised=tally.matched,
            came=tally.seen,
        )


def _inside(page: Page, wanted: Wanted) -> np.ndarray | None:
    """Return of each feature of a page whether it has a point on its surface in ``wanted.within``, None without it."""
    if wanted.within is None:
        return None
    shapes = page.geometry
    if not same_crs(parse_crs(page.crs), parse_crs(wanted.crs)):
        shapes = transform(shapes, source=page.crs, target=wanted.crs)
    shapely.prepare(wanted.within)
    inside = shapely.intersects(wanted.within, shapes)
    # A shape that is broken has no sound inner point; it is kept, for the reader to repair and report.
    sound = inside & shapely.is_valid(shapes)
    inside[sound] = shapely.contains(wanted.within, shapely.point_on_surface(shapes[sound]))
    return inside


def _coverage(connector: Connector, wanted: Wanted) -> Bounds:
    """Return where the layer was asked for: the bounds, or all that the service says it covers."""
    if wanted.bbox is not None:
        return wanted.bbox
    area_of_use = parse_crs(wanted.crs).area_of_use
    reach = area_of_use.bounds if area_of_use else (-180.0, -90.0, 180.0, 90.0)
    stated = connector.extent or reach
    left, bottom = max(stated[0], reach[0]), max(stated[1], reach[1])
    right, top = min(stated[2], reach[2]), min(stated[3], reach[3])
    if left >= right or bottom >= top:
        raise SourceError("{url} says that it covers no part of the area of {crs}.", url=wanted.url, crs=wanted.crs)
    return bounds_in((left, bottom, right, top), "OGC:CRS84", wanted.crs)


def _conditions(before: Provenance | None, wanted: Wanted) -> dict[str, str]:
    """Return the headers that ask for the data only when it changed, for the very same question."""
    if before is None or wanted.within is not None:
        return {}
    if not _asked_alike(before, wanted):
        return {}
    headers = {"If-None-Match": before.etag, "If-Modified-Since": before.modified}
    return {name: value for name, value in headers.items() if value}


def _asked_alike(before: Provenance, wanted: Wanted) -> bool:
    """Whether the copy at hand is the answer to the same question."""
    asked = (before.url, before.collection, before.coverage_crs, before.bbox)
    return asked == (wanted.url, wanted.collection or "", wanted.crs, wanted.bbox)


def _request(wanted: Wanted, layer_id: str) -> dict[str, object]:
    within = None if wanted.within is None else hashlib.sha256(shapely.to_wkb(wanted.within)).hexdigest()
    return {
        "id": layer_id,
        **{name: getattr(wanted, name) for name in ("url", "collection", "crs", "bbox", "kind")},
        "within": within,
    }


def _need_bounds(wanted: Wanted) -> None:
    if wanted.bbox is not None:
        left, bottom, right, top = wanted.bbox
        if not (np.isfinite(wanted.bbox).all() and left < right and bottom < top):
            raise SourceError(
                "The bounds {bounds} must be left,bottom,right,top in {crs}, in metres.",
                bounds=",".join(f"{value:g}" for value in wanted.bbox),
                crs=wanted.crs,
            )


@contextmanager
def _locked(area_folder: Path, layer_id: str) -> Iterator[Path]:
    """Yield the folder for the pages of a layer, held by this process alone."""
    home = area_folder / FOLDER
    try:
        home.mkdir(exist_ok=True)
    except OSError as problem:
        raise SourceError("The folder {home} cannot be made: {problem}.", home=home, problem=problem) from problem
    # Not in the area's folder: a lock leaves its file behind.
    name = hashlib.sha256(str(home.resolve() / layer_id).encode()).hexdigest()[:32]
    lock = FileLock(Path(tempfile.gettempdir()) / f"planlib-{getpass.getuser()}-{name}.lock", timeout=0)
    try:
        with lock:
            yield home / f".{layer_id}.pages"
    except LockTimeout:
        raise SourceError("{id} is being fetched by another process; wait for it.", id=layer_id) from None
    finally:
        if not any(home.iterdir()):
            home.rmdir()


def _sha256(path: Path) -> str | None:
    """Return the hash of a file, None when there is none."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
