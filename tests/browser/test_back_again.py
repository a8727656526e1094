"""Journey Y6: back after the chat, and on from there. On a phone, with scripts and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from chat.models import Session
from tests.browser.people import Hand
from tests.servers import Site


@pytest.fixture(scope="module")
def last(server: Site, django_db_blocker: DjangoDbBlocker) -> tuple[str, str]:
    """The address of the latest evening of the demo that is over, and the title of its after-post."""
    with django_db_blocker.unblock():
        server.call("demo")
        with server.database():
            session = Session.objects.filter(after_post__published_at__isnull=False).latest("starts_at")
            assert session.after_post is not None
            return f"/chat/{session.slug}/", session.after_post.title


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])
def test_Y6_one_tap_from_the_front_page_to_how_it_went_and_on(
    server: Site, visitor: Callable[..., Page], last: tuple[str, str], javascript: bool
) -> None:
    address, title = last
    page = visitor("phone", javascript=javascript)
    page.goto(f"{server.url}/")
    hand = Hand(page)
    hand.tap(page.locator("[aria-labelledby=last] a"))
    expect(page).to_have_url(server.url + address)
    assert (hand.taps, hand.keys) == (1, 0)
    expect(page.get_by_text(title)).to_be_visible()
    assert page.locator("[aria-labelledby=help] article").count() == 3  # referral cards
    expect(page.locator("[aria-labelledby=next] a[href$='aftale.ics']").first).to_be_visible()
    hand.tap(page.locator("[aria-labelledby=forum] a").first)
    expect(page).to_have_url(f"{server.url}/forum/")


def test_Y6_the_link_to_the_room_leads_there_too(
    server: Site, visitor: Callable[..., Page], last: tuple[str, str]
) -> None:
    page = visitor("phone")
    page.goto(f"{server.url}{last[0]}room/")
    expect(page).to_have_url(server.url + last[0])
    expect(page.get_by_text(last[1])).to_be_visible()
