"""Make the demo area: ``python data/areas/demo/make_demo.py`` writes every data file of this folder, always the same.

Esveld does not exist. Its landscape is drawn by hand in ``demo_landscape.py``, cut into parcels by ``demo_parcels.py``
and given rules, buildings, owners and plans by the modules beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import demo_area
import demo_cadastre as cadastre
import demo_context as context
import demo_landscape as land
import demo_register
import demo_rules as rules
import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from demo_parcels import Piece, make_pieces
from shapely.geometry.base import BaseGeometry

CRS = "EPSG:28992"


def to_rd(shapes: Sequence[BaseGeometry], decimals: int) -> np.ndarray:
    """Return local shapes as an array of geometries in EPSG:28992, rounded to a number of decimals."""
    moved = shapely.transform(np.array(shapes, dtype=object), lambda xy: np.round(xy + land.ORIGIN, decimals))
    broken = ~shapely.is_valid(moved)
    moved[broken] = shapely.make_valid(moved[broken], method="structure", keep_collapsed=False)
    return moved


def frame(shapes: Sequence[BaseGeometry], decimals: int = 2, **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Return a table of local shapes with columns, in EPSG:28992."""
    return gpd.GeoDataFrame(
        {name: list(values) for name, values in columns.items()}, geometry=to_rd(shapes, decimals), crs=CRS
    )


def parcel_table(pieces: list[Piece], fronts: list[cadastre.Front | None]) -> gpd.GeoDataFrame:
    """Return the parcels with id, registered area (m2), kind of owner and street, ordered by id."""
    table = frame(
        [piece.shape for piece in pieces],
        3,
        id=cadastre.identifiers(pieces),
        registered_area=list(cadastre.registered_areas(pieces)),
        owner_kind=cadastre.owner_kinds(pieces),
        street=cadastre.street_names(pieces, fronts),
    )
    parts = table["id"].str.split(" ", expand=True)
    order = np.lexsort([parts[2].astype(int), parts[1]])
    return table.iloc[order].reset_index(drop=True)


def write(path: Path, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Write layers to one GeoPackage, from nothing, without the time of day in it."""
    path.unlink(missing_ok=True)
    for name, table in layers.items():
        mixed = table.geom_type.nunique() > 1  # one kind of geometry per layer, as QGIS likes it
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists(), promote_to_multi=mixed)


def context_layers(pieces: list[Piece], fronts: list[cadastre.Front | None]) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers under the map, and the surface of the roads that the rule about them reads."""
    villages = context.villages(pieces)
    built = context.buildings(pieces, fronts)
    doors = context.addresses(built, fronts, villages)
    trees = context.woods(pieces)
    surfaces = context.road_surfaces(pieces)
    water = context.waters(pieces)
    names = sorted(set(villages))
    homes = [[p.shape for p, own in zip(pieces, villages, strict=True) if own == name] for name in names]
    roads = [road for road in land.ROADS if road.line.intersects(land.OUTLINE)]
    return {
        "roads": frame(
            [road.line.intersection(land.OUTLINE.buffer(40)) for road in roads],
            naam=[road.name for road in roads],
            soort=[road.kind for road in roads],
        ),
        "water": frame([shape for shape, _ in water], naam=[name for _, name in water]),
        "buildings": frame([shape for shape, _, _ in built], gebruik=[use for _, use, _ in built]),
        "woods": frame([shape for shape, _ in trees], soort=[kind for _, kind in trees]),
        "places": frame(
            [shapely.Point(x, y) for _, _, x, y in context.PLACES],
            naam=[name for name, _, _, _ in context.PLACES],
            kind=[kind for _, kind, _, _ in context.PLACES],
        ),
        "addresses": frame([point for point, _ in doors], adres=[address for _, address in doors]),
        "regions": frame([shapely.coverage_union_all(shapes) for shapes in homes], 3, naam=names),
        "road_surface": frame(
            [shape for shape, _, _ in surfaces],
            naam=[name for _, name, _ in surfaces],
            verharding=[kind for _, _, kind in surfaces],
        ),
    }


def rule_layers(pieces: list[Piece]) -> dict[str, gpd.GeoDataFrame]:
    """Return the layer of every rule and of the coverage of rules that are known only partly."""
    layers = {**rules.areas(pieces), **rules.lines(), "livestock_odour": rules.farms(pieces), **rules.coverage()}
    return {
        name: frame([shape for shape, _ in found], naam=[title for _, title in found]) for name, found in layers.items()
    }


def main(folder: Path) -> None:
    """Write every data file of the demo area into a folder."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-11-01T00:00:00.000Z"})
    pieces = make_pieces()
    fronts = [cadastre.front_of(piece) if piece.kind in cadastre.BUILT else None for piece in pieces]
    parcels = parcel_table(pieces, fronts)
    if not shapely.coverage_is_valid(parcels.geometry.to_numpy()):
        sys.exit("The parcels of the demo area do not fit together: see demo_parcels.py.")
    write(folder / "parcels.gpkg", {"parcels": parcels})
    write(folder / "context.gpkg", context_layers(pieces, fronts))
    write(folder / "rules.gpkg", rule_layers(pieces))
    plan = rules.plan(pieces)
    names = [name for _, name in plan]
    write(folder / "plan.gpkg", {"plan": frame([shape for shape, _ in plan], bestemming=names)})
    (folder / "area.toml").write_text(demo_area.area_toml(), encoding="utf-8")
    (folder / "register-seed.geojson").write_text(demo_register.seed_text(), encoding="utf-8")
    print(f"{len(parcels)} parcels, {sum(piece.shape.area for piece in pieces) / 1e6:.2f} km2, in {folder}")


if __name__ == "__main__":
    main(Path(__file__).resolve().parent)
