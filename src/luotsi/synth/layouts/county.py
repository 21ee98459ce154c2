"""Systems of the county as a whole: registers, population statistics, ledger, shifts, calendars, bed days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth.block import World
from luotsi.synth.layouts import lifecare, pegasos
from luotsi.synth.layouts.patients import registration, town_codes, units_of
from luotsi.synth.places import FT, HL, LK, PACKAGES, SERVICES, SH, SHG
from luotsi.synth.seasons import working_days
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, day_number, days, decimals, flags, stamps, whole

BUSINESS = "3221357-9"
PRIVATE = "2077474-0"
HEADINGS = (
    ("Tosite", "Rivi", "Kirjauspvm", "Tili", "Kustannuspaikka", "Tietopaketti", "Netto", "Kunta", "Sisäinen"),
    (
        "Tositenumero",
        "Rivi",
        "Kirjauspäivä",
        "Tilit",
        "Kustannuspaikka",
        "Tietopaketti",
        "Nettosumma",
        "Kunta",
        "Sisäinen",
    ),
    (
        "Tosite nro",
        "Rivinro",
        "Kirjauspäivämäärä",
        "Tili nro",
        "Kust.paikka",
        "Palvelupaketti",
        "Laskun summa ilman ALV",
        "Kuntanumero",
        "Sis.",
    ),
)
ACCOUNTS = (("4000", 0.62), ("4300", 0.22), ("4500", 0.10), ("4800", 0.06))
KINDS = {"tk-osasto": "osasto"}
AREAS = ("Jyväskylän seutu", "Etelä ja itä", "Pohjoinen")


def register(world: World) -> Iterator[Sheet]:
    """Areas, organisations, units, packages and services, sent whole once."""
    places = world.places

    def sheet(table: str, columns: dict[str, list[str | None]]) -> Sheet:
        arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
        return Sheet("register", "register", table, arrays, world.cuts, extract=0)

    towns = [
        (t.code, t.name, "kunta", f"15-{region + 1}") for t, region in zip(places.towns, places.region, strict=True)
    ]
    areas = [(f"15-{number + 1}", name, "palvelualue", "15") for number, name in enumerate(AREAS)]
    rows = [("15", "Keski-Suomen hyvinvointialue", "hyvinvointialue", None), *areas, *towns]
    yield sheet(
        "alue", {name: [row[place] for row in rows] for place, name in enumerate(("KOODI", "NIMI", "LAJI", "YLEMPI"))}
    )
    yield sheet(
        "organisaatio",
        {
            "YTUNNUS": [BUSINESS, PRIVATE],
            "NIMI": ["Keinotekoinen hyvinvointialue", "Keinohoiva Oy"],
            "LAJI": ["hyvinvointialue", "yritys"],
        },
    )
    units = places.units
    yield sheet(
        "yksikko",
        {
            "OID": [unit.oid for unit in units],
            "NIMI": [unit.name for unit in units],
            "YTUNNUS": [PRIVATE if unit.private else BUSINESS for unit in units],
            "LAJI": [KINDS.get(unit.kind, unit.kind) for unit in units],
            "KUNTA": [unit.municipality for unit in units],
            "ALUE": ["15" if unit.region < 0 else f"15-{unit.region + 1}" for unit in units],
            "PALVELUMUOTO": [unit.service_form for unit in units],
            "PAIKAT": [None if unit.places is None else str(unit.places) for unit in units],
            "NIMELLISPAIKAT": [None if unit.places is None else str(unit.places + 1) for unit in units],
        },
    )
    yield sheet("tietopaketti", {"KOODI": [code for code, _ in PACKAGES], "NIMI": [name for _, name in PACKAGES]})
    yield sheet(
        "palvelu",
        {
            "KOODI": [service.code for service in SERVICES],
            "NIMI": [service.name for service in SERVICES],
            "PALVELUTEHTAVA": [service.task for service in SERVICES],
            "TIETOPAKETTI": [service.package for service in SERVICES],
            "YKSIKKOHINTA": [f"{service.cost:.2f}".replace(".", ",") for service in SERVICES],
        },
    )


def population(world: World, counted: Array) -> Sheet:
    """Residents on 31 December by municipality, year, age and sex: those of this county, not the real ones."""
    town, year, age, sex = (axis.ravel() for axis in np.indices(counted.shape))
    columns = {
        "Kunta": codes(town_codes(world.places), town),
        "Vuosi": whole(world.years[0] - 1 + year),
        "Ikä": whole(age),
        "Sukupuoli": codes(("Miehet", "Naiset"), sex),
        "Väestö": whole(counted.ravel()),
        "Tarvekerroin": pa.array([f"{each:.3f}" for each in _need(counted)[town, year].tolist()]),
    }
    return Sheet("population", "population", "vaesto", columns, world.cuts, extract=len(world.cuts) - 1)


def _need(counted: Array) -> Array:
    """A made-up need coefficient by municipality and year, the county's mean 1: older residents need more."""
    weight = np.ones(counted.shape[2])
    weight[65:], weight[80:] = 3.0, 6.0
    residents = counted.sum(axis=3)
    need = residents @ weight
    county = need.sum(axis=0) / np.maximum(residents.sum(axis=(0, 2)), 1)
    own = need / np.maximum(residents.sum(axis=2), 1)
    return np.where(need > 0, own / np.maximum(county, 1e-9), 1.0)


