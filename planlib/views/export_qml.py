"""QGIS styles (QML) in the five outcomes: the colours, the patterns and the Dutch words of the map on screen."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from planlib.model import Outcome
from planlib.text.words import Words
from planlib.views.looks import LOOKS, Look
from planlib.views.sentences import OUTCOME_NAMES, SCREEN_ORDER

#: A style's version is that of the QGIS whose form it has; later ones read it.
_QGIS = "3.28.0"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
#: msgids of what the columns of the layers are called.
COLUMN_NAMES = {
    "parcel_id": "parcel",
    "area_m2": "area (m²)",
    "free_m2": "free (m²)",
    "conditional_m2": "free under conditions (m²)",
    "movable_m2": "can come free (m²)",
    "unknown_m2": "not looked into yet (m²)",
    "blocked_m2": "not free (m²)",
    "outcome": "outcome",
    "rules": "rules that are here",
    "not_known": "rules not looked into here",
}


def dominant_outcome_expression() -> str:
    """Return the QGIS expression for the outcome with the most of a parcel; of equals the least free one."""
    columns = {outcome: f'"{outcome}_m2"' for outcome in Outcome}
    cautious = (Outcome.BLOCKED, Outcome.UNKNOWN, Outcome.MOVABLE, Outcome.CONDITIONAL)
    most = f"max({', '.join(columns.values())})"
    cases = " ".join(f"WHEN {columns[outcome]} = {most} THEN '{outcome}'" for outcome in cautious)
    return f"CASE {cases} ELSE '{Outcome.FREE}' END"


def parcel_style(words: Words) -> str:
    """Return the style of a layer of parcels: each in the outcome that most of it has, and saying so."""
    labels = {
        outcome: words("for the most part {outcome}", outcome=words(name)) for outcome, name in OUTCOME_NAMES.items()
    }
    columns = ["parcel_id", "area_m2", *(f"{outcome}_m2" for outcome in Outcome)]
    return _style(dominant_outcome_expression(), labels, columns, words)


def cell_style(words: Words) -> str:
    """Return the style of a layer of cells: each in its own outcome."""
    labels = {outcome: words(name) for outcome, name in OUTCOME_NAMES.items()}
    return _style("outcome", labels, ["parcel_id", "outcome", "rules", "not_known", "area_m2"], words)


def _style(attribute: str, labels: Mapping[Outcome, str], columns: list[str], words: Words) -> str:
    root = Element("qgis", version=_QGIS, styleCategories="Symbology|Fields")
    renderer = SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr=attribute,
        symbollevels="0",
        enableorderby="0",
        forceraster="0",
    )
    categories, symbols = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for at, outcome in enumerate(SCREEN_ORDER):
        SubElement(
            categories,
            "category",
            symbol=str(at),
            value=str(outcome),
            label=labels[outcome],
            render="true",
            type="string",
        )
        _symbol(symbols, str(at), LOOKS[outcome])
    aliases = SubElement(root, "aliases")
    # Column 0 of a GeoPackage layer is its key.
    for at, column in enumerate(columns, start=1):
        SubElement(aliases, "alias", index=str(at), field=column, name=words(COLUMN_NAMES[column]))
    SubElement(root, "layerGeometryType").text = "2"
    ElementTree.indent(root)
    return _DOCTYPE + ElementTree.tostring(root, encoding="unicode")


def _symbol(symbols: Element, name: str, look: Look) -> None:
    symbol = SubElement(
        symbols, "symbol", type="fill", name=name, alpha="1", clip_to_extent="1", force_rhr="0", is_animated="0"
    )
    _layer(
        symbol,
        "SimpleFill",
        color=_rgba(look.ground),
        style="solid",
        outline_color=_rgba(look.outline),
        outline_style="solid",
        outline_width="0.15",
        outline_width_unit="MM",
    )
    if look.pattern == "dots":
        spacing = {"distance_x": "2", "distance_y": "2", "displacement_x": "1"}
        layer = _layer(symbol, "PointPatternFill", **spacing, distance_x_unit="MM", distance_y_unit="MM")
        inner = SubElement(layer, "symbol", type="marker", name=f"@{name}@1", alpha="1", clip_to_extent="1")
        _layer(inner, "SimpleMarker", name="circle", color=_rgba(look.ink), outline_style="no", size="0.7")
    for at, angle in enumerate({"hatch": (45,), "cross": (45, 135)}.get(look.pattern, ()), start=1):
        layer = _layer(symbol, "LinePatternFill", angle=str(angle), distance="1.8", distance_unit="MM")
        inner = SubElement(layer, "symbol", type="line", name=f"@{name}@{at}", alpha="1", clip_to_extent="1")
        _layer(inner, "SimpleLine", line_color=_rgba(look.ink), line_width="0.3", line_width_unit="MM")


def _layer(symbol: Element, kind: str, /, **properties: str) -> Element:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(layer, "Option", type="Map")
    for key, value in properties.items():
        SubElement(options, "Option", name=key, type="QString", value=value)
    return layer


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
