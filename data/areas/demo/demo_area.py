"""The text of ``area.toml``: which file and layer holds which rule. Titles and legal texts come from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = """\
# Written by make_demo.py: change the script, not this file.
title = "Esveld"
crs = "EPSG:28992"
reference_date = 2026-11-01
use = "housing"
province = "pv22"
fictional = true

[parcels]
path = "parcels.gpkg"
layer = "parcels"
id = "id"
registered_area = "registered_area"
owner_kind = "owner_kind"
"""

# id in the catalogue, date of the source; the layer has the name of the rule and lies in rules.gpkg
RULES = {
    "natura2000": "2018-04-12",
    "nnn": "2024-10-22",
    "archaeological_national_monument": "2019-09-03",
    "archaeology_value_1": "2024-02-13",
    "archaeology_value_3": "2024-02-13",
    "geological_value_high": "2024-02-13",
    "landscape_es_village": "2024-02-13",
    "landscape_peat_colonies": "2024-02-13",
    "stream_valley": "2024-02-13",
    "water_storage_area": "2024-02-13",
    "cultural_history_steer": "2024-02-13",
    "silence_area": "2024-02-13",
    "groundwater_protection_area": "2024-02-13",
    "water_abstraction_area": "2024-02-13",
    "provincial_road_zone": "2024-02-13",
    "agricultural_area": "2024-02-13",
    "rural_area_housing": "2025-07-01",
    "watercourse_maintenance_zone": "2025-03-14",
    "regional_flood_defence": "2025-03-14",
    "high_voltage_line": "2023-11-20",
    "national_monument": "2026-01-15",
    "livestock_odour": "2024-05-28",
    "spray_zone": "2025-09-30",
}
PARTLY_KNOWN = {"livestock_odour": "coverage_odour", "spray_zone": "coverage_spray"}
CONTEXT_RULES = {
    "forest_stand": ("woods", "soort = 'bos'", "2026-06-30"),
    "existing_building": ("buildings", None, "2026-10-01"),
    "open_water": ("water", None, "2026-06-30"),
    "road_surface": ("road_surface", None, "2026-06-30"),
}
DESTINATIONS = {
    "zoning_agricultural": ("Agrarisch", "Agrarisch met waarden"),
    "zoning_nature": ("Natuur",),
    "zoning_forest": ("Bos", "Bos - Landgoed"),
    "zoning_water": ("Water",),
    "zoning_traffic": ("Verkeer",),
    "zoning_green": ("Groen", "Groen - Begraafplaats"),
    "zoning_recreation": ("Recreatie - Verblijfsrecreatie", "Sport"),
    "zoning_business": ("Bedrijventerrein",),
    "zoning_housing": ("Wonen", "Wonen - Erf", "Woongebied"),
}
# What fits housing in the plan in force, besides the destinations of zoning_housing: no rule names these.
MIXED = ("Gemengd landelijk", "Gemengd - Dorpskern")
UNCHECKED = {"pipeline_encumbrance_zone": "2026-11-01", "traffic_noise_area": "2026-11-01"}

SOCIAL = """\
# A rule of this municipality alone, not in the catalogue: all its keys are here.
[[constraint]]
id = "zoning_social"
path = "plan.gpkg"
layer = "plan"
where = "bestemming = 'Maatschappelijk'"
uses = ["housing", "business", "solar", "wind", "farming", "recreation"]
state = "movable"
level = "gemeente"
made_by = "Gemeenteraad van Esveld"
decides = ["gemeente"]
route = "wijziging van het omgevingsplan of een vergunning om ervan af te wijken (BOPA)"
legal_basis = "Omgevingswet 22.1 (tijdelijk deel van het omgevingsplan)"
confidence = "confirmed"
reference_url = "https://wetten.overheid.nl/BWBR0037885/"
title = { nl = "Bestemming Maatschappelijk", en = "Zoning: community services" }
small_print = { nl = "De grond is bestemd voor voorzieningen zoals school of kerk." }
duties = { nl = "De voorziening houdt een plek in het dorp." }
source_date = 2021-06-24
coverage = "all"
"""

CONTEXT = {
    "roads": "naam",
    "water": "naam",
    "buildings": None,
    "woods": None,
    "places": "naam",
    "addresses": "adres",
    "regions": "naam",
}


def _block(table: str, lines: dict[str, str | None]) -> str:
    return "\n".join([f"[[{table}]]", *(f"{key} = {value}" for key, value in lines.items() if value is not None), ""])


def _text(value: str) -> str:
    return f'"{value}"'


def _blocks() -> Iterator[str]:
    for rule, date in RULES.items():
        known = PARTLY_KNOWN.get(rule)
        coverage = f'{{ path = "rules.gpkg", layer = "{known}" }}' if known else '"all"'
        where = {"id": _text(rule), "path": '"rules.gpkg"', "layer": _text(rule)}
        yield _block("constraint", {**where, "source_date": date, "coverage": coverage})
    for rule, names in DESTINATIONS.items():
        quoted = ", ".join(f"'{name}'" for name in names)
        test = f"bestemming = {quoted}" if len(names) == 1 else f"bestemming IN ({quoted})"
        where = {"id": _text(rule), "path": '"plan.gpkg"', "layer": '"plan"', "where": _text(test)}
        yield _block("constraint", {**where, "source_date": "2021-06-24", "coverage": '"all"'})
    yield SOCIAL
    for rule, (layer, test, date) in CONTEXT_RULES.items():
        where = {
            "id": _text(rule),
            "path": '"context.gpkg"',
            "layer": _text(layer),
            "where": _text(test) if test else None,
        }
        yield _block("constraint", {**where, "source_date": date, "coverage": '"all"'})
    for rule, date in UNCHECKED.items():
        yield _block("constraint", {"id": _text(rule), "source_date": date, "coverage": '"none"'})
    for kind, label in CONTEXT.items():
        where = {"kind": _text(kind), "path": '"context.gpkg"', "layer": _text(kind)}
        yield _block("context", {**where, "label": _text(label) if label else None})


def area_toml() -> str:
    """Return the whole text of ``area.toml``."""
    return "\n".join([HEAD, *_blocks()])
