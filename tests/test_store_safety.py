"""What a register survives: killed writers, somebody at its log, a copy under load, another version of its tables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from planlib.errors import StoreError
from planlib.model.register import Bronpunt, Initiative, Picture, QualityEdit
from planlib.store import REGISTER_FILE, Fault, Register, backup_register, open_register, restore_register
from planlib.store import migrations as steps
from planlib.store.migrations import add_column
from tests.entries import ISLANDS, everything, initiative
from tests.store_writers import ENTRIES, KILLED, PROCESSES

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def database(register: Register) -> Iterator[sa.Connection]:
    """Give a transaction on what lies below a register, as somebody with the right to everything has."""
    with register._engine.begin() as connection:
        yield connection


@pytest.fixture
def register(store_area: Path) -> Iterator[Register]:
    """Return a register with three entries, of which one was changed and one has gone."""
    with open_register(store_area, to_write=True) as register:
        for uid in ("een", "twee", "drie"):
            register.put(initiative(uid), by="Anna")
        register.put(initiative("twee", title="Anders"), by="Bert", base=1)
        register.remove(initiative("drie"), by="Bert", base=1)
        yield register


# --- killed


def test_a_killed_writer_loses_nothing_that_was_acknowledged_and_leaves_nothing_half(
    store_area: Path, tmp_path: Path
) -> None:
    acks = tmp_path / "acks"
    acks.mkdir()
    # There is no register yet: all of them make it at once.
    command = [sys.executable, "-m", "tests.store_writers", str(store_area), str(acks)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == 0, ran.stderr[-2000:]
    acknowledged = [line.split() for file in acks.iterdir() for line in file.read_text().splitlines()]
    with open_register(store_area) as register:
        kept = {stored.entity.uid: stored for noun in (Initiative, Bronpunt) for stored in register.all(noun)}
        verification = register.verify()
        with database(register) as connection:
            outlines = set(connection.exec_driver_sql("SELECT uid FROM outline").scalars())
            if connection.dialect.name == "sqlite":
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                for table in ("initiative", "bronpunt", "outline"):
                    assert connection.exec_driver_sql(f"SELECT rtreecheck('rtree_{table}_geom')").scalar() == "ok"
    assert len(acknowledged) >= (PROCESSES - KILLED) * ENTRIES * 2 + sum(3 + number for number in range(KILLED))
    assert [uid for uid, version in acknowledged if kept[uid].version < int(version)] == []
    # Whole: what each version says, with its event, and a shape where one was drawn.
    assert verification.breaches == ()
    assert all(stored.entity.title == f"version {stored.version}" for stored in kept.values())
    assert outlines == {uid for uid, stored in kept.items() if stored.entity.place.polygons}
    assert outlines == {uid for uid in kept if int(uid.partition("-")[2]) % 2}
    # One entry for each killed writer may be there without its acknowledgement.
    assert len(kept) - len({uid for uid, _ in acknowledged}) <= KILLED


# --- tampered


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET who = 'niemand'",
        "DELETE FROM event",
        "DELETE FROM event WHERE seq = 5",
        "INSERT INTO event SELECT seq + 9, at, who, action, kind, uid, version, digest, changed, hash FROM event",
    ],
)
def test_the_log_takes_no_change(register: Register, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database(register) as connection:
        connection.exec_driver_sql(statement)
    assert register.verify().holds


def test_the_log_takes_no_replacement_and_cannot_be_emptied(register: Register) -> None:
    words = {"sqlite": "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1", "postgresql": "TRUNCATE event"}
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), database(register) as connection:
        connection.exec_driver_sql(words[connection.dialect.name])
    assert register.verify().holds


#: What somebody with every right does, and what is then found, where.
TAMPERING = {
    "UPDATE event SET who = 'niemand' WHERE seq = 2": {(Fault.EVENT_CHANGED, "2")},
    "UPDATE event SET at = '2020-01-01' WHERE seq = 5": {(Fault.EVENT_CHANGED, "5")},
    "UPDATE event SET hash = 'x' WHERE seq = 1": {(Fault.EVENT_CHANGED, "1"), (Fault.EVENT_CHANGED, "2")},
    "DELETE FROM event WHERE seq = 1": {(Fault.EVENT_MISSING, "1"), (Fault.ENTRY_UNKNOWN, "een")},
    "DELETE FROM event WHERE seq = 3": {(Fault.EVENT_MISSING, "3")},
    "DELETE FROM event WHERE seq >= 4": {(Fault.ENTRY_DIFFERS, "twee"), (Fault.ENTRY_MISSING, "drie")},
    "DELETE FROM event": {(Fault.ENTRY_UNKNOWN, "een"), (Fault.ENTRY_UNKNOWN, "twee")},
    "UPDATE initiative SET title = 'Kasteel' WHERE uid = 'een'": {(Fault.ENTRY_DIFFERS, "een")},
    "UPDATE initiative SET visibility = 'public' WHERE uid = 'een'": {(Fault.ENTRY_DIFFERS, "een")},
    "DELETE FROM initiative WHERE uid = 'een'": {(Fault.ENTRY_MISSING, "een")},
    "UPDATE initiative SET uid = 'vier' WHERE uid = 'een'": {
        (Fault.ENTRY_MISSING, "een"),
        (Fault.ENTRY_UNKNOWN, "vier"),
    },
}


def tamper(register: Register, *statements: str) -> None:
    """Run statements with the triggers of the log out of the way."""
    with database(register) as connection:
        if connection.dialect.name == "sqlite":
            for name in ("event_no_update", "event_no_delete", "event_in_order"):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER USER")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", TAMPERING)
def test_tampering_is_found_where_it_was_done(register: Register, statement: str) -> None:
    assert register.verify().holds
    tamper(register, statement)
    found = {(breach.fault, breach.at) for breach in register.verify().breaches}
    assert found == TAMPERING[statement]


def test_an_end_that_was_cut_off_with_its_entry_is_found_by_the_head_that_was_noted(register: Register) -> None:
    noted = register.put(initiative("vijf"), by="Anna") and register.head().hash
    assert register.verify(anchor=noted).holds
    tamper(register, "DELETE FROM event WHERE uid = 'vijf'", "DELETE FROM initiative WHERE uid = 'vijf'")
    assert register.verify().holds
    assert [breach.fault for breach in register.verify(anchor=noted).breaches] == [Fault.ANCHOR_MISSING]


# --- backup and restore


def test_a_backup_under_load_is_whole_and_works_as_a_register(store_area: Path, tmp_path: Path) -> None:
    over = threading.Event()

    def write(register: Register, name: str) -> None:
        number = 0
        while not over.is_set():
            register.put(initiative(f"{name}{number}", place=ISLANDS), by=name)
            number += 1

    with open_register(store_area, to_write=True) as register:
        writers = [threading.Thread(target=write, args=(register, name)) for name in "ab"]
        for writer in writers:
            writer.start()
        try:
            heads = [backup_register(register, tmp_path / f"{number}.gpkg") for number in range(4)]
        finally:
            over.set()
            for writer in writers:
                writer.join()
        whole = register.verify(anchor=heads[-1].hash)
        assert whole.holds
    assert heads[-1].events > heads[0].events
    for number, head in enumerate(heads):
        there = tmp_path / f"area {number}"
        there.mkdir()
        shutil.copy(tmp_path / f"{number}.gpkg", there / REGISTER_FILE)
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("PLANLIB_STORE_URL", raising=False)
            with open_register(there, to_write=True) as copy:
                assert copy.verify(anchor=head.hash).breaches == ()
                assert copy.head() == head
                assert len(copy.entries()) == head.events
                copy.put(initiative("verder"), by="Anna")
                assert copy.verify(anchor=head.hash).holds


def test_restoring_puts_everything_back_and_the_log_goes_on(store_area: Path, tmp_path: Path) -> None:
    with open_register(store_area, to_write=True) as register:
        for entity in everything():
            register.put(entity, by="Anna")
        head = backup_register(register, tmp_path / "backup.gpkg")
        register.remove(everything()[0], by="Bert", base=1)
        register.put(everything()[1].__class__("b1", "Weg", ISLANDS), by="Bert", base=1)
        register.put(initiative("later"), by="Bert")
        done = restore_register(register, tmp_path / "backup.gpkg", by="Carla")
        assert (done.added, done.changed, done.unchanged) == (4, 1, 4)
        for entity in everything():
            stored = register.get(type(entity), entity.uid)
            assert stored is not None
            assert stored.entity == entity
        assert register.get(Initiative, "later") is None
        assert register.verify(anchor=head.hash).holds
        before = register.head()
        restore_register(register, tmp_path / "backup.gpkg", by="Carla")
        assert register.head() == before


# --- other versions of the tables


def triggers(register: Register) -> list[tuple[str, ...]]:
    """Return the triggers of a register's tables."""
    with database(register) as connection:
        if connection.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        else:
            query = (
                "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
                "AND tgrelid IN (SELECT oid FROM pg_class WHERE pg_table_is_visible(oid)) ORDER BY 1"
            )
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_an_upgrade_keeps_rows_triggers_and_index(store_area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_register(store_area, to_write=True) as register:
        register.put(initiative(place=ISLANDS), by="Anna")
        before, head = triggers(register), register.head()
    monkeypatch.setattr(steps, "MIGRATIONS", [*steps.MIGRATIONS, add_column("initiative", "zeal", sa.Integer())])
    with open_register(store_area, to_write=True) as register:
        assert triggers(register) == before
        assert before
        with database(register) as connection:
            assert connection.exec_driver_sql("SELECT version FROM register_schema").scalar() == steps.latest()
            assert connection.exec_driver_sql("SELECT zeal FROM initiative").scalar() is None
        register.put(initiative("nieuw", place=ISLANDS), by="Anna")
        assert register.verify(anchor=head.hash).holds
        with database(register) as connection:
            if connection.dialect.name == "sqlite":
                for table in ("initiative", "outline"):
                    index = sa.table(f"rtree_{table}_geom")
                    assert connection.execute(sa.select(sa.func.count()).select_from(index)).scalar() == 2
                    assert connection.exec_driver_sql(f"SELECT rtreecheck('rtree_{table}_geom')").scalar() == "ok"


def test_an_upgrade_that_fails_changes_nothing(store_area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_register(store_area, to_write=True) as register:
        register.put(initiative(), by="Anna")
    added = add_column("initiative", "zeal", sa.Integer())
    with monkeypatch.context() as patch:
        patch.setattr(steps, "MIGRATIONS", [*steps.MIGRATIONS, added, added])
        with pytest.raises(StoreError, match="zeal"):
            open_register(store_area, to_write=True)
    with open_register(store_area, to_write=True) as register:
        assert register.entries() == (initiative(),)
        with database(register) as connection:
            row = connection.exec_driver_sql("SELECT * FROM initiative").mappings().one()
            assert "zeal" not in row


def test_a_register_of_the_first_version_takes_in_all_there_is_today(store_area: Path) -> None:
    older = [item for item in everything() if not isinstance(item, Bronpunt | QualityEdit | Picture)]
    with open_register(store_area, to_write=True) as register:
        for entity in older:
            register.put(entity, by="Anna")
        head = register.head()
        with database(register) as connection:
            for table, column in (("bronpunt", "goal_reasons"), ("core_quality", "retired"), ("core_quality", "rules")):
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
            connection.exec_driver_sql("UPDATE register_schema SET version = 1")
    with open_register(store_area, to_write=True) as register:
        assert register.head() == head
        for entity in everything():
            assert register.put(entity, by="Anna").entity == entity
        assert register.verify(anchor=head.hash).holds


def test_a_register_of_a_newer_planlib_is_refused(store_area: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(steps, "MIGRATIONS", [*steps.MIGRATIONS, add_column("initiative", "zeal", sa.Integer())])
        open_register(store_area, to_write=True).close()
    with pytest.raises(StoreError, match="newer planlib"):
        open_register(store_area)


# --- where nothing can be written

_READ = """
import sys
from pathlib import Path
from planlib.errors import NotWritableError
from planlib.model.register import Initiative, Place
from planlib.store import open_register
register = open_register(Path(sys.argv[1]))
print(*(entry.uid for entry in register.entries()))
for write in (
    lambda: open_register(Path(sys.argv[1]), to_write=True).put(Initiative("x", "x", Place(6, 52)), by="x"),
    lambda: register.put(Initiative("x", "x", Place(6, 52)), by="x"),
):
    try:
        write()
    except NotWritableError as problem:
        print(problem)
"""


@pytest.mark.parametrize("made", [False, True], ids=["from its seed", "from its file"])
def test_a_folder_that_cannot_be_written_can_be_read(made: bool, tmp_path: Path) -> None:
    folder = tmp_path / "gebied"
    folder.mkdir()
    place = {"type": "Point", "coordinates": [6, 52]}
    known = {"kind": "initiative", "uid": "uit-het-zaad", "title": "Zaad"}
    feature = {"type": "Feature", "geometry": place, "properties": known}
    seed = {"type": "FeatureCollection", "features": [feature]}
    (folder / "register-seed.geojson").write_text(json.dumps(seed))
    if made:
        with open_register(folder, to_write=True) as register:
            register.put(initiative("erbij"), by="Anna")
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555)
    # Whoever is root may write anywhere, unless that right is laid down.
    meek = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    command = [*meek, sys.executable, "-c", _READ, str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    folder.chmod(0o755)
    assert ran.returncode == 0, ran.stderr
    uids, *problems = ran.stdout.splitlines()
    assert uids == ("uit-het-zaad erbij" if made else "uit-het-zaad")
    assert problems == [f"The folder {folder} cannot be written, so its register can be read but not changed."] * 2
