"""The directory on real screens, counted: staff who change hours or add a service, and help tonight in one's town."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import time

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Organization, User
from chat.management.commands.stage import login_cookie
from referrals.hours import DAYS
from referrals.models import Service
from tests.browser.people import Hand
from tests.servers import Site

Database = Callable[[], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def database(server: Site, django_db_blocker: DjangoDbBlocker) -> Database:
    """A block in which the ORM works on the site's database."""

    @contextmanager
    def work() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return work


@pytest.fixture(scope="module")
def editor(database: Database) -> User:
    with database():
        town = Organization.objects.create(name="Aarhus", slug="aarhus", kind="municipality", municipality_code="751")
        user = User.objects.create_user("jonas-redaktør")
        Membership.objects.create(user=user, organization=town, role="editor")
        return user


def make_service(editor: User, name: str, **values: object) -> Service:
    values = {"municipality_code": "751", "checked_on": timezone.localdate(), "is_published": True, **values}
    service = Service.objects.create(
        organization=Organization.objects.get(slug="aarhus"),
        name=name,
        description="Tal med nogen i byen.",
        source="aarhus.dk",
        checked_by=editor,
        **values,
    )
    service.channels.create(kind="phone", value="20304050")
    return service


def at_work(page: Page, site: Site, database: Database, user: User) -> Page:
    with database():
        cookies = login_cookie(user)
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
    return page


@pytest.mark.parametrize("viewport,javascript", [("desktop", True), ("phone", False)])
def test_m2_new_hours_are_live_four_clicks_after_my_services(
    server: Site, database: Database, visitor: Callable[..., Page], editor: User, viewport: str, javascript: bool
) -> None:
    with database():
        service = make_service(editor, f"Ungelinjen {viewport}")
    page = at_work(visitor(viewport, javascript=javascript), server, database, editor)
    page.goto(f"{server.url}/tilbud/vagt/")
    hand = Hand(page)
    hand.tap(page.locator(f"a[href='/tilbud/vagt/{service.pk}/']"))
    hand.tap(page.locator("nav a[href$='/tider/']"))
    for day in DAYS:
        page.fill(f"[name='{day}-opens_0']", "16:30")
        page.fill(f"[name='{day}-closes_0']", "20:15")
    hand.tap(page.locator("button[name='preview']:not(.enter-key)"))
    expect(page.locator("#preview .tag--open")).to_be_visible()  # at five o'clock, whatever the clock says
    young = visitor()
    young.goto(f"{server.url}/tilbud/{service.pk}/")
    assert "16.30" not in young.content()
    hand.tap(page.locator("button[name='save']:not(.enter-key)"))
    expect(page.locator("[data-saved]")).to_be_visible()
    assert hand.taps == 4
    young.reload()
    expect(young.locator("dl.pairs")).to_contain_text("16.30–20.15")
    hand.tap(page.locator("[data-saved] form button"))
    expect(page.locator("[data-saved]")).to_be_visible()
    young.reload()
    assert "16.30" not in young.content()


def test_the_enter_key_shows_and_never_saves(
    server: Site, database: Database, visitor: Callable[..., Page], editor: User
) -> None:
    with database():
        service = make_service(editor, "Tastelinjen")
    page = at_work(visitor("desktop"), server, database, editor)
    page.goto(f"{server.url}/tilbud/vagt/{service.pk}/tider/")
    page.fill("[name='MO-opens_0']", "16:00")
    page.fill("[name='MO-closes_0']", "20:00")
    page.press("[name='special-0-note']", "Enter")
    page.wait_for_load_state()
    assert page.input_value("[name='MO-opens_0']") == "16:00"
    assert page.input_value("[name='TU-opens_0']") == ""
    with database():
        assert not service.schedules.exists()


def test_m4_a_new_service_takes_four_clicks_and_six_fields(
    server: Site, database: Database, visitor: Callable[..., Page], editor: User
) -> None:
    page = at_work(visitor("desktop"), server, database, editor)
    page.goto(f"{server.url}/tilbud/vagt/")
    hand = Hand(page)
    hand.tap(page.locator("a[href='/tilbud/vagt/nyt/']"))
    fields = {
        "name": "Den nye linje",
        "description": "Tal med en voksen, der har tid.",
        "ways-0-value": "20304051",
        "MO-opens_0": "12:00",
        "MO-closes_0": "14:00",
    }
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)
    hand.tap(page.locator("button[name='save']:not(.enter-key)"))
    hand.tap(page.locator("form[action$='/tjek/'] button"))
    hand.tap(page.locator("form[action$='/vis/'] button"))
    assert (hand.taps, len(fields)) == (4, 5)
    with database():
        assert Service.objects.shown().filter(name="Den nye linje", source="Aarhus").exists()


@pytest.mark.parametrize("javascript", [True, False])
def test_y4_help_tonight_is_three_taps_and_three_letters_away(
    server: Site, database: Database, visitor: Callable[..., Page], editor: User, javascript: bool
) -> None:
    """From the front page to the number of somebody in one's municipality who answers now; the closed stand below."""
    with database():
        shut = make_service(editor, f"A lukket {javascript}")
        shut.schedules.create(byday="MO", opens_at=time(0), closes_at=time(0, 1), valid_from="2099-01-01")
        make_service(editor, f"Å åben {javascript}", always_open=True)
    page = visitor(javascript=javascript)
    page.goto(f"{server.url}/")
    hand = Hand(page)
    hand.tap(page.locator("a[href='/tilbud/']").first)
    hand.write(page.locator("[name='k']"), "Aar")
    hand.tap(page.locator("main form[method='get'] button"))
    cards = page.locator("section[aria-labelledby='found'] article")
    names = cards.locator("h3").all_text_contents()
    assert names.index(f"Å åben {javascript}") < names.index(f"A lukket {javascript}")
    first = cards.first
    expect(first.locator(".tag--open")).to_be_visible()
    expect(first.locator("a.button").first).to_have_attribute("href", "tel:+4520304050")
    assert hand.taps + 1 == 3  # the third is the call
    assert page.context.cookies() == []
