"""A register goes out and comes in again without loss: GeoPackage and GeoJSON, by hand and through QGIS."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from planlib.errors import OutputError, StoreError
from planlib.model import Use
from planlib.model.register import Agreement, Entity, Initiative, Place, Player, StoryStep, Visibility
from planlib.store import Imported, Register, Stored, export_register, import_register, open_register
from planlib.store.geometry import from_geopackage, shape_of, to_geopackage
from planlib.store.geopackage import register_functions
from planlib.store.records import NOUNS
from tests.entries import HOSTILE, ISLANDS, SQUARE, entries, everything, initiative

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
VALIDATOR = "PLANLIB_GEOPACKAGE_VALIDATOR"
FORMS = (".gpkg", ".geojson")


def new_area(beside: Path) -> Path:
    """Return another empty area, whose register is on the same store."""
    folder = beside / str(uuid.uuid4())
    folder.mkdir()
    return folder


def filled(area: Path, entities: list[Entity]) -> Register:
    """Return a new register with these entities."""
    register = open_register(area, to_write=True)
    for entity in entities:
        register.put(entity, by="Anna")
    return register


def contents(register: Register) -> list[Stored[Any]]:
    """Return everything in a register, with versions and stamps."""
    return [stored for noun in NOUNS.values() for stored in register.all(noun)]


def travel(register: Register, way: list[str], beside: Path) -> list[Stored[Any]]:
    """Send a register through files into other registers, and return what the last one holds."""
    for number, suffix in enumerate(way):
        file = new_area(beside) / f"register{suffix}"
        export_register(register, file)
        if number:
            register.close()
        register = open_register(new_area(beside), to_write=True)
        import_register(register, file, by="Bert")
    with register:
        assert register.verify().holds
        return contents(register)


@pytest.mark.parametrize("way", [[".gpkg", ".geojson"], [".geojson", ".gpkg"]], ids="-".join)
def test_a_journey_loses_nothing(store_area: Path, way: list[str]) -> None:
    with filled(store_area, everything()) as register:
        register.put(everything()[2].__class__("p1", "Anders"), by="Bert", base=1)
        assert travel(register, way, store_area) == contents(register)


@given(data=st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_entry_survives_the_journey(store_area: Path, data: st.DataObject) -> None:
    some = data.draw(st.lists(entries(lambda: str(uuid.uuid4())), min_size=1, max_size=4))
    with filled(new_area(store_area), some) as register:
        before = contents(register)
        assert [stored.entity for stored in before] == sorted(some, key=lambda entry: not isinstance(entry, Initiative))
        assert travel(register, data.draw(st.permutations(FORMS)), store_area) == before


@pytest.mark.parametrize("suffix", FORMS)
def test_hostile_text_travels_as_text(store_area: Path, suffix: str) -> None:
    hostile: list[Entity] = [
        initiative(str(number), title=text, story=text, themes=(text, text)) for number, text in enumerate(HOSTILE)
    ]
    with filled(store_area, hostile) as register:
        assert [stored.entity for stored in travel(register, [suffix], store_area)] == hostile


@pytest.mark.parametrize("suffix", FORMS)
def test_taking_the_same_file_in_again_changes_nothing(store_area: Path, suffix: str) -> None:
    file = store_area / f"out{suffix}"
    with filled(store_area, everything()) as register:
        export_register(register, file)
        head = register.head()
        for _ in range(2):
            assert import_register(register, file, by="Bert") == Imported(unchanged=len(everything()))
        assert register.head() == head


def test_the_seed_of_the_demo_travels_as_it_is(store_area: Path) -> None:
    seed = DEMO / "register-seed.geojson"
    shutil.copy(seed, store_area)
    there = {feature["id"]: feature for feature in json.loads(seed.read_text(encoding="utf-8"))["features"]}
    with open_register(store_area, to_write=True) as register:
        assert import_register(register, seed, by="Anna") == Imported(unchanged=len(there))
        export_register(register, store_area / "out.geojson")
    features = json.loads((store_area / "out.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["id"] for feature in features] == list(there)
    for feature in features:
        before = there[feature["id"]]
        assert shapely.geometry.shape(feature["geometry"]).equals(shapely.geometry.shape(before["geometry"]))
        said = {key: value for key, value in before["properties"].items() if value not in (None, False)}
        stamps = {"version": 1, "changed_by": "planlib", "changed_at": feature["properties"]["changed_at"]}
        assert feature["properties"] == said | stamps


# --- through QGIS: GDAL reads and writes what QGIS does


def test_the_file_opens_as_layers_in_their_place(store_area: Path) -> None:
    file = store_area / "out.gpkg"
    with filled(store_area, everything()) as register:
        export_register(register, file)
    assert dict(pyogrio.list_layers(file)) == dict.fromkeys(NOUNS) | {
        "initiative": "Point",
        "bronpunt": "Point",
        "outline": "MultiPolygon",
    }
    for layer in ("initiative", "bronpunt", "outline"):
        frame = gpd.read_file(file, layer=layer)
        assert frame.crs == "EPSG:4326"
        with closing(sqlite3.connect(file)) as connection:
            query = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?"
            assert connection.execute(query, (layer,)).fetchone() == tuple(frame.total_bounds)
    outlines = gpd.read_file(file, layer="outline").set_index("uid").geometry
    assert outlines["i1"].equals(shape_of(ISLANDS))
    assert outlines["b1"].equals(shape_of(SQUARE))
    frame = gpd.read_file(file, layer="initiative")
    assert list(frame.cx[6.6:6.61, 52.8:52.81]["title"]) == ["Theehuis"]


def edit(file: Path, statement: str, *values: object) -> None:
    """Change an export as QGIS does: through its triggers, and without a thought for versions."""
    with closing(sqlite3.connect(file)) as connection, connection:
        register_functions(connection)
        connection.execute(statement, values)


def test_what_was_edited_drawn_and_moved_comes_in(store_area: Path) -> None:
    file = store_area / "out.gpkg"
    with filled(store_area, [*everything(), initiative("blijft"), initiative("schuift")]) as register:
        export_register(register, file)
        edit(file, "UPDATE initiative SET title = 'Koffiehuis', use = 'housing' WHERE uid = 'i1'")
        edit(file, "UPDATE initiative SET geom = ? WHERE uid = 'schuift'", to_geopackage(shapely.Point(6.7, 52.9)))
        edit(
            file,
            "UPDATE outline SET geom = ? WHERE uid = 'b1'",
            to_geopackage(shapely.MultiPolygon([shapely.box(6, 52, 7, 53)])),
        )
        drawn = gpd.GeoDataFrame({"title": ["Nieuw"]}, geometry=[shapely.Point(6.5, 52.5)], crs="EPSG:4326")
        pyogrio.write_dataframe(drawn, file, layer="initiative", append=True)
        assert import_register(register, file, by="Bert") == Imported(
            added=1, changed=3, unchanged=len(everything()) - 1
        )
        kept = {entry.uid: entry for entry in register.entries()}
        first = everything()[0]
        assert isinstance(first, Initiative)
        assert kept["i1"].title == "Koffiehuis"
        assert kept["i1"].place == first.place
        assert kept["schuift"].place == Place(6.7, 52.9)
        assert shape_of(kept["b1"].place).equals(shapely.box(6, 52, 7, 53))
        assert kept["blijft"] == initiative("blijft")
        (new,) = (entry for entry in kept.values() if entry.title == "Nieuw")
        assert (new.place, new.visibility) == (Place(6.5, 52.5), Visibility.INTERNAL)
        assert import_register(register, file, by="Bert").unchanged == len(kept) + len(everything()) - 2
        assert register.verify().holds


def test_a_layer_that_was_saved_on_its_own_in_dutch_metres_comes_in(store_area: Path) -> None:
    out, saved = store_area / "out.gpkg", store_area / "saved.gpkg"
    with filled(store_area, [everything()[0], initiative("punt"), initiative("hier")]) as register:
        export_register(register, out)
        frame = gpd.read_file(out, layer="initiative").to_crs("EPSG:28992")
        frame.loc[frame.uid == "punt", "title"] = "Verzet"
        frame.to_file(saved, layer="initiative")
        import_register(register, saved, by="Bert")
        kept = {entry.uid: entry for entry in register.entries()}
    assert kept["punt"].title == "Verzet"
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)
    for uid, entry in kept.items():
        was = frame.set_index("uid").geometry[uid]
        assert (
            np.hypot(*(np.array(to_metres.transform(entry.place.longitude, entry.place.latitude)) - (was.x, was.y)))
            < 0.01
        )


def test_a_layer_without_shapes_takes_none_away(store_area: Path) -> None:
    out, saved = store_area / "out.gpkg", store_area / "saved.gpkg"
    with filled(store_area, [everything()[0]]) as register:
        export_register(register, out)
        frame = gpd.read_file(out, layer="initiative")
        frame["title"] = "Verzet"
        frame.to_file(saved, layer="initiative")
        assert import_register(register, saved, by="Bert").changed == 1
        (entry,) = register.entries()
        assert (entry.title, entry.place) == ("Verzet", ISLANDS)


def test_a_geopackage_is_what_pdok_accepts(store_area: Path) -> None:
    program = os.environ.get(VALIDATOR) or shutil.which("geopackage-validator")
    if program is None:
        pytest.skip("no geopackage-validator here: .ci/run shows how to install it")
    file = store_area / "out.gpkg"
    with filled(store_area, everything()) as register:
        export_register(register, file)
    ran = subprocess.run([program, "validate", "--gpkg-path", str(file)], capture_output=True, text=True, check=True)
    report = json.loads(ran.stdout)
    assert len(report["validations_executed"]) > 15
    assert report["success"]
    # An older GDAL warns that it does not know version 1.4 of the standard; nothing else may be said.
    assert [found for found in report["results"] if found["validation_code"] != "UNKNOWN_WARNINGS"] == []


# --- two who change the same


def change_title(file: Path, uid: str, title: str) -> None:
    """Change a title in a GeoJSON file."""
    collection = json.loads(file.read_text(encoding="utf-8"))
    for feature in collection["features"]:
        if feature["id"] == uid:
            feature["properties"]["title"] = title
    file.write_text(json.dumps(collection), encoding="utf-8")


def test_a_file_does_not_write_over_what_was_changed_since(store_area: Path) -> None:
    file = store_area / "out.geojson"
    with filled(store_area, [initiative("een"), initiative("twee")]) as register:
        export_register(register, file)
        register.put(initiative("twee", title="van Bert"), by="Bert", base=1)
        assert import_register(register, file, by="Anna") == Imported(unchanged=1, older=1)
        change_title(file, "een", "van Anna")
        change_title(file, "twee", "van Anna")
        head = register.head()
        with pytest.raises(StoreError, match=r"1 entries were changed .*van Anna"):
            import_register(register, file, by="Anna")
        assert register.head() == head
        assert import_register(register, file, by="Anna", overwrite=True) == Imported(changed=2)
        assert {entry.title for entry in register.entries()} == {"van Anna"}
        assert register.verify().holds


def test_what_was_taken_away_does_not_come_back_by_itself(store_area: Path) -> None:
    file = store_area / "out.geojson"
    with filled(store_area, [initiative()]) as register:
        export_register(register, file)
        register.remove(initiative(), by="Bert", base=1)
        with pytest.raises(StoreError, match="changed in the register"):
            import_register(register, file, by="Anna")
        assert import_register(register, file, by="Anna", overwrite=True) == Imported(added=1)
        (stored,) = register.all(Initiative)
        # Higher than any version there was, so that nobody who still holds an old one writes over it unseen.
        assert stored.version == 3
        assert register.verify().holds


# --- who may see it


def test_an_export_for_others_holds_what_they_may_see_and_no_more(store_area: Path) -> None:
    secret, shared, open_ = (
        initiative(visibility.value, visibility=visibility, agreements=(Agreement(f"p-{visibility.value}"),))
        for visibility in Visibility
    )
    players = [Player(f"p-{visibility.value}", visibility.value) for visibility in Visibility]
    steps = [StoryStep(f"s-{visibility.value}", visibility.value, "Er was eens") for visibility in Visibility]
    circles = {"public": {"public"}, "table": {"public", "table"}, "internal": {"public", "table", "internal"}}
    with filled(store_area, [secret, shared, open_, *players, *steps]) as register:
        for audience, seen in circles.items():
            for suffix in FORMS:
                file = store_area / f"{audience}{suffix}"
                export_register(register, file, audience=Visibility(audience))
                with open_register(new_area(store_area), to_write=True) as other:
                    import_register(other, file, by="Bert")
                    uids = {stored.entity.uid for stored in contents(other)}
                assert uids == seen | {f"p-{one}" for one in seen} | {f"s-{one}" for one in seen}
                for unseen in {"internal", "table", "public"} - seen:
                    assert f"p-{unseen}".encode() not in file.read_bytes()


# --- what must be refused

BAD_FEATURES: dict[str, dict[str, Any]] = {
    "no kind": {"kind": None},
    "another kind": {"kind": "castle"},
    "no title": {"title": None},
    "an unknown key": {"owner_phone": "06"},
    "an unknown use": {"use": "castle"},
    "an unknown visibility": {"visibility": "everybody"},
    "a date that is none": {"next_step_on": "2026-02-30"},
    "a number as text": {"area_needed_m2": "veel"},
    "a list that is none": {"themes": "wonen"},
    "a list of numbers": {"themes": [1]},
    "a part with an unknown key": {"agreements": [{"player": "p", "phone": "06"}]},
    "a part without what it needs": {"agreements": [{}]},
    "a truth that is none": {"experiment": "misschien"},
    "half a version": {"version": 1.5},
    "a version of another kind": {"version": "1"},
    "the uid of another": {"uid": "goed"},
    "a uid that leads elsewhere": {"uid": "../../etc"},
}
BAD_PLACES: dict[str, Any] = {
    "nowhere": None,
    "a line": {"type": "LineString", "coordinates": [[6, 52], [7, 53]]},
    "metres": {"type": "Point", "coordinates": [240000, 545000]},
    "half a point": {"type": "Point", "coordinates": [6]},
    "no numbers": {"type": "Point", "coordinates": ["a", "b"]},
    "a bow tie": {"type": "Polygon", "coordinates": [[[6, 52], [7, 53], [7, 52], [6, 53], [6, 52]]]},
    "an unknown form": {"type": "Circle", "coordinates": [6, 52]},
    "a ring of two": {"type": "Polygon", "coordinates": [[[6, 52], [7, 53]]]},
    "an empty form": {"type": "Polygon", "coordinates": []},
}


def feature(properties: dict[str, Any], geometry: Any = None) -> dict[str, Any]:
    """Return a feature that is sound, but for what is given."""
    sound = {"kind": "initiative", "uid": "fout", "title": "Fout"}
    return {"type": "Feature", "geometry": geometry, "properties": sound | properties}


POINT = {"type": "Point", "coordinates": [6, 52]}
BAD = {name: feature(change, POINT) for name, change in BAD_FEATURES.items()}
BAD |= {name: feature({}, place) for name, place in BAD_PLACES.items()}
BAD |= {"no properties": {"type": "Feature", "geometry": POINT}, "no feature": 3}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_one_bad_row_refuses_the_whole_file_by_name(tmp_path: Path, bad: Any) -> None:
    file = tmp_path / "in.geojson"
    good = feature({"uid": "goed", "title": "Goed"}, POINT)
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [good, bad]}))
    with filled(tmp_path, [initiative()]) as register:
        head = register.head()
        with pytest.raises(StoreError, match=r"in\.geojson"):
            import_register(register, file, by="Anna")
        assert register.head() == head
        assert register.entries() == (initiative(),)


BAD_EDITS = {
    "an unknown use": "UPDATE initiative SET use = 'castle' WHERE uid = 'twee'",
    "no title": "UPDATE initiative SET title = NULL WHERE uid = 'twee'",
    "no list": "UPDATE initiative SET themes = 'wonen, natuur' WHERE uid = 'twee'",
    "a list that never ends": "UPDATE initiative SET themes = replace(hex(zeroblob(50000)), '00', '[') WHERE uid = 'twee'",
    "bytes for a text": "UPDATE initiative SET summary = x'00ff' WHERE uid = 'twee'",
    "bytes for a geometry": "UPDATE outline SET geom = x'00ff' WHERE uid = 'twee'",
    "a geometry that breaks off": "UPDATE outline SET geom = substr(geom, 1, 60) WHERE uid = 'twee'",
    "a column more": "ALTER TABLE initiative ADD COLUMN telefoon TEXT",
}


@pytest.mark.parametrize("statement", BAD_EDITS.values(), ids=BAD_EDITS.keys())
def test_a_bad_edit_refuses_the_whole_geopackage(tmp_path: Path, statement: str) -> None:
    file = tmp_path / "out.gpkg"
    with filled(tmp_path, [initiative("een"), initiative("twee", place=SQUARE)]) as register:
        export_register(register, file)
        with closing(sqlite3.connect(file)) as connection, connection:
            for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f'DROP TRIGGER "{name[0]}"')
            connection.execute("UPDATE initiative SET title = 'Anders' WHERE uid = 'een'")
            connection.execute(statement)
        head = register.head()
        with pytest.raises(StoreError, match=r"out\.gpkg"):
            import_register(register, file, by="Anna")
        assert register.head() == head


@pytest.mark.parametrize("name", ["in.gpkg", "in.geojson", "in.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff\xfe", b"SQLite format 3\x00" + b"\x00" * 200])
def test_a_file_that_is_no_register_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with filled(tmp_path, [initiative()]) as register, pytest.raises(StoreError, match=name.replace(".", r"\.")):
        import_register(register, tmp_path / name, by="Anna")


def test_a_geopackage_of_something_else_is_refused(tmp_path: Path) -> None:
    with filled(tmp_path, []) as register, pytest.raises(StoreError, match="holds no register"):
        import_register(register, DEMO / "plan.gpkg", by="Anna")


def test_an_export_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with filled(tmp_path, everything()) as register:
        for name in ("out.shp", "out", "nowhere/out.gpkg"):
            with pytest.raises(OutputError):
                export_register(register, tmp_path / name)
        assert {path.suffix for path in tmp_path.iterdir()} <= {".gpkg", ".gpkg-wal", ".gpkg-shm"}


def test_a_geometry_goes_in_and_out_of_a_blob() -> None:
    for shape in (shape_of(ISLANDS), shape_of(SQUARE), shapely.Point(6.6, 52.8)):
        back, srs_id = from_geopackage(to_geopackage(shape))
        assert (back, srs_id) == (shape, 4326)


def test_use_is_not_known_until_somebody_says_so() -> None:
    assert initiative().use is None
    assert initiative(use=Use.SOLAR).use is Use.SOLAR
