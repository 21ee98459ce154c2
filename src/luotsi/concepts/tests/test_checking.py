"""Each fault that can be in county content, planted in the small county of conftest: where it is told, and how."""

import pytest

from luotsi.concepts.checking import check
from luotsi.concepts.reading import read_county
from luotsi.concepts.shipped import shipped

PERSON, UNIT, VISIT = "concepts/person.yaml", "concepts/unit.yaml", "concepts/visit.yaml"
SOURCE, CALLS, SEEN, MAIN = "sources/records.yaml", "measures/calls.yaml", "measures/seen.yaml", "segments/main.yaml"
TYPES = "codes/contact_type/codes.csv"

# file, what stands there, the fault in its place, how it is told, what would be right, lines from the planted one
PLANTED = {
    "an unknown attribute in a dimension": (
        *(VISIT, "sex: person.sex", "sex: person.sec"),
        *("there is no attribute person.sec in person", "Did you mean sex?"),
    ),
    "an attribute of no reference": (
        *(VISIT, "unit: unit.unit_code", "unit: unitt.unit_code"),
        *("unitt is no reference, so there is no unitt.unit_code", "Did you mean unit?"),
    ),
    "an identifying attribute in a dimension": (
        *(PERSON, "  sex: sex", "  sex: address"),
        *("address is identifying, so it is in the identity store alone", "Use another attribute"),
    ),
    "an unknown code list": (
        *(VISIT, "codes: contact_type", "codes: contacttype"),
        *("there is no code list contacttype", "Did you mean contact_type?"),
    ),
    "an unknown concept": (VISIT, "refers: unit", "refers: units", "there is no concept units", "Did you mean unit?"),
    "a code without a list": (
        *(VISIT, "type: code, codes: contact_type", "type: code"),
        *("contact_type is a code without a list", "Name the list: codes: <list>, or make it text"),
    ),
    "a list for what is no code": (
        *(VISIT, "type: code, codes: contact_type", "type: text, codes: contact_type"),
        *("contact_type has a code list but is text", "Say type: code"),
    ),
    "a reference to nothing": (
        *(VISIT, "type: reference, refers: unit", "type: reference"),
        *("unit refers to no concept", "Name the concept: refers: <concept>"),
    ),
    "a missing label": (
        *(UNIT, "label: {fi: Nimi, sv: Namn, en: Name}\ndefinition", "label: {fi: Nimi, sv: '', en: Name}\ndefinition"),
        *("label.sv is empty", "Write the label in plain language"),
    ),
    "a missing definition": (UNIT, "definition: A unit.", "definition: ''", "definition is empty", "Write it"),
    "a key that is no attribute": (
        *(UNIT, "key: [unit_code]", "key: [unit_cod]"),
        *("there is no attribute unit_cod", "Did you mean unit_code?"),
    ),
    "a key that may be empty": (
        *(UNIT, "unit_code: {type: text, privacy: plain, required: true", "unit_code: {type: text, privacy: plain"),
        *("unit_code is in the key but not required", "Say required: true, since a row without it has no key"),
    ),
    "a date that is none": (
        *(VISIT, "happens: started_at", "happens: minutes"),
        *("minutes is integer", "Name an attribute that is date or timestamp"),
    ),
    "a word of the engine": (
        *(UNIT, "  places: {", "  period_end: {"),
        *("period_end is a word of the engine", "Name the attribute otherwise"),
    ),
    "a group by what it has not": (
        *(VISIT, "by: [variable]", "by: [variabel]"),
        *("there is no attribute variabel", "Did you mean variable?"),
    ),
    "a parent that is no code": (
        *(TYPES, "R50,Puhelu,Samtal,Call,R10", "R50,Puhelu,Samtal,Call,R11"),
        *("the parent R11 of R50 is not in the list", "Did you mean R10?"),
    ),
    "parents in a ring": (
        *(TYPES, "R10,Käynti,Besök,Visit,", "R10,Käynti,Besök,Visit,R50"),
        *("codes are parents in a ring: R10 > R50 > R10", "Leave the parent of the highest code empty"),
    ),
    "a code without a label": (
        *(TYPES, "R10,Käynti,Besök,Visit,", "R10,Käynti,,Visit,"),
        *("the code R10 has no sv label", "Add the label"),
    ),
    "a code twice": (
        *(TYPES, "R50,Puhelu,Samtal,Call,R10", "R10,Puhelu,Samtal,Call,"),
        *("the code R10 stands twice", "Keep one row for each code"),
    ),
    "a word twice": (UNIT, "standard: Own\nkey", "definition: Own\nkey", "definition stands twice", "Keep one of them"),
    "a file that holds another name": (
        *(UNIT, "concept: unit", "concept: units"),
        *("the file is named unit but holds units", "Name the file units.yaml"),
    ),
    "an unknown column": (
        *(SOURCE, "date(BORN)", "date(BIRTH)"),
        *("there is no attribute BIRTH", "It can be BORN, CHANGED, HETU, HOME, ID, SEX"),
    ),
    "an unknown concept of a source": (
        *(SOURCE, "- concept: unit", "- concept: unti"),
        *("there is no concept unti", "Did you mean unit?"),
    ),
    "an unknown attribute of a source": (
        *(SOURCE, "places: {value", "place: {value"),
        *("there is no attribute place in unit", "Did you mean places?"),
    ),
    "an unknown function": (
        *(SOURCE, "timestamp(START)", "timestam(START)"),
        "'timestam(START)' calls timestam, which is not a function here; see docs/reference",
        "Did you mean timestamp?",
    ),
    "a column of another type": (
        *(SOURCE, "number(BEDS)", "date(BEDS)"),
        *("'date(BEDS)' is date", "It has to be integer or text"),
    ),
    "a translation to no code": (
        *(SOURCE, "F: '2'", "F: '3'"),
        *("'3' is not in code list sex", "It can be 1, 2"),
    ),
    "a translation by an unknown list": (
        *(SOURCE, "translate: {M: '1', F: '2'}", "translate: sexes"),
        *("there is no code list sexes", "Did you mean sex?"),
    ),
    "a translation by a list without national codes": (
        *(SOURCE, "translate: {M: '1', F: '2'}", "translate: sex"),
        *("the code list sex has no column national", "Add the column, or write the translation here"),
    ),
    "a value that is no code": (
        *(SOURCE, "ELSE 'R10' END", "ELSE 'R99' END"),
        *("'R99' is not in code list contact_type", "It can be R10, R50"),
    ),
    "a key that is not mapped": (
        *(SOURCE, "key: {visit_id: {value: VISIT}}", "key: {visit: {value: VISIT}}"),
        *("the key of visit lacks visit_id", "Map visit_id to a column"),
    ),
    "a system of what is no key": (
        *(SOURCE, "date(BORN)", "date(BORN), system: hetu"),
        *("birth_date is no key and no reference, so it has no system", "Delete system"),
    ),
    "an identifier under two systems": (
        *(SOURCE, "master: {value: HETU", "master: {value: ID"),
        *("the column ID is an identifier under $instance and hetu", "One column can be an identifier of one system"),
        -10,
    ),
    "an identifying column in an expression": (
        *(SOURCE, "birth_date: {value: date(BORN)}", "birth_date: {value: date(HOME)}"),
        *("the column HOME is identifying and stays in the identity store", "Use another column"),
    ),
    "an identifier in an expression": (
        *(SOURCE, "birth_date: {value: date(BORN)}", "birth_date: {value: 'date(substr(HETU, 1, 6))'}"),
        "the column HETU is an identifier, known here by its pseudonym alone",
        "Ask only whether it IS NULL, or use another column",
    ),
    "an identifier that is reckoned": (
        *(SOURCE, "person: {value: ID,", "person: {value: upper(ID),"),
        *("person identifies a person, so 'upper(ID)' cannot be reckoned", "Name the column that holds the id alone"),
    ),
    "an unknown column of changes": (
        *(SOURCE, "changed_at: CHANGED", "changed_at: CHANGE"),
        *("there is no column CHANGE", "Did you mean CHANGED?"),
    ),
    "a heading of two columns": (
        *(SOURCE, "HOME: {}", "HOME: {also: [GENDER]}"),
        *("the heading GENDER stands for SEX and HOME", "Let each heading stand for one column"),
    ),
    "a deletion that is no boolean": (
        *(SOURCE, "deleted: GONE = '1'", "deleted: GONE"),
        *("'GONE' is text", "It has to be boolean"),
    ),
    "unknown rows": (CALLS, "rows: visit", "rows: visits", "there is no concept visits", "Did you mean visit?"),
    "an unknown attribute in let": (
        *(CALLS, "day: date_of(started_at)", "day: date_of(start_at)"),
        *("there is no attribute start_at in visit", "Did you mean started_at?"),
    ),
    "a name that comes later": (
        *(CALLS, "day: date_of(started_at)", "day: date_of(again)"),
        *("again is named later", "Move it above, or write it out"),
    ),
    "a name that is taken": (
        *(CALLS, "  call: contact_type", "  minutes: contact_type"),
        *("minutes is already an attribute", "Give it a name of its own"),
    ),
    "a code that is in no list": (
        *(CALLS, "call: contact_type = 'R50'", "call: contact_type = 'R99'"),
        *("'R99' is not in code list contact_type", "It can be R10, R50"),
    ),
    "a code of a reference that is in no list": (
        *(CALLS, "person.sex IN ('1', '2')", "person.sex IN ('1', 'F')"),
        *("'F' is not in code list sex", "It can be 1, 2"),
    ),
    "types that clash": (
        *(CALLS, "again: before > 0", "again: before > 'R10'"),
        *("before is integer and 'R10' is text: they cannot be compared", "Compare and combine values of one type"),
    ),
    "a condition that is no boolean": (
        *(CALLS, "denominator: minutes > 1", "denominator: contact_type"),
        *("'contact_type' is code", "It has to be boolean or decimal"),
    ),
    "a look at an unknown concept": (
        *(CALLS, "of: visit", "of: visti"),
        *("there is no concept visti", "Did you mean visit?"),
    ),
    "a look by what is not shared": (
        *(CALLS, "of: visit", "of: unit"),
        *("there is no reference person in unit", "There is none yet"),
    ),
    "a look at an unknown attribute": (
        *(CALLS, "where: contact_type = 'R10' AND minutes > 5", "where: contact_type = this.contact_typ"),
        *("there is no attribute this.contact_typ", "Did you mean contact_type?"),
    ),
    "a look from an unknown day": (
        *(CALLS, "add_days(day, -30)", "add_days(dya, -30)"),
        *("there is no attribute dya in visit", "Did you mean day?"),
    ),
    "a look without a value": (
        *(CALLS, "take: count", "take: sum"),
        *("take: sum has no value", "Say value: <expression over the other row>"),
        -5,
    ),
    "an unknown dimension": (
        *(CALLS, "dimensions: [unit, sex]", "dimensions: [unit, sexx]"),
        *("there is no dimension sexx in visit", "Did you mean sex?"),
    ),
    "a pair of what is no dimension": (
        *(CALLS, "pairs: [[unit, sex]]", "pairs: [[unit, day]]"),
        *("there is no dimension day in calls", "It can be sex, unit"),
    ),
    "another name that is taken": (
        *(CALLS, "dimensions: [unit, sex]", "also: [calls]\ndimensions: [unit, sex]"),
        *("calls already names a measure", "Give a name that no other measure has"),
    ),
    "a target that ends before it begins": (
        *(CALLS, "since: 2026-01-01,", "since: 2026-01-01, until: 2025-01-01,"),
        *("the target ends before it begins", "Mend since or until"),
    ),
    "a denominator of a count": (
        *(CALLS, "result: share", "result: count"),
        *("a count has no denominator", "Delete it, or make the result a share or ratio"),
        2,
    ),
    "an example with an unknown column": (
        *(CALLS, "key | sex", "key | sxe"),
        *("there is no attribute sxe in person", "Did you mean sex?"),
        -1,
    ),
    "an example with a code that is in no list": (
        *(CALLS, "1   | 1      | R10 ", "1   | 1      | R12 "),
        *("'R12' is not in code list contact_type", "Did you mean R10?"),
        -2,
    ),
    "an example with a cell too few": (
        *(CALLS, " | 2026-01-02 08:00 | 10", " | 2026-01-02 08:00"),
        "row 1 of visit has 4 cells under 5 names",
        "Give every row a cell for each name; an empty cell is null",
        -2,
    ),
    "an example of an unknown relation": (
        *(CALLS, "person: |", "persons: |"),
        *("there is no concept persons", "Did you mean person?"),
    ),
    "an example of no period": (
        *(CALLS, "period: 2026-01\n", "period: 2026-13\n"),
        *("'2026-13' is not a period", "Write a month 2023-01, quarter 2023-Q1 or year 2023"),
    ),
    "an example that expects what there is not": (
        *(CALLS, "expect: {numerator: '0'", "expect: {numeratr: '0'"),
        *("there is no number numeratr", "Did you mean numerator?"),
    ),
    "an unknown method": (
        *(SEEN, "name: person_totals", "name: person_total"),
        *("there is no method person_total", "Did you mean person_totals?"),
    ),
    "a method without its argument": (
        *(SEEN, "    amount: minutes", "    amont: minutes"),
        *("person_totals lacks the argument amount", "Add amount: <decimal>"),
        -3,
    ),
    "an argument of another type": (
        *(SEEN, "amount: minutes", "amount: started_at"),
        *("'started_at' is timestamp", "It has to be decimal"),
    ),
    "a column the method does not give": (
        *(SEEN, "numerator: total", "numerator: minutes"),
        *("there is no attribute minutes", "It can be key, period_end, period_start, person, rows, total"),
    ),
    "an unknown attribute of a denominator": (
        *(SEEN, "sum: places", "sum: place"),
        *("there is no attribute place in unit", "Did you mean places?"),
    ),
    "rows that nothing dates": (
        *(SEEN, "each: period_end", "each: row"),
        *("nothing dates a row of unit", "Say at: <date>, or each: period_end"),
        -1,
    ),
    "a rule over what there is not": (
        *(MAIN, "when: visits > 4", "when: visit > 4"),
        *("there is no attribute visit in person", "Did you mean visits?"),
    ),
    "a last rule that does not hold for all": (
        *(MAIN, 'when: "TRUE"', "when: visits > 1"),
        *("the last rule does not hold for all", "End with a rule whose when is TRUE"),
    ),
    "a segment twice": (
        *(MAIN, "segment: rest", "segment: many"),
        *("the segment many stands twice", "Join the two rules"),
    ),
    "services that fit a segment by an area of life there is not": (
        *(MAIN, "when: visits > 4", "when: visits > 4\n    fits: {needs: [luck]}"),
        *("there is no area of life luck", "There is none yet", 1),
    ),
}


