"""What every kind of content is judged by: names, expressions, code values and labels, each fault with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.expressions import ExpressionError, fits, names, parse, type_of
from luotsi.concepts.functions import ANY, FUNCTIONS
from luotsi.concepts.reading import County, Fault
from luotsi.concepts.records import Label
from luotsi.concepts.scope import Known, Scope, results

Path = tuple[str | int, ...]

SHOWN = 8
"""So many possible names are listed where none is near."""

COMPARED = (exp.EQ, exp.NEQ)


@dataclass(frozen=True)
class Judge:
    """Judges one record and gathers its faults; a `path` is where in its file a word stands."""

    county: County
    kind: str
    name: str
    faults: list[Fault]

    def fault(self, path: Path, what: str, right: str) -> None:
        """Notes a fault: what is wrong and what would be right."""
        file = self.county.files.get((self.kind, self.name))
        self.faults.append(Fault(str(file), self.county.line(self.kind, self.name, *path), what, right))

    def among(self, path: Path, word: str, known: Collection[str], what: str, of: str = "") -> bool:
        """Whether a word is one of the known; if not, that is a fault: `there is no <what> <word> in <of>`."""
        if word in known:
            return True
        self.fault(path, f"there is no {what} {word}{f' in {of}' if of else ''}", suggestion(word, known))
        return False

    def label(self, path: Path, label: Label) -> None:
        """A name has to stand in all three languages."""
        for language in ("fi", "sv", "en"):
            if not getattr(label, language).strip():
                where = ".".join(str(part) for part in (*path, language))
                self.fault((*path, language), f"{where} is empty", "Write the label in plain language")

    def said(self, path: Path, **texts: str) -> None:
        """Texts that must not be empty."""
        for word, text in texts.items():
            if not text.strip():
                self.fault((*path, word), f"{'.'.join(str(part) for part in (*path, word))} is empty", "Write it")

    def expression(
        self,
        path: Path,
        text: str,
        scope: Scope,
        wanted: Collection[str] = (ANY,),
        later: Collection[str] = (),
    ) -> Known:
        """Judges an expression and tells what it gives; it must fit one of the `wanted` types.

        `later`: names that exist further down and cannot be used yet.
        """
        try:
            tree = parse(text)
        except ExpressionError as error:
            self.fault(path, str(error), _mended(str(error)))
            return Known(ANY)
        unknown = [each for each in dict.fromkeys(names(tree)) if scope.find(*each) is None]
        for name, table in unknown:
            self.fault(path, *self._unknown(name, table, scope, later))
        self._literals(path, tree, scope)
        if unknown:
            return Known(ANY)
        try:
            found = type_of(tree, scope)
        except ExpressionError as error:
            self.fault(path, str(error), "Compare and combine values of one type")
            return Known(ANY)
        if not any(fits(found, each) for each in wanted):
            self.fault(path, f"{text!r} is {found}", f"It has to be {' or '.join(wanted)}")
        return scope.told(tree)

    def value(self, path: Path, text: str, codes: str | None) -> None:
        """A value of a code attribute has to be in its list, unless the list is open."""
        found = self.county.codes.get(codes or "")
        if found is None or found.record.open or text in found.rows:
            return
        self.fault(path, f"{text!r} is not in code list {codes}", suggestion(text, found.rows))

    def literals(self, path: Path, text: str, codes: str | None) -> None:
        """The texts that an expression can give, judged as values of a code list."""
        try:
            tree = parse(text)
        except ExpressionError:
            return
        for each in results(tree):
            if isinstance(each, exp.Literal) and each.is_string:
                self.value(path, str(each.this), codes)

    def _literals(self, path: Path, tree: exp.Expr, scope: Scope) -> None:
        """Texts compared with a code attribute have to be in its list."""
        for node in tree.walk():
            if isinstance(node, COMPARED):
                self._compared(path, node.left, [node.right], scope)
                self._compared(path, node.right, [node.left], scope)
            elif isinstance(node, exp.In):
                self._compared(path, node.this, node.expressions, scope)
            elif isinstance(node, exp.Case) and node.this is not None:
                self._compared(path, node.this, [branch.this for branch in node.args["ifs"]], scope)

    def _compared(self, path: Path, one: exp.Expr, others: Iterable[exp.Expr], scope: Scope) -> None:
        codes = scope.told(one).codes
        for other in others:
            if codes and isinstance(other, exp.Literal) and other.is_string:
                self.value(path, str(other.this), codes)

    def _unknown(self, name: str, table: str | None, scope: Scope, later: Collection[str]) -> tuple[str, str]:
        word = f"{table}.{name}" if table else name
        if table is None and name in later:
            return f"{name} is named later", "Move it above, or write it out"
        if self._identifies(name, table, scope):
            return f"{word} is identifying, so it is in the identity store alone", "Use another attribute"
        if table is not None and table != "this" and not scope.reach(table):
            known = scope.names.get(table)
            if known is None or known.type != "reference":
                return f"{table} is no reference, so there is no {word}", suggestion(table, _references(scope.names))
        of = f" in {self._concept(table, scope)}" if self._concept(table, scope) else ""
        return f"there is no attribute {word}{of}", suggestion(name, scope.reach(table))

    def _concept(self, table: str | None, scope: Scope) -> str | None:
        holder = {None: "key", "this": ""}.get(table, table)
        known = scope.names.get(holder or "")
        return known.refers if known else None

    def _identifies(self, name: str, table: str | None, scope: Scope) -> bool:
        concept = self.county.concepts.get(self._concept(table, scope) or "")
        return concept is not None and name in concept.attributes and concept.attributes[name].privacy == "identifying"


def suggestion(word: str, known: Iterable[str]) -> str:
    """What would be right in place of a word: the nearest of the known, or some of them."""
    options = sorted(set(known))
    by_lower = {each.lower(): each for each in options}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    if near:
        return f"Did you mean {by_lower[near[0]]}?"
    if not options:
        return "There is none yet"
    return f"It can be {', '.join(options[:SHOWN])}{' ...' if len(options) > SHOWN else ''}"


def _references(known: Mapping[str, Known]) -> list[str]:
    return [name for name, each in known.items() if each.refers and name != "key"]


def _mended(error: str) -> str:
    called = re.search(r"calls (\w+), which is not a function", error)
    return suggestion(called[1], FUNCTIONS) if called else "Mend the expression; docs/reference says what it can hold"