def ledger(world: World, totals: Array, rng: np.random.Generator) -> Iterator[Sheet]:
    """Entries by year, each year with its own headings and a total row; cost objects and unit costs.

    `totals`: euros by region, package and month."""
    yield from _cost_objects(world)
    years = range(world.years[0], world.years[1] + 1)
    cuts = tuple(day_number(year + 1, 1, 15) for year in years)
    for place, year in enumerate(years):
        yield _entries(world, totals[:, :, place * 12 : place * 12 + 12], year, place, cuts, rng)


def _entries(
    world: World, totals: Array, year: int, place: int, cuts: tuple[int, ...], rng: np.random.Generator
) -> Sheet:
    region, package, month = (axis.ravel() for axis in np.indices(totals.shape))
    parts = np.repeat(np.arange(len(region)), len(ACCOUNTS))
    account = np.tile(np.arange(len(ACCOUNTS)), len(region))
    share = np.array([weight for _, weight in ACCOUNTS])[account] * rng.uniform(0.96, 1.04, len(parts))
    euros = np.round(totals.ravel()[parts] * share, 2)
    kept = euros > 0
    parts, account, euros = parts[kept], account[kept], euros[kept]
    starts = np.array([day_number(year, number + 1) for number in range(12)])
    day = starts[month[parts]] + rng.integers(5, 28, len(parts))
    texts = [f"{whole_} {rest}" if whole_ != "0" else rest for whole_, rest in map(_thousands, euros.tolist())]
    town = np.array([("179", "992", "729")[each] for each in range(3)])
    values = (
        whole(year * 1_000_000 + parts),
        whole(account + 1),
        days(day, "iso" if place == 1 else "fi"),
        codes([code for code, _ in ACCOUNTS], account),
        codes(_cost_codes(), region[parts] * len(PACKAGES) + package[parts]),
        codes([code for code, _ in PACKAGES], package[parts]),
        pa.array(texts, pa.string()),
        codes(town.tolist(), region[parts]),
        flags(account == 3, "K", "E"),
    )
    columns = dict(zip(HEADINGS[place % 3], values, strict=True))
    total = f"{euros.sum():.2f}".replace(".", ",")
    tail = (";;;;;;" + total + ";;",)
    return Sheet("ledger", "ledger", "tapahtumat", columns, cuts, extract=place, delivery="delta", tail=tail)


def _thousands(value: float) -> tuple[str, str]:
    """Thousands and the rest with a decimal comma: 1234.5 -> ('1', '234,50')."""
    cents = round(value * 100)
    thousands, rest = divmod(cents, 100_000)
    text = f"{rest // 100:03d},{rest % 100:02d}" if thousands else f"{rest // 100},{rest % 100:02d}"
    return str(thousands), text


def _cost_codes() -> list[str]:
    return [f"{region + 1}{package:02d}0" for region in range(3) for package in range(len(PACKAGES))]


