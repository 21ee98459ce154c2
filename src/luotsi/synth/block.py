"""All that happens to one block of residents, drawn once, before any system writes its own version of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luotsi.synth import clinical, social, wards
from luotsi.synth.contacts import Calendars, calendars, contacts
from luotsi.synth.places import Places, places
from luotsi.synth.population import Cells, cells, municipalities
from luotsi.synth.pregnancies import pregnancies
from luotsi.synth.residents import Residents, residents
from luotsi.synth.rows import Rows
from luotsi.synth.text import Array, day_number

SIZE = 4000
"""Residents of a block: about 350,000 contacts in five years, and half a gigabyte at most."""
IDS = 100_000_000
"""Ids of a block start from the block's number times this, so that no two blocks share one."""


@dataclass(frozen=True)
class World:
    """What all blocks share."""

    residents: int
    seed: int
    years: tuple[int, int]
    cuts: tuple[int, ...]
    cells: Cells
    places: Places
    calendar: Calendars
    switch: int
    """The day Lifecare replaces Mediatri."""

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.cells.total // SIZE)


def world(residents_: int, seed: int, years: tuple[int, int], cuts: tuple[int, ...]) -> World:
    """The county of a size, its organisation and calendar."""
    table = cells(residents_, *years)
    organisation = places(municipalities(), residents_)
    middle = day_number((years[0] + years[1]) // 2, 7)
    return World(residents_, seed, years, cuts, table, organisation, calendars(years), middle)


@dataclass(frozen=True)
class Block:
    """One block of residents with all that happened to them."""

    world: World
    number: int
    people: Residents
    region: Array
    contacts: Rows
    diagnoses: Rows
    chronic: Rows
    laboratory: Rows
    measurements: Rows
    medication: Rows
    vaccinations: Rows
    plans: Rows
    procedures: Rows
    emergency: Rows
    stays: Rows
    referrals: Rows
    periods: Rows
    matters: Rows
    decisions: Rows
    assessments: Rows

    @property
    def base(self) -> int:
        """First id of the block."""
        return (self.number + 1) * IDS


def block(shared: World, number: int) -> Block:
    """Draws block `number`: the same world and number always give the same block."""
    rng = np.random.default_rng([shared.seed, shared.residents, 1, number])
    years, calendar = shared.years, shared.calendar
    span = (calendar.first, calendar.end)
    who = np.arange(number * SIZE, min((number + 1) * SIZE, shared.cells.total))
    people = residents(shared.cells, shared.places, who, years, rng)
    days = clinical.seasons_of_samples(years)
    periods = social.service_periods(people, calendar, rng)
    expecting = pregnancies(people, shared.places, calendar, rng)
    visits = contacts(people, shared.places, calendar, periods, expecting, rng, (number + 1) * IDS)
    emergency = wards.emergency(people, calendar, rng)
    matters = social.matters(people, calendar, rng)
    return Block(
        world=shared,
        number=number,
        people=people,
        region=shared.places.region[people.municipality],
        contacts=visits,
        diagnoses=clinical.visit_diagnoses(visits, people, rng),
        chronic=clinical.chronic_diagnoses(people, calendar.first, rng),
        laboratory=clinical.laboratory(people, span, days, rng),
        measurements=clinical.measurements(people, span, days, rng),
        medication=clinical.medication(people, span, rng),
        vaccinations=clinical.vaccinations(people, years, rng),
        plans=clinical.care_plans(people, span, rng),
        procedures=clinical.procedures(visits, rng),
        emergency=emergency,
        stays=wards.ward_stays(people, shared.places, calendar, emergency, rng),
        referrals=wards.referrals(people, shared.places, calendar, rng),
        periods=periods,
        matters=matters,
        decisions=social.decisions(matters, rng),
        assessments=social.assessments(periods, people, calendar, rng),
    )
