"""Mediatri: the north until Lifecare replaced it. Commas, words for codes, the diagnosis within the event row.

Its first extract is Latin-1 and the last one UTF-8. No rows are deleted here, because Lifecare sends them again.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth import clinical, contacts
from luotsi.synth.block import Block, World
from luotsi.synth.layouts.patients import FULL_NAMES, local, patients, registration, town_codes, units_of
from luotsi.synth.places import SERVICES
from luotsi.synth.rows import Rows, length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, days, decimals, flags, results, stamps, whole

INSTANCE = "saarikka"
AMMATIT = ("LAAK", "SAIR", "TERV", "HLAA", "SUUH", "FYSI", "PSYK", "SOSI", "LAHI")
TAVAT = ("Vastaanotto", "Kotikäynti", "Puhelu", "Sähköinen", "Etävastaanotto", "Merkintä", "Neuvottelu", "Asianhoito")
TILAT = ("Toteutunut", "Peruttu", "Saapumatta")
TUTKIMUKSET = (
    ("B-HbA1c", "B-GHb-A1C"),
    ("fP-Kol-LDL", "P-Kol-LDL"),
    ("P-Kol-HDL",) * 2,
    ("P-Kol",) * 2,
    ("P-Trigly",) * 2,
    ("P-Krea",) * 2,
    ("Pt-GFRe",) * 2,
    ("P-INR", "INR-pika"),
    ("U-AlbKre",) * 2,
    ("fP-Gluk",) * 2,
)
MITAT = ("mmol/mol", "mmol/l", "mmol/l", "mmol/l", "mmol/l", "umol/l", "ml/min/1.73", None, "mg/mmol", "mmol/l", "%")
LAJIT = ("Systolinen", "Diastolinen", "Paino", "Pituus", "Vyötärö", "Tupakointi", "Jalat", "Silmänpohja")
LAJIMITAT = ("mmHg", "mmHg", "kg", "cm", "cm", None, None, None)


def cuts(world: World) -> tuple[int, ...]:
    """Mediatri's own extracts: on the day it ends and two weeks later; where it has not ended, the last day of all."""
    last = world.cuts[-1]
    return tuple(day for day in (world.switch, world.switch + 14) if day < last) or (last,)


def unit_code(place: int) -> str:
    """Mediatri's own code of a unit."""
    return f"M-{place:03d}"


