"""The counsellor's hand on a page of a room, as the tests of the desk need it."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Hand

LOOK = 600  # milliseconds


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text)


def take(page: Page, text: str) -> Hand:
    """Take the writer of a message in hand, by keyboard as somebody reading the log does. Counts from there on."""
    message(page, text).focus()
    expect(tools(page)).to_be_visible()
    return Hand(page)


def tools(page: Page) -> Locator:
    return page.locator("[data-tools]")


def tool(page: Page, name: str) -> Locator:
    return tools(page).locator(f"[data-tool='{name}']")


def toast(page: Page) -> Locator:
    return page.locator("[data-toast]")


def person(page: Page, alias: str) -> Locator:
    return page.locator("[data-people] > li", has_text=alias)


def card(page: Page, kind: str) -> Locator:
    return page.locator(f".alert[data-kind='{kind}']")


def do(page: Page, kind: str, action: str) -> Locator:
    """A button of a card on the desk, looked at for a moment first: what has only just moved takes no click."""
    button = card(page, kind).locator(f"[data-do='{action}']")
    expect(button).to_be_visible()
    page.wait_for_timeout(LOOK)
    return button


def whisper_box(page: Page) -> Locator:
    return page.locator("#whisper-text")
