"""A city's page on a phone: the first screen has a door that is open, and it can be reached without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from tests.servers import Site


@pytest.fixture(scope="module")
def demo(server: Site, django_db_blocker: DjangoDbBlocker) -> Site:
    with django_db_blocker.unblock():
        server.call("demo")
    return server


@pytest.mark.parametrize("place", ["aarhus", "odense", "lemvig"])
def test_the_first_screen_of_a_small_phone_shows_an_open_door(
    demo: Site, visitor: Callable[..., Page], place: str
) -> None:
    page = visitor("phone", javascript=False)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{demo.url}/by/?k={place[:4]}")
    expect(page).to_have_url(f"{demo.url}/by/{place}/")
    door = page.locator("[data-door] a").first
    expect(door).to_be_in_viewport(ratio=1)
    door.click()
    assert "/by/" not in page.url
    expect(page.locator("h1")).to_be_visible()
