"""What has to hold of the shipped forms whatever their examples say: help is named, risk is not hidden."""

from collections.abc import Iterator

import pytest

from luotsi.concepts.expressions import names, parse
from luotsi.concepts.shipped import open_county
from luotsi.forms.content import Form, open_forms
from luotsi.forms.outcomes import Result
from luotsi.forms.records import Example

LANGUAGES = ("fi", "sv", "en")
EMERGENCY = ("112", "116117")
SAID_OF_FEAR = ("pelkä", "väkival", "rädd", "våld", "afraid", "violen")
"""Words that tell a bystander at the screen what was answered on a frightening person."""
SIGNS = "warning_signs"


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    return open_forms(open_county())


def asked_of_residents(forms: dict[str, Form]) -> list[Form]:
    found = [each for each in forms.values() if each.record.kind in ("symptom", "needs", "previsit")]
    assert found
    return found


def harmless(form: Form) -> Example:
    """The example that ends in self-care with no warning sign up."""
    return next(
        each
        for each in form.record.examples
        if each.expect.get("outcome") == "self_care" and each.expect.get("urgency") == "self_care"
    )


def signs(form: Form) -> Iterator[str]:
    """The questions on warning signs."""
    yield from {name for name, _ in names(parse(form.record.scores[SIGNS].value))}


def answered(form: Form, **more: str) -> Result:
    page = form.begin()
    assert not page.fill({**harmless(form).answers, **more})
    return form.judged(page, form.record.reviewed)


def test_every_red_flag_says_in_each_language_where_to_call(forms: dict[str, Form]) -> None:
    flags = [
        (form.name, outcome) for form in asked_of_residents(forms) for outcome in form.record.outcomes if outcome.stop
    ]
    assert flags
    for form, outcome in flags:
        for language in LANGUAGES:
            action = getattr(outcome.action, language)
            assert any(number in action for number in EMERGENCY), f"{form} {outcome.outcome} {language}: {action}"
        assert outcome.urgency == "now", f"{form} {outcome.outcome}"
        assert outcome.queue is None, f"{form} {outcome.outcome}: an emergency never waits in a queue"


def test_a_warning_sign_that_is_up_is_never_less_than_a_contact_today(forms: dict[str, Form]) -> None:
    for form in forms.values():
        for sign in signs(form) if SIGNS in form.record.scores else ():
            main = answered(form, **{sign: "yes"}).main
            assert main is not None, f"{form.name} {sign}"
            assert main.record.urgency in ("now", "today"), f"{form.name} {sign}"


def test_a_warning_sign_that_is_not_known_is_a_contact_today(forms: dict[str, Form]) -> None:
    told = [(form, sign) for form in forms.values() if SIGNS in form.record.scores for sign in signs(form)]
    assert len({form.name for form, _ in told}) == 4
    for form, sign in told:
        main = answered(form, **{sign: "unknown"}).main
        assert main is not None, f"{form.name} {sign}"
        assert main.record.urgency == "today", f"{form.name} {sign}"


def test_a_form_that_is_answered_in_part_does_not_say_that_all_is_well(forms: dict[str, Form]) -> None:
    for form in asked_of_residents(forms):
        last = form.record.outcomes[-1].outcome
        assert form.judged(form.begin()).main is None, form.name
        whole = next(each for each in form.record.examples if each.expect.get("outcome") == last)
        kept = dict(list(whole.answers.items())[: len(whole.answers) // 2])
        page = form.begin()
        page.fill(kept)
        reached = [each.record.outcome for each in form.judged(page, form.record.reviewed).outcomes]
        assert last not in reached, form.name


def test_all_is_well_is_not_said_beside_anything_else(forms: dict[str, Form]) -> None:
    for form in asked_of_residents(forms):
        last = form.record.outcomes[-1].outcome
        for example in form.record.examples:
            page = form.begin()
            page.fill(example.answers)
            reached = [each.record.outcome for each in form.judged(page, form.record.reviewed).outcomes]
            assert last not in reached or reached == [last], f"{form.name}: {example.name}"


def test_fear_of_someone_close_is_heard_today_and_not_told_on_the_screen(forms: dict[str, Form]) -> None:
    heard = [
        (form.name, outcome)
        for form in forms.values()
        for outcome in form.record.outcomes
        if ("afraid", None) in names(parse(outcome.when)) and outcome.urgency != "self_care"
    ]
    assert len(heard) >= 5
    for form, outcome in heard:
        assert outcome.urgency == "today", f"{form} {outcome.outcome}"
        assert outcome.queue, f"{form} {outcome.outcome}"
        for language in LANGUAGES:
            said = f"{getattr(outcome.reason, language)} {getattr(outcome.action, language)}".lower()
            assert not any(word in said for word in SAID_OF_FEAR), f"{form} {outcome.outcome} {language}"


def test_a_need_of_social_care_is_answered_within_seven_working_days(forms: dict[str, Form]) -> None:
    promised = [
        (form.name, outcome)
        for form in forms.values()
        if form.record.kind == "needs"
        for outcome in form.record.outcomes
        if outcome.queue and outcome.urgency == "days"
    ]
    assert promised
    for form, outcome in promised:
        number, _, unit = (outcome.answer_within or "").partition(" ")
        assert unit.startswith("working day"), f"{form} {outcome.outcome}"
        assert int(number) <= 7, f"{form} {outcome.outcome}"
