"""The steps of a query that more than one place reads, each as a query of its own. Runs none.

Spark puts all of a step wherever its name stands, and plans and computes it there anew: in a pass, where each measure
reads the groups and each group reads the cells, the files would be read hundreds of times. A step that one place alone
reads is written there: Spark would only put it there itself, at a price that grows with the steps that rest on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlglot import exp


def split(tree: exp.Expr) -> tuple[dict[str, exp.Expr], exp.Expr]:
    """Word -> the query of a shared step, in the order to run them, and the statement that reads those words instead.

    A query reads the words before it, and says the steps of its own where it reads them. The tree is not changed.
    """
    steps: dict[str, exp.Expr] = {each.alias: each.this for each in tree.ctes} if isinstance(tree, exp.Query) else {}
    if not steps:
        return {}, tree
    read = Counter(each.name for each in tree.find_all(exp.Table) if not each.args.get("db"))
    words = {name: f"shared_{name}" for name in steps if read[name] > 1}
    rest = tree.copy()
    rest.set("with_", None)
    found = {word: _alone(steps[name].copy(), name, steps, words) for name, word in words.items()}
    return found, _alone(rest, "", steps, words)


def _alone(query: exp.Expr, own: str, steps: Mapping[str, exp.Expr], words: Mapping[str, str]) -> exp.Expr:
    """The query with the words of the steps it shares, and in place of the names of its own steps what they say."""
    for table in [*query.find_all(exp.Table)]:
        name = table.name
        if table.args.get("db") or name == own or name not in steps:  # a table may have the name of its own step
            continue
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name))
        if name in words:
            table.set("alias", alias)
            table.set("this", exp.to_identifier(words[name]))
        else:
            table.replace(exp.Subquery(this=_alone(steps[name].copy(), name, steps, words), alias=alias))
    return query
