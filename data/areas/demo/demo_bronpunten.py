"""The bronpunten of the demo area: small places of quality that can grow into an example."""

from __future__ import annotations

from dataclasses import dataclass

from demo_landscape import peat
from shapely import Point


@dataclass(frozen=True)
class Bronpunt:
    """One bronpunt; the point in local metres, the story in paragraphs."""

    slug: str
    title: str
    point: Point
    goals: tuple[str, ...]
    created: str
    summary: str
    quality: str
    province_brings: str
    could_become: str
    story: tuple[str, ...]
    visibility: str = "public"


# fmt: off
BRONPUNTEN = [
    Bronpunt(
        "brink-esveld", "De brink van Esveld", Point(2716, 2662), ("kernkwaliteiten", "leefbaarheid", "wonen"),
            "2025-02-12",
        "Een groene driehoek met eiken waar zes wegen samenkomen en nog steeds alles gebeurt.",
        "De brink is nooit bestraat en nooit verkocht. Het is gemeenschappelijke grond gebleven, met regels die het "
        "dorp zelf onthoudt.",
        "Kennis van erfgoed, een landschapsarchitect en geld voor het herstel van de eiken.",
        "Het voorbeeld voor dorpen die hun midden opnieuw willen gebruiken zonder het vol te zetten.",
        (
            "Op de brink werd vee verzameld, feest gevierd en ruzie bijgelegd. Nu is er markt op donderdag.",
            "Twee van de elf eiken zijn ziek. Het dorp wil niet alleen nieuwe bomen, maar ook bespreken wat er onder "
            "die bomen hoort.",
        ),
    ),
    Bronpunt(
        "noordes", "De open Noordes", Point(3120, 3780), ("kernkwaliteiten", "landbouw"), "2025-02-12",
        "Een bolle akker waar duizend jaar mest een zwarte laag van een meter maakte.",
        "De es is open gebleven en de oude tangen zijn nog te zien in de bochten van de akkers.",
        "Bodemkundig onderzoek en een regeling voor boeren die de openheid bewaren.",
        "Een proeftuin voor landbouw die bodem en uitzicht allebei beter maakt.",
        (
            "Wie op de Esweg stilstaat, ziet de akkers omhoog bollen. Dat is geen heuvel, dat is mest en plaggen van "
            "veertig geslachten.",
            "Acht boeren gebruiken de es samen. Zij willen graag laten zien wat deze grond kan.",
        ),
    ),
    Bronpunt(
        "pingo", "De pingoruïne", Point(2166, 3560), ("natuur", "kernkwaliteiten", "water"), "2025-05-06",
        "Een ronde plas uit de ijstijd, verstopt tussen houtwallen.",
        "In het veen op de bodem ligt veertienduizend jaar weer en planten bewaard, laag op laag.",
        "Boringen met schoolklassen en een plek in de route van het Geopark.",
        "Een buitenlokaal waar kinderen leren hoe het klimaat eerder veranderde.",
        (
            "Tot vorig jaar dacht iedereen dat het een drenkplaats was. Een student boorde zeven meter diep en bleef "
            "maar veen naar boven halen.",
            "De eigenaar is trots en wil best een pad, als het hek dicht blijft voor honden.",
        ),
    ),
    Bronpunt(
        "vloeiweide", "De vloeiweide bij de voorde", Point(1452, 2535), ("water", "natuur", "landbouw"), "2025-05-06",
        "Een weide die vroeger expres onder water werd gezet, met sluisjes die nog in de grond zitten.",
        "Het oude stelsel van greppels laat zien dat boeren en water hier ooit samenwerkten.",
        "Ruimte in de regels, een hydroloog en afspraken met het waterschap.",
        "Een werkend voorbeeld van water vasthouden met oude kennis.",
        (
            "Bij de brug in de Diepweg lag een voorde. Iets hogerop leidden boeren in de winter beekwater over het "
            "gras; dat gaf vroeg hooi.",
            "Twee sluisjes zijn uitgegraven door de historische vereniging. Nu nog het water.",
        ),
    ),
    Bronpunt(
        "verlaat", "Het oude verlaat", Point(*peat(2905, 12)), ("water", "vrijetijd", "economie"), "2025-09-18",
        "Een kleine schutsluis in het Hoofddiep, met het huis van de verlaatsmeester ernaast.",
        "De sluis werkt nog met de hand. De kade is de langste rechte bank van Esveldermond.",
        "Geld voor herstel van de deuren en een gesprek met het waterschap over bediening.",
        "Het hart van een kanaal dat weer leeft: varen, zitten, werken aan het water.",
        (
            "Tot 1966 ging hier elk schip doorheen. Kinderen verdienden een cent met duwen.",
            "De vrienden van het Hoofddiep oefenen nu elke eerste zaterdag. Er komen steeds meer mensen kijken.",
        ),
    ),
    Bronpunt(
        "strokarton", "De strokartonloods", Point(*peat(3316, 84)), ("economie", "wonen", "kernkwaliteiten"),
            "2025-09-18",
        "Een lange loods met een houten kap, gebouwd voor stro dat karton werd.",
        "Een gebouw van honderd meter zonder één paal in het midden: daar kan alles in.",
        "Een constructeur, een snelle quickscan en hulp bij het stapelen van subsidies.",
        "Een nieuwe plek voor makers in het veen, en een voorbeeld van werken met gewassen van hier.",
        (
            "Het bouwbedrijf dat van hennep platen wil persen kwam er kijken en zei: dit is het. De makers zeiden "
            "hetzelfde.",
            "De eigenaar wacht met slopen tot de zomer van volgend jaar.",
        ),
    ),
    Bronpunt(
        "moestuin-oldenhof", "De muurtuin van Oldenhof", Point(672, 3392), ("natuur", "vrijetijd",
            "leefbaarheid"), "2025-11-27",
        "Een ommuurde moestuin met leiperen, achter het landhuis, half verwilderd.",
        "De muur houdt warmte vast; er groeien rassen die nergens anders meer staan.",
        "Contact met erfgoedtuinen elders en een bijdrage aan het herstel van de muur.",
        "Een leertuin voor mensen die even niet meedoen, met een open poort op zaterdag.",
        (
            "De laatste tuinbaas vertrok in 1974. Zijn schriften liggen nog in de kas: wat hij zaaide, wanneer, en of "
            "het lukte.",
            "Een zorgboerderij uit Nijborg wil beginnen met één bed.",
        ),
        visibility="table",
    ),
    Bronpunt(
        "schaapskooi", "De schaapskooi op het Esvelderveld", Point(935, 1880), ("natuur", "vrijetijd",
            "economie"), "2025-11-27",
        "Een kudde, een herder en een kooi van riet aan de rand van de heide.",
        "De heide is hier nog een gebruikt landschap: begraasd, geplagd en verteld.",
        "Zekerheid over tien jaar begrazing en een bankgarantie voor een wolwerkplaats.",
        "Het begin van een keten van wol, kaas en verhalen van de hei.",
        (
            "De herder gooit elk jaar de wol weg, omdat wassen meer kost dan wol opbrengt. Dat vindt ze een schande.",
            "Met drie andere kuddes samen wordt het net genoeg voor een eigen wasserij.",
        ),
    ),
    Bronpunt(
        "smederij-nijborg", "De smederij van Nijborg", Point(2826, 4400), ("leefbaarheid", "economie",
            "kernkwaliteiten"), "2026-01-14",
        "Een hoefstal en een smidse aan de kleine brink, met het vuur nog warm.",
        "Hier komen mensen langs zonder reden. Dat is zeldzaam in een gehucht zonder winkel.",
        "Een ontwerper voor de brink en meedenken over de regels voor ambacht aan huis.",
        "Een voorbeeld van klein werk dat een heel dorp bij elkaar houdt.",
        (
            "De smid is met pensioen, maar doet de deur nog elke dag open. Drie leerlingen werken er nu om beurten.",
            "Op de brink ervoor staat een tafel. Daar is het plan voor het voedselbos gemaakt.",
        ),
    ),
    Bronpunt(
        "blauwe-meer", "Het Blauwe Meer", Point(3062, 662), ("vrijetijd", "water", "natuur"), "2026-01-14",
        "Een oude zandput met helder water, waar in de zomer iedereen zwemt en niemand iets verkoopt.",
        "Het water is zo schoon omdat het grondwater is; juist daarom is de rust nodig.",
        "Metingen van de waterkwaliteit en samen zoeken naar een licht soort gebruik.",
        "Een voorbeeld van recreatie die het drinkwater niet in de weg zit.",
        (
            "Na het mislukte vakantiepark vroeg niemand meer wat er dan wel kan. Terwijl het antwoord er al ligt: "
            "een steiger, een bankje en een prullenbak die geleegd wordt.",
            "Zwemmers en waterbedrijf willen samen een jaar meten.",
        ),
    ),
    Bronpunt(
        "wijk-zeven", "De wijk die open bleef", Point(*peat(2011, -520)), ("water", "kernkwaliteiten",
            "landbouw"), "2026-06-02",
        "Een turfwijk met houten beschoeiing en een zwaaikom, tussen akkers die verder allemaal dichtgingen.",
        "Hier kun je nog zien hoe het veen werd ontgonnen: het water was de weg.",
        "Een hoogtemeting, archiefonderzoek en grondruil met de buren.",
        "Het eerste stuk van een net van wijken dat water bewaart voor droge zomers.",
        (
            "De eigenaar heeft nooit willen dempen, uit koppigheid, zegt hij zelf. Nu komt het waterschap kijken hoe "
            "hij zijn land zo lang vochtig houdt.",
            "Als de buren meedoen, kunnen er drie wijken weer open.",
        ),
    ),
]
# fmt: on
