"""The JSON interface of the directory: search, one service, its description as OpenAPI. It is for everyone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.services import answering, queries

LANGUAGES = ("fi", "sv", "en")
MOST = 100


def _refused(sentence: str, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def _limit(said: str) -> int | None:
    """The number asked for; None where it is none from 1 to 100."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 4 and 1 <= int(said) <= MOST else None


@require_safe
def search(request: HttpRequest) -> JsonResponse:
    """Services that answer a text: id, name, score, reason."""
    get = request.GET
    limit, language = _limit(get.get("limit", "20")), get.get("lang", "")
    if limit is None:
        return _refused(f"limit must be a whole number from 1 to {MOST}.")
    if language and language not in LANGUAGES:
        return _refused("lang must be fi, sv or en.")
    if not get.get("q", "").strip():
        return _refused("q must say what is searched for.")
    try:
        found = answering.listed(get["q"][:200], area=get.get("area", ""), language=language, limit=limit)
    except UserError as fault:
        return _refused(str(fault))
    return JsonResponse({"services": found}, json_dumps_params={"ensure_ascii": False})


@require_safe
def service(request: HttpRequest, entry: str) -> JsonResponse:
    """One service as HSDS has it."""
    found = queries.entry(entry)
    if found is None or found.removed_at is not None:
        return _refused("There is no such service.", 404)
    return JsonResponse(answering.as_hsds(found), json_dumps_params={"ensure_ascii": False})


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """The interface as OpenAPI 3.1."""
    return JsonResponse(openapi())


def openapi() -> dict[str, Any]:
    """What the interface takes and gives."""
    fault = {"description": "What was wrong with the request", "content": _json({"$ref": "#/components/schemas/Error"})}
    found = {"type": "object", "required": ["services"], "properties": {"services": _list("Found")}}
    searching = {
        "summary": "Services that answer a text in people's own words, best first",
        "operationId": "search",
        "parameters": [
            _parameter("q", {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}, required=True),
            _parameter("area", {"type": "string", "maxLength": 100}),
            _parameter("lang", {"type": "string", "enum": list(LANGUAGES)}),
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 20}),
        ],
        "responses": {"200": {"description": "The services", "content": _json(found)}, "400": fault},
    }
    one = {
        "summary": "One service, as Open Referral's HSDS 3 has it",
        "operationId": "service",
        "parameters": [{**_parameter("entry", {"type": "string"}, required=True), "in": "path"}],
        "responses": {
            "200": {"description": "The service", "content": _json({"$ref": "#/components/schemas/Service"})},
            "404": fault,
        },
    }
    words, string = ("id", "name", "reason"), {"type": "string"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Luotsi: the service directory", "version": "1", "license": {"name": "EUPL-1.2"}},
        "servers": [{"url": settings.ADDRESS}],
        "paths": {"/api/services/": {"get": searching}, "/api/services/{entry}/": {"get": one}},
        "components": {
            "schemas": {
                "Error": {"type": "object", "required": ["error"], "properties": {"error": string}},
                "Found": {
                    "type": "object",
                    "required": [*words, "score"],
                    "properties": {
                        **dict.fromkeys(words, string),
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                },
                "Service": {
                    "type": "object",
                    "required": ["id", "name", "status", "organization"],
                    "properties": {"id": string, "name": string, "status": string, "organization": {"type": "object"}},
                },
            }
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _parameter(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}
