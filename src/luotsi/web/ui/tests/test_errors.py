"""The pages of what went wrong."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.utils.translation import override

from luotsi.web.ui import errors
from luotsi.web.ui.middleware import DatabaseAway

NOTHING_TO_SEE = {"fi": "Tällaista sivua ei ole", "sv": "Sidan finns inte", "en": "There is no such page"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: Client, language: str) -> None:
    answer = client.get("/no/such/page/", headers={"accept-language": language})
    assert answer.status_code == 404
    assert NOTHING_TO_SEE[language] in answer.content.decode()


@pytest.mark.django_db
def test_a_sentence_of_our_own_is_told_and_one_of_the_framework_is_not(rf: RequestFactory) -> None:
    request = rf.get("/")
    with override("en"):
        ours = errors.not_found(request, Http404("No release has this name.")).content.decode()
        theirs = errors.not_found(request, Http404("No User matches the given query.")).content.decode()
    assert "No release has this name." in ours
    assert "given query" not in theirs


@pytest.mark.django_db
def test_what_one_may_not_see_says_whom_to_ask(rf: RequestFactory) -> None:
    with override("en"):
        answer = errors.forbidden(rf.get("/"), PermissionDenied("Your roles do not allow this."))
    assert answer.status_code == 403
    assert "administrator" in answer.content.decode()


def test_a_form_that_went_stale_says_that_nothing_was_saved() -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"}, headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "status"), [(errors.bad_request, 400), (errors.broken, 500), (errors.unavailable, 503)]
)
def test_our_own_faults_speak_three_languages_without_the_database(
    rf: RequestFactory, page: object, status: int
) -> None:
    answer = page(rf.get("/", headers={"accept-language": "sv"}))  # type: ignore[operator]
    text = answer.content.decode()
    assert answer.status_code == status
    assert text.index('lang="sv"') < text.index('<section lang="fi"') < text.index('<section lang="en"')


def test_a_database_that_does_not_answer_is_a_503_and_other_faults_go_on(rf: RequestFactory) -> None:
    around = DatabaseAway(lambda _request: pytest.fail("not called"))
    request: HttpRequest = rf.get("/")
    answer = around.process_exception(request, OperationalError("connection refused"))
    assert answer is not None
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert around.process_exception(request, ValueError("ours")) is None
