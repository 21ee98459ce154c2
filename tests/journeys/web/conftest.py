"""A real browser against a live server: visiting as a person would, the accessibility rules, the keyboard, pictures.

One browser a worker. A visit fails at its end when the browser reported a refused script or style, or a fault in one.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).parents[3]
AXE = ROOT / "tests" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = Path(__file__).parent / "pictures"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A chart is one picture with a name; its hundreds of parts say nothing of their own. What stands in header and footer
# is asked once for each way it is written and looks, and on each page the landmarks that hold it. Only what is wrong is
# gathered and told: what passes is most of the page, and telling it costs more than the finding.
AXE_RUN = """async ([tags, asked]) => {
    if (!window.axe) return null
    const root = document.documentElement, styles = document.querySelectorAll('link[rel=stylesheet]')
    const look = JSON.stringify([
        [asked, root.lang, root.dataset.theme, document.body.className, innerWidth],
        ['(prefers-color-scheme: dark)', 'print'].map(each => matchMedia(each).matches),
        [...styles].map(each => each.href),
        [...document.querySelectorAll('.header, .footer')].map(each =>
            each.outerHTML.replace(/<input type="hidden"[^>]*>/g, '')),
    ])
    const known = sessionStorage.getItem(look) ? ['.header li', '.header .choices > *', '.footer .width > *'] : []
    const others = axe.getRules(tags).map(each => each.ruleId).filter(each => !each.match(asked))
    axe.configure({noHtml: true})
    const found = await axe.run({exclude: ['svg.marks > *', ...known]}, {
        runOnly: {type: 'tag', values: tags},
        rules: Object.fromEntries(others.map(each => [each, {enabled: false}])),
        resultTypes: ['violations'],
    })
    sessionStorage.setItem(look, 'asked')
    return found.violations
}"""
WORDED = "name|label|lang|title|alt|empty|heading|unique|duplicate"
"""The rules that a page can break in one language and hold in another: those of names, titles and languages."""
NOTHING = "/static/ui/tokens.css"
"""A page of ours that has no script."""
PLAIN = "/sign-in/"
"""A page of ours whose policy is that of the others."""
LOOK = """() => [
    document.documentElement.lang,
    [...document.querySelectorAll('h1')].filter(each => each.checkVisibility()).length,
    document.documentElement.scrollWidth - document.documentElement.clientWidth,
]"""
# What the address answers takes the place of the whole page, when its styles are there; no script of it runs.
BRING = """async address => {
    const answered = await fetch(address)
    const read = new DOMParser().parseFromString(await answered.text(), 'text/html')
    const brought = document.adoptNode(read.documentElement)
    const awaited = [...brought.querySelectorAll('link[rel=stylesheet], img')].map(each => new Promise((here, not) => {
        each.onload = here
        each.onerror = () => not(new Error(each.outerHTML))
    }))
    history.replaceState(null, '', answered.url)
    document.documentElement.replaceWith(brought)
    await Promise.all(awaited)
    await document.fonts.ready
    return answered.status
}"""

Visit = Callable[..., Page]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""As Debian, Ubuntu and Google name it."""

# The browser's own loop runs in this thread; the database is asked between its steps, never in them.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, best the one that has no window to draw, or Chrome."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, "no browser: run `sh setup.sh tests`"
    with sync_playwright() as playwright:
        # Every page is new to the engine of scripts: making code faster costs more than the faster code gives back. And
        # nothing that moves in the window around the page need be drawn.
        options = ["--js-flags=--no-opt --no-maglev", "--force-prefers-reduced-motion"]
        if os.getuid() == 0:
            # As root, as in a container, Chromium has no sandbox of its own.
            options.append("--no-sandbox")
        opened = playwright.chromium.launch(executable_path=found, args=options)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> dict[Any, list[Page]]:
    """Windows that no test has now, by what cannot be changed of one: language, JavaScript or not."""
    return defaultdict(list)


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer, windows: dict[Any, list[Page]]) -> Iterator[Visit]:
    """visit(path, width=, scheme=, language=, javascript=, user=, own=) opens a page as someone would.

    A window is used again by later tests, without what the earlier ones left in it: opening one costs as much as three
    pages. own: it is closed at the end of the test, for one who changes in it what cannot be changed back.
    """
    opened: list[tuple[Any, Page]] = []
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"{message.text} {message.location}")

    def fell(fault: Error) -> None:
        faults.append(str(fault))

    def visited(
        path: str,
        *,
        width: int = 1440,
        scheme: str = "light",
        language: str = "fi",
        javascript: bool = True,
        user: Any = None,
        own: bool = False,
    ) -> Page:
        key = None if own else (language, javascript)
        if windows[key]:
            page = windows[key].pop()
        else:
            page = browser.new_context(
                base_url=live_server.url, locale=language, java_script_enabled=javascript, reduced_motion="reduce"
            ).new_page()
        opened.append((key, page))
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(media="null", color_scheme=scheme)  # type: ignore[arg-type]
        page.on("console", said)
        page.on("pageerror", fell)
        cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language}, *([_session(user)] if user else [])]
        page.context.add_cookies([{**each, "url": live_server.url} for each in cookies])  # type: ignore[list-item]
        page.goto(path)
        return page

    yield visited
    for key, page in opened:
        if key is None:
            page.context.close()
        else:
            _empty(page)
            page.remove_listener("console", said)
            page.remove_listener("pageerror", fell)
            windows[key].append(page)
    # A page that is meant to be missing or forbidden reports itself; that is no fault of a script or style.
    # So does one that is asked for while the test has taken the connection away.
    meant = (
        "Failed to load resource: the server responded",
        "net::ERR_INTERNET_DISCONNECTED",
        "htmx:sendError",
        "htmx:afterRequest",
    )
    assert not [fault for fault in faults if not any(each in fault for each in meant)]


