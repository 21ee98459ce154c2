"""`{% load ui %}`: the components, one tag each. The living page at /ui shows them with the text that makes them.

A tag that holds other things has an end: `{% card title="..." %} ... {% endcard %}`. Looks are in static/ui.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from luotsi.web.ui import formats, icons

register = template.Library()
register.simple_tag(icons.icon, name="icon")


def _component(name: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/components/{name}.html", context)


@register.inclusion_tag("ui/components/button.html")
def button(
    text: str,
    *,
    kind: str = "secondary",
    href: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    disabled: bool = False,
    download: bool = False,
) -> dict[str, Any]:
    """A button that sends its form, or with `href` a link that looks like one.

    kind: primary (one a page), secondary, quiet, danger. icon: a name of icons.py. name, value: what the form is sent.
    """
    return locals()


@register.simple_tag
def link(text: str, href: str, *, icon: str = "", external: bool = False) -> SafeString:
    """A link in text. icon: a name of icons.py before it. external: leads out of Luotsi, and says so with a sign."""
    before = icons.icon(icon) if icon else ""
    after = icons.icon("external") if external else ""
    rel = SafeString(' rel="external noreferrer"') if external else ""
    return format_html('<a href="{}"{}>{}{}{}</a>', href, rel, before, text, after)


@register.simple_block_tag
def card(content: str, *, title: str = "", href: str = "", kicker: str = "", level: int = 2) -> SafeString:
    """A box that holds one thing. With `href` the whole card leads there. level: of its heading."""
    return _component("card", content=content, title=title, href=href, kicker=kicker, level=level)


@register.simple_block_tag
def tile(
    content: str,
    *,
    title: str,
    value: str = "",
    href: str = "",
    period: str = "",
    target: str = "",
    change: str = "",
    status: str = "",
    status_text: str = "",
    missing: str = "",
    size: str = "",
    level: int = 3,
) -> SafeString:
    """One number of a board; inside it, its chart.

    value, target, change: written already. status: good, attention, bad, neutral, missing or info, with its words in
    status_text. missing: why there is no value; then nothing else is told. size: "", double or wide.
    """
    return _component("tile", **locals())


@register.simple_tag
def status(kind: str, text: str) -> SafeString:
    """How things stand, by shape, word and colour. kind: good, attention, bad, neutral, missing, info."""
    return _component("status", kind=kind, text=text)


@register.simple_tag
def tag(text: str) -> SafeString:
    """A short label without judgement."""
    return format_html('<span class="tag">{}</span>', text)


@register.simple_tag
def change(text: str, *, direction: str = "same", words: str = "") -> SafeString:
    """A change already written, with an arrow. direction: up, down, same. words: since when, against what."""
    return _component("change", text=text, direction=direction, words=words)


@register.simple_block_tag
def notice(content: str, *, kind: str = "info", title: str = "", alive: bool = False) -> SafeString:
    """A message in the page. kind: info, good, attention, bad. alive: read aloud when it appears."""
    return _component("notice", content=content, kind=kind, title=title, alive=alive)


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field: label, hint, error and the control itself. Says which are optional, not which are required."""
    described = [
        name
        for name, there in (
            (f"{bound.id_for_label}-hint", bound.help_text),
            (f"{bound.id_for_label}-error", bound.errors),
        )
        if there
    ]
    attributes: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    group = bool(getattr(bound.field.widget, "use_fieldset", False))
    return {"bound": bound, "control": bound.as_widget(attrs=attributes), "group": group}


@register.inclusion_tag("ui/components/select.html")
def select(
    name: str, label: str, options: Iterable[tuple[str, str]], *, selected: str = "", empty: str = ""
) -> dict[str, Any]:
    """A choice outside a Django form, as in a filter bar. options: (value, text). empty: the text of no choice."""
    return {"name": name, "label": label, "options": options, "selected": str(selected or ""), "empty": empty}


@register.simple_block_tag(takes_context=True)
def filters(context: template.Context, content: str, *, label: str = "", action: str = "") -> SafeString:
    """A bar of choices that go to the address (GET). Inside it selects and fields; the button is its own."""
    return _component("filters", content=content, label=label, action=action)


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Iterable[tuple[str, str]], current: str, label: str) -> dict[str, Any]:
    """Links between views of one thing. items: (text, address). current: the address that is open."""
    return {"items": items, "current": current, "label": label}


