"""An evening on paper, for tests of planning it and of what is written afterwards."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from chat import log
from chat.events import MessagePosted, Wire
from chat.models import Event, Member, Role, Session, Stream, random_id
from chat.services.planning import Plan, plan_session, publish_before_post
from tests.blog.people import NOW, house

START = NOW + timedelta(hours=2)  # 20.00 in Denmark


def make_plan(*counsellors: User, at: tuple[Organization, ...] = (), **fields: Any) -> Plan:
    values = {
        "title": "Rollemodeller",
        "format": Session.Format.TOPIC,
        "starts_at": START,
        "ends_at": START + timedelta(minutes=90),
        "capacity": 20,
        "counsellors": list(counsellors),
        "organizations": list(at or [house()]),
        "text": "Vi ses i aften.",
    }
    return Plan(**{**values, **fields})


def planned(*counsellors: User, announced: bool = True, **fields: Any) -> Session:
    """A session as the first counsellor planned it."""
    session = plan_session(planner=counsellors[0], plan=make_plan(*counsellors, **fields), now=NOW)
    if announced:
        publish_before_post(session=session, by=counsellors[0], now=NOW)
    return Session.objects.get(pk=session.pk)


def seat(session: Session, alias: str, *, role: str = Role.YOUNG) -> Member:
    return Member.objects.create(
        session=session, alias=alias, skeleton=alias.casefold(), role=role, seen_at=timezone.now(), room_start=0
    )


def write(session: Session, event: Wire, *, stream: Stream = Stream.ROOM, author: Member | None = None) -> Event:
    """Put an event into the log of the room."""
    with transaction.atomic():
        locked = Session.objects.locked(session)
        (row,) = log.append(locked, [log.Entry(event=event, stream=stream, author=author)], at=timezone.now())
    return row


def say(member: Member, text: str) -> Event:
    return write(member.session, MessagePosted(id=random_id(), member=member.public_id, text=text), author=member)


def put(session: Session, state: str, **fields: Any) -> Session:
    """The session in another state, as time or a counsellor put it there."""
    Session.objects.filter(pk=session.pk).update(state=state, **fields)
    return Session.objects.get(pk=session.pk)


def moment(text: str) -> datetime:
    """A time of Danish clocks: "2026-11-24 19:00"."""
    return timezone.make_aware(datetime.fromisoformat(text))
