"""From a query over `lake`, `vault` and `marts` to the text of a model: the dialect's words, then dbt's references."""

from __future__ import annotations

import re

from sqlglot import exp

from luotsi.engine.dbt.dialects import Dialect

_MARK = "dbt__"
_MARKED = re.compile(rf"[\"`\[]?{_MARK}(lake|model)__(\w+?){_MARK}end[\"`\]]?", re.IGNORECASE)


def written(tree: exp.Expr, dialect: Dialect) -> str:
    """The text of a model: tables of `lake` become sources, those of any other schema models. The tree is used up."""
    made = dialect.rewritten(tree)
    for table in list(made.find_all(exp.Table)):
        if table.db:
            place = "lake" if table.db.lower() == "lake" else "model"  # a dialect may have changed its case
            table.set("db", None)
            table.set("this", exp.to_identifier(f"{_MARK}{place}__{table.name}{_MARK}end"))
    text = made.sql(dialect.sqlglot, pretty=True, identify=True, copy=False)
    return _MARKED.sub(_reference, text) + "\n"


def _reference(found: re.Match[str]) -> str:
    name = found[2].lower()
    return f"{{{{ source('lake', '{name}') }}}}" if found[1].lower() == "lake" else f"{{{{ ref('{name}') }}}}"
