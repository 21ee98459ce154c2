"""Pegasos: the south and east, Latin-1 with tabs, days as 20241231, own codes, assessment within the visit row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth import clinical, contacts
from luotsi.synth.block import Block, World
from luotsi.synth.layouts.patients import FULL_NAMES, local, patients, registration, town_codes, units_of
from luotsi.synth.places import PROFESSIONS, SERVICES
from luotsi.synth.rows import Rows, length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, days, decimals, flags, results, stamps, whole

INSTANCE = "seutu"
AMMATIT = dict(zip(PROFESSIONS, ("10", "20", "21", "30", "31", "40", "50", "60", "90"), strict=True))
PALVELUKOODIT = dict(
    zip(contacts.FORMS, ("110", "210", "220", "260", "270", "410", "510", "600", "710", "730", "900"), strict=True)
)
TAVAT = ("V", "K", "P", "S", "E", "M", "N", "T")
TILAT = ("T", "P", "X")
LYHENTEET = (
    ("B-HbA1c", "B-GHb-A1C,tk"),
    ("fP-Kol-LDL", "P-Kol-LDL"),
    ("P-Kol-HDL",) * 2,
    ("P-Kol",) * 2,
    ("P-Trigly",) * 2,
    ("P-Krea",) * 2,
    ("Pt-GFRe",) * 2,
    ("P-TT-INR", "INR-vieri"),
    ("U-AlbKre",) * 2,
    ("fP-Gluk",) * 2,
)
MITAT = ("mmol/mol", "mmol/l", "mmol/l", "mmol/l", "mmol/l", "umol/l", "ml/min", None, "mg/mmol", "mmol/l", "%")
KOODIT = ("SYS", "DIA", "PAI", "PIT", "VYO", "TUP", "JAL", "SIL")
KOODIMITAT = ("mmHg", "mmHg", "kg", "cm", "cm", None, None, None)


def unit_code(place: int) -> str:
    """Pegasos's own code of a unit."""
    return f"{3000 + place}"


def users(world: World) -> list[str]:
    """User codes of all professionals."""
    return [f"PEG{place:05d}" for place in range(len(world.places.staff[0]))]


