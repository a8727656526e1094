"""A letter's whole way on real phones, with scripts and without: written, found again, answered, shown, taken back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from chat.management.commands.stage import login_cookie
from forum.models import Letter, Letterbox
from referrals.services import load_demo_services
from tests.browser.people import Hand
from tests.forum.letters import make_box, make_person
from tests.servers import Site

Database = Callable[[], AbstractContextManager[None]]

LETTER = "Jeg hedder Mette Hansen. Min bror slår mig, når vi er alene."
TITLE = "Når det gør ondt derhjemme"
SEND = "form[data-draft] button.button"


@pytest.fixture(scope="module")
def database(server: Site, django_db_blocker: DjangoDbBlocker) -> Database:
    """A block in which the ORM works on the site's database."""

    @contextmanager
    def work() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return work


@pytest.fixture(scope="module")
def counsellors(database: Database) -> list[User]:
    with database():
        load_demo_services()
        return [make_person(name, "counsellor") for name in ("Sofie", "Mads")]


def box_of(database: Database, **fields: object) -> Letterbox:
    with database():
        return make_box(**fields)


def at_work(page: Page, site: Site, database: Database, user: User) -> Page:
    with database():
        cookies = login_cookie(user)
    page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
    return page


def written(page: Page, site: Site, box: Letterbox, text: str) -> Hand:
    """From the list of letterboxes to the letter's own page."""
    page.goto(f"{site.url}/brevkasse/")
    hand = Hand(page)
    hand.tap(page.locator(f"a[href='/brevkasse/{box.slug}/']"))
    hand.write(page.locator("#text"), text)
    hand.tap(page.locator(SEND))
    page.wait_for_url("**/brevkasse/brev/**")
    return hand


@pytest.mark.parametrize("javascript", [True, False])
def test_a_letter_is_written_found_again_answered_shown_and_taken_back(
    server: Site, visitor: Callable[..., Page], database: Database, counsellors: list[User], javascript: bool
) -> None:
    box = box_of(database, second_look=True)
    phone = visitor(javascript=javascript)
    hand = written(phone, server, box, LETTER)
    assert (hand.taps, hand.keys) == (2, 0)
    address = phone.url
    code = phone.locator("[data-word-code] .letter-code").inner_text()
    assert len(code.split("-")) == 5
    phone.reload()
    expect(phone.locator("[data-word-code]")).to_have_count(0)

    other = visitor(javascript=javascript)
    other.goto(f"{server.url}/forum/kode/")
    other.locator("#code").fill(code.replace("-", " "))
    other.locator("main form button").first.click()
    other.wait_for_url(address)
    expect(other.locator(".letter__part")).to_contain_text([LETTER])
    assert phone.goto(address).status == 404  # type: ignore[union-attr]

    with database():
        letter = Letter.objects.get(letterbox=box)
    sofie, mads = (at_work(visitor("desktop", javascript=javascript), server, database, user) for user in counsellors)
    sofie.goto(f"{server.url}/vagt/breve/")
    sofie.locator(f"a[href='/vagt/breve/{letter.public_id}/']").click()
    sofie.locator("[name=text]").fill("Hej. Det må **ingen**.")
    sofie.locator("button[value=ask]").click()
    sofie.wait_for_url("**/vagt/breve/")
    other.reload()
    expect(other.locator(".letter__part")).to_have_count(1)

    mads.goto(f"{server.url}/vagt/breve/{letter.public_id}/")
    mads.locator("[name=note]").fill("Skriv, at det ikke er hendes skyld.")
    mads.locator("button[value=return]").click()
    sofie.goto(f"{server.url}/vagt/breve/{letter.public_id}/")
    expect(sofie.get_by_text("Skriv, at det ikke er hendes skyld.")).to_be_visible()
    sofie.locator("[name=text]").fill("Hej. Det må **ingen**. Det er ikke din skyld.")
    sofie.locator("button[value=ask]").click()
    sofie.wait_for_url("**/vagt/breve/")
    mads.goto(f"{server.url}/vagt/breve/{letter.public_id}/")
    mads.locator("button[value=look]").click()
    mads.wait_for_url("**/vagt/breve/")

    other.reload()
    expect(other.locator(".letter__part--answer")).to_contain_text("Det er ikke din skyld.")
    expect(other.locator(".letter__part--answer strong").last).to_have_text("ingen")
    expect(other.get_by_text("hendes skyld")).to_have_count(0)

    sofie.goto(f"{server.url}/vagt/breve/{letter.public_id}/vis/")
    title = f"{TITLE} {javascript}"
    sofie.locator("[name=title]").fill(title)
    sofie.locator("button[value=propose]").click()
    expect(sofie.locator("mark").first).to_contain_text("Mette")
    sofie.locator("[name=question]").fill("Der er en derhjemme, der slår mig.")
    sofie.locator("button[value=propose]").click()
    sofie.wait_for_url(f"**/vagt/breve/{letter.public_id}/")

    guest = visitor(javascript=javascript)
    guest.goto(f"{server.url}/brevkasse/")
    expect(guest.get_by_text(title)).to_have_count(0)
    other.reload()
    other.locator("a[href$='/samtykke/']").click()
    expect(other.locator(".preview")).to_contain_text("Der er en derhjemme, der slår mig.")
    other.locator("button[value=yes]").click()
    guest.reload()
    guest.get_by_role("link", name=title).click()
    expect(guest.locator("main")).to_contain_text("Der er en derhjemme, der slår mig.")
    expect(guest.locator("main")).not_to_contain_text("Mette")
    public = guest.url

    other.locator("button[value=back]").click()
    assert guest.goto(public).status == 404  # type: ignore[union-attr]
    guest.goto(f"{server.url}/brevkasse/")
    expect(guest.get_by_text(title)).to_have_count(0)

    other.goto(f"{address}slet/")
    other.locator("main form button").click()
    other.wait_for_url("**/brevkasse/slettet/")
    assert other.goto(address).status == 404  # type: ignore[union-attr]
    with database():
        assert not Letter.objects.filter(letterbox=box).exists()


