"""Answers questions from a release alone (no vault is opened), or as of a date from the vault with the same hiding.

Answers are Arrow tables: measure, period, the dimensions, numerator, denominator, value, n, suppressed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Measure
from luotsi.engine import marts, measures, segments, vault
from luotsi.engine.duck.connection import room
from luotsi.engine.release import lineage
from luotsi.engine.release.arrow import Table, pa, pc
from luotsi.engine.release.building import suppressed
from luotsi.engine.release.counting import computed
from luotsi.engine.release.draft import window_of
from luotsi.engine.release.equations import parse_group
from luotsi.engine.release.periods import grain_of
from luotsi.engine.release.question import Question, ask_for, named, where_of
from luotsi.engine.release.results import is_share, published
from luotsi.engine.release.store import Release, find

NUMBERS = ("numerator", "denominator", "value", "n", "suppressed")


def ask(
    home: Path,
    county: County | None,
    measure: str,
    *,
    by: Sequence[str] = (),
    period: str | None = None,
    where: str | Iterable[str] | Mapping[str, str] | None = None,
    release: str | None = None,
    as_of: datetime.date | None = None,
) -> Table:
    """The results of a measure.

    `by` names dimensions, and at most one of month, quarter, year. `period` is 2023, 2023-Q1, 2023-01 or
    2023-01..2023-12; without a grain in `by` the answer is in the coarsest published periods that make it up (years
    when no period is given). `where` keeps one code of a dimension. `as_of` computes from what was known on that
    day; it needs `county` and the vault. Raises UserError when the question is none that is published.
    """
    conditions = where_of(where)
    if as_of is not None:
        if release is not None:
            raise UserError("Ask either a release or as of a date. Leave one of them out.")
        if county is None:
            raise UserError("A question as of a date needs the county's definitions. Give the county.")
        record = measure_of(county, measure)
        question = ask_for(record, by, period, conditions)
        return answer(question, computed_as_of(home, county, record, as_of))
    found = find(home, release)
    record = definition(found, measure)
    return answer(ask_for(record, by, period, conditions), found.results("measure", record.measure))


def definition(release: Release, measure: str) -> Measure:
    """The definition that a release's numbers of a measure were made by."""
    definitions = release.manifest["definitions"]
    return Measure.model_validate(definitions[named(measure, other_names(release))]["record"])


def other_names(release: Release) -> dict[str, tuple[str, ...]]:
    """Each measure of a release with the other names by which it can be asked for."""
    definitions = release.manifest["definitions"]
    return {name: tuple(each["record"].get("also", ())) for name, each in definitions.items()}


def measure_of(county: County, measure: str) -> Measure:
    """The county's definition of a measure, by its name or another name. Raises UserError where there is none."""
    return county.measures[named(measure, {name: each.also for name, each in county.measures.items()})]


def answer(question: Question, rows: Table) -> Table:
    """The rows of a measure that a question asks for, the group split into columns."""
    codes = {str(group): dict(parse_group(str(group))) for group in pc.unique(rows["group"]).to_pylist()}
    matching = [group for group, parts in codes.items() if tuple(sorted(parts)) == question.dimensions]
    for name, code in question.where.items():
        known = sorted({codes[group][name] for group in matching})
        matching = [group for group in matching if codes[group][name] == code]
        if known and not matching:
            some = ", ".join(known[:20]) + (" ..." if len(known) > 20 else "")
            raise UserError(f"{question.measure} has no rows for {name}={code}. There are rows for: {some}.")
    periods = [each for each in pc.unique(rows["period"]).to_pylist() if grain_of(each) == question.grain]
    if question.periods is not None:
        periods = [each for each in periods if each in question.periods]
    kept = rows.filter(
        pc.and_(
            pc.is_in(rows["group"], pa.array(matching, pa.string())),
            pc.is_in(rows["period"], pa.array(periods, pa.string())),
        )
    ).sort_by([("period", "ascending"), ("group", "ascending")])
    groups = kept["group"].to_pylist()
    columns = {
        "measure": pa.array([question.measure] * kept.num_rows, pa.string()),
        "period": kept["period"],
        **{name: pa.array([codes[group][name] for group in groups], pa.string()) for name in question.dimensions},
        **{name: kept[name] for name in NUMBERS},
    }
    return pa.table(columns).combine_chunks()


@room("The answer")
def computed_as_of(home: Path, county: County, measure: Measure, day: datetime.date) -> Table:
    """All rows of a measure from what was known at the end of a day, small cells hidden over all of its groups."""
    con = vault.open_vault(home, read_only=True)
    try:
        known = [each for each in lineage.loads(con) if str(each["created_at"])[:10] <= day.isoformat()]
        if not known:
            raise UserError(f"Nothing had been extracted by {day}. Ask as of a later date.")
        window = window_of(county, known, None, None)
        _, tables = measures.sql_and_tables(county, measure.measure)
        marts.as_of(con, county, day, lineage.concepts_read(county, tables))
        if "segment" in measure.dimensions:
            segments.compute(con, county, schema="as_of", first_month=window.first, last_month=window.last)
        rows = computed(con, county, [measure.measure], window, schema="as_of")[measure.measure]
        hidden = suppressed(con, county, measure, rows, schema="as_of")
    finally:
        con.close()
    return published("measure", measure.measure, measure.version, rows, hidden, share=is_share(measure))
