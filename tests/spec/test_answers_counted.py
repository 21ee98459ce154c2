"""Measures count answers of forms by the names of items and scores: such a name has to be one of a form."""

import datetime
import re
from decimal import Decimal

import pytest

from luotsi.concepts.records import Look, Measure
from luotsi.concepts.shipped import open_county
from luotsi.forms import assessment, examples
from luotsi.forms.content import Form, open_forms
from luotsi.forms.naming import types

COUNTY = open_county()
FORMS = open_forms(COUNTY)
NAMED = re.compile(r"variable = '([^']+)'")
DAY = datetime.date(2026, 11, 22)


def expressions(measure: Measure) -> list[str]:
    looks: list[Look] = list(measure.look.values())
    return [each for each in (measure.where, *(look.where for look in looks)) if each]


COUNTED = sorted(
    (name, variable)
    for name, measure in COUNTY.measures.items()
    for text in expressions(measure)
    for variable in set(NAMED.findall(text))
)


def names(form: Form) -> set[str]:
    """The variables that the answers and scores of a form are recorded under."""
    asked = {name for name, above in types(form.questionnaire, form.lists) if above is None}
    return asked | set(form.record.scores)


def test_there_are_measures_of_answers() -> None:
    assert len({name for name, _ in COUNTED}) >= 6


@pytest.mark.parametrize(("measure", "variable"), COUNTED)
def test_a_form_records_the_answer_that_a_measure_counts(measure: str, variable: str) -> None:
    assert [form.name for form in FORMS.values() if variable in names(form)]


@pytest.mark.parametrize(
    ("form", "example", "variable", "value", "number"),
    [
        ("older_functioning", "Fairly often lonely", "lonely", "3", "3"),
        ("older_functioning", "Low mood", "phq2", "3", "3"),
        ("older_functioning", "Four points of alcohol are risk over 65", "alcohol_use", "risk", None),
        ("phq_9", "Ten points are moderate and lead to a nurse", "phq2", "4", "4"),
        ("audit_c", "Six points are risk for a man", "alcohol_use", "risk", None),
        ("who_5", "Twelve is 48 and poor", "who5", "48", "48"),
        ("data_maturity", "All threes and one five are 3.2", "maturity", "3.2", "3.2"),
        ("ips_fidelity", "Twenty-five fours are good", "ips_fidelity", "100", "100"),
    ],
)
def test_a_worked_example_reaches_the_warehouse_under_the_name_that_measures_count(
    form: str, example: str, variable: str, value: str, number: str | None
) -> None:
    asked = FORMS[form]
    chosen = next(each for each in asked.record.examples if each.name == example)
    page = examples.begun(asked, chosen)
    page.fill(chosen.answers)
    told = assessment.record(asked, page, asked.judged(page, DAY), assessment_id="1", person=None, assessed_on=DAY)
    rows = [each for each in told["answers"] if each["variable"] == variable]
    assert len(rows) == 1
    assert rows[0]["value"] == value or Decimal(str(rows[0]["value"])) == Decimal(value)
    assert (rows[0]["number"] is None) == (number is None)
    assert number is None or Decimal(str(rows[0]["number"])) == Decimal(number)
