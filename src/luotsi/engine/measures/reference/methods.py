"""The named methods in plain Python, as `luotsi.concepts.methods` words them."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from luotsi.concepts.calls import Value, day, time
from luotsi.concepts.records import Method
from luotsi.engine.measures.reference.world import Row, World

Made = dict[str, Any]
"""The arguments of a method for one row, and the row itself as `row`."""


def applied(world: World, method: Method, rows: Iterable[Row]) -> list[Row]:
    """The rows a method makes of others."""
    made = [
        {"row": row, **{name: world.value(text, row) for name, text in method.arguments.items()}}
        for row in sorted(rows, key=lambda row: str(row.key))
    ]
    return METHODS[method.name](made)


def grouped(made: list[Made], by: Callable[[Made], Any]) -> dict[Any, list[Made]]:
    """Rows by what `by` gives, in the order they came."""
    groups: dict[Any, list[Made]] = defaultdict(list)
    for each in made:
        groups[by(each)].append(each)
    return groups


def person(each: Made) -> Value:
    """The person of a row."""
    return each["row"].values.get("person")


def third_free_slot(made: list[Made]) -> list[Row]:
    """Days to the third free slot of each calendar on each measuring day."""
    found: list[Row] = []
    looked_at = [each for each in made if each["day"] is not None]
    for (_, measured), slots in grouped(looked_at, lambda each: (each["calendar"], day(each["day"]))).items():
        longest = int(slots[0]["longest"])
        times = [day(each["slot"]) for each in slots if each["free"] is True and each["slot"] is not None]
        free = sorted(slot for slot in times if slot >= measured)
        queue = any(each["queue_book"] is True for each in slots)
        days = longest if queue or len(free) < 3 else min((free[2] - measured).days, longest)
        found.append(slots[0]["row"].joined({"days": days}))
    return found


def chained_stays(made: list[Made]) -> list[Row]:
    """Stays of a person that follow each other within `gap` days, as one."""

    def last(each: Made) -> datetime.datetime:
        return datetime.datetime.max if each["ended"] is None else time(each["ended"])

    found: list[Row] = []
    for stays in grouped([each for each in made if each["started"] is not None], person).values():
        chain: list[Made] = []
        for stay in sorted(stays, key=lambda each: (time(each["started"]), last(each))):
            end = max((last(each) for each in chain), default=datetime.datetime.min)
            if chain and (time(stay["started"]).date() - end.date()).days > int(stay["gap"]):
                found.append(chain_row(chain, max(last(each) for each in chain)))
                chain = []
            chain.append(stay)
        found.append(chain_row(chain, max(last(each) for each in chain)))
    return found


def chain_row(chain: list[Made], end: datetime.datetime) -> Row:
    """A chain as a row: the last stay, from the start of the first to the latest end."""
    start, open_ended = time(chain[0]["started"]), end == datetime.datetime.max
    return chain[-1]["row"].joined(
        {
            "started": start,
            "ended": None if open_ended else end,
            "nights": None if open_ended else (end.date() - start.date()).days,
            "stays": len(chain),
        }
    )


def continuity(made: list[Made]) -> list[Row]:
    """The Bice-Boxerman index and the usual provider's share of each person."""
    known = [each for each in made if each["professional"] is not None]
    found: list[Row] = []
    for (who, profession), contacts in grouped(known, lambda each: (person(each), each.get("profession"))).items():
        counts = Counter(each["professional"] for each in contacts).values()
        total = len(contacts)
        if total < int(contacts[0]["least"]):
            continue
        pairs = sum(count * count for count in counts) - total
        found.append(
            Row(
                "person",
                {
                    "key": who,
                    "person": who,
                    "profession": profession,
                    "contacts": total,
                    "coc": Decimal(pairs) / (total * (total - 1)) if total > 1 else None,
                    "usual_provider": Decimal(max(counts)) / total,
                },
            )
        )
    return found


def person_totals(made: list[Made]) -> list[Row]:
    """The sum of an amount for each person."""
    return [
        Row(
            "person",
            {
                "key": who,
                "person": who,
                "total": sum((Decimal(each["amount"] or 0) for each in rows), start=Decimal(0)),
                "rows": len(rows),
            },
        )
        for who, rows in grouped(made, person).items()
        if who is not None
    ]


def rosendaal(made: list[Made]) -> list[Row]:
    """Days in range by straight lines between results."""
    found: list[Row] = []
    known = [each for each in made if each["value"] is not None and each["taken"] is not None]
    for who, results in grouped(known, person).items():
        low, high = Decimal(results[0]["low"]), Decimal(results[0]["high"])
        of_day = grouped(results, lambda each: day(each["taken"]))
        points = [(taken, mean([Decimal(each["value"]) for each in of_day[taken]])) for taken in sorted(of_day)]
        days = in_range = Decimal(0)
        for (start, one), (end, other) in pairwise(points):
            length = (end - start).days
            if length <= int(results[0]["longest_gap"]):
                days += length
                in_range += length * part_within(one, other, low, high)
        if days >= int(results[0]["least_days"]) and days:
            values = {"key": who, "person": who, "days": days, "in_range": in_range, "share": in_range / days}
            found.append(Row("person", values))
    return found


def mean(values: list[Decimal]) -> Decimal:
    """The mean of some numbers."""
    return sum(values, start=Decimal(0)) / len(values)


def part_within(one: Decimal, other: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """The part (0 to 1) of a straight line between two values that lies from `low` to `high`."""
    below, above = min(one, other), max(one, other)
    if below == above:
        return Decimal(low <= one <= high)
    return max(Decimal(0), min(above, high) - max(below, low)) / (above - below)


METHODS: dict[str, Callable[[list[Made]], list[Row]]] = {
    "third_free_slot": third_free_slot,
    "chained_stays": chained_stays,
    "continuity": continuity,
    "person_totals": person_totals,
    "rosendaal": rosendaal,
}
