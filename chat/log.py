"""The room's log: the one way an event comes into being."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chat.events import Wire, numbered
from chat.models import Event, Member, Session, Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event on its way into the log. `author` is the member it speaks of, `reader` the one of a private line."""

    event: Wire
    stream: Stream = Stream.ROOM
    reader: Member | None = None
    author: Member | None = None
    public_id: str = ""
    reply_to: str = ""


def append(session: Session, entries: Sequence[Entry], *, at: datetime) -> list[Event]:
    """Number `entries` and store them, in order.

    `session` must be locked by the caller (`Session.objects.locked`): the same lock that sanctions take. Its heads and
    those of the private lines are raised in memory and in the database. Nothing is sent; `broadcast.announce` does it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The log is appended to under the session's lock only.")
    rows = [_row(session, entry, at) for entry in entries]
    Event.objects.bulk_create(rows)
    session.save(update_fields=["log_head", "room_head", "desk_head"])
    for reader in {entry.reader for entry in entries if entry.reader is not None}:
        reader.save(update_fields=["private_head"])
    return rows


def _row(session: Session, entry: Entry, at: datetime) -> Event:
    seq = _next_number(session, entry)
    session.log_head += 1
    return Event(
        session=session,
        position=session.log_head,
        stream=entry.stream,
        reader=entry.reader,
        seq=seq,
        at=at,
        type=entry.event.type,
        public_id=entry.public_id,
        author=entry.author,
        reply_to=entry.reply_to,
        frame=numbered(entry.event, stream=entry.stream.value, seq=seq, at=at),
    )


def _next_number(session: Session, entry: Entry) -> int:
    if entry.stream == Stream.PRIVATE:
        if entry.reader is None:
            raise ValueError("A private event has one reader.")
        entry.reader.private_head += 1
        return entry.reader.private_head
    if entry.stream == Stream.DESK:
        session.desk_head += 1
        return session.desk_head
    session.room_head += 1
    return session.room_head
