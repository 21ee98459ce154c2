import pytest

from luotsi.concepts.expressions import ExpressionError, names, parse, type_of

TYPES = {
    "call": "boolean",
    "born": "date",
    "at": "timestamp",
    "code": "code",
    "value": "decimal",
    "count": "integer",
    "set": "text",
}


def resolve(name: str, table: str | None) -> str | None:
    return None if table else TYPES.get(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call AND at IS NOT NULL", "boolean"),
        ("set = 'x'", "boolean"),
        ("count + 1", "integer"),
        ("count / 2", "decimal"),
        ("CASE WHEN call THEN 1 ELSE value END", "decimal"),
        ("CASE WHEN call THEN NULL ELSE born END", "date"),
        ("date_of(at) = '2026-01-31'", "boolean"),
        ("born BETWEEN '2026-01-01' AND at", "boolean"),
        ("coalesce(code, 'x')", "code"),
    ],
)
def test_an_expression_has_the_type_of_what_it_gives(text, kind) -> None:
    assert type_of(parse(text), resolve) == kind


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 1", "is not an expression"),
        ("(SELECT 1)", "holds SUBQUERY"),
        ("call; DROP TABLE contact", "is not an expression"),
        ("CAST(value AS INT)", "is not"),
        ("value::int", "holds CAST"),
        ("count(*)", "calls count, which is not a function here"),
        ("read_csv('x')", "calls read_csv, which is not a function here"),
        ("value =", "a part of it is missing"),
        ("", "is not an expression"),
        ("value AS v", "is not an expression"),
        ("call, count", "is not an expression"),
        ("sum(value) OVER ()", "holds WINDOW"),
    ],
)
def test_what_is_no_scalar_expression_is_refused(text, told) -> None:
    with pytest.raises(ExpressionError, match=told.replace("(", r"\(")):
        parse(text)


@pytest.mark.parametrize("text", ["code > 1", "call + 1", "born = value", "set = at", "age(value, born)", "age(born)"])
def test_types_that_clash_are_refused(text) -> None:
    with pytest.raises(ExpressionError):
        type_of(parse(text), resolve)


def test_every_name_that_an_expression_reads_is_told() -> None:
    assert set(names(parse("a.b + CASE WHEN c THEN lower(d) = 'x' END"))) == {("b", "a"), ("c", None), ("d", None)}
