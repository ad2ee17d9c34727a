"""The pages of the register without a browser: list, card, players, story, and two people at once."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from planlib.model.register import Initiative, StoryStep, Visibility
from planlib.release import open_release
from planlib.store import open_register
from tests.register_pages import labelled, register_page, save_entry, shown

HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`</p><script>alert(1)</script>"


def _first(register_area: Path) -> Initiative:
    with open_register(register_area) as register:
        return next(
            entry
            for entry in register.entries()
            if isinstance(entry, Initiative) and entry.title == "Klein wonen op de Oosterkamp"
        )


@pytest.mark.parametrize("name", ["initiatieven", "bronpunten"])
def test_the_page_opens_and_carries_the_promise(register_area: Path, name: str) -> None:
    page = register_page(name)
    assert not page.exception
    assert (
        "geen toezegging" in "".join(block.proto.body for block in page.get("html")) or page.get("iframe") is not None
    )


def test_a_new_initiative_covers_the_parcels_that_were_gathered_or_stands_there_as_a_pin(register_area: Path) -> None:
    release = open_release(register_area)
    table = release.parcels
    cadastre = geopandas.read_file(register_area / "parcels.gpkg").set_index("id")
    (first, second) = (str(table["parcel_id"].iloc[at]) for at in (900, 901))
    for stands, title in ((0, "Op heel het land"), (1, "Alleen een speld")):
        page = register_page("initiatieven", waar=f"percelen:{first}|{second}")
        assert "Het komt op 2 gekozen percelen" in shown(page)
        choice = next(radio for radio in page.radio if radio.label == "Hoe staat het er?")
        if stands:
            choice.set_value(choice.options[1]).run()
        labelled(page, "Naam").set_value(title)
        next(button for button in page.button if button.label == "Bewaar").click()
        page.run()
        with open_register(register_area) as register:
            place = next(entry.place for entry in register.entries() if entry.title == title)
        land = cadastre.geometry.loc[[first, second]].to_crs("EPSG:4326").union_all()
        assert land.buffer(1e-9).contains(shapely.Point(place.longitude, place.latitude))
        drawn = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in place.polygons])
        assert drawn.symmetric_difference(land).area == pytest.approx(land.area if stands else 0, rel=1e-6, abs=1e-13)


def test_a_new_initiative_comes_at_the_parcel_that_was_clicked_and_starts_internal(register_area: Path) -> None:
    parcel = str(open_release(register_area).parcels["parcel_id"].iloc[900])
    page = register_page("initiatieven", perceel=parcel)
    assert f"Het komt op perceel {parcel}" in shown(page)
    labelled(page, "Naam").set_value("Theehuis aan de vaart")
    next(button for button in page.button if button.label == "Bewaar").click()
    page.run()
    assert not page.exception
    with open_register(register_area) as register:
        made = [entry for entry in register.entries() if entry.title == "Theehuis aan de vaart"]
    assert [entry.visibility for entry in made] == [Visibility.INTERNAL]
    assert made[0].place.polygons
    assert page.query_params["speld"] in ([made[0].uid], made[0].uid)


def test_without_a_place_there_is_no_form_but_what_to_do_first(register_area: Path) -> None:
    page = register_page("initiatieven")
    assert not [field for field in page.text_input if field.label == "Naam"]
    assert any("Klik een perceel aan op de kaart" in text.value for text in page.text)


def test_an_edit_is_kept_and_somebody_elses_is_not_overwritten_unseen(register_area: Path) -> None:
    entry = _first(register_area)
    mine, theirs = register_page("initiatieven", speld=entry.uid), register_page("initiatieven", speld=entry.uid)
    labelled(theirs, "In één zin").set_value("Van hen")
    save_entry(theirs)
    theirs.run()
    labelled(mine, "In één zin").set_value("Van mij")
    save_entry(mine)
    mine.run()
    with open_register(register_area) as register:
        stored = register.get(Initiative, entry.uid)
    assert stored is not None
    assert stored.entity.summary == "Van hen"
    assert not mine.exception, mine.exception
    assert "veranderd" in shown(mine)
    # Having seen theirs, one may choose.
    next(button for button in mine.button if button.label.startswith("Ga door met het mijne")).click().run()
    save_entry(mine)
    mine.run()
    with open_register(register_area) as register:
        again = register.get(Initiative, entry.uid)
    assert again is not None
    assert again.entity.summary == "Van mij"


def test_the_table_names_the_bodies_that_are_missing(register_area: Path) -> None:
    told = shown(register_page("initiatieven", speld=_first(register_area).uid))
    assert "Nog niet aan tafel:" in told
    assert "besluit over:" in told


def test_a_step_of_the_story_is_added_with_who_told_it(register_area: Path) -> None:
    entry = _first(register_area)
    page = register_page("initiatieven", speld=entry.uid)
    next(field for field in page.text_area if field.label.startswith("Wat er gebeurde")).set_value(HOSTILE)
    labelled(page, "Wie vertelt dit (een rol is genoeg)").set_value("Buurtclub")
    next(button for button in page.button if button.label == "Voeg toe").click()
    page.run()
    assert not page.exception
    with open_register(register_area) as register:
        (step,) = [stored.entity for stored in register.steps_of(entry.uid)]
    assert (step.text, step.added_by) == (HOSTILE, "Buurtclub")
    assert HOSTILE not in shown(page)
    assert "&lt;script&gt;" in shown(page)


def test_a_story_that_is_not_public_is_not_on_the_projector_even_by_link(register_area: Path) -> None:
    # What is not there says the same: the room does not learn what there is.
    nothing = shown(register_page("beamer", verhaal="bestaat-niet"))
    assert "Dit verhaal is niet openbaar en komt daarom niet op de beamer." in nothing
    for visibility in (Visibility.INTERNAL, Visibility.TABLE):
        with open_register(register_area, to_write=True) as register:
            entry = next(entry for entry in register.entries() if entry.visibility is visibility)
            register.put(StoryStep(f"stap-{visibility}", entry.uid, "Wat niemand mag zien"), by="proef")
        assert shown(register_page("beamer", verhaal=entry.uid, stap="2")) == nothing


def test_the_address_says_which_slide_is_shown(register_area: Path) -> None:
    entry = _first(register_area)
    told = [entry.summary, *(part for part in entry.story.split("\n") if part.strip())]
    for asked, slide in (("1", 0), ("2", 1), ("99", -1), ("-3", 0), ("²", 0), ("abc", 0)):
        page = register_page("beamer", verhaal=entry.uid, stap=asked)
        assert not page.exception
        assert [text for text in told if text in shown(page)] == [told[slide]]
        assert "geen besluit, geen toezegging" in shown(page)
