"""The room over plain HTTP: for networks that block sockets, and for browsers without scripts."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.models import Event, Session
from chat.services.commands import perform
from tests.chat.people import be_present, lead_of, make_counsellor, make_session, seat_staff, seat_young

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Accept": "application/json"}


@pytest.fixture
def evening() -> tuple[Session, Client, Client]:
    """An open room, and two browsers with a place in it."""
    session = make_session()
    counsellor, _cookie = seat_staff(session, lead_of(session))
    be_present(counsellor)
    perform(member_id=counsellor.pk, role="counsellor", body={"type": "room.open", "ref": "o"}, now=timezone.now())
    return session, browser_of(seat_young(session)[1]), browser_of(seat_young(session)[1])


def browser_of(cookies: dict[str, str]) -> Client:
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def url(name: str, session: Session) -> str:
    return reverse(f"chat:{name}", args=[session.slug])


def say(client: Client, session: Session, **body: object) -> list[dict]:
    response = client.post(url("say", session), json.dumps(body), content_type="application/json", headers=JSON)
    assert response.status_code == 200
    return response.json()


def test_the_log_and_say_carry_a_conversation(evening):
    session, one, two = evening
    first, second = one.get(url("log", session)).json(), two.get(url("log", session)).json()
    assert first[0]["type"] == second[0]["type"] == "room.entered"
    (answer,) = say(one, session, type="message.post", ref="a", text="Hej")
    heard = two.get(url("log", session), {"after": second[0]["heads"]["room"], "side_after": 0}).json()
    assert [(event["type"], event["text"]) for event in heard[1:]] == [("message.posted", "Hej")]
    assert heard[1]["id"] == answer["id"]
    assert say(one, session, type="message.post", ref="a", text="Hej igen") == [answer]


def test_those_who_read_over_http_are_seen_as_present(evening):
    session, one, two = evening
    you = one.get(url("log", session)).json()[0]["you"]["id"]
    members = two.get(url("log", session)).json()[0]["members"]
    assert {member["id"]: member["present"] for member in members}[you] is True


def test_an_acute_text_brings_help_along_with_the_answer(evening):
    session, one, _two = evening
    one.get(url("log", session))
    answer, offered = say(one, session, type="message.post", ref="a", text="Jeg vil dø i nat. Jeg har taget piller")
    assert (answer["held"], offered["type"], offered["stream"]) == (True, "help.offered", "private")


@pytest.mark.parametrize("name", ["log", "say"])
def test_who_has_no_place_is_told_by_the_status(evening, name):
    session, _one, _two = evening

    def ask(client: Client, address: str) -> HttpResponse:
        return client.get(address) if name == "log" else client.post(address)

    nobody, outsider = Client(headers=JSON), Client(headers=JSON)
    outsider.force_login(make_counsellor(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert ask(nobody, url(name, session)).status_code == 401
    assert ask(outsider, url(name, session)).status_code == 403
    assert ask(nobody, f"/chat/findesikke/{name}/").status_code == 404


def test_a_counsellor_is_present_only_over_a_socket(evening):
    session, _one, _two = evening
    counsellor = Client(headers=JSON)
    counsellor.force_login(lead_of(session), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert counsellor.post(url("say", session)).status_code == 403


@pytest.mark.parametrize("body", ["", "[", "3", "[]", "{}", '{"type": "message.post"}', "\udc00", "x" * 20_000])
def test_bad_input_is_refused_and_never_a_traceback(evening, body):
    session, one, _two = evening
    raw = body.encode("utf-8", "surrogateescape" if body == "\udc00" else "strict") if body != "\udc00" else b"\xff"
    response = one.post(url("say", session), raw, content_type="application/json", headers=JSON)
    assert response.status_code == 200
    assert response.json()[0]["type"] == "refused"


def test_without_scripts_the_form_posts_and_leads_back_to_the_page(evening):
    session, one, _two = evening
    response = one.post(url("say", session), {"text": "Hej fra en gammel telefon", "ref": "a"})
    assert (response.status_code, response["Location"]) == (302, url("room", session))
    assert Event.objects.filter(frame__contains="Hej fra en gammel telefon").exists()


def test_without_scripts_a_refused_text_stays_in_the_box_with_the_reason(evening):
    session, one, _two = evening
    text = "Ring til mig på 51234567"
    response = one.post(url("say", session), {"text": text, "ref": "a"})
    assert response.status_code == 422
    assert text in response.content.decode()


def test_a_form_without_its_token_changes_nothing(evening):
    session, one, _two = evening
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = one.cookies
    assert strict.post(url("say", session), {"text": "Hej", "ref": "a"}).status_code == 403
    assert not Event.objects.filter(type="message.posted").exists()


def test_the_frame_shows_the_log_and_reloads_itself(evening):
    session, one, two = evening
    two.get(url("log", session))
    say(one, session, type="message.post", ref="a", text="Kan I se mig?")
    response = two.get(url("frame", session))
    assert "Kan I se mig?" in response.content.decode()
    assert response["Refresh"] == "10"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_T16_the_room_shows_the_neutral_front_page_to_whoever_has_no_place(evening):
    session, _one, _two = evening
    assert Client().get(url("room", session))["Location"] == "/"