def test_a_county_without_faults_has_none(small) -> None:
    assert small.faults() == []


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_told_with_file_line_and_what_would_be_right(small, planted) -> None:
    file, old, new, what, right, *offset = planted
    line = small.plant(file, old, new) + (offset[0] if offset else 0)
    assert (file, line, what, right) in small.faults()


def test_every_fault_is_told_not_the_first_alone(small) -> None:
    planted = {(small.plant(VISIT, "sex: person.sex", "sex: person.sec"), VISIT)}
    planted |= {(small.plant(CALLS, "numerator: call AND again", "numerator: calls"), CALLS)}
    planted |= {(small.plant(CALLS, "denominator: minutes > 1", "denominator: minute > 1"), CALLS)}
    assert planted <= {(line, file) for file, line, _, _ in small.faults()}


def test_a_concept_that_nothing_uses_is_told_unless_it_says_why_it_stands(small) -> None:
    unit = (small.root / UNIT).read_text("utf-8")
    small.write("concepts/spare.yaml", unit.replace("concept: unit", "concept: spare"))
    what = "nothing uses the concept spare: no source, measure or segment list"
    right = "Map it in a source, delete it, or say in used_by why it stands here"
    assert small.faults() == [("concepts/spare.yaml", 1, what, right)]
    small.plant("concepts/spare.yaml", "concept: spare", "concept: spare\nused_by: The web half")
    assert small.faults() == []


