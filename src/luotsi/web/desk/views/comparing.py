"""The page that compares two periods over many measures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.web.desk import choices, comparing, periods, readings, words
from luotsi.web.desk.views.arriving import Here, on_release, page
from luotsi.web.people.permissions import permitted
from luotsi.web.results import queries as results


@require_safe
@permitted("measure.read")
@on_release
def compare(request: HttpRequest, here: Here) -> HttpResponse:
    """Two periods, `before` and `after`, over all measures or a family, sorted by change."""
    grain = periods.named(here.filters.grain) or "year"
    known = comparing.choices(here.release, grain)
    before, after, said = _periods(request, known)
    family, order = request.GET.get("family", ""), comparing.named_order(request.GET.get("order", ""))
    families = sorted({each.family for each in results.definitions(here.release).values()}, key=words.family)
    family = family if family in families else ""
    pairs, untold = [], []
    if before and after:
        pairs, untold = comparing.compare(
            here.release, before, after, codes=here.filters.codes, family=family, order=order
        )
    context = {
        "pairs": pairs,
        "untold": untold,
        "before": before,
        "after": after,
        "grain": grain,
        "grains": [(each, words.grain(each)) for each in periods.GRAINS],
        "periods": [(each, periods.label(each)) for each in known],
        "families": [(each, words.family(each)) for each in families],
        "family": family,
        "order": order,
        "orders": [("worse", _("Worse first")), ("size", _("Largest change first")), ("name", _("By name"))],
        "said": said,
        "selects": [each for each in choices.selects(here.release, here.filters) if each.name not in ("from", "to")],
        "scoped_to": words.group(here.release, readings.group(here.filters.codes)),
        "counts": _counts(pairs),
    }
    return page(request, here, "compare", context)


def _periods(request: HttpRequest, known: list[str]) -> tuple[str, str, list[str]]:
    """The two periods of the address, else the first and the last of the release; sentences for those not known."""
    if not known:
        return "", "", []
    said: list[str] = []
    chosen = {"before": known[-1], "after": known[0]}
    for name in chosen:
        asked = request.GET.get(name, "")
        if asked in known:
            chosen[name] = asked
        elif asked and periods.is_period(asked) and periods.grain(asked) == periods.grain(known[0]):
            said.append(_("The release has no numbers of %(period)s.") % {"period": periods.label(asked)})
        elif asked and not periods.is_period(asked):
            said.append(_("“%(text)s” is not a period.") % {"text": asked[:40]})
    return chosen["before"], chosen["after"], said


def _counts(pairs: list[comparing.Pair]) -> list[tuple[str, str, int]]:
    """How many measures there are of each verdict: (kind, words, count)."""
    found: dict[tuple[str, str], int] = {}
    for pair in pairs:
        status = words.verdict(pair.verdict)
        found[status] = found.get(status, 0) + 1
    order = ["bad", "good", "info", "neutral", "missing"]
    return sorted(((*status, count) for status, count in found.items()), key=lambda each: order.index(each[0]))
