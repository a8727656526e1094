"""The look in a real Chromium: nothing axe can find, nothing too wide, nothing too small, nothing too heavy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import VIEWPORTS
from tests.browser.people import no_violations, sideways
from tests.chat.people import make_counsellor, make_session
from tests.servers import Site

OWN_PAGES = ["/", "/privatliv/", "/underretning/", "/hvem-kan-se-mig/", "/tilgaengelighed/", "/findes-ikke/"]
KB = 1024
# (bytes on the wire of a first visit): experience.md, "Budgets".
BUDGET = {"document": 14 * KB, "stylesheet": 12 * KB, "script": 6 * KB, "image": 16 * KB}
REQUESTS = 7
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((element) => element.checkVisibility() && !element.closest("p") && !element.matches(".skip"))
    .map((element) => [element.textContent.trim(), element.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([text, box]) => `${text}: ${Math.round(box.width)}x${Math.round(box.height)}`)"""

LARGE_LETTERS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`html { font-size: 36px } p { margin-block-end: 2em !important }
        * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }`);
    document.adoptedStyleSheets.push(sheet);
}"""


@pytest.fixture(scope="module", autouse=True)
def evening(server: Site, django_db_blocker: DjangoDbBlocker) -> None:
    """One session that lets people in, so that the front page is full."""
    with django_db_blocker.unblock(), server.database():
        make_session(make_counsellor("Sofie"), make_counsellor("Amir"), title="Når man savner nogen at tale med")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_axe_finds_nothing(visitor: Callable[..., Page], server: Site, path: str) -> None:
    page = visitor(reduced_motion="reduce")
    page.goto(server.url + path)
    no_violations(page)
    page.emulate_media(color_scheme="dark")
    no_violations(page)


def test_axe_finds_nothing_on_the_closed_page(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor(reduced_motion="reduce")
    page.goto(f"{server.url}/ud/videre/")
    page.goto(f"{server.url}/")
    assert page.inner_text("h1") == "Siden er lukket"
    no_violations(page)
    page.emulate_media(color_scheme="dark")
    no_violations(page)


@pytest.mark.parametrize("path", OWN_PAGES)
def test_the_page_reflows_and_its_targets_fit_a_thumb(visitor: Callable[..., Page], server: Site, path: str) -> None:
    """At 320 px, with the letters twice as big, and with the spacing of WCAG 1.4.12."""
    page = visitor("zoomed")
    page.goto(server.url + path)
    assert sideways(page) <= 0
    assert page.evaluate(SMALL_TARGETS) == []
    page.set_viewport_size(VIEWPORTS["phone"])
    assert sideways(page) <= 0
    assert page.evaluate(SMALL_TARGETS) == []
    page.evaluate(LARGE_LETTERS)
    assert sideways(page) <= 0


def test_a_first_visit_is_small_and_asks_seldom(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"].lower()}))
    session.on(
        "Network.loadingFinished", lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    page.goto(f"{server.url}/", wait_until="networkidle")
    weight: dict[str, int] = {}
    asked = [request for request in sizes if kinds[request] != "other"]  # "other" is the icon of the tab
    for request in asked:
        weight[kinds[request]] = weight.get(kinds[request], 0) + sizes[request]
    assert {kind: size for kind, size in weight.items() if size > BUDGET[kind]} == {}
    assert sum(weight.values()) <= 50 * KB
    assert len(sizes) <= REQUESTS


def test_the_way_in_is_on_the_first_screen_of_a_phone(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/")
    box = page.get_by_role("link", name="Gå ind").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 740


def test_the_theme_switch_works_without_javascript(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor(javascript=False)
    page.goto(f"{server.url}/privatliv/")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Mørk").click()
    assert page.url == f"{server.url}/privatliv/"
    assert page.evaluate(ground) != light
    assert page.get_by_role("button", name="Mørk").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Automatisk").click()
    assert page.evaluate(ground) == light
    assert page.context.cookies() == []


def test_the_language_switch_works_without_javascript(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor(javascript=False)
    page.goto(f"{server.url}/privatliv/")
    page.get_by_role("button", name="English").click()
    assert page.url == f"{server.url}/privatliv/"
    assert (page.get_attribute("html", "lang"), page.inner_text("h1")) == ("en", "Privacy")


def test_reduced_motion_means_none(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor(reduced_motion="reduce")
    page.goto(f"{server.url}/")
    moving = """() => [...document.querySelectorAll("*")].map((element) => getComputedStyle(element))
        .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length"""
    assert page.evaluate(moving) == 0


def test_only_the_exit_is_red(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/underretning/")
    red = """() => [...document.querySelectorAll("body *")].filter((element) => {
        const [r, g, b, a = 1] = getComputedStyle(element).backgroundColor.match(/[\\d.]+/g).map(Number);
        return a > 0 && r > 100 && r > 2 * g && r > 2 * b;
    }).map((element) => element.className)"""
    assert page.evaluate(red) == ["exit"]
