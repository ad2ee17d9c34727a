"""The drawn part of the demo area: where Esveld has its border, roads, water, villages, es, heath, forest and peat.

Coordinates are local metres; ``ORIGIN`` puts them in EPSG:28992. The peat colony has a frame of its own: ``s`` metres
along the canal from north to south and ``t`` metres east of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from demo_geometry import Coordinates, blob, curve, generator, meander, offset_line, rectangle
from shapely import LineString, Polygon

ORIGIN = (238000.0, 543000.0)

CANAL_NORTH, CANAL_SOUTH = np.array([5050.0, 5420.0]), np.array([6260.0, 150.0])
_ALONG = (CANAL_SOUTH - CANAL_NORTH) / np.hypot(*(CANAL_SOUTH - CANAL_NORTH))
_EAST = np.array([-_ALONG[1], _ALONG[0]])
CANAL_ANGLE = float(np.degrees(np.arctan2(_ALONG[1], _ALONG[0])))


def peat(s: float, t: float) -> tuple[float, float]:
    """Return the local point ``s`` metres down the canal and ``t`` metres east of it."""
    x, y = CANAL_NORTH + s * _ALONG + t * _EAST
    return float(x), float(y)


def peat_box(s0: float, s1: float, t0: float, t1: float) -> Polygon:
    """Return a rectangle in the frame of the canal."""
    return Polygon([peat(s0, t0), peat(s1, t0), peat(s1, t1), peat(s0, t1)])


@dataclass(frozen=True)
class Corridor:
    """A road or a water: a line with a width that becomes parcels of its own."""

    name: str
    kind: str  # road | track | street | canal | wijk | stream | ditch
    line: LineString
    width: float
    seed: str = ""  # what its cuts are drawn from; its name when empty


# fmt: off
OUTLINE = Polygon(
    [
        (690, 5040), (905, 5092), (1130, 5075), (1330, 5190), (1500, 5236), (1655, 5205), (2210, 5180), (2960, 5058),
        (3330, 5120), (3705, 5182), (3990, 5090), peat(200, -960), peat(130, -13), peat(128, 13), peat(60, 1000),
        peat(2440, 1000), peat(2446, 1046), peat(3310, 1046), peat(3316, 1000), peat(5230, 1000), peat(5290, 420),
        peat(5378, 13), peat(5380, -13), peat(5240, -970), (4860, 240), (4415, 402), (4020, 380), (3560, 196),
        (3110, 262), (2480, 330), (2120, 248), (1905, 92), (1760, 70), (1420, 205), (930, 118), (520, 214), (262, 660),
        (168, 1390), (300, 1820), (432, 2290), (262, 2705), (74, 3290), (212, 3620), (448, 4190), (520, 4600),
    ]
)

# --- water
STREAM_COURSE: Coordinates = [
    (1880, -40), (1790, 420), (1690, 900), (1500, 1330), (1610, 1900), (1390, 2460), (1240, 3080), (1440, 3700),
    (1330, 4320), (1490, 4800), (1560, 5300),
]
BROOK_COURSE: Coordinates = [(3420, 690), (3050, 800), (2740, 980), (2300, 1080), (1900, 1290), (1530, 1430)]
STREAM = meander(STREAM_COURSE, amplitude=34, wavelength=230, rng=generator("stream"))
BROOK = meander(BROOK_COURSE, amplitude=16, wavelength=150, rng=generator("brook"))
VALLEY = Polygon(
    np.vstack(
        [
            offset_line(curve(STREAM_COURSE), 300, wobble=0.28, rng=generator("valley west")),
            offset_line(curve(STREAM_COURSE), -330, wobble=0.30, rng=generator("valley east"))[::-1],
        ]
    )
).buffer(0)
BROOK_VALLEY = curve(BROOK_COURSE).buffer(110, cap_style="flat")

WIJKEN_SKIP = (980.0, 2650.0, 4200.0)  # where a cross road takes the place of a wijk
_rng = generator("wijken")
_PLACES = np.arange(330, 5200, 186) + _rng.uniform(-11, 11, 27)
WIJKEN = [float(s) for s in _PLACES if min(abs(s - k) for k in WIJKEN_SKIP) > 80]
FILLED_WEST = {int(i) for i in _rng.choice(len(WIJKEN), 9, replace=False)}
FILLED_EAST = {int(i) for i in _rng.choice(len(WIJKEN), 8, replace=False)}

# --- roads: name, kind, width of the parcel, course
_ROADS: list[tuple[str, str, float, Coordinates]] = [
    ("Provincialeweg", "road", 22, [(3120, 60), (3330, 700), (3520, 1300), (3690, 2300), (3890, 3200),
        (3985, 4150), (3850, 5200)]),
    ("Mondenweg", "road", 15, [(2752, 2652), (2900, 2612), (3150, 2566), (3450, 2532), (3722, 2478),
        (4000, 2462), (4300, 2540), peat(2650, -960), peat(2650, -940), peat(2650, -25)]),
    ("Nijborgerweg", "road", 14, [(2662, 2694), (2605, 2830), (2505, 3060), (2428, 3400), (2470, 3850),
        (2690, 4240), (2765, 4400)]),
    ("Noorderweg", "road", 13, [(2795, 4480), (2850, 4700), (2930, 4900), (2955, 5120)]),
    ("Diepweg", "road", 14, [(2655, 2672), (2450, 2655), (2200, 2588), (1950, 2540), (1400, 2462), (1050, 2560),
        (720, 2700), (60, 2930)]),
    ("Zuiderweg", "road", 14, [(2716, 2590), (2705, 2450), (2622, 2200), (2606, 1800), (2470, 1250), (2400, 800),
        (2350, 280)]),
    ("Esweg", "road", 11, [(2765, 2700), (2880, 2832), (3050, 3050), (3290, 3330), (3560, 3560), (3800, 3700),
        (3950, 3720)]),
    ("Kampweg", "road", 12, [(2800, 4430), (3050, 4420), (3450, 4500), (3760, 4440), (3975, 4300), (4180, 4240),
        peat(980, -960), peat(980, -940), peat(980, -25)]),
    ("Dwarsweg", "road", 11, [peat(2650, 22), peat(2650, 1060)]),
    ("Kruiswijk", "road", 11, [peat(4200, 22), peat(4200, 990)]),
    ("Veldhuizerweg", "road", 12, [(3555, 1450), (3900, 1380), (4350, 1250), (4700, 1180), peat(4200, -960),
        peat(4200, -940), peat(4200, -25)]),
    ("Kanaalweg West", "road", 12, [peat(0, -19), peat(5500, -19)]),
    ("Kanaalweg Oost", "road", 9, [peat(0, 17.5), peat(5500, 17.5)]),
    ("Veenkampsweg", "road", 9, [peat(0, -965), peat(5500, -965)]),
    ("Veldweg", "road", 10, [(4140, 300), (4260, 760), (4330, 1250), (4330, 1290), (4420, 1800), (4400, 2520)]),
    ("Westeind", "road", 10, [(2755, 4440), (2520, 4420), (2260, 4480), (1900, 4380), (1700, 4420)]),
    ("Bosweg", "road", 11, [(860, 2640), (905, 3000), (850, 3500), (960, 4100), (1060, 4600), (1150, 5100)]),
    ("Heideweg", "road", 10, [(900, 2625), (960, 2200), (1080, 1700), (1130, 1180), (1330, 600), (1460, 150)]),
    ("Wessinger Dwarsweg", "road", 10, [(2466, 1250), (2100, 1060), (1690, 960), (1400, 1010), (1150, 1090)]),
    ("Lage Veld", "road", 9, [(2610, 2090), (2350, 2060), (2050, 2120), (1820, 2180)]),
    ("Turfweg", "road", 10, [(3960, 3730), (4220, 3660), (4480, 3560), peat(1740, -960)]),
    ("Haarweg", "road", 9, [(3975, 4010), (3700, 4080), (3300, 4230), (2950, 4260), (2720, 4300)]),
    # the village
    ("Brink", "street", 10, [(2652, 2684), (2668, 2702), (2764, 2704), (2774, 2690), (2728, 2594), (2712, 2588),
        (2652, 2684)]),
    ("Kerkstraat", "street", 9, [(2448, 2655), (2440, 2560), (2500, 2470), (2610, 2425), (2704, 2440)]),
    ("Molenstraat", "street", 9, [(2700, 2400), (2830, 2372), (2980, 2386), (3110, 2450), (3150, 2566)]),
    ("Achterom", "street", 8, [(2590, 2868), (2700, 2905), (2810, 2892), (2882, 2834)]),
    ("Schoolstraat", "street", 9, [(2905, 2612), (2925, 2690), (2900, 2770), (2850, 2795)]),
    ("Smidssteeg", "street", 6, [(2770, 2690), (2830, 2720), (2912, 2720)]),
    ("Hoogstraat", "street", 9, [(2500, 3060), (2400, 2960), (2330, 2830), (2320, 2625)]),
    ("Torenlaan", "street", 8, [(2335, 2840), (2450, 2800), (2612, 2815)]),
    # planned neighbourhoods
    ("Hildelaan", "street", 11, [(2790, 2380), (2800, 2240), (2810, 2090)]),
    ("Berkenstraat", "street", 8, [(2648, 2284), (2800, 2298), (3030, 2318), (3270, 2345)]),
    ("Elzenstraat", "street", 8, [(2628, 2222), (2802, 2232), (3040, 2252), (3280, 2278)]),
    ("Lijsterbesstraat", "street", 8, [(2612, 2150), (2806, 2164), (3060, 2186), (3290, 2208)]),
    ("Meidoornlaan", "street", 9, [(3100, 2440), (3140, 2330), (3155, 2120)]),
    ("Beukenlaan", "street", 9, [(2978, 2386), (2990, 2310), (2996, 2100)]),
    ("Hazelaarhof", "street", 8, [(2608, 2085), (2810, 2095), (2996, 2110), (3160, 2125), (3290, 2132)]),
    ("Vlierlaan", "street", 8, [(3268, 2350), (3284, 2250), (3290, 2126)]),
    ("Noordkamp", "street", 10, [(3160, 2566), (3165, 2700), (3120, 2830), (3010, 2950)]),
    ("Leeuwerik", "street", 8, [(3163, 2660), (3280, 2690), (3400, 2670), (3440, 2534)]),
    ("Grutto", "street", 8, [(3155, 2750), (3270, 2790), (3390, 2770), (3405, 2668)]),
    ("Wulp", "street", 8, [(3110, 2845), (3230, 2880), (3350, 2860), (3380, 2775)]),
    ("Patrijs", "street", 7, [(3020, 2610), (3030, 2740), (3010, 2840), (2950, 2920)]),
    ("Wethouderslaan", "street", 8, [(2260, 2605), (2250, 2700), (2255, 2830), (2330, 2830)]),
    ("Burgemeesterslaan", "street", 8, [(2180, 2585), (2165, 2720), (2170, 2890), (2290, 2960), (2400, 2960)]),
    ("Ambachtsweg", "street", 13, [(3712, 2360), (3900, 2340), (4080, 2350), (4240, 2380), (4230, 2520)]),
    ("Handelsweg", "street", 12, [(3960, 2342), (3950, 2220), (4100, 2140), (4240, 2150), (4235, 2380)]),
    ("Wijkstraat", "street", 9, [peat(2420, -25), peat(2420, -330)]),
    ("Turfgraversstraat", "street", 8, [peat(2225, -122), peat(2600, -122)]),
    ("Schippersstraat", "street", 8, [peat(2225, -196), peat(2600, -196)]),
    ("Bokstraat", "street", 8, [peat(2225, -268), peat(2600, -268)]),
    ("Sluisstraat", "street", 8, [peat(2600, -25), peat(2600, -330)]),
    ("Verlaatstraat", "street", 9, [peat(2900, 22), peat(2900, 250)]),
    ("Schipperspad", "street", 8, [peat(2700, 120), peat(3090, 120)]),
    ("Jaagpad", "street", 8, [peat(2700, 200), peat(3090, 200)]),
    # Nijborg
    ("Brinkweg", "street", 8, [(2768, 4398), (2730, 4430), (2745, 4480), (2798, 4484), (2812, 4430), (2768, 4398)]),
    ("Achter de Hoven", "street", 8, [(2710, 4290), (2600, 4330), (2560, 4425)]),
    ("Noorderhof", "street", 8, [(2820, 4580), (2950, 4560), (2990, 4430)]),
    # tracks
    ("Schaapsdrift", "track", 7, [(1130, 1500), (820, 1420), (500, 1250), (160, 1180)]),
    ("Oude Dijk", "track", 7, [(1020, 1950), (700, 2050), (330, 2010)]),
    ("Heidepad", "track", 6, [(720, 2700), (690, 2300), (760, 1750), (640, 1250), (700, 120)]),
    ("Lindenlaan", "track", 9, [(856, 3460), (640, 3440), (420, 3420), (120, 3400)]),
    ("Beukenallee", "track", 8, [(640, 3440), (600, 3800), (640, 4200), (590, 4640), (640, 5060)]),
    ("Eikenallee", "track", 8, [(640, 3440), (540, 3150), (470, 2770)]),
    ("Sterrenlaan", "track", 7, [(600, 3800), (780, 3960), (955, 4080)]),
    ("Kruisallee", "track", 7, [(625, 4100), (520, 4180), (440, 4200)]),
    ("Jachtlaan", "track", 7, [(600, 4560), (800, 4500), (1020, 4440)]),
    ("Tangeweg", "track", 6, [(2440, 3420), (2720, 3460), (3000, 3420), (3260, 3310)]),
    ("Middelesweg", "track", 6, [(2780, 3455), (2860, 3760), (3020, 4000), (3080, 4245)]),
    ("Hoge Akker", "track", 6, [(3020, 3020), (2900, 3200), (2860, 3450)]),
    ("Boterakkersweg", "track", 6, [(3440, 3460), (3420, 3800), (3330, 4220)]),
    ("Zuides", "track", 6, [(2606, 1850), (2380, 1780), (2150, 1700)]),
    ("Zuidespad", "track", 6, [(2615, 1980), (2820, 1900), (3060, 1760), (3560, 1640)]),
    ("Madeweg", "track", 6, [(2400, 3250), (2150, 3220), (1900, 3300), (1640, 3330)]),
    ("Groene Weg", "track", 6, [(2480, 3880), (2200, 3850), (1980, 3900), (1780, 3880)]),
    ("Stroeten", "track", 6, [(2420, 950), (2180, 760), (1950, 700)]),
    ("Zandkuilweg", "track", 6, [(2380, 560), (2750, 520), (3220, 470)]),
    ("Ontginningsweg", "track", 7, [(3420, 930), (3800, 880), (4290, 800), (4700, 720), peat(4620, -960)]),
    ("Grensweg", "track", 7, [(3610, 1880), (4000, 1830), (4420, 1780), peat(3500, -960)]),
    ("Hooiweg", "track", 7, [(3890, 3100), (4200, 3010), peat(2280, -960)]),
    ("Nijborger Esweg", "track", 6, [(2850, 4700), (3200, 4730), (3600, 4770), (3930, 4760)]),
    ("Achteres", "track", 6, [(3330, 4480), (3300, 4740), (3280, 5110)]),
    ("Veenpad", "track", 6, [(3940, 4640), (4080, 4660), peat(560, -960)]),
]

STRAIGHT = {"Kanaalweg West", "Kanaalweg Oost", "Veenkampsweg", "Dwarsweg", "Kruiswijk"}
ROADS = [
    Corridor(name, kind, LineString(course) if name in STRAIGHT else curve(course), width)
    for name, kind, width, course in _ROADS
]
_ORDER = {"road": 0, "street": 1, "track": 2}
ROADS.sort(key=lambda road: (_ORDER[road.kind], -road.width))


def wijk_reach(s: float, side: str) -> tuple[float, float]:
    """Return where a wijk starts and ends, east of the canal: behind a neighbourhood it was filled in long ago."""
    if side == "west":
        return (-345.0, -955.5) if 2210 < s < 2615 else (-13.0, -955.5)
    return (13.0, 994.0) if not 2690 < s < 3100 else (330.0, 994.0)


WATERS = [
    Corridor("Esvelder Hoofddiep", "canal", LineString([peat(0, 0), peat(5500, 0)]), 26),
    Corridor("Esvelderdiep", "stream", STREAM, 11),
    Corridor("Zuiderloop", "stream", BROOK, 6),
    Corridor("Leiding 4", "ditch", LineString([peat(0, -958), peat(5500, -958)]), 5),
    Corridor("Grenssloot", "ditch", LineString([peat(0, 997), peat(2440, 997)]), 6),
    Corridor("Grenssloot", "ditch", LineString([peat(3316, 997), peat(5500, 997)]), 6),
    Corridor("Leiding 7", "ditch", curve([(3720, 2290), (4000, 2040), (4420, 1990), peat(3300, -960)]), 5),
    Corridor("Leiding 9", "ditch", curve([(3960, 3420), (4200, 3400), peat(1960, -960)]), 5),
    Corridor("Leiding 11", "ditch", curve([(4290, 960), (4600, 940), (4900, 860), peat(4480, -960)]), 5),
    Corridor("Noordersloot", "ditch", curve([(2420, 4230), (2150, 4200), (1850, 4130), (1340, 4260)]), 5),
] + [
    Corridor(
        f"{number}e Wijk {name}", "wijk", LineString([peat(s, t) for t in wijk_reach(s, side)]), width,
        seed=f"{number}e Wijk {side}",
    )
    for side, name, filled, width in (("west", "west", FILLED_WEST, 9.0), ("east", "oost", FILLED_EAST, 8.0))
    for number, s in enumerate(WIJKEN, start=1)
    if number - 1 not in filled
]

# --- land: name, way of cutting, shape; the first that holds a place wins
HEATH = blob([(120, 150), (1330, 60), (1300, 640), (1130, 1130), (1090, 1600), (970, 2180), (640, 2560),
    (300, 2560), (100, 1500)])
FOREST = Polygon([(0, 2720), (700, 2700), (1010, 2690), (1010, 3300), (930, 3700), (1060, 4300), (1140, 5200),
    (600, 5300), (0, 4000)])
ES_NORTH = Polygon([(2505, 3062), (2435, 3400), (2478, 3850), (2600, 4060), (2726, 4297), (2950, 4255),
    (3300, 4225), (3700, 4075), (3860, 3960), (3905, 3720), (3850, 3420), (3720, 3130), (3560, 2985),
    (3330, 3005), (3170, 2950), (3040, 3045), (2930, 2985), (2780, 3010), (2640, 3050)])
ES_SOUTH = Polygon([(2080, 1650), (2230, 1440), (2480, 1300), (2720, 1390), (2960, 1480), (3170, 1620),
    (3230, 1720), (3060, 1920), (2980, 2065), (2620, 2070), (2625, 2200), (2660, 2330), (2520, 2390),
    (2330, 2440), (2190, 2350), (2120, 2150), (2020, 1900)])
ES_NIJBORG = Polygon([(2850, 4640), (2985, 4610), (3060, 4500), (3300, 4490), (3500, 4510), (3740, 4600),
    (3850, 4800), (3790, 5000), (3660, 5250), (3000, 5250), (2950, 4960)])
VILLAGE = Polygon([(2300, 2600), (2310, 2860), (2400, 2950), (2505, 3055), (2640, 3020), (2780, 2985),
    (2960, 2960), (3010, 2840), (3020, 2590), (3165, 2560), (3130, 2440), (2960, 2372), (2860, 2330),
    (2690, 2330), (2540, 2380), (2430, 2430), (2420, 2590)])
QUARTERS = {
    "De Hilde": Polygon([(2615, 2330), (2700, 2380), (2960, 2390), (3120, 2440), (3200, 2400), (3278, 2368),
        (3297, 2120), (3297, 2070), (2615, 2062)]),
    "Noordkamp": Polygon([(3015, 2560), (3478, 2520), (3470, 2700), (3432, 2860), (3270, 2915), (3040, 2985),
        (2945, 2905), (3015, 2700)]),
    "Westerkwartier": Polygon([(2135, 2560), (2330, 2610), (2330, 2830), (2415, 2965), (2290, 2995),
        (2150, 2935), (2130, 2850)]),
    "Wijkpark": peat_box(2225, 2605, -335, -85),
    "Verlaat": peat_box(2690, 3095, 80, 240),
}
BUSINESS = Polygon([(3690, 2460), (3680, 2230), (3900, 2110), (4310, 2090), (4320, 2540), (4000, 2470)])
NIJBORG = Polygon([(2440, 4380), (2480, 4470), (2580, 4540), (2760, 4610), (2900, 4650), (3000, 4600),
    (3060, 4470), (3070, 4380), (2960, 4330), (2740, 4235), (2560, 4280)])
EXPANSION = Polygon([(3440, 2540), (3720, 2490), (3830, 2940), (3640, 3010), (3330, 2960), (3390, 2870)])

# --- places with a parcel of their own: name, kind, shape
SPECIALS: list[tuple[str, str, Polygon]] = [
    ("Brink", "green", Polygon([(2652, 2684), (2668, 2702), (2764, 2704), (2774, 2690), (2728, 2594), (2712, 2588)])),
    ("Brink van Nijborg", "green", Polygon([(2768, 4398), (2730, 4430), (2745, 4480), (2798, 4484), (2812, 4430)])),
    ("Dorpskerk", "church", rectangle(2628, 2640, 62, 54, 12)),
    ("Begraafplaats", "cemetery", Polygon([(2330, 2560), (2425, 2570), (2430, 2500), (2340, 2470)])),
    ("Basisschool De Zwerfkei", "school", rectangle(2962, 2745, 60, 80, 5)),
    ("Sportpark Diepzicht", "sport", Polygon([(1985, 2560), (2130, 2590), (2130, 2800), (1960, 2770)])),
    ("Sportveld Esveldermond", "sport", peat_box(2235, 2345, -440, -345)),
    ("Camping Het Hertenkamp", "recreation", Polygon([(910, 2900), (1090, 2900), (1050, 3250), (880, 3220)])),
    ("Huize Oldenhof", "estate", blob([(560, 3330), (720, 3330), (780, 3440), (720, 3560), (560, 3550),
        (510, 3440)])),
    ("Strokartonloods", "business", peat_box(3282, 3350, 22, 152)),
    ("Zandgat Het Blauwe Meer", "lake", blob([(3000, 560), (3130, 590), (3180, 700), (3060, 760), (2950, 700)])),
    ("Dobbe", "lake", blob([(560, 900), (650, 880), (690, 960), (620, 1020), (550, 980)])),
    ("Pingoruïne", "lake", blob([(2130, 3520), (2200, 3510), (2220, 3570), (2160, 3610), (2110, 3570)])),
]
# fmt: on