def test_concepts_that_refer_in_a_ring_are_told_once(small) -> None:
    label = "label: {fi: Nimi, sv: Namn, en: Name}, definition: Last., standard: Own"
    reference = f"visit: {{type: reference, refers: visit, privacy: plain, {label}}}"
    line = small.plant(UNIT, "  places: {", f"  {reference}\n  places: {{")
    what, right = "concepts refer in a ring: unit > visit > unit", "Drop one of the references"
    [(file, where, told, mend)] = small.faults()
    assert (file, where, told) == (UNIT, line, what)
    assert mend.startswith(right)


def test_a_hierarchy_within_one_concept_is_no_ring(small) -> None:
    label = "label: {fi: Nimi, sv: Namn, en: Name}, definition: Above., standard: Own"
    reference = f"parent: {{type: reference, refers: unit, privacy: plain, {label}}}"
    small.plant(UNIT, "  places: {", f"  {reference}\n  places: {{")
    assert small.faults() == []


def test_a_required_attribute_that_no_table_maps_is_told(small) -> None:
    small.plant(SOURCE, "          started_at: {value: timestamp(START)}\n", "")
    line = (small.root / SOURCE).read_text("utf-8").splitlines().index("      - concept: visit") + 1
    what = "no table of records gives visit its required started_at"
    assert (SOURCE, line, what, "Map started_at to a column") in small.faults()


