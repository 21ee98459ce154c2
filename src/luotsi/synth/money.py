"""What care costs: euros of each resident by service package and month. Knows no ledger layout."""

from __future__ import annotations

import numpy as np

from luotsi.synth.block import Block
from luotsi.synth.places import PACKAGE, PACKAGES, SERVICE, SERVICES
from luotsi.synth.social import NEVER
from luotsi.synth.text import Array


def month_of(day: Array, first_year: int) -> Array:
    """Months since January of the first year."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) - (first_year - 1970) * 12


def costs(block: Block) -> Array:
    """Euros by resident, package and month of the years."""
    years = block.world.years
    months = (years[1] - years[0] + 1) * 12
    shape = (len(block.people), len(PACKAGES), months)
    total = np.zeros(shape[0] * shape[1] * shape[2])
    price = np.array([service.cost for service in SERVICES])
    package = np.array([PACKAGE[service.package] for service in SERVICES])

    def put(person: Array, service: Array, day: Array, amount: Array) -> None:
        month = month_of(day, years[0])
        inside = (month >= 0) & (month < months)
        place = (person * shape[1] + package[service]) * months + month
        np.add(total, np.bincount(place[inside], weights=amount[inside], minlength=len(total)), out=total)

    rows = block.contacts
    held = rows["status"] == 0
    put(rows["person"][held], rows["service"][held], rows["start"][held] // 1440, price[rows["service"][held]])
    visits = block.emergency
    kind = np.full(len(visits["person"]), SERVICE["P701"])
    put(visits["person"], kind, visits["start"] // 1440, price[kind])
    stays = block.stays
    kind = np.where(stays["speciality"] >= 0, SERVICE["P802"], SERVICE["P803"])
    nights = np.maximum((stays["end"] - stays["start"]) / 1440, 0.5)
    put(stays["person"], kind, stays["end"] // 1440, price[kind] * nights)
    periods = block.periods
    end = np.minimum(
        np.where(periods["end"] == NEVER, block.world.calendar.end, periods["end"]), block.world.calendar.end
    )
    low = np.maximum(periods["start"], block.world.calendar.first)
    pieces = np.maximum((end - low) // 30, 0)
    row = np.repeat(np.arange(len(end)), pieces)
    order = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    service = periods["service"][row]
    put(periods["person"][row], service, low[row] + 30 * order, price[service] * 30)
    found = block.decisions
    granted = found["result"] < 2
    put(
        found["person"][granted],
        found["service"][granted],
        found["decided"][granted],
        np.maximum(price[found["service"][granted]], 180.0),
    )
    return np.round(total.reshape(shape), 2)
