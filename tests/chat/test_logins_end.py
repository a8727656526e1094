"""A login ends after half an hour without anything, and after twelve hours whatever happens (T25)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.middleware import BEGAN, SEEN
from chat.models import Connection, Member
from tests.chat.people import be_present, make_counsellor, make_session, seat_staff, seat_young

pytestmark = pytest.mark.django_db


@pytest.fixture
def karla(client: Client) -> User:
    user = make_counsellor("Karla")
    client.force_login(user)
    return user


def ago(client: Client, *, began: float = 0, seen: float = 0) -> None:
    """As if the login were so many minutes old, and the last page as many."""
    now, session = timezone.now(), client.session
    session[BEGAN] = (now - timedelta(minutes=began)).timestamp()
    session[SEEN] = (now - timedelta(minutes=seen)).timestamp()
    session.save()


def seen_at(client: Client) -> datetime:
    return datetime.fromtimestamp(client.session[SEEN], tz=timezone.get_default_timezone())


def test_half_an_hour_without_a_page_ends_it(client: Client, karla: User) -> None:
    ago(client, began=60, seen=29)
    assert client.get("/vagt/").status_code == 200
    assert timezone.now() - seen_at(client) < timedelta(minutes=1)
    ago(client, began=60, seen=30)
    assert client.get("/vagt/")["Location"].startswith("/konto/login/")
    assert client.get("/vagt/").status_code == 302


def test_twelve_hours_end_it_whatever_happens(client: Client, karla: User) -> None:
    ago(client, began=12 * 60 - 1)
    assert client.get("/vagt/").status_code == 200
    be_present(seat_staff(make_session(karla), karla)[0])
    ago(client, began=12 * 60)
    assert client.get("/vagt/").status_code == 302


def test_a_counsellor_who_works_in_a_room_stays_logged_in(client: Client, karla: User) -> None:
    session = make_session(karla)
    member = seat_staff(session, karla, now=timezone.now() - timedelta(hours=2))[0]
    tab = be_present(member, now=timezone.now() - timedelta(hours=2))
    ago(client, began=120, seen=110)
    Connection.objects.filter(pk=tab.pk).update(input_at=timezone.now() - timedelta(minutes=3))
    assert client.get("/vagt/").status_code == 200
    assert timezone.now() - seen_at(client) < timedelta(minutes=1)


@pytest.mark.parametrize("minutes, status", [(29, 200), (31, 302)])
def test_having_left_the_room_counts_for_half_an_hour(client: Client, karla: User, minutes: int, status: int) -> None:
    member, _login = seat_staff(make_session(karla), karla)
    Member.objects.filter(pk=member.pk).update(seen_at=timezone.now() - timedelta(minutes=minutes))
    ago(client, began=120, seen=110)
    assert client.get("/vagt/").status_code == status


def test_the_room_of_a_colleague_keeps_nobody_logged_in(client: Client, karla: User) -> None:
    mads = make_counsellor("Mads")
    be_present(seat_staff(make_session(mads), mads)[0])
    ago(client, began=120, seen=110)
    assert client.get("/vagt/").status_code == 302


def test_it_is_noted_once_a_minute(client: Client, karla: User) -> None:
    ago(client, began=10, seen=0.5)
    before = client.session[SEEN]
    client.get("/vagt/")
    assert client.session[SEEN] == before


def test_a_login_from_before_starts_its_clocks_with_the_next_page(client: Client, karla: User) -> None:
    session = client.session
    del session[BEGAN], session[SEEN]
    session.save()
    assert client.get("/vagt/").status_code == 200
    assert timezone.now() - seen_at(client) < timedelta(minutes=1)


def test_the_young_get_no_session(client: Client) -> None:
    _member, cookies = seat_young(make_session())
    client.cookies.load(cookies)
    client.get("/")
    assert "sessionid" not in client.cookies
