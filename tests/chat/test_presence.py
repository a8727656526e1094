"""Law 1: a professional is in the room. Time is given to the verbs; test_silence.py tries the sockets' own beat."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.commands import MessagePost, RoomClose
from chat.models import Connection, Event, Member, Session
from chat.services import messages, presence, rooms, worker
from moderation.refusals import Refused
from tests.chat.people import be_present, lead_of, make_counsellor, make_session, seat_staff, seat_young

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_engines]
NOW = timezone.now().replace(microsecond=0)


def at(seconds: float):
    return NOW + timedelta(seconds=seconds)


def open_room(session: Session) -> Connection:
    """The counsellor comes and opens; the socket answered at `NOW`."""
    member, _cookie = seat_staff(session, lead_of(session), now=NOW)
    socket = be_present(member, now=NOW)
    with transaction_on(session) as locked:
        rooms.open_room(session=locked, now=NOW)
    return socket


class transaction_on:  # noqa: N801 - reads as a word
    """The room's lock, as `commands.perform` takes it."""

    def __init__(self, session: Session) -> None:
        from django.db import transaction

        self.atomic, self.session = transaction.atomic(), session

    def __enter__(self) -> Session:
        self.atomic.__enter__()
        return Session.objects.locked(self.session)

    def __exit__(self, *error: object) -> None:
        self.atomic.__exit__(*error)


def state_of(session: Session) -> str:
    return Session.objects.get(pk=session.pk).state


def write(session: Session, member: Member, *, seconds: float, text: str = "hej"):
    command = MessagePost(ref=f"r{seconds}", text=text)
    with transaction_on(session) as locked:
        return messages.post_message(
            session=locked,
            author=Member.objects.get(pk=member.pk),
            command=command,
            sent=text,
            level="none",
            now=at(seconds),
        )


def refused_to_write(session: Session, member: Member, *, seconds: float) -> str:
    with pytest.raises(Refused) as refusal:
        write(session, member, seconds=seconds)
    return refusal.value.code.value


def test_law_1_nobody_writes_once_the_last_counsellors_socket_has_been_silent_for_9_seconds():
    session = make_session(now=NOW)
    young, _cookie = seat_young(session, now=NOW)
    open_room(session)
    assert write(session, young, seconds=8.9).number is not None
    assert refused_to_write(session, young, seconds=9) == "no_counsellor"


def test_law_1_the_room_waits_and_comes_back_to_the_state_before():
    session = make_session(now=NOW)
    socket = open_room(session)
    with transaction_on(session) as locked:
        rooms.pause_room(session=locked, now=at(1))
    presence.settle(session_id=session.pk, now=at(8))
    assert state_of(session) == "paused"
    presence.settle(session_id=session.pk, now=at(9))
    assert state_of(session) == "waiting"
    presence.renew(answered={socket.pk: at(12)})
    presence.settle(session_id=session.pk, now=at(12))
    assert state_of(session) == "paused"
    told = list(Event.objects.filter(type="room.changed").order_by("position").values_list("frame", flat=True))
    assert [frame.split('"state":"')[1].split('"')[0] for frame in told] == ["open", "paused", "waiting", "paused"]


def test_law_1_two_counsellors_hold_the_room_together():
    one, two = make_counsellor(), make_counsellor()
    session = make_session(one, two, now=NOW)
    open_room(session)
    colleague, _cookie = seat_staff(session, two, now=NOW)
    socket = be_present(colleague, now=at(5))
    presence.settle(session_id=session.pk, now=at(13))
    assert state_of(session) == "open"
    presence.renew(answered={socket.pk: at(15)})
    presence.settle(session_id=session.pk, now=at(23))
    assert state_of(session) == "open"
    presence.settle(session_id=session.pk, now=at(24))
    assert state_of(session) == "waiting"


def test_law_1_a_counsellor_counts_in_the_open_room_entered_last():
    counsellor = make_counsellor()
    first, second = make_session(counsellor, now=NOW), make_session(counsellor, now=NOW)
    open_room(first)
    member, _cookie = seat_staff(second, counsellor, now=NOW)
    be_present(member, now=at(1))
    presence.settle(session_id=first.pk, now=at(2))
    assert state_of(first) == "open", "a lobby elsewhere takes nobody away"
    with transaction_on(second) as locked:
        rooms.open_room(session=locked, now=at(3))
    presence.settle(session_id=first.pk, now=at(3))
    presence.settle(session_id=second.pk, now=at(3))
    assert (state_of(first), state_of(second)) == ("waiting", "open")


def test_law_1_after_eleven_minutes_without_input_the_presence_ends():
    session = make_session(now=NOW)
    socket = open_room(session)
    minutes = 60
    presence.renew(answered={socket.pk: at(11 * minutes)})
    presence.settle(session_id=session.pk, now=at(11 * minutes - 1))
    assert state_of(session) == "open"
    presence.settle(session_id=session.pk, now=at(11 * minutes))
    assert state_of(session) == "waiting"
    presence.note_input(connection_id=socket.pk, now=at(11 * minutes + 1))
    assert state_of(session) == "open", "a touch of the page brings the room back"


def test_law_1_a_room_that_waits_a_quarter_of_an_hour_closes_itself():
    session = make_session(now=NOW)
    open_room(session)
    presence.settle(session_id=session.pk, now=at(10))
    presence.settle(session_id=session.pk, now=at(10 + 15 * 60 - 1))
    assert state_of(session) == "waiting"
    worker.settle_rooms(now=at(10 + 15 * 60))
    assert state_of(session) == "closed"


