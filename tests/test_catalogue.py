"""The catalogue as data: every block complete, every doubt said, every text plain Dutch with its English."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "data" / "catalogue"
Block = Mapping[str, Any]

LEVELS = ("eu", "rijk", "provincie", "waterschap", "gemeente", "feitelijk")
DECIDERS = {"rijk", "provincie", "waterschap", "gemeente"}
USES = {"housing", "business", "solar", "wind", "farming", "nature", "recreation", "infrastructure"}
STATES = {"hard", "movable", "condition"}
CONFIDENCES = {"confirmed", "partly", "unconfirmed"}
ZONINGS = {"housing", "business", "agricultural", "nature", "forest", "water", "traffic", "green", "recreation"}

#: The rules that every release of the catalogue carries, by the level of their file. The plan in force is one rule
#: per destination; what holds everywhere without a shape is a duty.
CORE = {
    "eu": {"natura2000", "world_heritage_colonies"},
    "rijk": {
        "forest_stand", "national_monument", "archaeological_national_monument", "railway_zone",
        "pipeline_encumbrance_zone", "individual_risk_10_6", "high_voltage_line", "airport_eelde",
    },
    "provincie": {
        "nnn", "national_park_drentsche_aa", "acidification_sensitive_area", "provincial_monument",
        "archaeology_value_1", "archaeology_value_2", "geological_value_high", "landscape_es_village",
        "landscape_peat_colonies", "stream_valley", "water_storage_area", "cultural_history_steer", "silence_area",
        "water_abstraction_area", "groundwater_protection_area", "radio_astronomy_zone_1", "radio_astronomy_zone_2",
        "provincial_road_zone", "agricultural_area", "rural_area_housing",
    },
    "waterschap": {"regional_flood_defence", "watercourse_maintenance_zone"},
    "gemeente": {
        "archaeology_value_3", "livestock_odour", "spray_zone", "traffic_noise_area", "tt_circuit_noise",
        *(f"zoning_{destination}" for destination in ZONINGS),
    },
    "feitelijk": {"existing_building", "open_water", "road_surface", "railway_surface"},
}  # fmt: skip
DUTIES = {
    "natura2000_external_effect",
    "nitrogen_assessment",
    "protected_species",
    "water_interest_weighing",
    "urbanisation_ladder",
}
THEMES = {
    "wonen", "economie", "energie", "landbouw", "natuur", "water", "vrijetijd", "mobiliteit", "leefbaarheid",
    "kernkwaliteiten",
}  # fmt: skip
CORE_QUALITIES = {
    "landschap": "3.1",
    "cultuurhistorie": "3.2",
    "archeologie": "3.3",
    "aardkundige_waarden": "3.4",
    "rust": "3.5",
    "natuur": "3.6",
}

NEEDED = {
    "id", "title", "summary", "level", "made_by", "state", "small_print", "legal_basis", "confidence", "ask",
    "coverage", "services",
}  # fmt: skip
OPTIONAL = {
    "core", "decides", "route", "uses", "buffer_m", "buffer_source", "buffer_confidence", "duties", "doubt",
    "reference_url", "applies_in",
}  # fmt: skip
TEXTS = ("title", "summary", "small_print", "duties", "doubt", "ask")
#: Plain strings that the Dutch screen shows as they are.
DUTCH_STRINGS = ("made_by", "route", "legal_basis", "buffer_source", "policy_source")
FORBIDDEN = re.compile(
    r"\b(harde?|geblokkeerde?|schuifba(?:ar|re)|vervalt|vervallen|handtekening(?:en)?|deelvlak(?:ken)?|bron(?:nen)?"
    r"|echt vrij)\b",
    re.IGNORECASE,
)
LONGEST_SENTENCE = 30


def blocks(file: str, key: str) -> list[Block]:
    """Return the ``[[key]]`` tables of one file of the catalogue."""
    return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))[key]


RULES = {level: blocks(f"rules-{level}.toml", "constraint") for level in LEVELS}
ALL_RULES = [rule for rules in RULES.values() for rule in rules]
EVERYTHING: dict[str, list[Block]] = {
    "constraint": ALL_RULES,
    "duty": blocks("duties.toml", "duty"),
    "theme": blocks("themes.toml", "theme"),
    "core_quality": blocks("themes.toml", "core_quality"),
    "table": blocks("tables.toml", "table"),
}


def rule_named(rule_id: str) -> Block:
    """Return one rule by id."""
    return next(rule for rule in ALL_RULES if rule["id"] == rule_id)


def each_rule() -> pytest.MarkDecorator:
    """Return the mark that runs a test for every rule of the catalogue."""
    return pytest.mark.parametrize("rule", [pytest.param(rule, id=rule["id"]) for rule in ALL_RULES])


def each_block() -> pytest.MarkDecorator:
    """Return the mark that runs a test for every block of every file."""
    return pytest.mark.parametrize(
        "block",
        [pytest.param(block, id=f"{key}-{block['id']}") for key, found in EVERYTHING.items() for block in found],
    )


def local_texts(block: Block) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the texts of a block that exist in two languages, by key."""
    for key, value in block.items():
        if isinstance(value, dict) and value.keys() & {"nl", "en"}:
            yield key, value