class Mediatri:
    """Writes the sheets of Mediatri for a block."""

    def __init__(self, block: Block) -> None:
        self.block, self.world = block, block.world
        self.units = [unit_code(place) for place in range(len(self.world.places.units))]
        self.professionals = registration(self.world)

    def sheets(self) -> Iterator[Sheet]:
        """All sheets."""
        yield from self._patients()
        yield self._events()
        yield from self._measured()
        yield from self._care()

    def _sheet(self, table: str, columns: dict[str, pa.Array], changed: Array, **more: object) -> Sheet:
        if "Muokattu" not in columns:
            columns["Muokattu"] = stamps(changed, "slash")
        return Sheet("mediatri", INSTANCE, table, columns, cuts(self.world), changed, "Muokattu", **more)  # type: ignore[arg-type]

    def _mine(self, rows: Rows, day: Array) -> Array:
        return np.flatnonzero((self.block.region[rows["person"]] == 2) & (day < self.world.switch))

    def _person(self, who: Array) -> pa.Array:
        return local(self.block, INSTANCE, who)

    def _patients(self) -> Iterator[Sheet]:
        choice = np.flatnonzero(self.block.region == 2)
        for number, cut in enumerate(cuts(self.world)):
            who = patients(self.block, INSTANCE, choice, cut)
            columns = {
                "HenkiloNro": who.local,
                "Sotu": who.hetu,
                "Nimi": who.name,
                "SyntAika": days(who.birth, "slash"),
                "Sukupuoli": codes(("Mies", "Nainen"), who.sex - 1),
                "Kieli": codes(("suomi", "ruotsi", "venäjä", "englanti", "viro", "arabia"), who.language),
                "KotikuntaKoodi": codes(town_codes(self.world.places), who.municipality),
                "Postinumero": who.postal,
                "Katuosoite": who.address,
                "Puhelin": who.phone,
                "KuolinAika": days(who.died, "slash"),
                "Turvakielto": flags(who.blocked, "KYLLÄ", "EI"),
                "Testi": flags(who.test, "KYLLÄ", "EI"),
            }
            yield Sheet(
                "mediatri",
                INSTANCE,
                "henkilo",
                columns,
                cuts(self.world),
                extract=number,
                hetu="Sotu",
                encoding="utf-8" if number else "latin-1",
            )

    def _events(self) -> Sheet:
        block, rows = self.block, self.block.contacts
        own = (rows["form"] != contacts.FORMS.index("T90")) & (block.region[rows["person"]] == 2)
        mine = np.flatnonzero(own & (rows["start"] // 1440 < self.world.switch))
        reason = np.full(length(rows), -1)
        reason[block.diagnoses["row"]] = block.diagnoses["code"]
        found = reason[mine]
        chosen, count = pick(rows, mine), len(mine)
        held = chosen["status"] == 0
        columns = {
            "TapahtumaTunnus": whole(chosen["id"]),
            "HenkiloNro": self._person(chosen["person"]),
            "Yksikko": codes(self.units, chosen["unit"]),
            "Tekija": codes(self.professionals, chosen["professional"]),
            "Ammatti": codes(AMMATIT, chosen["profession"]),
            "Palvelu": codes([service.code for service in SERVICES], chosen["service"]),
            "Palvelumuoto": codes(contacts.FORMS, chosen["form"]),
            "Asiointitapa": codes(TAVAT, chosen["type"]),
            "Luonne": codes(("Sairaanhoito", "Terveydenhoito"), chosen["nature"]),
            "Kiireellisyys": codes(("Kiireetön", "Kiireellinen", "Välitön"), chosen["urgency"]),
            "Kavijaryhma": pa.array(["1"] * count, pa.string()),
            "YhteydenottoAika": stamps(chosen["received"], "slash"),
            "HoidonTarpeenArvio": stamps(chosen["assessed"], "slash"),
            "Alkaen": stamps(chosen["start"], "slash"),
            "Paattyen": stamps(np.where(held, chosen["end"], MISSING), "slash"),
            "Tila": codes(TILAT, chosen["status"]),
            "Suunnitelmakaynti": flags(chosen["plan"], "KYLLÄ", "EI"),
            "VainTodistus": flags(chosen["certificate"], "KYLLÄ", "EI"),
            "Ensikaynti": flags(chosen["first"], "KYLLÄ", "EI"),
            "Suoravastaanotto": flags(chosen["direct"], "KYLLÄ", "EI"),
            "AlaikaisenMerkinta": whole(chosen["minor"]),
            "Kotikunta": codes(town_codes(self.world.places), chosen["municipality"]),
            "Diagnoosi1": codes([*clinical.CHRONIC_ICD, *clinical.ACUTE_ICD], found),
            "DiagnoosiLuokitus": codes(("ICD10",), np.where(found < 0, -1, 0)),
            "Muokattu": stamps(chosen["changed"], "slash"),
            "Mitatoity": pa.array(["EI"] * count, pa.string()),
        }
        return self._sheet(
            "palvelutapahtuma",
            columns,
            chosen["changed"],
            duplicates=0.02,
            corrects="Kiireellisyys",
            dates="Alkaen",
            coded="Asiointitapa",
            counts="contacts",
            counted=held,
            encoding="latin-1",
            marked={"visit_before_assessment": chosen["early"], "no_professional": chosen["professional"] < 0},
        )

    def _measured(self) -> Iterator[Sheet]:
        block = self.block
        mine = self._mine(block.laboratory, block.laboratory["day"])
        rows = pick(block.laboratory, mine)
        columns = {
            "VastausTunnus": whole(block.base + mine),
            "HenkiloNro": self._person(rows["person"]),
            "Tutkimusnimi": codes([name for pair in TUTKIMUKSET for name in pair], rows["test"] * 2 + rows["name"]),
            "Arvo": results(rows["value"], rows["above"], "."),
            "Yksikko": codes(MITAT, np.where(rows["unitless"], -1, np.where(rows["percent"], 10, rows["test"]))),
            "NaytteenottoAika": stamps(rows["time"], "slash"),
        }
        yield self._sheet(
            "laboratoriovastaus",
            columns,
            rows["changed"],
            dates="NaytteenottoAika",
            coded="Tutkimusnimi",
            counts="measurements",
            marked={"no_unit": rows["unitless"] & (rows["test"] == 0), "percent": rows["percent"]},
        )
        mine = self._mine(block.measurements, block.measurements["time"] // 1440)
        rows = pick(block.measurements, mine)
        columns = {
            "MittausTunnus": whole(block.base + 50_000_000 + mine),
            "HenkiloNro": self._person(rows["person"]),
            "Laji": codes(LAJIT, rows["what"]),
            "Arvo": decimals(rows["value"], 1, "."),
            "Yksikko": codes(LAJIMITAT, rows["what"]),
            "Aika": stamps(rows["time"], "slash"),
        }
        yield self._sheet("mittaus", columns, rows["changed"], counts="measurements")

    def _care(self) -> Iterator[Sheet]:
        block = self.block
        mine = self._mine(block.medication, block.medication["start"])
        rows = pick(block.medication, mine)
        columns = {
            "LaakeTunnus": whole(block.base + mine),
            "HenkiloNro": self._person(rows["person"]),
            "Laji": codes(("Määräys", "Toimitus"), rows["kind"]),
            "AtcKoodi": codes([drug[1] for drug in clinical.DRUGS], rows["drug"]),
            "Pakkausnumero": codes([drug[2] for drug in clinical.DRUGS], rows["drug"]),
            "AlkuPvm": days(rows["start"], "slash"),
            "LoppuPvm": days(rows["end"], "slash"),
            "Pakkauksia": whole(1 + rows["kind"] * (rows["drug"] % 2)),
        }
        yield self._sheet("laakemaarays", columns, rows["changed"])
        mine = self._mine(block.vaccinations, block.vaccinations["day"])
        rows = pick(block.vaccinations, mine)
        columns = {
            "RokotusTunnus": whole(block.base + mine),
            "HenkiloNro": self._person(rows["person"]),
            "Yksikko": codes(
                self.units, self.world.places.nearest("neuvola")[block.people.municipality[rows["person"]]]
            ),
            "AntoPvm": days(rows["day"], "slash"),
            "Atc": codes([vaccine[0] for vaccine in clinical.VACCINES], rows["vaccine"]),
            "Valmiste": codes([vaccine[1] for vaccine in clinical.VACCINES], rows["vaccine"]),
            "Era": codes([f"S{number:03d}" for number in range(400)], rows["day"] // 20 % 400),
            "AnnosNro": whole(rows["dose"]),
            "Peruste": codes(("Ohjelma", "Riskiryhmä", "Ikä"), rows["reason"]),
        }
        yield self._sheet("rokotukset", columns, rows["changed"])


def registers(world: World) -> Iterator[Sheet]:
    """Units and professionals, sent whole."""
    mine = units_of(world, INSTANCE)
    units = [unit_code(place) for place in range(len(world.places.units))]
    columns = {"Yksikko": codes(units, mine), "Oid": codes([unit.oid for unit in world.places.units], mine)}
    yield Sheet("mediatri", INSTANCE, "yksikko", columns, cuts(world), extract=0)
    unit, profession = world.places.staff
    who = np.flatnonzero(np.isin(unit, mine))
    columns = {
        "Tekija": codes(registration(world), who),
        "Nimi": codes(FULL_NAMES, who * 11 % len(FULL_NAMES)),
        "Ammatti": codes(AMMATIT, profession[who]),
        "Yksikko": codes(units, unit[who]),
    }
    yield Sheet("mediatri", INSTANCE, "tekija", columns, cuts(world), extract=0, encoding="latin-1")
