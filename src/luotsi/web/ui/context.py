"""What every page knows of how it is shown: the reader's colours."""

from django.http import HttpRequest

THEMES = ("auto", "light", "dark")
COOKIE = "theme"


def page(request: HttpRequest) -> dict[str, object]:
    """`theme`: auto (as the device), light or dark, as the reader chose."""
    theme = request.COOKIES.get(COOKIE, "auto")
    return {"theme": theme if theme in THEMES else "auto"}