def _cost_objects(world: World) -> Iterator[Sheet]:
    labels = [f"{name} {area}" for area in AREAS for _, name in PACKAGES]
    offices = world.places.of("sosiaalitoimisto")
    columns = {
        "Kustannuspaikka": pa.array(_cost_codes(), pa.string()),
        "Nimi": pa.array(labels, pa.string()),
        "YksikköOid": pa.array(
            [world.places.units[offices[region]].oid for region in range(3) for _ in PACKAGES], pa.string()
        ),
        "Tietopaketti": pa.array([code for _ in AREAS for code, _ in PACKAGES], pa.string()),
    }
    yield Sheet("ledger", "ledger", "kustannuspaikat", columns, world.cuts, extract=0)
    years = list(range(world.years[0], world.years[1] + 1))
    prices = [service.cost * (0.94 + 0.03 * place) for place in range(len(years)) for service in SERVICES]
    columns = {
        "Palvelu": pa.array([service.code for _ in years for service in SERVICES], pa.string()),
        "Vuosi": whole(np.repeat(years, len(SERVICES))),
        "Hinta": decimals(np.array(prices), 2, ","),
    }
    yield Sheet("ledger", "ledger", "yksikkohinnat", columns, world.cuts, extract=0)


def bed_days(world: World, present: Array) -> Iterator[Sheet]:
    """Beds and occupied beds of each ward and day; `present` is patients at midnight by unit and day."""
    first = world.calendar.first
    end = min(world.calendar.end, world.cuts[-1])
    for instance, kind, dialect in (
        ("nova", "osasto", "fi"),
        ("jyvaskyla", "tk-osasto", "fi"),
        ("pohjoinen", "tk-osasto", "fi"),
        ("seutu", "tk-osasto", "compact"),
    ):
        units = [unit for unit in units_of(world, instance).tolist() if world.places.units[unit].kind == kind]
        unit, day = np.repeat(units, end - first), np.tile(np.arange(first, end), len(units))
        beds = np.maximum(np.quantile(present[:, : end - first], 0.93, axis=1).astype(np.int64), 1)[unit]
        weekend = (day + 3) % 7 >= 5
        values = (beds - (weekend & (beds > 8)), beds + 1, present[unit, day - first])
        source = "pegasos" if instance == "seutu" else "lifecare"
        names: tuple[str, ...] = (
            ("tp", "pvm", "miehitetty", "rakenteellinen", "varattu")
            if source == "pegasos"
            else ("OSASTO", "PVM", "MIEHITETTY", "NIMELLINEN", "KAYTOSSA")
        )
        own = (pegasos if source == "pegasos" else lifecare).unit_code
        labels = [own(place) for place in range(len(world.places.units))]
        cells = (codes(labels, unit), days(day, dialect), *map(whole, values))
        columns: dict[str, pa.Array] = dict(zip(names, cells, strict=True))
        table = "paikat" if source == "pegasos" else "vuodepaikat"
        yield Sheet(source, instance, table, columns, world.cuts, (day + 1) * 1440, None, duplicates=0.0, late=0.0)


