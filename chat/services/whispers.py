"""The whisper line (law 4): one young person or guest on one side, the session's counsellors on the other.

It lies on the desk's stream and on that one's own, and nowhere else. It is never looked at for identity.
"""

from datetime import datetime
from uuid import UUID

from chat import broadcast, log
from chat.commands import ReferralShare, WhisperSend
from chat.events import AlertRaised, ReferralShared, WhisperSent, Wire
from chat.models import Alert, Event, Member, Role, Session, Stream, random_id
from chat.services import crisis, pace
from moderation.refusals import Refused
from referrals.cards import find_card
from referrals.uptake import count_card


def whisper(
    *, session: Session, author: Member, target: Member | None, command: WhisperSend, level: str, now: datetime
) -> tuple[str, list[Event]]:
    """Say it on the line of `target`, or on one's own. Answers the whisper's id and the events, desk and private first.

    The first of a young person tells the desk that somebody wishes to talk. An acute one is sent as ever, with help
    and an alert beside it; in a room that waits there is help beside any. Raises Refused "too_fast".
    """
    reader = target or author
    if not author.is_counsellor:
        pace.spend(author, now=now)
    whisper_id = random_id()
    to = target.public_id if target else None
    said = WhisperSent(id=whisper_id, from_=author.public_id, text=command.text, to=to)
    entries = on_the_line(said, author=author, reader=reader, public_id=whisper_id)
    if target is None:
        entries += _beside(session, author, command, whisper_id, level, now)
    rows = log.append(session, entries, at=now)
    broadcast.announce(session, rows)
    return whisper_id, rows


def on_the_line(event: Wire, *, author: Member, reader: Member, public_id: str) -> list[log.Entry]:
    return [
        log.Entry(event=event, stream=Stream.DESK, author=author, public_id=public_id),
        log.Entry(event=event, stream=Stream.PRIVATE, reader=reader, author=author, public_id=public_id),
    ]


def _beside(
    session: Session, author: Member, command: WhisperSend, whisper_id: str, level: str, now: datetime
) -> list[log.Entry]:
    """What else comes of a young person's whisper."""
    entries = _wish_to_talk(session, author, whisper_id, now) if author.role == Role.YOUNG else []
    if level == crisis.ACUTE:
        return entries + crisis.alert_entries(
            session, writer=author, ref=command.ref, text=command.text, level=level, message_id=whisper_id, now=now
        )
    if session.state == Session.State.WAITING:
        entries.append(crisis.help_entry(author, now=now))
    return entries


def _wish_to_talk(session: Session, author: Member, whisper_id: str, now: datetime) -> list[log.Entry]:
    alert, is_first = Alert.objects.get_or_create(
        member=author,
        kind=Alert.Kind.WISH_TO_TALK,
        ref="first",
        defaults={"session": session, "message_id": whisper_id, "raised_at": now},
    )
    if not is_first:
        return []
    raised = AlertRaised(alert=alert.public_id, kind=alert.kind, member=author.public_id, id=whisper_id)
    return [log.Entry(event=raised, stream=Stream.DESK, author=author, public_id=whisper_id)]


def share(
    *, session: Session, actor: Member, target: Member | None, command: ReferralShare, now: datetime
) -> tuple[str, list[Event]]:
    """Show a service of the directory to all, or to one in the whisper line. Raises Refused "unknown"."""
    service = find_card(command.service, now=now)
    if service is None:
        raise Refused("unknown")
    card_id = random_id()
    to = target.public_id if target else None
    shared = ReferralShared(id=card_id, from_=actor.public_id, service=service, to=to, text=command.text)
    if target is None:
        entries = [log.Entry(event=shared, author=actor, public_id=card_id)]
    else:
        entries = on_the_line(shared, author=actor, reader=target, public_id=card_id)
    rows = log.append(session, entries, at=now)
    broadcast.announce(session, rows)
    count_card(UUID(service["id"]), now=now)
    return card_id, rows
