"""The print view and the routes of the picture: plain answers to the same address as the pages'."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from planlib.build import build
from planlib.insight.regions import region_shapes
from planlib.release import Release
from planlib.views.open_releases import current_release
from planlib.web.headers import PageHeaders
from planlib.web.print_routes import print_routes
from planlib.web.routes import routes

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "data" / "areas" / "demo"
PICTURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.fixture(scope="module")
def release(build_dir: Path) -> Release:
    build(DEMO, workers=1)
    return current_release(DEMO)


@pytest.fixture(scope="module")
def client(release: Release) -> Iterator[TestClient]:
    app = Starlette(routes=[*routes(), *print_routes(DEMO)], middleware=[Middleware(PageHeaders, image_hosts=[])])
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def _print(client: TestClient, **address: str) -> str:
    answer = client.get("/print", params=address, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def _text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])).split())


def test_the_print_view_holds_answer_map_tables_and_sources(client: TestClient, release: Release) -> None:
    told = _text(_print(client, gebruik="housing", regels="zoning_agricultural:moved,natura2000:lapsed"))
    for part in (
        "Waar is in Esveld ruimte voor wonen?",
        "Voor wonen is in Esveld, voor zover bekeken",
        "Getoetst aan 35 van 37 regels; niet bekeken:",
        "Anders dan nu geldt",
        "Natura 2000-gebied Een gedachte-experiment: niemand aan deze tafel kan dit besluiten. staat vast valt weg",
        "Per dorp",
        "Getoetst aan, in heel Esveld",
        "Niet bekeken, want geen kaart beschikbaar",
        "Overal geldt ook:",
        "Verkenning op 1 november 2026, voor wonen; geen besluit, geen toezegging.",
        "Scenario: 2 regels zijn anders dan nu geldt.",
        "Esveld is een verzonnen gemeente.",
        "Herkomst: gegevens van",
        f"Gegevensuitgave {release.id}.",
    ):
        assert part in told
    assert all(name in told for name in region_shapes(release).names)


def test_what_the_print_view_loads_is_on_this_server_and_there(client: TestClient) -> None:
    page = _print(client, gebruik="wind", waar="dorp:Nijborg")
    loaded = [html.unescape(found) for found in re.findall(r'(?:<img[^>]+src|<link[^>]+href)="([^"]+)"', page)]
    assert len(loaded) == 3
    for address in loaded:
        assert address.startswith("/")
        assert not address.startswith("//")
        assert client.get(address).status_code == 200
    assert "<script" not in page


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_named_and_made_after_the_address(client: TestClient, release: Release, kind: str) -> None:
    answer = client.get(f"/kaart.{kind}", params={"gebruik": "wind", "waar": "dorp:Nijborg", "regels": "nnn:lapsed"})
    assert answer.status_code == 200
    assert answer.content.startswith(PICTURES[kind])
    assert answer.headers["content-disposition"] == (
        f'inline; filename="esveld_nijborg_windmolens_2026-11-01_1-regel-anders_{release.id}.{kind}"'
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    other = client.get(f"/kaart.{kind}", params={"gebruik": "wind", "waar": "dorp:Nijborg"})
    assert other.content != answer.content


def test_the_land_asked_about_is_the_land_answered(client: TestClient) -> None:
    whole, village = _text(_print(client)), _text(_print(client, waar="dorp:Nijborg"))
    assert "Waar is in Nijborg ruimte" in village
    assert "Per dorp" in whole
    assert "Per dorp" not in village


def test_a_selected_parcel_is_printed_with_its_reasons_unfolded(client: TestClient, release: Release) -> None:
    parcel = str(release.parcels["parcel_id"].iloc[0])
    page = _print(client, perceel=parcel)
    assert f"Perceel {parcel}" in _text(page)
    assert page.count("<details") == page.count("<details open") > 0


@pytest.mark.parametrize(
    "address",
    [
        {"gebruik": "dansen"},
        {"regels": "nosuch:moved"},
        {"regels": "nnn:weg"},
        {"perceel": "niet hier"},
        {"waar": "dorp:Nergens"},
        {"waar": "vlak:1;2;3"},
        {"waar": "percelen:"},
        {"waar": "onzin"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_left_out_and_said(client: TestClient, address: dict[str, str]) -> None:
    told = _text(_print(client, **address))
    assert "1 keuze in het adres past niet bij dit gebied en is weggelaten." in told
    assert "Waar is in Esveld ruimte voor wonen?" in told
    assert client.get("/kaart.png", params=address).status_code == 200


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "${alert(1)}", "';--", "\x00", "`"]
)
@pytest.mark.parametrize("key", ["gebruik", "waar", "regels", "perceel", "speld", "taal", "plaat", "nieuw"])
def test_nothing_in_an_address_becomes_part_of_the_page(client: TestClient, key: str, text: str) -> None:
    page = _print(client, **{key: text})
    assert "alert(1)<" not in page
    assert "<script" not in page
    assert re.findall(r"<img[^>]*>", page) == re.findall(r'<img class="pl-picture"[^>]*>', page)
    assert "${" not in page
    assert page.count("onclick=") == 1


def test_the_english_print_view_is_marked_as_english(client: TestClient) -> None:
    assert 'lang="en"' in _print(client, taal="en").partition(">")[2][:60]
    assert 'lang="nl"' in _print(client).partition(">")[2][:60]


def test_an_area_that_was_never_built_is_said_plainly(tmp_path: Path) -> None:
    with TestClient(Starlette(routes=print_routes(tmp_path)), base_url="http://127.0.0.1") as made:
        for path in ("/print", "/kaart.png"):
            answer = made.get(path)
            assert answer.status_code == 503
            assert answer.headers["cache-control"] == "no-store"
