"""Journey Y1: from the front page into the room in two taps and no keys, on a phone, with scripts and without them."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from chat.models import Member, Session
from chat.services.members import KEEPS_A_PLACE
from chat.views.door import SUGGESTIONS
from tests.browser.people import Hand, readable_by_everybody, weigh
from tests.chat.people import make_counsellor, make_session, seat_young
from tests.servers import Site

Database = Callable[[], AbstractContextManager[None]]

TITLE = "Når man føler sig alene, selv om der er mange omkring en"
KB = 1024
BUDGET = 50 * KB  # experience.md, "Budgets": a first visit of a page that the young read
REQUESTS = 7
STATES = ["open", "alone", "early", "nobody came", "closed", "list", "full", "refused", "known"]


@pytest.fixture(scope="module")
def database(server: Site, django_db_blocker: DjangoDbBlocker) -> Database:
    """A block in which the ORM works on the site's database."""

    @contextmanager
    def work() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return work


@pytest.fixture(scope="module")
def evenings(database: Database) -> dict[str, str]:
    """Sessions in every state a door can stand in: the name of the state, and the session's slug."""
    now = timezone.now()
    later = {"starts_at": now + timedelta(days=1), "ends_at": now + timedelta(days=1, hours=2)}
    with database():
        sofie, amir = make_counsellor("Sofie"), make_counsellor("Amir")
        sessions = {
            "open": make_session(sofie, amir, title=TITLE, state="open"),
            "alone": make_session(sofie, title="Rollemodeller", state="open"),
            "early": make_session(sofie, title="Venner", **later),
            "nobody came": make_session(amir, title="At være ny", no_show_told_at=now),
            "closed": make_session(sofie, title="Søskende", state="closed", closed_at=now),
            "full": make_session(sofie, title="Fritid", state="open", capacity=1),
        }
        seat_young(sessions["full"], "Blå Ræv")
        return {state: session.slug for state, session in sessions.items()}


def show(page: Page, server: Site, evenings: dict[str, str], state: str) -> None:
    """Bring the page into a state, as a young person would."""
    if state == "list":
        page.goto(f"{server.url}/chat/")
        return
    page.goto(f"{server.url}/chat/{evenings.get(state, evenings['alone'])}/")
    if state == "refused":
        page.get_by_label("Dit kaldenavn").fill("Sofie")
    if state in {"full", "refused", "known"}:
        page.get_by_role("button", name="Gå ind i chatten").click()
    if state == "known":
        page.goto(f"{server.url}/chat/{evenings['alone']}/")


def field(page: Page) -> str:
    return page.get_by_label("Dit kaldenavn").input_value()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_newcomer_is_in_the_room_after_two_taps_and_no_keys(
    visitor: Callable[..., Page], server: Site, database: Database, evenings: dict[str, str], javascript: bool
) -> None:
    page = visitor(javascript=javascript)
    page.goto(f"{server.url}/")
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name=re.compile(f"Gå ind.*{TITLE}")))
    name = field(page)
    hand.tap(page.get_by_role("button", name="Gå ind i chatten"))
    page.wait_for_url(f"**/chat/{evenings['open']}/room/")
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert (hand.taps, hand.keys) == (2, 0)
    with database():
        assert Member.objects.filter(session__slug=evenings["open"], alias=name).count() == 1


@pytest.mark.parametrize("state", ["open", "alone", "nobody came"])
def test_all_it_takes_to_go_in_stands_on_the_first_screen_of_a_phone(
    page: Page, server: Site, evenings: dict[str, str], state: str
) -> None:
    show(page, server, evenings, state)
    button = page.get_by_role("button", name="Gå ind i chatten")
    seen = [page.locator("h1"), page.locator("main").get_by_text("rådgiver").first, button]
    for part in [*seen, page.get_by_label("Dit kaldenavn"), page.get_by_role("button", name="Giv mig et andet")]:
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 740, part


