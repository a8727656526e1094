"""Writing and taking back. Every verb is given the session locked and the member read under that lock."""

from datetime import datetime

from chat import broadcast, log
from chat.commands import MessagePost, MessageRemove
from chat.events import Accepted, MessageHeld, MessagePosted, MessageRemoved, tombstone, without_text
from chat.models import Event, Member, Session, Stream, random_id
from chat.permissions import refusal_to_write
from chat.services import crisis, desk, holds, logbook, pace
from moderation import guard
from moderation.refusals import Refused


def post_message(
    *, session: Session, author: Member, command: MessagePost, sent: str, level: str, now: datetime
) -> Accepted:
    """Add a message to the room and tell everyone there; an acute one goes to the desk, with help to its writer.

    `sent` is the text as it came, to point into it; `level` is what the crisis check says of it.

    Raises Refused "closed", "not_open", "no_counsellor", "muted", "too_fast", "slow_mode", "unknown" (of `reply_to`)
    or "identifying".
    """
    code = refusal_to_write(author, session, now=now)
    if code:
        raise Refused(code)
    pace.spend(author, now=now)
    pace.keep_slow(author, session, now=now)
    if command.reply_to and not is_answerable(command.reply_to, reader=author):
        raise Refused("unknown")
    is_asking = not author.is_counsellor and is_identifying(command, sent=sent)
    message_id = random_id()
    if why := _why_held(session, author, is_acute=level == crisis.ACUTE, is_asking=is_asking):
        return _hold(session, author, command, message_id, why=why, level=level, is_asking=is_asking, now=now)
    posted = MessagePosted(id=message_id, member=author.public_id, text=command.text, reply_to=command.reply_to)
    entries = [log.Entry(event=posted, author=author, public_id=message_id)]
    if level == crisis.CONCERN:
        entries += crisis.alert_entries(
            session, writer=author, ref=command.ref, text=command.text, level=level, message_id=message_id, now=now
        )
    rows = log.append(session, entries, at=now)
    broadcast.announce(session, rows)
    return Accepted(ref=command.ref, id=message_id, number={"stream": rows[0].stream, "seq": rows[0].seq})


def _why_held(session: Session, author: Member, *, is_acute: bool, is_asking: bool) -> str:
    """Why the others do not see a message before a counsellor does; "" for one that is shown at once."""
    if author.is_counsellor:
        return ""
    reasons = {
        "crisis": is_acute,
        "ask": is_asking,
        "protect": author.protected_at is not None,
        "watch": author.watched > 0,
        "hold": session.hold,
    }
    return next((why for why, holds_now in reasons.items() if holds_now), "")


def _hold(
    session: Session,
    author: Member,
    command: MessagePost,
    message_id: str,
    *,
    why: str,
    level: str,
    is_asking: bool,
    now: datetime,
) -> Accepted:
    """Keep it at the desk, with the alert that it gives cause for."""
    entries: list[log.Entry] = []
    if level != "none":
        entries += crisis.alert_entries(
            session, writer=author, ref=command.ref, text=command.text, level=level, message_id=message_id, now=now
        )
    if is_asking and level != crisis.ACUTE:
        entries.append(
            desk.identity_entry(
                session, writer=author, ref=command.ref, text=command.text, message_id=message_id, now=now
            )
        )
    entries.append(
        holds.held_entry(author, message_id=message_id, text=command.text, why=why, reply_to=command.reply_to)
    )
    if author.watched:
        author.watched -= 1
        author.save(update_fields=["watched"])
    broadcast.announce(session, log.append(session, entries, at=now))
    return Accepted(ref=command.ref, id=message_id, held=True)


def is_identifying(command: MessagePost, *, sent: str) -> bool:
    """The text tells who somebody is or how to find them, and its writer asks a counsellor to let it through.

    Who does not ask is refused: raises Refused "identifying", with where and what. The spans point into the text as it
    was sent, which differs from what would be stored by blanks and accents.
    """
    found = guard.find_spans(command.text)
    if found and not command.ask:
        spans = found if sent == command.text else guard.find_spans(sent) or found
        raise Refused("identifying", spans=[[span.start, span.end, span.label] for span in spans])
    return bool(found)


def is_answerable(message_id: str, *, reader: Member) -> bool:
    """`reader` has seen this message, and its text still stands."""
    event = Event.objects.readable_by(reader).filter(public_id=message_id, type=MessagePosted.type).first()
    return event is not None and holds.text_of(event) is not None


def remove_message(*, session: Session, member: Member, command: MessageRemove, now: datetime) -> Accepted:
    """Take a message's text away for all, for good: from the log's own row, and from what hangs on it.

    Raises Refused "closed", "unknown" (also: gone already), "forbidden" (another's, and not a counsellor's to remove)
    or "bad_command" (a counsellor without a reason).
    """
    if session.state == Session.State.CLOSED:
        raise Refused("closed")
    event = _removable(command.id, member)
    author = event.author
    if author is None:
        raise Refused("unknown")
    is_own = author.pk == member.pk
    if not is_own:
        if not member.is_counsellor or author.is_counsellor:
            raise Refused("forbidden")
        if command.reason is None:
            raise Refused("bad_command")
        logbook.note(session=session, actor=member, action="remove", target=command.id, now=now)
    _blank(event)
    desk.forget_excerpts(session, command.id, but_open=is_own)
    entries = _removal_entries(event, author, member, command)
    if member.is_counsellor:
        entries += desk.close_reports_of(session, command.id, actor=member, now=now)
    rows = log.append(session, entries, at=now)
    broadcast.announce(session, rows)
    seen = next(row for row in rows if row.stream == Stream.ROOM or (row.stream == Stream.DESK) == member.is_counsellor)
    return Accepted(ref=command.ref, number={"stream": seen.stream, "seq": seen.seq})


def _removable(message_id: str, member: Member) -> Event:
    """The message as `member` may know of it: what they read, and what they wrote themselves.

    One that was protected has two rows: the one with its text counts. Raises Refused "unknown", also when it is gone.
    """
    messages = Event.objects.filter(type__in=[MessagePosted.type, MessageHeld.type], public_id=message_id)
    own = messages.filter(session_id=member.session_id, author=member)
    for event in [*own.select_related("author"), *messages.readable_by(member).select_related("author")]:
        if holds.text_of(event) is not None:
            return event
    raise Refused("unknown")


def _blank(event: Event) -> None:
    """Overwrite the text where it is stored."""
    event.frame = tombstone(event.frame) if event.type == MessagePosted.type else without_text(event.frame)
    event.save(update_fields=["frame"])


def _removal_entries(event: Event, author: Member, actor: Member, command: MessageRemove) -> list[log.Entry]:
    """In the room for all, or beside it for a held one; with the reason when a counsellor did it."""
    is_own = author.pk == actor.pk
    reason = None if is_own else command.reason
    entries: list[log.Entry] = []
    if event.type == MessagePosted.type:
        # Without an author: whoever came later is not told of somebody they never met.
        entries.append(log.Entry(event=MessageRemoved(id=event.public_id), public_id=event.public_id))
    if event.type == MessageHeld.type or not is_own:
        by = None if is_own else actor.public_id
        on_desk = MessageRemoved(id=event.public_id, reason=reason, by=by)
        to_author = MessageRemoved(id=event.public_id, reason=reason)
        entries.append(log.Entry(event=on_desk, stream=Stream.DESK, author=author, public_id=event.public_id))
        entries.append(
            log.Entry(event=to_author, stream=Stream.PRIVATE, reader=author, author=author, public_id=event.public_id)
        )
    return entries