def test_an_open_list_lets_other_codes_through(small) -> None:
    small.plant(CALLS, "call: contact_type = 'R50'", "call: contact_type = 'R99'")
    small.plant("codes/contact_type/codes.yaml", "version: '1'", "version: '1'\nopen: true")
    assert small.faults() == []


def test_an_overlay_adds_and_replaces_and_says_so(small, tmp_path) -> None:
    own = type(small)(tmp_path / "own")
    unit = (small.root / UNIT).read_text("utf-8")
    own.write(UNIT, unit.replace("A unit.", "Our unit."))
    own.write("concepts/spare.yaml", unit.replace("concept: unit", "concept: spare\nused_by: Us"))
    own.write("codes/sex/codes.yaml", (small.root / "codes/sex/codes.yaml").read_text("utf-8"))
    own.write("codes/sex/codes.csv", "code,fi,sv,en\n1,Mies,Man,Male\n2,Nainen,Kvinna,Female\n9,Muu,Annat,Other\n")
    county, faults = small.read(own.root)
    assert faults == []
    assert check(county) == []
    assert county.concepts["unit"].definition == "Our unit."
    assert "9" in county.codes["sex"].rows
    assert county.overlaid == (
        f"concepts/spare is added by {own.root / 'concepts/spare.yaml'}",
        f"concepts/unit is replaced by {own.root / 'concepts/unit.yaml'}",
        f"codes/sex is replaced by {own.root / 'codes/sex/codes.csv'}",
    )


