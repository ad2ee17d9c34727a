"""The initiatives of the demo area: what people in Esveld might want to do, where, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass

from demo_landscape import peat, peat_box
from shapely import Point, Polygon


@dataclass(frozen=True)
class Initiative:
    """One initiative; the shape in local metres, the story in paragraphs."""

    slug: str
    title: str
    shape: Point | Polygon
    use: str
    area: int  # m2 needed
    state: str
    initiator: str
    leads: str
    scale: str
    themes: tuple[str, ...]
    created: str
    summary: str
    story: tuple[str, ...]
    next_step: str | None = None
    next_by: str | None = None
    next_on: str | None = None
    experiment: bool = False
    visibility: str = "public"


# fmt: off
INITIATIVES = [
    Initiative(
        "hof-molenstraat", "Hof aan de Molenstraat",
        Polygon([(2780, 2440), (2905, 2432), (2925, 2520), (2840, 2560), (2770, 2530)]),
        "housing", 9500, "quickscan", "Stichting Oud worden in Esveld", "citizens", "dorp", ("wonen", "leefbaarheid"),
        "2025-03-11",
        "Achttien kleine woningen rond een gezamenlijke tuin, voor mensen die in het dorp oud willen worden.",
        (
            "Het begon na een uitvaart, in de keuken van het dorpshuis. Iemand zei: straks moeten we allemaal naar de "
            "stad. Een halfjaar later stonden er eenendertig namen op een lijst.",
            "De stichting wil de achtertuinen tussen de Molenstraat en de Brink gebruiken. Vijf eigenaren willen "
            "meedoen, twee twijfelen nog. De woningen krijgen één laag, een eigen voordeur en één grote tuin samen.",
            "De zorg over het oude dorpsgezicht is er ook. Daarom tekent de stichting eerst met de buren waar de "
            "doorkijkjes naar de kerk moeten blijven.",
        ),
        "Quickscan bespreken met gemeente en provincie", "procesbegeleider provincie", "2026-11-24",
    ),
    Initiative(
        "klein-wonen-oosterkamp", "Klein wonen op de Oosterkamp", Point(3570, 2750), "housing", 6000, "conversation",
        "Groep jonge Esvelders", "citizens", "straat", ("wonen", "leefbaarheid"), "2026-02-03",
        "Tien verplaatsbare huisjes voor jongeren die nu geen woning vinden in hun eigen dorp.",
        (
            "Veertien jongeren uit Esveld zoeken een plek voor kleine huizen op wielen of schroeffundering. Ze willen "
            "tien jaar blijven en daarna plaatsmaken voor gewone nieuwbouw.",
            "De Oosterkamp is al bedoeld voor woningen, maar de gemeente bouwt er pas over een jaar of zes. Tot die "
            "tijd groeit er gras. De groep vraagt of dat gras tijdelijk een erf mag zijn.",
            "Vragen liggen er over riool, brandweer en wie straks opruimt.",
        ),
        "Schets met plekken en paden maken aan de straattafel", "de initiatiefgroep", "2026-11-18", experiment=True,
    ),
    Initiative(
        "veenerven", "Wonen in het veen: zes nieuwe veenerven", peat_box(3020, 3180, -560, -330), "housing", 34000,
        "decision", "Gemeente Esveld en Landschapsbeheer Esveldermond", "together", "stadscafe",
        ("wonen", "landbouw", "kernkwaliteiten"), "2024-09-17",
        "Zes erven met elk vijf tot acht woningen op oud veen, in de maat van de wijken en met water als voortuin.",
        (
            "Tussen Veenkampsweg en het Hoofddiep stoppen de komende jaren vier akkerbouwers. Een deel van hun land "
            "gaat naar buren die doorgaan. Voor de rest is een nieuw soort erf bedacht.",
            "Elk erf volgt de lijnen van de wijken: smal, diep en met een singel aan één kant. De bewoners onderhouden "
            "samen het water. De opbrengst van de grond betaalt het herstel van twee gedempte wijken.",
            "In het stadscafé vond men de erven mooi, maar ook druk. Daarom zijn het er zes geworden en geen tien.",
            "De gemeenteraad beslist dit najaar of de plannen verder mogen.",
        ),
        "Besluit over de uitgangspunten", "gemeenteraad van Esveld", "2026-12-08",
    ),
    Initiative(
        "samen-bouwen-wijkpark", "Samen bouwen achter het Wijkpark", Point(*peat(2395, -395)), "housing",
            4200, "project",
        "Bouwvereniging De Schippers", "citizens", "straat", ("wonen",), "2023-05-22",
        "Negen gezinnen bouwen zelf een rij betaalbare woningen naast het sportveld van Esveldermond.",
        (
            "De bouwvereniging kocht samen een strook grond van de gemeente. De gezinnen delen een aannemer, een "
            "keet en een spaarpot voor tegenvallers.",
            "De tekeningen zijn klaar en de vergunning is binnen. In het voorjaar gaan de eerste palen de grond in. "
            "Twee woningen zijn voor mensen die uit een huurhuis van de corporatie komen; die huizen komen zo vrij "
            "voor een ander.",
        ),
        "Start bouw", "aannemer en bouwvereniging", "2027-03-15",
    ),
    Initiative(
        "boerderij-splitsen", "Vier huishoudens in de oude brinkboerderij", Point(2660, 2745), "housing",
            1900, "idea",
        "Eigenaren van een boerderij aan de Brink", "citizens", "keuken", ("wonen", "kernkwaliteiten"), "2026-09-02",
        "Een grote leegstaande boerderij krijgt vier woningen, zonder dat je dat aan de buitenkant ziet.",
        (
            "De familie wil de boerderij niet verkopen, maar kan de rieten kap ook niet alleen betalen. Met vier "
            "huishoudens onder één dak lukt dat misschien wel.",
            "Het pand is een monument. Aan de keukentafel is afgesproken dat de baanderdeuren en het erf heel blijven.",
        ),
        "Aan de keukentafel bespreken wat het monument toelaat", "erfgoedadviseur gemeente", "2026-11-30",
        visibility="table",
    ),
    Initiative(
        "zonneveld-leiding-elf", "Zonneveld van het dorp", Polygon([(4600, 1020), (4830, 985), (4862, 1085),
            (4640, 1125)]),
        "solar", 24000, "quickscan", "Energiecoöperatie Esvelder Stroom", "citizens", "dorp",
        ("energie", "leefbaarheid"), "2025-06-30",
        "Een zonneveld van ruim twee hectare, voor de helft van de inwoners zelf, met schapen en een brede haag.",
        (
            "De coöperatie heeft 412 leden. Zij willen een veld dat niet groter is dan wat het dorp zelf gebruikt. "
            "De winst gaat naar isolatie van oude huizen.",
            "Het veld ligt laag en ver van de weg. Rondom komt een haag van twaalf meter met bloemen en een pad. "
            "Na vijfentwintig jaar gaat alles weg en wordt het weer akker.",
            "De grootste vraag is het stroomnet. Dat zit vol tot 2029. Samen met het bedrijvenpark zoekt de "
            "coöperatie naar een gedeelde aansluiting.",
        ),
        "Antwoord van de netbeheerder verwerken in de quickscan", "Energiecoöperatie Esvelder Stroom", "2026-12-01",
    ),
    Initiative(
        "zonnedaken-bedrijvenpark", "Zonnedaken en een buurtbatterij", Point(4075, 2255), "solar", 800, "project",
        "Ondernemersvereniging Mondenweg", "together", "straat", ("energie", "economie"), "2024-11-05",
        "Elf bedrijven delen hun daken, hun aansluiting en één grote batterij.",
        (
            "Overdag hebben de bedrijven stroom over, in de avond heeft de wijk Noordkamp tekort. Een batterij zo "
            "groot als twee zeecontainers vult dat gat.",
            "De daken zijn inmiddels doorgerekend; drie moeten eerst sterker. De brandweer heeft een plek gekozen "
            "waar de batterij veilig staat.",
        ),
        "Batterij plaatsen en testen", "ondernemersvereniging", "2027-02-01", experiment=True,
    ),
    Initiative(
        "dorpsmolen", "Dorpsmolen Esveldermond", Point(*peat(930, 610)), "wind", 2500, "stopped",
        "Werkgroep Dorpsmolen", "citizens", "dorp", ("energie",), "2023-01-19",
        "Eén grote windmolen van het dorp zelf; gestopt omdat het dorp er niet samen uitkwam.",
        (
            "De werkgroep rekende een molen uit die twee miljoen kilowattuur per jaar zou leveren. De opbrengst was "
            "voor het dorpshuis en de speeltuin.",
            "Op drie dorpsavonden werd het verschil van mening groter in plaats van kleiner. De werkgroep vond de "
            "molen dat niet waard en stopte.",
            "Wat bleef: een goede rekenkamer van dorpsgenoten. Die helpt nu bij de kleine molens op erven.",
        ),
    ),
    Initiative(
        "kleine-molens", "Kleine molens bij de boerderij", Point(4268, 1215), "wind", 300, "conversation",
        "Zes akkerbouwers in Veldhuizen", "together", "keuken", ("energie", "landbouw"), "2026-03-26",
        "Zes houten molens van vijftien meter, één per erf, voor eigen gebruik.",
        (
            "De boeren willen hun koeling van eigen stroom voorzien, juist in de winter als de zon weinig doet. De "
            "molens zijn lager dan de populieren.",
            "Ze willen alle zes dezelfde molen op dezelfde plek van het erf, zodat het een herkenbare rij wordt en "
            "geen rommeltje.",
        ),
        "Samen met de landschapsarchitect de plekken kiezen", "provincie Drenthe", "2026-11-26",
    ),
    Initiative(
        "vezelhennep", "Bouwen met hennep van de es", Point(3180, 3640), "farming", 90000, "conversation",
        "Vijf boeren en een bouwbedrijf", "together", "dorp", ("landbouw", "economie", "wonen"), "2025-10-14",
        "Vezelhennep telen op de Noordes en er in het dorp isolatie van maken.",
        (
            "Hennep heeft geen gif nodig, houdt de grond gezond en levert na honderd dagen vezels. Een bouwbedrijf "
            "uit het dorp wil er platen van persen.",
            "Hoog gewas ligt gevoelig op de es: je ziet dan de overkant niet meer. Daarom wisselen de boeren af, "
            "elk jaar een andere tange, en blijft het zicht op de kerktoren open.",
            "Nu wordt gezocht naar een schuur voor de pers.",
        ),
        "Proefstrook van een hectare aanwijzen", "de vijf boeren", "2027-01-20", experiment=True,
    ),
    Initiative(
        "voedselbos-haarweg", "Voedselbos aan de Haarweg", Point(3480, 4100), "farming", 16000, "done",
        "Stichting Eetbaar Nijborg", "citizens", "straat", ("landbouw", "natuur", "leefbaarheid"), "2020-02-28",
        "Een bos van noten, bessen en kruiden waar iedereen uit Nijborg mag helpen en oogsten.",
        (
            "In 2020 plantten honderd mensen de eerste bomen. Nu staan er tweehonderd soorten. De school heeft er "
            "elke vrijdag les.",
            "Het bos telt voor de boer als landbouw en voor de vogels als natuur. Dat gaf veel gepuzzel met regels. "
            "Hoe dat is opgelost, leest men in een dun boekje bij de ingang.",
        ),
    ),
    Initiative(
        "lisdodde", "Natte teelt langs het Esvelderdiep", Point(1665, 2860), "farming", 45000, "quickscan",
        "Twee veehouders en waterschap", "together", "keuken", ("landbouw", "water", "natuur"), "2025-08-21",
        "Lisdodde en nat gras op laag land dat nu elke winter onder water staat.",
        (
            "De laagste weilanden worden elk jaar natter. In plaats van dieper ontwateren willen de veehouders een "
            "gewas dat nat juist fijn vindt.",
            "Lisdodde wordt isolatie of stalstrooisel. Het waterschap krijgt er berging bij. De vraag is wie betaalt "
            "in de jaren dat de markt er nog niet is.",
        ),
        "Rekensom per hectare afmaken", "waterschap", "2026-12-10", experiment=True,
    ),
    Initiative(
        "houtwallen", "Vijf kilometer houtwal terug", Point(2060, 3380), "nature", 20000, "project",
        "Agrarische natuurvereniging Esveld", "together", "dorp", ("natuur", "landbouw", "kernkwaliteiten"),
            "2023-11-08",
        "Oude houtwallen tussen Esveld en het Esvelderdiep worden hersteld en weer gebruikt.",
        (
            "Op de kaart van 1900 lag hier een web van wallen. Er is nog een derde over. Boeren krijgen per meter "
            "betaald voor aanplant en onderhoud.",
            "De snoei gaat naar de ketel van het zwembad. Vrijwilligers tellen elk voorjaar de geelgorzen: vorig jaar "
            "elf paar, dit jaar negentien.",
        ),
        "Derde plantseizoen", "agrarische natuurvereniging", "2026-11-28",
    ),
    Initiative(
        "beekherstel", "Het diep mag weer kronkelen", Point(1378, 4520), "nature", 60000, "decision",
        "Waterschap", "government", "stadscafe", ("water", "natuur"), "2024-04-18",
        "Anderhalve kilometer beek krijgt zijn oude bochten terug en houdt water vast na zware regen.",
        (
            "De beek is in 1963 rechtgetrokken. Sindsdien is het bovenstrooms te droog en benedenstrooms te nat. De "
            "oude lussen zijn op de hoogtekaart nog te zien.",
            "Drie eigenaren ruilen grond met de provincie. Eén wil niet verkopen, maar wel meedoen met beheer.",
            "Het bestuur van het waterschap besluit na de laatste inloopavond.",
        ),
        "Vaststellen projectplan", "algemeen bestuur waterschap", "2026-12-16",
    ),
    Initiative(
        "natuurbegraven", "Natuurbegraafplaats bij Oldenhof", Point(800, 4310), "nature", 30000, "idea",
        "Eigenaar landgoed Oldenhof", "citizens", "keuken", ("natuur", "economie"), "2026-08-27",
        "Een stille begraafplek in het bos, die het onderhoud van de lanen betaalt.",
        (
            "Het landgoed kost elk jaar meer dan het opbrengt. Met twintig natuurgraven per jaar blijft het bos open "
            "voor iedereen.",
            "Het plan is nog vertrouwelijk: de familie wil eerst met de buren praten.",
        ),
        "Eerste gesprek met de buren", "eigenaar landgoed", "2026-12-03", visibility="internal",
    ),
    Initiative(
        "theehuis", "Theehuis aan de bosrand", Point(1010, 3170), "recreation", 900, "conversation",
        "Camping Het Hertenkamp", "citizens", "keuken", ("vrijetijd", "economie"), "2026-04-15",
        "Een klein theehuis met schuilplek voor wandelaars, gebouwd met hout uit het eigen bos.",
        (
            "De camping is alleen 's zomers open. Een theehuis houdt twee mensen het hele jaar aan het werk en geeft "
            "wandelaars een plek om te drogen.",
            "De natuurvereniging wil geen licht na zonsondergang en geen parkeerplaats in het bos. De camping vindt "
            "dat redelijk en zoekt parkeerruimte aan de Diepweg.",
        ),
        "Plek voor parkeren zoeken", "camping en gemeente", "2026-11-20",
    ),
    Initiative(
        "kanoroute", "Varen over het Hoofddiep", Point(*peat(1420, 4)), "recreation", 1500, "project",
        "Vereniging Vrienden van het Hoofddiep", "together", "dorp", ("vrijetijd", "water"), "2024-01-30",
        "Een vaarroute voor kano en fluisterboot, met drie steigers en een overstap bij het verlaat.",
        (
            "Waar vroeger turf en aardappels voeren, is het nu stil. De vereniging maakte in één zomer de eerste "
            "steiger en leende kano's uit: 640 keer.",
            "Er komen nog twee steigers bij. Het waterschap maait voortaan de helft van het kanaal later, voor de "
            "libellen.",
        ),
        "Bouw tweede steiger", "vrijwilligers van de vereniging", "2027-04-10",
    ),
    Initiative(
        "ommetje-es", "Ommetje rond de Noordes", Point(2905, 3250), "recreation", 2000, "done",
        "Dorpsbelang Esveld", "citizens", "dorp", ("vrijetijd", "kernkwaliteiten"), "2021-09-09",
        "Een wandeling van zes kilometer over oude karrensporen, met toestemming van achttien boeren.",
        (
            "De paden liepen overal dood. Dorpsbelang ging met een kaart langs alle boeren en vroeg steeds hetzelfde: "
            "waar mag het wel?",
            "Van april tot de oogst loopt de route langs de rand, daarna er dwars over. Zo schaadt niemand het gewas.",
        ),
    ),
    Initiative(
        "dorpshuis", "Dorpshuis in de school", Point(2956, 2742), "recreation", 1600, "decision",
        "Dorpsbelang en schoolbestuur", "together", "dorp", ("leefbaarheid",), "2025-01-15",
        "De school wordt te groot voor het aantal kinderen; de helft wordt dorpshuis.",
        (
            "Over vijf jaar heeft De Zwerfkei nog vier klassen. Het dorpshuis aan de Hoogstraat lekt. Samen in één "
            "gebouw scheelt beide de helft van de stookkosten.",
            "Er zijn zorgen over feestlawaai in de buurt. Daarom blijft de grote zaal na elven dicht, behalve met "
            "kermis.",
        ),
        "College beslist over de verbouwing", "burgemeester en wethouders", "2026-12-15", visibility="table",
    ),
    Initiative(
        "overstappunt", "Overstappen aan de Provincialeweg", Point(3690, 2520), "infrastructure",
            1800, "conversation",
        "Provincie Drenthe", "government", "stadscafe", ("mobiliteit", "leefbaarheid"), "2026-01-22",
        "Een droge en lichte plek om over te stappen van fiets of deelauto op de snelle bus.",
        (
            "De snelbus rijdt om het halfuur langs Esveld, maar stopt in het gras. Met een wachtruimte, laadpalen en "
            "fietskluizen wordt dat een echte halte.",
            "De buurt wil er een pakketkast en een bankje bij, zodat er ook overdag volk is.",
        ),
        "Ontwerp bespreken met reizigers", "provincie Drenthe", "2026-11-25",
    ),
    Initiative(
        "fietspad-mondenweg", "Vrij fietspad naar Esveldermond", Point(4360, 2566), "infrastructure",
            11000, "project",
        "Provincie Drenthe en gemeente Esveld", "government", "dorp", ("mobiliteit",), "2022-10-06",
        "Een breed fietspad los van de rijbaan, zodat kinderen veilig naar school fietsen.",
        (
            "Elke ochtend fietsen zestig scholieren over de Mondenweg. Na twee ongelukken kwam een handtekeningenlijst "
            "met meer namen dan het dorp inwoners heeft.",
            "De grond is bijna rond. Het pad loopt aan de zuidkant, waar minder inritten zijn.",
        ),
        "Aanbesteding", "provincie Drenthe", "2027-01-12",
    ),
    Initiative(
        "warmte-uit-kanaal", "Warmte uit het Hoofddiep", Point(*peat(2412, -150)), "infrastructure", 700, "idea",
        "Woningcorporatie Veenrand", "together", "straat", ("energie", "wonen"), "2026-06-11",
        "In de zomer warmte uit het kanaal halen, in de grond bewaren en er in de winter mee stoken.",
        (
            "De 96 huurwoningen in het Wijkpark moeten van het gas af. Losse warmtepompen zijn duur en het stroomnet "
            "is vol.",
            "Het kanaal ligt op honderd meter. Een onderzoeksbureau denkt dat het kan, als het water in de zomer niet "
            "te veel afkoelt voor de vissen.",
        ),
        "Proefboring aanvragen", "woningcorporatie Veenrand", "2027-02-18", experiment=True,
    ),
    Initiative(
        "ambachtshof", "Ambachtshof in de strokartonloods", Point(*peat(3338, 40)), "business", 5200, "conversation",
        "Vereniging De Loods", "citizens", "straat", ("economie", "leefbaarheid"), "2025-12-04",
        "Werkplaatsen voor meubelmakers, fietsenmakers en een bakker in een oude loods aan het kanaal.",
        (
            "De loods staat sinds 1998 leeg. Het dak is goed, de vloer niet. Negen makers uit de streek willen er "
            "samen in en delen zaag, oven en kantine.",
            "Wonen boven de werkplaats zou het plan rond maken, maar de buren zijn bang voor lawaai en wonen en werken "
            "bijten elkaar op papier.",
        ),
        "Open dag en geluidmeting", "Vereniging De Loods", "2026-11-21",
    ),
    Initiative(
        "units-handelsweg", "Kleine bedrijfsruimtes aan de Handelsweg", Point(4170, 2185), "business",
            6400, "decision",
        "Ondernemersvereniging Mondenweg", "together", "straat", ("economie",), "2025-04-29",
        "Achttien kleine ruimtes voor starters, in plaats van één grote hal.",
        (
            "Er is veel vraag naar ruimtes van vijftig meter en weinig naar hallen van vijfduizend. De vereniging "
            "koopt samen een kavel en verhuurt die in stukjes.",
            "De gemeente wil zeker weten dat het geen opslag van caravans wordt. Dat komt in de huurregels.",
        ),
        "Besluit over de kavel", "burgemeester en wethouders", "2026-11-30",
    ),
    Initiative(
        "bedrijf-uit-beekdal", "Melkveehouderij verplaatsen uit het beekdal", Point(1775, 2250), "farming",
            15000, "conversation",
        "Provincie Drenthe", "government", "keuken", ("landbouw", "natuur", "water"), "2026-05-07",
        "Een veehouder denkt na over een nieuwe plek op de ontginning, zodat het beekdal nat mag worden.",
        (
            "Het gesprek is open en vrijwillig. De boer wil alleen weg als zijn dochter elders een goed bedrijf kan "
            "beginnen.",
            "Tot er meer duidelijk is, blijft dit binnen de kring van de keukentafel.",
        ),
        "Tweede gesprek aan de keukentafel", "gebiedsmakelaar provincie", "2026-11-19", visibility="internal",
    ),
    Initiative(
        "vakantiepark", "Vakantiepark aan het Blauwe Meer", Point(3110, 790), "recreation", 70000, "stopped",
        "Projectontwikkelaar", "together", "stadscafe", ("vrijetijd", "economie"), "2022-03-03",
        "Tachtig vakantiehuizen bij de oude zandput; gestopt door grondwater en draagvlak.",
        (
            "Het plan gaf werk en een zwembad, maar lag in het gebied waar drinkwater wordt beschermd. Daarnaast was "
            "de weg te smal voor tachtig gezinnen op wisseldag.",
            "De ontwikkelaar trok het plan terug. Het meer zelf blijft open voor zwemmers uit de buurt.",
        ),
    ),
]
# fmt: on
