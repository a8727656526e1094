"""The counsellor's tools by mouse and by key, counted (C2, C2a, C3, G11), and what they refuse to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from chat.models import Event
from tests.browser.desks import card, do, message, person, take, toast, tool, tools, whisper_box
from tests.browser.people import Hand
from tests.browser.rooms import Evening, Visitor, hears, log_of, say
from tests.servers import Site

ROW = "Blå Ræv skriver noget hårdt"
RED = """() => [...document.querySelectorAll("[data-tools] :is(button, a, select)")].filter((element) => {
    const [r, g, b] = getComputedStyle(element).color.match(/[\\d.]+/g).map(Number);
    return element.checkVisibility() && r > 100 && r > 2 * g && r > 2 * b;
}).map((element) => element.dataset.tool)"""


@pytest.fixture
def evening(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Evening:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return Evening(server, visitor, database)


class Room:
    """An open room with two young people; one of them has written."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.desk = evening.opened()
        self.fox, self.owl = evening.young("Blå Ræv"), evening.young("Stille Ugle")
        say(self.fox, ROW)
        expect(message(self.desk, ROW)).to_be_visible()

    def steps(self) -> list[str]:
        """What the desk's stream tells of sanctions, in order."""
        with self.evening.database():
            events = Event.objects.filter(session=self.evening.session, stream="desk", type__startswith="member.")
            return list(events.order_by("seq").values_list("type", flat=True))


@pytest.fixture
def room(evening: Evening) -> Room:
    return Room(evening)


def test_a_warning_and_a_mute_are_one_step_and_a_mute_is_undone_at_once(room: Room) -> None:
    page, marks = room.desk, person(room.desk, "Blå Ræv").locator("[data-marks]")
    hand = take(page, ROW)
    hand.press("m")
    expect(toast(page)).to_contain_text("Blå Ræv")
    expect(marks).not_to_be_empty()
    assert (hand.taps, hand.keys) == (0, 1)
    hand.tap(toast(page).locator("[data-toast-undo]"))
    expect(marks).to_be_empty()
    hand = Hand(page)
    hand.tap(tool(page, "warn"))
    expect(marks).not_to_be_empty()
    expect(toast(page)).to_be_visible()  # it pushes the tools: look for them afterwards
    assert (hand.taps, hand.keys) == (1, 0)
    page.locator("[data-tools-minutes]").select_option("0")
    hand.tap(tool(page, "mute"))
    expect(tool(page, "unmute")).to_be_visible()
    hand.tap(tool(page, "unmute"))
    expect(tool(page, "unmute")).to_be_hidden()
    assert hand.taps == 3
    assert room.steps() == ["member.muted", "member.unmuted", "member.warned", "member.muted", "member.unmuted"]
    with room.evening.database():
        muted = Event.objects.filter(session=room.evening.session, stream="desk", type="member.muted").order_by("seq")
        assert ['"until"' in event.frame for event in muted] == [True, False]


def test_a_removal_is_one_key_with_a_reason_its_writer_reads(room: Room) -> None:
    page = room.desk
    say(room.fox, "og en til")
    hand = take(page, ROW)
    hand.press("d")
    expect(room.fox.locator(".message--removed")).to_contain_text("Tonen blev for hård")
    expect(room.owl.locator(".message--removed")).not_to_contain_text("Tonen blev for hård")
    assert (hand.taps, hand.keys) == (0, 1)
    take(page, "og en til")
    page.locator("#why").select_option("own")
    page.locator("#own-why").fill("Sig det til mig i stedet")
    tool(page, "remove").click()
    expect(room.fox.locator(".message--removed").last).to_contain_text("Sig det til mig i stedet")


def test_protecting_is_one_key_and_takes_the_words_out_of_the_room(room: Room) -> None:
    hand = take(room.desk, ROW)
    hand.press("p")
    expect(room.owl.locator(".message--removed")).to_have_count(1)
    assert (hand.taps, hand.keys) == (0, 1)
    say(room.fox, "er der nogen?")
    expect(card(room.desk, "held")).to_contain_text(["er der nogen?"])
    assert "er der nogen?" not in room.owl.content()
    tool(room.desk, "unprotect").click()
    expect(tool(room.desk, "unprotect")).to_be_hidden()