def _empty(page: Page) -> None:
    """Leaves the page, and with it all that it was doing, for one that does nothing, and forgets what it has kept."""
    page.context.set_offline(False)
    page.goto(NOTHING)
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.context.clear_cookies()
    page.mouse.move(0, 0)


@pytest.fixture
def become(live_server: LiveServer) -> Callable[[Page, Any], None]:
    """become(page, user) gives what the page goes to from now on to another user, or to a stranger: None."""

    def another(page: Page, user: Any) -> None:
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        if user is not None:
            page.context.add_cookies([{**_session(user), "url": live_server.url}])  # type: ignore[list-item]

    return another


def _session(user: Any) -> dict[str, str]:
    # Django is set only after this file is read.
    from luotsi.web.people.tests.made_up import sign_in

    client = Client()
    sign_in(client, user, minutes=0)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """axe(page, again=) fails on any violation of WCAG 2.2 AA or of axe's best practices, naming rule and place.

    again: the page has been asked all of them in other languages, colours and widths; only what its words can break is.
    """
    source = AXE.read_text("utf-8")

    def checked(page: Page, *, again: bool = False) -> None:
        asked = [RULES, WORDED if again else ""]
        found = page.evaluate(AXE_RUN, asked)
        if found is None:
            # The pages that come later in this window have the rules from their start: the browser has read them.
            page.context.add_init_script(source)
            page.evaluate(source)
            found = page.evaluate(AXE_RUN, asked)
        told = [
            f"{each['id']}: {each['help']} at {', '.join(str(node['target']) for node in each['nodes'][:4])}"
            for each in found
        ]
        assert not told, "\n".join([page.url, *told])

    return checked


@pytest.fixture(scope="session")
def fits() -> Callable[[Page], None]:
    """fits(page) fails when the page rolls sideways."""

    def checked(page: Page) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide"

    return checked


@pytest.fixture(scope="session")
def whole(axe: Callable[..., None]) -> Callable[[Page, str], None]:
    """whole(page, language) asks all that each page holds: its language, one heading of all, its width and axe's rules.

    In English only the rules of words are asked: the others are held in Finnish and Swedish, light and dark, at the
    desk and on a phone. Heading, language and width are one question: to ask each for itself takes three times as long.
    """

    def checked(page: Page, language: str) -> None:
        assert (page.url, page.evaluate(LOOK)) == (page.url, [language, 1, 0])
        axe(page, again=language == "en")

    return checked


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """picture(page, name) keeps what the page looks like, for people to look at: only where LUOTSI_PICTURES is set."""
    asked = "LUOTSI_PICTURES" in os.environ
    if asked:
        PICTURES.mkdir(exist_ok=True)

    def kept(page: Page, name: str) -> None:
        if not asked:
            return
        # Hiding the caret would leave an empty style on each field, which HTMX copies and our policy refuses.
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True, caret="initial")

    return kept


@pytest.fixture
def each_page(
    visit: Visit,
    become: Callable[[Page, Any], None],
    whole: Callable[[Page, str], None],
    picture: Callable[[Page, str], None],
) -> Callable[..., None]:
    """each_page(part, rounds, widths=, answer=) asks `whole` of each page in each language, with its colours and width.

    rounds: for whom (None: a stranger) which addresses, by name; `{language}` in one stands for the language. widths:
    in Finnish with light colours, and in Swedish with dark ones; English is light on the narrowest screen. answer: by
    name, the status of a page that is to refuse. In the first language the browser goes from page to page, with
    scripts and all. The pages of the others come into one window that has read the styles and axe's rules before, which
    is half the work: they are the same but for what the server wrote, and no script of ours knows a language, a colour
    or a width.
    """

    def asked(
        part: str,
        rounds: list[tuple[Any, dict[str, str]]],
        *,
        widths: tuple[int, int] = (1440, 390),
        answer: dict[str, int] | None = None,
    ) -> None:
        statuses = answer or {}
        for language, scheme, width in (("fi", "light", widths[0]), ("sv", "dark", widths[1]), ("en", "light", 320)):
            first = language == "fi"
            page = visit(NOTHING if first else PLAIN, language=language, scheme=scheme, width=width)
            for user, pages in rounds:
                become(page, user)
                for name, form in pages.items():
                    address = form.format(language=language)
                    status = _gone_to(page, address) if first else page.evaluate(BRING, address)
                    as_asked = unquote(page.url).endswith(address) and status == statuses.get(name, 200)
                    assert as_asked, f"{address} led to {page.url} with {status}"
                    whole(page, language)
                    picture(page, f"{part}-{name}-{language}-{scheme}-{width}")

    return asked


def _gone_to(page: Page, address: str) -> int:
    answered = page.goto(address)
    assert answered is not None
    return answered.status


@pytest.fixture(scope="session")
def tab_to() -> Callable[[Page, str], None]:
    """tab_to(page, words) presses Tab until what has these words has the focus, which must be seen to have it."""
    here = "(document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || '').trim()"

    def moved(page: Page, words: str) -> None:
        seen: list[str] = []
        for _press in range(80):
            page.keyboard.press("Tab")
            seen.append(page.evaluate(here))
            if words in seen[-1]:
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
                assert float(outline.removesuffix("px")) >= 2, f"the focus on {words} is not seen"
                return
        pytest.fail(f"Tab never reached {words}; it reached {seen}")

    return moved
