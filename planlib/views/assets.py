"""The scripts and styles that the map loads: which files they are, and the address of each.

An address holds a hash of the file, so browsers may keep what they fetched for ever. Only files named here are served.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from planlib.errors import OutputError

_WEB = Path(__file__).resolve().parent.parent / "web"
_MODULES = _WEB / "vendor" / "node_modules"
#: Folder of an address -> name -> file.
FILES: dict[str, dict[str, Path]] = {
    "vendor": {
        "leaflet.js": _MODULES / "leaflet" / "dist" / "leaflet.js",
        "leaflet.css": _MODULES / "leaflet" / "dist" / "leaflet.css",
        "draw.js": _MODULES / "leaflet-draw" / "dist" / "leaflet.draw.js",
        "markercluster.js": _MODULES / "leaflet.markercluster" / "dist" / "leaflet.markercluster.js",
    },
    "assets": {
        # The print view has the looks of the pages.
        "style.css": _WEB.parent / "ui" / "style.css",
    }
    | {
        name: _WEB / "assets" / name
        for name in (
            "planlib-mvt.js",
            "planlib-tiles.js",
            "planlib-labels.js",
            "planlib-pins.js",
            "planlib-draw.js",
            "planlib.js",
            "planlib.css",
            "print.css",
        )
    },
}
#: What the map needs, in the order it must be loaded.
SCRIPTS = (
    ("vendor", "leaflet.js"),
    ("vendor", "markercluster.js"),
    ("vendor", "draw.js"),
    ("assets", "planlib-mvt.js"),
    ("assets", "planlib-tiles.js"),
    ("assets", "planlib-labels.js"),
    ("assets", "planlib-pins.js"),
    ("assets", "planlib-draw.js"),
    ("assets", "planlib.js"),
)
#: What the print view needs.
PRINT_STYLES = (("assets", "style.css"), ("assets", "print.css"))
STYLES = (("vendor", "leaflet.css"), ("assets", "planlib.css"))


def address(folder: str, name: str) -> str:
    """Return the path at which the server offers a file.

    Raises
    ------
    OutputError
        The file is not on this machine: set-up did not run.
    """
    return f"/{folder}/{digest(FILES[folder][name])}/{name}"


def digest(path: Path) -> str:
    """Return a short hash of a file, computed again when the file changed."""
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError as problem:
        raise OutputError("The browser library {path} is missing; run: make setup", path=path) from problem


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
