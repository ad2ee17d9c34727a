"""What identifies the content of the files an area is made from, remembered so that nothing is read twice for it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from planlib.errors import BuildError, LayerError
from planlib.layers import check_file, files_of
from planlib.model import LayerSource
from planlib.overlay import files

#: Size, time of change, number on disk and time of the last change to any of these: a file with the same four is the
#: same file. A time alone can be set by whoever copies a file over another.
Identity = tuple[int, int, int, int]


class InputFiles:
    """Content hashes of input files; a file that is the same as it was is not read again.

    Parameters
    ----------
    memory
        The file with what was seen before; anything else that stands in it is ignored.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known = _remembered(memory)
        self._seen: dict[Path, tuple[Identity, str]] = {}
        self._named: set[Path] = set()

    def of(self, source: LayerSource) -> list[str | None]:
        """Return what identifies the rows of a source: hash of its content, layer and condition.

        Raises
        ------
        LayerError
            The file is missing, of another kind than its name says, or cannot be read.
        """
        check_file(source.path)
        self._named.add(source.path)
        try:
            content = "+".join(self._hash(path) for path in files_of(source.path))
        except OSError as problem:
            raise LayerError(
                "The file {path} cannot be read: {problem}.", path=source.path, problem=problem.strerror or problem
            ) from problem
        # What was built before a CRS could be named stays what it is.
        return [content, source.layer, source.where, *([source.crs] if source.crs else [])]

    def require_unchanged(self) -> None:
        """Refuse to go on when a file is another than the one that was hashed: what was read must be what is named.

        Raises
        ------
        BuildError
            A file changed since.
        """
        for named in sorted(self._named):
            try:
                now = {path: _identity(path) for path in files_of(named)}
            except OSError:
                now = {}
            if not now or any(path not in self._seen or self._seen[path][0] != now[path] for path in now):
                raise BuildError(
                    "{path} was changed while it was read; build again when nobody is working in it.", path=named
                )

    def save(self) -> None:
        """Remember what was seen; without a place to write, it is found out again the next time."""
        seen = {str(path): [list(identity), content] for path, (identity, content) in self._seen.items()}
        if seen != {name: [list(identity), content] for name, (identity, content) in self._known.items()}:
            with suppress(OSError):
                self._memory.parent.mkdir(parents=True, exist_ok=True)
                files.write_json(self._memory, seen)

    def _hash(self, path: Path) -> str:
        # Asked before the content is read: a change during the reading shows as another identity later.
        identity = _identity(path)
        known = self._seen.get(path) or self._known.get(str(path))
        if known is None or known[0] != identity:
            with path.open("rb") as stream:
                known = identity, hashlib.file_digest(stream, "sha256").hexdigest()
        self._seen[path] = known
        return known[1]


def _identity(path: Path) -> Identity:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_ctime_ns


def _remembered(memory: Path) -> dict[str, tuple[Identity, str]]:
    try:
        return {
            str(name): ((int(size), int(changed), int(number), int(touched)), str(content))
            for name, ((size, changed, number, touched), content) in files.read_json(memory).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
