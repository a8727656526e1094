"""The counsellor's own pages in a real browser: an evening planned and ended in three clicks (C1, C4, G13)."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from blog.models import Entry
from chat.management.commands.demo import PASSWORD
from chat.models import Session
from chat.services import afterwards
from tests.browser.people import Hand
from tests.chat.evenings import say, seat
from tests.servers import Site

PUBLISH = "button[name=action][value=publish]"
PREVIEW = "button[name=action][value=preview]"


@pytest.fixture(scope="module")
def demo(server: Site, django_db_blocker: DjangoDbBlocker) -> Site:
    with django_db_blocker.unblock():
        server.call("demo")
    return server


def at_the_desk(page: Page, site: Site) -> Page:
    page.goto(f"{site.url}/konto/login/")
    page.locator("[name=login]").fill("sofie")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/vagt/")
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_an_evening_is_announced_three_clicks_from_the_desk(
    demo: Site, visitor: Callable[..., Page], django_db_blocker: DjangoDbBlocker, javascript: bool
) -> None:
    page = at_the_desk(visitor("desktop", javascript=javascript), demo)
    hand = Hand(page)
    title = f"Venner {javascript}"
    hand.tap(page.locator('main a[href="/vagt/ny/"]').first)
    hand.write(page.locator("[name=title]"), title)
    if javascript:
        expect(page.locator("[data-preview-here]")).to_contain_text(title)
        expect(page.locator(PREVIEW)).to_be_hidden()
    else:
        hand.tap(page.locator(PREVIEW))
        expect(page.locator("[data-preview-here]")).to_contain_text(title)
    hand.tap(page.locator(PUBLISH))
    page.wait_for_url("**/vagt/")
    assert hand.taps == (2 if javascript else 3)
    page.goto(f"{demo.url}/")
    expect(page.get_by_text(title).first).to_be_visible()
    with django_db_blocker.unblock(), demo.database():
        assert f"**{title}**" in Entry.objects.get(title=title).source


def test_the_post_follows_the_form_until_somebody_writes_in_it(demo: Site, visitor: Callable[..., Page]) -> None:
    page = at_the_desk(visitor("desktop"), demo)
    page.goto(f"{demo.url}/vagt/ny/")
    text, shown = page.locator("[name=text]"), page.locator("[data-preview-here]")
    page.locator("[name=title]").fill("Mod og mus")
    expect(shown.locator("strong").first).to_have_text("Mod og mus")
    page.locator("[name=format][value=free]").check()
    expect(shown).not_to_contain_text("Mod og mus")
    text.fill("Mit **eget**.")
    expect(shown).to_have_text("Mit eget.")
    page.locator("[name=format][value=topic]").check()
    page.locator("[name=title]").fill("Noget andet")
    with page.expect_response("**/vagt/preview/"):
        page.locator("[name=capacity]").fill("12")
    assert text.input_value() == "Mit **eget**."
    with page.expect_response("**/vagt/preview/"):
        text.fill("")
    expect(shown).to_have_text("")
    assert text.input_value() == ""


def test_what_is_written_in_a_post_does_nothing_in_the_preview(demo: Site, visitor: Callable[..., Page]) -> None:
    page = at_the_desk(visitor("desktop"), demo)
    page.goto(f"{demo.url}/vagt/ny/")
    page.locator("[name=text]").fill("<img src=x onerror=\"document.title='ak'\"> [a](javascript:alert(1)) **slut**")
    expect(page.locator("[data-preview-here] strong")).to_have_text("slut")
    assert page.locator("[data-preview-here] img, [data-preview-here] a").count() == 0
    assert page.title() == "Samrum"


def test_the_post_afterwards_is_out_two_clicks_from_the_desk(
    demo: Site, visitor: Callable[..., Page], django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), demo.database():
        session = Session.objects.get(title="Rollemodeller")
        say(seat(session, "Blå Ræv"), "Min storesøster lærte mig at svømme, og hun grinede aldrig.")
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(state="closed", opened_at=now, closed_at=now, attended=1)
        session.refresh_from_db()
        afterwards.prepare(session=session, now=now)
    page = at_the_desk(visitor("desktop"), demo)
    hand = Hand(page)
    hand.tap(page.locator(f'main a[href="/vagt/{session.slug}/efter/"]'))
    prepared = page.locator("[name=text]").input_value()
    hand.write(page.locator("[name=text]"), f"{prepared}\n\nBlå Ræv var sej.")
    page.locator(PUBLISH).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.locator("main q")).to_have_text("Blå Ræv")
    hand.write(page.locator("[name=text]"), f"{prepared}\n\nVi snakkede om mod.")
    hand.tap(page.locator(PUBLISH))
    page.wait_for_url("**/vagt/")
    assert hand.taps == 2
    with django_db_blocker.unblock(), demo.database():
        post = Session.objects.get(pk=session.pk).after_post
        assert post is not None
        assert post.is_published
        assert User.objects.get(username="sofie") == post.author
