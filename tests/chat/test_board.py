"""The board of tonight's rooms: what each of them asks for, and nothing of what is said in them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import DutyCase, Mark, Review, Session
from tests.chat.care import counsellor_of, house, make_coordinator, say
from tests.chat.people import be_present, make_counsellor, make_session, seat_staff, seat_young
from tests.chat.test_escalation import alarm

pytestmark = pytest.mark.django_db


def shown(client: Client, user: User) -> str:
    client.force_login(user)
    return " ".join(client.get("/vagt/").content.decode().split())


def open_room(*counsellors: User, **fields: Any) -> Session:
    session = make_session(*counsellors)
    Session.objects.filter(pk=session.pk).update(state="open", opened_at=timezone.now(), **fields)
    return Session.objects.get(pk=session.pk)


def test_the_board_says_who_sits_in_the_room_and_how_long_it_has_been_silent(client: Client) -> None:
    karla, mads = make_counsellor("Karla"), make_counsellor("Mads")
    session = open_room(karla, mads)
    html = shown(client, karla)
    assert "Ingen rådgiver er i rummet nu" in html
    assert "seneste besked" not in html
    be_present(seat_staff(session, mads)[0])
    young, _cookies = seat_young(session, "Blå Ræv")
    say(young, "Noget, der bliver i rummet", at=timezone.now() - timedelta(minutes=4, seconds=30))
    html = shown(client, karla)
    assert "I rummet nu: Mads · seneste besked for 4 minutter siden" in html
    assert "Noget, der bliver" not in html
    assert "Blå Ræv" not in html


def test_the_room_is_one_tap_away_for_those_put_on_it_and_for_nobody_else(client: Client) -> None:
    karla = make_counsellor("Karla")
    session = open_room(karla)
    door = f'href="/chat/{session.slug}/room/"'
    assert door in shown(client, karla)
    html = shown(client, make_coordinator())
    assert session.title in html
    assert door not in html


def test_an_alert_that_nobody_took_stands_on_top(client: Client) -> None:
    karla, lead = make_counsellor("Karla"), make_coordinator()
    session = open_room(karla)
    alert = alarm(session, at=timezone.now() - timedelta(minutes=3, seconds=5))
    for user, enters in ((karla, True), (lead, False)):
        html = shown(client, user)
        top = html.split('id="tonight"')[0]
        assert "En akut besked har ventet i 3 minutter" in top
        assert (f'href="/chat/{session.slug}/room/"' in top) is enters
        assert "Hjælp</" not in top
        for secret in (alert.member.alias, alert.member.public_id, alert.public_id):
            assert secret not in html
    for user in (make_counsellor("Sara"), counsellor_of("andet", "Fjern")):
        assert "akut besked" not in shown(client, user)
    alert.claimed_by = seat_staff(session, karla)[0]
    alert.save()
    assert "akut besked" not in shown(client, karla)


def test_an_alert_outlives_the_room_for_as_long_as_nobody_took_it(client: Client) -> None:
    karla = make_counsellor("Karla")
    session = open_room(karla)
    alert = alarm(session, at=timezone.now() - timedelta(minutes=3))
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=timezone.now())
    address = f"/vagt/{session.slug}/underretning/{alert.member.public_id}/"
    assert address in shown(client, karla)
    assert client.get(address).status_code == 200
    assert address not in shown(client, make_coordinator())


def test_the_desk_counts_what_waits_beside_it(client: Client) -> None:
    karla = make_counsellor("Karla")
    session = open_room(karla)
    now = timezone.now()
    assert waits(client, karla) == ["0", "0", "0"]
    review = Review.objects.create(session=session, token_hash="a", steps=[], lines=[], asked_at=now)
    Review.objects.create(session=session, token_hash="b", steps=[], lines=[], asked_at=now, answered_at=now)
    DutyCase.objects.create(
        session=session, organization=house(), counsellor=karla, told_at=now, deadline_at=now + timedelta(hours=1)
    )
    mark = Mark.objects.create(kind="ban", network="x", day=now.date(), set_at=now, expires_at=now + timedelta(hours=2))
    mark.organizations.add(house())
    assert waits(client, karla) == ["1", "1", "1"]
    review.actors.add(karla)
    assert waits(client, karla) == ["0", "1", "1"]
    assert waits(client, counsellor_of("andet", "Fjern")) == ["0", "0", "0"]


def waits(client: Client, user: User) -> list[str]:
    part = shown(client, user).split('id="waits"')[1].split("</section>")[0]
    return [piece.split("</span>")[0].split(">")[-1] for piece in part.split('<span class="tag')[1:]]
