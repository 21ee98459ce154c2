"""What all tables of a Lifecare database share: its units, patients and professionals, and who is in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth.block import Block, World
from luotsi.synth.layouts.patients import FULL_NAMES, local, patients, registration, town_codes, units_of
from luotsi.synth.places import PROFESSIONS
from luotsi.synth.residents import LANGUAGES
from luotsi.synth.rows import Rows
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import Array, codes, days, flags, stamps, whole

WORDS = {
    "LK": "Lääkäri",
    "SH": "Sairaanhoitaja",
    "TH": "Terveydenhoitaja",
    "HL": "Hammaslääkäri",
    "SHG": "Suuhygienisti",
    "FT": "Fysioterapeutti",
    "PS": "Psykologi",
    "ST": "Sosiaalityöntekijä",
    "LH": "Lähihoitaja",
}
AMMATIT = tuple(WORDS[code] for code in PROFESSIONS)


def unit_code(place: int) -> str:
    """Lifecare's own code of a unit."""
    return f"LC{place:04d}"


class Database:
    """One instance (database) of Lifecare with the block it writes about."""

    def __init__(self, block: Block, instance: str) -> None:
        self.block, self.instance, self.world = block, instance, block.world
        self.region = {"nova": -1, "jyvaskyla": 0, "pohjoinen": 2}[instance]
        self.units = [unit_code(place) for place in range(len(self.world.places.units))]
        self.professionals = registration(self.world)
        self.since = self.world.switch if instance == "pohjoinen" else 0

    def sheet(self, table: str, columns: dict[str, pa.Array], changed: Array, **more: object) -> Sheet:
        """A table of the instance, with its column of change."""
        if "MUUTETTU" not in columns:
            columns["MUUTETTU"] = stamps(changed, "fi")
        more = {"since": self.since, **more}
        return Sheet("lifecare", self.instance, table, columns, self.world.cuts, changed, "MUUTETTU", **more)  # type: ignore[arg-type]

    def mine(self, rows: Rows, day: Array) -> Array:
        """Rows of residents of the region, from the day this database began."""
        return np.flatnonzero((self.block.region[rows["person"]] == self.region) & (day >= self.since))

    def person(self, who: Array) -> pa.Array:
        """Local patient numbers."""
        return local(self.block, self.instance, who)

    def professional(self, who: Array) -> pa.Array:
        """Valvira numbers."""
        return codes(self.professionals, who)

    def patients(self) -> Iterator[Sheet]:
        """The patients, sent whole with each extract."""
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
