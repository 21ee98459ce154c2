"""The made-up organisation of the synthetic county: units, professionals, services. Holds no residents.

Units are the same at every size of county; the number of professionals in them grows with the residents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from luotsi.synth.population import Municipality
from luotsi.synth.text import Array

COUNTY = "32213579"
"""Business id digits of the made-up county; unit ids follow the pattern of the SOTE organisation register."""

PROFESSIONS = ("LK", "SH", "TH", "HL", "SHG", "FT", "PS", "ST", "LH")
LK, SH, TH, HL, SHG, FT, PS, ST, LH = range(9)

SEUTU = {"172", "182", "249", "495", "992", "275"}
SAARIKKA = {"729", "226", "216", "265", "312", "931", "601", "256"}
STATIONS = ("Keskusta", "Kyllö", "Huhtasuo", "Vaajakoski", "Palokka")

SPECIALITIES = ("10", "20", "20O", "30", "40", "50", "55", "65", "70", "77")
SPECIALITY_NAMES = (
    "Sisätaudit",
    "Kirurgia",
    "Ortopedia",
    "Naistentaudit",
    "Lastentaudit",
    "Silmätaudit",
    "Korvataudit",
    "Syöpätaudit",
    "Psykiatria",
    "Neurologia",
)

SURNAMES = (
    "Kallio",
    "Niitty",
    "Korpela",
    "Suvanto",
    "Mäenpää",
    "Halla",
    "Koivuranta",
    "Lehtosaari",
    "Tuulenpää",
    "Ahokas",
    "Rantalainen",
    "Pihlajisto",
    "Honkamäki",
    "Järvelä",
    "Viitala",
    "Salmela",
    "Peltola",
    "Kivistö",
    "Myllymaa",
    "Kuusela",
)
GIVEN = (
    "Aino",
    "Eero",
    "Helmi",
    "Oskari",
    "Siiri",
    "Väinö",
    "Lempi",
    "Toivo",
    "Tyyne",
    "Onni",
    "Hilja",
    "Armas",
    "Sylvi",
    "Tauno",
    "Impi",
    "Arvo",
    "Elli",
    "Yrjö",
    "Saima",
    "Reino",
)
STREETS = ("Koivutie", "Rantakatu", "Myllypolku", "Harjukuja", "Niittytie", "Kirkkokatu", "Metsätie", "Asemakatu")


@dataclass(frozen=True)
class Unit:
    """One unit: what it is, where, and how many places it has. `region` is -1 where the whole county is served."""

    oid: str
    name: str
    kind: str
    municipality: str
    region: int
    service_form: str | None = None
    places: int | None = None
    private: bool = False


@dataclass(frozen=True)
class Service:
    """A service with its package, task and unit cost in euros."""

    code: str
    name: str
    package: str
    task: str | None
    cost: float


PACKAGES = (
    ("vastaanotto", "Vastaanottopalvelut"),
    ("suun", "Suun terveydenhuolto"),
    ("lapset", "Lasten, nuorten ja perheiden palvelut"),
    ("tyoikaiset", "Työikäisten palvelut"),
    ("mielenterveys_paihde", "Mielenterveys- ja päihdepalvelut"),
    ("hoito_hoiva", "Hoito ja hoiva"),
    ("kuntoutus", "Kuntoutus"),
    ("akuutti", "Akuutti"),
    ("vaativat", "Vaativat palvelut"),
    ("vammaiset", "Vammaispalvelut"),
    ("hyte", "Hyvinvoinnin ja terveyden edistäminen"),
)
PACKAGE = {code: place for place, (code, _) in enumerate(PACKAGES)}

SERVICES = (
    Service("P101", "Lääkärin vastaanotto", "vastaanotto", None, 118.0),
    Service("P102", "Hoitajan vastaanotto", "vastaanotto", None, 54.0),
    Service("P103", "Etävastaanotto ja puhelu", "vastaanotto", None, 31.0),
    Service("P201", "Hammashoito", "suun", None, 96.0),
    Service("P301", "Neuvola", "lapset", None, 72.0),
    Service("P302", "Koulu- ja opiskeluterveydenhuolto", "lapset", None, 58.0),
    Service("P401", "Mielenterveysvastaanotto", "mielenterveys_paihde", None, 131.0),
    Service("P402", "Päihdevastaanotto", "mielenterveys_paihde", None, 104.0),
    Service("P501", "Kotihoidon käynti", "hoito_hoiva", None, 34.0),
    Service("P502", "Kotihoidon etäkäynti", "hoito_hoiva", None, 14.0),
    Service("P601", "Fysioterapia", "kuntoutus", None, 79.0),
    Service("P701", "Päivystyskäynti", "akuutti", None, 286.0),
    Service("P801", "Erikoissairaanhoidon poliklinikka", "vaativat", None, 312.0),
    Service("P802", "Erikoissairaanhoidon vuodeosasto", "vaativat", None, 918.0),
    Service("P803", "Terveyskeskuksen vuodeosasto", "hoito_hoiva", None, 352.0),
    Service("S101", "Lastensuojelun palvelutarpeen arviointi", "lapset", "lastensuojelu", 640.0),
    Service("S201", "Säännöllinen kotihoito", "hoito_hoiva", "iäkkäät", 0.0),
    Service("S202", "Ympärivuorokautinen palveluasuminen", "hoito_hoiva", "iäkkäät", 162.0),
    Service("S203", "Omaishoidon tuki", "hoito_hoiva", "iäkkäät", 17.0),
    Service("S301", "Henkilökohtainen apu", "vammaiset", "vammaiset", 46.0),
    Service("S401", "Täydentävä toimeentulotuki", "tyoikaiset", "työikäiset", 210.0),
)
SERVICE = {service.code: place for place, service in enumerate(SERVICES)}

POOLS: dict[str, dict[int, float]] = {
    "terveysasema": {LK: 0.55, SH: 0.95, LH: 0.1},
    "hammashoitola": {HL: 0.45, SHG: 0.3},
    "neuvola": {TH: 0.7, LK: 0.05},
    "kuntoutus": {FT: 0.25},
    "mielenterveys": {SH: 0.45, PS: 0.25, LK: 0.1},
    "poliklinikka": {LK: 0.12, SH: 0.12},
    "kotihoito": {LH: 1.6, SH: 0.3},
    "päivystys": {LK: 0.15, SH: 0.3},
    "osasto": {SH: 0.4, LK: 0.05},
    "sosiaalitoimisto": {ST: 0.4},
}
"""Professionals of a unit kind for each 1,000 residents it serves."""


@dataclass(frozen=True)
class Places:
    """Units and professionals of a county of the given size."""

    towns: tuple[Municipality, ...]
    residents: int
    units: tuple[Unit, ...] = field(default=())

    @cached_property
    def region(self) -> Array:
        """Region of each municipality."""
        return np.array([1 if t.code in SEUTU else 2 if t.code in SAARIKKA else 0 for t in self.towns])

    @cached_property
    def share(self) -> Array:
        """Share of the county's residents in each municipality."""
        people = np.array([town.ages.sum() for town in self.towns])
        return people / people.sum()

    def of(self, kind: str) -> Array:
        """Index of the units of a kind."""
        return np.array([place for place, unit in enumerate(self.units) if unit.kind == kind])

    def nearest(self, kind: str) -> Array:
        """For each municipality the unit of a kind that serves it: its own, its region's, or the county's."""
        found: list[int] = []
        for town, region in zip(self.towns, self.region, strict=True):
            ranked = [
                (unit.municipality != town.code, unit.region != region, place)
                for place, unit in enumerate(self.units)
                if unit.kind == kind
            ]
            found.append(min(ranked)[2])
        return np.array(found)

    @cached_property
    def units_in_town(self) -> Array:
        """For each unit the number of units of its kind in its municipality; they stand in a row."""
        keys = [(unit.kind, unit.municipality) for unit in self.units]
        return np.array([keys.count(key) for key in keys])

    @cached_property
    def pools(self) -> tuple[Array, Array]:
        """First professional and number of them, by unit and profession."""
        first = np.zeros((len(self.units), len(PROFESSIONS)), dtype=np.int64)
        size = np.zeros_like(first)
        met = 0
        for place, unit in enumerate(self.units):
            served = self._served(unit)
            for profession, rate in POOLS.get(unit.kind, {}).items():
                first[place, profession] = met
                size[place, profession] = max(2, round(served * rate / 1000))
                met += int(size[place, profession])
        return first, size

    def _served(self, unit: Unit) -> float:
        if unit.region < 0:
            return self.residents
        same = [place for place in self.units if place.kind == unit.kind and place.municipality == unit.municipality]
        towns = {place.municipality for place in self.units if place.kind == unit.kind and place.region == unit.region}
        if len(towns) > 3:
            share = sum(s for s, town in zip(self.share, self.towns, strict=True) if town.code == unit.municipality)
        else:
            share = float(self.share[self.region == unit.region].sum()) / max(1, len(towns))
        return self.residents * float(share) / len(same)

    @cached_property
    def staff(self) -> tuple[Array, Array]:
        """Unit and profession of each professional."""
        _, size = self.pools
        unit = np.repeat(np.repeat(np.arange(len(self.units)), len(PROFESSIONS)), size.ravel())
        profession = np.repeat(np.tile(np.arange(len(PROFESSIONS)), len(self.units)), size.ravel())
        return unit, profession


