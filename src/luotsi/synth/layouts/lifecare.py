"""Lifecare: three databases (instances), UTF-8, semicolons, days as 31.12.2024, national codes in most columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from luotsi.synth import clinical, contacts
from luotsi.synth.block import Block, World
from luotsi.synth.layouts.patients import FULL_NAMES, local, patients, registration, town_codes, units_of
from luotsi.synth.places import PROFESSIONS, SERVICES, SPECIALITIES
from luotsi.synth.residents import LANGUAGES
from luotsi.synth.rows import Rows, length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, days, decimals, flags, stamps, whole

WORDS = {"LK": "Lääkäri", "SH": "Sairaanhoitaja", "TH": "Terveydenhoitaja", "HL": "Hammaslääkäri", "SHG": "Suuhygienisti",
         "FT": "Fysioterapeutti", "PS": "Psykologi", "ST": "Sosiaalityöntekijä", "LH": "Lähihoitaja"}  # fmt: skip
AMMATIT = tuple(WORDS[code] for code in PROFESSIONS)
TESTS = (("6128", "6591"), ("4599", "6433"), ("4516", "4516"), ("4515", "4515"), ("4568", "4568"), ("4600", "4600"),
         ("6354", "6354"), ("4520", "6341"), ("4511", "4511"), ("1468", "1468"))  # fmt: skip
TEST_NAMES = (("B-HbA1c", "B-HbA1cVt"), ("fP-Kol-LDL", "P-Kol-LDL"), ("fP-Kol-HDL", "P-Kol-HDL"), ("fP-Kol", "P-Kol"),
              ("fP-Trigly", "P-Trigly"), ("P-Krea", "P-Krea"), ("Pt-GFRe", "Pt-GFReEPI"), ("P-TT-INR", "cB-TT-INR"),
              ("U-AlbKre", "U-AlbKre"), ("fP-Gluk", "fP-Gluk"))  # fmt: skip
MITAT = ("mmol/mol", "mmol/l", "mmol/l", "mmol/l", "mmol/l", "umol/l", "ml/min/173m2", None, "mg/mmol", "mmol/l", "%")
LAJIT = ("RR_SYS", "RR_DIA", "PAINO", "PITUUS", "VYOTARO", "TUPAKOINTI", "JALAT", "SILMANPOHJA")
LAJIMITAT = ("mmHg", "mmHg", "kg", "cm", "cm", None, None, None)
JATKOT = ("koti", "kotihoito", "osasto", "asumispalvelu", "kuollut", "muu")
PERUSTEET = ("ohjelma", "riskiryhmä", "ikä")
POISTUMAT = ("hoidettu", "palveluseteli", "perui", "ei tarvetta", "kuollut")
PAATOKSET = ("hyväksytty", "konsultaatiovastaus", "palautettu")


def unit_code(place: int) -> str:
    """Lifecare's own code of a unit."""
    return f"LC{place:04d}"


