"""Nicknames that cannot be, a full room and its line, and many who come at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from chat.models import Member, Session, Waiter, digest
from chat.places import PLACE, WAITING
from chat.services import members
from chat.services.members import DoorClosed, Place
from chat.views import door
from moderation import alias as aliases
from tests.chat.doors import (
    at,
    body,
    go_in,
    is_in,
    leave,
    number_of,
    stand_in_line,
    typed,
    words,
)
from tests.chat.people import make_counsellor, make_session, seat_young

pytestmark = pytest.mark.django_db


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
