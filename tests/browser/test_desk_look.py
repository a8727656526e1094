"""Every part of the counsellor's page can be read and reached by everybody: axe, targets of 44 px, nothing sideways."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from tests.browser.desks import card, message, take, tool, tools, whisper_box
from tests.browser.people import is_fine
from tests.browser.rooms import Evening, Visitor, say
from tests.servers import Site

ROW = "Blå Ræv skriver noget hårdt"
# What one must be able to press lies in the window, not below its edge.
CUT_OFF = """() => [...document.querySelectorAll("[data-tools] button, [data-whisper] button, #whisper-text")]
    .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => box.bottom > innerHeight || box.right > innerWidth).map(([text]) => text)"""


@pytest.fixture
def evening(server: Site, visitor: Visitor, django_db_blocker: DjangoDbBlocker) -> Evening:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    return Evening(server, visitor, database)


@pytest.mark.parametrize("viewport", ["phone", "desktop", "zoomed"])
def test_tools_whispers_dialogs_and_desk_can_be_read_by_everybody(evening: Evening, viewport: str) -> None:
    page = evening.counsellor(viewport=viewport)
    page.locator("[data-command='room.open']").click()
    young = evening.young("Blå Ræv")
    say(young, ROW)
    expect(message(page, ROW)).to_be_visible()
    take(page, ROW)
    is_fine(page)
    page.keyboard.press("a")
    expect(tool(page, "kick")).to_be_visible()
    page.keyboard.press("k")
    is_fine(page)
    if viewport != "zoomed":
        assert page.evaluate(CUT_OFF) == []
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    whisper_box(page).fill("Er du okay?")
    page.locator(".whisper__send").click()
    expect(page.locator("[data-whisper-lines]")).to_contain_text("Er du okay?")
    is_fine(page)
    if viewport != "zoomed":
        assert page.evaluate(CUT_OFF) == []
    page.locator("[data-whisper-close]").click()
    expect(tools(page)).to_be_hidden()
    page.locator("[data-share-open], [data-room-open]").first.click()
    is_fine(page)
    page.keyboard.press("Escape")
    take(page, ROW).press("/")
    page.locator("#share-search").fill("nat")
    page.locator("#share-search").press("Enter")
    expect(page.locator("[data-share-preview]")).to_be_visible()
    is_fine(page)
    page.keyboard.press("Escape")
    say(young, "jeg vil dø")
    if viewport != "desktop":
        page.locator("[data-panel-button='desk']").click()
    expect(card(page, "acute")).to_be_visible()
    for tab in ("threads", "notes", "steps", "waits"):
        page.locator(f"#tab-{tab}").click()
        is_fine(page)
    if viewport != "desktop":
        page.locator("[data-panel-button='people']").click()
        is_fine(page)
