"""The answers a value set offers: contained in the form, beside it in a bundle, or a code list of the county.

A value set on a server that we do not ask is not known: what a person writes is then the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from luotsi.concepts.reading import Codes
from luotsi.forms.items import Item, Option
from luotsi.forms.questionnaire import Questionnaire, options
from luotsi.forms.wire import Json

COUNTY = "urn:luotsi:codes:"
"""Value set and system of a code list in county/codes."""

LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True)
class Lists:
    """Where value sets are looked up: resources that came with the form, and the county's code lists."""

    resources: Mapping[str, Json] = field(default_factory=dict[str, Json])
    """Canonical address -> ValueSet or CodeSystem."""
    codes: Mapping[str, Codes] = field(default_factory=dict[str, Codes])
    found: dict[int, tuple[Item, tuple[Option, ...] | None]] = field(default_factory=dict[int, Any], compare=False)
    """What items offer that has been looked up, by their identity; the item is kept so that it stays its own."""

    def options(self, form: Questionnaire, item: Item) -> tuple[Option, ...] | None:
        """What can be chosen for an item; None where its value set is not known here."""
        if item.options or not item.value_set:
            return item.options or (() if item.type == "choice" else None)
        if id(item) not in self.found:
            self.found[id(item)] = item, self._looked_up(form, item.value_set)
        return self.found[id(item)][1]

    def _looked_up(self, form: Questionnaire, address: str) -> tuple[Option, ...] | None:
        if address.startswith(COUNTY):
            return self._of_county(address.removeprefix(COUNTY), form.language)
        found = self._resource(form, address)
        if found is None:
            return None
        codings = list(self._codings(form, found))
        return options([{"valueCoding": each} for each in codings], form.language) if codings else None

    def _of_county(self, name: str, main: str) -> tuple[Option, ...] | None:
        codes = self.codes.get(name)
        if codes is None:
            return None
        raws = [
            {"valueCoding": {"system": COUNTY + name, "code": code, "display": row.get(main) or row["fi"]}}
            for code, row in codes.rows.items()
        ]
        words = {code: {language: row[language] for language in LANGUAGES} for code, row in codes.rows.items()}
        return options(raws, main, words)

    def _resource(self, form: Questionnaire, address: str) -> Json | None:
        address = address.partition("|")[0]
        for each in form.raw.get("contained", []):
            if address in (f"#{each.get('id')}", each.get("url")):
                return each
        return self.resources.get(address)

    def _codings(self, form: Questionnaire, value_set: Json) -> Iterator[Json]:
        """The codings of an expansion, else of what the set is composed of."""
        expansion = value_set.get("expansion", {}).get("contains")
        if expansion:
            yield from _expanded(expansion)
            return
        for part in value_set.get("compose", {}).get("include", []):
            system = part.get("system", "")
            for concept in part.get("concept") or self._concepts(form, system):
                yield _coding(system, concept)
            for address in part.get("valueSet", []):
                other = self._resource(form, address)
                if other is not None and other is not value_set:
                    yield from self._codings(form, other)

    def _concepts(self, form: Questionnaire, system: str) -> Iterable[Json]:
        found = self._resource(form, system)
        return _flat(found.get("concept", [])) if found else ()


def resources(found: Iterable[Any]) -> dict[str, Json]:
    """Value sets and code systems by their address."""
    kept = (each for each in found if isinstance(each, dict) and each.get("resourceType") in ("ValueSet", "CodeSystem"))
    return {each["url"]: each for each in kept if each.get("url")}


def _flat(concepts: Iterable[Json]) -> Iterator[Json]:
    for each in concepts:
        yield each
        yield from _flat(each.get("concept", []))


def _coding(system: str, concept: Json) -> Json:
    kept = {key: concept[key] for key in ("code", "display", "_display", "extension") if key in concept}
    return {**({"system": system} if system else {}), **kept}


def _expanded(found: Iterable[Json]) -> Iterator[Json]:
    for each in found:
        if each.get("code") and not each.get("abstract"):
            yield _coding(each.get("system", ""), each)
        yield from _expanded(each.get("contains", []))
