"""The forum on a phone: a first post in three taps (Y3), telling a counsellor in two (Y8), what becomes of a draft."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from forum.models import Post
from moderation.models import Report
from tests.browser.people import Hand, readable_by_everybody, weigh
from tests.forum.scene import let_through, make_board, make_reader, write
from tests.servers import Site

Database = Callable[[], AbstractContextManager[None]]

KB = 1024
BUDGET = 50 * KB  # experience.md, "Budgets": a first visit of a page that the young read
REQUESTS = 7
HEADLINE = "Min veninde er skiftet bord"
DRAFTS = "Object.keys(sessionStorage).filter((key) => key.startsWith('samrum:draft:')).length"
HOUR = 3600 * 1000


@pytest.fixture(scope="module")
def database(server: Site, django_db_blocker: DjangoDbBlocker) -> Database:
    """A block in which the ORM works on the site's database."""

    @contextmanager
    def work() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return work


@pytest.fixture(scope="module")
def addresses(database: Database) -> dict[str, str]:
    """A board with a thread that has an answer with a warning, and one that nobody has written on."""
    now = timezone.now()
    with database():
        sofie = make_reader("Sofie")
        board = make_board(sofie, name="Venner", about="Når man mangler nogen")
        empty = make_board(sofie, name="Familie")
        first = let_through(write(board, f"{HEADLINE}\nHun sidder hos de andre nu.", now=now).post, sofie, now=now)
        return {
            "list": "/forum/",
            "board": f"/forum/{board.slug}/",
            "empty": f"/forum/{empty.slug}/",
            "topic": f"/forum/t/{first.topic.public_id}/",
            "write": f"/forum/{board.slug}/skriv/",
            "anywhere": "/forum/skriv/",
            "answer": f"/forum/t/{first.topic.public_id}/svar/?til={first.public_id}",
            "report": f"/forum/t/{first.topic.public_id}/meld/{first.public_id}/",
            "code": "/forum/kode/",
            "deleted": "/forum/slettet/",
        }


def show(page: Page, server: Site, addresses: dict[str, str], name: str) -> None:
    page.goto(f"{server.url}{addresses[name]}")


def box(page: Page) -> Any:
    return page.locator("#text")


def send(page: Page) -> Any:
    return page.get_by_role("button", name="Send", exact=True)


# Y3: the first post -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("start, most", [("list", 3), ("board", 2)])
def test_a_first_post_takes_three_taps_at_most_besides_the_text(
    visitor: Callable[..., Page],
    server: Site,
    database: Database,
    addresses: dict[str, str],
    javascript: bool,
    start: str,
    most: int,
) -> None:
    page = visitor(javascript=javascript)
    show(page, server, addresses, start)
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Skriv", exact=True).first)
    text = f"Jeg er ny, fra {start} {javascript}\nog ved ikke, hvor jeg skal begynde"
    hand.write(box(page), text)
    if start == "list":
        hand.tap(page.get_by_role("radio", name="Familie"))
    hand.tap(send(page))
    expect(page.get_by_role("heading", name="Tak, fordi du skrev")).to_be_visible()
    expect(page.get_by_text("Vi læser det senest").first).to_be_visible()
    assert hand.taps <= most
    assert hand.keys == 0
    with database():
        post = Post.objects.select_related("topic__board").get(text=text)
        assert (post.title, post.topic.board.name) == (
            f"Jeg er ny, fra {start} {javascript}",
            "Familie" if start == "list" else "Venner",
        )
    entries = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    assert {entry["title"] for entry in entries} == {"", "Samrum"}


