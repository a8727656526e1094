"""Held messages: stored and numbered at the desk, seen by nobody else until a counsellor releases them."""

import json
from datetime import datetime

from chat import broadcast, log
from chat.commands import MessageDiscard, MessageRelease
from chat.events import (
    MessageDiscarded,
    MessageHeld,
    MessagePosted,
    MessageReleased,
    MessageRemoved,
    tombstone,
    without_text,
)
from chat.models import Event, Member, Session, Stream, random_id
from moderation.refusals import Refused


def text_of(event: Event) -> str | None:
    """What a message's row still says; None once it is gone."""
    text = json.loads(event.frame)["text"]
    return None if text is None else str(text)


def held_entry(author: Member, *, message_id: str, text: str, why: str, reply_to: str | None) -> log.Entry:
    held = MessageHeld(id=message_id, member=author.public_id, text=text, why=why)
    return log.Entry(event=held, stream=Stream.DESK, author=author, public_id=message_id, reply_to=reply_to or "")


def find_held(session: Session, message_id: str) -> Event:
    """Raises Refused "unknown" for one that never was, or was released, discarded or removed."""
    rows = Event.objects.filter(session=session, type=MessageHeld.type, public_id=message_id)
    for event in rows.select_related("author"):
        if text_of(event) is not None:
            return event
    raise Refused("unknown")


def release(*, session: Session, command: MessageRelease, now: datetime) -> tuple[str, list[Event]]:
    """Show it to all, as a new message. Answers its id, and the events with the room's first."""
    held = find_held(session, command.id)
    author, text = _author(held), text_of(held)
    if text is None:
        raise Refused("unknown")
    message_id = random_id()
    posted = MessagePosted(id=message_id, member=author.public_id, text=text, reply_to=held.reply_to or None)
    released = MessageReleased(id=command.id, as_=message_id)
    _forget(held)
    rows = log.append(
        session,
        [log.Entry(event=posted, author=author, public_id=message_id), *_to_both(released, author, command.id)],
        at=now,
    )
    broadcast.announce(session, rows)
    return message_id, rows


def discard(*, session: Session, command: MessageDiscard, now: datetime) -> list[Event]:
    """It will not be shown, and its author is told why."""
    held = find_held(session, command.id)
    _forget(held)
    rows = log.append(
        session, _to_both(MessageDiscarded(id=command.id, reason=command.reason), _author(held), command.id), at=now
    )
    broadcast.announce(session, rows)
    return rows


def waiting_of(member: Member) -> list[dict[str, str]]:
    """What the member wrote that was never shown and still waits for a counsellor, in their order."""
    held = Event.objects.filter(session_id=member.session_id, author=member, type=MessageHeld.type)
    shown = Event.objects.filter(session_id=member.session_id, author=member, type=MessagePosted.type)
    rows = held.exclude(public_id__in=shown.values("public_id")).order_by("position")
    bodies = [json.loads(row.frame) for row in rows]
    return [{"id": body["id"], "text": body["text"], "at": body["at"]} for body in bodies if body["text"] is not None]


def withdraw_all(session: Session, author: Member) -> list[log.Entry]:
    """Take all that `author` wrote out of the room and hold it: what to append, a pair for each message."""
    posted = Event.objects.filter(session=session, author=author, type=MessagePosted.type).order_by("seq")
    removed: list[log.Entry] = []
    held: list[log.Entry] = []
    gone: list[Event] = []
    for event in posted:
        body = json.loads(event.frame)
        if body["text"] is None:
            continue
        event.frame = tombstone(event.frame)
        gone.append(event)
        removed.append(log.Entry(event=MessageRemoved(id=body["id"]), public_id=body["id"]))
        held.append(
            held_entry(author, message_id=body["id"], text=body["text"], why="protect", reply_to=body.get("reply_to"))
        )
    Event.objects.bulk_update(gone, ["frame"], batch_size=200)
    return [*removed, *held]


def _author(held: Event) -> Member:
    if held.author is None:
        raise Refused("unknown")
    return held.author


def _forget(held: Event) -> None:
    held.frame = without_text(held.frame)
    held.save(update_fields=["frame"])


def _to_both(event: MessageReleased | MessageDiscarded, author: Member, message_id: str) -> list[log.Entry]:
    return [
        log.Entry(event=event, stream=Stream.DESK, author=author, public_id=message_id),
        log.Entry(event=event, stream=Stream.PRIVATE, reader=author, author=author, public_id=message_id),
    ]
