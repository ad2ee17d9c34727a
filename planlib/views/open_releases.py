"""The releases a process has open, shared by its pages and routes.

A release is opened once and then only read. The newest two of each area stay open: the one in use, and the one before
it, whose map a browser may still show.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from pathlib import Path

from planlib.errors import ReleaseError
from planlib.release import Release, build_folder, current_release_id, open_release

#: Releases that stay open in one process.
_OPEN = 6
_ID = re.compile(r"[0-9a-f]{8,64}")


class OpenReleases:
    """Releases by area folder and by id; safe for threads."""

    def __init__(self, *, limit: int = _OPEN) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[Path, str], Release] = OrderedDict()
        self._homes: dict[Path, None] = {}

    def current(self, area_folder: Path | str) -> Release:
        """Return the release in use of an area, opened if it was not; a build that finished since is picked up.

        Raises
        ------
        ReleaseError
            The area was never built, or its release cannot be read.
        """
        home = build_folder(area_folder)
        with self._lock:
            self._homes[home] = None
            release_id = current_release_id(area_folder)
            if release_id is None:
                return open_release(area_folder)
            return self._get(home, release_id)

    def by_id(self, release_id: str) -> Release | None:
        """Return a release of an area that was asked for before, None when there is no such release (any more)."""
        if not _ID.fullmatch(release_id):
            return None
        with self._lock:
            for home in self._homes:
                if (home, release_id) in self._open or (home / "releases" / f"{release_id}.json").exists():
                    try:
                        return self._get(home, release_id)
                    except ReleaseError:
                        # Dropped by a build in between: its address is as gone as that of one that never was.
                        return None
        return None

    def _get(self, home: Path, release_id: str) -> Release:
        key = home, release_id
        if key not in self._open:
            self._open[key] = Release(home, release_id)
        self._open.move_to_end(key)
        while len(self._open) > self._limit:
            self._open.popitem(last=False)
        return self._open[key]


_RELEASES = OpenReleases()


def current_release(area_folder: Path | str) -> Release:
    """Return the release in use of an area; see :meth:`OpenReleases.current`."""
    return _RELEASES.current(area_folder)


def release_by_id(release_id: str) -> Release | None:
    """Return a release by its id; see :meth:`OpenReleases.by_id`."""
    return _RELEASES.by_id(release_id)
