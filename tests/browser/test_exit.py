"""Journey Y5: away in one tap, and Back shows nothing. In a real Chromium, with JavaScript and without it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django import DjangoDbBlocker

from tests.browser.conftest import ARGUMENTS, VIEWPORTS, WHOLE
from tests.browser.outside import Outside
from tests.browser.people import Hand
from tests.chat.people import make_counsellor, make_session
from tests.servers import Site

ROOM_TITLE = "Om hemmeligheder"
# What only our own pages say. The closed page says none of it.
CONTENT = ("hemmeligheder", "Gruppechat", "rådgiver", "andre som dig", "Hjælp nu")
NEUTRAL_TITLES = {"", "Samrum", "Vejret", "www.dmi.dk"}
STEPS_BACK = 10


@pytest.fixture(scope="module")
def slug(server: Site, django_db_blocker: DjangoDbBlocker) -> str:
    """A session that lets people in."""
    with django_db_blocker.unblock(), server.database():
        return make_session(make_counsellor("Sofie"), title=ROOM_TITLE).slug


@pytest.fixture
def remembering(browser: Browser, outside: Outside) -> Iterator[Callable[..., Page]]:
    """Visitors whose browser keeps pages in memory for Back, which the driver switches off elsewhere."""
    rules = f"--host-resolver-rules=MAP * 127.0.0.1:{outside.port}, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    own = browser.browser_type.launch(
        executable_path=WHOLE,
        args=[*ARGUMENTS, rules],
        ignore_default_args=["--disable-back-forward-cache"],
    )

    def open_page(*, javascript: bool = True) -> Page:
        context = own.new_context(
            viewport=VIEWPORTS["phone"], java_script_enabled=javascript, ignore_https_errors=True, locale="da-DK"
        )
        return context.new_page()

    yield open_page
    own.close()


def walk_in(page: Page, server: Site, slug: str) -> None:
    """The way of a young person: front page, a page of words, the forum, a search, the door, the room."""
    page.goto(f"{server.url}/")
    page.get_by_role("link", name="Hvem kan se mig?").first.click()
    page.goto(f"{server.url}/forum/")
    page.goto(f"{server.url}/soeg/?q=hemmeligheder")
    page.goto(f"{server.url}/chat/{slug}/")
    page.get_by_role("button", name="Gå ind i chatten").click()
    page.wait_for_url("**/room/")
    expect(page.get_by_text(ROOM_TITLE).first).to_be_visible()


def entries(page: Page) -> tuple[int, list[dict[str, str]]]:
    """Where the tab stands in its history, and all of it, as the browser keeps it."""
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    return history["currentIndex"], history["entries"]


def go_back(page: Page) -> bool:
    """Press Back once; False at the beginning of the history. Works for pages that come out of memory, too."""
    current, all_entries = entries(page)
    if current == 0:
        return False
    session = page.context.new_cdp_session(page)
    session.send("Page.navigateToHistoryEntry", {"entryId": all_entries[current - 1]["id"]})
    page.wait_for_timeout(400)  # a restored page says nothing that one could wait for
    return True


def nothing_is_shown(page: Page, server: Site) -> None:
    """Press Back up to ten times; each time the screen holds nothing of ours."""
    steps = 0
    for _ in range(STEPS_BACK):
        if not go_back(page):
            break
        steps += 1
        shown = page.inner_text("body")
        assert [word for word in CONTENT if word in shown] == [], page.url
        assert page.url in (f"{server.url}/", "about:blank")
    assert steps >= 3, "There was a history to walk back through."
    assert {entry["title"] for entry in entries(page)[1]} <= NEUTRAL_TITLES


def cookies(context: BrowserContext) -> list[tuple[str, str]]:
    return [(cookie["name"], cookie["value"]) for cookie in context.cookies()]


def test_T16_one_tap_leaves_and_back_shows_nothing(visitor: Callable[..., Page], server: Site, slug: str) -> None:
    page = visitor()
    walk_in(page, server, slug)
    page.evaluate("localStorage.setItem('a', 'b'); sessionStorage.setItem('a', 'b')")
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Væk herfra"))
    page.wait_for_url("https://www.dmi.dk/")
    assert (hand.taps, hand.keys) == (1, 0)
    assert cookies(page.context) == [("ude", "1")]
    nothing_is_shown(page, server)
    page.goto(f"{server.url}/")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_without_javascript_the_exit_is_a_link_and_back_shows_nothing(
    visitor: Callable[..., Page], server: Site, slug: str
) -> None:
    page = visitor(javascript=False)
    walk_in(page, server, slug)
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Væk herfra"))
    page.wait_for_url("https://www.dmi.dk/")
    assert (hand.taps, hand.keys) == (1, 0)
    assert cookies(page.context) == [("ude", "1")]
    nothing_is_shown(page, server)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_browser_that_keeps_pages_in_memory_shows_nothing_either(
    remembering: Callable[..., Page], server: Site, slug: str, javascript: bool
) -> None:
    page = remembering(javascript=javascript)
    walk_in(page, server, slug)
    page.get_by_role("link", name="Væk herfra").click()
    page.wait_for_url("https://www.dmi.dk/")
    nothing_is_shown(page, server)


def test_a_page_kept_in_memory_is_blank_when_someone_has_left_in_another_tab(
    remembering: Callable[..., Page], server: Site
) -> None:
    page = remembering()
    page.goto(f"{server.url}/privatliv/")
    page.evaluate("window.kept = true")
    page.goto(f"{server.url}/underretning/")
    go_back(page)
    assert page.evaluate("window.kept"), "This browser keeps pages in memory."
    assert page.is_visible("h1")
    page.goto("https://www.example.org/")
    page.context.add_cookies([{"name": "ude", "value": "1", "url": server.url}])
    go_back(page)
    page.wait_for_url(f"{server.url}/")
    assert "Privatliv" not in page.inner_text("body")


def test_the_screen_is_blank_before_the_network_answers(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/underretning/")
    shown = page.evaluate(
        "() => { document.querySelector('a.exit').click();"
        " return [document.body.getClientRects().length, document.title,"
        " document.querySelector('link[rel=icon]').getAttribute('href')]; }"
    )
    assert shown == [0, "www.dmi.dk", "data:,"]
    page.wait_for_url("https://www.dmi.dk/")


def test_a_server_that_does_not_answer_keeps_nobody(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/underretning/")
    held: list[Route] = []
    page.route("**/ud/", lambda route: held.append(route))
    page.get_by_role("link", name="Væk herfra").click(no_wait_after=True)
    page.wait_for_url("https://www.dmi.dk/")
    assert held
    assert ("ude", "1") in cookies(page.context)


def test_the_rooms_line_is_closed_at_once(visitor: Callable[..., Page], server: Site, slug: str) -> None:
    page = visitor()
    with page.expect_websocket() as line:
        walk_in(page, server, slug)
    page.route("**/ud/", lambda route: None)  # never answered: what closes the line is the page
    with line.value.expect_event("close"):
        page.get_by_role("link", name="Væk herfra").click(no_wait_after=True)


def test_the_other_tabs_leave_as_well(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/underretning/")
    other = page.context.new_page()
    other.goto(f"{server.url}/privatliv/")
    page.get_by_role("link", name="Væk herfra").click()
    page.wait_for_url("https://www.dmi.dk/")
    other.wait_for_url("https://www.dmi.dk/")


def test_three_taps_on_shift_leave(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor("desktop")
    page.goto(f"{server.url}/underretning/")
    for _ in range(2):
        page.keyboard.press("Shift")
    assert page.is_visible("h1")
    page.keyboard.press("Shift")
    page.wait_for_url("https://www.dmi.dk/")


def test_capital_letters_do_not_leave(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor("desktop")
    page.goto(f"{server.url}/underretning/")
    for letter in "HEJDU":
        page.keyboard.press(f"Shift+{letter}")
    for _ in range(2):
        page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    assert page.url == f"{server.url}/underretning/"
    assert page.is_visible("h1")


def test_the_exit_is_the_first_stop_of_tab_after_the_skip_link(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor("desktop")
    page.goto(f"{server.url}/")
    stops = []
    for _ in range(3):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.className"))
    assert stops == ["skip", "exit", "logo"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("https://www.dmi.dk/")


@pytest.mark.parametrize("viewport", ["phone", "zoomed", "desktop"])
def test_the_exit_and_help_stay_on_the_screen_however_far_one_reads(
    visitor: Callable[..., Page], server: Site, viewport: str
) -> None:
    page = visitor(viewport)
    page.goto(f"{server.url}/underretning/")
    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {place})")
        for name in ("Væk herfra", "Hjælp nu"):
            expect(page.locator(".topbar").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)


def test_coming_back_takes_one_press_and_works_without_javascript(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor(javascript=False)
    page.goto(f"{server.url}/underretning/")
    page.get_by_role("link", name="Væk herfra").click()
    page.wait_for_url("https://www.dmi.dk/")
    page.goto(f"{server.url}/underretning/")
    assert page.inner_text("h1") == "Siden er lukket"
    page.get_by_role("button", name="Til forsiden").click()
    assert page.inner_text("h1") == "Der er andre som dig"


def test_help_is_one_press_away_after_the_exit(visitor: Callable[..., Page], server: Site) -> None:
    page = visitor()
    page.goto(f"{server.url}/ud/videre/")
    page.goto(f"{server.url}/")
    page.get_by_role("button", name="Hjælp").click()
    page.wait_for_url("**/hjaelp/")
    assert "112" in page.inner_text("main")


def test_the_other_site_is_not_told_where_one_came_from(
    visitor: Callable[..., Page], server: Site, outside: Outside
) -> None:
    page = visitor()
    page.goto(f"{server.url}/underretning/")
    page.get_by_role("link", name="Væk herfra").click()
    page.wait_for_url("https://www.dmi.dk/")
    asked = [headers for host, path, headers in outside.requests if (host, path) == ("www.dmi.dk", "/")]
    assert asked
    assert [headers for headers in asked if "Referer" in headers or "Cookie" in headers] == []