def test_a_fault_that_an_overlay_brings_is_told_in_the_file_of_the_overlay(small, tmp_path) -> None:
    own = type(small)(tmp_path / "own")
    own.write("codes/sex/codes.yaml", (small.root / "codes/sex/codes.yaml").read_text("utf-8"))
    own.write("codes/sex/codes.csv", "code,fi,sv,en\n1,Mies,Man,Male\n")
    county, _ = small.read(own.root)
    assert {fault.what for fault in check(county)} == {"'2' is not in code list sex"}


@pytest.mark.parametrize(
    ("file", "at", "what", "right"),
    [
        (
            *("measures/extra.yml", "measures/extra.yml", "nothing reads measures/extra.yml"),
            "Name it measures/<name>.yaml",
        ),
        ("measure/extra.yaml", "measure", "there is no content named measure", "Did you mean measures?"),
        (
            *("extra.yaml", "extra.yaml", "nothing reads extra.yaml here"),
            "Put it in concepts, sources, measures, segments, boards, areas, needs, themes, queues, referrals, codes",
        ),
        (
            *("codes/extra/codes.csv", "codes/extra", "the list extra has no codes.yaml"),
            "Add codes.yaml: name, label, version, source, licence",
        ),
        (
            *("codes/extra.csv", "codes/extra.csv", "nothing reads codes/extra.csv"),
            "Put it in a folder of its list: codes/<list>/codes.csv",
        ),
    ],
)
def test_a_file_that_nothing_reads_is_told(small, file, at, what, right) -> None:
    small.write(file, "x")
    assert small.faults() == [(at, 1, what, right)]


def test_a_list_in_a_folder_of_another_name_is_told(small) -> None:
    (small.root / "codes" / "sex").rename(small.root / "codes" / "gender")
    what = "the folder is named gender but holds no list of that name"
    assert ("codes/gender/codes.yaml", 1, what, "Give the folder the name of its list") in small.faults()


def test_a_text_for_people_may_stand_anywhere(small) -> None:
    small.write("measures/README.md", "How we measure.")
    small.write("README.md", "Ours.")
    assert small.faults() == []


def test_the_concepts_and_code_lists_that_come_along_have_no_fault() -> None:
    county, faults = read_county(shipped())
    own = [str(shipped() / kind) for kind in ("concepts", "codes")]
    assert len(county.concepts) >= 36
    assert [str(each) for each in (*faults, *check(county)) if each.file.startswith(tuple(own))] == []
