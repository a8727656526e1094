"""What the young have beside the room: the whisper line, telling a counsellor, hiding somebody, polls, sanctions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import DjangoDbBlocker

from chat.models import Event
from tests.browser.people import Hand, is_fine, sideways
from tests.browser.rooms import Evening, Visitor, hears, log_of, room_of, say
from tests.servers import Site

# A second tab of the counsellor's without a page: one command, and what was answered. It is about the member called
# `about`, or else about the message that was held last.
COMMAND = """async ({ about, command }) => {
  window.secondTab ??= new Promise((open) => {
    const boot = JSON.parse(document.querySelector("#boot").textContent);
    const tab = { socket: new WebSocket(`ws://${location.host}${boot.ws_path}`), members: {}, held: "", answers: {} };
    tab.socket.onmessage = (message) => {
      for (const event of JSON.parse(message.data)) {
        if (event.type === "room.entered") open(tab);
        for (const one of event.members ?? [event.member]) if (one?.alias) tab.members[one.alias] = one.id;
        if (event.type === "message.held") tab.held = event.id;
        if (event.ref) tab.answers[event.ref](event);
      }
    };
  });
  const tab = await window.secondTab, ref = crypto.randomUUID();
  while (about === null && !tab.held) await new Promise((done) => setTimeout(done, 50));
  const target = about === null ? { id: tab.held } : about && { member: tab.members[about] };
  const answer = new Promise((done) => { tab.answers[ref] = done; });
  tab.socket.send(JSON.stringify({ ...command, ...target, ref }));
  return answer;
}"""


@pytest.fixture
def evening(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Evening:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return Evening(server, visitor, database)


def tell(counsellor: Page, kind: str, *, about: str | None = "", **fields: Any) -> dict[str, Any]:
    """The counsellor does `kind`, to the member called `about`. Answers what the server said."""
    answer = counsellor.evaluate(COMMAND, {"about": about, "command": {"type": kind, **fields}})
    assert answer["type"] == "accepted", answer
    return answer  # type: ignore[no-any-return]


def decide(counsellor: Page, kind: str, **fields: Any) -> None:
    """The counsellor decides on the one message that is held."""
    tell(counsellor, kind, about=None, **fields)


def menu_of(page: Page, text: str) -> Locator:
    row = page.locator(".message", has_text=text)
    row.hover()
    row.locator("[data-more]").click()
    return row.locator("[data-menu]")


def word(page: Page, key: str) -> str:
    """What the page calls it."""
    strings = "(key) => JSON.parse(document.querySelector('#boot').textContent).strings[key]"
    return page.evaluate(strings, key)  # type: ignore[no-any-return]


def whisper(page: Page, text: str) -> None:
    page.locator("#whisper-text").fill(text)
    page.locator(".hush__send").click()


# The whisper line ----------------------------------------------------------------------------------------------------


def test_a_whisper_goes_both_ways_in_its_own_place_and_never_into_the_log(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(page, "hej alle")
    page.locator(".hush-open").click()
    expect(page.locator("#whisper-text")).to_be_focused()
    whisper(page, "min far slår mig")
    expect(page.locator(".hush__line:not(.hush__line--pending)")).to_contain_text(["min far slår mig"])
    page.keyboard.press("Escape")
    expect(page.locator(".panel--hush")).to_be_hidden()
    tell(counsellor, "whisper.send", about="Blå Ræv", text="jeg er her for dig")
    expect(page.locator("[data-assertive]")).to_contain_text("jeg er her for dig")
    expect(page.locator("[data-hush-count]")).to_be_visible()
    page.locator(".hush-open").click()
    expect(page.locator(".hush__line")).to_contain_text(["min far slår mig", "jeg er her for dig"])
    expect(page.locator("[data-hush-count]")).to_be_hidden()
    say(counsellor, "velkommen")
    hears(other, "hej alle", "velkommen")
    for reader in (page, other):
        assert "slår" not in " ".join(log_of(reader))
    assert "min far" not in other.content() + other.evaluate("JSON.stringify(sessionStorage)")
    assert "jeg er her" not in other.content()


def test_what_one_writes_to_all_and_what_one_whispers_are_two_drafts(evening: Evening) -> None:
    evening.opened()
    page = evening.young("Blå Ræv", "desktop")
    page.locator("#text").fill("til alle")
    page.locator(".hush-open").click()
    page.locator("#whisper-text").fill("kun til jer")
    page.reload()
    expect(page.locator("#text")).to_have_value("til alle")
    page.locator(".hush-open").click()
    expect(page.locator("#whisper-text")).to_have_value("kun til jer")


@pytest.mark.parametrize("viewport", ["phone", "desktop", "zoomed"])
def test_the_whisper_line_can_be_read_by_everybody(evening: Evening, viewport: str) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv", viewport)
    page.locator(".hush-open").click()
    is_fine(page)
    whisper(page, "må jeg hviske?")
    tell(counsellor, "whisper.send", about="Blå Ræv", text="ja, altid")
    expect(page.locator(".hush__line")).to_have_count(2)
    is_fine(page)
    for place in ("#whisper-text", ".hush__send", ".exit"):
        box = page.locator(place).first.bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= page.evaluate("innerHeight")


def test_who_whispers_while_no_counsellor_is_there_is_shown_help(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    counsellor.context.close()
    expect(room_of(page)).to_have_attribute("data-state", "waiting", timeout=40_000)
    page.locator(".hush-open").click()
    whisper(page, "er I der?")
    expect(page.locator("[data-help]")).to_be_visible()
    page.locator("[data-help-close]").click()
    expect(page.locator("#whisper-text")).to_be_focused()
    expect(page.locator(".hush__line")).to_contain_text(["er I der?"])


# Telling the counsellor, and hiding ----------------------------------------------------------------------------------


def test_a_message_is_told_to_the_counsellor_with_two_taps(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(other, "du er klam")
    hears(page, "du er klam")
    hand = Hand(page)
    hand.tap(page.locator(".message", has_text="du er klam").locator("[data-more]"))
    hand.tap(page.locator("[data-menu]").get_by_text(word(page, "report_hard"), exact=True))
    assert (hand.taps, hand.keys) == (2, 0)
    expect(page.locator("[data-refusal] [data-refusal-text]")).to_have_text(word(page, "reported"))
    expect(counsellor.locator("[data-desk]")).to_contain_text("du er klam")
    assert word(page, "report_hard") not in other.content().replace(other.locator("#boot").inner_html(), "")


def test_a_message_can_be_told_of_in_ones_own_words(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv", "desktop"), evening.young("Stille Ugle")
    say(other, "kom og find mig")
    hears(page, "kom og find mig")
    menu_of(page, "kom og find mig").get_by_text(word(page, "report_other"), exact=True).click()
    page.locator("#report").fill("hun mener det")
    page.locator("#report").press("Enter")
    expect(page.locator("[data-refusal] [data-refusal-text]")).to_have_text(word(page, "reported"))
    with evening.database():
        assert Event.objects.filter(stream="desk", type="alert.raised", frame__contains="hun mener det").exists()


def test_somebody_is_hidden_for_one_reader_alone_until_they_are_shown_again(evening: Evening) -> None:
    evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(other, "noget dumt")
    hears(page, "noget dumt")
    hide = word(page, "hide").replace("{name}", "Stille Ugle")
    menu_of(page, "noget dumt").get_by_text(hide, exact=True).click()
    expect(page.locator(".message--hidden [data-text]")).to_have_text(word(page, "hidden"))
    say(other, "noget mere dumt")
    expect(page.locator(".message--hidden")).to_have_count(2)
    page.reload()
    expect(page.locator(".message--hidden")).to_have_count(2)
    assert "dumt" not in page.locator("[data-log]").inner_html() + page.locator("[data-polite]").inner_text()
    hears(other, "noget dumt", "noget mere dumt")
    row = page.locator(".message--hidden").first
    row.locator("[data-more]").click()
    row.locator("[data-menu]").get_by_text(word(page, "unhide").replace("{name}", "Stille Ugle"), exact=True).click()
    hears(page, "noget dumt", "noget mere dumt")


# What a counsellor did -----------------------------------------------------------------------------------------------


def test_who_is_muted_reads_what_happened_why_what_is_next_and_who_else_can_look(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    tell(counsellor, "member.warn", about="Blå Ræv", reason="Skriv pænt")
    card = page.locator("[data-standing] .standing")
    expect(card).to_contain_text("Skriv pænt")
    expect(page.locator("[data-assertive]")).to_contain_text("Skriv pænt")
    tell(counsellor, "member.mute", about="Blå Ræv", reason="Du blev ved", minutes=5)
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Du blev ved")
    expect(card).to_contain_text(word(page, "muted_next"))
    expect(card.locator("[data-standing-help]")).to_be_visible()
    expect(card.locator("[data-standing-review]")).to_have_attribute(
        "href", f"/chat/{evening.session.slug}/se-paa-det/"
    )
    is_fine(page)
    say(page, "men jeg mener det")
    expect(page.locator("#text")).to_have_value("men jeg mener det")
    expect(page.locator("[data-refusal]")).to_be_visible()
    card.locator("[data-standing-close]").click()
    expect(card.locator("[data-standing-reason]")).to_be_hidden()
    page.reload()
    expect(card.locator("summary")).to_be_visible()
    tell(counsellor, "member.unmute", about="Blå Ræv")
    expect(card).to_contain_text(word(page, "unmuted_title"))
    page.locator(".composer__send").click()
    hears(counsellor, "men jeg mener det")


def test_who_is_protected_is_told_calmly_and_offered_help(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    say(page, "jeg bor på Algade")
    tell(counsellor, "member.protect", about="Blå Ræv", reason="Vi passer på dig")
    card = page.locator("[data-standing] .standing")
    expect(card).to_contain_text(word(page, "protected_next"))
    expect(card.locator("[data-standing-help]")).to_be_visible()
    is_fine(page)
    assert other.locator("[data-standing] .standing").count() == 0


def test_who_is_kicked_meets_the_door_that_says_why(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    tell(counsellor, "member.warn", about="Blå Ræv", reason="Skriv pænt")
    expect(page.locator("[data-standing]")).to_contain_text("Skriv pænt")
    tell(counsellor, "member.kick", about="Blå Ræv", reason="Du blev ved", ground="harassment")
    page.wait_for_url(f"**/chat/{evening.session.slug}/")
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key !== 'samrum.listening')") == []


# Held messages -------------------------------------------------------------------------------------------------------


def test_a_text_that_reveals_its_writer_can_be_sent_to_a_counsellor_as_it_is(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    text = "ring til mig på 20 30 40 50"
    say(page, text)
    expect(page.locator("[data-choice]")).to_be_visible()
    is_fine(page)
    page.locator("[data-ask]").click()
    expect(page.locator(".message--pending[data-status='held']")).to_contain_text(text)
    expect(counsellor.locator("[data-desk]")).to_contain_text("20 30 40 50")
    assert "20 30 40 50" not in other.content()
    decide(counsellor, "message.discard", reason="Så kan andre finde dig")
    expect(page.locator("#text")).to_have_value(text)
    expect(page.locator("[data-refusal] [data-refusal-text]")).to_contain_text("Så kan andre finde dig")
    assert "20 30 40 50" not in other.content()


def test_a_held_message_that_is_released_is_shown_and_its_writer_is_told(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv"), evening.young("Stille Ugle")
    tell(counsellor, "room.hold", on=True)
    expect(page.locator("[data-calm]")).to_have_text(word(page, "calm_hold"))
    say(page, "må jeg sige noget?")
    expect(page.locator(".message--pending[data-status='held']")).to_have_count(1)
    decide(counsellor, "message.release")
    hears(other, "må jeg sige noget?")
    hears(page, "må jeg sige noget?")
    expect(page.locator("[data-refusal] [data-refusal-text]")).to_have_text(word(page, "released"))


# The question of the moment, polls, cards ----------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", ["phone", "zoomed"])
def test_a_vote_is_marked_counted_and_can_be_changed(evening: Evening, viewport: str) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv", viewport), evening.young("Stille Ugle")
    tell(counsellor, "room.pin", text="Hvad gør en dag god?")
    expect(page.locator("[data-pin]")).to_contain_text("Hvad gør en dag god?")
    poll = tell(counsellor, "poll.open", question="Hvad taler vi om?", options=["Skole", "Venner", "Familie"])["id"]
    options = page.locator(".poll__option")
    expect(options).to_have_count(3)
    is_fine(page)
    options.nth(1).click()
    expect(options.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(options.nth(1)).to_contain_text(word(page, "votes_one"))
    other.locator(".poll__option").nth(1).click()
    options.nth(0).click()
    expect(options.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(options.nth(1)).to_have_attribute("aria-pressed", "false")
    is_fine(page)
    page.reload()
    expect(options.nth(0)).to_have_attribute("aria-pressed", "true")
    tell(counsellor, "poll.close", poll=poll)
    expect(options).to_have_count(0)
    expect(page.locator(".log__card .tally__count")).to_have_count(3)
    expect(page.locator(".log__card")).to_contain_text("Hvad taler vi om?")


def test_who_comes_after_the_question_still_reads_it_beside_its_answers(evening: Evening) -> None:
    counsellor = evening.opened()
    poll = tell(counsellor, "poll.open", question="Hvad taler vi om?", options=["Skole", "Venner"])["id"]
    page = evening.young("Sen Ugle")
    page.locator(".poll__option").nth(1).click()
    tell(counsellor, "poll.close", poll=poll)
    for _look in range(2):
        expect(page.locator(".log__card")).to_contain_text("Hvad taler vi om?")
        expect(page.locator(".log__card .tally__count").nth(1)).to_contain_text(word(page, "votes_one"))
        page.reload()


def test_what_waits_for_a_counsellor_still_waits_after_a_reload(evening: Evening) -> None:
    counsellor = evening.opened()
    page = evening.young("Blå Ræv")
    tell(counsellor, "room.hold", on=True)
    say(page, "læses først")
    waits = page.locator(".message--pending[data-status='held']")
    expect(waits).to_contain_text("læses først")
    page.reload()
    expect(waits).to_have_count(1)
    expect(waits).to_contain_text("læses først")
    decide(counsellor, "message.release")
    hears(page, "læses først")


def test_without_scripts_a_whisper_has_its_own_box_and_its_own_place(evening: Evening) -> None:
    counsellor = evening.opened()
    page, other = evening.young("Blå Ræv", javascript=False), evening.young("Stille Ugle")
    page.locator(".plain-whisper summary").click()
    page.locator("#plain-whisper").fill("må jeg sige noget?")
    page.locator(".plain-whisper [type=submit]").click()
    frame = page.frame_locator(".plain-view iframe")
    expect(frame.locator(".hush")).to_contain_text("må jeg sige noget?")
    tell(counsellor, "whisper.send", about="Blå Ræv", text="ja, altid")
    page.reload()
    expect(frame.locator(".hush")).to_contain_text("ja, altid")
    assert "må jeg" not in frame.locator(".log").inner_text()
    assert sideways(page) == 0
    assert "må jeg" not in other.content()
