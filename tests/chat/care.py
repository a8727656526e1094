"""Those who were sanctioned, and those who look at it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import Membership, Organization, User
from chat import log
from chat.events import MessagePosted, Wire
from chat.models import Event, Member, Session, Stream, random_id
from tests.chat.people import make_counsellor

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)


def tell(member: Member, actor: Member, kind: type[Wire], *, at: datetime, **fields: Any) -> None:
    """One step of the ladder in the log: to the desk with the actor, to the member without."""
    with transaction.atomic():
        session = Session.objects.locked(member.session_id)
        mine = kind(member=member.public_id, **fields)
        desk = kind(member=member.public_id, by=actor.public_id, **fields)
        entries = [
            log.Entry(event=desk, stream=Stream.DESK, author=member),
            log.Entry(event=mine, stream=Stream.PRIVATE, reader=Member.objects.get(pk=member.pk), author=member),
        ]
        log.append(session, entries, at=at)


def put(session: Session, event: Wire, *, author: Member, at: datetime, stream: Stream = Stream.ROOM) -> Event:
    with transaction.atomic():
        entry = log.Entry(event=event, stream=stream, author=author, public_id=getattr(event, "id", None) or "")
        (row,) = log.append(Session.objects.locked(session), [entry], at=at)
    return row


def say(member: Member, text: str, *, at: datetime) -> Event:
    return put(member.session, MessagePosted(id=random_id(), member=member.public_id, text=text), author=member, at=at)


def make_coordinator(name: str = "leder", *, email: str = "leder@prove.example", at: str = "prove") -> User:
    user = User.objects.create_user(username=name, email=email)
    organization = house(at)
    Membership.objects.create(user=user, organization=organization, role=Membership.Role.COORDINATOR)
    return User.objects.get(pk=user.pk)


def house(slug: str = "prove") -> Organization:
    return Organization.objects.get_or_create(
        slug=slug, defaults={"name": slug.title(), "kind": Organization.Kind.ASSOCIATION}
    )[0]


def counsellor_of(slug: str, name: str) -> User:
    """A counsellor of another house."""
    user = make_counsellor(name)
    Membership.objects.filter(user=user).update(organization=house(slug))
    return User.objects.get(pk=user.pk)


def everything_stored() -> str:
    """All rows of all tables, as text."""
    from django.apps import apps

    rows = [row for model in apps.get_models(include_auto_created=True) for row in model._base_manager.values()]
    return json.dumps(rows, default=str, ensure_ascii=False)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
