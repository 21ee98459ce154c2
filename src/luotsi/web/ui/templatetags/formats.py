"""`{% load formats %}`: numbers, shares, periods and times in the reader's language, as filters."""

from django import template

from luotsi.web.ui import formats

register = template.Library()

for name in ("number", "share", "points", "measured", "brief", "difference", "period", "short_period", "moment"):
    register.filter(name, getattr(formats, name))
register.filter("day", formats.date)
register.filter("clock", formats.time)
