"""The front page and what every page has in common."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Profile, User
from blog.models import Entry
from chat.models import Roster, Session
from config.pages import listed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday evening, 19:00 in Copenhagen
OWN_PAGES = ["/", "/privatliv/", "/underretning/", "/hvem-kan-se-mig/", "/tilgaengelighed/", "/findes-ikke/"]


@pytest.fixture(autouse=True)
def evening() -> object:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def counsellor(name: str) -> User:
    user = User.objects.create_user(username=name.lower())
    Profile.objects.update_or_create(
        user=user, defaults={"working_name": name, "role_title": "rådgiver i Bøgelund", "about": f"{name} lytter."}
    )
    return user


def plan(title: str, *people: User, starts_at: datetime, state: str = "lobby", published: bool = True) -> Session:
    author = people[0]
    post = Entry.objects.create(
        kind="before",
        title=title,
        html="<p>Om i aften.</p>",
        source="Om i aften.",
        author=author,
        published_at=NOW - timedelta(days=1) if published else None,
    )
    session = Session.objects.create(
        title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), state=state, before_post=post
    )
    for user in people:
        Roster.objects.create(session=session, user=user)
    return session


def front(client: Client) -> str:
    return " ".join(client.get("/").content.decode().split())


def test_the_front_page_shows_what_is_open_now_and_with_whom(client: Client) -> None:
    session = plan("Om søskende", counsellor("Sofie"), counsellor("Amir"), starts_at=NOW, state="open")
    page = front(client)
    assert "Åben nu" in page
    assert "Om søskende" in page
    assert "Med Sofie og Amir. Slut kl. 21." in page
    assert "rådgiver i Bøgelund" in page
    assert "Amir lytter." in page
    assert f'href="{reverse("chat:session", args=[session.slug])}">Gå ind<' in page


def test_a_room_without_its_counsellor_does_not_call_itself_open(client: Client) -> None:
    session = plan("Om søskende", counsellor("Sofie"), starts_at=NOW)
    Session.objects.filter(pk=session.pk).update(state="waiting", waiting_since=NOW, state_before_waiting="open")
    page = front(client)
    assert "Vi venter på rådgiveren" in page
    assert "Åben nu</span>" not in page


def test_the_front_page_shows_what_comes_next_with_its_day_in_words(client: Client) -> None:
    plan("Om eksamen", counsellor("Sofie"), starts_at=NOW + timedelta(days=1))
    page = front(client)
    assert "Der er ingen åben gruppechat lige nu" in page
    assert "Om eksamen" in page
    assert "I morgen kl. 19" in page
    assert "Gå ind" not in page


@pytest.mark.parametrize("minutes, shown", [(29, "Gå ind og vent"), (31, "Der er ingen åben gruppechat lige nu")])
def test_the_door_is_offered_when_the_lobby_opens(client: Client, settings: Settings, minutes: int, shown: str) -> None:
    settings.LOBBY_MINUTES = 30
    plan("Om eksamen", counsellor("Sofie"), starts_at=NOW + timedelta(minutes=minutes))
    assert shown in front(client)


def test_what_has_no_published_before_post_is_not_on_the_front_page(client: Client) -> None:
    plan("Hemmelig titel", counsellor("Sofie"), starts_at=NOW, state="open", published=False)
    assert "Hemmelig titel" not in front(client)


def test_a_closed_session_is_not_on_the_front_page(client: Client) -> None:
    session = plan("Om i går", counsellor("Sofie"), starts_at=NOW)
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=NOW)
    assert "Sofie lytter." not in front(client)


def test_an_empty_front_page_says_what_to_do_meanwhile(client: Client) -> None:
    page = front(client)
    assert "Der er ingen gruppechat på vej lige nu" in page
    assert 'href="/tilbud/">Find hjælp' in page
    assert 'href="/blog/">Læs bloggen' in page


def test_the_latest_posts_are_there_but_not_twice(client: Client) -> None:
    sofie = counsellor("Sofie")
    plan("Om eksamen", sofie, starts_at=NOW + timedelta(days=1))
    for number in range(4):
        Entry.objects.create(
            kind="note",
            title=f"Note {number}",
            html="<p>x</p>",
            source="x",
            author=sofie,
            published_at=NOW - timedelta(hours=number),
        )
    page = front(client)
    assert [f"Note {number}" in page for number in range(4)] == [True, True, True, False]
    assert page.count("Om eksamen") == 1


def test_the_front_page_asks_the_database_as_often_for_three_sessions_as_for_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sofie, amir = counsellor("Sofie"), counsellor("Amir")
    plan("Om en", sofie, starts_at=NOW, state="open")
    with django_assert_num_queries(5):
        front(client)
    plan("Om to", sofie, amir, starts_at=NOW + timedelta(days=1))
    plan("Om tre", amir, starts_at=NOW + timedelta(days=2))
    with django_assert_num_queries(5):
        front(client)


def test_names_are_listed_as_one_says_them() -> None:
    with translation.override("da"):
        assert [listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A og B", "A, B og C"]


@pytest.mark.parametrize("path", OWN_PAGES)
def test_every_page_has_a_neutral_title_help_and_exit(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert "<title>Samrum</title>" in page
    assert '<html lang="da"' in page
    assert 'class="help-now" href="/hjaelp/"' in page
    assert 'class="exit" href="/ud/"' in page
    assert page.index('class="skip"') < page.index('class="exit"') < page.index('class="logo"')


@pytest.mark.parametrize("path", OWN_PAGES)
def test_no_page_is_kept_by_the_browser_or_gives_a_reader_a_cookie(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_kept_in_a_cookie_that_says_nothing_else(client: Client, theme: str) -> None:
    response = client.post("/tema/", {"theme": theme, "next": "/privatliv/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/privatliv/")
    assert [(cookie.key, cookie.value) for cookie in response.cookies.values()] == [("tema", theme)]
    page = client.get("/privatliv/").content.decode()
    assert f'data-theme="{theme}"' in page
    assert f'value="{theme}" aria-pressed="true"' in page


def test_like_my_device_forgets_the_choice(client: Client) -> None:
    client.post("/tema/", {"theme": "dark"})
    client.post("/tema/", {"theme": ""})
    assert client.cookies["tema"].value == ""
    assert "data-theme=" not in client.get("/").content.decode()


def test_a_strange_theme_is_not_repeated_into_the_page(client: Client) -> None:
    client.cookies["tema"] = '"><script>alert(1)</script>'
    page = client.get("/").content.decode()
    assert "data-theme=" not in page
    assert "<script>" not in page


def test_the_language_switch_gives_no_cookie_but_its_own(client: Client) -> None:
    response = Client(enforce_csrf_checks=True).post("/sprog/", {"language": "en", "next": "/privatliv/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/privatliv/")
    assert [cookie.value for cookie in response.cookies.values()] == ["en"]


def test_was_leads_to_the_states_register_or_to_our_own_page(client: Client, settings: Settings) -> None:
    settings.WAS_URL = ""
    assert client.get("/was").headers["Location"] == "/tilgaengelighed/"
    settings.WAS_URL = "https://was.digst.dk/samrum"
    assert client.get("/was").headers["Location"] == settings.WAS_URL
    assert 'href="https://was.digst.dk/samrum" rel="noreferrer"' in client.get("/tilgaengelighed/").content.decode()


def test_the_sheet_is_kept_for_a_year_under_a_name_that_changes_with_it(client: Client) -> None:
    url = client.get("/").content.decode().split('rel="stylesheet" href="')[1].split('"')[0]
    assert client.get(url).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/look-000000000000.css").status_code == 404
    assert client.get("/look.css").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "429", "500"])
@pytest.mark.django_db(databases=[])
def test_an_error_page_stands_without_database_or_context_and_shows_help(template: str) -> None:
    with translation.override("da"):
        page = render_to_string(f"{template}.html")
    assert "<title>Samrum</title>" in page
    assert 'href="/look.css"' in page
    assert 'href="/hjaelp/">Hjælp nu' in page
    assert "ring 112" in page
    assert 'class="exit" href="/ud/"' in page


def test_a_wrong_token_is_answered_with_words(client: Client) -> None:
    response = Client(enforce_csrf_checks=True).post("/konto/login/", {"login": "a"})
    assert response.status_code == 403
    assert "Siden havde været åben for længe" in response.content.decode()
