"""The one desk in a real browser: fifty posts decided with one key each and no pointer (C5, G14), undo, claims."""

from collections import Counter
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from accounts.models import User
from chat.management.commands.demo import PASSWORD
from forum.models import Board, Letter, Post, Topic
from forum.services import posts, reading
from moderation.models import Claim
from tests.browser.people import Hand, no_violations, readable_by_everybody
from tests.servers import Site

MANY = 50
ITEM = "[data-item]"
IN_FOCUS = "document.activeElement?.closest('[data-row]')?.dataset.row ?? ''"


@pytest.fixture(scope="module")
def demo(server: Site, django_db_blocker: DjangoDbBlocker) -> Site:
    with django_db_blocker.unblock():
        server.call("demo")
    return server


class Tray:
    """What waits on one board of the demo, and what became of it."""

    def __init__(self, site: Site, blocker: DjangoDbBlocker) -> None:
        self.site, self.blocker = site, blocker

    def fill(self, count: int) -> None:
        with self.blocker.unblock(), self.site.database():
            Topic.objects.all().delete()
            Letter.objects.all().delete()
            Claim.objects.all().delete()
            board = Board.objects.in_the_hands_of(User.objects.get(username="sofie"))[0]
            for number in range(count):
                text = f"Opslag {number}\nJeg føler mig alene i min klasse"
                posts.start_topic(board=board, alias=posts.suggest_alias(), text=text, now=timezone.now())

    def change(self, key: str, text: str) -> None:
        """Its writer writes it anew."""
        with self.blocker.unblock(), self.site.database():
            post = Post.objects.select_related("writer").get(public_id=key)
            assert post.writer is not None
            posts.edit(post=post, writer=post.writer, text=text, now=timezone.now())

    def decisions(self) -> list[str]:
        with self.blocker.unblock(), self.site.database():
            return list(Post.objects.order_by("pk").values_list("decision", flat=True))

    def states(self) -> list[str]:
        with self.blocker.unblock(), self.site.database():
            return list(Post.objects.order_by("pk").values_list("state", flat=True))

    def outcomes(self) -> dict[str, int]:
        """How many were let through and sent back, whether or not it has taken effect."""
        said = {"published": "approve", "refused": "refuse"}
        return Counter(
            decision or said.get(state, state) for state, decision in zip(self.states(), self.decisions(), strict=True)
        )

    def let_time_pass(self) -> None:
        """The ten seconds are over."""
        with self.blocker.unblock(), self.site.database():
            past = timezone.now() - reading.UNDO
            Post.objects.exclude(decision="").update(decided_at=past)


@pytest.fixture
def tray(demo: Site, django_db_blocker: DjangoDbBlocker) -> Tray:
    return Tray(demo, django_db_blocker)


def at_the_queue(page: Page, site: Site, name: str = "sofie") -> Page:
    page.goto(f"{site.url}/konto/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/vagt/")
    page.goto(f"{site.url}/vagt/koe/")
    return page


def focus_first(page: Page) -> str:
    page.locator(ITEM).first.focus()
    return str(page.evaluate(IN_FOCUS))


def names(page: Page) -> list[str]:
    return [row.get_attribute("data-row") or "" for row in page.locator("[data-row]").all()]


