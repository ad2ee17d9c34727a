"""Every field of the register is filled in, changed and read on a page, and nothing that was typed is lost."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from planlib.catalogue import read_catalogue
from planlib.model import Level, Use
from planlib.model.register import (
    Agreement,
    Bronpunt,
    Entity,
    GoalReason,
    Initiative,
    InitiativeState,
    Lead,
    LeadTurn,
    Link,
    MediaType,
    Note,
    Picture,
    Place,
    Player,
    PlayerKind,
    QualityEdit,
    ThemeEdit,
    Visibility,
)
from planlib.store import open_register
from planlib.text.words import Words
from planlib.views.entry_html import bronpunt_html, initiative_html
from tests.entries import JPEG
from tests.register_pages import field, fill, press, register_page, shown

HOSTILE = (
    '<img src=x onerror="alert(1)">',
    "</p></dd></li></div><script>alert(1)</script>",
    "${alert(1)}`;alert(1);`",
    '" onmouseover="alert(1)" x="',
    "<svg/onload=alert(1)><iframe src=javascript:alert(1)>",
)
HOSTILE_LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "https:javascript:alert(1)",
    "//example.org",
    "https://",
    "https:///x",
    "javascript://https://example.org/%0aalert(1)",
)
TODAY = datetime.now().astimezone().date()


def put(area: Path, *entities: Entity) -> None:
    """Write entities over whatever is there."""
    with open_register(area, to_write=True) as register:
        for entity in entities:
            register.put(entity, by="iemand anders", base=None)


def kept(area: Path, entity: Any) -> Any:
    """Return an entity as the register holds it now."""
    with open_register(area) as register:
        stored = register.get(type(entity), entity.uid)
    assert stored is not None
    return stored.entity


@pytest.fixture
def plan(register_area: Path) -> Initiative:
    """Return an initiative of which no more is known than its name."""
    made = Initiative("plan", "Theehuis", Place(6.6735558, 52.8919331))
    put(register_area, made)
    return made


@pytest.fixture
def pearl(register_area: Path) -> Bronpunt:
    """Return a bronpunt of which no more is known than its name."""
    made = Bronpunt("parel", "De brink", Place(6.6735558, 52.8919331))
    put(register_area, made)
    return made


def test_every_field_of_an_initiative_is_filled_in_on_the_page_and_stands_on_its_card(
    register_area: Path, plan: Initiative
) -> None:
    page = register_page("initiatieven", speld="plan")
    typed = {
        "title": "Theehuis aan de vaart",
        "summary": "Thee bij het water.",
        "use": Use.RECREATION,
        "hectares": "1,25",
        "state": InitiativeState.QUICKSCAN,
        "visibility": Visibility.TABLE,
        "initiator": "Buurtclub",
        "scale": "straat",
        "leads": Lead.TOGETHER,
        "led_0": Lead.GOVERNMENT,
        "led_until_0": date(2026, 3, 1),
        "why_0": "de gemeente begon",
        "story": "Eerst was er koffie.",
        "themes": ["vrijetijd", "leefbaarheid"],
        "experiment": True,
        "experiment_question": "Komt er iemand?",
        "experiment_until": date(2029, 1, 1),
        "planning": "in het voorjaar",
        "money": "van de buurt",
        "carried_by": "de vereniging",
        "next_step": "praten met de buren",
        "next_step_by": "Anna",
        "next_step_on": date(2026, 12, 1),
        "url_0": "example.org/thee",
        "link_0": "Thee elders",
    }
    fill(page, "edit_plan", typed)
    press(page, "edit_plan")
    assert not page.exception
    assert kept(register_area, plan) == Initiative(
        uid="plan",
        title="Theehuis aan de vaart",
        place=plan.place,
        use=Use.RECREATION,
        state=InitiativeState.QUICKSCAN,
        visibility=Visibility.TABLE,
        summary="Thee bij het water.",
        story="Eerst was er koffie.",
        area_needed_m2=12_500.0,
        initiator="Buurtclub",
        scale="straat",
        leads=Lead.TOGETHER,
        led_before=(LeadTurn(Lead.GOVERNMENT, date(2026, 3, 1), "de gemeente begon"),),
        themes=("vrijetijd", "leefbaarheid"),
        experiment=True,
        experiment_question="Komt er iemand?",
        experiment_until=date(2029, 1, 1),
        planning="in het voorjaar",
        money="van de buurt",
        carried_by="de vereniging",
        next_step="praten met de buren",
        next_step_by="Anna",
        next_step_on=date(2026, 12, 1),
        links=(Link("https://example.org/thee", "Thee elders"),),
    )
    card = shown(page)
    said = [str(value) for name, value in typed.items() if type(value) is str and name not in ("hectares", "scale")]
    said.remove("example.org/thee")
    for words in (
        *said,
        "1,25 ha",
        "Straattafel",
        "samen",
        "de overheid · tot 1 maart 2026",
        "tot 1 januari 2029",
        "voor 1 december 2026",
        'href="https://example.org/thee"',
        "Wie dit mag zien: voor aan tafel.",
    ):
        assert words in card, words
    assert card.count("aria-current=step") == 1
    # Opened again, the form says the same, and saving it changes nothing.
    press(page, "edit_plan")
    with open_register(register_area) as register:
        assert [event.action for event in register.events_of("plan")] == ["added", "changed"]


def test_every_field_of_a_bronpunt_is_filled_in_on_the_page_and_stands_on_its_card(
    register_area: Path, pearl: Bronpunt
) -> None:
    page = register_page("bronpunten", speld="parel")
    goals = [theme.id for theme in read_catalogue().themes]
    first, second = goals.index("wonen"), goals.index("natuur")
    typed = {
        "summary": "Een driehoek.",
        "quality": "nooit bestraat",
        f"goal_{first}": True,
        f"goal_why_{first}": "er wonen mensen omheen",
        # A reason alone says that the goal is meant.
        f"goal_why_{second}": "er staan eiken",
        "goals_why": "en meer",
        "province_brings": "een architect",
        "could_become": "een voorbeeld",
        "note_0": "er staat een eik bij",
        "note_by_0": "Jan",
        "note_on_0": date(2026, 10, 1),
        "story": "Zes wegen.",
        "url_0": "https://example.org/brink",
    }
    fill(page, "edit_parel", typed)
    press(page, "edit_parel")
    assert not page.exception
    assert kept(register_area, pearl) == replace(
        pearl,
        summary="Een driehoek.",
        quality="nooit bestraat",
        goals=("wonen", "natuur"),
        goal_reasons=(GoalReason("wonen", "er wonen mensen omheen"), GoalReason("natuur", "er staan eiken")),
        goals_why="en meer",
        province_brings="een architect",
        could_become="een voorbeeld",
        notes=(Note("er staat een eik bij", "Jan", date(2026, 10, 1)),),
        story="Zes wegen.",
        links=(Link("https://example.org/brink"),),
    )
    card = shown(page)
    for value in typed.values():
        if isinstance(value, str):
            assert value in card
    assert "1 oktober 2026 · Jan" in card
    # The next note comes below, and a goal whose tick goes takes its reason along.
    fill(page, "edit_parel", {"goal_0": False, "note_1": "en nog een"})
    press(page, "edit_parel")
    after = kept(register_area, pearl)
    assert (after.goals, after.goal_reasons) == (("natuur",), (GoalReason("natuur", "er staan eiken"),))
    assert [note.text for note in after.notes] == ["er staat een eik bij", "en nog een"]


def test_who_led_until_now_goes_into_the_history_with_its_date(register_area: Path, plan: Initiative) -> None:
    put(register_area, replace(plan, leads=Lead.CITIZENS))
    page = register_page("initiatieven", speld="plan")
    fill(page, "edit_plan", {"leads": Lead.GOVERNMENT_INVITING})
    press(page, "edit_plan")
    after = kept(register_area, plan)
    assert (after.leads, after.led_before) == (Lead.GOVERNMENT_INVITING, (LeadTurn(Lead.CITIZENS, TODAY),))
    # It is a line like any other: it can be mended, and taken away.
    fill(page, "edit_plan", {"led_until_0": date(2025, 5, 1), "led_1": Lead.TOGETHER})
    press(page, "edit_plan")
    assert kept(register_area, plan).led_before == (LeadTurn(Lead.CITIZENS, date(2025, 5, 1)), LeadTurn(Lead.TOGETHER))
    field(page, "edit_plan", "led_0").select_index(0)
    press(page, "edit_plan")
    assert kept(register_area, plan).led_before == (LeadTurn(Lead.TOGETHER),)


def test_hectares_that_are_no_number_are_told_and_the_rest_stays_as_typed(
    register_area: Path, plan: Initiative
) -> None:
    put(register_area, replace(plan, area_needed_m2=1234.5678901))
    page = register_page("initiatieven", speld="plan")
    fill(page, "edit_plan", {"hectares": "een half veld", "money": "van de buurt", "url_0": "javascript:alert(1)"})
    press(page, "edit_plan")
    assert "is geen getal; schrijf het zoals 1,5." in shown(page)
    fill(page, "edit_plan", {"hectares": "0,1235"})
    press(page, "edit_plan")
    assert "https://" in shown(page)
    assert kept(register_area, plan).money == ""
    assert field(page, "edit_plan", "money").value == "van de buurt"
    fill(page, "edit_plan", {"url_0": ""})
    press(page, "edit_plan")
    # What was left alone is not rounded to what the field shows.
    after = kept(register_area, plan)
    assert (after.area_needed_m2, after.money, after.links) == (1234.5678901, "van de buurt", ())


def test_a_conflict_tells_what_changed_and_either_choice_loses_nothing_unseen(
    register_area: Path, plan: Initiative
) -> None:
    page = register_page("initiatieven", speld="plan")
    put(register_area, replace(plan, planning="van hen", led_before=(LeadTurn(Lead.TOGETHER, None, "ook van hen"),)))
    mine = {"money": "van mij", "next_step": "mijn stap", "url_0": "https://example.org/mijn", "experiment": True}
    fill(page, "edit_plan", mine)
    press(page, "edit_plan")
    told = shown(page)
    assert "van hen" in told
    assert "ook van hen" in told
    assert kept(register_area, plan).money == ""
    assert {name: field(page, "edit_plan", name).value for name in mine} == mine
    next(button for button in page.button if button.label.startswith("Ga door met het mijne")).click().run()
    press(page, "edit_plan")
    after = kept(register_area, plan)
    assert (after.money, after.next_step, after.experiment, after.planning) == ("van mij", "mijn stap", True, "")

    put(register_area, replace(after, money="weer van hen"))
    fill(page, "edit_plan", {"summary": "van mij"})
    press(page, "edit_plan")
    next(button for button in page.button if button.label == "Neem dat van hen").click().run()
    assert field(page, "edit_plan", "money").value == "weer van hen"
    assert field(page, "edit_plan", "summary").value == ""


def test_what_the_form_does_not_hold_is_nothing_to_choose_about(register_area: Path, plan: Initiative) -> None:
    page = register_page("initiatieven", speld="plan")
    put(register_area, Player("p", "De club"), replace(plan, agreements=(Agreement("p", "stenen"),)))
    fill(page, "edit_plan", {"money": "van mij"})
    press(page, "edit_plan")
    after = kept(register_area, plan)
    assert (after.money, after.agreements) == ("van mij", (Agreement("p", "stenen"),))


def test_what_a_player_brings_and_gets_is_agreed_changed_and_ended(register_area: Path, plan: Initiative) -> None:
    page = register_page("initiatieven", speld="plan")
    typed = {
        "name": "Gemeente Esveld",
        "kind": PlayerKind.GOVERNMENT,
        "level": Level.GEMEENTE,
        "interest": "rust",
        "goal": "woningen",
        "brings": "grond",
        "gets": "een bankje",
        "on": date(2026, 9, 1),
        "until": date(2028, 9, 1),
    }
    fill(page, "player_plan", typed)
    press(page, "player_plan")
    assert not page.exception
    (agreed,) = kept(register_area, plan).agreements
    assert agreed == Agreement(agreed.player, "grond", "een bankje", date(2026, 9, 1), date(2028, 9, 1))
    player = kept(register_area, Player(agreed.player, ""))
    assert player == Player(agreed.player, "Gemeente Esveld", PlayerKind.GOVERNMENT, Level.GEMEENTE, "rust", "woningen")
    assert "1 september 2028" in shown(page)
    form = f"agreed_plan_{agreed.player}_0"
    fill(page, form, {"brings": "meer grond"})
    # Meanwhile somebody else changes the same agreement: nobody writes over it unseen.
    put(register_area, replace(plan, agreements=(replace(agreed, gets="twee bankjes"),)))
    press(page, form)
    assert kept(register_area, plan).agreements == (replace(agreed, gets="twee bankjes"),)
    assert field(page, form, "brings").value == "meer grond"
    next(button for button in page.button if button.label.startswith("Ga door met het mijne")).click().run()
    press(page, form)
    assert kept(register_area, plan).agreements == (replace(agreed, brings="meer grond"),)
    press(page, form, "Van tafel")
    assert kept(register_area, plan).agreements == ()
    assert kept(register_area, player) == player


def test_pictures_are_added_described_and_taken_away_and_the_first_stands_on_the_card(
    register_area: Path, plan: Initiative
) -> None:
    sheet = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(sheet, "PNG")
    put(register_area, Picture("oud", "plan", MediaType.JPEG, JPEG, "een oude schuur"))
    page = register_page("initiatieven", speld="plan")
    assert 'alt="een oude schuur"' in shown(page)
    upload = next(one for one in page.file_uploader if one.key and one.key.startswith("picture_plan"))
    upload.set_value(("nieuw.png", sheet.getvalue(), "image/png"))
    fill(page, "picture_plan", {"alt": HOSTILE[0], "by": "Anna"})
    press(page, "picture_plan", "Voeg toe aan de foto's")
    with open_register(register_area) as register:
        (_, new) = [stored.entity for stored in register.pictures_of("plan")]
    assert (new.alt, new.added_by, new.added_on, new.media_type) == (HOSTILE[0], "Anna", TODAY, MediaType.JPEG)
    next(button for button in page.button if button.label == "Vooraan op de kaart").click().run()
    assert 'alt="&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"' in shown(page)
    next(button for button in page.button if button.label == "Haal weg").click().run()
    with open_register(register_area) as register:
        assert [stored.entity.uid for stored in register.pictures_of("plan")] == ["oud"]


# --- themes and core qualities


def test_a_theme_that_is_changed_added_or_retired_counts_at_once(register_area: Path) -> None:
    page = register_page("themas", kijk="bewerk")
    page.selectbox(key="edit_theme").set_value("energie").run()
    fill(page, "draft_theme_energie", {"title_nl": "Stroom en warmte", "description_nl": "Alles wat warm maakt."})
    press(page, "draft_theme_energie")
    assert not page.exception
    with open_register(register_area) as register:
        (stored,) = register.all(ThemeEdit)
        assert [event.action for event in register.events_of(stored.entity.uid)] == ["added"]
    before = next(theme for theme in read_catalogue().themes if theme.id == "energie")
    assert (stored.entity.theme, stored.entity.uses) == ("energie", before.uses)
    page.segmented_control(key="way").set_value("plekken").run()
    page.selectbox(key="theme").set_value("energie").run()
    assert "Bij stroom en warmte past Esveld het best" in shown(page)

    page.segmented_control(key="way").set_value("bewerk").run()
    page.selectbox(key="edit_theme").set_value("").run()
    fill(page, "draft_theme_eigen-[0-9a-f]{8}".replace("[0-9a-f]{8}", _new_theme(page)), {"title_nl": "Lucht"})
    press(page, "draft_theme_eigen-[0-9a-f]{8}")
    page.selectbox(key="edit_theme").set_value("energie").run()
    fill(page, "draft_theme_energie", {"retired": True})
    press(page, "draft_theme_energie")
    page.segmented_control(key="way").set_value("gaten").run()
    # A theme of one's own is a theme without a place; what served the retired one serves nothing that counts.
    assert "<li>Lucht</li>" in shown(page)
    page.segmented_control(key="way").set_value("plekken").run()
    assert not {"Stroom en warmte", "Energie"} & set(page.selectbox(key="theme").options)
    assert "Lucht" in page.selectbox(key="theme").options


def _new_theme(page: Any) -> str:
    key = next(one.key for one in page.text_input if one.key and one.key.startswith("draft_theme_eigen-"))
    return key.removeprefix("draft_theme_eigen-")[:8]


def test_two_who_change_a_theme_for_the_first_time_do_not_write_over_each_other(register_area: Path) -> None:
    mine, theirs = (register_page("themas", kijk="bewerk") for _ in range(2))
    fill(theirs, "draft_theme_wonen", {"title_nl": "Thuis"})
    press(theirs, "draft_theme_wonen")
    fill(mine, "draft_theme_wonen", {"title_nl": "Onderdak"})
    press(mine, "draft_theme_wonen")
    with open_register(register_area) as register:
        assert [stored.entity.title_nl for stored in register.all(ThemeEdit)] == ["Thuis"]
    assert "Thuis" in shown(mine)
    assert field(mine, "draft_theme_wonen", "title_nl").value == "Onderdak"
    next(button for button in mine.button if button.label.startswith("Ga door met het mijne")).click().run()
    press(mine, "draft_theme_wonen")
    with open_register(register_area) as register:
        assert [stored.entity.title_nl for stored in register.all(ThemeEdit)] == ["Onderdak"]


def test_a_core_quality_is_added_with_the_rule_that_shows_it(register_area: Path) -> None:
    page = register_page("themas", kijk="bewerk")
    assert not [one for one in page.multiselect if one.key and one.key.endswith("_rules")]
    page.selectbox(key="edit_quality").set_value("").run()
    (key,) = [one.key for one in page.multiselect if one.key and one.key.endswith("_rules")]
    form = key.rsplit("_", 2)[0]
    fill(page, form, {"title_nl": "Donkerte"})
    press(page, form)
    assert "Zeg aan welke regel" in shown(page)
    fill(page, form, {"rules": ["silence_area"]})
    press(page, form)
    with open_register(register_area) as register:
        (made,) = [stored.entity for stored in register.all(QualityEdit)]
    assert (made.title_nl, made.rules, made.retired) == ("Donkerte", ("silence_area",), False)
    assert "Donkerte" in page.selectbox(key="edit_quality").options


# --- hostile text


class _Tags(HTMLParser):
    """What a browser would make of a page's HTML: its elements with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    """Assert that nothing in HTML runs, and that no address leads anywhere but to a page."""
    tags = _Tags()
    tags.feed(html)
    assert tags.found
    for tag, attributes in tags.found:
        assert tag not in ("script", "svg", "iframe", "object", "embed", "form", "base", "meta", "link"), tag
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert "srcdoc" not in attributes
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/")
        if "href" in attributes:
            assert str(attributes["href"]).startswith(("https://", "http://"))