def test_the_notice_of_closing_holds_also_while_the_room_waits():
    session = make_session(now=NOW)
    open_room(session)
    member = Member.objects.get(session=session)
    with transaction_on(session) as locked:
        rooms.close_room(session=locked, actor=member, command=RoomClose(ref="a", minutes=2), now=at(1))
    presence.settle(session_id=session.pk, now=at(30))
    assert state_of(session) == "waiting"
    presence.settle(session_id=session.pk, now=at(121))
    assert state_of(session) == "closed"


def test_in_closing_only_closing_at_once_is_left():
    session = make_session(now=NOW)
    open_room(session)
    member = Member.objects.get(session=session)
    with transaction_on(session) as locked:
        rooms.close_room(session=locked, actor=member, command=RoomClose(ref="a"), now=at(1))
        for verb in (rooms.open_room, rooms.pause_room, rooms.resume_room):
            with pytest.raises(Refused, match="not_open"):
                verb(session=locked, now=at(2))
        with pytest.raises(Refused, match="not_open"):
            rooms.close_room(session=locked, actor=member, command=RoomClose(ref="b", minutes=5), now=at(2))
        rooms.close_room(session=locked, actor=member, command=RoomClose(ref="c", minutes=0), now=at(3))
    assert state_of(session) == "closed"


def test_a_lobby_that_is_closed_never_lets_anyone_write():
    session = make_session(now=NOW)
    member, _cookie = seat_staff(session, lead_of(session), now=NOW)
    be_present(member, now=NOW)
    with transaction_on(session) as locked:
        rooms.close_room(session=locked, actor=member, command=RoomClose(ref="a", minutes=10), now=at(1))
    assert state_of(session) == "closed"


def test_when_nobody_has_come_five_minutes_after_the_start_the_coordinator_is_told_once(mailoutbox):
    from accounts.models import Membership

    session = make_session(now=NOW)
    boss = make_counsellor()
    boss.email = "leder@prove.example"
    boss.save()
    Membership.objects.create(user=boss, organization=session.organizations.get(), role=Membership.Role.COORDINATOR)
    presence.settle(session_id=session.pk, now=at(299))
    assert not Event.objects.filter(session=session).exists()
    for _twice in range(2):
        worker.settle_rooms(now=at(300))
        worker.mail_about_no_shows(now=at(301))
    (told,) = Event.objects.filter(session=session)
    assert '"why":"no_show"' in told.frame
    (mail,) = mailoutbox
    assert mail.to == ["leder@prove.example"]
    assert session.title not in mail.subject + mail.body


def test_law_9_no_doors_without_a_published_before_post():
    session = make_session(now=NOW, announced=False)
    with transaction_on(session) as locked, pytest.raises(Refused) as refusal:
        rooms.open_room(session=locked, now=NOW)
    assert refusal.value.missing == ["before_post"]


def test_law_12_no_room_opens_without_a_checked_crisis_service(settings):
    session = make_session(now=NOW)
    settings.DEMO = False  # the demo's services help nobody
    with transaction_on(session) as locked, pytest.raises(Refused) as refusal:
        rooms.open_room(session=locked, now=NOW)
    assert refusal.value.missing == ["crisis_service"]


def test_a_reload_of_a_few_seconds_does_not_stop_the_room():
    session = make_session(now=NOW)
    socket = open_room(session)
    presence.depart(connection_id=socket.pk, now=at(1))
    presence.settle(session_id=session.pk, now=at(4))
    assert state_of(session) == "open"
    presence.settle(session_id=session.pk, now=at(6))
    assert state_of(session) == "waiting"


def test_a_room_forgets_tabs_that_have_not_answered_for_long():
    session = make_session(now=NOW)
    young, _cookie = seat_young(session, now=NOW)
    be_present(young, now=NOW)
    assert presence.forget_the_gone(now=at(299)) == 0
    assert presence.forget_the_gone(now=at(301)) == 1


def test_law_1_a_line_that_breaks_and_comes_back_by_itself_is_no_sign_of_a_counsellor():
    session = make_session(now=NOW)
    socket = open_room(session)
    minutes = 60
    presence.renew(answered={socket.pk: at(10 * minutes)})
    member = Member.objects.get(pk=socket.member_id)
    again = be_present(member, now=at(10 * minutes + 2))
    assert again.input_at == NOW
    presence.renew(answered={again.pk: at(11 * minutes)})
    presence.settle(session_id=session.pk, now=at(11 * minutes))
    assert state_of(session) == "waiting"


def test_tabs_whose_line_broke_give_way_before_a_living_one():
    session = make_session(now=NOW)
    young, _cookie = seat_young(session, now=NOW)
    living = be_present(young, now=NOW)
    broken = [be_present(young, now=at(10 + number)) for number in range(2)]
    presence.renew(answered={living.pk: at(35)})
    be_present(young, now=at(36))
    assert set(young.connections.values_list("pk", flat=True)) >= {living.pk, broken[1].pk}
    assert not young.connections.filter(pk=broken[0].pk).exists()


def test_T15_a_token_that_moved_on_while_it_was_on_its_way_in_opens_nothing():
    from chat.services.members import join

    session = make_session(now=NOW)
    known_at_the_door, cookie = seat_young(session, now=NOW)
    join(session=session, alias="ligegyldigt", token=cookie["place"], waiting="", now=at(1))
    with pytest.raises(presence.PlaceMoved):
        presence.arrive(member=known_at_the_door, kind=Connection.Kind.SOCKET, now=at(2))
    assert not Connection.objects.exists()