def test_G14_fifty_posts_are_decided_with_fifty_keys_and_no_pointer(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(MANY)
    page = at_the_queue(visitor("desktop"), demo)
    hand = Hand(page)
    expect(page.locator(ITEM)).to_have_count(MANY)
    focus_first(page)
    for left in range(MANY - 1, -1, -1):
        hand.press("s" if left % 5 == 0 else "a")
        expect(page.locator(ITEM)).to_have_count(left)
    assert (hand.taps, hand.keys) == (0, MANY)
    assert tray.outcomes() == {"approve": MANY * 4 // 5, "refuse": MANY // 5}
    expect(page.locator("[data-empty]")).to_be_visible()


def test_after_a_decision_the_focus_is_on_the_next_and_it_takes_effect_by_itself(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(3)
    page = at_the_queue(visitor("desktop"), demo)
    order = names(page)
    focus_first(page)
    page.keyboard.press("a")
    expect(page.locator(ITEM)).to_have_count(2)
    assert page.evaluate(IN_FOCUS) == order[1]
    assert tray.states() == ["held"] * 3
    tray.let_time_pass()
    with page.expect_response("**/vagt/koe/gjort/", timeout=20_000):
        pass
    assert sorted(tray.states()) == ["held", "held", "published"]
    assert page.evaluate(IN_FOCUS) == order[1]


def test_a_post_that_was_changed_meanwhile_is_read_again_with_the_focus_on_it(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(2)
    page = at_the_queue(visitor("desktop"), demo)
    order = names(page)
    tray.change(order[0].partition("/")[2], "Nu står der noget andet")
    focus_first(page)
    page.keyboard.press("a")
    expect(page.locator(ITEM).first).to_contain_text("Nu står der noget andet")
    expect(page.locator("[role=alert]").filter(visible=True)).to_have_count(1)
    assert (names(page), page.evaluate(IN_FOCUS), tray.decisions()) == (order, order[0], ["", ""])
    page.keyboard.press("a")
    expect(page.locator(ITEM)).to_have_count(1)
    assert sorted(tray.decisions()) == ["", "approve"]


def test_what_was_decided_by_mistake_is_taken_back_with_a_key_or_with_the_button(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(3)
    page = at_the_queue(visitor("desktop"), demo)
    order = names(page)
    focus_first(page)
    page.keyboard.press("a")
    expect(page.locator(ITEM)).to_have_count(2)
    page.keyboard.press("s")
    expect(page.locator(ITEM)).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(ITEM)).to_have_count(2)
    assert page.evaluate(IN_FOCUS) == order[1]
    page.locator("[data-undo]").click()
    expect(page.locator(ITEM)).to_have_count(3)
    assert names(page) == order
    assert tray.decisions() == [""] * 3
    expect(page.locator("[data-undo]")).to_be_hidden()


def test_J_and_K_walk_and_H_puts_something_behind_the_others(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(3)
    page = at_the_queue(visitor("desktop"), demo)
    first, second, third = names(page)
    focus_first(page)
    page.keyboard.press("j")
    assert page.evaluate(IN_FOCUS) == second
    page.keyboard.press("k")
    assert page.evaluate(IN_FOCUS) == first
    page.keyboard.press("h")
    expect(page.locator("[data-row]").last).to_have_attribute("data-row", first)
    assert names(page) == [second, third, first]
    assert page.evaluate(IN_FOCUS) == second


def test_an_answer_is_written_and_sent_by_keys_alone(demo: Site, tray: Tray, visitor: Callable[..., Page]) -> None:
    tray.fill(2)
    page = at_the_queue(visitor("desktop"), demo)
    focus_first(page)
    page.keyboard.press("r")
    page.keyboard.type("Du er ikke alene. Sådan har mange det, og jeg har det sådan")
    expect(page.locator(ITEM)).to_have_count(2)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(ITEM)).to_have_count(1)
    assert sorted(tray.states()) == ["held", "published", "published"]


def test_keys_do_nothing_in_a_text_field_with_another_key_or_where_they_are_switched_off(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(1)
    page = at_the_queue(visitor("desktop"), demo)
    words = page.locator("[name=words]")
    words.focus()
    page.keyboard.type("ashz?")
    assert words.input_value() == "ashz?"
    page.keyboard.press("Escape")
    assert page.evaluate(IN_FOCUS) == names(page)[0]
    for keys in ("Control+a", "Alt+s", "Meta+h"):
        page.keyboard.press(keys)
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.locator("[data-keys-on]").uncheck()
    page.locator("[data-keys-close]").click()
    page.reload()
    focus_first(page)
    page.keyboard.press("a")
    page.locator("[data-keys-open]").click()
    expect(page.locator("dialog")).to_be_visible()
    assert tray.decisions() == [""]


def test_a_colleague_sees_who_looks_at_what_and_cannot_decide_it(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(2)
    sofie, mads = at_the_queue(visitor("desktop"), demo), at_the_queue(visitor("desktop"), demo, "mads")
    with sofie.expect_response("**/tag/"):
        name = focus_first(sofie)
    mads.reload()
    held = mads.locator(f'[data-row="{name}"] [data-held]')
    expect(held).to_contain_text("Sofie")
    mads.locator(f'[data-row="{name}"] {ITEM}').focus()
    mads.keyboard.press("a")
    expect(mads.locator(f'[data-row="{name}"] [data-error]')).to_contain_text("Sofie")
    assert tray.decisions() == ["", ""]
    with sofie.expect_response("**/tag/"):
        sofie.keyboard.press("j")
        sofie.wait_for_timeout(400)
    mads.keyboard.press("a")
    expect(mads.locator(ITEM)).to_have_count(1)


def test_what_a_colleague_has_dealt_with_is_said_and_not_shown_again(
    demo: Site, tray: Tray, visitor: Callable[..., Page]
) -> None:
    tray.fill(1)
    sofie, mads = at_the_queue(visitor("desktop"), demo), at_the_queue(visitor("desktop"), demo, "mads")
    focus_first(sofie)
    sofie.keyboard.press("a")
    expect(sofie.locator(ITEM)).to_have_count(0)
    focus_first(mads)
    mads.keyboard.press("s")
    expect(mads.locator(".queue-row--gone [data-held]")).to_be_visible()
    assert tray.decisions() == ["approve"]


def test_without_javascript_it_is_a_page_a_time(demo: Site, tray: Tray, visitor: Callable[..., Page]) -> None:
    tray.fill(2)
    page = at_the_queue(visitor("phone", javascript=False), demo)
    page.locator("[data-key=A]").first.click()
    expect(page.locator(ITEM)).to_have_count(1)
    page.locator("form[action$='/fortryd/'] button").click()
    expect(page.locator(ITEM)).to_have_count(2)
    page.locator("[name=words]").first.fill("Skriv, hvordan du har det")
    page.locator("[data-key=S]").first.click()
    expect(page.locator(ITEM)).to_have_count(1)
    assert sorted(tray.decisions()) == ["", "refuse"]


def test_everybody_can_read_and_use_it(demo: Site, tray: Tray, visitor: Callable[..., Page]) -> None:
    tray.fill(2)
    page = at_the_queue(visitor(), demo)
    readable_by_everybody(page)
    focus_first(page)
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    no_violations(page)
    page.locator("[data-keys-close]").click()
    focus_first(page)
    page.keyboard.press("a")
    expect(page.locator("[data-toast]")).to_be_visible()
    no_violations(page)
