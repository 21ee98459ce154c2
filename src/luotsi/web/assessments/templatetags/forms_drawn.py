"""`{% load forms_drawn %}`: draws the questions of a form; numbers of a picture as machines read them."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from luotsi.web.assessments.attaching import scanning
from luotsi.web.assessments.drawn import Drawn

register = template.Library()


@register.simple_tag
def question(field: Drawn) -> SafeString:
    """One question, text or group with all below it."""
    notes = [f"h-{field.path}"] if field.help else []
    notes += [f"e-{field.path}"] if field.problems else []
    context: dict[str, object] = {"field": field, "described": " ".join(notes), "id": f"f-{field.path}"}
    if field.kind == "attachment":
        context["connected"] = scanning.is_connected()
    return render_to_string(f"assessments/fields/{field.kind}.html", context)


@register.filter
def plain(number: float) -> str:
    """A coordinate, whatever the language."""
    return f"{number:.1f}"
