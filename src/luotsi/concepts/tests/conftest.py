"""A small county that is free of faults, in which a test plants the one it speaks of."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from luotsi.concepts.checking import check
from luotsi.concepts.reading import County, Fault, read_county

LABEL = "{fi: Nimi, sv: Namn, en: Name}"
CONTENT = {
    "concepts/person.yaml": f"""
        concept: person
        label: {LABEL}
        definition: A client.
        standard: FHIR Patient
        key: [person_id]
        attributes:
          person_id: {{type: text, privacy: identifying, required: true, label: {LABEL}, definition: Id, standard: X}}
          birth_date: {{type: date, privacy: sensitive, label: {LABEL}, definition: Born., standard: Own}}
          sex: {{type: code, codes: sex, privacy: plain, label: {LABEL}, definition: Sex., standard: Own}}
          address: {{type: text, privacy: identifying, label: {LABEL}, definition: Home., standard: Own}}
        dimensions:
          sex: sex
        """,
    "concepts/unit.yaml": f"""
        concept: unit
        label: {LABEL}
        definition: A unit.
        standard: Own
        key: [unit_code]
        attributes:
          unit_code: {{type: text, privacy: plain, required: true, label: {LABEL}, definition: Code., standard: Own}}
          places: {{type: integer, privacy: plain, label: {LABEL}, definition: Beds., standard: Own}}
        """,
    "concepts/visit.yaml": f"""
        concept: visit
        label: {LABEL}
        definition: A visit.
        standard: Own
        key: [visit_id]
        happens: started_at
        attributes:
          visit_id: {{type: text, privacy: plain, required: true, label: {LABEL}, definition: Id., standard: Own}}
          person: {{type: reference, refers: person, privacy: plain, label: {LABEL}, definition: Who., standard: Own}}
          unit: {{type: reference, refers: unit, privacy: plain, label: {LABEL}, definition: Where., standard: Own}}
          contact_type: {{type: code, codes: contact_type, privacy: plain, label: {LABEL}, definition: x, standard: X}}
          started_at: {{type: timestamp, privacy: plain, required: true, label: {LABEL}, definition: On, standard: X}}
          minutes: {{type: integer, privacy: plain, label: {LABEL}, definition: Length., standard: Own}}
        many:
          answers:
            by: [variable]
            attributes:
              variable: {{type: text, privacy: plain, required: true, label: {LABEL}, definition: Name., standard: Own}}
              number: {{type: decimal, privacy: sensitive, label: {LABEL}, definition: Value., standard: Own}}
        dimensions:
          unit: unit.unit_code
          sex: person.sex
        """,
    "codes/sex/codes.yaml": f"""
        codes: sex
        label: {LABEL}
        version: '1'
        source: Own
        licence: EUPL-1.2
        """,
    "codes/sex/codes.csv": """
        code,fi,sv,en
        1,Mies,Man,Male
        2,Nainen,Kvinna,Female
        """,
    "codes/contact_type/codes.yaml": f"""
        codes: contact_type
        label: {LABEL}
        version: '1'
        source: Own
        licence: EUPL-1.2
        """,
    "codes/contact_type/codes.csv": """
        code,fi,sv,en,parent
        R10,Käynti,Besök,Visit,
        R50,Puhelu,Samtal,Call,R10
        """,
    "sources/records.yaml": f"""
        source: records
        label: {LABEL}
        definition: Patient records.
        owner: Data services
        connector: csv
        tables:
          patient:
            files: ["records_*.csv"]
            changed_at: CHANGED
            columns: {{ID: {{}}, HETU: {{}}, BORN: {{}}, SEX: {{also: [GENDER]}}, HOME: {{}}, CHANGED: {{}}}}
            into:
              - concept: person
                key: {{person_id: {{value: ID, system: $instance}}}}
                attributes:
                  birth_date: {{value: date(BORN)}}
                  sex: {{value: SEX, translate: {{M: '1', F: '2'}}}}
                  address: {{value: HOME}}
                same_as:
                  - member: {{value: ID, system: $instance}}
                    master: {{value: HETU, system: hetu}}
          unit:
            files: ["units_*.csv"]
            columns: {{CODE: {{}}, BEDS: {{}}}}
            into:
              - concept: unit
                key: {{unit_code: {{value: CODE, system: sote}}}}
                attributes:
                  places: {{value: number(BEDS)}}
          visit:
            files: ["visits_*.csv"]
            deleted: GONE = '1'
            columns: {{VISIT: {{}}, ID: {{}}, UNIT: {{}}, KIND: {{}}, START: {{}}, GONE: {{}}}}
            into:
              - concept: visit
                where: VISIT IS NOT NULL
                key: {{visit_id: {{value: VISIT}}}}
                attributes:
                  person: {{value: ID, system: $instance}}
                  unit: {{value: UNIT, system: sote}}
                  contact_type: {{value: "CASE WHEN KIND = 'phone' THEN 'R50' ELSE 'R10' END"}}
                  started_at: {{value: timestamp(START)}}
        """,
    "measures/calls.yaml": f"""
        measure: calls
        version: 1
        label: {LABEL}
        definition: {LABEL}
        why: {LABEL}
        source: Own
        owner: Data services
        review: 2027-01-31
        status: confirmed
        direction: none
        unit: share
        family: access
        rows: visit
        let:
          day: date_of(started_at)
          call: contact_type = 'R50'
        look:
          before:
            of: visit
            where: contact_type = 'R10' AND minutes > 5
            after: add_days(day, -30)
            before: started_at
            take: count
        then:
          again: before > 0
        where: person.sex IN ('1', '2') AND minutes > 0
        result: share
        numerator: call AND again
        denominator: minutes > 1
        counts: events
        dimensions: [unit, sex]
        pairs: [[unit, sex]]
        target:
          - {{value: 0.5, since: 2026-01-01, source: Own}}
        examples:
          - name: one of two
            given:
              visit: |
                key | person | contact_type | started_at       | minutes
                1   | 1      | R10          | 2026-01-02 08:00 | 10
              person: |
                key | sex
                1   | 2
            period: 2026-01
            group: {{sex: '2'}}
            expect: {{numerator: '0', denominator: '1'}}
        """,
    "measures/seen.yaml": f"""
        measure: seen
        version: 1
        label: {LABEL}
        definition: {LABEL}
        why: {LABEL}
        source: Own
        owner: Data services
        review: 2027-01-31
        status: confirmed
        direction: up
        unit: index
        family: access
        rows: visit
        method:
          name: person_totals
          arguments:
            amount: minutes
        result: ratio
        numerator: total
        per:
          rows: unit
          each: period_end
          sum: places
        counts: persons
        dimensions: [sex]
        examples:
          - name: none
            given: {{}}
            period: '2026'
            expect: {{n: '0'}}
        """,
    "segments/main.yaml": f"""
        segments: main
        version: 1
        label: {LABEL}
        definition: {LABEL}
        source: Own
        owner: Data services
        review: 2027-01-31
        status: confirmed
        look:
          visits: {{of: visit, before: time_of(period_end), take: count}}
        rules:
          - segment: many
            label: {LABEL}
            when: visits > 4
          - segment: rest
            label: {LABEL}
            when: "TRUE"
        examples:
          - name: none
            given: {{person: key}}
            period: 2026-01
            expect: {{}}
        """,
}


@dataclass(frozen=True)
class SmallCounty:
    """The small county in a folder of its own."""

    root: Path

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")

    def plant(self, file: str, old: str, new: str) -> int:
        """Puts `new` in place of the one `old` in a file; the line where it stands."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def read(self, *overlays: Path) -> tuple[County, list[Fault]]:
        return read_county(self.root, *overlays)

    def faults(self) -> list[tuple[str, int, str, str]]:
        """Every fault of reading and checking: file, line, what, right."""
        county, faults = self.read()
        return [
            (str(Path(each.file).relative_to(self.root)), each.line, each.what, each.right)
            for each in sorted({*faults, *check(county)})
        ]


@pytest.fixture
def small(tmp_path: Path) -> SmallCounty:
    county = SmallCounty(tmp_path / "small")
    for file, text in CONTENT.items():
        county.write(file, text)
    return county
