"""Writes a referral as a FHIR R4 Bundle."""

from __future__ import annotations

from typing import Any

from luotsi.web.referrals.fhir import CODES, HETU, OID, ORGANISATION, READS_CLOSING, REFERRAL, SERVICE, STATUSES, Told

Json = dict[str, Any]


def bundle(told: Told) -> Json:
    """A referral as a Bundle; what is empty is left out, and a consent that does not hold is not there."""
    resources = [_patient(told), _request(told), _task(told)]
    if told.goals:
        resources.append(
            {
                "resourceType": "Goal",
                "id": "goal",
                "lifecycleStatus": "proposed",
                "description": {"text": told.goals},
                "subject": _to("Patient/person"),
            }
        )
    if told.items:
        resources.append(_consent(told))
    entries = [
        {"fullUrl": f"urn:luotsi:{each['resourceType'].lower()}:{told.id}", "resource": each} for each in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _to(reference: str) -> Json:
    return {"reference": reference}


def _named(system: str, value: str) -> Json:
    return {"identifier": {"system": system, "value": value}}


def _coded(what: str, code: str) -> Json:
    return {"coding": [{"system": CODES + what, "code": code}]}


def _full(resource: Json) -> Json:
    """A resource without what is empty."""
    return {name: value for name, value in resource.items() if value not in ("", [], {}, None)}


def _patient(told: Told) -> Json:
    telecom = (("phone", told.phone), ("email", told.email))
    language = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": told.language}]}, "preferred": True}
    return _full(
        {
            "resourceType": "Patient",
            "id": "person",
            "identifier": [{"system": HETU, "value": told.person}],
            "name": [{"text": told.name}] if told.name else [],
            "telecom": [{"system": system, "value": value} for system, value in telecom if value],
            "communication": [language] if told.language else [],
        }
    )


def _request(told: Told) -> Json:
    performers = ((ORGANISATION, told.organisation), (SERVICE, told.service))
    return _full(
        {
            "resourceType": "ServiceRequest",
            "id": "request",
            "identifier": [{"system": REFERRAL, "value": told.id}],
            "status": STATUSES[told.state][0],
            "intent": "order",
            "category": [{"text": "Wellbeing referral"}],
            "subject": _to("Patient/person"),
            "authoredOn": told.made_at,
            "requester": _named(OID, f"urn:oid:{told.unit}") if told.unit else {},
            "performer": [_named(system, value) for system, value in performers if value],
            "reasonCode": [{"text": told.reason}] if told.reason else [],
            "supportingInfo": [_to("Goal/goal")] if told.goals else [],
            "note": [{"text": told.access_needs}] if told.access_needs else [],
        }
    )


def _task(told: Told) -> Json:
    return _full(
        {
            "resourceType": "Task",
            "id": "task",
            "status": STATUSES[told.state][1],
            "statusReason": _coded("decline", told.decline_reason) if told.decline_reason else {},
            "businessStatus": _coded("state", told.state),
            "intent": "order",
            "focus": _to("ServiceRequest/request"),
            "for": _to("Patient/person"),
            "owner": _named(ORGANISATION, told.organisation) if told.organisation else {},
            "output": [{"type": {"text": "outcome"}, "valueCodeableConcept": _coded("outcome", told.outcome)}]
            if told.outcome
            else [],
        }
    )


def _consent(told: Told) -> Json:
    items = [*told.items, *([READS_CLOSING] if told.reads_closing else [])]
    receives = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP"}]}
    return {
        "resourceType": "Consent",
        "id": "consent",
        "status": "active",
        "scope": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"},
            ]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": _to("Patient/person"),
        "provision": {
            "type": "permit",
            "actor": [{"role": receives, "reference": _named(ORGANISATION, told.organisation)}],
            "code": [_coded("item", each) for each in items],
        },
    }