def care_home_days(world: World, rng: np.random.Generator) -> Iterator[Sheet]:
    """Places and residents of each care home and day, as the client record system of social care counts them.

    A home is nearly full whoever pays: its residents include those of other counties, so they are more than the
    periods of service that this county pays for. They change by a place or two in a week."""
    first, end = world.calendar.first, min(world.calendar.end, world.cuts[-1])
    homes = world.places.of("hoivakoti")
    places = np.array([unit.places or 0 for unit in world.places.units])[homes]
    weeks = (end - first) // 7 + 1
    share = 0.93 + 0.04 * np.sin(np.cumsum(rng.normal(0, 0.25, (len(homes), weeks)), axis=1))
    occupied = np.rint(places[:, None] * share).astype(np.int64)
    home, day = np.repeat(np.arange(len(homes)), end - first), np.tile(np.arange(first, end), len(homes))
    columns = {
        "YKSIKKO_OID": codes([world.places.units[home].oid for home in homes], home),
        "PVM": days(day, "fi"),
        "PAIKAT": whole(places[home]),
        "ASUKKAITA": whole(occupied[home, (day - first) // 7]),
    }
    yield Sheet("social", "social", "asukaspaivat", columns, world.cuts, (day + 1) * 1440, None, late=0.0)


def calendars(world: World, chosen: Array, rng: np.random.Generator) -> Iterator[Sheet]:
    """Free times of booking calendars on the first working day of each month, for the third free time."""
    unit, profession = world.places.staff
    kinds = np.array([each.kind for each in world.places.units])
    wanted = np.isin(kinds[unit[chosen]], ("terveysasema", "hammashoitola", "kuntoutus")) & np.isin(
        profession[chosen], (LK, SH, HL, SHG, FT)
    )
    chosen = chosen[wanted]
    end = min(world.calendar.end, world.cuts[-1])
    work = working_days(world.calendar.first, end)
    months = work.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    measured = work[np.unique(months, return_index=True)[1]]
    row = np.repeat(np.arange(len(chosen)), len(measured))
    day = np.tile(measured, len(chosen))
    queue = rng.random(len(row)) < 0.06
    free = np.where(queue, 1, rng.choice([2, 3, 5, 6], len(row), p=[0.08, 0.12, 0.4, 0.4]))
    every = np.repeat(np.arange(len(row)), free)
    order = np.arange(len(every)) - np.repeat(np.cumsum(free) - free, free)
    scale = np.select([profession[chosen] == LK, np.isin(profession[chosen], (HL, SHG))], [4.2, 11.0], 2.4)[row]
    pace = scale * np.exp(rng.normal(0, 0.5, len(row)))
    ahead = np.maximum((pace[every] * (order + rng.uniform(0.1, 1, len(every)))).astype(np.int64), 0)
    date = day[every] + ahead
    date = date + np.where((date + 3) % 7 >= 5, 2, 0)
    start = np.where(queue[every], MISSING, date * 1440 + 480 + 20 * rng.integers(0, 22, len(every)))
    who, when = chosen[row[every]], day[every]
    number = (chosen[row[every]] * 400 + np.tile(np.arange(len(measured)), len(chosen))[every]) * 10 + order
    status = np.where(rng.random(len(every)) < 0.1, 1, 0)
    urgent = rng.random(len(every)) < 0.15
    region = np.array([each.region for each in world.places.units])[unit[who]]
    slots = {
        "number": number,
        "who": who,
        "start": start,
        "urgent": urgent,
        "status": status,
        "queue": queue[every],
        "day": when,
    }
    for instance, mine in (
        ("jyvaskyla", region == 0),
        ("seutu", region == 1),
        ("pohjoinen", (region == 2) & (when >= world.switch)),
    ):
        rows = {name: values[mine] for name, values in slots.items()}
        columns = _pegasos_slots(world, rows) if instance == "seutu" else _lifecare_slots(world, rows)
        source, table = ("pegasos", "ajanvarauskirja") if instance == "seutu" else ("lifecare", "ajat")
        since = world.switch if instance == "pohjoinen" else 0
        yield Sheet(source, instance, table, columns, world.cuts, rows["day"] * 1440 + 420, None, late=0.0, since=since)


def _calendars(world: World, who: Array) -> pa.Array:
    """The number of each professional's booking calendar: a number of its own, which tells no one whose it is."""
    return codes([f"A{1000 + 7 * place}" for place in range(len(world.places.staff[0]))], who)


def _lifecare_slots(world: World, rows: dict[str, Array]) -> dict[str, pa.Array]:
    unit, profession = world.places.staff
    who = rows["who"]
    return {
        "AIKA_ID": whole(rows["number"]),
        "KIRJA": _calendars(world, who),
        "AMMATTILAINEN": codes(registration(world), who),
        "AMMATTI": codes(lifecare.AMMATIT, profession[who]),
        "YKSIKKO": codes([lifecare.unit_code(place) for place in range(len(world.places.units))], unit[who]),
        "AIKA": stamps(rows["start"], "fi"),
        "LAJI": codes(("kiireetön", "kiireellinen"), rows["urgent"].astype(int)),
        "TILA": codes(("vapaa", "varattu"), rows["status"]),
        "HOIDONJARJESTELY": flags(rows["queue"], "K", "E"),
        "KAIKILLE": flags(rows["number"] % 12 != 0, "K", "E"),
        "MITTAUSPVM": days(rows["day"], "fi"),
    }


def _pegasos_slots(world: World, rows: dict[str, Array]) -> dict[str, pa.Array]:
    unit, profession = world.places.staff
    who = rows["who"]
    return {
        "aikanro": whole(rows["number"]),
        "kirja": _calendars(world, who),
        "kayttaja": codes(pegasos.users(world), who),
        "amm": codes(list(pegasos.AMMATIT.values()), profession[who]),
        "tp": codes([pegasos.unit_code(place) for place in range(len(world.places.units))], unit[who]),
        "aika": stamps(rows["start"], "compact"),
        "tyyppi": codes(("E", "K"), rows["urgent"].astype(int)),
        "tila": codes(("V", "X"), rows["status"]),
        "hjk": flags(rows["queue"], "1", "0"),
        "avoin": flags(rows["number"] % 12 != 0, "1", "0"),
        "mitattu": days(rows["day"], "compact"),
    }
