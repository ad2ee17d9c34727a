"""Every error planlib raises on purpose.

An error carries a template and its facts apart, so that the command line can print the English sentence and the
screen can say the same in Dutch: ``message`` is the msgid, ``facts`` fill its placeholders.
"""

from __future__ import annotations


class PlanlibError(Exception):
    """Wrong input or a broken state, told in one sentence: what is wrong, where, and how to mend it.

    Parameters
    ----------
    message
        English template with ``{named}`` placeholders, the key of its translation.
    facts
        Values of the placeholders; never executable, escaped by whoever shows them.
    """

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        self.facts = facts
        super().__init__(message.format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        # Workers hand errors to the builder by pickle, which by itself knows nothing of keyword arguments.
        return _restore, (type(self), self.message, self.facts)


def _restore(kind: type[PlanlibError], message: str, facts: dict[str, object]) -> PlanlibError:
    return kind(message, **facts)


class AreaError(PlanlibError):
    """The area folder or its ``area.toml`` cannot be used."""


class CatalogueError(PlanlibError):
    """The catalogue of rules that ships with planlib is not sound."""


class CrsError(PlanlibError):
    """A coordinate reference system is unknown, missing or unfit for measuring areas."""


class LayerError(PlanlibError):
    """A file with parcels, features or coverage cannot be used."""


class PlacingError(LayerError):
    """Nobody said where the coordinates of a file lie, or what was said cannot be; a person has to."""


class SourceError(PlanlibError):
    """A data service, or what it answered, cannot be used."""


class BrokenOffError(SourceError):
    """A data service could not be reached, or broke off; asking again goes on where it stopped."""


class OverlayError(PlanlibError):
    """Parcels and layers could not be cut into cells that add up."""


class ScenarioError(PlanlibError):
    """A use, a state or a scenario file does not fit the area."""


class ReleaseError(PlanlibError):
    """There is no built release, or it cannot be read."""


class BuildError(PlanlibError):
    """A release could not be built."""


class InterruptedBuildError(BuildError):
    """A build stopped before it was done, though nothing is wrong with the area; the next one goes on from there."""


class StoreError(PlanlibError):
    """The register of initiatives and bronpunten cannot be read or written."""


class UnfitError(StoreError):
    """A value does not fit the field of the register that it is for."""


class NotWritableError(StoreError):
    """The register can be read here, but not written."""


class OutputError(PlanlibError):
    """A result could not be written where it was asked for."""


def reason_of(problem: BaseException) -> str:
    """Return what another library says is wrong: its first line, each thing once, without a full stop."""
    lines = str(problem).splitlines()
    if not lines:
        return type(problem).__name__
    told: list[str] = []
    for part in lines[0].split("; "):
        text = part.strip().rstrip(".")
        # GDAL's advice is about its own way of naming files.
        if not any(text in earlier for earlier in told) and not text.startswith("It might help"):
            told.append(text)
    return "; ".join(told)
