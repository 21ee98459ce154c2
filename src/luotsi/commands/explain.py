"""`luotsi explain`: what a measure means, who answers for it, how it is computed, and what its numbers rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.records import Example, Label, Measure
from luotsi.concepts.shipped import open_county
from luotsi.engine import release as releases
from luotsi.engine.release import Explanation

Name = Annotated[str, typer.Argument(metavar="MEASURE", help="The measure.")]
ReleaseId = Annotated[str | None, typer.Option("--release", metavar="ID", help="A release; the current one if left.")]
SHOWN_LOADS = 12


def explain(measure: Name, release: ReleaseId = None, home: Home = HOME, county: Overlay = None) -> None:
    """Explain a measure: definition, owner, source, SQL, the loads behind it, worked examples."""
    found = releases.explain(home, open_county(county), measure, release=release)
    for line in lines(found):
        typer.echo(line)


def lines(found: Explanation) -> Iterator[str]:
    """The whole explanation as text."""
    record = found.measure
    mark = "  [UNCONFIRMED: our reading, not yet checked with its source]" if record.status == "unconfirmed" else ""
    yield f"{record.measure}, version {record.version}{mark}"
    yield from _said("Name", record.label)
    yield from _said("Definition", record.definition)
    yield from _said("Why", record.why)
    yield f"Owner: {record.owner}, review by {record.review.isoformat()}"
    yield f"Source of the definition: {record.source}"
    yield f"Unit: {record.unit}; better when: {record.direction}; counts: {record.counts}"
    yield from _targets(record)
    yield from _groupings(record)
    yield from _rests_on(found)
    for example in record.examples:
        yield from _example(example)
    yield "SQL:"
    yield from (f"  {line}" for line in found.sql.rstrip().splitlines())


def _said(what: str, label: Label) -> Iterator[str]:
    yield f"{what}: {label.fi}"
    yield f"  sv: {label.sv}"
    yield f"  en: {label.en}"


def _targets(record: Measure) -> Iterator[str]:
    for target in record.target:
        since = f" from {target.since.isoformat()}" if target.since else ""
        until = f" until {target.until.isoformat()}" if target.until else ""
        yield f"Target: {target.value}{since}{until} ({target.source})"


def _groupings(record: Measure) -> Iterator[str]:
    pairs = "; ".join(",".join(pair) for pair in record.pairs)
    crossed = f"; crossed: {pairs}" if pairs else ""
    yield f"By: {', '.join(record.dimensions) or 'the total only'}{crossed}; periods: {', '.join(record.periods)}"


def _rests_on(found: Explanation) -> Iterator[str]:
    if found.release is None:
        yield "Release: none yet; run luotsi release to see what its numbers rest on"
        return
    yield f"Release: {found.release}"
    for source in found.sources:
        rows = sum(int(each["rows"] or 0) for each in found.loads if each["source"] == source)
        count = sum(each["source"] == source for each in found.loads)
        yield f"Source {source}: {count} loads, {rows} rows, newest extract of {found.freshness[source]}"
    for each in found.loads[-SHOWN_LOADS:]:
        yield (
            f"  load {each['load']}: {each['source']} {each['table']} {each['extract']} "
            f"({each['delivery']}, {each['rows']} rows)"
        )
    if len(found.loads) > SHOWN_LOADS:
        yield f"  and {len(found.loads) - SHOWN_LOADS} earlier loads: see manifest.json of the release"


def _example(example: Example) -> Iterator[str]:
    group = "".join(f", {name}={code}" for name, code in example.group.items())
    yield f"Example: {example.name} ({example.period}{group})"
    for relation, table in example.given.items():
        yield f"  {relation}:"
        yield from (f"    {line}" for line in table.strip().splitlines())
    yield "  gives " + ", ".join(f"{name} {value or 'nothing'}" for name, value in example.expect.items())
