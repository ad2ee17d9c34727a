"""``register`` on the command line: add, export, import, verify, backup and restore."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import sqlalchemy as sa
from pyproj import Transformer

from planlib.model.register import Bronpunt, Initiative, Visibility
from planlib.store import open_register
from tests.areas import ORIGIN, box, run, succeed, write_area

X, Y = ORIGIN
AT = f"{X + 50},{Y + 50}"


@pytest.fixture
def area(store_area: Path) -> Path:
    """Return an area with one parcel and an empty register."""
    return write_area(store_area, {"P1": box(0, 0, 100, 100)})


def test_an_added_entry_prints_its_uid_and_stands_where_it_was_put(area: Path) -> None:
    uid = succeed("register", "add", area, "--kind", "initiative", "--title", "Theehuis", "--at", AT).last
    assert str(uuid.UUID(uid)) == uid
    pearl = succeed("register", "add", area, "--kind", "bronpunt", "--title", "Brink", "--at", AT).last
    with open_register(area) as register:
        first, second = register.entries()
    assert (type(first), first.uid, first.title, first.visibility) == (
        Initiative,
        uid,
        "Theehuis",
        Visibility.INTERNAL,
    )
    assert (type(second), second.uid, second.visibility) == (Bronpunt, pearl, Visibility.INTERNAL)
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)
    there = to_metres.transform(first.place.longitude, first.place.latitude)
    assert np.allclose(there, (X + 50, Y + 50), atol=1e-3)


def test_what_is_known_can_be_said_at_once(area: Path) -> None:
    options = ("--use", "solar", "--state", "quickscan", "--initiator", "De buurt", "--visibility", "public")
    entry = ("--kind", "initiative", "--title", "'; DROP TABLE initiative; --", "--at", AT, "--summary", "<b>zon</b>")
    told = json.loads(succeed("register", "add", area, *entry, *options, "--json").out)
    with open_register(area) as register:
        (kept,) = register.entries()
        (event,) = register.events_of(kept.uid)
    assert told == {"uid": kept.uid, "version": 1, "visibility": "public"}
    assert isinstance(kept, Initiative)
    assert (kept.title, kept.summary) == ("'; DROP TABLE initiative; --", "<b>zon</b>")
    assert (kept.use, kept.state, kept.initiator) == ("solar", "quickscan", "De buurt")
    assert event.action == "added"


def test_adding_again_with_the_same_uid_does_no_harm(area: Path) -> None:
    call = ("register", "add", area, "--kind", "bronpunt", "--title", "Brink", "--at", AT, "--uid", "brink")
    assert [succeed(*call).out for _ in range(2)] == ["brink\n"] * 2
    with open_register(area) as register:
        assert len(register.entries()) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--at": "nan,nan"}, "no place"),
        ({"--at": "inf,1"}, "no place"),
        ({"--at": "1,2"}, "outside Proef"),
        ({"--at": f"{X},{Y - 5000}"}, "outside Proef"),
        ({"--at": "6.6,52.8"}, "outside Proef"),
        ({"--at": "1"}, "X,Y"),
        ({"--at": "1,2,3"}, "X,Y"),
        ({"--at": "a,b"}, "X,Y"),
        ({"--title": "  "}, "title"),
        ({"--title": "a\x00b"}, "cannot be kept"),
        ({"--uid": "../x"}, "uid"),
        ({"--kind": "bronpunt", "--use": "solar"}, "A bronpunt has no use"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_adds_nothing(area: Path, change: dict[str, str], said: str) -> None:
    options = {"--kind": "initiative", "--title": "Theehuis", "--at": AT} | change
    ran = run("register", "add", area, *(part for pair in options.items() for part in pair))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    with open_register(area) as register:
        assert register.entries() == ()


@pytest.mark.parametrize("call", [("add",), ("export",), ("nonsense",), ()])
def test_a_call_that_is_not_complete_is_refused(area: Path, call: tuple[str, ...]) -> None:
    assert run("register", *call).code == 2


def test_a_folder_that_is_no_area_is_refused(tmp_path: Path) -> None:
    ran = run("register", "export", tmp_path, "--out", tmp_path / "out.gpkg")
    assert ran.code == 2
    assert "is not an area" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
def test_a_register_goes_out_and_comes_in_with_its_uids(area: Path, suffix: str) -> None:
    uid = succeed("register", "add", area, "--kind", "initiative", "--title", "Theehuis", "--at", AT).last
    out = area / f"out{suffix}"
    exported = succeed("register", "export", area, "--out", out)
    assert "1 of these are internal" in exported.err
    frame = gpd.read_file(out, layer="initiative") if suffix == ".gpkg" else gpd.read_file(out)
    assert list(frame.uid) == [uid]
    assert np.allclose(frame.to_crs("EPSG:28992").total_bounds, (X + 50, Y + 50) * 2, atol=1e-3)
    other = write_area(area / f"twee {uuid.uuid4()}", {"P1": box(0, 0, 100, 100)})
    done = [json.loads(succeed("register", "import", other, out, "--json").out) for _ in range(2)]
    assert done == [
        {"added": 1, "changed": 0, "unchanged": 0, "older": 0},
        {"added": 0, "changed": 0, "unchanged": 1, "older": 0},
    ]
    succeed("register", "export", other, "--out", other / "out.geojson")
    succeed("register", "export", area, "--out", area / "again.geojson")
    assert (other / "out.geojson").read_bytes() == (area / "again.geojson").read_bytes()


def test_an_export_for_the_public_leaves_out_what_is_not(area: Path) -> None:
    for visibility in Visibility:
        options = ("--title", f"voor {visibility}", "--at", AT, "--visibility", visibility)
        succeed("register", "add", area, "--kind", "bronpunt", *options)
    out = area / "out.geojson"
    written = json.loads(succeed("register", "export", area, "--out", out, "--visibility", "public", "--json").out)
    assert (written["entities"], written["internal"]) == (1, 0)
    assert [feature["properties"]["title"] for feature in json.loads(out.read_text())["features"]] == ["voor public"]


def test_verify_says_whether_the_log_holds_and_exits_so(area: Path) -> None:
    succeed("register", "add", area, "--kind", "bronpunt", "--title", "Brink", "--at", AT)
    whole = json.loads(succeed("register", "verify", area, "--json").out)
    assert (whole["holds"], whole["events"], whole["breaches"]) == (True, 1, [])
    assert whole["hash"] in succeed("register", "verify", area, "--anchor", whole["hash"]).out
    assert run("register", "verify", area, "--anchor", "0" * 64).code == 2
    with open_register(area, to_write=True) as register, register._engine.begin() as connection:
        connection.execute(sa.text("UPDATE bronpunt SET title = 'Weg'"))
    broken = run("register", "verify", area, "--json")
    assert broken.code == 2
    assert "not what its last event says" in broken.err
    assert [breach["fault"] for breach in json.loads(broken.out)["breaches"]] == ["entry_differs"]


def test_a_backup_can_be_put_back(area: Path) -> None:
    succeed("register", "add", area, "--kind", "bronpunt", "--title", "Brink", "--at", AT)
    backup = area / "backup.gpkg"
    head = json.loads(succeed("register", "backup", area, "--out", backup, "--json").out)["hash"]
    late = succeed("register", "add", area, "--kind", "bronpunt", "--title", "Later", "--at", AT).last
    assert json.loads(succeed("register", "restore", area, backup, "--json").out)["unchanged"] == 1
    with open_register(area) as register:
        assert [entry.title for entry in register.entries()] == ["Brink"]
        assert register.events_of(late)[-1].action == "removed"
    succeed("register", "verify", area, "--anchor", head)


def test_reading_calls_make_no_register(tmp_path: Path) -> None:
    area = write_area(tmp_path / "gebied", {"P1": box(0, 0, 100, 100)})
    before = sorted(area.iterdir())
    succeed("register", "export", area, "--out", tmp_path / "out.gpkg")
    succeed("register", "verify", area)
    succeed("register", "backup", area, "--out", tmp_path / "backup.gpkg")
    assert sorted(area.iterdir()) == before
