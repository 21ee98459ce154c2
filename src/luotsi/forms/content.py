"""The forms of a county: `county/forms/<form>/`, a questionnaire with what is computed of it, read and overlaid.

What is wrong with them is judged in `judging`, their worked examples are run by `examples`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from luotsi.concepts.calls import Bands
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, Fault, Lines, read_record
from luotsi.forms import confidential, entry, naming, outcomes, wire
from luotsi.forms.elements import extension
from luotsi.forms.filling import Filling
from luotsi.forms.lists import Lists
from luotsi.forms.outcomes import Result
from luotsi.forms.questionnaire import Questionnaire, read
from luotsi.forms.records import FormRecord
from luotsi.forms.wire import Json

URL = "urn:luotsi:form:"
RECORD = "form.yaml"
QUESTIONS = "questionnaire.json"


@dataclass(frozen=True)
class Form:
    """A form of a county: its questions, and what is computed and decided of the answers."""

    name: str
    record: FormRecord
    questionnaire: Questionnaire
    lists: Lists
    names: naming.Names = field(repr=False)
    bands: Bands = field(default=(), repr=False)
    files: tuple[Path, Path] = (Path(RECORD), Path(QUESTIONS))
    """Where the record and the questions came from."""
    lines: Lines = field(default_factory=dict[tuple[str | int, ...], int], repr=False)

    def begin(self, kept: Json | None = None, **options: Any) -> Filling:
        """A response to the form, new or gone on with; see `filling.Filling`."""
        return Filling(self.questionnaire, kept, lists=self.lists, **options)

    def judged(self, page: Filling, day: datetime.date | None = None) -> Result:
        """What the answers give: scores, classes and outcomes."""
        day = day or datetime.datetime.now(entry.HERE).date()
        return outcomes.judged(self.record, self.names, page, day, self.bands)

    @cached_property
    def for_others(self) -> Form:
        """The form as one who acts for another has it: without what is confidential, in the questions and after."""
        if not self.record.confidential:
            return self
        questions = read(confidential.without(self.questionnaire.raw, self.record.confidential))
        return replace(self, questionnaire=questions, names=naming.types(questions, self.lists))

    @cached_property
    def takes_known(self) -> bool:
        """Whether it begins with what has been observed of the person before."""
        return any(extension(each.raw, "observationLinkPeriod") for each in self.questionnaire.every())


def form_of(raw: Json, record: FormRecord, county: County, files: tuple[Path, Path] | None = None) -> Form:
    """A form of its parts, as the builder has them. Raises FormError where the questions cannot be read."""
    questions, lists = read(raw), Lists(codes=county.codes)
    names = naming.types(questions, lists)
    return Form(record.form, record, questions, lists, names, bands(county), files or (Path(RECORD), Path(QUESTIONS)))


def bands(county: County) -> Bands:
    """The bands of code list age_group."""
    rows = county.codes["age_group"].rows if "age_group" in county.codes else {}
    return tuple(
        (code, int(cells["lower"]), int(cells["upper"]) if cells["upper"] else None) for code, cells in rows.items()
    )


def open_forms(county: County) -> dict[str, Form]:
    """The forms of a county by name. Raises UserError with the first fault."""
    forms, faults = read_forms(county)
    if faults:
        raise UserError(str(faults[0]))
    return forms


def read_forms(county: County) -> tuple[dict[str, Form], list[Fault]]:
    """The forms of a county by name, and what cannot be read, as faults."""
    forms: dict[str, Form] = {}
    faults: list[Fault] = []
    for folder, files in sorted(_found(county)):
        form, wrong = _read(folder, files, county)
        faults += wrong
        if form is not None:
            forms[form.name] = form
    return forms, faults


def _found(county: County) -> Iterator[tuple[str, dict[str, Path]]]:
    """Every folder of a form, with its files; a file of a later root replaces that of an earlier one."""
    found: dict[str, dict[str, Path]] = {}
    for root in county.roots:
        for path in sorted((root / "forms").glob("*/*")):
            if path.name in (RECORD, QUESTIONS):
                found.setdefault(path.parent.name, {})[path.name] = path
    yield from found.items()


def _read(folder: str, files: dict[str, Path], county: County) -> tuple[Form | None, list[Fault]]:
    for word in (RECORD, QUESTIONS):
        if word not in files:
            other = next(iter(files.values()))
            return None, [Fault(str(other), 1, f"the form {folder} has no {word} beside this", f"Add {word}")]
    record, lines, faults = read_record(files[RECORD], FormRecord)
    if record is None:
        return None, faults
    if record.form != folder:
        line = lines.get(("form",), 1)
        faults.append(
            Fault(str(files[RECORD]), line, f"the folder is {folder} but the form {record.form}", "Name them alike")
        )
    try:
        raw = wire.loads(files[QUESTIONS].read_bytes())
        form = form_of(raw, record, county, (files[RECORD], files[QUESTIONS]))
    except UserError as error:
        what, right = told(str(error))
        return None, [*faults, Fault(str(files[QUESTIONS]), line_of(files[QUESTIONS], str(error)), what, right)]
    return Form(**{**vars(form), "lines": lines}), faults


def told(sentence: str) -> tuple[str, str]:
    """A sentence as what is wrong and what would be right."""
    what, _, right = sentence.rstrip(".").rpartition(". ")
    return (what, right) if what else (right, "Mend it")


def line_of(path: Path, sentence: str) -> int:
    """The line of a questionnaire that a sentence speaks of: where the last linkId in it stands."""
    _, found, rest = sentence.rpartition("(linkId ")
    link = rest.partition(")")[0]
    if not found:
        return 1
    wanted = f'"linkId": {json.dumps(link, ensure_ascii=False)}'
    text = path.read_text("utf-8", "replace")
    place = text.find(wanted)
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
