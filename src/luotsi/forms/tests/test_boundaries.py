"""How exactly a value is known, quantities of different units, and texts escaped: FHIRPath that forms of others use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from luotsi.forms import paths
from luotsi.forms.paths import PathError

PATIENT = {"resourceType": "Patient", "birthDate": "1987-02", "period": {"start": "2001-05-06", "end": "2001-05-06"}}


def given(expression: str) -> Any:
    return paths.read(expression).run(PATIENT, {"resource": PATIENT})


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1.587.lowBoundary()", Decimal("1.58650000")),
        ("1.587.lowBoundary(2)", Decimal("1.58")),
        ("(-1.587).lowBoundary(0)", Decimal(-2)),
        ("1.587.highBoundary(6)", Decimal("1.587500")),
        ("12.500.highBoundary(4)", Decimal("12.5005")),
        ("1.highBoundary(0)", Decimal(2)),
        ("@2014.lowBoundary(6)", "2014-01"),
        ("@2014.highBoundary()", "2014-12-31"),
        ("@2016-02.highBoundary()", "2016-02-29"),
        ("@2014-01-01T08.lowBoundary(17)", "2014-01-01T08:00:00.000+14:00"),
        ("@2014-01-01T08.highBoundary()", "2014-01-01T08:59:59.999-12:00"),
        ("@2014-01-01T08:05+08:00.lowBoundary(17)", "2014-01-01T08:05:00.000+08:00"),
        ("@2014-01-01T08.lowBoundary(8)", "2014-01-01"),
        ("@T10:30.lowBoundary(9)", "10:30:00.000"),
        ("@T10:30.highBoundary()", "10:30:59.999"),
        ("1.58700.precision()", 5),
        ("7.precision()", 0),
        ("@2014.precision()", 4),
        ("@2014-01-05T10:30:00.000.precision()", 17),
        ("@T10:30.precision()", 4),
        ("Patient.birthDate.highBoundary()", "1987-02-28"),
        ("@2014.lowBoundary() < @2014.highBoundary()", True),
    ],
)
def test_the_edges_of_a_value_are_those_of_all_that_it_can_be(expression: str, wanted: Any) -> None:
    found = given(expression)
    assert found == [wanted]
    assert str(found[0]) == str(wanted)


def test_a_quantity_keeps_its_unit_at_its_edges() -> None:
    assert given("1.587 'cm'.lowBoundary(8)") == [{"value": Decimal("1.58650000"), "unit": "cm", "code": "cm"}]


@pytest.mark.parametrize(
    "expression",
    [
        "1.587.lowBoundary(-1)",
        "1.587.highBoundary(32)",
        "{}.lowBoundary()",
        "true.highBoundary()",
        "'text'.lowBoundary()",
        "(1 | 2).lowBoundary()",
        "@2014.lowBoundary(5)",
        "'text'.precision()",
        "{}.precision()",
    ],
)
def test_what_has_no_edge_gives_nothing(expression: str) -> None:
    assert given(expression) == []


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1 'cm'.comparable(1 '[in_i]')", [True]),
        ("1 'cm'.comparable(1 's')", [False]),
        ("1 'furlong'.comparable(1 'furlong')", [True]),
        ("6 days < 1 week", [True]),
        ("8 days > 1 week", [True]),
        ("1 '[in_i]' > 2.5 'cm'", [True]),
        ("1 '[in_i]' >= 2.54 'cm'", [True]),
        ("100 'kg' <= 220 '[lb_av]'", [False]),
        ("1 'kg' < 1 'm'", []),
    ],
)
def test_quantities_of_one_kind_compare_whatever_their_units(expression: str, wanted: Any) -> None:
    assert given(expression) == wanted


def test_a_resource_is_asked_whether_it_is_of_a_type_of_fhir() -> None:
    base = "http://hl7.org/fhir/StructureDefinition/"
    assert given(f"conformsTo('{base}Patient')") == [True]
    assert given(f"conformsTo('{base}Person')") == [False]
    with pytest.raises(PathError):
        given("conformsTo('http://trash')")


def test_texts_are_escaped_and_read_back() -> None:
    assert given("'\"1<2\"'.escape('html')") == ["&quot;1&lt;2&quot;"]
    assert given("'\"1<2\"'.escape('json')") == ['\\"1<2\\"']
    assert given("'&quot;1&lt;2&quot;'.unescape('html')") == ['"1<2"']
    assert given("'a\\n\\tb'.escape('json').unescape('json') = 'a\\n\\tb'") == [True]
    assert given("'a'.escape('else')") == given("{}.escape('html')") == []
