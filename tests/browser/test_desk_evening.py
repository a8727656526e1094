"""A hard evening, and the attack on a counsellor's aim: whoever is hit is who was meant (G11)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, expect
from pytest_django import DjangoDbBlocker

from chat.models import Event, Member
from tests.browser.desks import card, do, message, person, take, toast, tool, tools, whisper_box
from tests.browser.people import Hand
from tests.browser.rooms import PATIENCE, Evening, Visitor, hears, room_of, say
from tests.chat.people import seat_young
from tests.servers import Site

# The server's own frames go by, and between them come messages of these members, so many a second, as fast as a room
# of angry people writes. Only the page is told of them.
POUR = """
window.Real = window.WebSocket;
window.heads = { room: 0 };
window.WebSocket = class extends window.Real {
  constructor(...a) {
    super(...a);
    window.line = this;
    this.addEventListener("message", ({ data, isTrusted }) => {
      for (const event of JSON.parse(data)) {
        if (event.stream === "room" && isTrusted) window.heads.room = Math.max(window.heads.room, event.seq);
      }
    });
  }
};
// How long ago they saw what the hand comes down on: on a slow machine the test may be slower than any person.
window.sawAt = 0;
addEventListener("pointerdown", ({ timeStamp }) => (window.sawFor = timeStamp - window.sawAt), { capture: true });
window.pour = (members, each) => {
  let number = 0;
  window.pouring = setInterval(() => {
    const seq = (window.heads.room += 1), member = members[Math.floor(Math.random() * members.length)];
    const at = new Date().toISOString(), text = `besked ${(number += 1)} ` + "og mere ".repeat(number % 9);
    const event = { type: "message.posted", stream: "room", seq, at, id: `m${seq}`, member, text };
    window.line.dispatchEvent(new MessageEvent("message", { data: JSON.stringify([event]) }));
  }, each);
};
"""
# Where somebody sees a message of this member: one that stands wholly in the log.
SEEN = """(member) => {
  const view = document.querySelector("[data-log]").getBoundingClientRect();
  const whole = [...document.querySelectorAll(`.log [data-member="${member}"]`)]
    .map((row) => [row, row.querySelector(".message__bubble").getBoundingClientRect()])
    .filter(([, box]) => box.top >= view.top + 4 && box.bottom <= view.bottom - 4);
  if (!whole.length) return null;
  const [row, box] = whole[Math.floor(whole.length / 2)];
  window.sawAt = performance.now();
  return { x: box.x + 12, y: box.y + box.height / 2, message: row.dataset.message };
}"""
# The same in a log that stands still: they scroll up to it.
LOOKED_UP = """(member) => {
  const row = [...document.querySelectorAll(`.log [data-member="${member}"]`)].at(-1);
  row.scrollIntoView({ block: "center" });
  window.sawAt = Infinity; // and see it for as long as they like
  const box = row.querySelector(".message__bubble").getBoundingClientRect();
  return { x: box.x + 12, y: box.y + box.height / 2, message: row.dataset.message };
}"""
BETWEEN_EYE_AND_HAND = 250  # milliseconds
QUICK = 450  # whoever takes longer has seen that it moved
TO_READ_A_LINE = 600
PER_SECOND = 20
MANY = 6


@pytest.fixture
def evening(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Evening:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return Evening(server, visitor, database)


class Flood:
    """An open room in which messages of six people pour in, and what the counsellor's page asks of the server."""

    def __init__(self, evening: Evening, viewport: str) -> None:
        with evening.database():
            young = [seat_young(evening.session)[0] for _unused in range(MANY)]
            Member.objects.filter(pk__in=[member.pk for member in young]).update(room_start=0)  # they have been in
            self.members = [member.public_id for member in young]
        self.asked: list[dict[str, Any]] = []
        self.answered: set[str] = set()
        self.page = evening.visitor(viewport)
        self.page.on("websocket", self._watch)
        self.page.add_init_script(POUR)
        visitor, evening.visitor = evening.visitor, lambda *_arguments, **_options: self.page
        evening.counsellor(viewport=viewport)
        evening.visitor = visitor
        self.page.locator("[data-command='room.open']").click()
        expect(room_of(self.page)).to_have_attribute("data-state", "open")
        self.page.evaluate("([members, each]) => window.pour(members, each)", [self.members, 1000 / PER_SECOND])
        expect(self.page.locator(".message").nth(30)).to_be_attached(timeout=PATIENCE)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framesent", self._note)
        socket.on("framereceived", self._note_answers)

    def _note_answers(self, frame: Any) -> None:
        self.answered.update(event["ref"] for event in json.loads(frame) if event["type"] == "accepted")

    def _note(self, frame: Any) -> None:
        command = json.loads(frame)
        if command["type"] == "member.mute":
            self.asked.append(command)

    def follow(self) -> None:
        """The log runs on."""
        if self.page.locator("[data-pill]").is_visible():
            self.page.locator("[data-pill]").dispatch_event("click")

    def seen(self, member: str) -> dict[str, Any]:
        """Where the counsellor sees a message of this member, as soon as there is one in the log that runs on."""
        self.follow()
        while True:
            if seen := self.page.evaluate(SEEN, member):
                return seen  # type: ignore[no-any-return]
            self.page.wait_for_timeout(50)

    def seen_again(self, member: str) -> dict[str, Any]:
        """The page said that it had moved, and stands still: they read that, scroll up to it, and look again."""
        expect(toast(self.page)).to_contain_text("rykkede")
        self.page.wait_for_timeout(TO_READ_A_LINE)
        return self.page.evaluate(LOOKED_UP, member)  # type: ignore[no-any-return]

    def was_quick(self) -> bool:
        """The hand came down as soon after the eye as a person's does; else it is lifted, and the tools put away."""
        quick: bool = self.page.evaluate("(most) => window.sawFor < most", QUICK)
        if not quick:
            self.page.locator("[data-tools-close]").dispatch_event("click")
        return quick

    def unanswered(self) -> set[str]:
        return {command["ref"] for command in self.asked} - self.answered

    def muted(self) -> list[str]:
        return [command["member"] for command in self.asked]


