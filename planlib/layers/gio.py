"""A geographic information object (GIO) of an omgevingsdocument: its locations with their names, groups and norms.

STOP nests every shape three deep (Locatie, Geometrie, geometrie), in which GDAL finds no features. Its GML shapes are
handed to GDAL as they stand, arcs and all, in plain features; the names are read from the file itself. What
the standard calls things is kept: id, naam, groepID, kwantitatieveNormwaarde, kwalitatieveNormwaarde; ``groep`` is the
label of the group.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

import numpy as np
import pandas as pd
import pyogrio.raw
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from pyogrio.errors import DataSourceError

from planlib.errors import LayerError, reason_of

_GML = "http://www.opengis.net/gml/3.2"
_XLINK = "http://www.w3.org/1999/xlink"
#: In every version of the standard the name space of a GIO holds this.
_STOP = "/stop/imop/geo/"
_WHOLE = ("GeoInformatieObjectVaststelling", "GeoInformatieObjectVersie")
#: What is said once and holds for all locations, and what is said of each.
_OF_ALL = ("FRBRExpression", "normlabel", "eenheidlabel")
_OF_EACH = ("naam", "groepID", "kwantitatieveNormwaarde", "kwalitatieveNormwaarde")
GIO_LAYER = "Locatie"
GIO_COLUMNS = ("id", "naam", "groepID", "groep", "kwantitatieveNormwaarde", "kwalitatieveNormwaarde", *_OF_ALL)
_NUMBERS = ("kwantitatieveNormwaarde",)


@dataclass(frozen=True, slots=True)
class Gio:
    """The shape of each location as WKB (None: it has none), its columns, and the CRS by its own word (empty: none)."""

    wkb: np.ndarray
    columns: dict[str, np.ndarray]
    crs: str


@dataclass(slots=True)
class _About:
    """What is said of all locations, and the CRS of the shapes."""

    facts: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    crs: str | None = None


def is_gio(path: Path) -> bool:
    """Whether a GML file is a GIO, by the name of its outermost element.

    Raises
    ------
    LayerError
        It is a change to a GIO, from which nobody can tell the whole.
    """
    try:
        with path.open("rb") as stream:
            root = next((node for _, node in iterparse(stream, events=("start",))), None)
    except (ParseError, DefusedXmlException, ValueError):
        # Whoever reads it as GML says what is wrong with it.
        return False
    name = "" if root is None else str(root.tag)
    if _STOP not in name:
        return False
    if _plain(name) not in _WHOLE:
        raise LayerError(
            "{path} is no whole GIO but a {kind}; take the file of a whole version.", path=path, kind=_plain(name)
        )
    return True


def read_gio(path: Path) -> Gio:
    """Return the locations of a GIO; nothing is written, and nothing but the file is read.

    Raises
    ------
    LayerError
        It is no sound XML, declares entities, or has locations in more than one CRS.
    """
    register_namespace("gml", _GML)
    about = _About()
    rows: list[dict[str, str]] = []
    plain = io.BytesIO()
    plain.write(b'<l:locaties xmlns:l="urn:planlib" xmlns:gml="%s">' % _GML.encode())
    try:
        with path.open("rb") as stream:
            for node in _locations(stream, about):
                rows.append(_said_of(node, about))
                plain.write(b"<gml:featureMember>" + tostring(_shape(node, len(rows), about, path)))
                plain.write(b"</gml:featureMember>")
                node.clear()
        plain.write(b"</l:locaties>")
        wkb = np.full(len(rows), None, dtype=object)
        crs = ""
        if rows:
            meta, _, read, (numbers,) = pyogrio.raw.read(plain.getvalue(), columns=["row"])
            wkb[np.asarray(numbers, dtype=int) - 1] = read
            crs = str(meta["crs"] or "")
    except (ParseError, DefusedXmlException, DataSourceError, ValueError) as problem:
        raise LayerError("{path} cannot be read: {problem}.", path=path, problem=reason_of(problem)) from problem
    columns = {name: np.array([row.get(name) for row in rows], dtype=object) for name in GIO_COLUMNS}
    for name in _NUMBERS:
        columns[name] = pd.to_numeric(pd.Series(columns[name], dtype=object), errors="coerce").to_numpy(dtype=float)
    return Gio(wkb, columns, crs)


def _locations(stream: BinaryIO, about: _About) -> Iterator[Element]:
    """Yield the locations; what was said of all of them before is in ``about`` by then."""
    for _, node in iterparse(stream):
        name = _plain(str(node.tag)) if _STOP in str(node.tag) else ""
        if name in _OF_ALL:
            about.facts[name] = _said(node)
        elif name == "Groep":
            said = {_plain(str(child.tag)): _said(child) for child in node}
            about.groups[said.get("groepID", "")] = said.get("label", "")
        elif name == GIO_LAYER:
            yield node


def _said_of(node: Element, about: _About) -> dict[str, str]:
    said = {_plain(str(child.tag)): _said(child) for child in node if _plain(str(child.tag)) in _OF_EACH}
    own = next((inner for inner in node.iter() if _plain(str(inner.tag)) == "id" and _GML not in str(inner.tag)), None)
    group = said.get("groepID", "")
    said |= {"id": "" if own is None else _said(own), "groep": about.groups.get(group) or group, **about.facts}
    return {name: value for name, value in said.items() if value}


def _shape(node: Element, row: int, about: _About, path: Path) -> Element:
    """Return a location as a plain feature: its number and its shape, without any link to elsewhere."""
    plain = Element("Locatie")
    SubElement(plain, "row").text = str(row)
    holders = [inner for inner in node.iter() if _plain(str(inner.tag)) == "geometrie"]
    shapes = [shape for holder in holders for shape in holder if _GML in str(shape.tag)]
    for shape in shapes[:1]:
        for part in shape.iter():
            for key in [key for key in part.attrib if key.startswith(f"{{{_XLINK}}}")]:
                del part.attrib[key]
            crs = part.get("srsName")
            if crs and about.crs and crs != about.crs:
                raise LayerError(
                    "{path} has locations in more than one coordinate reference system: {one} and {other}.",
                    path=path,
                    one=about.crs,
                    other=crs,
                )
            about.crs = crs or about.crs
        shape.tail = None
        SubElement(plain, "geometrie").append(shape)
    return plain


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _said(node: Element) -> str:
    return " ".join((node.text or "").split())
