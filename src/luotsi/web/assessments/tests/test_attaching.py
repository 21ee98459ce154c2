"""Files attached to answers: what is taken, what is refused, who opens them, and that none is shown in the page."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from luotsi.forms import judging
from luotsi.forms.content import form_of
from luotsi.forms.records import FormRecord
from luotsi.web.assessments import published
from luotsi.web.assessments.attaching import actions, scanning
from luotsi.web.assessments.attaching.models import MOST_BYTES, File
from luotsi.web.assessments.models import Change, Response
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import BACK, RECORD, publish, translated
from luotsi.web.assessments.tests.test_answering import hidden, kept, post, text
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import person, user_with

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%made up\n"
PNG = b"\x89PNG\r\n\x1a\nmade up"


def with_files(**more: Any) -> dict[str, Any]:
    """The form of tests with a question for a file and one for several."""
    form = copy.deepcopy(BACK)
    form["item"][0]["item"] += [
        {"linkId": "picture", "type": "attachment", **translated("Kuva selästä"), **more},
        {"linkId": "papers", "type": "attachment", "repeats": True, **translated("Paperit")},
    ]
    return form


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    """A house with the scanner of demonstrations."""
    settings.DEMONSTRATION = True


@pytest.fixture
def back(db: None) -> Any:
    """The form with files, published."""
    return publish(with_files())


@pytest.fixture
def address(resident: Client) -> str:
    """The address of a form just begun."""
    return resident.post("/forms/back/")["location"]


def attach(client: Client, address: str, path: str, content: bytes, name: str = "selkä.pdf") -> Any:
    page = f"{address}files/{path}/"
    file = SimpleUploadedFile(name, content)
    return client.post(page, {"token": hidden(text(client.get(page)))["token"], "file": file})


def test_a_file_is_attached_after_what_was_typed_is_saved_and_is_one_answer(resident: Client, address: str) -> None:
    led = post(resident, address, "attach picture", weeks="3")
    assert led["location"] == f"{address}files/picture/"
    assert kept("weeks") == [3]
    assert attach(resident, address, "picture", PDF).status_code == 302
    file = File.objects.get()
    assert (bytes(file.content), file.kind, file.name) == (PDF, "application/pdf", "selkä.pdf")
    assert kept("picture") == [
        {"contentType": "application/pdf", "url": f"urn:uuid:{file.pk}", "size": len(PDF), "title": "selkä.pdf"}
    ]
    assert Change.objects.filter(path="picture").count() == 1
    assert "selkä.pdf" in text(resident.get(address))
    attach(resident, address, "picture", PNG, "uusi.png")
    assert [each.name for each in File.objects.all()] == ["uusi.png"], "the file before is not erased"
    saved = post(resident, address, "save", weeks="4")
    assert saved.status_code == 302
    assert [each["title"] for each in kept("picture")] == ["uusi.png"]


def test_a_question_that_takes_several_files_has_each_and_loses_the_one_removed(resident: Client, address: str) -> None:
    attach(resident, address, "papers", PDF, "one.pdf")
    attach(resident, address, "papers", PNG, "two.png")
    page = text(resident.get(f"{address}files/papers/"))
    gone = re.search(r'name="remove" value="([^"]+)" aria-label="Remove: one.pdf"', page)
    assert gone
    resident.post(f"{address}files/papers/", {"token": hidden(page)["token"], "remove": gone[1]})
    assert [each["title"] for each in kept("papers")] == ["two.png"]
    assert [each.name for each in File.objects.all()] == ["two.png"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty"),
        (b"<script>alert(1)</script>", "Only PDF files and pictures"),
        (b"PK\x03\x04 a spreadsheet", "Only PDF files and pictures"),
        (PDF + b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "The file holds a virus"),
        (PDF + b"0" * MOST_BYTES, "The file is larger than 5 megabytes"),
        (PDF + b"0" * (MOST_BYTES + 200_000), "The file is too large"),
    ],
)
def test_a_file_that_is_not_taken_is_told_and_leaves_nothing(
    resident: Client, address: str, content: bytes, told: str
) -> None:
    answer = attach(resident, address, "picture", content)
    assert answer.status_code in (413, 422)
    assert told in text(answer)
    assert not File.objects.exists()
    assert kept("picture") == []


def test_a_scanner_that_does_not_answer_lets_no_file_through(
    resident: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: Any, _content: bytes) -> str:
        raise OSError

    monkeypatch.setattr(scanning.MockScanner, "found", away)
    assert "could not be checked for viruses" in text(attach(resident, address, "picture", PDF))
    assert not File.objects.exists()


def test_without_a_scanner_the_form_says_that_files_cannot_be_attached(
    resident: Client, address: str, settings: Any
) -> None:
    page = f"{address}files/picture/"
    token = hidden(text(resident.get(page)))["token"]
    settings.DEMONSTRATION = False
    assert "Files cannot be attached here yet" in text(resident.get(address))
    answer = resident.post(page, {"token": token, "file": SimpleUploadedFile("a.pdf", PDF)})
    assert (answer.status_code, File.objects.count()) == (422, 0)


def test_the_limits_of_a_form_hold_besides_those_of_the_house(rauha: Any) -> None:
    url = "http://hl7.org/fhir/StructureDefinition/"
    publish(with_files(extension=[{"url": f"{url}mimeType", "valueCode": "image/png"}]), version="2")
    client = signed_in(rauha)
    address = client.post("/forms/back/")["location"]
    assert attach(client, address, "picture", PDF).status_code == 422
    assert not File.objects.exists()
    assert attach(client, address, "picture", PNG, "a.png").status_code == 302


def finished(client: Client, address: str) -> str:
    post(client, address, "save", weeks="8", numb="no")
    assert post(client, address, "finish").status_code == 302
    return f"{address}result/"


def test_a_file_is_handed_out_to_be_saved_and_never_shown_in_the_page(resident: Client, address: str) -> None:
    attach(resident, address, "picture", PDF, '../../<b>selkä".pdf')
    shown = text(resident.get(finished(resident, address)))
    found = re.search(r'href="(/answers/[^"]+/file/[^"]+)" download', shown)
    assert found
    answer = resident.get(found[1])
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''_b_selk%C3%A4_.pdf"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_professional_opens_the_file_and_no_one_else_does(
    resident: Client, professional: Client, rauha: Any, address: str
) -> None:
    attach(resident, address, "picture", PDF)
    finished(resident, address)
    response, file = Response.objects.get(), File.objects.get()
    seen = text(professional.get(f"/persons/{rauha.person.pk}/answers/{response.pk}/"))
    there = f"/persons/{rauha.person.pk}/answers/{response.pk}/file/{file.pk}/"
    assert there in seen
    assert professional.get(there).content == PDF
    other = person("230368-9116", "Veikko Verrokki", municipality="179")
    other.user = User.objects.create_user("veikko@luotsi.example", name="Veikko")
    other.save()
    assert signed_in(other.user).get(f"/answers/{response.pk}/file/{file.pk}/").status_code == 404
    assert signed_in(user_with(Role.PROFESSIONAL)).get(there).status_code == 403
    assert Client().get(f"/answers/{response.pk}/file/{file.pk}/").status_code == 302


def test_a_professional_attaches_a_file_to_a_form_filled_with_the_client(professional: Client, rauha: Any) -> None:
    begun = professional.post(f"/persons/{rauha.person.pk}/forms/back/")["location"]
    led = post(professional, begun, "attach papers", weeks="2")
    assert led["location"] == f"{begun}files/papers/"
    assert attach(professional, begun, "papers", PDF).status_code == 302
    assert File.objects.get().by.name == "The professional"


def test_completed_answers_keep_their_file_when_a_correction_takes_it_away(resident: Client, address: str) -> None:
    attach(resident, address, "picture", PDF)
    finished(resident, address)
    assert resident.get(f"{address}files/picture/").status_code == 404
    first, file = Response.objects.get(), File.objects.get()
    new = resident.post(f"/answers/{first.pk}/correct/")["location"]
    page = f"{new}files/picture/"
    resident.post(page, {"token": hidden(text(resident.get(page)))["token"], "remove": str(file.pk)})
    assert kept("picture") == []
    assert resident.get(f"/answers/{first.pk}/file/{file.pk}/").content == PDF


def test_a_page_without_our_token_or_of_another_response_attaches_nothing(resident: Client, address: str) -> None:
    page = f"{address}files/picture/"
    for token in ("", "made up"):
        answer = resident.post(page, {"token": token, "file": SimpleUploadedFile("a.pdf", PDF)})
        assert answer.status_code == 403
    assert resident.get(f"{address}files/weeks/").status_code == 404
    assert resident.get(f"{address}files/nothing:9/").status_code == 404
    good = hidden(text(resident.get(page)))["token"]
    assert resident.post(page, {"token": good, "remove": "no uuid"}).status_code == 404
    assert not File.objects.exists()


def test_names_of_files_are_plain() -> None:
    given = ["a.pdf", "C:\\x\\b.pdf", "../c.pdf", "", "\x00d\n.pdf", "e" * 300 + ".pdf"]
    assert [actions.named(each) for each in given[:5]] == ["a.pdf", "b.pdf", "c.pdf", "file", "_d_.pdf"]
    assert len(actions.named(given[5])) == 100


def test_a_form_by_link_asks_for_no_file() -> None:
    record = {**RECORD, "by_link": True, "outcomes": []}
    form = form_of(with_files(), FormRecord.model_validate(record), published.county())
    told = [each.what for each in judging.check_form(form, published.county()) if "a file is asked" in each.what]
    assert len(told) == 2
