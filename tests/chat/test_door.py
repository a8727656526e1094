"""The door of a session: who gets in, what is asked (nothing), what stays in the browser, and where else to go."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import unescape
from threading import Barrier
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.conf import settings as site
from django.contrib.sessions.models import Session as DjangoSession
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Organization, User
from accounts.moments import time_in_words
from blog.models import Entry
from chat import log
from chat.events import MemberBanned, MemberKicked, Wire
from chat.management.commands.stage import login_cookie
from chat.models import Ban, Member, Session, Stream, Waiter, digest
from chat.places import BAN, KNOCK, PLACE, WAITING
from chat.services import bans, marks, members, retention
from chat.services.members import KEEPS_A_PLACE, DoorClosed, Place
from chat.views import door
from chat.views.room import retention_line
from moderation import alias as aliases
from tests.chat.people import be_present, make_counsellor, make_session, seat_young
from tests.chat.tabs import Tab
from tests.config.reading import length, lix, longest_sentence, text_of

pytestmark = pytest.mark.django_db

ALL_STATES = ["lobby", "open", "waiting", "paused", "closing", "closed"]


def at(session: Session, page: str = "") -> str:
    return f"/chat/{session.slug}/{page}"


def in_state(state: str, **fields: Any) -> Session:
    now = timezone.now()
    needed: dict[str, dict[str, Any]] = {
        "waiting": {"waiting_since": now, "state_before_waiting": "open"},
        "closing": {"closes_at": now + timedelta(minutes=2)},
        "closed": {"closed_at": now},
    }
    return make_session(state=state, **{**needed.get(state, {}), **fields})


def logged_in(user: User) -> Client:
    return Client(headers={"cookie": "; ".join(f"{name}={value}" for name, value in login_cookie(user).items())})


def go_in(session: Session, alias: str = "Blå Ræv", client: Client | None = None) -> Client:
    """Through the door, as a browser without scripts does it."""
    client = client or Client()
    answer = client.post(at(session, "join/"), {"alias": alias})
    assert (answer.status_code, answer["Location"]) == (302, at(session, "room/")), answer.content.decode()
    return client


def is_in(client: Client, session: Session) -> bool:
    """Whether the place in this browser opens the room."""
    return client.get(at(session, "room/")).status_code == 200


def body(answer: HttpResponse) -> str:
    return answer.content.decode()


def words(answer: HttpResponse) -> str:
    """What the page says, on one line."""
    return " ".join(unescape(text_of(body(answer))).split())


def typed(answer: HttpResponse) -> str:
    """What stands in the field for the nickname."""
    (value,) = re.findall(r'<input id="alias"[^>]* value="([^"]*)"', body(answer))
    return unescape(value)


def main_of(answer: HttpResponse) -> str:
    return body(answer).split("<main")[1].split("</main>")[0]


def leave(*people: Member) -> None:
    """They closed the page, and the short absence in which a place is kept is over."""
    long_ago = timezone.now() - KEEPS_A_PLACE - timedelta(seconds=1)
    Member.objects.filter(pk__in=[person.pk for person in people]).update(seen_at=long_ago)


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


# The way in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["lobby", "open", "waiting", "paused", "closing"])
def test_the_suggested_nickname_leads_into_the_room_without_a_key(state: str) -> None:
    session = in_state(state)
    client = Client()
    page = client.get(at(session))
    name = typed(page)
    go_in(session, name, client)
    assert session.members.get().alias == name
    assert is_in(client, session)


def test_the_page_says_what_it_is_when_and_with_whom() -> None:
    session = in_state("open", title="At være ny")
    page = words(Client().get(at(session)))
    for said in ("At være ny", "Åben nu", "rådgiver", "Jeg lytter.", session.counsellor_profiles()[0].working_name):
        assert said in page
    assert page.index("Gå ind i chatten") < page.index("Sådan taler vi sammen")


def test_the_young_read_what_they_say_yes_to() -> None:
    session = make_session()
    answer = Client().get(at(session))
    page = words(answer)
    for said in (
        "Du må gerne bare læse med. Når du går ind, siger du ja til det, der står herunder.",
        "Sådan taler vi sammen",
        "Rådgiverne læser med",
        "De kan være to.",
        "Det hedder underretning",
        "tryk tre gange på Shift",
        retention_line(session),
    ):
        assert said in page
    assert f'href="{"/underretning/"}"' in main_of(answer)
    assert len(main_of(answer).split('id="tone"')[1].split("</ul>")[0].split("<li>")[1:]) in (5, 6)


@pytest.mark.parametrize("hours", [1, 24, 48])
def test_when_the_messages_disappear_comes_from_the_setting(settings: Settings, hours: int) -> None:
    session = make_session()
    settings.RETENTION_HOURS = hours
    gone_at = timezone.localtime(session.ends_at + timedelta(hours=1 + hours))
    assert gone_at.strftime("%H.%M") in retention_line(session)
    assert retention_line(session) in words(Client().get(at(session)))


def door_in(state: str) -> HttpResponse:
    """The page as it stands in a state of the session, or for somebody who cannot go in just now."""
    client = Client()
    if state == "early":
        return client.get(at(planned_for(5)))
    if state == "nobody came":
        return client.get(at(make_session(no_show_told_at=timezone.now())))
    if state == "refused":
        return client.post(at(make_session(), "join/"), {"alias": ""})
    if state in {"full", "one's turn"}:
        session = make_session(capacity=1)
        sitting, _cookies = seat_young(session)
        client = stand_in_line(session)
        if state == "one's turn":
            leave(sitting)
        return client.get(at(session))
    return client.get(at(in_state(state)))


@pytest.mark.parametrize("state", [*ALL_STATES, "early", "nobody came", "refused", "full", "one's turn"])
def test_the_door_is_easy_to_read_for_somebody_in_distress(state: str) -> None:
    text = text_of(body(door_in(state)))
    assert lix(text) <= 25
    assert length(longest_sentence(text)) <= 22, longest_sentence(text)


def test_another_nickname_is_one_tap_away_without_scripts() -> None:
    session = make_session()
    page = Client().get(at(session))
    assert f'<a class="another" href="{at(session)}" data-door-another>' in body(page)
    assert len({typed(Client().get(at(session))) for _unused in range(5)}) > 1


def test_the_suggestions_are_all_different_and_nobody_here_has_them() -> None:
    session = make_session()
    taken = {seat_young(session)[0].alias for _unused in range(3)}
    page = body(Client().get(at(session)))
    names = unescape(re.findall(r'data-door="([^"]+)"', page)[0]).split("|")
    assert len(set(names)) == len(names) == door.SUGGESTIONS
    assert not taken & set(names)
    for name in names:
        go_in(session, name)


def test_whoever_has_a_place_is_greeted_by_nickname_and_has_one_button() -> None:
    session = make_session()
    client = go_in(session, "Blå Ræv")
    answer = client.get(at(session))
    assert "Du er her som Blå Ræv" in words(answer)
    assert main_of(answer).count("<button") == 1
    assert 'name="alias"' not in body(answer)
    client.post(at(session, "join/"))
    assert is_in(client, session)
    assert session.members.young().count() == 1


def test_the_address_of_a_form_opened_again_leads_to_the_page() -> None:
    session = make_session()
    for form in ("join/", "tilbage/"):
        answer = Client().get(at(session, form))
        assert (answer.status_code, answer["Location"]) == (302, at(session))
    assert not session.members.exists()


def test_too_many_from_one_network_are_told_so_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session()
    monkeypatch.setattr(door, "JOINS", "2/m")
    for name in ("Blå Ræv", "Stille Ugle"):
        go_in(session, name)
    answer = Client().post(at(session, "join/"), {"alias": "Modig Mus"})
    assert answer.status_code == 429
    assert "Vent et minut" in words(answer)


# Nicknames that cannot be -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "alias",
    [
        "",
        "   ",
        "\u200b\u200d",
        "Sofie",  # the counsellor's
        "S o f i e",
        "Ѕоfіе",  # in letters that look like hers
        "Sofie rådgiver",
        "Blå Ræv",  # somebody's here
        "blå  ræv",
        "BLÅ RÆV!",
        "Blа Ræv",
        "Ring 22 33 44 55",
        "x" * 41,
    ],
)
def test_a_nickname_that_cannot_be_is_refused_kindly_and_stays_in_the_field(alias: str) -> None:
    session = make_session(make_counsellor("Sofie"))
    seat_young(session, "Blå Ræv")
    answer = Client().post(at(session, "join/"), {"alias": alias})
    assert answer.status_code == 422
    (error,) = re.findall(r'<p class="error" id="alias-error" data-door-error>([^<]+)</p>', body(answer))
    assert error.strip()
    assert 'aria-describedby="alias-help alias-error" aria-invalid="true" autofocus' in body(answer)
    if alias.strip():
        assert typed(answer) == alias
    assert session.members.young().count() == 1
    assert PLACE not in answer.cookies


def test_a_full_name_is_warned_of_once_and_then_left_to_its_owner() -> None:
    session = make_session()
    client = Client()
    answer = client.post(at(session, "join/"), {"alias": "Signe Hansen"})
    assert answer.status_code == 422
    assert f"{aliases.TEXTS['name']} Du må godt bruge det." in words(answer)
    assert typed(answer) == "Signe Hansen"
    assert not session.members.exists()
    (sure,) = re.findall(r'<input type="hidden" name="sure" value="([^"]*)"', body(answer))
    assert client.post(at(session, "join/"), {"alias": "Sofia Jensen", "sure": sure}).status_code == 422
    client.post(at(session, "join/"), {"alias": "Signe Hansen", "sure": sure})
    assert is_in(client, session)


def test_whoever_was_warned_before_the_queue_is_not_warned_again_behind_it() -> None:
    session = make_session(capacity=1)
    sitting, _cookies = seat_young(session)
    client = Client()
    client.post(at(session, "join/"), {"alias": "Signe Hansen", "sure": "Signe Hansen"})
    leave(sitting)
    turn = body(client.get(at(session)))
    fields = dict(re.findall(r'name="(alias|sure)" value="([^"]*)"', turn))
    client.post(at(session, "join/"), fields)
    assert is_in(client, session)


def test_typed_markup_stays_text() -> None:
    answer = Client().post(at(make_session(), "join/"), {"alias": '"><script>alert(1)</script>'})
    assert "<script>alert" not in body(answer)


def test_T06_a_nickname_is_kept_until_the_sessions_end_though_its_owner_has_gone() -> None:
    session = make_session()
    member, _cookies = seat_young(session, "Blå Ræv")
    leave(member)
    assert Client().post(at(session, "join/"), {"alias": "Blå Ræv"}).status_code == 422


# A full room ------------------------------------------------------------------------------------------------------


def stand_in_line(session: Session, alias: str = "Modig Mus") -> Client:
    client = Client()
    answer = client.post(at(session, "join/"), {"alias": alias})
    assert (answer.status_code, answer["Location"]) == (302, at(session))
    return client


def number_of(client: Client, session: Session) -> int:
    answer = client.get(at(session))
    assert answer["Refresh"] == "10"
    (number,) = re.findall(r"Du er nummer (\d+) i køen", words(answer))
    return int(number)


def test_a_full_room_gives_everybody_a_number_in_the_order_they_came() -> None:
    session = make_session(capacity=1)
    seat_young(session)
    first, second, third = (stand_in_line(session) for _unused in range(3))
    assert [number_of(client, session) for client in (third, first, second)] == [3, 1, 2]
    assert [number_of(client, session) for client in (first, second, third)] == [1, 2, 3]
    assert session.members.young().count() == 1


def test_who_waits_has_no_place_yet() -> None:
    session = make_session(capacity=1)
    seat_young(session)
    waiting = stand_in_line(session)
    assert not is_in(waiting, session)
    assert waiting.get(at(session, "log/")).status_code == 401
    line = waiting.cookies[WAITING]
    assert (line["path"], line["httponly"], line["samesite"], line["expires"]) == (at(session), True, "Lax", "")
    assert Waiter.objects.get(session=session).token_hash == digest(line.value)


def test_the_waiting_page_offers_help_meanwhile_and_says_that_one_may_leave() -> None:
    session = make_session(capacity=1)
    seat_young(session)
    page = words(stand_in_line(session).get(at(session)))
    assert "Der er fyldt lige nu" in page
    assert "Du kan gå, når du vil." in page
    assert "Demo: Nattelinjen" in page


def test_when_a_place_is_free_the_first_in_line_gets_it_under_the_name_they_typed() -> None:
    session = make_session(capacity=1)
    sitting, _cookies = seat_young(session, "Blå Ræv")
    first, second = stand_in_line(session, "Rød Elg 7"), stand_in_line(session)
    leave(sitting)
    answer = first.get(at(session))
    assert "Nu er der plads til dig" in words(answer)
    assert "data-by-itself" in body(answer)
    assert "Refresh" not in answer.headers  # what is being typed is not eaten
    assert typed(answer) == "Rød Elg 7"
    assert number_of(second, session) == 2
    assert second.post(at(session, "join/"), {"alias": "Stille Ugle"})["Location"] == at(session)
    go_in(session, typed(answer), first)
    assert is_in(first, session)
    assert first.cookies[WAITING].value == first.cookies[door.WISHED].value == ""
    assert number_of(second, session) == 1


def test_a_newcomer_does_not_overtake_those_who_wait() -> None:
    session = make_session(capacity=1)
    sitting, _cookies = seat_young(session)
    stand_in_line(session)
    leave(sitting)
    newcomer = stand_in_line(session)
    assert number_of(newcomer, session) == 2


def test_who_stops_waiting_holds_nobody_up() -> None:
    session = make_session(capacity=1)
    seat_young(session)
    gone, waiting = stand_in_line(session), stand_in_line(session)
    Waiter.objects.filter(token_hash=digest(gone.cookies[WAITING].value)).update(
        seen_at=timezone.now() - members.WAITER_LEASE - timedelta(seconds=1)
    )
    assert number_of(waiting, session) == 1


def test_a_name_that_cannot_be_is_told_at_the_door_and_not_tried_again() -> None:
    session = make_session(make_counsellor("Sofie"), capacity=1)
    sitting, _cookies = seat_young(session)
    waiting = stand_in_line(session, "Sofie")
    leave(sitting)
    answer = waiting.post(at(session, "join/"), {"alias": typed(waiting.get(at(session)))})
    assert answer.status_code == 422
    assert "data-by-itself" not in body(answer)
    go_in(session, "Modig Mus", waiting)


def test_a_short_absence_gives_no_place_away() -> None:
    session = make_session(capacity=1)
    client = go_in(session)
    stand_in_line(session)
    client.post(at(session, "join/"))
    assert is_in(client, session)


# All at once ------------------------------------------------------------------------------------------------------


def all_at_once(verb: Callable[[str], Place], arguments: list[str]) -> list[Place | str]:
    """Call the verb with each argument in a thread of its own, as late as the last one is ready; places or refusals."""
    barrier = Barrier(len(arguments))

    def run(argument: str) -> Place | str:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return verb(argument)
        except DoorClosed as closed:
            return closed.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(arguments)) as threads:
        return list(threads.map(run, arguments))


def joining(session: Session) -> Callable[[str], Place]:
    return lambda alias: members.join(session=session, alias=alias, token="", waiting="", now=timezone.now())


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_to_the_last_place_exactly_one_gets_it() -> None:
    session = make_session(capacity=2)
    seat_young(session, "Blå Ræv")
    answers = all_at_once(joining(session), ["Stille Ugle", "Modig Mus", "Rød Elg", "Rolig Bjørn"])
    assert sorted(type(answer).__name__ for answer in answers) == ["Place", "str", "str", "str"]
    assert [answer for answer in answers if isinstance(answer, str)] == ["full"] * 3
    assert session.members.young().count() == 2


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [["Blå Ræv"] * 4, ["Blå Ræv", "blå ræv", "Blå  Ræv", "Blа Ræv"]])
def test_T06_of_many_who_take_the_same_name_at_once_exactly_one_gets_it(names: list[str]) -> None:
    session = make_session()
    answers = all_at_once(joining(session), names)
    assert [answer for answer in answers if isinstance(answer, str)] == ["alias"] * 3
    assert session.members.young().count() == 1


@pytest.mark.both_engines
@pytest.mark.django_db(transaction=True)
def test_a_word_code_used_on_two_phones_at_once_leaves_one_of_them_in() -> None:
    session = make_session()
    place = joining(session)("Blå Ræv")
    assert place.word_code is not None
    answers = all_at_once(
        lambda code: members.come_back(session=session, code=code, now=timezone.now()), [place.word_code] * 2
    )
    tokens = [answer.token for answer in answers if isinstance(answer, Place)]
    assert len(set(tokens)) == 2
    assert [Member.objects.by_place(session, token) is not None for token in tokens].count(True) == 1
    assert Member.objects.by_place(session, place.token) is None


# Sent out (T10): every door of the session is shut, and the page that says so helps --------------------------------


EVERY_DOOR = ["", "room/", "join/", "tilbage/", "knock/"]


def kick(client: Client, session: Session, **fields: Any) -> Member:
    """As the ladder leaves a member, who was told of it on their own line."""
    member = Member.objects.by_place(session, client.cookies[PLACE].value)
    assert member is not None
    told = MemberKicked(member=member.public_id, reason="Du blev ved med at skrive grimt", ground="harassment")
    tell(session, member, told)
    Member.objects.filter(pk=member.pk).update(kicked_at=timezone.now(), **fields)
    return Member.objects.get(pk=member.pk)


def ban(client: Client, session: Session, *, days: float = 7) -> Member:
    until = timezone.now() + timedelta(days=days)
    member = kick(client, session, banned_until=until)
    tell(session, member, MemberBanned(member=member.public_id, reason="Du har fået en advarsel", until=until))
    return member


def tell(session: Session, member: Member, event: Wire) -> None:
    with transaction.atomic():
        entry = log.Entry(event=event, stream=Stream.PRIVATE, reader=member, author=member)
        log.append(Session.objects.locked(session), [entry], at=timezone.now())


def held_by(slug: str) -> Session:
    """A session of an organisation of its own."""
    session = make_session(state="open")
    house = Organization.objects.get_or_create(slug=slug, defaults={"name": slug.title(), "kind": "association"})[0]
    session.organizations.set([house])
    return session


@pytest.mark.parametrize("page", EVERY_DOOR)
@pytest.mark.parametrize("step", [kick, ban])
def test_T10_no_door_of_the_session_opens_to_who_was_sent_out(step: Callable[..., Member], page: str) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert client.get(at(session, page)).status_code == 403
    assert client.post(at(session, page), {"alias": "Nyt Navn", "code": "bølge-kanel-ugle-telt"}).status_code == 403
    assert session.members.young().count() == 1


@pytest.mark.parametrize("step, status", [(kick, 423), (ban, 451)])
def test_T10_the_room_over_http_is_shut_with_its_own_number(step: Callable[..., Member], status: int) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert client.get(at(session, "log/")).status_code == status
    sent = client.post(at(session, "say/"), {"text": "hej"}, headers={"accept": "application/json"})
    assert (sent.status_code, sent.json()) == (status, {"code": status + 4000})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step, code", [(kick, 4423), (ban, 4451)])
def test_T10_the_socket_is_shut_with_the_codes_of_the_protocol(step: Callable[..., Member], code: int) -> None:
    session, same_house = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    step(client, session)
    client.get(at(session))
    cookies = {name: morsel.value for name, morsel in client.cookies.items() if name in {PLACE, BAN}}
    carried = {name: value for name, value in cookies.items() if name == BAN}

    @async_to_sync
    async def knock() -> list[int]:
        codes = []
        for where, what in ((session, cookies), (same_house, carried)):
            async with Tab(where, what) as tab:
                codes.append(await tab.code())
        return codes

    assert knock() == [code, 4451 if carried else 4401]


def test_T10_an_older_cookie_the_word_code_and_a_second_browser_with_the_same_cookie_open_nothing() -> None:
    session = make_session(state="open")
    client = go_in(session)
    old, code = client.cookies[PLACE].value, client.cookies[door.WORD_CODE].value
    go_in(session, client=client)
    copied = client.cookies[PLACE].value
    kick(client, session)
    assert Client(headers={"cookie": f"{PLACE}={copied}"}).get(at(session, "room/")).status_code == 403
    assert not is_in(Client(headers={"cookie": f"{PLACE}={old}"}), session)
    other_phone = Client()
    other_phone.post(at(session, "tilbage/"), {"code": code}, follow=True)
    assert other_phone.get(at(session, "room/")).status_code == 403
    assert not session.connections.exists()


def test_T10_a_place_of_its_own_under_another_code_does_not_help_the_browser_that_was_sent_out() -> None:
    session = make_session(state="open")
    client, friend = go_in(session), go_in(session, "Stille Ugle")
    kick(client, session)
    answer = client.post(at(session, "tilbage/"), {"code": friend.cookies[door.WORD_CODE].value})
    assert answer.status_code == 403
    assert is_in(friend, session)


def test_a_kick_is_of_this_session_alone() -> None:
    session, next_door = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    kick(client, session)
    assert is_in(go_in(next_door, client=client), next_door)


def test_banned_beats_kicked_and_a_ban_that_is_over_leaves_the_kick() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    assert client.get(at(session, "log/")).status_code == 451
    Member.objects.filter(pk=member.pk).update(banned_until=timezone.now() - timedelta(seconds=1))
    assert client.get(at(session, "log/")).status_code == 423


def test_who_was_sent_out_takes_nobodys_place_in_a_full_room() -> None:
    session = make_session(state="open", capacity=1)
    kick(go_in(session), session)
    assert is_in(go_in(session, "Stille Ugle"), session)


def test_a_kick_is_told_with_its_reason_what_it_means_and_where_else_to_go() -> None:
    session = make_session(state="open")
    client = go_in(session)
    kick(client, session)
    page = client.get(at(session, "room/"))
    assert "Du blev ved med at skrive grimt" in words(page)
    assert "<title>Samrum</title>" in body(page)
    assert f'href="{at(session, "se-paa-det/")}"' in main_of(page)
    assert '<article class="card' in main_of(page)  # who can help now
    for link in ("/chat/", "/tilbud/", "/blog/", "/hjaelp/"):
        assert f'href="{link}"' in main_of(page)
        assert client.get(link).status_code == 200
    assert BAN not in client.cookies


def test_a_ban_is_told_with_its_end_and_its_houses() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    page = client.get(at(session))
    assert "Du har fået en advarsel" in words(page)
    assert "Prøvekommunen" in words(page)
    assert member.banned_until is not None
    assert time_in_words(member.banned_until, now=timezone.now()) in words(page)
    assert f'href="{at(session, "se-paa-det/")}"' in main_of(page)


@pytest.mark.parametrize("step", [kick, ban])
def test_the_page_of_who_was_sent_out_is_easy_to_read_in_distress(step: Callable[..., Member]) -> None:
    session = make_session(state="open")
    client = go_in(session)
    step(client, session)
    assert lix(own_words(client.get(at(session)))) <= 25


def test_the_closed_door_and_the_wait_behind_it_are_easy_to_read_in_distress() -> None:
    session = make_session(state="open")
    member = Member.objects.by_place(session, go_in(session).cookies[PLACE].value)
    assert member is not None
    session.refresh_from_db()
    marks.mark_after_ban(session=session, member=member, now=timezone.now())
    client = Client()
    pages = [client.get(at(session))]
    client.post(at(session, "knock/"))
    pages.append(client.get(at(session)))
    session.knocks.update(answered_at=timezone.now())
    pages.append(client.get(at(session)))
    session.knocks.update(is_let_in=True)
    pages.append(client.get(at(session)))
    assert ["knock/" in main_of(page) for page in pages] == [True, False, False, False]
    assert [page.get("Refresh") for page in pages] == [None, "5", None, None]
    assert ["join/" in main_of(page) for page in pages] == [False, False, False, True]
    assert retention_line(session) in words(pages[-1])  # what they say yes to stands there, too
    for page in pages:
        assert lix(own_words(page)) <= 25, own_words(page)
        assert length(longest_sentence(own_words(page))) <= 28


def own_words(answer: HttpResponse) -> str:
    """What the page says, without the cards of services, whose names are theirs."""
    return unescape(text_of(re.sub(r"<article.*?</article>", "", body(answer), flags=re.DOTALL)))


# The cookie of a ban ----------------------------------------------------------------------------------------------


def test_the_page_that_tells_of_a_ban_sets_its_cookie_for_chats_alone_and_once() -> None:
    session = make_session(state="open")
    client = go_in(session)
    member = ban(client, session)
    for _time in range(3):
        client.get(at(session))
        client.get(at(session, "room/"))
    cookie = client.cookies[BAN]
    row = Ban.objects.get()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/chat/", True, "Lax")
    assert row.token_hash == digest(cookie.value)
    assert len(cookie.value) >= 22
    assert list(row.organizations.all()) == list(session.organizations.all())
    assert member.banned_until is not None
    assert member.banned_until - timedelta(hours=1) < row.expires_at <= member.banned_until


def test_a_banned_browser_is_told_so_in_every_chat_of_the_house_and_in_no_other() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session)
    client.get(at(session))
    del client.cookies[PLACE]  # the browser was closed; the ban's cookie stays
    same_house, other_house = make_session(state="open"), held_by("borup")
    for page in EVERY_DOOR:
        assert client.get(at(same_house, page)).status_code == 403
        assert client.get(at(session, page)).status_code == 403
    assert client.post(at(same_house, "join/"), {"alias": "Nyt Navn"}).status_code == 403
    assert client.get(at(same_house, "log/")).status_code == 451
    assert "se-paa-det" not in main_of(client.get(at(same_house)))  # nothing happened there that one could look at
    assert is_in(go_in(other_house, client=client), other_house)
    for page in ("/", "/chat/", "/hjaelp/", "/tilbud/", "/blog/"):
        assert client.get(page).status_code == 200


def test_a_ban_shuts_the_other_chats_of_the_house_in_which_the_browser_sits_already() -> None:
    session, same_house = make_session(state="open"), make_session(state="open")
    client = go_in(session)
    go_in(same_house, client=client)
    client.cookies[PLACE]["path"] = "/"  # the test's browser keeps one cookie of a name: that of the second chat
    place = client.cookies[PLACE].value
    member = session.members.young().get()
    Member.objects.filter(pk=member.pk).update(kicked_at=timezone.now())
    tokens, _until = bans.remember({}, session, until=timezone.now() + timedelta(days=2))
    banned = Client(headers={"cookie": f"{PLACE}={place}; {BAN}={tokens[0]}"})
    assert banned.get(at(same_house, "log/")).status_code == 451


def test_a_ban_ends_by_itself_and_its_row_goes() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session, days=1)
    client.get(at(session))
    del client.cookies[PLACE]
    later = make_session(state="open")
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert client.get(at(later)).status_code == 200
        marks.forget_expired(now=timezone.now())
    assert not Ban.objects.exists()


def test_bans_of_two_houses_stand_side_by_side_in_one_browser() -> None:
    first, second = held_by("aaby"), held_by("borup")
    client = Client()
    for session, days in ((first, 20), (second, 2)):
        del_place(client)
        ban(go_in(session, client=client), session, days=days)
        assert client.get(at(session)).status_code == 403
    del_place(client)
    assert [client.get(at(held_by(house))).status_code for house in ("aaby", "borup", "ceres")] == [403, 403, 200]
    assert Ban.objects.count() == 2


def del_place(client: Client) -> None:
    client.cookies.pop(PLACE, None)


def test_one_place_taken_from_browser_to_browser_makes_no_heap_of_bans() -> None:
    session = make_session(state="open")
    client = go_in(session)
    place = client.cookies[PLACE].value
    ban(client, session)
    for _browser in range(9):
        assert Client(headers={"cookie": f"{PLACE}={place}"}).get(at(session)).status_code == 403
    assert Ban.objects.count() == 5


def test_a_ban_that_was_wrong_goes_from_the_browser_that_carries_it_and_no_other_ban_does() -> None:
    session, until = make_session(state="open"), timezone.now() + timedelta(days=3)
    (wrong,), _end = bans.remember({}, session, until=until)
    (right,), _end = bans.remember({}, session, until=until + timedelta(days=4))
    carried = {BAN: f"{wrong}.{right}"}
    assert not bans.forgive({}, session, until=until)
    assert not bans.forgive(carried, held_by("borup"), until=until)
    assert bans.forgive(carried, session, until=until)
    assert Ban.objects.get().token_hash == digest(right)


@pytest.mark.parametrize("value", ["", ".", "x", "." * 500, "æøå", "x" * 65, "a.b.c.d.e.f.g"])
def test_a_cookie_that_is_no_ban_bans_nobody(value: str) -> None:
    session = make_session(state="open")
    client = Client()
    client.cookies[BAN] = value
    assert is_in(go_in(session, client=client), session)


def test_nobody_is_told_of_a_session_they_may_not_know_of_by_being_banned_from_it() -> None:
    draft = make_session(announced=False)
    tokens, _until = bans.remember({}, draft, until=timezone.now() + timedelta(days=2))
    client = Client(headers={"cookie": f"{BAN}={tokens[0]}"})
    for page in ("", "log/"):
        assert client.get(at(draft, page)).status_code == 404
    assert client.post(at(draft, "join/"), {"alias": "Blå Ræv"}).status_code == 404


def test_a_counsellor_of_the_session_is_not_shut_out_by_a_browser_that_was_banned() -> None:
    session = make_session(state="open")
    tokens, _until = bans.remember({}, session, until=timezone.now() + timedelta(days=2))
    login = "; ".join(f"{name}={value}" for name, value in login_cookie(session.roster.get().user).items())
    client = Client(headers={"cookie": f"{login}; {BAN}={tokens[0]}"})
    assert client.get(at(session, "room/")).status_code == 200
    assert client.get(at(session)).status_code == 200


def test_once_the_session_is_erased_nobody_is_sent_out_of_it_any_more() -> None:
    session = make_session(state="open")
    client = go_in(session)
    ban(client, session)
    client.get(at(session))
    retention.erase(session=session, now=timezone.now())
    assert client.get(at(session)).status_code == 200
    assert client.get(at(session, "log/")).status_code == 410


# Before and after -------------------------------------------------------------------------------------------------


def planned_for(hours: float) -> Session:
    starts_at = timezone.now() + timedelta(hours=hours)
    return make_session(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


def test_before_the_lobby_opens_the_page_says_when_and_offers_a_neutral_reminder() -> None:
    session = planned_for(5)
    answer = Client().get(at(session))
    page = words(answer)
    opens_at = timezone.localtime(session.starts_at - timedelta(minutes=site.LOBBY_MINUTES))
    assert re.search(rf"Du kan gå ind .*kl\. {opens_at.hour}", page)
    assert f'href="{at(session, "aftale.ics")}"' in body(answer)
    assert "I kalenderen står der kun »Aftale kl." in page
    assert "Vi ses." in page  # the before-post
    assert 'name="alias"' not in body(answer)
    assert "door.js" not in body(answer)


def test_nobody_gets_in_before_the_lobby_opens() -> None:
    session = planned_for(5)
    answer = Client().post(at(session, "join/"), {"alias": "Blå Ræv"})
    assert (answer.status_code, answer["Location"]) == (302, at(session))
    assert not session.members.exists()


@pytest.mark.parametrize("minutes, lets_in", [(31, False), (29, True)])
def test_the_lobby_opens_half_an_hour_before(minutes: float, lets_in: bool) -> None:
    page = Client().get(at(planned_for(minutes / 60)))
    assert ('name="alias"' in body(page)) is lets_in


def test_when_no_counsellor_has_come_the_door_says_so_and_shows_who_can_help() -> None:
    session = make_session(no_show_told_at=timezone.now())
    page = words(Client().get(at(session)))
    assert "Rådgiveren er ikke kommet endnu." in page
    assert page.index("Hjælp, mens du venter") < page.index("Demo: Nattelinjen") < page.index("Sådan taler vi sammen")
    session.state = "open"
    session.save()
    assert "Demo: Nattelinjen" not in words(Client().get(at(session)))


def closed_session(*, after: str = "", erased: bool = False, closed_at: datetime | None = None) -> Session:
    session = in_state("closed", closed_at=closed_at or timezone.now() - timedelta(minutes=2))
    if after:
        session.after_post = Entry.objects.create(
            kind=Entry.Kind.AFTER,
            title="Tak for i aften",
            source=after,
            html=f"<p>{after}</p>",
            author=session.roster.get().user,
            published_at=timezone.now() if after != "Kladde" else None,
        )
    if erased:
        session.erased_at = timezone.now()
    session.save()
    return session


def test_after_the_chat_the_page_says_where_to_go_now() -> None:
    coming = planned_for(5)
    Session.objects.filter(pk=coming.pk).update(title="Venner, der bliver væk")
    page = words(Client().get(at(closed_session())))
    assert "Chatten er slut" in page
    assert "Når det er klar, kan du læse det her" in page
    assert "Demo: Nattelinjen" in page
    assert "Venner, der bliver væk" in page


def test_the_after_post_stands_on_the_page_once_it_is_published() -> None:
    assert "Vi talte om brødre." in words(Client().get(at(closed_session(after="Vi talte om brødre."))))
    draft = words(Client().get(at(closed_session(after="Kladde"))))
    assert "Kladde" not in draft
    assert "Når det er klar, kan du læse det her" in draft


def test_after_the_erasure_the_page_says_that_the_messages_are_gone() -> None:
    session = closed_session(erased=True)
    page = words(Client().get(at(session)))
    assert "Beskederne er væk." in page
    assert retention_line(session) not in page


def test_nobody_gets_into_a_closed_room() -> None:
    session = closed_session()
    for form, fields in (("join/", {"alias": "Blå Ræv"}), ("tilbage/", {"code": "hest"})):
        assert Client().post(at(session, form), fields)["Location"] == at(session)
    assert not session.members.exists()


def test_who_was_there_can_read_along_for_the_few_minutes_it_stays() -> None:
    session = make_session(state="open")
    client = go_in(session)
    assert "Læs beskederne et par minutter endnu" not in words(client.get(at(session)))
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=timezone.now())
    assert "Læs beskederne et par minutter endnu" in words(client.get(at(session)))
    assert "Læs beskederne et par minutter endnu" not in words(Client().get(at(session)))
    Session.objects.filter(pk=session.pk).update(closed_at=timezone.now() - timedelta(minutes=6))
    assert "Læs beskederne et par minutter endnu" not in words(client.get(at(session)))


# Counsellors ------------------------------------------------------------------------------------------------------


def test_a_counsellor_of_the_session_sees_the_way_to_the_room_instead_of_the_door() -> None:
    sofie = make_counsellor("Sofie")
    session = make_session(sofie)
    answer = logged_in(sofie).get(at(session))
    assert "Åbn rummet som rådgiver" in words(answer)
    assert f'href="{at(session, "room/")}"' in body(answer)
    assert 'name="alias"' not in body(answer)


def test_a_counsellor_of_the_session_never_becomes_a_young_person_in_it() -> None:
    sofie = make_counsellor("Sofie")
    session = make_session(sofie)
    answer = logged_in(sofie).post(at(session, "join/"), {"alias": "Blå Ræv"})
    assert answer["Location"] == at(session, "room/")
    assert not session.members.young().exists()


def test_another_counsellor_meets_the_same_door_as_the_young() -> None:
    assert 'name="alias"' in body(logged_in(make_counsellor("Amir")).get(at(make_session(make_counsellor("Sofie")))))


# The list ---------------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_open_what_comes_and_how_it_went() -> None:
    make_session(state="open", title="Rollemodeller")
    coming = planned_for(5)
    Session.objects.filter(pk=coming.pk).update(title="Venner")
    closed_session(after="Vi talte om brødre.")
    make_session(title="Hemmelig", announced=False)
    page = words(Client().get("/chat/"))
    order = [
        "Du kan gå ind nu",
        "Rollemodeller",
        "De næste chats",
        "Venner",
        "Sådan gik det de andre gange",
        "Tak for i",
    ]
    assert [page.index(said) for said in order] == sorted(page.index(said) for said in order)
    assert "Hemmelig" not in page


def test_a_past_chat_without_a_published_post_is_not_listed() -> None:
    closed_session(after="Kladde")
    closed_session()
    assert "Tak for i aften" not in words(Client().get("/chat/"))


def test_an_empty_list_says_what_one_can_do_instead() -> None:
    answer = Client().get("/chat/")
    page = main_of(answer)
    assert "Der er ikke planlagt flere chats endnu." in words(answer)
    assert 'href="/tilbud/"' in page
    assert 'href="/blog/"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_database_as_often_for_three_as_for_one(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _unused in range(rows):
        make_session(state="open")
        planned_for(5)
        closed_session(after="Vi talte om brødre.")
    with django_assert_num_queries(4):
        Client().get("/chat/")
