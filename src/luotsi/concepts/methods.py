"""The named methods a measure may call: arguments, the columns of the rows they give, and what each does.

The one list: the checker, the engines and the reference all follow it. How a method is computed stands in the
engines, and in plain Python in `luotsi.engine.measures.reference.methods`, which is its spec.

Two kinds. `within = "all"`: the method reads every chosen row whatever its date, and gives rows of the same
concept (the columns of one of the rows it joins, `let`, `look` and `then` names too, some replaced); `at` is
asked of the rows that come out. `within = "period"`: `at` dates the rows that go in, and the method runs anew on
the rows of each period (month, quarter or year); its rows belong to that period and have the columns in `gives` only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class MethodShape:
    """A method: argument -> type, columns it gives -> type (`any`: the argument's own), and its meaning.

    `rows`: the concept whose dimensions its rows have, None for the concept of the rows that go in. With `person`
    the dimensions are asked of the person in the column `person` (`period_end` is the end of the period).
    """

    takes: dict[str, str]
    gives: dict[str, str]
    means: str
    within: Literal["all", "period"]
    rows: str | None = None
    optional: frozenset[str] = frozenset()
    dimensions: dict[str, str] = field(default_factory=dict[str, str])
    """Dimensions beside those of `rows`: name -> column it gives (null where the argument is left out)."""


METHODS: dict[str, MethodShape] = {
    "third_free_slot": MethodShape(
        takes={
            "calendar": "text",
            "day": "date",
            "slot": "date",
            "free": "boolean",
            "queue_book": "boolean",
            "longest": "integer",
        },
        gives={"days": "integer"},
        means=(
            "one row for each `calendar` and measuring `day`: `days` from `day` to the third of its slots that is "
            "`free` and not before `day`; `longest` when fewer than three are free or any of its rows is a "
            "`queue_book`, and never more than `longest`. Other columns are of its row with the lowest key."
        ),
        within="all",
    ),
    "chained_stays": MethodShape(
        takes={"started": "timestamp", "ended": "timestamp", "gap": "integer"},
        gives={"started": "timestamp", "ended": "timestamp", "nights": "integer", "stays": "integer"},
        means=(
            "one row for each chain of a person's stays, where a stay goes on from those before it (by `started`, then "
            "`ended`, open ones last, then key) when it starts at most `gap` calendar days after the latest end among "
            "them; an open stay is never left. `started` of the first, `ended` the latest end (null when any is open), "
            "`nights` between their days, `stays` how many. Other columns are of the last stay of the chain."
        ),
        within="all",
    ),
    "continuity": MethodShape(
        takes={"professional": "reference", "profession": "code", "least": "integer"},
        gives={
            "person": "reference",
            "profession": "code",
            "contacts": "integer",
            "coc": "decimal",
            "usual_provider": "decimal",
        },
        means=(
            "one row for each person (and `profession`) with at least `least` contacts, those without a professional "
            "left out: the Bice-Boxerman index `coc` = (sum of n_j squared - N) / (N (N - 1)), null when N is 1, and "
            "`usual_provider` = the highest n_j / N, where n_j counts contacts with professional j and N all"
        ),
        within="period",
        rows="person",
        optional=frozenset({"profession"}),
        dimensions={"profession": "profession"},
    ),
    "person_totals": MethodShape(
        takes={"amount": "decimal"},
        gives={"person": "reference", "total": "decimal", "rows": "integer"},
        means="one row for each person: `total` of `amount` (null as 0) and how many `rows`",
        within="period",
        rows="person",
    ),
    "rosendaal": MethodShape(
        takes={
            "taken": "date",
            "value": "decimal",
            "low": "decimal",
            "high": "decimal",
            "longest_gap": "integer",
            "least_days": "integer",
        },
        gives={"person": "reference", "days": "decimal", "in_range": "decimal", "share": "decimal"},
        means=(
            "one row for each person: between consecutive results (one a day, the mean of that day) at most "
            "`longest_gap` days apart the value moves in a straight line; `in_range` days of the `days` it is from "
            "`low` to `high`, and their `share`. Persons with fewer than `least_days` days are left out."
        ),
        within="period",
        rows="person",
    ),
}