def places(towns: tuple[Municipality, ...], residents: int) -> Places:
    """The county's organisation for a number of residents."""
    made: list[Unit] = []
    bare = Places(towns, residents)
    nova = "179"

    def add(name: str, kind: str, town: str, region: int, form: str | None = None, beds: int | None = None) -> None:
        private = kind == "hoivakoti" and len(made) % 2 == 1
        made.append(Unit(f"1.2.246.10.{COUNTY}.10.{1001 + len(made)}", name, kind, town, region, form, beds, private))

    for town, region in zip(towns, bare.region.tolist(), strict=True):
        stations = STATIONS if town.code == nova else ("",)
        for station in stations:
            add(f"{town.name} {station} terveysasema".replace("  ", " "), "terveysasema", town.code, region, "T11")
        add(f"{town.name} hammashoitola", "hammashoitola", town.code, region, "T60")
        add(f"{town.name} neuvola ja kouluterveydenhuolto", "neuvola", town.code, region, "T22")
        add(f"{town.name} kotihoito", "kotihoito", town.code, region, "T40")
        add(f"{town.name} fysioterapia", "kuntoutus", town.code, region, "T51")
    for town, region in (("179", 0), ("992", 1), ("729", 2)):
        add(f"Mielenterveys- ja päihdevastaanotto {region + 1}", "mielenterveys", town, region, "T71")
        add(f"Sosiaalipalvelut {region + 1}", "sosiaalitoimisto", town, region)
    scale = residents / 10000
    for name in SPECIALITY_NAMES:
        add(f"Sairaala Nova {name} poliklinikka", "poliklinikka", nova, -1, "T90")
    for name in SPECIALITY_NAMES:
        add(f"Sairaala Nova {name} osasto", "osasto", nova, -1, None, max(2, round(1.2 * scale)))
    for town, region in (("179", 0), ("182", 1), ("992", 1), ("729", 2), ("931", 2)):
        add(f"Terveyskeskuksen osasto {town}", "tk-osasto", town, region, None, max(3, round(2.2 * scale)))
    add("Sairaala Nova päivystys", "päivystys", nova, -1, None, max(4, round(1.0 * scale)))
    for number, (town, region) in enumerate((("179", 0), ("179", 0), ("410", 0), ("182", 1), ("992", 1), ("729", 2))):
        add(f"Hoivakoti {SURNAMES[number]}", "hoivakoti", town, region, None, max(10, round(16 * scale)))
    return Places(towns, residents, tuple(made))