@register.inclusion_tag("ui/components/breadcrumb.html")
def breadcrumb(*items: str) -> dict[str, Any]:
    """The way here: text, address, text, address ... and last the text of this page alone."""
    pairs = [(items[at], items[at + 1]) for at in range(0, len(items) - 1, 2)]
    return {"pairs": pairs, "here": items[-1] if len(items) % 2 else ""}


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any], *, parameter: str = "page") -> dict[str, Any]:
    """The pages of a long list; the rest of the query string is kept. page: of a Django paginator."""
    query = context["request"].GET.copy()
    pages: list[tuple[str, str]] = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        query[parameter] = str(number)
        pages.append((str(number), "?" + query.urlencode() if isinstance(number, int) else ""))
    near = dict(pages)
    return {
        "page": page,
        "pages": pages,
        "before": near[str(page.previous_page_number())] if page.has_previous() else "",
        "after": near[str(page.next_page_number())] if page.has_next() else "",
    }


@register.simple_block_tag
def table(content: str, *, caption: str, hide: bool = False, plain: bool = False, stack: bool = False) -> SafeString:
    """A table: inside it thead and tbody. Rolls sideways where it does not fit, also with the keyboard.

    caption: what it shows. hide: the caption only for those who hear the page. plain: no frame, as inside a card.
    stack: on a phone the cells of a row stand under each other, each after its `data-label`.
    Cells of numbers take `class="number"`.
    """
    return _component("table", content=content, caption=caption, hide=hide, plain=plain, stack=stack)


@register.inclusion_tag("ui/components/facts.html")
def facts(pairs: Iterable[tuple[str, Any]] | Mapping[str, Any], *, wide: bool = True) -> dict[str, Any]:
    """Keys and their values. wide: side by side where there is room."""
    return {"pairs": pairs.items() if isinstance(pairs, Mapping) else pairs, "wide": wide}


@register.simple_block_tag
def details(content: str, *, summary: str, open: bool = False) -> SafeString:
    """Something told only to those who ask. Works without JavaScript."""
    return _component("details", content=content, summary=summary, open=open)


@register.simple_block_tag
def dialog(content: str, *, title: str, button: str, icon: str = "") -> SafeString:
    """A box above the page, opened by its button and closed by Escape. Works without JavaScript."""
    return _component("dialog", content=content, title=title, button=button, icon=icon, id=f"dialog-{slugify(title)}")


@register.inclusion_tag("ui/components/empty.html")
def empty(title: str, text: str = "", *, action: str = "", href: str = "", icon: str = "info") -> dict[str, Any]:
    """Where a list or chart has nothing: what is missing, and what one can do."""
    return {"title": title, "text": text, "action": action, "href": href, "icon": icon}


@register.inclusion_tag("ui/components/errors.html")
def errors(form: BaseForm) -> dict[str, Any]:
    """What must be mended in a form before it can be sent, each with a link to its field. Nothing for a good form."""
    return {"form": form, "fields": [bound for bound in form if bound.errors] if form.errors else []}


@register.inclusion_tag("ui/components/progress.html")
def progress(value: float, maximum: float, label: str, *, text: str = "") -> dict[str, Any]:
    """How far along something is. text: the same in words, as "3 of 5"."""
    return {"value": value, "maximum": maximum, "label": label, "text": text}


@register.inclusion_tag("ui/components/loading.html")
def loading(text: str = "", *, id: str = "") -> dict[str, Any]:
    """Shown while HTMX fetches a part. id: what hx-indicator names; without it, always shown."""
    return {"text": text, "id": id}


@register.simple_block_tag
def chart(
    content: str, svg: str, *, narrow: str = "", title: str = "", text: str = "", summary: str = "", open: bool = False
) -> SafeString:
    """A chart and, inside the tag, the table of its numbers, folded unless `open`.

    svg, narrow: from ui.charts.svg, of size wide and of size narrow for a phone. title, text: above it. summary: what
    opens the numbers.
    """
    return _component(
        "chart", content=content, svg=svg, narrow=narrow, title=title, text=text, summary=summary, open=open
    )


@register.inclusion_tag("ui/components/key.html")
def chart_key() -> dict[str, Any]:
    """What the signs of a line chart mean."""
    return {}


@register.simple_tag
def date(value: datetime.date | datetime.datetime | str | None) -> SafeString | str:
    """A day, or a day and time, as the language writes it, which machines can read as well."""
    if not value:
        return formats.MISSING
    if isinstance(value, datetime.datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.moment(value))
    return format_html('<time datetime="{}">{}</time>', value, formats.date(value))