class Pegasos:
    """Writes the sheets of Pegasos for a block."""

    def __init__(self, block: Block) -> None:
        self.block, self.world = block, block.world
        self.units = [unit_code(place) for place in range(len(self.world.places.units))]
        self.users = users(self.world)

    def sheets(self) -> Iterator[Sheet]:
        """All sheets."""
        yield from self._patients()
        yield from self._visits()
        yield from self._measured()
        yield from self._care()
        yield self._stays()

    def _sheet(self, table: str, columns: dict[str, pa.Array], changed: Array, **more: object) -> Sheet:
        if "muutosaika" not in columns:
            columns["muutosaika"] = stamps(changed, "compact")
        return Sheet("pegasos", INSTANCE, table, columns, self.world.cuts, changed, "muutosaika", **more)  # type: ignore[arg-type]

    def _mine(self, rows: Rows) -> Array:
        return np.flatnonzero(self.block.region[rows["person"]] == 1)

    def _person(self, who: Array) -> pa.Array:
        return local(self.block, INSTANCE, who)

    def _patients(self) -> Iterator[Sheet]:
        choice = np.flatnonzero(self.block.region == 1)
        for number, cut in enumerate(self.world.cuts):
            who = patients(self.block, INSTANCE, choice, cut)
            columns = {
                "asnro": who.local,
                "henkilotunnus" if number else "hetu": who.hetu,
                "nimi": who.name,
                "synt": days(who.birth, "compact"),
                "sukup": codes(("M", "N"), who.sex - 1),
                "aidinkieli": codes(("FI", "SV", "RU", "EN", "ET", "AR"), who.language),
                "kunta": codes([code.lstrip("0") for code in town_codes(self.world.places)], who.municipality),
                "posti": who.postal,
                "lahiosoite": who.address,
                "puh": who.phone,
                "kuollut": days(who.died, "compact"),
                "turvak": flags(who.blocked, "1", "0"),
                "testi": flags(who.test, "1", "0"),
            }
            name = "henkilotunnus" if number else "hetu"
            yield Sheet("pegasos", INSTANCE, "asiakas", columns, self.world.cuts, extract=number, hetu=name)

    def _visits(self) -> Iterator[Sheet]:
        block, rows = self.block, self.block.contacts
        mine = np.flatnonzero((rows["form"] != contacts.FORMS.index("T90")) & (block.region[rows["person"]] == 1))
        chosen = pick(rows, mine)
        reason = np.full(length(rows), -1)
        reason[block.diagnoses["row"]] = block.diagnoses["code"]
        held, count = chosen["status"] == 0, len(mine)
        assessed = chosen["assessed"] > MISSING // 2
        users_ = codes(self.users, chosen["professional"])
        urgency = codes(("0", "1", "2"), chosen["urgency"])
        columns = {
            "tapnro": whole(chosen["id"]),
            "asnro": self._person(chosen["person"]),
            "tp": codes(self.units, chosen["unit"]),
            "kayttaja": users_,
            "amm": codes(list(AMMATIT.values()), chosen["profession"]),
            "palvelu": codes([service.code for service in SERVICES], chosen["service"]),
            "palvelukoodi": codes(list(PALVELUKOODIT.values()), chosen["form"]),
            "tapa": codes(TAVAT, chosen["type"]),
            "sairaus": codes(("1", "2"), chosen["nature"]),
            "kiire": urgency,
            "ryhma": pa.array(["1"] * count, pa.string()),
            "yht_aika": stamps(chosen["received"], "compact"),
            "hta_aika": stamps(chosen["assessed"], "compact"),
            "hta_kayttaja": codes(self.users, np.where(assessed, chosen["professional"], -1)),
            "hta_kiire": codes(("0", "1", "2"), np.where(assessed, chosen["urgency"], -1)),
            "alku": stamps(chosen["start"], "compact"),
            "loppu": stamps(np.where(held, chosen["end"], MISSING), "compact"),
            "tila": codes(TILAT, chosen["status"]),
            "hs_kaynti": flags(chosen["plan"], "1", "0"),
            "todistus": flags(chosen["certificate"], "1", "0"),
            "ensikaynti": flags(chosen["first"], "1", "0"),
            "suora": flags(chosen["direct"], "1", "0"),
            "huoltaja": whole(chosen["minor"]),
            "kunta": codes([code.lstrip("0") for code in town_codes(self.world.places)], chosen["municipality"]),
            "syykoodi": codes([*clinical.CHRONIC_ICPC, *clinical.ACUTE_ICPC], reason[mine]),
            "muutosaika": stamps(chosen["changed"], "compact"),
            "tietue": pa.array(["M"] * count, pa.string()),
        }
        yield self._sheet(
            "tapahtuma",
            columns,
            chosen["changed"],
            duplicates=0.02,
            corrects="kiire",
            deletes=("tietue", "D"),
            dates="alku",
            coded="tapa",
            counts="contacts",
            counted=held,
            marked={"visit_before_assessment": chosen["early"], "no_professional": chosen["professional"] < 0},
        )
        yield self._bookings(chosen)
        yield self._procedures(mine)

    def _procedures(self, mine: Array) -> Sheet:
        block, rows = self.block, self.block.contacts
        done = pick(block.procedures, np.isin(block.procedures["row"], mine))
        visit = pick(rows, done["row"])
        columns = {
            "tpnro": whole(visit["id"]),
            "asnro": self._person(visit["person"]),
            "tapnro": whole(visit["id"]),
            "tp": codes(self.units, visit["unit"]),
            "spat": codes([f"SPAT10{number:02d}" for number in range(6)], done["code"]),
            "aika": stamps(visit["start"], "compact"),
        }
        return self._sheet("toimenpide", columns, visit["changed"])

    def _bookings(self, rows: Rows) -> Sheet:
        rows = pick(rows, (rows["type"] == 0) & (rows["received"] > MISSING // 2))
        gone = rows["status"] == 1
        columns = {
            "varnro": whole(rows["id"]),
            "asnro": self._person(rows["person"]),
            "tp": codes(self.units, rows["unit"]),
            "kayttaja": codes(self.users, rows["professional"]),
            "tehty": stamps(rows["received"], "compact"),
            "aika": stamps(rows["start"], "compact"),
            "palvelukoodi": codes(list(PALVELUKOODIT.values()), rows["form"]),
            "tila": codes(TILAT, rows["status"]),
            "peruttu": stamps(np.where(gone, rows["start"] - 60 * (1 + rows["id"] % 90), MISSING), "compact"),
            "perusi": codes(("A", "T"), np.where(gone, (rows["id"] % 5 == 0).astype(int), -1)),
            "sms": flags(rows["id"] % 10 < 4, "1", "0"),
        }
        return self._sheet("varaus", columns, rows["changed"])

    def _measured(self) -> Iterator[Sheet]:
        block = self.block
        mine = self._mine(block.laboratory)
        rows = pick(block.laboratory, mine)
        columns = {
            "labnro": whole(block.base + mine),
            "asnro": self._person(rows["person"]),
            "tp": codes(
                self.units, self.world.places.nearest("terveysasema")[block.people.municipality[rows["person"]]]
            ),
            "lyhenne": codes([name for pair in LYHENTEET for name in pair], rows["test"] * 2 + rows["name"]),
            "vastaus": results(rows["value"], rows["above"], ","),
            "mitta": codes(MITAT, np.where(rows["unitless"], -1, np.where(rows["percent"], 10, rows["test"]))),
            "naytepvm": stamps(rows["time"], "compact"),
        }
        yield self._sheet(
            "lab",
            columns,
            rows["changed"],
            dates="naytepvm",
            coded="lyhenne",
            counts="measurements",
            marked={"no_unit": rows["unitless"] & (rows["test"] == 0), "percent": rows["percent"]},
        )
        mine = self._mine(block.measurements)
        rows = pick(block.measurements, mine)
        columns = {
            "mitnro": whole(block.base + 50_000_000 + mine),
            "asnro": self._person(rows["person"]),
            "koodi": codes(KOODIT, rows["what"]),
            "tulos": decimals(rows["value"], 1, ","),
            "mitta": codes(KOODIMITAT, rows["what"]),
            "aika": stamps(rows["time"], "compact"),
        }
        yield self._sheet("mittaus", columns, rows["changed"], counts="measurements")
        mine = self._mine(block.chronic)
        rows = pick(block.chronic, mine)
        labels = [*clinical.CHRONIC_ICD, *clinical.CHRONIC_ICPC]
        columns = {
            "dgnro": whole(block.base + 90_000_000 + mine),
            "asnro": self._person(rows["person"]),
            "luok": codes(("I", "C"), rows["icpc"].astype(int)),
            "koodi": codes(labels, rows["disease"] + rows["icpc"] * len(clinical.CHRONIC_ICD)),
            "pysyva": pa.array(["1"] * len(mine), pa.string()),
            "pvm": days(rows["day"], "compact"),
        }
        yield self._sheet("pysyvaisdg", columns, rows["changed"])

    def _care(self) -> Iterator[Sheet]:
        block = self.block
        mine = self._mine(block.medication)
        rows = pick(block.medication, mine)
        columns = {
            "laakenro": whole(block.base + mine),
            "asnro": self._person(rows["person"]),
            "tyyppi": codes(("R", "O"), rows["kind"]),
            "atc": codes([drug[1].lower() for drug in clinical.DRUGS], rows["drug"]),
            "vnr": codes([drug[2].lstrip("0") for drug in clinical.DRUGS], rows["drug"]),
            "alkaa": days(rows["start"], "compact"),
            "paattyy": days(rows["end"], "compact"),
            "pkm": whole(1 + rows["kind"] * (rows["drug"] % 2)),
        }
        yield self._sheet("laakitys", columns, rows["changed"])
        mine = self._mine(block.vaccinations)
        rows = pick(block.vaccinations, mine)
        columns = {
            "roknro": whole(block.base + mine),
            "asnro": self._person(rows["person"]),
            "tp": codes(self.units, self.world.places.nearest("neuvola")[block.people.municipality[rows["person"]]]),
            "pvm": days(rows["day"], "compact"),
            "atc": codes([vaccine[0].lower() for vaccine in clinical.VACCINES], rows["vaccine"]),
            "nimi": codes([vaccine[1] for vaccine in clinical.VACCINES], rows["vaccine"]),
            "era": codes([f"B{number:03d}" for number in range(400)], rows["day"] // 20 % 400),
            "annos": whole(rows["dose"]),
            "peruste": codes(("O", "R", "I"), rows["reason"]),
        }
        yield self._sheet("rokote", columns, rows["changed"])
        mine = self._mine(block.plans)
        rows = pick(block.plans, mine)
        columns = {
            "hsnro": whole(block.base + mine),
            "asnro": self._person(rows["person"]),
            "tyyppi": codes(("THS", "KS"), rows["rehabilitation"].astype(int)),
            "luotu": days(rows["created"], "compact"),
            "paivitetty": days(rows["updated"], "compact"),
            "kanta": flags(rows["kanta"], "1", "0"),
        }
        yield self._sheet("hoitosuun", columns, rows["changed"])

    def _stays(self) -> Sheet:
        rows = self.block.stays
        place = np.flatnonzero((rows["speciality"] < 0) & (self.block.region[rows["person"]] == 1))
        rows = pick(rows, place)
        columns = {
            "jaksonro": whole(self.block.base + place),
            "asnro": self._person(rows["person"]),
            "tp": codes(self.units, rows["unit"]),
            "ea": pa.array(["98"] * len(place), pa.string()),
            "tulo": stamps(rows["start"], "compact"),
            "lahto": stamps(rows["end"], "compact"),
            "kiire": pa.array(["1"] * len(place), pa.string()),
            "suunn": flags(rows["kind"] > 0, "1", "0"),
            "jatko": codes(("1", "2", "3", "4", "5", "9"), rows["destination"]),
            "valmis": days(rows["ready"], "compact"),
            "odottaa": codes(("1", "2", "3", "4", "5", "9"), rows["waited"]),
            "siirto": flags(rows["transferred"], "1", "0"),
            "palli": flags(rows["palliative"], "1", "0"),
            "muutosaika": stamps(rows["changed"], "compact"),
            "tietue": pa.array(["M"] * len(place), pa.string()),
        }
        return self._sheet("vuodeosasto", columns, rows["changed"], counts="stays")


def registers(world: World) -> Iterator[Sheet]:
    """Units and users, sent whole."""
    mine = units_of(world, INSTANCE)
    units = [unit_code(place) for place in range(len(world.places.units))]
    columns = {"tp": codes(units, mine), "sote_oid": codes([unit.oid for unit in world.places.units], mine)}
    yield Sheet("pegasos", INSTANCE, "toimipiste", columns, world.cuts, extract=0)
    unit, profession = world.places.staff
    who = np.flatnonzero(np.isin(unit, mine))
    columns = {
        "tunnus": codes(users(world), who),
        "terhikki": codes(registration(world), who),
        "nimi": codes(FULL_NAMES, who * 11 % len(FULL_NAMES)),
        "amm": codes(list(AMMATIT.values()), profession[who]),
        "tp": codes(units, unit[who]),
    }
    yield Sheet("pegasos", INSTANCE, "kayttaja", columns, world.cuts, extract=0)
