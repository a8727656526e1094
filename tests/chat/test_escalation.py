"""An acute alert that nobody takes goes to the co-counsellor, then to the coordinator (law 12)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from chat.events import AlertRaised
from chat.models import Alert, Session, Stream
from chat.services import worker
from chat.services.escalation import due_sessions, hurry, sweep
from tests.chat.care import NOW, later, make_coordinator, put
from tests.chat.people import make_counsellor, make_session, seat_staff, seat_young

pytestmark = pytest.mark.django_db

LEADER = "leder@prove.example"


def with_mail(name: str) -> User:
    user = make_counsellor(name)
    User.objects.filter(pk=user.pk).update(email=f"{name.lower()}@prove.example")
    return user


def evening(*counsellors: User) -> Session:
    make_coordinator()
    return make_session(*counsellors, now=NOW)


def alarm(session: Session, *, at: datetime = NOW, **changes: Any) -> Alert:
    """Somebody wrote that they will not live."""
    alias = f"Ræv {session.members.count()}"
    member, _cookies = seat_young(session, alias, now=NOW)
    fields = {"kind": Alert.Kind.CRISIS, "level": "acute", "ref": "r1", "raised_at": at}
    alert = Alert.objects.create(session=session, member=member, **{**fields, **changes})
    raised = AlertRaised(alert=alert.public_id, kind="crisis", level="acute", member=member.public_id, excerpt="Hjælp")
    put(session, raised, author=member, at=at, stream=Stream.DESK)
    return alert


def told(mailoutbox: list[Any]) -> list[list[str]]:
    return [mail.to for mail in mailoutbox]


def test_after_a_minute_the_counsellors_hear_of_it_and_after_another_the_coordinator(mailoutbox: list[Any]) -> None:
    alert = alarm(evening(with_mail("Karla"), with_mail("Mads")))
    both = ["karla@prove.example", "mads@prove.example"]
    steps = [(59, []), (60, [both]), (119, [both]), (120, [both, [LEADER]]), (600, [both, [LEADER]])]
    for seconds, mails in steps:
        sweep(now=later(seconds=seconds))
        assert told(mailoutbox) == mails, seconds
    alert.refresh_from_db()
    assert (alert.told_colleague_at, alert.told_coordinator_at) == (later(seconds=60), later(seconds=120))


def test_with_a_single_counsellor_it_is_the_coordinators_turn_at_once(mailoutbox: list[Any]) -> None:
    alert = alarm(evening(with_mail("Karla")))
    sweep(now=later(seconds=60))
    alert.refresh_from_db()
    assert told(mailoutbox) == [[LEADER]]
    assert (alert.told_colleague_at, alert.told_coordinator_at) == (None, later(seconds=60))


def test_colleagues_without_an_address_are_no_way_to_help(mailoutbox: list[Any]) -> None:
    alarm(evening(make_counsellor("Karla"), make_counsellor("Mads")))
    sweep(now=later(seconds=60))
    assert told(mailoutbox) == [[LEADER]]


def test_the_mail_says_when_the_chat_is_and_nothing_of_what_was_written(mailoutbox: list[Any]) -> None:
    session = evening(with_mail("Karla"), with_mail("Mads"))
    alert = alarm(session)
    for seconds in (60, 120):
        sweep(now=later(seconds=seconds))
    for mail in mailoutbox:
        text = mail.subject + mail.body
        assert "20.00" in text
        for secret in ("Hjælp", alert.member.alias, session.title, session.slug, alert.public_id):
            assert secret not in text


@pytest.mark.parametrize("changes", [{"level": "concern"}, {"kind": Alert.Kind.REPORT}, {"closed_at": NOW}])
def test_only_open_acute_alerts_go_on(mailoutbox: list[Any], changes: dict[str, Any]) -> None:
    alarm(evening(with_mail("Karla")), **changes)
    sweep(now=later(minutes=10))
    assert mailoutbox == []


def test_whoever_takes_it_stops_it(mailoutbox: list[Any]) -> None:
    karla = with_mail("Karla")
    session = evening(karla, with_mail("Mads"))
    alert = alarm(session)
    sweep(now=later(seconds=60))
    alert.claimed_by = seat_staff(session, karla, now=NOW)[0]
    alert.save()
    sweep(now=later(minutes=5))
    assert len(mailoutbox) == 1


def test_several_alerts_of_a_room_are_one_mail(mailoutbox: list[Any]) -> None:
    session = evening(with_mail("Karla"))
    for _number in range(3):
        alarm(session)
    alarm(make_session(with_mail("Sara"), now=NOW))
    sweep(now=later(seconds=60))
    assert told(mailoutbox) == [[LEADER], [LEADER]]


def test_a_mail_that_did_not_go_is_tried_again_and_holds_up_nobody(
    mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_the_leader(subject: str, text: str, sender: str, to: list[str]) -> None:
        if to != [LEADER]:
            raise ConnectionRefusedError
        mailoutbox.append(to)

    alert = alarm(evening(with_mail("Karla"), with_mail("Mads")))
    monkeypatch.setattr("accounts.staff_mail.send_mail", only_the_leader)
    sweep(now=later(seconds=60))
    assert mailoutbox == []
    assert due_sessions(now=later(seconds=61)) == [alert.session_id]
    sweep(now=later(seconds=120))
    assert mailoutbox == [[LEADER]]


def test_where_nobody_has_an_address_it_is_not_tried_for_ever() -> None:
    alarm(make_session(make_counsellor("Karla"), now=NOW))
    sweep(now=later(seconds=60))
    assert due_sessions(now=later(minutes=5)) == []


def test_the_hub_hears_which_rooms_are_due(django_assert_num_queries: Any) -> None:
    session = evening(with_mail("Karla"), with_mail("Mads"))
    alarm(session)
    alarm(session)
    assert due_sessions(now=later(seconds=59)) == []
    with django_assert_num_queries(1):
        assert due_sessions(now=later(seconds=60)) == [session.pk]
    sweep(now=later(seconds=60))
    assert due_sessions(now=later(seconds=61)) == []
    assert due_sessions(now=later(seconds=120)) == [session.pk]


def test_the_worker_is_hurried_once_and_sends_what_is_due(mailoutbox: list[Any]) -> None:
    alarm(evening(with_mail("Karla")))
    assert not hurry(now=later(seconds=59))
    assert hurry(now=later(seconds=60))
    assert not hurry(now=later(seconds=61))
    (task,) = OrmQ.objects.all()
    assert task.func() == "chat.services.escalation.sweep"
    assert mailoutbox == []


def test_the_workers_sweep_carries_it_on(mailoutbox: list[Any]) -> None:
    """By the real clock."""
    alarm(evening(with_mail("Karla")), at=timezone.now() - timedelta(minutes=2))
    worker.sweep()
    assert [LEADER] in told(mailoutbox)
