"""Files -> parcels and features that can be measured: read, refused or repaired with findings."""

from planlib.layers.features import (
    QUAD_SEGS,
    Bounds,
    Features,
    checked_union,
    dissolve_overlaps,
    quick_union,
    read_features,
    read_placed,
)
from planlib.layers.formats import list_layers
from planlib.layers.opening import check_file, files_of, is_plain_name
from planlib.layers.parcel_fit import fit_findings
from planlib.layers.parcels import Parcels, read_parcels
from planlib.layers.placing import settle_crs
from planlib.layers.repair import repair

__all__ = [
    "QUAD_SEGS",
    "Bounds",
    "Features",
    "Parcels",
    "check_file",
    "checked_union",
    "dissolve_overlaps",
    "files_of",
    "fit_findings",
    "is_plain_name",
    "list_layers",
    "quick_union",
    "read_features",
    "read_parcels",
    "read_placed",
    "repair",
    "settle_crs",
]