def with_the_mouse(flood: Flood, member: str) -> None:
    """The mouse comes to the log, the eye finds the message, the hand follows, then one key."""
    page = flood.page
    log = page.locator("[data-log]").bounding_box()
    assert log is not None
    seen = None
    while seen is None:
        page.mouse.move(log["x"] + 300, log["y"] - 20)  # outside, where the log runs on
        flood.follow()
        page.wait_for_timeout(BETWEEN_EYE_AND_HAND)
        page.mouse.move(log["x"] + 300, log["y"] + 30)
        page.wait_for_timeout(BETWEEN_EYE_AND_HAND)
        seen = page.evaluate(SEEN, member)
    while True:
        page.wait_for_timeout(BETWEEN_EYE_AND_HAND)
        page.mouse.move(seen["x"], seen["y"], steps=3)
        page.mouse.down()
        page.mouse.up()
        if tools(page).is_visible():
            break
        seen = flood.seen_again(member)
    page.keyboard.press("m")


def with_a_finger(flood: Flood, member: str) -> None:
    """A finger cannot hover: it comes down where the message was a moment ago."""
    page = flood.page
    seen = flood.seen(member)
    while True:
        page.wait_for_timeout(BETWEEN_EYE_AND_HAND)
        page.touchscreen.tap(seen["x"], seen["y"])
        if tools(page).is_hidden():
            seen = flood.seen_again(member)
        elif flood.was_quick():
            break
        else:
            seen = flood.seen(member)
    tool(page, "mute").tap()