def _poisoned(text: str) -> list[Entity]:
    """Return an entry of each kind, a player and a picture with ``text`` wherever text can be."""
    place = Place(6.6735558, 52.8919331)
    day = date(2026, 1, 1)
    link = Link('https://example.org/"onmouseover="alert(1)', text)
    common: dict[str, Any] = {"title": text, "place": place, "summary": text, "story": text, "links": (link,)}
    return [
        Initiative(
            uid="plan",
            **common,
            initiator=text,
            scale=text,
            leads=Lead.TOGETHER,
            led_before=(LeadTurn(Lead.CITIZENS, day, text),),
            themes=(text,),
            experiment=True,
            experiment_question=text,
            experiment_until=day,
            agreements=(Agreement("p", text, text, day, day),),
            planning=text,
            money=text,
            carried_by=text,
            next_step=text,
            next_step_by=text,
            next_step_on=day,
        ),
        Bronpunt(
            uid="parel",
            **common,
            quality=text,
            goals=(text,),
            goals_why=text,
            goal_reasons=(GoalReason(text, text),),
            province_brings=text,
            could_become=text,
            notes=(Note(text, text, day),),
        ),
        Player("p", text, PlayerKind.OWNER, None, text, text, text),
        Picture("f", "plan", MediaType.JPEG, JPEG, text, 0, text),
        ThemeEdit("theme-wonen", "wonen", text, text, text, text),
        ThemeEdit("theme-eigen", "eigen", text, text, text, text, core_qualities=(text,)),
        QualityEdit("core-quality-rust", "rust", text, text, text, text),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_any_field_runs_nowhere(text: str, register_area: Path) -> None:
    put(register_area, *_poisoned(text))
    for page in (
        register_page("initiatieven", speld="plan"),
        register_page("bronpunten", speld="parel"),
        register_page("themas", kijk="gaten"),
    ):
        assert not page.exception
        assert_harmless(shown(page))


def test_what_somebody_else_wrote_is_harmless_where_it_is_told_as_a_conflict(
    register_area: Path, plan: Initiative
) -> None:
    page = register_page("initiatieven", speld="plan")
    put(register_area, *_poisoned(HOSTILE[1]))
    fill(page, "edit_plan", {"summary": "van mij"})
    press(page, "edit_plan")
    assert "&lt;script&gt;" in shown(page)
    assert_harmless(shown(page))


@pytest.mark.parametrize("url", HOSTILE_LINKS)
def test_a_link_that_runs_is_refused_by_the_register_and_leads_nowhere_on_a_card(
    url: str, tmp_path: Path, register_area: Path
) -> None:
    words = Words("nl")
    links = (Link(url, "Klik hier"), Link(url))
    plan = Initiative("plan", "Theehuis", Place(6.67, 52.89), links=links)
    pearl = Bronpunt("parel", "De brink", Place(6.67, 52.89), links=links)
    with open_register(register_area, to_write=True) as register, pytest.raises(Exception, match="https://"):
        register.put(plan, by="Anna")
    # One that came in past the register, in a file that somebody spoilt.
    cards = (
        initiative_html(plan, {}, words, picture=None, verdict="", players=(), seats=()),
        bronpunt_html(pearl, {}, words, picture=None),
    )
    for card in cards:
        assert "href" not in card
        assert_harmless(card)
