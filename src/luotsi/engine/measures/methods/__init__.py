"""The named methods in SQL, one module each; what they do stands in `luotsi.concepts.methods`.

A method reads a step with the chosen rows and the columns `argument_<name>`, and gives a SELECT. Those that run
within each period read the columns of `PLACE` too and give them on.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.methods import METHODS
from luotsi.concepts.records import Method
from luotsi.engine.marts.rows import Chosen
from luotsi.engine.marts.steps import selected
from luotsi.engine.measures.methods import chained_stays, continuity, person_totals, rosendaal, third_free_slot

PERIOD_METHODS: dict[str, Callable[[str, frozenset[str]], exp.Query]] = {
    "continuity": continuity.select,
    "person_totals": person_totals.select,
    "rosendaal": rosendaal.select,
}
ROW_METHODS: dict[str, Callable[[str, frozenset[str]], exp.Query]] = {
    "chained_stays": chained_stays.select,
    "third_free_slot": third_free_slot.select,
}


def arguments(chosen: Chosen, method: Method) -> None:
    """Adds the arguments of a method to the rows it reads."""
    parts = {f"argument_{word}": chosen.sql(parse(text)) for word, text in method.arguments.items()}
    chosen.add("arguments", selected(parts, chosen.step))


def of_rows(chosen: Chosen, method: Method) -> None:
    """Runs a method that reads every chosen row and gives rows of the same concept."""
    arguments(chosen, method)
    gives = METHODS[method.name].gives
    replaced = frozenset(gives) & (set(chosen.more) | set(chosen.relation.columns))
    chosen.add(method.name, ROW_METHODS[method.name](chosen.step, replaced))
    chosen.more.update(gives)