def test_the_ladder_is_climbed_in_its_order_only_a_kick_and_a_ban_are_two(room: Room) -> None:
    hand = take(room.desk, ROW)
    expect(tool(room.desk, "kick")).to_be_hidden()
    expect(tool(room.desk, "ban")).to_be_hidden()
    hand.press("k")  # explained, not done
    expect(toast(room.desk)).to_be_visible()
    hand.press("b")
    assert room.steps() == []
    hand.press("a")
    expect(tool(room.desk, "kick")).to_be_visible()
    expect(tool(room.desk, "ban")).to_be_hidden()
    hand = Hand(room.desk)
    hand.press("k")
    hand.press("Enter")
    expect(tool(room.desk, "ban")).to_be_visible()
    assert hand.keys == 2
    expect(tool(room.desk, "kick")).to_be_hidden()
    hand = Hand(room.desk)
    hand.tap(tool(room.desk, "ban"))
    facts = room.desk.locator("[data-step-facts]")
    expect(facts).to_contain_text("Tonen blev for hård")  # what the young person will read
    hand.tap(room.desk.locator("[data-step-buttons] button"))
    expect(toast(room.desk)).to_be_visible()  # the step had put the last one away
    assert (hand.taps, hand.keys) == (2, 0)
    assert room.steps() == ["member.warned", "member.muted", "member.kicked", "member.banned"]


def test_every_key_has_a_button_and_the_hard_ones_stand_apart_in_red(room: Room) -> None:
    page = room.desk
    take(page, ROW).press("a")
    expect(tool(page, "kick")).to_be_visible()
    keys = set(page.locator("[data-keys-dialog] dt").all_text_contents())
    shown = set(tools(page).locator("kbd:visible").all_inner_texts())
    assert keys - shown == {"B", "Esc", "?"}  # a ban comes after the kick; these two have buttons of their own
    assert tools(page).locator("[data-tools-close]").is_visible()
    assert page.locator("[data-keys-open]").is_visible()
    hard = tool(page, "kick").bounding_box()
    assert hard is not None
    others = tools(page).locator("button:visible, select:visible, a:visible")
    boxes = [box for button in others.all() if (box := button.bounding_box()) and box != hard]
    assert len(boxes) > 6
    for box in boxes:
        beside = max(box["x"] - hard["x"] - hard["width"], hard["x"] - box["x"] - box["width"])
        above = max(box["y"] - hard["y"] - hard["height"], hard["y"] - box["y"] - box["height"])
        assert max(beside, above) >= 8
    assert page.evaluate(RED) == ["kick"]


def test_a_step_can_be_left_and_the_focus_is_back_on_the_row(room: Room) -> None:
    take(room.desk, ROW).press("a")
    expect(tool(room.desk, "kick")).to_be_visible()
    room.desk.keyboard.press("k")
    expect(room.desk.locator("[data-tools-step]")).to_be_visible()
    room.desk.keyboard.press("Escape")
    expect(room.desk.locator("[data-tools-step]")).to_be_hidden()
    expect(message(room.desk, ROW)).to_be_focused()
    room.desk.keyboard.press("Escape")
    expect(tools(room.desk)).to_be_hidden()
    expect(room.desk.locator("#text")).to_be_focused()
    assert room.steps() == ["member.warned"]


def test_keys_work_on_a_row_alone_and_can_be_switched_off(room: Room) -> None:
    page = room.desk
    page.locator("#text").focus()
    page.keyboard.type("mapkbdw/?")
    expect(page.locator("#text")).to_have_value("mapkbdw/?")
    page.locator("#text").fill("")
    take(page, ROW)
    for held in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{held}+m")
    page.keyboard.press("?")
    keys = page.locator("[data-keys-dialog]")
    expect(keys).to_be_visible()
    keys.locator("[data-keys-on]").uncheck()
    page.keyboard.press("Escape")
    message(page, ROW).focus()
    page.keyboard.press("m")
    page.reload()
    expect(message(page, ROW)).to_be_visible()
    take(page, ROW).press("m")
    assert room.steps() == []
    page.locator("[data-keys-open]").click()
    keys.locator("[data-keys-on]").check()
    page.keyboard.press("Escape")
    take(page, ROW).press("m")
    expect(toast(page)).to_be_visible()
    assert room.steps() == ["member.muted"]


# Whispering -------------------------------------------------------------------------------------------------------


