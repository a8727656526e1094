"""The walking evening, whole: planned and published, found and entered, talked through, closed, told of, erased."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from chat.management.commands.demo import PASSWORD
from chat.models import Event, Member, Session
from tests.browser.people import Hand
from tests.browser.rooms import hears, log_of, room_of, say
from tests.servers import Site

TITLE = "Når vennerne har travlt"
YOUNG = 5
PATIENCE = 20_000  # milliseconds for many browsers on two cores; nothing is measured by it


@pytest.fixture(scope="module")
def site(servers: Callable[..., Site], django_db_blocker: DjangoDbBlocker) -> Site:
    site = servers(1, SAMRUM_NETWORK_LIMITS="off")
    with django_db_blocker.unblock():
        site.call("demo")
    return site


def log_in(page: Page, site: Site, username: str) -> Page:
    page.context.set_default_timeout(PATIENCE)
    page.goto(f"{site.url}/konto/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/vagt/")
    return page


def plan(page: Page, site: Site) -> None:
    """On one page: what, when, with whom, and the post that announces it."""
    now = timezone.localtime()
    page.goto(f"{site.url}/vagt/ny/")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=date]").fill(now.strftime("%Y-%m-%d"))
    page.locator("[name=start]").fill(now.strftime("%H:%M"))
    page.get_by_label("Mads").check()
    page.locator("button[name=action][value=publish]").click()
    page.wait_for_url("**/vagt/")


def enter(page: Page, site: Site) -> None:
    """From the front page into the room: two taps, no key (Y1, G5)."""
    page.context.set_default_timeout(PATIENCE)
    page.goto(f"{site.url}/")
    hand = Hand(page)
    card = page.locator("main :is(article, section, li)", has=page.get_by_role("heading", name=TITLE, exact=True)).last
    hand.tap(card.get_by_role("link", name="Gå ind").first)
    hand.tap(page.get_by_role("button", name="Gå ind i chatten"))
    page.wait_for_url("**/room/")
    assert (hand.taps, hand.keys) == (2, 0)
    expect(page.locator("[data-count]").first).not_to_be_empty(timeout=PATIENCE)


def test_the_walking_evening(site: Site, visitor: Callable[..., Page], django_db_blocker: DjangoDbBlocker) -> None:
    sofie, mads = log_in(visitor("desktop"), site, "sofie"), log_in(visitor("desktop"), site, "mads")
    plan(sofie, site)
    with django_db_blocker.unblock(), site.database():
        slug = Session.objects.get(title=TITLE).slug

    young = [visitor("phone" if number == 0 else "desktop") for number in range(YOUNG)]
    for page in young:
        enter(page, site)
    for page in (sofie, mads):
        page.goto(f"{site.url}/chat/{slug}/room/")
    sofie.locator("[data-command='room.open']").click()
    everyone = [sofie, mads, *young]
    for page in everyone:
        expect(room_of(page)).to_have_attribute("data-state", "open", timeout=PATIENCE)

    said = ["Velkommen. Hvordan har I det?"]
    say(sofie, said[0])
    unsteady = young[1]
    for number in range(5):  # one of them sits on a train
        unsteady.context.set_offline(True)
        said += [f"fra de andre {number}", f"fra toget {number}"]
        writer = young[2 + number % 3]
        say(writer, said[-2])
        hears(writer, said[-2])
        say(unsteady, said[-1])
        unsteady.context.set_offline(False)
        expect(unsteady.locator(".message--pending")).to_have_count(0, timeout=PATIENCE)
    for page in everyone:
        expect(page.locator(".message [data-text]")).to_have_count(len(said), timeout=PATIENCE)
    logs = [log_of(page) for page in everyone]
    assert all(log == logs[0] for log in logs), "everybody reads the same, in the same order"
    assert sorted(logs[0]) == sorted(said), "nothing is lost, nothing stands twice"

    sofie.goto(f"{site.url}/hjaelp/")  # she goes; Mads holds the room
    say(young[3], "Er du her stadig, Mads?")
    hears(young[0], "Er du her stadig, Mads?")

    leaver = young[4]
    hand = Hand(leaver)
    hand.tap(leaver.locator(".exit").first)
    expect(leaver.locator("body")).not_to_contain_text(TITLE)
    assert hand.taps == 1
    leaver.go_back()
    expect(leaver.locator("body")).not_to_contain_text("fra toget")
    expect(leaver.locator("body")).not_to_contain_text(TITLE)

    close(mads)
    for page in [mads, *young[:4]]:
        expect(room_of(page)).to_have_attribute("data-state", "closed", timeout=PATIENCE)

    with django_db_blocker.unblock(), site.database():
        aliases = list(Member.objects.filter(session__slug=slug, role="young").values_list("alias", flat=True))
    sofie.goto(f"{site.url}/vagt/{slug}/efter/")
    prepared = sofie.locator("[name=text]").input_value()
    assert prepared
    assert not any(words in prepared for words in [*aliases, *said])
    sofie.locator("button[name=action][value=publish]").click()
    sofie.wait_for_url("**/vagt/")

    with django_db_blocker.unblock(), site.database():
        past = timezone.now() - timedelta(hours=25)
        Session.objects.filter(slug=slug).update(closed_at=past)
    site.manage("retention")
    site.manage("retention", "--check", "--search", "-", stdin="\n".join([*aliases, *said[1:]]))
    with django_db_blocker.unblock(), site.database():
        assert not Event.objects.filter(session__slug=slug).exists()
        assert Session.objects.get(slug=slug).attended == YOUNG
    reader = young[0].context.new_page()  # a page that looks for itself whether it is over does not take this one's way
    reader.goto(f"{site.url}/chat/{slug}/")
    expect(reader.locator("main")).to_contain_text("Beskederne er væk")
    expect(reader.get_by_role("link", name="Hjælp nu").first).to_be_visible()


def close(page: Page) -> None:
    """Say goodbye and close now."""
    page.locator("[data-closing-open]").click()
    dialog = page.locator("[data-closing-dialog]")
    dialog.locator("[name=minutes][value='0']").check()
    dialog.locator("button[type=submit]").click()