def attack(evening: Evening, viewport: str, hit: Callable[[Flood, str], None], count: int) -> None:
    flood = Flood(evening, viewport)
    meant = [flood.members[number % MANY] for number in range(count)]
    for number, member in enumerate(meant, start=1):
        hit(flood, member)
        while len(flood.asked) < number:
            flood.page.wait_for_timeout(20)
        assert flood.muted()[number - 1 :] == [member]
        flood.page.locator("[data-tools-close]").dispatch_event("click")
    assert flood.muted() == meant
    flood.page.evaluate("clearInterval(window.pouring)")
    while flood.unanswered():
        flood.page.wait_for_timeout(20)
    with evening.database():
        assert Member.objects.filter(public_id__in=meant, muted_at__isnull=True).count() == 0
    flood.page.context.close()


HANDS = [("desktop", with_the_mouse), ("phone", with_a_finger)]


@pytest.mark.parametrize("viewport,hit", HANDS)
def test_whoever_was_meant_is_hit_while_messages_pour_in(
    evening: Evening, viewport: str, hit: Callable[[Flood, str], None]
) -> None:
    attack(evening, viewport, hit, 3)


@pytest.mark.soak
@pytest.mark.parametrize("viewport,hit", HANDS)
def test_whoever_was_meant_is_hit_a_hundred_times_of_a_hundred(
    server: Site, visitor: Visitor, evening: Evening, viewport: str, hit: Callable[[Flood, str], None]
) -> None:
    for _evening in range(20):  # a log of some minutes each, not of an hour
        attack(Evening(server, visitor, evening.database), viewport, hit, 5)


def test_the_tools_stand_still_while_messages_pour_in(evening: Evening) -> None:
    flood = Flood(evening, "desktop")
    with_the_mouse(flood, flood.members[0])
    is_muted(flood.page)
    places = """() => [...document.querySelectorAll("[data-tools] button, .log .picked")]
        .filter((one) => one.checkVisibility())
        .map((one) => one.getBoundingClientRect()).map(({ x, y }) => [x, y])"""
    before, count = flood.page.evaluate(places), flood.page.locator(".message").count()
    expect(flood.page.locator(".message").nth(count + 20)).to_be_attached(timeout=PATIENCE)
    assert flood.page.evaluate(places) == before
    assert flood.page.locator("[data-pill]").is_visible()


def is_muted(page: Page) -> None:
    """The answer has come, and the event with it: neither the toast nor the tools change any more by themselves."""
    expect(toast(page).locator("[data-toast-undo]")).to_be_visible(timeout=PATIENCE)
    expect(tool(page, "unmute")).to_be_visible(timeout=PATIENCE)


def enter(page: Page, evening: Evening) -> None:
    """By the door, as anybody comes: without a place yet."""
    page.goto(f"{evening.site.url}/chat/{evening.session.slug}/")
    page.get_by_role("button", name="Gå ind i chatten").click()
    page.wait_for_url("**/room/")
    expect(page.locator("[data-count]").first).not_to_be_empty(timeout=PATIENCE)