def test_whispering_cannot_be_taken_for_writing_to_all(room: Room) -> None:
    page = room.desk
    say(room.owl, "jeg er ny her")
    expect(message(page, "jeg er ny her")).to_be_visible()
    page.locator("#text").fill("til alle, ikke færdig")
    hand = take(page, ROW)
    hand.press("w")
    expect(whisper_box(page)).to_be_focused()
    assert hand.keys == 1
    label = page.locator("[data-whisper-label]")
    expect(label).to_contain_text("Blå Ræv")
    expect(page.locator("#text")).to_be_hidden()
    public = page.evaluate("getComputedStyle(document.querySelector('.composer')).backgroundColor")
    assert page.evaluate("getComputedStyle(document.querySelector('.whisper')).backgroundColor") != public
    whisper_box(page).fill("halvt skrevet")
    message(page, ROW).click()  # somebody else in hand: the recipient stays
    expect(label).to_contain_text("Blå Ræv")
    page.keyboard.press("Escape")
    expect(whisper_box(page)).to_have_value("halvt skrevet")
    page.keyboard.press("Escape")
    expect(whisper_box(page)).to_be_hidden()
    expect(page.locator("#text")).to_have_value("til alle, ikke færdig")
    take(page, "jeg er ny her").press("w")
    expect(whisper_box(page)).to_have_value("")
    whisper_box(page).fill("til uglen")
    take(page, ROW).press("w")
    expect(whisper_box(page)).to_have_value("halvt skrevet")
    whisper_box(page).fill("Er du okay?")
    whisper_box(page).press("Enter")
    expect(page.locator("[data-whisper-lines]")).to_contain_text("Er du okay?")
    page.locator("[data-whisper-close]").click()
    page.locator(".composer__send").click()
    hears(room.owl, ROW, "jeg er ny her", "til alle, ikke færdig")
    assert "Er du okay?" not in room.owl.content()


def test_a_whisper_of_a_young_person_waits_in_its_thread_until_it_is_read(room: Room) -> None:
    page, amir = room.desk, room.evening.counsellor(1)
    take(amir, ROW).press("w")
    whisper_box(amir).fill("Hej, det er Amir")
    whisper_box(amir).press("Enter")
    page.locator("#tab-threads").click()
    thread = page.locator(".thread", has_text="Blå Ræv")
    expect(thread).to_contain_text("Amir")  # who of the colleagues answered
    expect(thread.locator(".badge")).to_have_count(0)
    room.fox.locator("[data-panel-button='whisper']").click()
    room.fox.locator("[data-hush] textarea").fill("Jeg er bange")
    room.fox.locator("[data-hush] form [type=submit]").first.click()
    expect(thread.locator(".badge")).to_be_visible()
    expect(page.locator("[data-assertive]")).to_contain_text("Jeg er bange")
    expect(page.locator("[data-whisper-count]").first).to_have_text("1")
    thread.locator("button").click()
    expect(page.locator("[data-whisper-lines]")).to_contain_text("Jeg er bange")
    expect(page.locator("[data-whisper-count]").first).to_be_hidden()


# A service handed on ----------------------------------------------------------------------------------------------


def test_a_service_is_whispered_with_three_keys(room: Room) -> None:
    page = room.desk
    take(page, ROW).press("w")
    whisper_box(page).fill("Her er nogen, der kan hjælpe")
    whisper_box(page).press("Enter")
    expect(page.locator("[data-whisper-lines]")).to_contain_text("Her er nogen")
    hand = take(page, ROW)
    hand.press("/")
    expect(page.locator("#share-search")).to_be_focused()
    page.keyboard.type("nat")
    hand.press("Enter")
    expect(page.locator("[data-share-preview]")).to_contain_text("Nattelinjen")
    expect(page.locator("[data-share-one]")).to_be_focused()  # a whisper is open: it is chosen already
    hand.press("Enter")
    expect(toast(page)).to_contain_text("Nattelinjen")
    assert (hand.taps, hand.keys) == (0, 3)
    room.fox.locator("[data-panel-button='whisper']").click()
    expect(room.fox.locator("[data-hush]")).to_contain_text("Nattelinjen")
    assert "Nattelinjen" not in room.owl.content()


def test_a_service_for_everybody_is_in_the_log_of_all_and_a_closed_one_warns_first(room: Room) -> None:
    page = room.desk
    take(page, ROW).press("/")
    page.locator("#share-search").fill("nat")
    page.locator("#share-search").press("Enter")
    expect(page.locator("[data-share-closed]")).to_be_hidden()
    page.locator("[data-share-all]").click()
    for reader in (room.fox, room.owl, page):
        expect(reader.locator("[data-log]")).to_contain_text("Nattelinjen")
    closed = {"id": "x", "name": "Lukket hus", "channels": [], "open": False, "changes_at": None, "checked_on": None}
    page.route("**/tilbud.json*", lambda route: route.fulfill(json={"services": [closed]}))
    take(page, ROW).press("/")
    page.locator("#share-search").fill("luk")
    page.locator("#share-search").press("Enter")
    expect(page.locator("[data-share-closed]")).to_be_visible()
    expect(page.locator("[data-share-facts]")).not_to_be_empty()


# The desk ---------------------------------------------------------------------------------------------------------


