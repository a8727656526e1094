"""The look in a real Chromium: nothing too wide, too heavy or too red. What axe finds stands in test_axe.py."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from chat.models import Session
from tests.browser.people import LARGE_LETTERS, sideways
from tests.chat.people import make_counsellor, make_session
from tests.servers import Site

OWN_PAGES = [
    "/",
    "/privatliv/",
    "/underretning/",
    "/hvem-kan-se-mig/",
    "/tilgaengelighed/",
    "/konto/login/",
    "/findes-ikke/",
]
KB = 1024
# (bytes on the wire of a first visit): experience.md, "Budgets".
BUDGET = {"document": 14 * KB, "stylesheet": 12 * KB, "script": 6 * KB, "image": 16 * KB}
REQUESTS = 7


@pytest.fixture(scope="module", autouse=True)
def evening(server: Site, django_db_blocker: DjangoDbBlocker) -> None:
    """One session that lets people in, so that the front page is full."""
    with django_db_blocker.unblock(), server.database():
        make_session(make_counsellor("Sofie"), make_counsellor("Amir"), title="Når man savner nogen at tale med")


@pytest.mark.parametrize("path", OWN_PAGES)
def test_the_page_reflows_with_letters_twice_as_big(visitor: Callable[..., Page], server: Site, path: str) -> None:
    """And with the spacing of WCAG 1.4.12."""
    page = visitor()
    page.goto(server.url + path)
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


def test_a_front_page_without_a_chat_reflows_with_letters_twice_as_big(
    visitor: Callable[..., Page], server: Site, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), server.database():
        Session.objects.update(state=Session.State.CLOSED, closed_at=timezone.now())
    page = visitor()
    page.goto(f"{server.url}/")
    assert page.locator(".front-now .card").count() == 1
    page.evaluate(LARGE_LETTERS)
    assert sideways(page) <= 0