def test_somebody_in_danger_meets_help_before_anything_else(
    server: Site, page: Page, database: Database, counsellors: list[User]
) -> None:
    written(page, server, box_of(database), "Jeg vil tage mit liv i nat. Jeg har piller.")
    call = page.locator("main a[href='tel:112']").first
    box = call.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 740
    first = page.locator("main section").first
    assert first.get_attribute("data-help-first") is not None


def test_a_letter_that_is_not_sent_stays_in_the_tab_and_nowhere_else_and_goes_when_it_is_sent(
    server: Site, page: Page, database: Database, counsellors: list[User]
) -> None:
    box = box_of(database)
    page.goto(f"{server.url}/brevkasse/{box.slug}/")
    page.locator("#text").fill("Jeg er ikke færdig")
    page.reload()
    assert page.locator("#text").input_value() == "Jeg er ikke færdig"
    page.locator(SEND).click()
    page.wait_for_url("**/brevkasse/brev/**")
    kept = page.evaluate("JSON.stringify({ ...sessionStorage }) + JSON.stringify({ ...localStorage })")
    assert "færdig" not in kept
    page.goto(f"{server.url}/brevkasse/{box.slug}/")
    assert page.locator("#text").input_value() == ""


def test_T16_after_leaving_nobody_reads_the_letter_on_that_phone(
    server: Site, page: Page, database: Database, counsellors: list[User]
) -> None:
    written(page, server, box_of(database), LETTER)
    address = page.url
    page.locator("a.exit").click()
    page.wait_for_url(lambda url: not url.startswith(server.url))
    page.context.clear_cookies(name="ude")  # even past the page that says nothing
    assert page.goto(address).status == 404  # type: ignore[union-attr]
    assert "Mette" not in page.content()