def dutch(block: Block) -> Iterator[tuple[str, str]]:
    """Yield everything of a block that the Dutch screen shows, by key."""
    for key, value in local_texts(block):
        yield key, value["nl"]
    for key in DUTCH_STRINGS:
        if key in block:
            yield key, block[key]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; the dot of "art. 3.7" ends none."""
    return [part for part in re.split(r"(?<=[.?;:])\s+(?=\S)", text.replace("art. ", "art ")) if part]


def states_of(rule: Block) -> set[str]:
    """Return every state the rule has for some use."""
    state = rule["state"]
    return set(state.values()) if isinstance(state, dict) else {state}


def is_text(value: object) -> bool:
    """Return whether a value is a text that says something, without spaces around it."""
    return isinstance(value, str) and bool(value) and value == value.strip()


@each_rule()
def test_a_rule_has_every_key_it_needs_and_no_other(rule: Block) -> None:
    assert rule.keys() >= NEEDED
    assert rule.keys() <= NEEDED | OPTIONAL


@each_rule()
def test_a_rule_speaks_the_vocabulary(rule: Block) -> None:
    assert rule["confidence"] in CONFIDENCES
    assert states_of(rule) <= STATES
    assert rule["coverage"] in {"all", "none"}
    assert set(rule.get("decides", [])) <= DECIDERS
    assert rule.get("uses") != []
    assert set(rule.get("uses", [])) <= USES
    assert len(rule.get("uses", [])) == len(set(rule.get("uses", [])))
    assert rule.get("applies_in", ["pv22"]) == ["pv22"]
    assert rule.get("core", True) is True


@each_rule()
def test_a_state_per_use_names_every_use_of_the_rule_and_no_other(rule: Block) -> None:
    state = rule["state"]
    if isinstance(state, dict):
        named = state.keys() - {"default"}
        assert named <= set(rule.get("uses", USES))
        assert "default" in state or named == set(rule.get("uses", USES))


@pytest.mark.parametrize("level", LEVELS)
def test_a_rule_stands_in_the_file_of_its_level(level: str) -> None:
    assert {rule["level"] for rule in RULES[level]} == {level}


@pytest.mark.parametrize("key", EVERYTHING)
def test_no_id_stands_twice_and_ids_are_plain_words(key: str) -> None:
    ids = [block["id"] for block in EVERYTHING[key]]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []


@pytest.mark.parametrize("level", LEVELS)
def test_every_core_rule_is_there_and_marked_as_such(level: str) -> None:
    marked = {rule["id"] for rule in RULES[level] if rule.get("core")}
    assert CORE[level] - marked == set()
    assert marked - CORE[level] <= {"zoning_other"}


def test_the_plan_in_force_is_split_and_not_one_blanket_rule() -> None:
    ids = {rule["id"] for rule in ALL_RULES}
    assert "current_zoning" not in ids
    assert {f"zoning_{destination}" for destination in ZONINGS} <= ids


@pytest.mark.parametrize("destination", sorted(ZONINGS))
def test_a_destination_excludes_other_uses_and_the_council_may_change_it(destination: str) -> None:
    rule = rule_named(f"zoning_{destination}")
    fits = {"agricultural": "farming", "forest": "nature", "water": "nature", "traffic": "infrastructure"}
    fitting = fits.get(destination, "nature" if destination == "green" else destination)
    assert fitting not in rule["uses"]
    assert rule["state"] == "movable"
    assert rule["decides"] == ["gemeente"]
    assert "omgevingsplan" in rule["route"]
    assert "BOPA" in rule["route"]


@pytest.mark.parametrize("use", sorted(USES - {"solar", "wind"}))
def test_every_use_but_solar_and_wind_fits_at_least_one_destination(use: str) -> None:
    assert [d for d in ZONINGS if use not in rule_named(f"zoning_{d}")["uses"]] != []


@pytest.mark.parametrize("use", ["solar", "wind"])
def test_no_destination_lets_in_solar_fields_or_wind_by_itself(use: str) -> None:
    assert [d for d in ZONINGS if use not in rule_named(f"zoning_{d}")["uses"]] == []


@each_rule()
def test_whoever_may_decide_has_a_route(rule: Block) -> None:
    assert bool(rule.get("decides")) == ("route" in rule)
    if "movable" in states_of(rule):
        assert rule["decides"] != []


@each_rule()
def test_what_remains_after_a_decision_is_said(rule: Block) -> None:
    assert "duties" in rule


@each_block()
def test_a_doubt_is_said_where_something_is_not_confirmed(block: Block) -> None:
    unsure = {block.get("confidence"), block.get("buffer_confidence")} & {"partly", "unconfirmed"}
    if unsure:
        assert is_text(block["doubt"]["nl"])


@each_rule()
def test_a_rule_that_no_map_shows_completely_says_so(rule: Block) -> None:
    if rule["coverage"] == "none":
        assert re.search(r"\b(kaart|zone|lijnen|lijst)\b", rule["doubt"]["nl"])


@each_rule()
def test_a_buffer_is_a_distance_with_a_source_and_a_confidence(rule: Block) -> None:
    about = {"buffer_m", "buffer_source", "buffer_confidence"} & rule.keys()
    assert about in (set(), {"buffer_m", "buffer_source", "buffer_confidence"})
    if about:
        assert 0 < rule["buffer_m"] <= 5000
        assert rule["buffer_confidence"] in CONFIDENCES
        assert is_text(rule["buffer_source"])


@pytest.mark.parametrize("rule_id", ["acidification_sensitive_area", "water_abstraction_area"])
def test_a_distance_that_is_already_in_the_official_map_is_not_added_again(rule_id: str) -> None:
    assert "buffer_m" not in rule_named(rule_id)


@each_rule()
def test_a_service_is_an_address_or_a_join_id_with_a_confidence(rule: Block) -> None:
    for service in rule["services"]:
        assert service["confidence"] in CONFIDENCES
        if "gio" in service:
            assert service.keys() == {"gio", "confidence"}
            assert re.fullmatch(r"/join/id/regdata/pv22/\d{4}/\S+/nld@\d{4}-\d\d-\d\d;\d+", service["gio"])
        else:
            assert service.keys() <= {"url", "layer", "confidence"}
            assert re.fullmatch(r"https://\S+", service["url"])
            assert is_text(service.get("layer", "left out"))


@each_block()
def test_a_link_goes_to_an_official_text(block: Block) -> None:
    official = r"https://(wetten|lokaleregelgeving)\.overheid\.nl/(BWBR|CVDR)\d+|https://zoek\.officielebekendmakingen\.nl/\S+\.html"
    if "reference_url" in block:
        assert re.fullmatch(official, block["reference_url"])


@each_rule()
def test_an_instruction_for_plans_says_that_older_plans_are_outside_it(rule: Block) -> None:
    # Chapter 3 of the Drenthe ordinance instructs new plans; art. 3.38 keeps the temporary part out of its reach.
    if re.search(r"Omgevingsverordening Drenthe 2023 (?:art\. )?(?:2\.\d+, )?3\.\d", rule["legal_basis"]):
        assert "3.38" in rule["small_print"]["nl"]
        assert "3.38" in rule["small_print"]["en"]


@pytest.mark.parametrize("rule_id", ["natura2000", "nnn"])
def test_protected_nature_says_no_unless_in_those_words(rule_id: str) -> None:
    rule = rule_named(rule_id)
    assert rule["state"] == "hard"
    assert "nee, tenzij" in rule["small_print"]["nl"]
    assert "no, unless" in rule["small_print"]["en"]


def test_the_nature_network_is_outside_the_combination_model() -> None:
    assert "combinatiemodel (art. 3.7) geldt hier niet" in rule_named("nnn")["small_print"]["nl"]
    assert "3.7" not in rule_named("nnn")["route"]


@each_rule()
def test_what_already_stands_there_has_no_maker_to_ask_for_a_deviation(rule: Block) -> None:
    if rule["level"] == "feitelijk":
        assert rule["state"] == "hard"
        assert not rule.get("decides")


@each_block()
def test_dutch_and_english_are_both_there_and_differ(block: Block) -> None:
    for key, text in local_texts(block):
        assert text.keys() == {"nl", "en"}, key
        assert is_text(text["nl"]), key
        assert is_text(text["en"]), key
        # A word such as "Water" is the same in both; a sentence never is.
        assert text["nl"] != text["en"] or " " not in text["nl"], key


@each_block()
def test_every_sentence_ends_and_titles_do_not(block: Block) -> None:
    for key, text in local_texts(block):
        for language in ("nl", "en"):
            ends = text[language][-1] == "."
            assert ends == (key not in {"title", "scale"}), (key, text[language])


@each_block()
def test_no_sentence_is_too_long_to_read_aloud(block: Block) -> None:
    for key, text in local_texts(block):
        for language in ("nl", "en"):
            for sentence in sentences(text[language]):
                assert len(sentence.split()) <= LONGEST_SENTENCE, (key, sentence)


@each_block()
def test_no_word_on_screen_that_does_not_belong_there(block: Block) -> None:
    for key, text in dutch(block):
        assert FORBIDDEN.findall(text) == [], key
        assert "!" not in text, key


@each_rule()
def test_the_card_says_whom_to_ask(rule: Block) -> None:
    assert rule["ask"]["nl"].startswith("Vraag het aan ")
    assert rule["ask"]["en"].startswith("Ask ")
    assert not re.search(r"\d{4}|@", rule["ask"]["nl"])


def test_the_duties_that_hold_everywhere_are_complete() -> None:
    needed = {"id", "title", "text", "legal_basis", "confidence"}
    for duty in EVERYTHING["duty"]:
        assert needed <= duty.keys() <= needed | {"uses", "doubt", "reference_url"}, duty["id"]
        assert duty["confidence"] in CONFIDENCES
        assert set(duty.get("uses", USES)) <= USES
        assert len(duty["text"]["nl"]) <= 220
    assert {duty["id"] for duty in EVERYTHING["duty"]} >= DUTIES


def test_a_duty_is_not_also_a_rule_with_a_shape() -> None:
    assert {duty["id"] for duty in EVERYTHING["duty"]} & {rule["id"] for rule in ALL_RULES} == set()


def test_the_themes_are_complete_and_say_which_policy_they_come_from() -> None:
    for theme in EVERYTHING["theme"]:
        assert theme.keys() == {"id", "title", "description", "policy_source", "uses", "core_qualities"}
        assert re.search(r"Omgevingsvisie Drenthe|Noordervisie 2040", theme["policy_source"])
    assert {theme["id"] for theme in EVERYTHING["theme"]} == THEMES


def test_the_core_qualities_name_their_article_and_are_a_signal_not_a_ban() -> None:
    for quality in EVERYTHING["core_quality"]:
        assert quality.keys() == {"id", "title", "description", "legal_basis", "rules"}
        assert f"art. {CORE_QUALITIES[quality['id']]}" in quality["legal_basis"]
        assert "signaal" in quality["description"]["nl"]
        assert "geen verbod" in quality["description"]["nl"]
    assert {quality["id"] for quality in EVERYTHING["core_quality"]} == CORE_QUALITIES.keys()


def test_the_four_tables_go_from_one_kitchen_to_a_region() -> None:
    assert [table["id"] for table in EVERYTHING["table"]] == ["keuken", "straat", "dorp", "stadscafe"]
    for table in EVERYTHING["table"]:
        assert table.keys() == {"id", "title", "scale", "who", "work", "result"}


@each_block()
def test_the_dutch_speaks_of_the_place_and_not_to_a_stranger(block: Block) -> None:
    for key, text in dutch(block):
        assert not re.search(r"\b(u|uw|jij|je|jouw)\b", text, re.IGNORECASE), key


def test_the_check_on_words_finds_a_forbidden_word() -> None:
    assert FORBIDDEN.search("Deze regel is hard.")
    assert FORBIDDEN.search("Dat vervalt in 2030.")
    assert not FORBIDDEN.search("Een bronpunt langs de verharde weg.")


def test_a_long_sentence_would_be_found_and_an_article_number_ends_none() -> None:
    assert sentences("Zie art. 3.7 van de verordening. Daarna niets.") == [
        "Zie art 3.7 van de verordening.",
        "Daarna niets.",
    ]
