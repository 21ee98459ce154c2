"""Files that cannot be read as county content: each is a fault with its line, never a crash, and loses nothing else."""

import pytest

UNIT = "concepts/unit.yaml"
SEXES = "codes/sex/codes.csv"


def told(small) -> set[tuple[str, int, str]]:
    return {(file, line, what) for file, line, what, _ in small.faults()}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (b"", 1, "the file is empty"),
        (b"- a\n- b\n", 1, "the file is not made of names with values"),
        (b"just words\n", 1, "the file is not made of names with values"),
        (b"concept: [unit\n", 2, "this is not YAML: did not find expected ',' or ']'"),
        (b"concept: unit\xe4\n", 1, "the file is not UTF-8 (byte 13)"),
    ],
)
def test_a_file_that_is_no_definition_is_told(small, text, line, what) -> None:
    (small.root / UNIT).write_bytes(text)
    assert (UNIT, line, what) in told(small)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("type: integer", "type: number", "attributes.places.type is 'number'"),
        ("key: [unit_code]", "kee: [unit_code]", "kee is not a word that can stand here"),
        ("privacy: plain, label", "label", "attributes.places.privacy is missing"),
    ],
)
def test_a_word_that_cannot_stand_is_told_with_its_line(small, old, new, what) -> None:
    line = small.plant(UNIT, old, new)
    assert (UNIT, line, what) in told(small)


def test_a_scalar_stays_the_text_that_was_written(small) -> None:
    small.write(SEXES, "code,fi,sv,en\nno,077,1e3,yes\n")
    small.plant("codes/sex/codes.yaml", "version: '1'", "version: 1.10")
    county, faults = small.read()
    assert faults == []
    assert county.codes["sex"].rows["no"] == {"code": "no", "fi": "077", "sv": "1e3", "en": "yes"}
    assert county.codes["sex"].record.version == "1.10"


def test_a_file_that_has_changed_is_read_again_and_what_was_told_before_stays(small) -> None:
    before, told_before = small.read()
    small.write(SEXES, "code,fi,sv,en\n1,Mies,Man,\n")
    small.write(UNIT, "concept: unit\n")
    after, told_after = small.read()
    assert before.codes["sex"].rows != after.codes["sex"].rows
    assert ("unit" in before.concepts, "unit" in after.concepts) == (True, False)
    assert {fault.what for fault in told_after} - {fault.what for fault in told_before} > {
        "the code 1 has no en label",
        "key is missing",
    }
    assert small.read()[1] == told_after


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (b"koodi,fi,sv,en\n1,Mies,Man,Male\n", 1, "the column code is missing"),
        (b"code,fi,sv,en\n1,Mies,Man,Male,Herr\n", 2, "the code 1 has not as many cells as the heading"),
        (b"code,fi,sv,en,x\n1,Mies,Man,Male\n", 2, "the code 1 has not as many cells as the heading"),
        (b"code,fi,sv,en\n1,Mies,Man,Male\n,Nainen,Kvinna,Female\n", 3, "a row has no code"),
        ("code,fi,sv,en\n1,Kähkönen,Man,Male\n".encode("latin-1"), 1, "the file is not UTF-8 (byte 17)"),
    ],
)
def test_a_code_table_that_is_broken_is_told_with_its_line(small, text, line, what) -> None:
    (small.root / SEXES).write_bytes(text)
    assert (SEXES, line, what) in told(small)


def test_a_byte_order_mark_before_the_heading_does_no_harm(small) -> None:
    (small.root / SEXES).write_bytes("code,fi,sv,en\n1,Mies,Man,Male\n2,Nainen,Kvinna,Female\n".encode("utf-8-sig"))
    assert small.faults() == []


def test_a_list_without_its_table_is_told(small) -> None:
    (small.root / SEXES).unlink()
    assert ("codes/sex/codes.yaml", 1, "the list has no codes.csv beside it") in told(small)


def test_the_digest_of_a_county_changes_with_any_of_its_files(small) -> None:
    before = small.read()[0].digest
    assert small.read()[0].digest == before
    small.plant(SEXES, "Male", "Man")
    assert small.read()[0].digest != before
