"""The test browser itself: what the other tests of this folder rely on."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.outside import Outside
from tests.browser.people import Hand, sideways, violations


def test_every_foreign_host_is_the_outside_page(visitor: Callable[..., Page], outside: Outside) -> None:
    page = visitor()
    page.goto("https://www.example.org/vejret?by=Odense")
    assert page.inner_text("h1") == "Vejret i dag"
    assert ("www.example.org", "/vejret?by=Odense") in [(host, path) for host, path, _ in outside.requests]


def test_axe_sees_grey_on_white_and_a_page_that_is_too_wide(page: Page) -> None:
    page.set_content("<p style='color: #666; width: 900px'>Grå tekst</p><img src='data:,'>")
    found = violations(page)
    assert "color-contrast-enhanced" in found
    assert "image-alt" in found
    assert sideways(page) > 0


def test_a_hand_counts_its_taps_and_keys(visitor: Callable[..., Page]) -> None:
    page = visitor("desktop", javascript=False)
    page.set_content("<form><label>Navn <input name=n></label><button type=button>Ny</button></form>")
    hand = Hand(page)
    hand.write(page.get_by_label("Navn"), "Blå Ræv")
    hand.tap(page.get_by_role("button"))
    hand.press("Tab")
    assert (hand.taps, hand.keys, page.input_value("input")) == (1, 1, "Blå Ræv")
