"""From a command to its answer: the lock, the ref's memory, the verb, and help before any refusal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from chat.commands import (
    Command,
    Lasting,
    MessagePost,
    MessageRemove,
    RoomClose,
    RoomOpen,
    RoomPause,
    RoomResume,
    parse,
    ref_of,
    spoken_text,
)
from chat.events import Accepted, encode
from chat.models import Answer, Event, Member, Session
from chat.permissions import is_rostered, refusal_to_write
from chat.services import crisis, messages, rooms
from moderation.refusals import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command on its way to a verb: who asks, in which (locked) room, with which words, when."""

    session: Session
    member: Member
    command: Any
    sent: str
    level: str
    now: datetime


def perform(*, member_id: int, role: str, body: Mapping[str, Any], now: datetime) -> str:
    """Carry out one lasting command and answer it: the text of `accepted` or `refused`.

    `accepted` is answered after the commit, and the same for the same ref ever after. An acute text reaches the desk,
    and its writer gets help, also when the command is refused.
    """
    said = spoken_text(body)
    level = crisis.level_of(said, writer=role)
    try:
        command = parse(body)
        if not isinstance(command, Lasting):
            raise Refused("bad_command")
        return _once(member_id, command, said, level, now)
    except Refused as refusal:
        ref = ref_of(body)
        if before := Answer.objects.filter(member_id=member_id, ref=ref).first():
            return before.frame  # whatever it carries this time
        if level == crisis.ACUTE and ref is not None:
            crisis.help_first(member_id=member_id, ref=ref, text=said, now=now)
        return encode(refusal.as_event(ref))


@transaction.atomic
def _once(member_id: int, command: Lasting, said: str, level: str, now: datetime) -> str:
    """Under the room's lock: the answer that this ref got before, or what the verb says now."""
    session = Session.objects.locked(Member.objects.values_list("session_id", flat=True).get(pk=member_id))
    member = Member.objects.get(pk=member_id)
    before = Answer.objects.filter(member=member, ref=command.ref).first()
    if before is not None:
        return before.frame
    if member.user is not None and not is_rostered(member.user, session):
        raise Refused("forbidden")
    asked = Asked(session=session, member=member, command=command, sent=said, level=level, now=now)
    frame = _VERBS[type(command)](asked).frame()
    Answer.objects.create(member=member, ref=command.ref, frame=frame)
    return frame


def _post(asked: Asked) -> Accepted:
    return messages.post_message(
        session=asked.session,
        author=asked.member,
        command=asked.command,
        sent=asked.sent,
        level=asked.level,
        now=asked.now,
    )


def _remove(asked: Asked) -> Accepted:
    return messages.remove_message(session=asked.session, member=asked.member, command=asked.command, now=asked.now)


def _open(asked: Asked) -> Accepted:
    return _led(asked, lambda: rooms.open_room(session=asked.session, now=asked.now))


def _pause(asked: Asked) -> Accepted:
    return _led(asked, lambda: rooms.pause_room(session=asked.session, now=asked.now))


def _resume(asked: Asked) -> Accepted:
    return _led(asked, lambda: rooms.resume_room(session=asked.session, now=asked.now))


def _close(asked: Asked) -> Accepted:
    def close() -> list[Event]:
        return rooms.close_room(session=asked.session, actor=asked.member, command=asked.command, now=asked.now)

    return _led(asked, close)


def _led(asked: Asked, change: Callable[[], list[Event]]) -> Accepted:
    """What only counsellors do. Answered with the last number it made; without one where nothing changed."""
    if not asked.member.is_counsellor:
        raise Refused("forbidden")
    rows = change()
    number = {"stream": rows[-1].stream, "seq": rows[-1].seq} if rows else None
    return Accepted(ref=asked.command.ref, number=number)


_VERBS: dict[type[Command], Callable[[Asked], Accepted]] = {
    MessagePost: _post,
    MessageRemove: _remove,
    RoomOpen: _open,
    RoomPause: _pause,
    RoomResume: _resume,
    RoomClose: _close,
}


def may_type(*, member_id: int, now: datetime) -> bool:
    """Typing is passed on where writing would be let through."""
    member = Member.objects.select_related("session").get(pk=member_id)
    return refusal_to_write(member, member.session, now=now) is None
