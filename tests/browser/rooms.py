"""A room with people in it, as the tests of its page need one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from chat.models import Session
from tests.chat.people import make_counsellor, make_session, seat_staff, seat_young
from tests.servers import Site

Visitor = Callable[..., Page]
PATIENCE = 40_000  # milliseconds for what a busy machine may take; nothing is measured by it
LOST_SOCKET = """window.WebSocket = class {
  static OPEN = 1;
  readyState = 0;
  constructor() { setTimeout(() => this.onclose?.({ code: 1006 }), 20); }
  send() {}
  close() {}
}"""
MUTE_SOCKET = "window.WebSocket = class { static OPEN = 1; readyState = 0; send() {} close() {} }"


class Evening:
    """One session with two counsellors; `young` and `counsellor` open its room for one more person."""

    def __init__(
        self, site: Site, visitor: Visitor, database: Callable[[], AbstractContextManager[None]], **fields: Any
    ) -> None:
        self.site, self.visitor, self.database = site, visitor, database
        with database():
            self.staff: list[User] = [make_counsellor("Sofie"), make_counsellor("Amir")]
            self.session: Session = make_session(*self.staff, **fields)

    @property
    def address(self) -> str:
        return f"{self.site.url}/chat/{self.session.slug}/room/"

    def _enter(self, cookies: dict[str, str], viewport: str, script: str, options: dict[str, Any]) -> Page:
        page = self.visitor(viewport, **options)
        page.context.add_cookies([{"name": name, "value": cookies[name], "url": self.site.url} for name in cookies])
        if script:
            page.add_init_script(script)
        page.goto(self.address)
        return page

    def young(self, alias: str = "", viewport: str = "phone", *, script: str = "", **options: Any) -> Page:
        with self.database():
            cookies = seat_young(self.session, alias)[1]
        page = self._enter(cookies, viewport, script, options)
        if options.get("javascript", True):
            expect(page.locator("[data-count]").first).not_to_be_empty(timeout=PATIENCE)
        return page

    def counsellor(self, number: int = 0, viewport: str = "desktop", **options: Any) -> Page:
        with self.database():
            cookies = seat_staff(self.session, self.staff[number])[1]
        page = self._enter(cookies, viewport, "", options)
        expect(page.locator("[data-count]").first).not_to_be_empty(timeout=PATIENCE)
        return page

    def opened(self) -> Page:
        """The lead counsellor's page, with the room open."""
        page = self.counsellor()
        page.locator("[data-command='room.open']").click()
        expect(room_of(page)).to_have_attribute("data-state", "open")
        return page


def room_of(page: Page) -> Locator:
    return page.locator("[data-room]")


def say(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator(".composer__send").click()


def stored(page: Page) -> list[str]:
    """Keys of this tab's storage that hold what somebody wrote."""
    keys = "Object.keys(sessionStorage).filter((key) => /draft|outbox/.test(key))"
    return page.evaluate(keys)  # type: ignore[no-any-return]


def hears(page: Page, *texts: str) -> None:
    """The log ends with these messages, and with nothing that still waits."""
    expect(page.locator(".message--pending")).to_have_count(0)
    said = page.locator(".message [data-text]")
    for place, text in enumerate(reversed(texts), start=1):
        expect(said.nth(-place)).to_have_text(text)


def log_of(page: Page) -> list[str]:
    return page.locator(".message [data-text]").all_inner_texts()


def act(page: Page, message: str, action: int) -> None:
    """Open what one can do with a message, and do the action at that place: 0 is the reply, -1 the removal."""
    row = page.locator(".message:not(:has([data-quote]:not([hidden])))", has_text=message)
    row.hover()
    row.locator("[data-more]").click()
    row.locator("[data-menu] button").nth(action).click()
