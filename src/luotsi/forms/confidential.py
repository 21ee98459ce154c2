"""A form without what is asked of the person alone, for one who acts for them; likewise the answers to it.

What is confidential is taken out of the questions and the answers before anything is computed. So nothing that someone
else is shown (a question that opens, a score, an outcome) can depend on it. Which items they are stands in form.yaml.
"""

from __future__ import annotations

from collections.abc import Collection

from luotsi.forms.wire import Json


def without(element: Json, names: Collection[str]) -> Json:
    """A questionnaire, a response or an item of either without the items of these linkIds and all that stands in them.

    A group of which no question is left goes too.
    """
    found = {key: value for key, value in element.items() if key not in ("item", "answer")}
    for key in ("item", "answer"):
        if key in element:
            found[key] = [without(each, names) for each in element[key] if each.get("linkId") not in names]
    if "item" in found:
        found["item"] = [each for each in found["item"] if not _emptied(each)]
    return found


def _emptied(item: Json) -> bool:
    """Whether a group asks nothing; a group of a response says nothing of its type, and is kept."""
    return item.get("type") == "group" and not _asks(item)


def _asks(item: Json) -> bool:
    return item.get("type") not in ("group", "display") or any(_asks(each) for each in item.get("item", []))
