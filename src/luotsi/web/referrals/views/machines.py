"""A referral as FHIR, for those who may open it: what another system is handed."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.web.people.permissions import permitted
from luotsi.web.referrals import queries
from luotsi.web.referrals.fhir.writing import bundle


@require_safe
@permitted("referral.read")
def fhir(request: HttpRequest, referral: uuid.UUID) -> HttpResponse:
    """A Bundle of Patient, ServiceRequest, Goal, Task and Consent. The reading is logged."""
    try:
        opened = queries.opened(by=request.user, referral=referral)  # pyright: ignore[reportArgumentType]
    except queries.NoReferral as no:
        raise Http404(_("There is no such referral.")) from no
    answer = JsonResponse(
        bundle(queries.told(opened)), json_dumps_params={"ensure_ascii": False}, content_type="application/fhir+json"
    )
    answer["Content-Disposition"] = 'attachment; filename="referral.json"'
    return answer
