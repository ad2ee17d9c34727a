"""Where the register of an area is, and how it comes to be: ``AREA/register.gpkg``, or the database of a URL."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path

from planlib.errors import NotWritableError
from planlib.model.register import Entity
from planlib.store.geopackage import geopackage_engine
from planlib.store.log import Action
from planlib.store.postgis import postgis_engine
from planlib.store.register import Register
from planlib.store.seed import SEED_FILE, read_seed
from planlib.store.writing import Writing

URL_VARIABLE = "PLANLIB_STORE_URL"
REGISTER_FILE = "register.gpkg"


def open_register(area_folder: Path | str, *, to_write: bool = False) -> Register:
    """Return the register of an area.

    It is made at the first writing, filled once from the area's seed. Until then whoever reads gets the seed, from a
    copy that is thrown away; so reading leaves no file in the folder.

    Raises
    ------
    NotWritableError
        It is to be made here, and the folder cannot be written.
    StoreError
        The seed is not sound, or the register was made by a newer planlib or cannot be opened.
    """
    folder = Path(area_folder).resolve()
    url = os.environ.get(URL_VARIABLE)
    if url:
        engine = postgis_engine(url, area=folder.name)
        return _prepared(
            Register(engine, name=engine.url.render_as_string(hide_password=True)), lambda: read_seed(folder)
        )
    file = folder / REGISTER_FILE
    why_not = None if _is_writable(file) else _not_writable(folder)
    if file.exists():
        engine = geopackage_engine(file, read_only=why_not is not None)
        return _prepared(Register(engine, name=str(file), why_not=why_not), lambda: read_seed(folder))
    if to_write and why_not is not None:
        raise why_not
    # Read before anything is made, so that a seed that is not sound leaves no empty register behind.
    seed = read_seed(folder)
    if to_write:
        return _prepared(Register(geopackage_engine(file), name=str(file)), lambda: seed)
    return _throw_away(seed, name=str(folder / SEED_FILE), why_not=why_not)


def register_stamp(area_folder: Path | str) -> str:
    """Return a text that differs when another register must be opened: made meanwhile, put back, or another seed."""
    folder = Path(area_folder).resolve()
    if os.environ.get(URL_VARIABLE):
        return "database"
    file, seed = folder / REGISTER_FILE, folder / SEED_FILE
    if file.exists():
        return f"file {file.stat().st_ino}"
    return f"seed {seed.stat().st_mtime_ns if seed.exists() else 0}"


def _throw_away(seed: Sequence[Entity], *, name: str, why_not: NotWritableError | None) -> Register:
    place = tempfile.mkdtemp(prefix="planlib-register-")
    register = Register(geopackage_engine(Path(place) / REGISTER_FILE), name=name)
    weakref.finalize(register, shutil.rmtree, place, ignore_errors=True)
    _prepared(register, lambda: seed)
    register.why_not = why_not or NotWritableError("This register was opened to read; open it to write.")
    return register


def _prepared(register: Register, seed: Callable[[], Sequence[Entity]]) -> Register:
    def fill(writing: Writing) -> None:
        for entity in seed():
            writing.put(entity, base=0, action=Action.SEEDED)

    try:
        register.prepare(fill)
    except BaseException:
        register.close()
        raise
    return register


def _is_writable(file: Path) -> bool:
    return os.access(file.parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


def _not_writable(folder: Path) -> NotWritableError:
    return NotWritableError(
        "The folder {folder} cannot be written, so its register can be read but not changed.", folder=folder
    )
