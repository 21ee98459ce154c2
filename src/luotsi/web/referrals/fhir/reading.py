"""Reads a referral from a FHIR R4 Bundle of any sender: what cannot be right is one sentence, and nothing is guessed.

The ServiceRequest says the matter, Task how it stands, Consent what may be passed on. Words of other systems that we do
not know are left aside; what a referral cannot do without is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import hetu_fault, normal_hetu
from luotsi.concepts.referrals import ITEMS, OUTCOMES
from luotsi.web.referrals.fhir import CODES, HETU, OID, ORGANISATION, READS_CLOSING, REFERRAL, SERVICE, STATUSES, Told

Json = dict[str, Any]
ENDED = ("revoked", "entered-in-error", "completed")
"""A ServiceRequest that is nothing to be done about any more."""


def parsed(text: str | bytes, where: str) -> Any:
    """The JSON of a file. Raises UserError, which says where it breaks."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UserError(f"{where} is not JSON ({fault}). Send a FHIR R4 Bundle as JSON.") from fault


def read(bundle: Any, *, ours: bool = False) -> Told:
    """What a Bundle tells of one referral. ours: state and outcome are taken as they are told; another system's
    referral is a draft, or consented where its Consent holds. Raises UserError.
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        _no("This is no FHIR Bundle. Send a Bundle with a ServiceRequest in it")
    request = _only(bundle, "ServiceRequest")
    if request is None:
        _no("The Bundle has no ServiceRequest. Add the one that says the referral")
    if not ours and _text(request, "status") in ENDED:
        _no(f"The ServiceRequest is {_text(request, 'status')}. Send referrals that are to be acted on")
    patient = _person(bundle, request)
    task, consent, goal = (_only(bundle, kind) for kind in ("Task", "Consent", "Goal"))
    organisation = _identified(_every(request, "performer"), ORGANISATION)
    items = _items(consent, organisation) if consent else []
    state, outcome, declined = _standing(task)
    reasons = [_text(each, "text") or _text(each, "coding", "display") for each in _every(request, "reasonCode")]
    return Told(
        id=_id(request),
        person=_code(patient, request),
        name=_text(patient, "name", "text"),
        unit=_identified(_every(request, "requester"), OID).removeprefix("urn:oid:"),
        organisation=organisation,
        service=_identified(_every(request, "performer"), SERVICE),
        reason=" ".join(each for each in reasons if each),
        goals=_text(goal, "description", "text") if goal else "",
        language=_text(patient, "communication", "language", "coding", "code")[:2].lower(),
        access_needs=" ".join(_text(each, "text") for each in _every(request, "note")),
        phone=_telecom(patient, "phone"),
        email=_telecom(patient, "email"),
        state=state if ours else ("consented" if items else "draft"),
        outcome=outcome if ours else "",
        decline_reason=declined if ours else "",
        items=tuple(each for each in ITEMS if each in items),
        reads_closing=READS_CLOSING in items,
        made_at=_text(request, "authoredOn"),
    )


def _no(sentence: str) -> NoReturn:
    raise UserError(f"{sentence}.")


def _every(value: Any, *path: str) -> Iterator[Any]:
    """Each thing at a path, lists on the way opened; nothing where the shape is another."""
    if isinstance(value, list):
        for each in value:
            yield from _every(each, *path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _every(value[path[0]], *path[1:])


def _text(value: Any, *path: str) -> str:
    """The first text at a path; "" where there is none."""
    return next((each.strip() for each in _every(value, *path) if isinstance(each, str) and each.strip()), "")


def _only(bundle: Json, kind: str) -> Json | None:
    """The one resource of a kind. Raises UserError where there are several."""
    found = [
        each
        for each in _every(bundle, "entry", "resource")
        if isinstance(each, dict) and each.get("resourceType") == kind
    ]
    if len(found) > 1:
        _no(f"The Bundle has {len(found)} resources {kind}. Send one referral in a Bundle")
    return found[0] if found else None


def _person(bundle: Json, request: Json) -> Json:
    """The Patient of the Bundle; where there is none, the subject of the request has to say who it is."""
    return _only(bundle, "Patient") or next((each for each in _every(request, "subject") if isinstance(each, dict)), {})


def _identified(found: Iterator[Any], system: str) -> str:
    """The value of the first identifier of a system."""
    identifiers = (each for one in found for each in _every(one, "identifier"))
    return next((_text(each, "value") for each in identifiers if _text(each, "system") == system), "")


def _id(request: Json) -> str:
    """The sender's id of the referral: the identifier of the request, ours before others, else its resource id."""
    known = _identified(iter([request]), REFERRAL)
    found = known or _text(request, "identifier", "value") or _text(request, "id")
    if not found or len(found) > 100:
        _no("The ServiceRequest has no identifier of at most 100 characters. Add one, so that it is taken in once")
    return found


def _code(patient: Json, request: Json) -> str:
    code = _identified(iter([patient]), HETU) or _identified(_every(request, "subject"), HETU)
    if not code:
        _no(f"The Bundle does not say whose referral it is. Add the personal identity code with the system {HETU}")
    if fault := hetu_fault(normal_hetu(code)):
        _no(f"The personal identity code of the Bundle is not right ({fault}). Mend it where the referral was made")
    return normal_hetu(code)


def _telecom(patient: Json, system: str) -> str:
    found = (each for each in _every(patient, "telecom") if _text(each, "system") == system)
    return next((_text(each, "value") for each in found), "")


def _coded(value: Any, what: str) -> list[str]:
    """The codes of our list in CodeableConcepts."""
    codings = _every(value, "coding")
    return [_text(each, "code") for each in codings if _text(each, "system") == CODES + what]


def _items(consent: Json, organisation: str) -> list[str]:
    """What an active Consent lets be passed on to the organisation of the request."""
    provision = consent.get("provision")
    to = _identified(_every(provision, "actor", "reference"), ORGANISATION)
    if _text(consent, "status") != "active" or _text(provision, "type") != "permit":
        return []
    if not organisation or to != organisation:
        _no("The Consent names another receiver than the ServiceRequest. Let both name the same organisation")
    return [each for one in _every(provision, "code") for each in _coded(one, "item")]


def _standing(task: Json | None) -> tuple[str, str, str]:
    """State, outcome and reason of decline of a Task of ours."""
    state = next(iter(_coded(task, "state") if task is None else _coded(task.get("businessStatus"), "state")), "draft")
    outcome = next(
        iter(each for one in _every(task, "output", "valueCodeableConcept") for each in _coded(one, "outcome")), ""
    )
    declined = next(iter(each for one in _every(task, "statusReason") for each in _coded(one, "decline")), "")
    return (state if state in STATUSES else "draft"), (outcome if outcome in OUTCOMES else ""), declined