def test_the_words_lead_back_on_another_phone(
    visitor: Callable[..., Page], server: Site, addresses: dict[str, str]
) -> None:
    page, other = visitor(), visitor()
    show(page, server, addresses, "write")
    box(page).fill("Jeg vil finde tilbage fra en anden telefon")
    send(page).click()
    words = page.locator(".words__code span").all_inner_texts()
    assert len(words) == 5
    page.reload()
    expect(page.locator(".words__code")).to_have_count(0)
    show(other, server, addresses, "code")
    other.get_by_label("Dine fem ord").fill(" ".join(words))
    other.get_by_role("button", name="Find det igen").click()
    expect(other.get_by_text("Jeg vil finde tilbage fra en anden telefon")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Vi kan ikke finde siden")).to_be_visible()


def test_a_text_that_shows_who_one_is_comes_back_marked_and_can_be_sent_all_the_same(
    page: Page, server: Site, addresses: dict[str, str]
) -> None:
    show(page, server, addresses, "write")
    box(page).fill("Jeg er ked af det. Ring til mig på 22 33 44 55")
    send(page).click()
    expect(page.locator("mark")).to_have_text("22 33 44 55")
    assert box(page).input_value() == "Jeg er ked af det. Ring til mig på 22 33 44 55"
    page.get_by_role("button", name="Lad en rådgiver læse det først").click()
    expect(page.get_by_role("heading", name="Tak, fordi du skrev")).to_be_visible()
    assert page.evaluate(DRAFTS) == 0


@pytest.mark.parametrize("javascript", [True, False])
def test_another_nickname_keeps_the_text(
    visitor: Callable[..., Page], server: Site, addresses: dict[str, str], javascript: bool
) -> None:
    page = visitor(javascript=javascript)
    show(page, server, addresses, "write")
    box(page).fill("Min tekst bliver")
    before = page.locator("#alias").input_value()
    page.get_by_role("button", name="Giv mig et andet").click()
    expect(page.locator("#alias")).not_to_have_value(before)
    assert box(page).input_value() == "Min tekst bliver"


def test_enter_in_the_line_of_the_nickname_sends(page: Page, server: Site, addresses: dict[str, str]) -> None:
    show(page, server, addresses, "write")
    box(page).fill("Jeg trykker Enter")
    page.locator("#alias").press("Enter")
    expect(page.get_by_role("heading", name="Tak, fordi du skrev")).to_be_visible()


# Y8: telling a counsellor -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_tells_a_counsellor_in_two_taps(
    visitor: Callable[..., Page], server: Site, database: Database, addresses: dict[str, str], javascript: bool
) -> None:
    page = visitor(javascript=javascript)
    show(page, server, addresses, "topic")
    with database():
        before = Report.objects.count()
    hand = Hand(page)
    hand.tap(page.get_by_role("link", name="Sig det til en rådgiver").first)
    hand.tap(page.get_by_role("button", name="Jeg er bekymret for den, der skrev det"))
    expect(page.get_by_role("heading", name="Tak, fordi du sagde det")).to_be_visible()
    assert (hand.taps, hand.keys) == (2, 0)
    with database():
        assert Report.objects.count() == before + 1


@pytest.mark.parametrize("javascript", [True, False])
def test_a_nod_is_one_tap_and_says_that_it_was_passed_on(
    visitor: Callable[..., Page], server: Site, addresses: dict[str, str], javascript: bool
) -> None:
    page = visitor(javascript=javascript)
    show(page, server, addresses, "topic")
    page.get_by_role("button", name="Også mig").first.click()
    expect(page.get_by_text("Tak. Det er sagt videre.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Tak. Det er sagt videre.")).to_be_visible()


# The draft --------------------------------------------------------------------------------------------------------


def test_a_draft_stays_in_the_tab_until_it_is_sent(page: Page, server: Site, addresses: dict[str, str]) -> None:
    show(page, server, addresses, "write")
    box(page).press_sequentially("Halvt fær")
    expect(page.get_by_text("Din kladde ligger kun i denne fane.")).to_be_visible()
    show(page, server, addresses, "board")
    show(page, server, addresses, "write")
    assert box(page).input_value() == "Halvt fær"
    assert page.evaluate("localStorage.length") == 0
    box(page).press_sequentially("digt")
    send(page).click()
    expect(page.get_by_role("heading", name="Tak, fordi du skrev")).to_be_visible()
    assert page.evaluate(DRAFTS) == 0
    show(page, server, addresses, "write")
    assert box(page).input_value() == ""


def test_a_draft_of_one_form_is_not_in_another_nor_in_another_tab(
    page: Page, server: Site, addresses: dict[str, str]
) -> None:
    show(page, server, addresses, "write")
    box(page).press_sequentially("Kun her")
    show(page, server, addresses, "answer")
    assert box(page).input_value() == ""
    beside = page.context.new_page()
    show(beside, server, addresses, "write")
    assert box(beside).input_value() == ""


def test_a_draft_whose_sending_failed_is_still_there(page: Page, server: Site, addresses: dict[str, str]) -> None:
    show(page, server, addresses, "write")
    box(page).press_sequentially("Toget kører ind i tunnelen")
    page.context.set_offline(True)
    send(page).click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    show(page, server, addresses, "write")
    assert box(page).input_value() == "Toget kører ind i tunnelen"


