"""Chromium as young people and counsellors use it. One browser for all files; every visitor is a new person.

    from tests.browser.people import Hand, no_violations

    def test_...(server, visitor):
        phone = visitor("phone")                        # 360x740, light, JavaScript; also "desktop", "zoomed"
        phone.goto(f"{server.url}/")
        hand = Hand(phone)
        hand.tap(phone.get_by_role("link", name="Gå ind"))
        assert (hand.taps, hand.keys) == (1, 0)
        no_violations(phone)                            # axe

After each test no visitor may have asked a foreign host for anything but a page they chose to go to, met a script
error or a violation of the content policy.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser.outside import Outside
from tests.browser.people import VIEWPORTS

# The shell draws no window around a page: a quarter of the work for the same engine. But it keeps no page for Back.
WHOLE = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM = shutil.which("chromium-headless-shell") or WHOLE
ARGUMENTS = [
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


# A machine with other work is slow, and no test of ours measures time.
expect.set_options(timeout=15_000)


class Watch:
    """What one visitor's browser did behind their back."""

    def __init__(self, context: BrowserContext) -> None:
        self.foreign: list[str] = []
        self.errors: list[str] = []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        ours = re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)(:\d+)?/|data:|blob:|about:", request.url)
        chosen = request.is_navigation_request() and request.frame.parent_frame is None
        if not ours and not chosen:
            self.foreign.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)


@pytest.fixture(scope="package")
def outside() -> Iterator[Outside]:
    """Every host but ours, as the test browser meets it; `outside.requests` tells who asked for what."""
    world = Outside()
    yield world
    world.close()


@pytest.fixture(scope="package")
def browser(outside: Outside) -> Iterator[Browser]:
    """Debian's Chromium. The ORM works beside it, though Playwright keeps an event loop in this thread."""
    assert CHROMIUM, "Chromium is not installed. `make test` installs it, as root, on Debian."
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    rules = f"--host-resolver-rules=MAP * 127.0.0.1:{outside.port}, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def _people_of(browser: Browser) -> Iterator[Callable[..., Page]]:
    watches: list[tuple[BrowserContext, Watch]] = []

    def open_page(viewport: str = "phone", *, theme: str = "light", javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport=VIEWPORTS[viewport],
            color_scheme=theme,
            java_script_enabled=javascript,
            has_touch=viewport == "phone",
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            ignore_https_errors=True,  # the outside world's certificate is of our own making
            **options,
        )
        context.set_default_timeout(20_000)
        watches.append((context, Watch(context)))
        return context.new_page()

    yield open_page
    for context, _ in watches:
        context.close()
    assert [url for _, watch in watches for url in watch.foreign] == [], "A page asked a foreign host."
    assert [text for _, watch in watches for text in watch.errors] == [], "A page met an error."


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page for one more person, with cookies and storage of their own."""
    with _people_of(browser) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def visits(browser: Browser) -> Iterator[Callable[..., Page]]:
    """The same for people who stay for a whole test file."""
    with _people_of(browser) as open_page:
        yield open_page


@pytest.fixture
def page(visitor: Callable[..., Page]) -> Page:
    """One young person's phone."""
    return visitor()
