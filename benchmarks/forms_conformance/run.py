"""Runs HL7's own test cases against the form engine and counts what passes: FHIRPath R4, responses to forms.

The cases are not in this repository: `--cases` is a clone of github.com/FHIR/fhir-test-cases. `--keep` writes the table
between the marks of the README beside this.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from luotsi.concepts.errors import UserError
from luotsi.forms import paths, questionnaire, wire
from luotsi.forms.lists import Lists, resources
from luotsi.forms.receiving import received

README = Path(__file__).with_name("README.md")
MARKS = ("<!-- table: written by run.py --keep -->", "<!-- end of table -->")
JSON_OF = {
    "patient-example.xml": "r4/examples/patient-example.json",
    "observation-example.xml": "r4/examples/observation-example.json",
    "questionnaire-example.xml": "r4/examples/questionnaire-example.json",
    "codesystem-example.xml": "r4/examples/codesystem-example.json",
    "valueset-example-expansion.xml": "r5/examples/valueset-example-expansion.json",
    "parameters-example-types.xml": "r5/examples/parameters-example-types.json",
    "patient-example-period.xml": "r5/examples/patient-example-period.json",
}
"""The suite names XML; we read JSON, and the same resources stand there as JSON too."""


def fhirpath(cases: Path) -> Iterator[tuple[str, str, str]]:
    """(group, test, what is wrong or '') of every test of the FHIRPath suite."""
    suite = ElementTree.parse(cases / "r4/fhirpath/tests-fhir-r4.xml").getroot()
    read: dict[str, Any] = {}
    for group in suite.findall("group"):
        for test in group.findall("test"):
            file = test.get("inputfile", "")
            if file not in read:
                path = cases / JSON_OF.get(file, f"r4/{file}")
                read[file] = wire.loads(path.read_bytes()) if file else None
            yield group.get("name", ""), test.get("name", ""), _path_fault(test, read[file])


def _path_fault(test: ElementTree.Element, resource: Any) -> str:
    expression = test.find("expression")
    assert expression is not None
    wanted = [(each.get("type", ""), each.text or "") for each in test.findall("output")]
    try:
        given = paths.read(expression.text or "").run(resource, {"resource": resource, "rootResource": resource})
    except paths.PathError as error:
        return "" if expression.get("invalid") else str(error)
    if expression.get("invalid"):
        return f"gives {given!r:.60} where it is to be refused"
    if test.get("predicate") == "true":
        given = [bool(given) if not (len(given) == 1 and isinstance(given[0], bool)) else given[0]]
    if len(given) != len(wanted) or not all(_same(*each) for each in zip(given, wanted, strict=True)):
        return f"gives {given!r:.80}, not {wanted!r:.80}"
    return ""


def _same(given: Any, wanted: tuple[str, str]) -> bool:
    kind, text = wanted
    if isinstance(given, bool):
        return str(given).lower() == text
    if isinstance(given, int | Decimal):
        return Decimal(given) == Decimal(text)
    if isinstance(given, dict):
        return not text or f"{given.get('value')} '{given.get('code')}'" == text
    plain = text.removeprefix("@")
    return str(given) == (plain.removeprefix("T") if kind in ("", "time") else plain.removeprefix("@"))


def responses(cases: Path) -> Iterator[tuple[str, str]]:
    """(case, what is wrong or '') of every R4 response whose case says whether it is right."""
    manifest = json.loads((cases / "validator/manifest.json").read_text("utf-8"))
    for case in manifest["test-cases"]:
        said = re.search(r"expecting success: (True|False)", case.get("description", ""))
        if said and case.get("supporting"):
            yield case["name"], _response_fault(cases / "validator", case, said[1] == "True")


def _response_fault(folder: Path, case: dict[str, Any], right: bool) -> str:
    try:
        beside = [wire.loads((folder / each).read_bytes()) for each in case["supporting"]]
        form = questionnaire.read(next(each for each in beside if each["resourceType"] == "Questionnaire"))
        _, found = received(form, wire.loads((folder / case["file"]).read_bytes()), Lists(resources(beside)), "en")
    except (UserError, OSError) as error:
        return "" if not right else str(error)
    errors = [each.message for each in found if each.severity == "error"]
    if right and errors:
        return f"refused: {errors[0]}"
    return "" if right or errors else "let through"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=Path, required=True)
    asked.add_argument("--keep", action="store_true")
    given = asked.parse_args()
    lines = list(table(given.cases))
    print("\n".join(lines))
    if given.keep:
        head, _, rest = README.read_text("utf-8").partition(MARKS[0])
        tail = rest.partition(MARKS[1])[2]
        README.write_text("\n".join([head + MARKS[0], "", *lines, "", MARKS[1] + tail]), "utf-8")


def table(cases: Path) -> Iterator[str]:
    """The counts by group, and every case that fails with what it gives."""
    tried = list(fhirpath(cases))
    total, passed = Counter(each[0] for each in tried), Counter(each[0] for each in tried if not each[2])
    yield f"FHIRPath R4: {sum(passed.values())} of {len(tried)} pass.\n\n| group | tests | pass |\n| --- | --- | --- |"
    yield from (f"| {group} | {count} | {passed[group]} |" for group, count in sorted(total.items()))
    judged = list(responses(cases))
    yield f"\nResponses to questionnaires: {sum(not each[1] for each in judged)} of {len(judged)} pass.\n"
    yield "| case that fails | why |\n| --- | --- |"
    failed = [*judged, *((f"{group} / {name}", fault) for group, name, fault in tried)]
    yield from (f"| {name} | {_cell(fault)} |" for name, fault in failed if fault)


def _cell(fault: str) -> str:
    return " ".join(fault.replace("|", "\\|").split())[:200]


if __name__ == "__main__":
    main()