def test_a_hard_evening(evening: Evening) -> None:
    """One climbs the whole ladder and comes back to a closed door; another is in danger meanwhile and gets help."""
    desk = evening.opened()
    harasser, owl = evening.visitor("phone"), evening.young("Stille Ugle")
    enter(harasser, evening)
    say(harasser, "Uglen er en taber")
    hears(owl, "Uglen er en taber")
    with evening.database():
        alias = evening.session.members.get(role="young", network__gt="").alias

    hand = take(desk, "Uglen er en taber")
    hand.press("a")
    expect(tool(desk, "kick")).to_be_visible()
    expect(harasser.locator("[data-standing]")).to_be_visible()
    hand.press("m")
    is_muted(desk)
    expect(toast(desk)).to_contain_text(alias)
    assert (hand.taps, hand.keys) == (0, 2)
    say(harasser, "du kan ikke stoppe mig")
    expect(harasser.locator("[data-refusal]")).to_be_visible()

    # Meanwhile somebody else is in danger: one key, then a whisper with a way to help.
    say(owl, "jeg vil dø")
    hand = Hand(desk)
    hand.tap(do(desk, "acute", "claim"))
    hand.tap(card(desk, "acute").locator("[data-alert-who]"))
    hand.tap(tool(desk, "protect"))
    expect(toast(desk)).to_contain_text("Stille Ugle")
    hand.tap(do(desk, "acute", "whisper"))
    desk.keyboard.type("Jeg er her. Er du i sikkerhed?")
    hand.press("Enter")
    expect(desk.locator("[data-whisper-lines]")).to_contain_text("Er du i sikkerhed?")
    hand.tap(desk.locator("[data-whisper-refer]"))
    desk.keyboard.type("nat")
    hand.press("Enter")
    expect(desk.locator("[data-share-one]")).to_be_focused()
    hand.press("Enter")
    expect(desk.locator("[data-whisper-lines]")).to_contain_text("Nattelinjen")
    assert (hand.taps, hand.keys) == (5, 3)
    expect(owl.locator("[data-help]")).to_be_visible()
    owl.locator("[data-help-close]").click()
    owl.locator("[data-panel-button='whisper']").click()
    expect(owl.locator("[data-hush]")).to_contain_text("Er du i sikkerhed?")
    expect(owl.locator("[data-hush]")).to_contain_text("Nattelinjen")
    assert "Nattelinjen" not in harasser.content()
    do(desk, "acute", "close").click()
    desk.locator("[data-whisper-close]").click()

    # The last two steps of the ladder.
    hand = take(desk, "Uglen er en taber")
    hand.press("k")
    hand.press("Enter")
    expect(harasser.locator("h1")).to_be_visible()
    harasser.wait_for_function("() => !document.querySelector('[data-room]')")
    expect(tool(desk, "ban")).to_be_visible()
    assert (hand.taps, hand.keys) == (0, 2)
    desk.keyboard.press("Escape")
    desk.locator("[data-gone] summary").click()
    hand = Hand(desk)
    gone = desk.locator("[data-gone-list] > li", has_text=alias)
    gone.click()  # one who is out can still be banned
    hand.press("b")
    expect(desk.locator("[data-step-facts] li")).to_have_count(2)
    hand.press("Enter")
    expect(toast(desk)).to_be_visible()
    assert (hand.taps, hand.keys) == (0, 2)
    desk.keyboard.press("Escape")

    # Another alias, a browser without memory: the door is closed.
    other = evening.visitor("phone")
    other.goto(f"{evening.site.url}/chat/{evening.session.slug}/")
    expect(other.get_by_role("button", name="Gå ind i chatten")).to_have_count(0)
    other.get_by_role("button", name="Bank på").click()
    do(desk, "knock", "not_now").click()
    expect(card(desk, "knock")).to_have_count(0)
    expect(other.get_by_role("button", name="Gå ind i chatten")).to_have_count(0)

    innocent = evening.visitor("phone")
    innocent.goto(f"{evening.site.url}/chat/{evening.session.slug}/")
    innocent.get_by_role("button", name="Bank på").click()
    do(desk, "knock", "let_in").click()
    innocent.get_by_role("button", name="Gå ind i chatten").click(timeout=PATIENCE)
    innocent.wait_for_url("**/room/")
    say(innocent, "hej, er her plads?")
    expect(message(desk, "hej, er her plads?")).to_be_visible()
    expect(person(desk, "Stille Ugle")).to_be_visible()

    desk.locator("#tab-steps").click()
    expect(desk.locator("[data-steps] > li")).to_have_count(5)
    with evening.database():
        told = Event.objects.filter(session=evening.session, stream="desk", type__startswith="member.")
        steps = list(told.order_by("seq").values_list("type", flat=True))
    assert steps == ["member.warned", "member.muted", "member.protected", "member.kicked", "member.banned"]
    assert whisper_box(desk).is_hidden()
