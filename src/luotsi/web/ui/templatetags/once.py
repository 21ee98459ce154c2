"""`{% load once %}`: what stands in several places of a page, drawn once. Components of their own are in ui.py."""

from __future__ import annotations

from django import template

register = template.Library()


@register.simple_block_tag
def once(content: str) -> str:
    """What stands inside, to be put where it is wanted: `{% once as links %} ... {% endonce %} {{ links }}`."""
    return content
