"""What differs between two versions of a questionnaire: items added, removed, moved and changed, text by text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from luotsi.forms.elements import translations
from luotsi.forms.items import Item
from luotsi.forms.questionnaire import Questionnaire

TEXTS = ("text", "prefix", "title", "description")
HEAD = ("title", "description", "status", "version", "extension", "contained")


@dataclass(frozen=True)
class Change:
    """One difference. `what`: the part that changed (`text.sv`, `required`, `option yes`); empty for a whole item."""

    kind: Literal["added", "removed", "moved", "changed"]
    link_id: str
    what: str = ""
    old: Any = None
    new: Any = None


def changes(old: Questionnaire, new: Questionnaire) -> tuple[Change, ...]:
    """Every difference, in the order of the new version; what was removed comes last."""
    found = list(_parts("", old.raw, new.raw, HEAD))
    before = {item.name: place for place, item in enumerate(_kept(old, new))}
    after = {item.name: place for place, item in enumerate(_kept(new, old))}
    for item in new.every():
        was = old.by_name.get(item.name)
        if was is None:
            found.append(Change("added", item.link_id, new=item.raw.get("text", "")))
            continue
        if was.above != item.above or before[item.name] != after[item.name]:
            found.append(Change("moved", item.link_id, old="/".join(was.above), new="/".join(item.above)))
        words = sorted({*was.raw, *item.raw} - {"item", "linkId", "answerOption"} - {f"_{each}" for each in TEXTS})
        found += _parts(item.link_id, was.raw, item.raw, words)
        found += _options(was, item)
    gone = (each for each in old.every() if each.name not in new.by_name)
    return (*found, *(Change("removed", each.link_id, old=each.raw.get("text", "")) for each in gone))


def _kept(form: Questionnaire, other: Questionnaire) -> Iterator[Item]:
    return (each for each in form.every() if each.name in other.by_name)


def _parts(link: str, old: Any, new: Any, words: Any) -> Iterator[Change]:
    for word in words:
        if old.get(word) != new.get(word):
            yield Change("changed", link, word, old.get(word), new.get(word))
        if word in TEXTS:
            yield from _translated(link, word, translations(old, word), translations(new, word))


def _translated(link: str, what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for language in sorted({*old, *new}):
        if old.get(language) != new.get(language):
            yield Change("changed", link, f"{what}.{language}", old.get(language), new.get(language))


def _options(old: Item, new: Item) -> Iterator[Change]:
    before, after = ({each.key: each for each in item.options} for item in (old, new))
    for key, option in after.items():
        was = before.get(key)
        if was is None:
            yield Change("added", new.link_id, f"option {key}", new=option.text(""))
        elif was.raw != option.raw:
            for language in ("fi", "sv", "en"):
                if was.text(language) != option.text(language):
                    what = f"option {key}.{language}"
                    yield Change("changed", new.link_id, what, was.text(language), option.text(language))
            if was.weight != option.weight:
                yield Change("changed", new.link_id, f"option {key} weight", was.weight, option.weight)
    for key in before.keys() - after.keys():
        yield Change("removed", new.link_id, f"option {key}", old=before[key].text(""))
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Change("moved", new.link_id, "options", kept, list(after))
