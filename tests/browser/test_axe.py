"""Every page of ours can be read by everybody: axe finds nothing in light and dark, nothing is too wide or small."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from tests.browser.own_pages import NO_PAGES, PAGES, Look
from tests.browser.people import readable_by_everybody
from tests.browser.world import ROLES, World, make_world
from tests.identity import write_file
from tests.servers import Site
from tests.services import free_port

ERRORS = sorted(path.name for path in (settings.BASE_DIR / "templates").glob("[45]*.html"))
LOOKS = sorted(((name, look) for name, looks in PAGES.items() for look in looks), key=lambda found: found[1].role)


def url_names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Every name of the URL map, with its namespace; of the nameless the pattern, and of Django's admin "admin"."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"
        elif pattern.namespace == "admin":
            yield "admin"
        else:
            yield from url_names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)


def test_every_address_of_the_site_is_looked_at_or_is_no_page() -> None:
    names = set(url_names(get_resolver().url_patterns))
    new = sorted(names - PAGES.keys() - NO_PAGES.keys())
    assert new == [], "Put these into PAGES or NO_PAGES of tests/browser/own_pages.py; how stands at its top."
    gone = sorted((PAGES.keys() | NO_PAGES.keys()) - names)
    assert gone == [], "These are no longer in the URL map; take them out of tests/browser/own_pages.py."
    assert sorted(PAGES.keys() & NO_PAGES.keys()) == []


@pytest.fixture(scope="module")
def server(servers: Callable[..., Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """As everywhere, and with municipal logins, where nobody answers."""
    nobody = {kind: f"http://localhost:{free_port()}" for kind in ("openid", "saml")}
    file = write_file(tmp_path_factory.mktemp("logins"), **nobody)
    count = 1 if settings.ON_SQLITE else 2
    return servers(count, SAMRUM_NETWORK_LIMITS="off", SAMRUM_LOGIN_FILE=str(file))


@pytest.fixture(scope="module")
def world(server: Site, django_db_blocker: DjangoDbBlocker) -> World:
    with django_db_blocker.unblock():
        server.call("demo")
        with server.database():
            return make_world(server)


@pytest.fixture(scope="module")
def page_of(world: World, visits: Callable[..., Page]) -> Callable[[str], Page]:
    """The one page of each role: whoever looks at many pages does it as people do, one after the other."""
    pages: dict[str, Page] = {}

    def find(role: str) -> Page:
        if role not in pages:
            pages[role] = visits("phone", reduced_motion="reduce")
            pages[role].add_init_script(AXE_SCRIPT)  # sent once, and not for each page anew
            ROLES[role](pages[role], world)
        return pages[role]

    return find


@pytest.mark.parametrize("name,look", LOOKS, ids=lambda part: part if isinstance(part, str) else part.role)
def test_the_page_can_be_read_by_everybody(world: World, page_of: Callable[[str], Page], name: str, look: Look) -> None:
    page = page_of(look.role)
    path = reverse(name, kwargs=world.at[look.at] if look.at else None) + look.query
    answer = page.goto(world.site.url + path)
    assert answer is not None
    assert (answer.status, page.url) == (look.status, world.site.url + path)
    if look.do:
        page.locator(look.do).first.click()
        page.wait_for_load_state()
        page.evaluate("window.stop()")  # a page where one waits would ask again by itself
    if look.ready:
        expect(page.locator(look.ready).first).to_be_visible()
    readable_by_everybody(page, without=look.without)


@pytest.mark.parametrize("name", ERRORS)
def test_the_page_that_says_what_went_wrong_can_be_read_by_everybody(
    server: Site, visitor: Callable[..., Page], name: str
) -> None:
    """As the site sends them; made here, because nobody can ask it for a failure."""
    page = visitor(reduced_motion="reduce")
    request = None if name == "500.html" else RequestFactory().get("/")  # Django gives that one nothing
    body = render_to_string(name, request=request)
    page.route("**/gik-galt/", lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page.goto(f"{server.url}/gik-galt/")
    assert page.evaluate("[...document.styleSheets].some((sheet) => sheet.cssRules.length)"), "it wears no clothes"
    readable_by_everybody(page)


def test_an_address_that_is_no_page_has_a_page_that_helps(server: Site, visitor: Callable[..., Page]) -> None:
    page = visitor(reduced_motion="reduce")
    answer = page.goto(f"{server.url}/findes-ikke/")
    assert answer is not None
    assert answer.status == 404
    readable_by_everybody(page)
