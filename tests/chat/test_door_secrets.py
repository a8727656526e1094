"""What the door asks (nothing), what stays in the browser and the database, and what nobody finds out (laws 8, 9)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.contrib.sessions.models import Session as DjangoSession
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from blog.models import Entry
from chat.models import Member, digest
from chat.places import KNOCK, PLACE, WAITING
from chat.views import door
from tests.chat.doors import (
    ALL_STATES,
    at,
    body,
    go_in,
    in_state,
    is_in,
    logged_in,
    main_of,
    typed,
    words,
)
from tests.chat.people import be_present, make_counsellor, make_session, seat_young

pytestmark = pytest.mark.django_db


# No before-post, no doors (law 9) ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ALL_STATES)
def test_without_a_published_before_post_the_young_find_nothing(state: str) -> None:
    session = in_state(state, announced=False)
    assert Client().get(at(session)).status_code == 404
    assert Client().get(at(session, "aftale.ics")).status_code == 404
    assert Client().post(at(session, "join/"), {"alias": "Blå Ræv"}).status_code == 404
    assert Client().post(at(session, "tilbage/"), {"code": "bølge-kanel-ugle-telt"}).status_code == 404
    assert session.title not in body(Client().get("/chat/"))
    assert not session.members.exists()


def test_a_before_post_that_comes_out_tomorrow_opens_no_door_tonight() -> None:
    session = make_session()
    Entry.objects.update(published_at=timezone.now() + timedelta(days=1))
    assert Client().get(at(session)).status_code == 404
    assert Client().post(at(session, "join/"), {"alias": "Blå Ræv"}).status_code == 404


def test_its_counsellors_see_the_page_of_a_draft_and_others_do_not() -> None:
    sofie, amir = make_counsellor("Sofie"), make_counsellor("Amir")
    session = make_session(sofie, announced=False)
    answer = logged_in(sofie).get(at(session))
    assert "Indlægget før chatten er ikke udgivet endnu" in words(answer)
    assert "Åbn rummet som rådgiver" in words(answer)
    assert logged_in(amir).get(at(session)).status_code == 404


# Nothing is asked, and nothing but a place stays (law 8) ----------------------------------------------------------


def test_the_door_asks_for_a_nickname_and_for_nothing_else() -> None:
    page = main_of(Client().get(at(make_session())))
    fields = re.findall(r'<(?:input|select|textarea)\b[^>]*\bname="(\w+)"', page)
    assert fields == ["csrfmiddlewaretoken", "alias", "csrfmiddlewaretoken", "code"]  # the second form is the way back
    assert typed(Client().get(at(make_session()))) != ""


def test_going_in_leaves_one_place_for_this_session_alone() -> None:
    session = make_session()
    client = go_in(session)
    place = client.cookies[PLACE]
    assert place["path"] == at(session)
    assert place["httponly"] is True
    assert place["samesite"] == "Lax"
    assert (place["expires"], place["max-age"]) == ("", "")  # it ends with the browser
    assert len(place.value) >= 22  # 128 random bits


def test_in_production_the_place_travels_encrypted_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECURE_COOKIES = True
    assert go_in(make_session()).cookies[PLACE]["secure"] is True


def test_the_young_get_no_login_session() -> None:
    session = make_session()
    client = Client()
    for page in ("/", "/chat/", at(session)):
        client.get(page)
    go_in(session, client=client)
    client.get(at(session, "room/"))
    client.get(at(session))
    assert site.SESSION_COOKIE_NAME not in client.cookies
    assert DjangoSession.objects.count() == 0


def test_every_cookie_of_an_evening_ends_with_the_browser_and_says_nothing() -> None:
    session = make_session(title="Selvmord")
    client = Client()
    client.get(at(session))
    answer = client.post(at(session, "join/"), {"alias": "Blå Ræv"})
    assert set(client.cookies) == {"csrftoken", PLACE, WAITING, KNOCK, door.WISHED, door.WORD_CODE}
    kept = {name: morsel for name, morsel in client.cookies.items() if morsel.value}
    assert {morsel["expires"] for morsel in kept.values()} == {""}
    assert {morsel["max-age"] for morsel in kept.values()} == {""}
    assert "selvmord" not in str(answer.headers).lower() + client.cookies.output().lower()


def test_the_database_knows_the_place_by_its_hash_only() -> None:
    session = make_session()
    client = go_in(session)
    token, code = client.cookies[PLACE].value, client.cookies[door.WORD_CODE].value
    row = Member.objects.filter(session=session).values().get()
    assert row["token_hash"] == digest(token)
    assert row["user_id"] is None
    assert token not in str(row)
    assert code not in str(row)


# A place set before entering is dead afterwards (T15) -------------------------------------------------------------


def test_T15_a_place_that_somebody_put_into_the_browser_is_dead_after_entering() -> None:
    session = make_session()
    planted = "a" * 22
    client = Client(headers={"cookie": f"{PLACE}={planted}"})
    go_in(session, client=client)
    assert client.cookies[PLACE].value != planted
    assert not is_in(Client(headers={"cookie": f"{PLACE}={planted}"}), session)


def test_T15_somebody_elses_place_is_dead_for_them_once_it_was_used_to_enter() -> None:
    session = make_session()
    _member, cookies = seat_young(session, "Stille Ugle")
    handed_over = Client(headers={"cookie": f"{PLACE}={cookies[PLACE]}"})
    assert "Du er her som Stille Ugle" in words(handed_over.get(at(session)))
    assert '<a class="button button--wide"' not in main_of(handed_over.get(at(session)))  # the way on is a form
    handed_over.post(at(session, "join/"))
    fresh = handed_over.cookies[PLACE].value
    assert not is_in(Client(headers={"cookie": f"{PLACE}={cookies[PLACE]}"}), session)
    assert is_in(Client(headers={"cookie": f"{PLACE}={fresh}"}), session)


def test_no_place_is_taken_from_an_address() -> None:
    session = make_session()
    _member, cookies = seat_young(session, "Stille Ugle")
    answer = Client().get(at(session), {PLACE: cookies[PLACE], "alias": "Stille Ugle"})
    assert "Stille Ugle" not in words(answer)
    assert PLACE not in answer.cookies


def test_T15_a_word_code_used_on_a_second_phone_ends_the_first_place() -> None:
    session = make_session()
    first, second = go_in(session), Client()
    code = first.cookies[door.WORD_CODE].value
    tab = be_present(Member.objects.get(session=session))
    answer = second.post(at(session, "tilbage/"), {"code": code.upper().replace("-", " ")})
    assert answer["Location"] == at(session, "room/")
    assert is_in(second, session)
    assert not is_in(first, session)
    assert session.members.young().count() == 1
    assert not session.connections.filter(pk=tab.pk).exists()


def test_a_place_in_one_session_opens_no_other() -> None:
    one, other = make_session(), make_session()
    client = go_in(one)
    client.cookies[PLACE]["path"] = "/"
    assert not is_in(client, other)
    assert client.post(at(other, "tilbage/"), {"code": client.cookies[door.WORD_CODE].value}).status_code == 422


def test_wrong_words_are_answered_kindly_and_the_field_stays_open() -> None:
    answer = Client().post(at(make_session(), "tilbage/"), {"code": "hest hund kat mus"})
    assert answer.status_code == 422
    assert '<details class="card measure" open>' in body(answer)
    assert 'aria-describedby="code-help code-error" aria-invalid="true"' in body(answer)


# What is left on the screen and in the browser (T16) --------------------------------------------------------------


@pytest.mark.parametrize("state", ALL_STATES)
def test_every_page_of_the_door_has_a_neutral_title_and_is_not_kept(state: str) -> None:
    session = in_state(state, title="Selvskade")
    for answer in (
        Client().get(at(session)),
        Client().post(at(session, "join/"), {"alias": " "}, follow=True),
        Client().get("/chat/"),
    ):
        assert "<title>Samrum</title>" in body(answer)
        assert answer["Cache-Control"] == "no-store"


def test_the_address_says_nothing_about_the_topic() -> None:
    session = make_session(title="Selvskade")
    assert re.fullmatch(r"/chat/[a-z2-9]{8}/", at(session))
    assert not set(re.findall(r'href="([^"]*selvskade[^"]*)"', body(Client().get(at(session))).lower()))


def test_the_browser_is_asked_to_remember_nothing_that_is_typed() -> None:
    page = main_of(Client().get(at(make_session())))
    assert page.count("<form") == page.count('autocomplete="off"') == 2


# Nobody can find out what exists (T22) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, slug: client.get(f"/chat/{slug}/"),
        lambda client, slug: client.post(f"/chat/{slug}/join/", {"alias": "Blå Ræv"}),
        lambda client, slug: client.post(f"/chat/{slug}/tilbage/", {"code": "hest"}),
        lambda client, slug: client.get(f"/chat/{slug}/aftale.ics"),
    ],
    ids=["page", "join", "come back", "calendar"],
)
def test_T22_a_session_that_is_not_announced_answers_like_one_that_does_not_exist(
    ask: Callable[[Client, str], HttpResponse],
) -> None:
    hidden, unknown = make_session(announced=False).slug, "zzzzzzzz"
    ask(Client(), unknown)  # what a first request looks up once is not the question

    def answer(slug: str) -> tuple[int, str, dict[str, str], int]:
        with CaptureQueriesContext(connection) as queries:
            answer = ask(Client(), slug)
        return answer.status_code, body(answer).replace(slug, "SLUG"), dict(answer.headers), len(queries)

    assert answer(hidden)[0] == 404
    assert answer(hidden) == answer(unknown)