class Lifecare:
    """Writes the sheets of one instance for a block."""

    def __init__(self, block: Block, instance: str) -> None:
        self.block, self.instance, self.world = block, instance, block.world
        self.region = {"nova": -1, "jyvaskyla": 0, "pohjoinen": 2}[instance]
        self.units = [unit_code(place) for place in range(len(self.world.places.units))]
        self.professionals = registration(self.world)
        self.since = self.world.switch if instance == "pohjoinen" else 0

    def sheets(self) -> Iterator[Sheet]:
        """All sheets of the instance."""
        yield from self._patients()
        yield from self._visits()
        yield from self._stays()
        if self.region < 0:
            yield from self._hospital()
        else:
            yield from self._clinical()

    def _sheet(self, table: str, columns: dict[str, pa.Array], changed: Array, **more: object) -> Sheet:
        if "MUUTETTU" not in columns:
            columns["MUUTETTU"] = stamps(changed, "fi")
        return Sheet("lifecare", self.instance, table, columns, self.world.cuts, changed, "MUUTETTU", **more)  # type: ignore[arg-type]

    def _mine(self, rows: Rows, day: Array) -> Array:
        """Rows of residents of the region, from the day this database began."""
        return np.flatnonzero((self.block.region[rows["person"]] == self.region) & (day >= self.since))

    def _person(self, who: Array) -> pa.Array:
        return local(self.block, self.instance, who)

    def _professional(self, who: Array) -> pa.Array:
        return codes(self.professionals, who)

    def _patients(self) -> Iterator[Sheet]:
        everyone = np.arange(len(self.block.people))
        choice = everyone if self.region < 0 else everyone[self.block.region == self.region]
        for number, cut in enumerate(self.world.cuts):
            if cut <= self.since:
                continue
            who = patients(self.block, self.instance, choice, cut)
            columns = {
                "POTILAS_ID": who.local,
                "HETU": who.hetu,
                "NIMI": who.name,
                "SYNTYMAPVM": days(who.birth, "fi"),
                "SUKUPUOLI": whole(who.sex),
                "KIELI": codes(LANGUAGES, who.language),
                "KOTIKUNTA": codes(town_codes(self.world.places), who.municipality),
                "POSTINRO": who.postal,
                "OSOITE": who.address,
                "PUHELIN": who.phone,
                "KUOLINPVM": days(who.died, "fi"),
                "TURVAKIELTO": flags(who.blocked, "K", "E"),
                "TESTIPOTILAS": flags(who.test, "K", "E"),
            }
            yield Sheet("lifecare", self.instance, "potilas", columns, self.world.cuts, extract=number, hetu="HETU")

    def _visits(self) -> Iterator[Sheet]:
        rows = self.block.contacts
        hospital = rows["form"] == contacts.FORMS.index("T90")
        day = rows["start"] // 1440
        here = hospital if self.region < 0 else ~hospital & (self.block.region[rows["person"]] == self.region)
        mine = np.flatnonzero(here & (day >= self.since))
        chosen = pick(rows, mine)
        yield self._sheet("kaynti", {"KAYNTI_ID": whole(chosen["id"]), **self._visit(chosen)}, chosen["changed"], duplicates=0.02,
                          corrects="KIIREELLISYYS", deletes=("POISTETTU", "K"), dates="ALKOI", coded="YHTEYSTAPA", counts="contacts",
                          counted=chosen["status"] == 0,
                          marked={"visit_before_assessment": chosen["early"], "no_professional": chosen["professional"] < 0})  # fmt: skip
        if self.since:
            old = pick(rows, here & (day < self.since))
            changed = np.full(length(old), self.since * 1440 + 180)
            columns = {"VANHA_ID": whole(old["id"]), "KAYNTI_ID": whole(old["id"] + 5 * 10**15), **self._visit(old)}
            yield self._sheet("siirtokaynti", columns, changed, duplicates=0.0)
        yield self._assessments(chosen)
        yield self._bookings(chosen)
        yield self._diagnoses(mine)
        found = self.block.procedures
        done = pick(found, np.isin(found["row"], mine, assume_unique=False))
        yield self._procedures(done)

    def _visit(self, rows: Rows) -> dict[str, pa.Array]:
        held = rows["status"] == 0
        return {
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, rows["unit"]),
            "AMMATTILAINEN": self._professional(rows["professional"]),
            "AMMATTI": codes(AMMATIT, rows["profession"]),
            "PALVELU": codes([service.code for service in SERVICES], rows["service"]),
            "PALVELUMUOTO": codes(contacts.FORMS, rows["form"]),
            "YHTEYSTAPA": codes(contacts.TYPES, rows["type"]),
            "LUONNE": codes(contacts.NATURES, rows["nature"]),
            "KIIREELLISYYS": codes(contacts.URGENCIES, rows["urgency"]),
            "KAVIJARYHMA": pa.array(["1"] * length(rows), pa.string()),
            "YHTEYDENOTTO": stamps(rows["received"], "fi"),
            "HTA": stamps(rows["assessed"], "fi"),
            "ALKOI": stamps(rows["start"], "fi"),
            "LOPPUI": stamps(np.where(held, rows["end"], MISSING), "fi"),
            "TILA": codes(contacts.STATUSES, rows["status"]),
            "SUUNNITELMAKAYNTI": flags(rows["plan"], "K", "E"),
            "TODISTUS": flags(rows["certificate"], "K", "E"),
            "ENSIKAYNTI": flags(rows["first"], "K", "E"),
            "SUORAVASTAANOTTO": flags(rows["direct"], "K", "E"),
            "ALAIKAISMERKINTA": whole(rows["minor"]),
            "KUNTA": codes(town_codes(self.world.places), rows["municipality"]),
            "MUUTETTU": stamps(rows["changed"], "fi"),
            "POISTETTU": pa.nulls(length(rows), pa.string()),
        }

    def _assessments(self, rows: Rows) -> Sheet:
        rows = pick(rows, rows["assessed"] > MISSING // 2)
        visit = rows["type"] == 0
        columns = {
            "HTA_ID": whole(rows["id"]),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, rows["unit"]),
            "AMMATTILAINEN": self._professional(rows["professional"]),
            "AMMATTI": codes(AMMATIT, np.where(visit, 1, rows["profession"])),
            "KAYNTI_ID": whole(rows["id"]),
            "ARVIOITU": stamps(rows["assessed"], "fi"),
            "KIIREELLISYYS": codes(contacts.URGENCIES, rows["urgency"]),
            "TULOS": codes(("neuvottu", "varattu"), visit.astype(int)),
        }
        return self._sheet("hta", columns, np.maximum(rows["assessed"] + 15, rows["assessed"]))

    def _bookings(self, rows: Rows) -> Sheet:
        rows = pick(rows, (rows["type"] == 0) & (rows["received"] > MISSING // 2))
        cancelled = np.where(rows["status"] == 1, rows["start"] - 60 * (1 + rows["id"] % 90), MISSING)
        columns = {
            "VARAUS_ID": whole(rows["id"]),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, rows["unit"]),
            "AMMATTILAINEN": self._professional(rows["professional"]),
            "VARATTU": stamps(rows["received"], "fi"),
            "AIKA": stamps(rows["start"], "fi"),
            "PALVELUMUOTO": codes(contacts.FORMS, rows["form"]),
            "TILA": codes(contacts.STATUSES, rows["status"]),
            "PERUTTU": stamps(cancelled, "fi"),
            "PERUJA": codes(
                ("asiakas", "yksikkö"), np.where(rows["status"] == 1, (rows["id"] % 5 == 0).astype(int), -1)
            ),
            "MUISTUTUS": flags(rows["id"] % 10 < 6, "K", "E"),
        }
        return self._sheet("ajanvaraus", columns, rows["changed"])

    def _diagnoses(self, mine: Array) -> Sheet:
        block, rows = self.block, self.block.contacts
        found = block.diagnoses
        kept = pick(found, np.isin(found["row"], mine))
        row = kept["row"]
        labels = [*clinical.CHRONIC_ICD, *clinical.ACUTE_ICD]
        chronic = pick(block.chronic, self._mine(block.chronic, np.full(length(block.chronic), 10**6)))
        if self.region < 0:
            chronic = pick(chronic, np.zeros(0, dtype=np.int64))
        own = length(chronic)
        icpc = np.concatenate([np.zeros(len(row), dtype=bool), chronic["icpc"]])
        code = np.concatenate([kept["code"], chronic["disease"] + np.where(chronic["icpc"], len(labels), 0)])
        changed = np.concatenate([rows["changed"][row], chronic["changed"]])
        columns = {
            "DG_ID": whole(np.concatenate([rows["id"][row], block.base + 90_000_000 + np.arange(own)])),
            "POTILAS_ID": self._person(np.concatenate([rows["person"][row], chronic["person"]])),
            "KAYNTI_ID": whole(np.concatenate([rows["id"][row], np.full(own, -1)])),
            "JAKSO_ID": pa.nulls(len(row) + own, pa.string()),
            "LUOKITUS": codes(("ICD10", "ICPC2"), icpc.astype(int)),
            "KOODI": codes([*labels, *clinical.CHRONIC_ICPC], code),
            "JARJESTYS": whole(np.concatenate([np.zeros(len(row), dtype=np.int64), np.ones(own, dtype=np.int64)])),
            "PYSYVYYS": codes(("KER", "PYS"), np.concatenate([np.zeros(len(row), dtype=int), np.ones(own, dtype=int)])),
            "PVM": days(np.concatenate([rows["start"][row] // 1440, chronic["day"]]), "fi"),
            "AMMATTILAINEN": self._professional(np.concatenate([rows["professional"][row], np.full(own, -1)])),
        }
        return self._sheet("diagnoosi", columns, changed)

    def _procedures(self, done: Rows) -> Sheet:
        rows = pick(self.block.contacts, done["row"])
        columns = {
            "TP_ID": whole(rows["id"]),
            "POTILAS_ID": self._person(rows["person"]),
            "KAYNTI_ID": whole(rows["id"]),
            "YKSIKKO": codes(self.units, rows["unit"]),
            "LUOKITUS": codes(("ORAL", "NCSP"), (done["code"] > 2).astype(int)),
            "KOODI": codes(clinical.CODES, done["code"]),
            "AIKA": stamps(rows["start"], "fi"),
        }
        return self._sheet("toimenpide", columns, rows["changed"])

    def _stays(self) -> Iterator[Sheet]:
        rows = self.block.stays
        hospital = rows["speciality"] >= 0
        mine = hospital if self.region < 0 else ~hospital & (self.block.region[rows["person"]] == self.region)
        place = np.flatnonzero(mine)
        rows = pick(rows, place)
        wall = self.world.cuts[-1] * 1440
        open_ = (rows["start"] + 60 < wall) & (rows["changed"] >= wall)
        crossing = np.flatnonzero(np.searchsorted(np.array(self.world.cuts) * 1440, rows["start"] + 60, side="right")
                                  != np.searchsorted(np.array(self.world.cuts) * 1440, rows["changed"], side="right"))  # fmt: skip
        early = pick({**rows, "id": place}, crossing)
        for name in ("end", "ready"):
            early[name] = np.full(len(crossing), MISSING)
        for name in ("destination", "waited"):
            early[name] = np.full(len(crossing), -1)
        counted = np.concatenate([np.ones(len(place), dtype=bool), open_[crossing]])
        early["changed"] = early["start"] + 60
        rows = {name: np.concatenate([values, early[name]]) for name, values in {**rows, "id": place}.items()}
        columns = {
            "JAKSO_ID": whole(self.block.base + rows["id"]),
            "POTILAS_ID": self._person(rows["person"]),
            "OSASTO": codes(self.units, rows["unit"]),
            "ERIKOISALA": codes(
                [*SPECIALITIES, "98"], np.where(rows["speciality"] < 0, len(SPECIALITIES), rows["speciality"])
            ),
            "TULOAIKA": stamps(rows["start"], "fi"),
            "LAHTOAIKA": stamps(rows["end"], "fi"),
            "KIIREELLISYYS": codes(("3", "4"), (rows["kind"] > 0).astype(int)),
            "SUUNNITELTU": codes(("E", "K", "P"), rows["kind"]),
            "JATKOHOITO": codes(JATKOT, rows["destination"]),
            "SIIRTOVALMIS": days(rows["ready"], "fi"),
            "ODOTTAA": codes(JATKOT, rows["waited"]),
            "SIIRTO": flags(rows["transferred"], "K", "E"),
            "PALLIATIIVINEN": flags(rows["palliative"], "K", "E"),
            "MUUTETTU": stamps(rows["changed"], "fi"),
            "POISTETTU": pa.nulls(len(rows["id"]), pa.string()),
        }
        yield self._sheet(
            "osastojakso",
            columns,
            rows["changed"],
            dates="TULOAIKA",
            coded="JATKOHOITO",
            counts="stays",
            counted=counted,
        )

    def _hospital(self) -> Iterator[Sheet]:
        rows = self.block.emergency
        unit = self.world.places.of("päivystys")[0]
        columns = {
            "PAIVYSTYS_ID": whole(self.block.base + 60_000_000 + np.arange(length(rows))),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, np.full(length(rows), unit)),
            "SAAPUI": stamps(rows["start"], "fi"),
            "LAHTI": stamps(rows["end"], "fi"),
            "KIIREELLISYYS": codes(("1", "6", "V"), rows["urgency"]),
            "JATKOHOITO": codes(JATKOT, rows["destination"]),
            "OSASTOLLE": flags(rows["admitted"], "K", "E"),
            "SOVITTU": flags(rows["agreed"], "K", "E"),
        }
        yield self._sheet("paivystys", columns, rows["changed"], dates="SAAPUI", coded="KIIREELLISYYS", counts="stays")
        yield from self._queue()

    def _queue(self) -> Iterator[Sheet]:
        rows = self.block.referrals
        number = self.block.base + np.arange(length(rows))
        person, unit = self._person(rows["person"]), codes(self.units, rows["unit"])
        speciality = codes(SPECIALITIES, rows["speciality"])
        columns = {
            "LAHETE_ID": whole(number),
            "POTILAS_ID": person,
            "LAHETTAJA": codes([each.oid for each in self.world.places.units], rows["from"]),
            "VASTAANOTTAJA": unit,
            "ERIKOISALA": speciality,
            "LAHETETTY": stamps(rows["sent"], "fi"),
            "SAAPUNUT": stamps(rows["received"], "fi"),
            "KASITELTY": stamps(rows["handled"], "fi"),
            "PAATOS": codes(PAATOKSET, rows["decision"]),
        }
        yield self._sheet("lahete", columns, rows["changed"])
        place = np.flatnonzero(rows["decision"] == 0)
        begun = pick({**rows, "id": number}, place)
        over = {**begun, "changed": begun["ended"] + 45}
        begun["ended"] = np.full(len(place), MISSING)
        begun["reason"] = np.full(len(place), -1)
        rows = {name: np.concatenate([begun[name], over[name]]) for name in begun}
        columns = {
            "JONO_ID": whole(rows["id"]),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, rows["unit"]),
            "ERIKOISALA": codes(SPECIALITIES, rows["speciality"]),
            "LAHETE": stamps(rows["received"], "fi"),
            "KASITELTY": stamps(rows["handled"], "fi"),
            "JONOPVM": stamps(rows["handled"], "fi"),
            "POISTUI": stamps(rows["ended"], "fi"),
            "POISTUMISSYY": codes(POISTUMAT, rows["reason"]),
            "POTILAAN_SIIRTO": flags(rows["own_wish"], "K", "E"),
            "KIIREELLISYYS": codes(("E",), np.zeros(len(rows["id"]), dtype=int)),
        }
        yield self._sheet("jono", columns, rows["changed"])

    def _clinical(self) -> Iterator[Sheet]:
        block = self.block
        rows = pick(block.laboratory, self._mine(block.laboratory, block.laboratory["day"]))
        place = self.world.places.nearest("terveysasema")[block.people.municipality[rows["person"]]]
        name = rows["test"] * 2 + rows["name"]
        value = decimals(rows["value"], 1, ",")
        over = codes([">90"], np.where(rows["above"], 0, -1))
        columns = {
            "TULOS_ID": whole(block.base + self._mine(block.laboratory, block.laboratory["day"])),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(self.units, place),
            "TUTKIMUS": codes([code for pair in TESTS for code in pair], name),
            "NIMI": codes([code for pair in TEST_NAMES for code in pair], name),
            "ARVO": pc.coalesce(over, value),
            "YKSIKKO_MITTA": codes(MITAT, np.where(rows["unitless"], -1, np.where(rows["percent"], 10, rows["test"]))),
            "OTETTU": stamps(rows["time"], "fi"),
            "TILA": codes(("F", "C"), (rows["name"] * (rows["time"] % 50 == 0)).astype(int)),
        }
        yield self._sheet("laboratorio", columns, rows["changed"], dates="OTETTU", coded="TUTKIMUS", counts="measurements",
                          marked={"no_unit": rows["unitless"] & (rows["test"] == 0), "percent": rows["percent"]})  # fmt: skip
        yield self._measurements()
        yield from self._care()

    def _measurements(self) -> Sheet:
        mine = self._mine(self.block.measurements, self.block.measurements["time"] // 1440)
        rows = pick(self.block.measurements, mine)
        columns = {
            "MITTAUS_ID": whole(self.block.base + 50_000_000 + mine),
            "POTILAS_ID": self._person(rows["person"]),
            "LAJI": codes(LAJIT, rows["what"]),
            "ARVO": decimals(rows["value"], 1, ","),
            "YKSIKKO_MITTA": codes(LAJIMITAT, rows["what"]),
            "AIKA": stamps(rows["time"], "fi"),
            "PAIKKA": codes(("vastaanotto", "koti"), rows["home"].astype(int)),
        }
        return self._sheet("mittaus", columns, rows["changed"], counts="measurements")

    def _care(self) -> Iterator[Sheet]:
        block = self.block
        mine = self._mine(block.medication, block.medication["start"])
        rows = pick(block.medication, mine)
        columns = {
            "LAAKE_ID": whole(block.base + mine),
            "POTILAS_ID": self._person(rows["person"]),
            "LAJI": codes(("M", "T"), rows["kind"]),
            "ATC": codes([drug[1] for drug in clinical.DRUGS], rows["drug"]),
            "VNR": codes([drug[2] for drug in clinical.DRUGS], rows["drug"]),
            "ALKU": days(rows["start"], "fi"),
            "LOPPU": days(rows["end"], "fi"),
            "PAKKAUKSIA": whole(1 + rows["kind"] * (rows["drug"] % 2)),
        }
        yield self._sheet("laake", columns, rows["changed"])
        mine = self._mine(block.vaccinations, block.vaccinations["day"])
        rows = pick(block.vaccinations, mine)
        columns = {
            "ROKOTUS_ID": whole(block.base + mine),
            "POTILAS_ID": self._person(rows["person"]),
            "YKSIKKO": codes(
                self.units, self.world.places.nearest("neuvola")[block.people.municipality[rows["person"]]]
            ),
            "PVM": days(rows["day"], "fi"),
            "ATC": codes([vaccine[0] for vaccine in clinical.VACCINES], rows["vaccine"]),
            "VALMISTE": codes([vaccine[1] for vaccine in clinical.VACCINES], rows["vaccine"]),
            "ERA": codes([f"E{number:03d}" for number in range(400)], rows["day"] // 20 % 400),
            "ANNOS": whole(rows["dose"]),
            "PERUSTE": codes(PERUSTEET, rows["reason"]),
        }
        yield self._sheet("rokotus", columns, rows["changed"])
        mine = self._mine(block.plans, block.plans["updated"])
        rows = pick(block.plans, mine)
        columns = {
            "SUUNNITELMA_ID": whole(block.base + mine),
            "POTILAS_ID": self._person(rows["person"]),
            "LAJI": codes(("terveys- ja hoitosuunnitelma", "kuntoutussuunnitelma"), rows["rehabilitation"].astype(int)),
            "LAADITTU": days(rows["created"], "fi"),
            "PAIVITETTY": days(rows["updated"], "fi"),
            "KANTA": flags(rows["kanta"], "K", "E"),
        }
        yield self._sheet("hoitosuunnitelma", columns, rows["changed"])


def registers(world: World, instance: str) -> Iterator[Sheet]:
    """Units and professionals of an instance, sent whole."""
    mine = units_of(world, instance)
    extract = 0 if instance != "pohjoinen" else int(np.searchsorted(np.array(world.cuts), world.switch, side="right"))
    if extract >= len(world.cuts):
        return
    units = [unit_code(place) for place in range(len(world.places.units))]
    columns = {"YKSIKKO": codes(units, mine), "OID": codes([unit.oid for unit in world.places.units], mine)}
    yield Sheet("lifecare", instance, "yksikko", columns, world.cuts, extract=extract)
    unit, profession = world.places.staff
    who = np.flatnonzero(np.isin(unit, mine))
    columns = {
        "REKNRO": codes(registration(world), who),
        "NIMI": codes(FULL_NAMES, who * 11 % len(FULL_NAMES)),
        "AMMATTI": codes(AMMATIT, profession[who]),
        "ERIKOISALA": codes(("98",), np.where(profession[who] == 0, 0, -1)),
        "YKSIKKO": codes(units, unit[who]),
    }
    yield Sheet("lifecare", instance, "ammattilainen", columns, world.cuts, extract=extract)