def test_an_alert_is_taken_taken_over_and_done(room: Room) -> None:
    page, amir = room.desk, room.evening.counsellor(1)
    say(room.fox, "jeg vil dø")
    do(page, "acute", "claim").click()
    expect(card(page, "acute")).to_have_attribute("data-taken", "")
    expect(card(amir, "acute").locator("[data-alert-by]")).to_contain_text("Sofie")
    do(amir, "acute", "claim").click()
    expect(card(page, "acute").locator("[data-alert-by]")).to_contain_text("Amir")
    do(amir, "acute", "close").click()
    expect(card(page, "acute")).to_have_count(0)


def test_an_acute_alert_that_nobody_takes_grows_louder_after_a_minute(evening: Evening) -> None:
    page = evening.visitor("desktop")
    page.clock.install()
    visitor, evening.visitor = evening.visitor, lambda *_args, **_options: page
    desk = evening.opened()
    evening.visitor = visitor
    say(evening.young("Blå Ræv"), "jeg vil dø")
    expect(card(desk, "acute")).to_be_visible()
    expect(card(desk, "acute").locator("[data-alert-loud]")).to_be_hidden()
    desk.clock.fast_forward("01:06")
    expect(card(desk, "acute").locator("[data-alert-loud]")).to_be_visible()
    expect(desk.locator("[data-assertive]")).to_contain_text("Ingen har taget")
    do(desk, "acute", "claim").click()
    desk.clock.fast_forward("00:06")
    expect(card(desk, "acute").locator("[data-alert-loud]")).to_be_hidden()


def test_a_held_message_is_let_through_or_refused_with_a_reason(room: Room) -> None:
    page = room.desk
    page.locator("[data-room-open]").click()
    page.locator("[data-hold]").check()
    expect(page.locator("[data-room-note]")).not_to_be_empty()
    page.locator("[data-room-close]").click()
    say(room.fox, "den gode")
    expect(card(page, "held")).to_contain_text("den gode")
    do(page, "held", "release").click()
    hears(room.owl, ROW, "den gode")
    say(room.fox, "den dårlige")
    expect(card(page, "held")).to_contain_text("den dårlige")
    do(page, "held", "discard").click()
    card(page, "held").locator("details button").nth(1).click()
    expect(card(page, "held")).to_have_count(0)
    assert "den dårlige" not in room.owl.content()


def test_colleagues_write_notes_to_each_other_and_read_who_did_what(room: Room) -> None:
    page, amir = room.desk, room.evening.counsellor(1)
    page.locator("#tab-notes").click()
    page.locator("#note").fill("Hold øje med Blå Ræv")
    page.locator("#note").press("Enter")
    expect(amir.locator("[data-notes-count]")).to_have_text("1")
    amir.locator("#tab-notes").click()
    expect(amir.locator("[data-notes]")).to_contain_text("Hold øje med Blå Ræv")
    expect(amir.locator("[data-notes-count]")).to_be_hidden()
    take(page, ROW).press("m")
    amir.locator("#tab-steps").click()
    expect(amir.locator("[data-steps]")).to_contain_text("Sofie")
    expect(amir.locator("[data-steps]")).to_contain_text("Tonen blev for hård")
    assert "Hold øje" not in room.fox.content()


def test_pace_question_and_poll_are_set_for_the_whole_room(room: Room) -> None:
    page = room.desk
    page.locator("[data-room-open]").click()
    dialog = page.locator("[data-room-dialog]")
    dialog.locator("[name=slow][value='30']").check()
    dialog.locator("#pin").fill("Hvad gør jer glade?")
    dialog.locator("[data-pin-form] [type=submit]").click()
    dialog.locator("[name=question]").fill("Skal vi tage den igen?")
    dialog.locator("#poll-option-1").fill("Ja")
    dialog.locator("#poll-option-2").fill("Nej")
    dialog.locator("[data-poll-form] [type=submit]").click()
    expect(dialog.locator("[data-polls]")).to_contain_text("Skal vi tage den igen?")
    expect(room.owl.locator("[data-pin]")).to_contain_text("Hvad gør jer glade?")
    room.owl.locator(".poll__option").first.click()
    expect(dialog.locator("[data-polls] li li b").first).to_have_text("1")
    dialog.locator("[data-polls] button").click()
    expect(dialog.locator("[data-polls] > li")).to_have_count(0)
    dialog.locator("[data-unpin]").click()
    expect(room.owl.locator("[data-pin]")).to_be_hidden()
    page.locator("[data-room-close]").click()
    expect(page.locator("[data-room-now]")).to_contain_text("30")
    assert ROW in log_of(room.owl)
