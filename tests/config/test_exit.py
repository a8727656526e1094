"""The exit over plain HTTP: what a browser without JavaScript gets. The journey itself: tests/browser/test_exit.py."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

pytestmark = pytest.mark.django_db

PRIVATE_AND_NOT = ["/privatliv/", "/hjaelp/", "/chat/findes-ikke/", "/vagt/", "/konto/login/", "/ganske/ukendt/"]


def left(client: Client) -> Client:
    """A browser that has gone through the exit."""
    client.get(client.get("/ud/").headers["Location"])
    return client


def test_the_first_step_throws_everything_away(client: Client) -> None:
    response = client.get("/ud/")
    assert (response.status_code, response.headers["Location"]) == (303, "/ud/videre/")
    assert response.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


def test_the_second_step_leaves_a_mark_that_says_nothing_and_goes_elsewhere(client: Client) -> None:
    response = client.get("/ud/videre/")
    assert (response.status_code, response.headers["Location"]) == (303, settings.EXIT_URL)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Clear-Site-Data" not in response.headers
    assert [(cookie.key, cookie.value, cookie["path"]) for cookie in response.cookies.values()] == [("ude", "1", "/")]


@pytest.mark.django_db(databases=[])
def test_the_exit_needs_no_database(client: Client) -> None:
    assert client.get("/ud/").status_code == 303
    assert client.get("/ud/videre/").status_code == 303
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", PRIVATE_AND_NOT)
def test_T16_after_the_exit_every_address_leads_to_the_front_page(client: Client, path: str) -> None:
    response = left(client).get(path)
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert response.headers["Cache-Control"] == "no-store"


def test_staff_pages_have_the_way_out_but_no_keys_that_take_it(client: Client) -> None:
    """Counsellors type capital letters under stress."""
    assert "data-exit-keys" in client.get("/hjaelp/").content.decode()
    request = RequestFactory().get("/vagt/")
    request.user = AnonymousUser()
    page = render_to_string("staff.html", request=request)
    assert 'class="exit exit--quiet" href="/ud/"' in page
    assert "data-exit-keys" not in page


def test_after_the_exit_a_form_of_another_tab_is_not_taken(client: Client) -> None:
    response = left(client).post("/konto/login/", {"login": "a", "password": "b"})
    assert (response.status_code, response.headers["Location"]) == (303, "/")


def test_after_the_exit_the_front_page_is_empty_and_harmless(client: Client) -> None:
    page = left(client).get("/").content.decode()
    assert "<title>Samrum</title>" in page
    shown = page[page.index("<body") :].lower()
    assert "siden er lukket" in shown
    for word in ("chat", "rådgiv", "112", "samrum", "anonym", "selvmord", "blog"):
        assert word not in shown


def test_coming_back_is_one_press_and_leaves_no_mark(client: Client) -> None:
    response = left(client).post("/ud/tilbage/", {"next": "/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert client.cookies["ude"].value == ""
    assert "Der er andre som dig" in client.get("/").content.decode()


def test_help_is_one_press_away_on_the_closed_page(client: Client) -> None:
    help_page = reverse("referrals:help")
    assert f'value="{help_page}"' in left(client).get("/").content.decode()
    assert client.post("/ud/tilbage/", {"next": help_page}).headers["Location"] == help_page
    assert client.get(help_page).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://ond.example/", "//ond.example/", "/\\ond.example", "ud", ""])
@pytest.mark.parametrize("path", ["/ud/tilbage/", "/tema/"])
def test_a_switch_never_leads_to_another_site(client: Client, path: str, elsewhere: str) -> None:
    assert client.post(path, {"next": elsewhere, "theme": "dark"}).headers["Location"] == "/"


def test_the_closed_page_can_be_dressed(client: Client) -> None:
    """Sheets are no pages: they come through, so that the closed page is not a white flash in the dark."""
    page = left(client).get("/").content.decode()
    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert client.get(sheet).headers["Content-Type"] == "text/css; charset=utf-8"
