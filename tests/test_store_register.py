"""The register keeps what it is given, on both stores: to the letter, once, and never over somebody else's change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from planlib.errors import StoreError, UnfitError
from planlib.model import Use
from planlib.model.register import (
    Bronpunt,
    Entity,
    Initiative,
    Link,
    MediaType,
    Picture,
    Place,
    Player,
    StoryStep,
    Visibility,
)
from planlib.store import REGISTER_FILE, ConflictError, Register, open_register
from tests.entries import HOSTILE, JPEG, everything, initiative


def open_to_write(area: Path) -> Register:
    """Return the register of an area, made when it is not there."""
    return open_register(area, to_write=True)


def test_what_is_put_in_comes_out(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        for entity in everything():
            register.put(entity, by="Anna")
    with open_to_write(store_area) as register:
        for entity in everything():
            stored = register.get(type(entity), entity.uid)
            assert stored is not None
            assert (stored.entity, stored.version, stored.changed_by) == (entity, 1, "Anna")
        assert [stored.entity.uid for stored in register.steps_of("i1")] == ["s2", "s1"]
        assert [stored.entity.data for stored in register.pictures_of("i1")] == [JPEG]
        assert register.verify().holds


def test_an_entry_says_nothing_to_the_world_until_somebody_lets_it(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        register.put(initiative(), by="Anna")
        register.put(Bronpunt("b", "Brink", Place(6.6, 52.8)), by="Anna")
        assert {entry.visibility for entry in register.entries()} == {Visibility.INTERNAL}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_kept_to_the_letter(store_area: Path, text: str) -> None:
    entry = initiative(title=text, summary=text, story=text, themes=(text,), links=(Link("https://example.org", text),))
    player = Player("p", text, interest=text)
    with open_to_write(store_area) as register:
        register.put(entry, by=text)
        register.put(player, by=text)
        stored = register.get(Initiative, entry.uid)
        assert stored is not None
        assert (stored.entity, stored.changed_by) == (entry, text)
        assert [kept.entity for kept in register.all(Player)] == [player]
        assert register.verify().holds


def test_sending_the_same_twice_writes_it_once(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        first = register.put(initiative(), by="Anna")
        assert register.put(initiative(), by="Anna") == first
        changed = register.put(initiative(title="Koffiehuis"), by="Bert", base=1)
        assert register.put(initiative(title="Koffiehuis"), by="Bert", base=1) == changed
        register.remove(initiative(), by="Bert", base=2)
        register.remove(initiative(), by="Bert", base=2)
        assert register.entries() == ()
        assert [event.action for event in register.events_of("theehuis")] == ["added", "changed", "removed"]


def test_nobody_writes_over_what_they_did_not_see(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        register.put(initiative(), by="Anna")
        register.put(initiative(title="van Bert"), by="Bert", base=1)
        with pytest.raises(ConflictError) as conflict:
            register.put(initiative(title="van Anna"), by="Anna", base=1)
        assert conflict.value.mine == initiative(title="van Anna")
        assert conflict.value.theirs is not None
        assert (conflict.value.theirs.entity, conflict.value.theirs.version) == (initiative(title="van Bert"), 2)
        with pytest.raises(ConflictError):
            register.remove(initiative(), by="Anna", base=1)
        with pytest.raises(ConflictError):
            register.put(initiative(title="also new"), by="Anna", base=0)
        stayed = register.put(initiative(title="van Anna"), by="Anna", base=conflict.value.theirs.version)
        assert stayed.version == 3
        register.remove(initiative(), by="Bert", base=3)
        with pytest.raises(ConflictError) as gone:
            register.put(initiative(title="te laat"), by="Anna", base=3)
        assert gone.value.theirs is None


def test_threads_that_try_again_lose_no_change(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        register.put(initiative(), by="Anna")

        def add(name: str) -> None:
            for number in range(5):
                while True:
                    seen = register.get(Initiative, "theehuis")
                    assert seen is not None
                    longer = replace(seen.entity, themes=(*seen.entity.themes, f"{name}{number}"))
                    try:
                        register.put(longer, by=name, base=seen.version)
                    except ConflictError:
                        continue
                    break

        threads = [threading.Thread(target=add, args=(name,)) for name in "abcdef"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stored = register.get(Initiative, "theehuis")
        assert stored is not None
        assert sorted(stored.entity.themes) == sorted(f"{name}{number}" for name in "abcdef" for number in range(5))
        assert stored.version == 31
        assert register.verify().holds


def put_both(register: Register, one: Entity, other: Entity) -> None:
    """Put two entities in one transaction."""
    with register.writing("Anna") as writing:
        writing.put(one, base=0)
        writing.put(other, base=0)


BOW_TIE = Place(6.6, 52.8, ((((6.6, 52.8), (6.7, 52.9), (6.7, 52.8), (6.6, 52.9), (6.6, 52.8)),),))
UNFIT: dict[str, Entity] = {
    "a blank title": initiative(title=" \n"),
    "a uid that leads elsewhere": initiative("../x"),
    "no uid": initiative(""),
    "a null character": initiative(title="a\x00b"),
    "half a character": initiative(title="a\ud800"),
    "no number": initiative(place=Place(float("nan"), 52.8)),
    "metres for degrees": initiative(place=Place(240_000.0, 545_000.0)),
    "a line that crosses itself": initiative(place=BOW_TIE),
    "a ring of two corners": initiative(place=Place(6.6, 52.8, ((((6.6, 52.8), (6.7, 52.9)),),))),
    "less than nothing": initiative(area_needed_m2=-1.0),
    "more than there is": initiative(area_needed_m2=float("inf")),
    "a link that runs": initiative(links=(Link("javascript:alert(1)"),)),
    "a link with a line end": initiative(links=(Link("https://a.nl\njavascript:x"),)),
    "an unknown use": initiative(use="castle"),
    "a date that is none": initiative(next_step_on="gisteren"),
    "a picture that is a page": Picture("f", "there", MediaType.JPEG, b"<svg onload=alert(1)>"),
    "a picture of another kind": Picture("f", "there", MediaType.WEBP, JPEG),
    "a picture of nothing": Picture("f", "nowhere", MediaType.JPEG, JPEG),
    "a step of nothing": StoryStep("s", "nowhere", "Er was eens"),
    "the uid of something else": Player("there", "Iemand"),
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT.keys())
def test_what_is_not_sound_leaves_nothing_behind(store_area: Path, unfit: Entity) -> None:
    with open_to_write(store_area) as register:
        register.put(initiative("there"), by="Anna")
        before = register.head()
        with pytest.raises(UnfitError):
            put_both(register, initiative("also"), unfit)
        assert [entry.uid for entry in register.entries()] == ["there"]
        assert register.head() == before
        assert register.verify().holds


def test_an_entry_takes_its_steps_and_pictures_along(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        for entity in everything():
            register.put(entity, by="Anna")
        register.remove(everything()[0], by="Anna", base=1)
        assert register.steps_of("i1") == register.pictures_of("i1") == ()
        assert [stored.entity.uid for stored in register.all(Picture)] == ["f2"]
        assert register.verify().holds


def test_a_shape_can_be_drawn_changed_and_taken_back(store_area: Path) -> None:
    point = Place(6.65, 52.89)
    with open_to_write(store_area) as register:
        version = 0
        for place in (point, everything()[0].place, everything()[1].place, point):
            version = register.put(initiative(place=place), by="Anna", base=version).version
            (entry,) = register.entries()
            assert entry.place == place


def test_a_register_is_filled_once_from_its_seed(store_area: Path) -> None:
    seed = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [6.6, 52.8, 3.0]},
                "properties": {"kind": "initiative", "uid": "one", "title": "Een", "use": "solar"},
            }
        ],
    }
    (store_area / "register-seed.geojson").write_text(json.dumps(seed), encoding="utf-8")
    with open_register(store_area) as register:
        assert register.entries() == (Initiative("one", "Een", Place(6.6, 52.8), Use.SOLAR),)
    with open_to_write(store_area) as register:
        register.remove(register.entries()[0], by="Anna", base=1)
        register.put(initiative("two"), by="Anna")
    with open_register(store_area) as register:
        assert [entry.uid for entry in register.entries()] == ["two"]
        assert register.verify().holds


def test_every_change_gives_the_log_another_head(store_area: Path) -> None:
    with open_to_write(store_area) as register:
        steps: list[Callable[[], object]] = [
            lambda: register.put(initiative(), by="Anna"),
            lambda: register.put(initiative(title="Anders"), by="Anna", base=1),
            lambda: register.remove(initiative(), by="Anna", base=2),
        ]
        heads = [register.head()]
        for step in steps:
            step()
            heads.append(register.head())
    assert [head.events for head in heads] == [0, 1, 2, 3]
    assert len({head.hash for head in heads}) == 4


def test_both_stores_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    logs = []
    for url in (None, request.getfixturevalue("postgres").url):
        if url:
            monkeypatch.setenv("PLANLIB_STORE_URL", url)
        with open_to_write(tmp_path) as register:
            for entity in everything():
                register.put(entity, by="Anna")
            uids = [entity.uid for entity in everything()]
            logs.append([(e.kind, e.uid, e.version, e.digest) for uid in uids for e in register.events_of(uid)])
    assert logs[0] == logs[1]


# --- where it is


def test_two_areas_in_one_database_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("PLANLIB_STORE_URL", request.getfixturevalue("postgres").url)
    for name in ("een", "twee"):
        (tmp_path / name).mkdir()
        with open_to_write(tmp_path / name) as register:
            register.put(initiative(name), by="Anna")
    for name in ("een", "twee"):
        with open_register(tmp_path / name) as register:
            assert [entry.uid for entry in register.entries()] == [name]


def test_reading_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "register-seed.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with open_register(tmp_path) as register:
        assert register.entries() == ()
        with pytest.raises(StoreError, match="opened to read"):
            register.put(initiative(), by="Anna")
    assert [path.name for path in tmp_path.iterdir()] == ["register-seed.geojson"]


@pytest.mark.parametrize("seed", ["", "[]", '{"features": [{"properties": {"kind": "castle"}}]}', '{"features": 3}'])
def test_a_seed_that_is_not_sound_leaves_no_register(tmp_path: Path, seed: str) -> None:
    (tmp_path / "register-seed.geojson").write_text(seed)
    with pytest.raises(StoreError, match=r"register-seed\.geojson"):
        open_to_write(tmp_path)
    assert not (tmp_path / REGISTER_FILE).exists()


@pytest.mark.parametrize("url", ["mysql://a:geheim@b/c", "nonsense", "postgresql://a:geheim@127.0.0.1:1/c"])
def test_a_store_that_cannot_be_reached_is_one_sentence_without_the_password(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_STORE_URL", url)
    with pytest.raises(StoreError) as problem:
        open_register(tmp_path)
    assert "geheim" not in str(problem.value)


def test_a_file_that_is_something_else_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / REGISTER_FILE).write_text("this is no database, though it is long enough to be taken for one" * 20)
    before = (tmp_path / REGISTER_FILE).read_bytes()
    with pytest.raises(StoreError, match=r"register\.gpkg"):
        open_to_write(tmp_path)
    assert (tmp_path / REGISTER_FILE).read_bytes() == before


def test_the_pin_of_a_shape_lies_in_it(store_area: Path) -> None:
    ring = shapely.Point(6.6, 52.8).buffer(0.1).difference(shapely.Point(6.6, 52.8).buffer(0.09))
    rings = tuple(tuple(map(tuple, part.coords)) for part in (ring.exterior, *ring.interiors))
    with open_to_write(store_area) as register:
        stored = register.put(initiative(place=Place(6.6, 52.8, (rings,))), by="Anna")
        (entry,) = register.entries()
    assert ring.contains(shapely.Point(entry.place.longitude, entry.place.latitude))
    assert entry == stored.entity
