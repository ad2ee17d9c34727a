"""The pages of the register without a browser: list, card, players, story, and two people at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planlib.build import build
from planlib.model.register import Initiative, StoryStep, Visibility
from planlib.release import open_release
from planlib.store import open_register

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`</p><script>alert(1)</script>"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the demo, built once."""
    folder = tmp_path_factory.mktemp("entries") / "area"
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns("build", "__pycache__", "register.gpkg*"))
    build(folder)
    return folder


@pytest.fixture
def area(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the copy of the demo with its register as it is filled at first, served."""
    for file in built.glob("register.gpkg*"):
        file.unlink()
    monkeypatch.setenv("PLANLIB_AREA", str(built))
    return built


def _page(name: str, **address: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=120)
    for key, value in address.items():
        page.query_params[key] = value
    return page.run()


def _html(page: AppTest) -> str:
    return "\n".join(block.proto.body for block in page.get("html"))


def _field(page: AppTest, label: str) -> object:
    return next(field for field in page.text_input if field.label == label)


def _save(page: AppTest) -> None:
    """Press the button of the edit form, which is the last one on the page."""
    [button for button in page.button if button.label == "Bewaar"][-1].click()


def _first(area: Path) -> Initiative:
    with open_register(area) as register:
        return next(
            entry
            for entry in register.entries()
            if isinstance(entry, Initiative) and entry.title == "Klein wonen op de Oosterkamp"
        )


@pytest.mark.parametrize("name", ["initiatieven", "bronpunten"])
def test_the_page_opens_and_carries_the_promise(area: Path, name: str) -> None:
    page = _page(name)
    assert not page.exception
    assert (
        "geen toezegging" in "".join(block.proto.body for block in page.get("html")) or page.get("iframe") is not None
    )


def test_a_new_initiative_comes_at_the_parcel_that_was_clicked_and_starts_internal(area: Path) -> None:
    parcel = str(open_release(area).parcels["parcel_id"].iloc[900])
    page = _page("initiatieven", perceel=parcel)
    _field(page, "Naam").set_value("Theehuis aan de vaart")
    next(button for button in page.button if button.label == "Bewaar").click()
    page.run()
    assert not page.exception
    with open_register(area) as register:
        made = [entry for entry in register.entries() if entry.title == "Theehuis aan de vaart"]
    assert [entry.visibility for entry in made] == [Visibility.INTERNAL]
    assert made[0].place.polygons
    assert page.query_params["speld"] in ([made[0].uid], made[0].uid)


def test_without_a_place_there_is_no_form_but_what_to_do_first(area: Path) -> None:
    page = _page("initiatieven")
    assert not [field for field in page.text_input if field.label == "Naam"]
    assert any("Klik een perceel aan op de kaart" in text.value for text in page.text)


def test_an_edit_is_kept_and_somebody_elses_is_not_overwritten_unseen(area: Path) -> None:
    entry = _first(area)
    mine, theirs = _page("initiatieven", speld=entry.uid), _page("initiatieven", speld=entry.uid)
    _field(theirs, "In één zin").set_value("Van hen")
    _save(theirs)
    theirs.run()
    _field(mine, "In één zin").set_value("Van mij")
    _save(mine)
    mine.run()
    with open_register(area) as register:
        stored = register.get(Initiative, entry.uid)
    assert stored is not None
    assert stored.entity.summary == "Van hen"
    assert not mine.exception, mine.exception
    assert "veranderd" in _html(mine)
    # Having seen theirs, one may choose.
    next(button for button in mine.button if button.label.startswith("Ga door met het mijne")).click().run()
    _field(mine, "In één zin").set_value("Van mij")
    _save(mine)
    mine.run()
    with open_register(area) as register:
        again = register.get(Initiative, entry.uid)
    assert again is not None
    assert again.entity.summary == "Van mij"


def test_the_table_names_the_bodies_that_are_missing(area: Path) -> None:
    shown = _html(_page("initiatieven", speld=_first(area).uid))
    assert "Nog niet aan tafel:" in shown
    assert "besluit over:" in shown


def test_a_step_of_the_story_is_added_with_who_told_it(area: Path) -> None:
    entry = _first(area)
    page = _page("initiatieven", speld=entry.uid)
    next(field for field in page.text_area if field.label.startswith("Wat er gebeurde")).set_value(HOSTILE)
    _field(page, "Wie vertelt dit (een rol is genoeg)").set_value("Buurtclub")
    next(button for button in page.button if button.label == "Voeg toe").click()
    page.run()
    assert not page.exception
    with open_register(area) as register:
        (step,) = [stored.entity for stored in register.steps_of(entry.uid)]
    assert (step.text, step.added_by) == (HOSTILE, "Buurtclub")
    assert HOSTILE not in _html(page)
    assert "&lt;script&gt;" in _html(page)


def test_a_story_that_is_not_public_is_not_on_the_projector_even_by_link(area: Path) -> None:
    # What is not there says the same: the room does not learn what there is.
    nothing = _html(_page("beamer", verhaal="bestaat-niet"))
    assert "Dit verhaal is niet openbaar en komt daarom niet op de beamer." in nothing
    for visibility in (Visibility.INTERNAL, Visibility.TABLE):
        with open_register(area, to_write=True) as register:
            entry = next(entry for entry in register.entries() if entry.visibility is visibility)
            register.put(StoryStep(f"stap-{visibility}", entry.uid, "Wat niemand mag zien"), by="proef")
        assert _html(_page("beamer", verhaal=entry.uid, stap="2")) == nothing


def test_the_address_says_which_slide_is_shown(area: Path) -> None:
    entry = _first(area)
    told = [entry.summary, *(part for part in entry.story.split("\n") if part.strip())]
    for asked, slide in (("1", 0), ("2", 1), ("99", -1), ("-3", 0), ("²", 0), ("abc", 0)):
        page = _page("beamer", verhaal=entry.uid, stap=asked)
        assert not page.exception
        assert [text for text in told if text in _html(page)] == [told[slide]]
        assert "geen besluit, geen toezegging" in _html(page)
