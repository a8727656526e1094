"""M1: in by the municipality's own login, two clicks from the page one wanted, and back to it.

The providers stand at `localhost` and the site at 127.0.0.1: to a browser two different sites, as in life.
"""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Organization
from tests.browser.people import Hand, no_violations
from tests.identity import OpenID, Saml, running, write_file
from tests.servers import Site

WANTED = "/konto/profil/"


@pytest.fixture(scope="module")
def site(
    servers: Callable[..., Site], tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with running(OpenID) as openid, running(Saml) as saml:
        file = write_file(tmp_path_factory.mktemp("logins"), openid=openid.url, saml=saml.url)
        count = 1 if settings.ON_SQLITE else 2
        started = servers(count, SAMRUM_NETWORK_LIMITS="off", SAMRUM_LOGIN_FILE=str(file))
        with django_db_blocker.unblock(), started.database():
            Organization.objects.create(
                name="Testby Kommune", slug="testby", kind="municipality", municipality_code="751"
            )
        yield started


@pytest.mark.parametrize(
    "login,javascript", [("Testby Kommune", True), ("Fælles login", True), ("Testby Kommune", False)]
)
def test_m1_staff_are_where_they_wanted_to_be_after_two_clicks(
    site: Site, visitor: Callable[..., Page], django_db_blocker: DjangoDbBlocker, login: str, javascript: bool
) -> None:
    page = visitor("desktop", javascript=javascript)
    for _day in range(2):
        page.goto(site.url + WANTED)
        hand = Hand(page)
        hand.tap(page.locator("main a[href*='/konto/kommune/']"))
        first = page.locator("main form").first
        if _day:
            assert first.inner_text() == login  # chosen before: it stands first
        hand.tap(page.locator("main form button", has_text=login))
        page.wait_for_url(site.url + WANTED)
        assert (hand.taps, hand.keys) == (2, 0)
        page.context.clear_cookies(name="sessionid")
    with django_db_blocker.unblock(), site.database():
        assert set(Membership.objects.values_list("role", flat=True)) == {"counsellor"}


def test_who_is_turned_away_reads_why_and_can_be_read_by_everybody(site: Site, visitor: Callable[..., Page]) -> None:
    page = visitor()
    answer = page.goto(f"{site.url}/konto/kommune/aarhus/svar/?code=1&state=fremmed")
    assert answer is not None
    assert answer.status == 400
    no_violations(page)
