"""Lost lines: nothing lost, nothing doubled, nothing for the young person to do (Y7, F01, F12)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.rooms import (
    LOST_SOCKET,
    MUTE_SOCKET,
    PATIENCE,
    Evening,
    Visitor,
    hears,
    log_of,
    room_of,
    say,
    stored,
)
from tests.chat.people import seat_young
from tests.servers import Site


@pytest.fixture
def evening(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Evening:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return Evening(server, visitor, database)


def test_what_is_written_without_a_line_goes_out_in_order_when_it_is_back(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    page.context.set_offline(True)
    texts = [f"uden net {number}" for number in range(3)]
    for text in texts:
        say(page, text)
    expect(page.locator(".message--pending")).to_have_count(3)
    expect(page.locator("[data-line]")).to_be_visible()
    say(other, "imens")
    hears(other, "imens")
    page.context.set_offline(False)
    hears(other, "imens", *texts)
    hears(page, "imens", *texts)
    expect(page.locator("[data-line]")).to_be_hidden()
    expect(page.locator(".log__unread")).to_have_count(1)
    assert stored(page) == []


def test_five_lost_lines_lose_and_double_nothing(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    for number in range(5):
        say(page, f"min {number}")
        page.context.set_offline(True)
        say(other, f"din {number}")
        say(page, f"min igen {number}")
        page.context.set_offline(False)
        expect(page.locator(".message--pending")).to_have_count(0)
    hears(other, *log_of(page)[-1:])
    assert log_of(page) == log_of(other)
    assert sorted(log_of(page)) == sorted(
        text for number in range(5) for text in (f"min {number}", f"din {number}", f"min igen {number}")
    )


def test_an_unsent_message_and_a_draft_outlive_a_reload(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    page.context.set_offline(True)
    say(page, "ikke sendt endnu")
    page.locator("#text").fill("en kladde")
    page.context.set_offline(False)
    page.reload()
    hears(other, "ikke sendt endnu")
    expect(page.locator("#text")).to_have_value("en kladde")


@pytest.mark.parametrize("script", [LOST_SOCKET, MUTE_SOCKET])
def test_a_network_that_blocks_sockets_still_carries_the_room(evening: Evening, script: str) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv", script=script)
    say(page, "et")
    say(page, "to")
    hears(counsellor, "et", "to")
    hears(page, "et", "to")
    say(counsellor, "velkommen")
    hears(page, "et", "to", "velkommen")
    say(page, "mit nummer er 20 30 40 50")
    expect(page.locator("[data-refusal] mark")).to_have_text("20 30 40 50")
    expect(page.locator("#text")).to_have_value("mit nummer er 20 30 40 50")
    expect(page.locator("[data-line]")).to_be_hidden()


def test_the_fourth_tab_takes_over_and_the_first_can_take_back(evening: Evening) -> None:
    evening.opened()
    page = evening.young("Blå Ræv")
    tabs = []
    for _unused in range(3):
        tab = page.context.new_page()
        tab.goto(evening.address)
        expect(tab.locator("[data-count]").first).not_to_be_empty()
        tabs.append(tab)
    expect(page.locator("[data-end-again]")).to_be_visible()
    page.locator("[data-end-again]").click()
    expect(page.locator("[data-end]")).to_be_hidden()
    expect(tabs[0].locator("[data-end]")).to_be_visible()
    say(page, "her igen")
    hears(tabs[2], "her igen")


def test_the_exit_leaves_no_text_in_the_tab_and_no_socket(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    page.locator("#text").fill("en hemmelig kladde")
    while not stored(page):
        page.wait_for_timeout(50)
    expect(other.locator("[data-people]")).to_contain_text("Blå Ræv")
    page.locator("#text").fill("og en linje mere")
    page.evaluate("document.dispatchEvent(new CustomEvent('samrum:exit'))")
    assert stored(page) == []
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert stored(page) == []
    expect(other.locator("[data-people]")).not_to_contain_text("Blå Ræv", timeout=PATIENCE)


def test_a_page_without_a_place_goes_to_the_door(evening: Evening) -> None:
    evening.opened()
    page = evening.young("Blå Ræv")
    page.context.clear_cookies()
    page.context.set_offline(True)
    page.context.set_offline(False)
    page.wait_for_url(lambda url: not url.endswith("/room/"))


def test_a_killed_server_has_everybody_back_with_what_was_said(
    servers: Callable[..., Site], visitor: Visitor, django_db_blocker: DjangoDbBlocker
) -> None:
    site = servers(1, SAMRUM_NETWORK_LIMITS="off")

    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), site.database():
            yield

    evening = Evening(site, visitor, database)
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(other, "før")
    hears(page, "før")
    site.kill(0)
    say(page, "mens serveren var nede 1")
    say(page, "mens serveren var nede 2")
    site.restart(0)
    expect(page.locator(".message--pending")).to_have_count(0, timeout=PATIENCE)
    expect(other.locator(".message")).to_have_count(3, timeout=PATIENCE)
    said = ["før", "mens serveren var nede 1", "mens serveren var nede 2"]
    expect(counsellor.locator(".message")).to_have_count(3, timeout=PATIENCE)
    assert [log_of(page), log_of(other), log_of(counsellor)] == [said, said, said]
    expect(room_of(page)).to_have_attribute("data-state", "open")


def test_a_gap_in_the_numbers_makes_the_page_ask_again(evening: Evening) -> None:
    """The first message after the doctored frame is swallowed on the way; the page sees the gap and fetches it."""
    evening.opened()
    swallowed: list[str] = []
    page = evening.visitor("phone")

    def pass_on(socket: object) -> None:
        server = socket.connect_to_server()  # type: ignore[attr-defined]

        def deliver(message: str) -> None:
            if not swallowed and any(event.get("text") == "borte" for event in json.loads(message)):
                swallowed.append(message)
            else:
                socket.send(message)  # type: ignore[attr-defined]

        server.on_message(deliver)

    page.route_web_socket("**/ws/**", pass_on)
    with evening.database():
        cookies = seat_young(evening.session, "Blå Ræv")[1]
    page.context.add_cookies([{"name": name, "value": cookies[name], "url": evening.site.url} for name in cookies])
    page.goto(evening.address)
    other = evening.young("Stille Ugle")
    say(other, "borte")
    say(other, "her")
    hears(page, "borte", "her")
    assert len(swallowed) == 1