def test_another_nickname_comes_without_loading_and_is_said_aloud(
    page: Page, server: Site, evenings: dict[str, str]
) -> None:
    show(page, server, evenings, "alone")
    page.wait_for_load_state("networkidle")
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url))
    names = [field(page)]
    for _unused in range(SUGGESTIONS - 1):
        page.get_by_role("button", name="Giv mig et andet").click()
        names.append(field(page))
        assert page.get_by_role("status").inner_text() == f"Dit kaldenavn er nu {names[-1]}"
    assert len(set(names)) == SUGGESTIONS
    assert loads == []
    assert page.evaluate("document.activeElement.textContent") == "Giv mig et andet"  # focus stays where it is


def test_without_scripts_another_nickname_is_a_link_that_leaves_no_trail(
    visitor: Callable[..., Page], server: Site, evenings: dict[str, str]
) -> None:
    page = visitor(javascript=False)
    show(page, server, evenings, "alone")
    names = set()
    for _unused in range(5):
        names.add(field(page))
        page.get_by_role("link", name="Giv mig et andet").click()
    assert len(names) > 1
    history = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert [entry["url"] for entry in history["entries"]] == ["about:blank", page.url]
    assert {entry["title"] for entry in history["entries"]} == {"", "Samrum"}


def test_a_refused_nickname_stays_in_the_field_and_the_reason_goes_with_the_next_one(
    page: Page, server: Site, evenings: dict[str, str]
) -> None:
    show(page, server, evenings, "refused")
    box = page.get_by_label("Dit kaldenavn")
    expect(box).to_be_focused()
    assert box.input_value() == "Sofie"
    assert box.get_attribute("aria-invalid") == "true"
    reason = page.locator("#alias-error")
    expect(reason).to_be_visible()
    page.get_by_role("button", name="Giv mig et andet").click()
    expect(reason).to_have_count(0)
    assert box.get_attribute("aria-invalid") is None
    page.get_by_role("button", name="Gå ind i chatten").click()
    page.wait_for_url("**/room/")


def test_the_door_opens_by_the_keyboard_alone(page: Page, server: Site, evenings: dict[str, str]) -> None:
    show(page, server, evenings, "alone")
    page.get_by_label("Dit kaldenavn").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Gå ind i chatten")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/room/")


@pytest.mark.parametrize("javascript", [True, False])
def test_whoever_waits_goes_in_when_a_place_is_free(
    visitor: Callable[..., Page], server: Site, database: Database, javascript: bool
) -> None:
    with database():
        session = make_session(make_counsellor("Karla"), title="Lektier", state="open", capacity=1)
        sitting, _cookies = seat_young(session)
    page = visitor(javascript=javascript)
    page.goto(f"{server.url}/chat/{session.slug}/")
    name = field(page)
    page.get_by_role("button", name="Gå ind i chatten").click()
    expect(page.get_by_text("Du er nummer 1 i køen")).to_be_visible()
    with database():
        gone = timezone.now() - KEEPS_A_PLACE - timedelta(seconds=1)
        Member.objects.filter(pk=sitting.pk).update(seen_at=gone)
    # The page looks again by itself, every ten seconds.
    if not javascript:
        expect(page.get_by_role("heading", name="Nu er der plads til dig")).to_be_visible(timeout=15_000)
        page.get_by_role("button", name="Gå ind i chatten").click()
    page.wait_for_url("**/room/", timeout=15_000)
    with database():
        assert Session.objects.get(pk=session.pk).members.filter(alias=name).exists()


@pytest.mark.parametrize("state", STATES)
def test_the_door_can_be_read_by_everybody(
    visitor: Callable[..., Page], server: Site, evenings: dict[str, str], state: str
) -> None:
    page = visitor()
    show(page, server, evenings, state)
    page.evaluate("window.stop()")  # the queue would ask again by itself
    readable_by_everybody(page)


@pytest.mark.parametrize("state", ["open", "closed", "list"])
def test_a_first_visit_to_the_door_is_small_and_asks_seldom(
    visitor: Callable[..., Page], server: Site, evenings: dict[str, str], state: str
) -> None:
    page = visitor()
    fetched = weigh(page)
    show(page, server, evenings, state)
    page.wait_for_load_state("networkidle")
    assert sum(fetch.size for fetch in fetched) <= BUDGET
    assert 1 < len(fetched) <= REQUESTS
