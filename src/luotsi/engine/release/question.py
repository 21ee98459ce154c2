"""What is asked of a measure, made sure of before anything is read: dimensions, grain, periods, and the group to read.

Only what a release publishes can be asked; everything else is a sentence that lists what can.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Measure
from luotsi.engine.release.periods import GRAINS, MONTHS, Grain, Range, parse_range


@dataclass(frozen=True)
class Question:
    """A question that can be answered: which grain, which months, which dimensions, which codes of them."""

    measure: str
    grain: Grain
    within: Range | None
    dimensions: tuple[str, ...]
    """In alphabetical order, as groups name them."""
    where: Mapping[str, str]

    @property
    def periods(self) -> frozenset[str] | None:
        """The names of the periods asked for, or None for all of the grain."""
        if self.within is None:
            return None
        return frozenset(str(each) for each in self.within.tiled(self.grain) or ())


def ask_for(measure: Measure, by: Sequence[str], period: str | None, where: Mapping[str, str]) -> Question:
    """Judges a question. `by` may hold one grain beside dimensions; the default grain is the coarsest that fits."""
    grains: list[Grain] = [each for each in GRAINS if each in by]
    if len(grains) > 1:
        raise UserError(f"{' and '.join(grains)} cannot be asked together. Keep one of them in --by.")
    within = parse_range(period) if period else None
    asked = {each for each in by if each not in GRAINS} | set(where)
    return Question(
        measure.measure, _grain(measure, grains, within, period), within, _dimensions(measure, asked), dict(where)
    )


def named(name: str, known: Mapping[str, Iterable[str]]) -> str:
    """The measure of that name, or of which it is another name (`known`: name -> its other names).

    Raises UserError with the nearest names.
    """
    if name in known:
        return name
    for each, others in known.items():
        if name in others:
            return each
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5) or [each for each in names if name in each][:3]
    if near:
        raise UserError(f"There is no measure {name}. Did you mean {' or '.join(near)}?")
    raise UserError(f"There is no measure {name}. There are: {', '.join(names) or 'none'}.")


def where_of(text: str | Iterable[str] | Mapping[str, str] | None) -> dict[str, str]:
    """`municipality=179` (or several, with commas or as a list) as dimension -> code. Raises UserError."""
    if text is None:
        return {}
    if isinstance(text, Mapping):
        return {**text}
    parts = [part for each in ([text] if isinstance(text, str) else text) for part in each.split(",")]
    found: dict[str, str] = {}
    for part in parts:
        name, equals, code = part.partition("=")
        if not equals or not name.strip() or not code.strip():
            raise UserError(f"{part!r} is no condition. Write it as municipality=179.")
        if found.setdefault(name.strip(), code.strip()) != code.strip():
            raise UserError(f"{name.strip()} stands twice with different codes. Ask for them one at a time.")
    return found


def _dimensions(measure: Measure, asked: set[str]) -> tuple[str, ...]:
    wanted = tuple(sorted(asked))
    pairs = {(min(pair), max(pair)) for pair in measure.pairs}
    if len(wanted) == 0 or (len(wanted) == 1 and wanted[0] in measure.dimensions) or wanted in pairs:
        return wanted
    singles = ", ".join(measure.dimensions) or "none (the total only)"
    crossed = "; ".join(f"{one},{other}" for one, other in sorted(pairs)) or "none"
    raise UserError(
        f"{measure.measure} is not published by {','.join(wanted)}. "
        f"It is by one of: {singles}. Crossed by: {crossed}. By time: {', '.join(_grains(measure))}."
    )


def _grains(measure: Measure) -> list[Grain]:
    grains: list[Grain] = [each for each in GRAINS if each in measure.periods]
    return grains


def _grain(measure: Measure, asked: Sequence[Grain], within: Range | None, period: str | None) -> Grain:
    """The grain asked for; else that of the period named; else the coarsest published one that tiles the range."""
    published = _grains(measure)
    listed = ", ".join(published)
    if asked and asked[0] not in published:
        raise UserError(f"{measure.measure} is not published by {asked[0]}. It is by: {listed}.")
    if within is None:
        return asked[0] if asked else published[-1]
    fitting: list[Grain] = [each for each in (asked or published) if within.tiled(each) is not None]
    if not fitting:
        wanted = asked[0] if asked else listed
        raise UserError(f"The period {period} is not made of whole periods that are published ({wanted}). Widen it.")
    if within.named in fitting:
        return within.named
    return max(fitting, key=lambda each: MONTHS[each])