def test_a_draft_can_be_deleted_and_brought_back_for_ten_seconds(
    page: Page, server: Site, addresses: dict[str, str]
) -> None:
    page.clock.install()
    show(page, server, addresses, "write")
    box(page).press_sequentially("Måske alligevel")
    page.get_by_role("button", name="Slet kladden").click()
    assert (box(page).input_value(), page.evaluate(DRAFTS)) == ("", 0)
    page.get_by_role("button", name="Fortryd").click()
    assert (box(page).input_value(), page.evaluate(DRAFTS)) == ("Måske alligevel", 1)
    page.get_by_role("button", name="Slet kladden").click()
    page.clock.run_for(11_000)
    expect(page.locator("[data-draft-line]")).to_be_hidden()
    show(page, server, addresses, "write")
    assert box(page).input_value() == ""


def test_a_draft_is_gone_after_a_day(page: Page, server: Site, addresses: dict[str, str]) -> None:
    page.clock.install()
    show(page, server, addresses, "write")
    box(page).press_sequentially("Fra i går")
    page.clock.fast_forward(23 * HOUR)
    show(page, server, addresses, "write")
    assert box(page).input_value() == "Fra i går"
    page.clock.fast_forward(2 * HOUR)
    show(page, server, addresses, "board")
    show(page, server, addresses, "write")
    assert (box(page).input_value(), page.evaluate(DRAFTS)) == ("", 0)


def test_leaving_throws_the_draft_away(page: Page, server: Site, addresses: dict[str, str]) -> None:
    show(page, server, addresses, "write")
    box(page).press_sequentially("Ingen må se det her")
    assert page.evaluate(DRAFTS) == 1
    page.get_by_role("link", name="Væk herfra").click()
    page.wait_for_url(lambda url: not url.startswith(server.url))
    page.goto(f"{server.url}/")
    page.get_by_role("button").first.click()  # the closed page: somebody comes back
    show(page, server, addresses, "write")
    assert (box(page).input_value(), page.evaluate(DRAFTS)) == ("", 0)


# Everybody --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["list", "board", "empty", "topic", "anywhere", "answer", "report", "code", "deleted"])
def test_the_forum_can_be_read_by_everybody(
    visitor: Callable[..., Page], server: Site, addresses: dict[str, str], name: str
) -> None:
    page = visitor()
    show(page, server, addresses, name)
    readable_by_everybody(page)


def test_what_comes_back_and_ones_own_pages_can_be_read_by_everybody(
    page: Page, server: Site, addresses: dict[str, str]
) -> None:
    show(page, server, addresses, "write")
    box(page).fill("Jeg hedder Mia Sørensen og går i 8.b. Ring til 22 33 44 55")
    send(page).click()
    expect(page.locator("mark").first).to_be_visible()
    readable_by_everybody(page)
    page.get_by_role("button", name="Lad en rådgiver læse det først").click()
    expect(page.locator(".words__code")).to_be_visible()
    readable_by_everybody(page)
    mine = page.url
    page.goto(mine.replace("/mit/", "/privat/"))
    box(page).fill("Må jeg sige, hvor jeg bor?")
    page.get_by_role("button", name="Send privat").click()
    readable_by_everybody(page)
    page.goto(mine)
    page.get_by_role("link", name="Slet det").click()
    readable_by_everybody(page)


@pytest.mark.parametrize("name", ["list", "board", "topic", "write"])
def test_a_first_visit_to_the_forum_is_small_and_asks_seldom(
    visitor: Callable[..., Page], server: Site, addresses: dict[str, str], name: str
) -> None:
    page = visitor()
    fetched = weigh(page)
    show(page, server, addresses, name)
    page.wait_for_load_state("networkidle")
    assert sum(fetch.size for fetch in fetched) <= BUDGET
    assert 1 < len(fetched) <= REQUESTS


def test_the_first_screen_of_a_board_holds_the_way_to_write(
    page: Page, server: Site, addresses: dict[str, str]
) -> None:
    show(page, server, addresses, "board")
    seen = page.get_by_role("link", name="Skriv", exact=True).bounding_box()
    assert seen is not None
    assert seen["y"] + seen["height"] <= 740
