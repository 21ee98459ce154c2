"""The signs beside words: lines in a square of 24, drawn in the colour of the text."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

LINES = {
    "good": '<circle cx="12" cy="12" r="9"/><path d="m8 12.5 3 3 5-6"/>',
    "attention": '<path d="M12 2.5 21.5 12 12 21.5 2.5 12Z"/><path d="M12 8v5M12 16v.01"/>',
    "bad": '<path d="M12 3 22 20.5H2Z"/><path d="M12 10v4.5M12 17.5v.01"/>',
    "neutral": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "missing": '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.01"/>',
    "up": '<path d="M12 20V4M5 11l7-7 7 7"/>',
    "down": '<path d="M12 4v16M5 13l7 7 7-7"/>',
    "same": '<path d="M4 9h16M4 15h16"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "previous": '<path d="m15 5-7 7 7 7"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "close": '<path d="m5 5 14 14M19 5 5 19"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "filter": '<path d="M3 6h18M7 12h10M10 18h4"/>',
    "calendar": '<path d="M4 6h16v14H4ZM4 10.5h16M8 3v5M16 3v5"/>',
    "download": '<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>',
    "print": '<path d="M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7Z"/>',
    "external": '<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>',
    "note": '<path d="M5 3h14v18l-7-4-7 4Z"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l2 1H4ZM10 21h4"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21a8 8 0 0 1 16 0"/>',
    "light": '<circle cx="12" cy="12" r="4"/><path d="M12 2v3m0 14v3M2 12h3m14 0h3M5 5l2 2m10 10 2 2m0-14-2 2M7 17l-2 2"/>',  # noqa: E501
    "dark": '<path d="M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z"/>',
    "auto": '<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 0 0 0-18Z" fill="currentColor"/>',
    "loading": '<path d="M12 3a9 9 0 1 1-9 9"/>',
    "chart": '<path d="M4 4v16h16M8 15l4-5 3 3 5-7"/>',
}


def icon(name: str) -> SafeString:
    """The sign by its name, hidden from those who hear the page: the word beside it says the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        mark_safe(LINES[name]),
    )
