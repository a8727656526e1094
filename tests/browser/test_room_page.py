"""The room's page as young people and counsellors meet it: states, reading, help, the counsellor's tools."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.people import is_fine, sideways
from tests.browser.rooms import PATIENCE, Evening, Visitor, act, hears, log_of, room_of, say
from tests.servers import Site

ACUTE = "jeg vil dø"
OUT_OF_SIGHT = """() => [".exit", ".help-now", "#text", ".composer__send"]
    .map((selector) => [selector, document.querySelector(selector).getBoundingClientRect()])
    .filter(([, box]) => box.top < 0 || box.bottom > innerHeight || box.left < 0 || box.right > innerWidth)
    .map(([selector]) => selector)"""

MOVING = "[...document.querySelectorAll('*')].filter((part) => getComputedStyle(part).animationName !== 'none').length"


@pytest.fixture
def evenings(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Callable[..., Evening]:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return lambda **fields: Evening(server, visitor, database, **fields)


@pytest.fixture
def evening(evenings: Callable[..., Evening]) -> Evening:
    return evenings()


def test_every_state_of_a_young_persons_room_can_be_read_by_everybody(evening: Evening) -> None:
    counsellor = evening.counsellor()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    is_fine(page)
    counsellor.locator("[data-command='room.open']").click()
    say(other, "hej med jer")
    hears(page, "hej med jer")
    page.locator(".message [data-more]").first.click()
    is_fine(page)
    say(page, "ring på 20 30 40 50")
    expect(page.locator("[data-refusal] mark")).to_be_visible()
    is_fine(page)
    page.locator("#text").fill("")
    say(page, ACUTE)
    expect(page.locator("[data-help]")).to_be_visible()
    is_fine(page)
    page.locator("[data-help-close]").click()
    page.locator("[data-panel-button='people']").click()
    is_fine(page)
    page.keyboard.press("Escape")
    counsellor.locator("[data-command='room.pause']").click()
    expect(page.locator("[data-banner]")).to_be_visible()
    is_fine(page)


@pytest.mark.parametrize("viewport", ["desktop", "phone", "zoomed"])
def test_the_counsellors_room_can_be_read_by_everybody(evening: Evening, viewport: str) -> None:
    page = evening.counsellor(viewport=viewport)
    is_fine(page)
    page.locator("[data-command='room.open']").click()
    young = evening.young("Blå Ræv")
    say(young, "hej")
    say(young, ACUTE)
    expect(page.locator(".alert")).to_have_count(1)
    is_fine(page)
    if viewport != "desktop":
        page.locator("[data-panel-button='desk']").click()
        expect(page.locator(".alert")).to_be_visible()
        is_fine(page)
        page.keyboard.press("Escape")
    page.locator("[data-closing-open]").click()
    is_fine(page)


@pytest.mark.parametrize("viewport", ["phone", "desktop", "zoomed"])
def test_exit_help_and_the_box_to_write_in_are_always_in_sight(evening: Evening, viewport: str) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv", viewport)
    for number in range(5):
        say(counsellor, f"Besked {number} " + "med mange ord " * 20)
    expect(page.locator(".message")).to_have_count(5)
    assert page.evaluate(OUT_OF_SIGHT) == []
    assert sideways(page) == 0
    page.locator("#text").fill("linje\n" * 12)
    assert page.evaluate(OUT_OF_SIGHT) == []
    say(page, "mit nummer er 20 30 40 50")
    expect(page.locator("[data-refusal]")).to_be_visible()
    assert page.evaluate(OUT_OF_SIGHT) == []


def test_counsellors_come_first_with_name_word_and_what_they_do(evening: Evening) -> None:
    evening.opened()
    page = evening.young("Blå Ræv", "desktop")
    first, second, third = (page.locator("[data-people] > li").nth(place) for place in range(3))
    expect(first).to_contain_text("Sofie")
    expect(first).to_contain_text("Jeg lytter.")
    expect(first).to_have_class("person person--counsellor")
    expect(second).to_contain_text("Amir")  # not here, but part of the evening
    expect(second).to_have_class("person person--counsellor person--away")
    expect(third).to_contain_text("Blå Ræv")
    expect(page.locator("[data-who]")).to_contain_text("Sofie")


def test_a_message_of_ones_own_and_a_counsellors_are_marked_by_more_than_colour(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    say(counsellor, "Velkommen")
    say(page, "Tak")
    hears(page, "Velkommen", "Tak")
    theirs, own = page.locator(".message").first, page.locator(".message").last
    assert theirs.locator("[data-word]").inner_text() == page.evaluate(
        "JSON.parse(document.querySelector('#boot').textContent).strings.role_counsellor"
    )
    assert own.locator("[data-word]").inner_text() != ""
    assert own.evaluate("(row) => getComputedStyle(row).justifyContent") == "end"


def test_words_are_text_whatever_they_look_like(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    say(counsellor, "<img src=x onerror=alert(1)> & <b>fed</b>")
    hears(page, "<img src=x onerror=alert(1)> & <b>fed</b>")
    assert page.locator(".message__text *").count() == 0


def test_a_reply_shows_one_line_of_what_it_answers_and_loses_it_with_the_original(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle", "desktop")
    say(page, "noget privat")
    hears(other, "noget privat")
    act(other, "noget privat", 0)
    say(other, "det kender jeg")
    hears(page, "noget privat", "det kender jeg")
    quote = page.locator(".message", has_text="det kender jeg").locator("[data-quote]")
    expect(quote).to_contain_text("Blå Ræv: noget privat")
    act(page, "noget privat", -1)
    expect(quote).not_to_contain_text("noget privat")
    for reader in (page, other, counsellor):
        expect(reader.locator(".message--removed")).to_have_count(1)
        assert "noget privat" not in reader.locator("[data-log]").inner_text()


def test_a_counsellor_removes_with_a_reason_that_only_its_writer_reads(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(page, "en hård besked")
    hears(counsellor, "en hård besked")
    act(counsellor, "en hård besked", -1)
    counsellor.locator("#reason").fill("Skriv det til mig i stedet")
    counsellor.locator("#reason").press("Enter")
    expect(page.locator(".message--removed")).to_contain_text("Skriv det til mig i stedet")
    expect(other.locator(".message--removed")).to_have_count(1)
    assert "Skriv det til mig" not in other.content()


def test_an_acute_text_brings_help_first_and_reaches_the_desk_alone(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(page, ACUTE)
    box = page.locator("[data-help]")
    expect(box).to_be_visible()
    expect(box.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    expect(page.locator("[data-assertive]")).to_contain_text("112")
    alert = counsellor.locator(".alert")
    expect(alert).to_contain_text(ACUTE)
    expect(alert).to_contain_text("Blå Ræv")
    expect(counsellor.locator("[data-assertive]")).to_contain_text(ACUTE)
    say(page, "tak")
    hears(other, "tak")
    assert ACUTE not in other.content()
    assert other.locator("[data-help]").is_hidden()


def test_a_text_that_reveals_its_writer_stays_in_the_box_with_what_was_found(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(page, "🙂 ring til mig på 20 30 40 50")
    expect(page.locator("[data-refusal-found] mark")).to_have_text("20 30 40 50")
    expect(page.locator("#text")).to_have_value("🙂 ring til mig på 20 30 40 50")
    expect(page.locator("[data-assertive]")).not_to_be_empty()
    say(page, "🙂 i aften")
    hears(other, "🙂 i aften")
    expect(page.locator("[data-refusal]")).to_be_hidden()


def test_without_a_counsellor_the_room_says_so_and_keeps_the_text(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    say(page, "hej")
    hears(page, "hej")
    counsellor.context.close()
    expect(room_of(page)).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    expect(page.locator("[data-banner]")).to_be_visible()
    expect(page.locator("[data-banner] [data-when~='waiting']")).to_be_visible()
    say(page, "er der nogen?")
    expect(page.locator("[data-refusal]")).to_be_visible()
    expect(page.locator("#text")).to_have_value("er der nogen?")
    page.set_viewport_size({"width": 360, "height": 400})  # with the keyboard open
    assert page.evaluate(OUT_OF_SIGHT) == []
    evening.counsellor(1)
    expect(room_of(page)).to_have_attribute("data-state", "open")
    expect(page.locator("[data-refusal]")).to_be_hidden()
    page.locator(".composer__send").click()
    hears(page, "hej", "er der nogen?")


def test_a_lobby_where_nobody_came_says_so_with_help(evenings: Callable[..., Evening]) -> None:
    begun = timezone.now() - timedelta(minutes=6)
    page = evenings(starts_at=begun).young("Blå Ræv")
    expect(page.locator("[data-banner] [data-when~='no_show']")).to_be_visible()


def test_a_closed_room_ends_calmly(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    counsellor.locator("[data-closing-open]").click()
    goodbye = counsellor.locator("#goodbye").input_value()
    counsellor.locator("[data-closing-dialog] [type=submit]").click()
    hears(page, goodbye)
    expect(room_of(page)).to_have_attribute("data-state", "closing")
    say(page, "farvel")
    hears(counsellor, "farvel")
    counsellor.locator("[data-command='room.close']").click()
    expect(room_of(page)).to_have_attribute("data-state", "closed")
    expect(page.locator("#text")).to_be_hidden()
    expect(page.locator("[data-banner] [data-when='closed']")).to_have_attribute(
        "href", f"/chat/{evening.session.slug}/"
    )
    expect(counsellor.locator("[data-banner] a")).to_have_attribute("href", f"/vagt/{evening.session.slug}/efter/")


def test_after_ten_minutes_without_input_the_page_asks_whether_the_counsellor_is_here(evening: Evening) -> None:
    page = evening.visitor("desktop")
    page.clock.install()
    evening.visitor = lambda *_args, **_options: page
    counsellor = evening.opened()
    counsellor.clock.fast_forward("10:01")
    question = counsellor.locator("[data-question]")
    expect(question).to_be_visible()
    expect(counsellor.locator("[data-assertive]")).not_to_be_empty()
    expect(counsellor.locator("#text")).to_be_enabled()  # it does not stand in the way
    question.get_by_role("button").click()
    expect(question).to_be_hidden()


def test_input_is_told_to_the_server_at_most_once_a_minute(evening: Evening) -> None:
    page = evening.visitor("desktop")
    page.clock.install()
    told: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: told.append(str(frame))))
    evening.visitor = lambda *_args, **_options: page
    counsellor = evening.opened()
    for _unused in range(5):
        counsellor.keyboard.press("Shift")
    counsellor.clock.fast_forward("01:01")
    counsellor.keyboard.press("Shift")
    counsellor.wait_for_timeout(200)
    assert [frame for frame in told if '"here":true' in frame] == ['{"type":"ping","here":true}'] * 2


def test_the_log_is_read_by_arrow_keys_and_left_by_escape(evening: Evening) -> None:
    evening.opened()
    page = evening.young("Blå Ræv", "desktop")
    for text in ("et", "to", "tre"):
        say(page, text)
    hears(page, "et", "to", "tre")
    page.locator("[data-log]").focus()
    read = []
    for key in ("ArrowUp", "ArrowUp", "Home", "ArrowDown", "End"):
        page.keyboard.press(key)
        read.append(page.evaluate("document.activeElement.querySelector('[data-text]').textContent"))
    assert read == ["tre", "to", "et", "to", "tre"]
    assert "Blå Ræv" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[data-menu]') !== null")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#text")).to_be_focused()


def test_the_log_itself_is_never_read_twice(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "off")
    say(page, "mine egne ord")
    hears(page, "mine egne ord")
    say(counsellor, "rådgiverens ord")
    expect(page.locator("[data-polite]")).to_have_text("Sofie: rådgiverens ord")
    assert "mine egne ord" not in page.locator("[data-polite]").inner_text()


def test_a_reader_further_up_stays_there_and_has_a_button_down(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    for number in range(5):
        say(counsellor, f"Besked {number} " + "med mange ord " * 30)
    expect(page.locator(".message")).to_have_count(5)
    top = "document.querySelector('[data-log]').scrollTop"
    page.evaluate(f"{top} = 100")
    say(counsellor, "ny")
    pill = page.locator("[data-pill]")
    expect(pill).to_be_visible()
    assert page.evaluate(top) == 100
    pill.click()
    expect(pill).to_be_hidden()
    expect(page.locator(".message").last).to_be_in_viewport()


def test_enter_sends_with_a_keyboard_and_makes_a_line_on_a_touch_screen(evening: Evening) -> None:
    evening.opened()
    desk = evening.young("Blå Ræv", "desktop")
    desk.locator("#text").press_sequentially("et")
    desk.keyboard.press("Shift+Enter")
    desk.keyboard.type("to")
    desk.keyboard.press("Enter")
    hears(desk, "et\nto")
    phone = evening.young("Stille Ugle", is_mobile=True)
    phone.locator("#text").press_sequentially("et")
    phone.keyboard.press("Enter")
    expect(phone.locator("#text")).to_have_value("et\n")


def test_the_young_see_only_counsellors_typing(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    counsellor.locator("#text").press_sequentially("Hvad")
    expect(page.locator("[data-typing]")).to_contain_text("Sofie")
    other.locator("#text").press_sequentially("jeg")
    expect(counsellor.locator("[data-typing]")).to_contain_text("Stille Ugle")
    assert "Stille Ugle" not in page.locator("[data-typing]").inner_text()


def test_without_scripts_the_room_can_be_read_and_written_in(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv", javascript=False)
    page.locator("#text").fill("uden scripts")
    page.locator(".composer__send").click()
    hears(counsellor, "uden scripts")
    frame = page.frame_locator("iframe")
    expect(frame.locator("[data-text]")).to_have_text("uden scripts")
    page.locator("#text").fill("ring på 20 30 40 50")
    page.locator(".composer__send").click()
    expect(page.locator("[data-refusal]")).to_be_visible()
    expect(page.locator("#text")).to_have_value("ring på 20 30 40 50")
    page.locator("#text").fill(ACUTE)
    page.locator(".composer__send").click()
    expect(page.locator(".plain-view .helpbox")).to_contain_text("112")
    assert page.locator("[data-panel-button]:visible").count() == 0
    assert log_of(counsellor) == ["uden scripts"]


def test_with_scripts_the_frame_is_not_even_asked_for(evening: Evening) -> None:
    evening.opened()
    page = evening.visitor("phone")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    evening.visitor = lambda *_args, **_options: page
    evening.young("Blå Ræv")
    assert [url for url in asked if "/frame/" in url] == []


def test_reduced_motion_and_forced_colours_keep_the_room_whole(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv", reduced_motion="reduce", forced_colors="active")
    say(counsellor, "hej")
    hears(page, "hej")
    assert page.evaluate(MOVING) == 0
    assert page.locator(".message__bubble").evaluate("(part) => getComputedStyle(part).borderInlineStartWidth") == "6px"
