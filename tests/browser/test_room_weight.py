"""What a first visit of the room weighs on the wire (experience.md, "Budgets")."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from tests.browser.people import Fetch, weigh
from tests.browser.rooms import Evening, Visitor
from tests.servers import Site

KB = 1024


@pytest.mark.parametrize(
    "who,scripts,styles,requests,total", [("young", 26, 12, 9, 70), ("counsellor", 60, 16, 14, 130)]
)
def test_the_room_keeps_its_budget(
    server: Site,
    visitor: Visitor,
    django_db_blocker: DjangoDbBlocker,
    who: str,
    scripts: int,
    styles: int,
    requests: int,
    total: int,
) -> None:
    @contextmanager
    def database() -> Iterator[None]:
        with django_db_blocker.unblock(), server.database():
            yield

    fetched: list[Fetch] = []

    def visit(*arguments: str, **options: object) -> Page:
        page = visitor(*arguments, **options)
        page.set_extra_http_headers({"Accept-Encoding": "gzip"})
        nonlocal fetched
        fetched = weigh(page)
        return page

    evening = Evening(server, visit, database)
    page: Page = getattr(evening, who)()
    page.wait_for_load_state("networkidle")
    assert sum(fetch.size for fetch in fetched if fetch.address.endswith(".js")) <= scripts * KB
    assert sum(fetch.size for fetch in fetched if fetch.address.endswith(".css")) <= styles * KB
    assert len(fetched) <= requests
    assert sum(fetch.size for fetch in fetched) <= total * KB
