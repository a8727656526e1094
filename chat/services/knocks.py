"""Knocking at a closed door: newcomers under a mark, whom a counsellor lets in one by one or not."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from chat import broadcast, log
from chat.commands import DoorAnswer
from chat.events import DoorAnswered, DoorKnocked
from chat.models import Event, Knock, Member, Session, Stream, digest
from moderation.refusals import Refused

MOST_SHOWN = 5  # waiting for an answer at a time: the desk has others to look after
KNOCK_LEASE = timedelta(seconds=40)  # the waiting page asks every 5 s


def find(session: Session, token: str) -> Knock | None:
    """The one whose knock cookie this is."""
    return session.knocks.filter(token_hash=digest(token)).first() if token else None


def is_let_in(session: Session, token: str) -> bool:
    knock = find(session, token)
    return knock is not None and knock.is_let_in


@transaction.atomic
def knock(*, session: Session, token: str, now: datetime) -> tuple[str, Knock]:
    """Knock, or go on standing at the door. Answers the token of the cookie, and the knock.

    The desk is told of each knock once, in the order they came. Raises Refused "closed".
    """
    session = Session.objects.locked(session)
    if session.state == Session.State.CLOSED:
        raise Refused("closed")
    mine = find(session, token)
    if mine is None:
        token = secrets.token_urlsafe(16)
        mine = Knock.objects.create(session=session, token_hash=digest(token), knocked_at=now, seen_at=now)
    else:
        mine.seen_at = now
        mine.save(update_fields=["seen_at"])
    _tell_of_the_next(session, now)
    return token, mine


def _tell_of_the_next(session: Session, now: datetime) -> None:
    """Show the desk who stands at the door, as many at a time as it can answer; the others wait in line quietly."""
    waiting = session.knocks.filter(answered_at__isnull=True, seen_at__gt=now - KNOCK_LEASE)
    standing = list(waiting.order_by("knocked_at", "pk").values_list("public_id", flat=True))
    told = Event.objects.filter(session=session, type=DoorKnocked.type, public_id__in=standing)
    shown = set(told.values_list("public_id", flat=True))
    quiet = [public_id for public_id in standing if public_id not in shown]
    entries = [
        log.Entry(event=DoorKnocked(knock=public_id), stream=Stream.DESK, public_id=public_id)
        for public_id in quiet[: max(0, MOST_SHOWN - len(shown))]
    ]
    if entries:
        broadcast.announce(session, log.append(session, entries, at=now))


def answer_knock(*, session: Session, actor: Member, command: DoorAnswer, now: datetime) -> list[Event]:
    """Let a newcomer in, or not; `session` is locked by the caller. The answer can be changed until they are in.

    Raises Refused "unknown".
    """
    knock = session.knocks.filter(public_id=command.knock).first()
    if knock is None:
        raise Refused("unknown")
    if knock.answered_at is not None and knock.is_let_in == command.let_in:
        return []
    knock.answered_at, knock.is_let_in = now, command.let_in
    knock.save(update_fields=["answered_at", "is_let_in"])
    answered = DoorAnswered(knock=knock.public_id, let_in=knock.is_let_in, by=actor.public_id)
    entry = log.Entry(event=answered, stream=Stream.DESK, author=actor, public_id=knock.public_id)
    rows = log.append(session, [entry], at=now)
    broadcast.announce(session, rows)
    return rows
