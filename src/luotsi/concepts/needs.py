"""The areas of life by which people look for help, each with the words they use. How services are found is not here."""

from __future__ import annotations

from luotsi.concepts.records import Label, Name, Record


class Words(Record):
    """Words that mean nearly the same, by language, in their dictionary form; the first of each is the plainest."""

    fi: tuple[str, ...]
    sv: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Need(Record):
    """One area of life. `question`: how it is asked of a person. `words`: what people say who need help in it.

    A service is of the area when its texts hold these words; a search with one of them finds what holds the others.
    `classes`: service classes of the Finnish Service Catalogue that are of the area.
    """

    need: Name
    order: int
    label: Label
    question: Label
    words: tuple[Words, ...]
    classes: tuple[str, ...] = ()
