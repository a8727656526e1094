"""From a command to its answer: the lock, the ref's memory, the verb, and help before any refusal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from chat import commands as c
from chat.events import Accepted, encode
from chat.models import Answer, Event, Member, Session, Stream
from chat.permissions import is_rostered, refusal_to_moderate, refusal_to_take_part, refusal_to_write
from chat.services import crisis, desk, holds, knocks, ladder, logbook, marks, messages, polls, rooms, whispers
from moderation.refusals import Code, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command on its way to a verb: who asks, in which (locked) room, with which words, when."""

    session: Session
    member: Member
    command: Any
    sent: str
    level: str
    now: datetime

    @property
    def done(self) -> dict[str, Any]:
        """What every verb is given."""
        return {"session": self.session, "command": self.command, "now": self.now}


Verb = Callable[[Asked], Accepted]


def perform(*, member_id: int, role: str, body: Mapping[str, Any], now: datetime) -> str:
    """Carry out one lasting command and answer it: the text of `accepted` or `refused`.

    `accepted` is answered after the commit, and the same for the same ref ever after. An acute text reaches the desk,
    and its writer gets help, also when the command is refused.
    """
    said = c.spoken_text(body)
    level = crisis.level_of(said, writer=role)
    try:
        command = c.parse(body)
        if not isinstance(command, c.Lasting):
            raise Refused("bad_command")
        return _once(member_id, command, said, level, now)
    except Refused as refusal:
        ref = c.ref_of(body)
        if before := Answer.objects.filter(member_id=member_id, ref=ref).first():
            return before.frame  # whatever it carries this time
        if level == crisis.ACUTE and ref is not None:
            crisis.help_first(member_id=member_id, ref=ref, text=said, now=now)
        if refusal.code == Code.TOO_FAST:
            desk.note_hurry(member_id=member_id, now=now)
        return encode(refusal.as_event(ref))


@transaction.atomic
def _once(member_id: int, command: c.Lasting, said: str, level: str, now: datetime) -> str:
    """Under the room's lock: the answer that this ref got before, or what the verb says now."""
    session = Session.objects.locked(Member.objects.values_list("session_id", flat=True).get(pk=member_id))
    member = Member.objects.get(pk=member_id)
    before = Answer.objects.filter(member=member, ref=command.ref).first()
    if before is not None:
        return before.frame
    if member.is_out or (member.user is not None and not is_rostered(member.user, session)):
        raise Refused("forbidden")
    asked = Asked(session=session, member=member, command=command, sent=said, level=level, now=now)
    frame = _VERBS[type(command)](asked).frame()
    Answer.objects.create(member=member, ref=command.ref, frame=frame)
    return frame


def _accepted(asked: Asked, rows: Sequence[Event] = (), **more: Any) -> Accepted:
    """Answered with the number of the last event that the asker reads; without one where nothing changed."""
    member = asked.member
    side = Stream.DESK if member.is_counsellor else Stream.PRIVATE
    numbers = [
        {"stream": row.stream, "seq": row.seq}
        for row in rows
        if row.stream == Stream.ROOM or (row.stream == side and row.reader_id in (None, member.pk))
    ]
    return Accepted(ref=asked.command.ref, number=numbers[-1] if numbers else None, **more)


def _while_open(asked: Asked) -> None:
    """Raises Refused "closed" once the room is."""
    if asked.session.state == Session.State.CLOSED:
        raise Refused("closed")


def by_counsellors(verb: Verb) -> Verb:
    """Refuse everybody else. Raises Refused "forbidden"."""

    def checked(asked: Asked) -> Accepted:
        if not asked.member.is_counsellor:
            raise Refused("forbidden")
        return verb(asked)

    return checked


def by_others(verb: Verb) -> Verb:
    """Refuse counsellors. Raises Refused "forbidden"."""

    def checked(asked: Asked) -> Accepted:
        if asked.member.is_counsellor:
            raise Refused("forbidden")
        return verb(asked)

    return checked


def _find_member(asked: Asked, public_id: str) -> Member:
    """Somebody who ever came to this room. Raises Refused "unknown"."""
    people = Member.objects.filter(session=asked.session, room_start__isnull=False)
    member = people.filter(public_id=public_id).first()
    if member is None:
        raise Refused("unknown")
    return asked.member if member.pk == asked.member.pk else member


# The room's messages --------------------------------------------------------------------------------------------


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
    return messages.remove_message(member=asked.member, **asked.done)


def _report(asked: Asked) -> Accepted:
    _while_open(asked)
    return _accepted(asked, desk.report(reporter=asked.member, level=asked.level, **asked.done))


def _release(asked: Asked) -> Accepted:
    _while_open(asked)
    message_id, rows = holds.release(**asked.done)
    desk.follow(asked.session, asked.command.id, to=message_id)
    _note(asked, "release")
    return _accepted(asked, rows[:1], id=message_id)


def _discard(asked: Asked) -> Accepted:
    _while_open(asked)
    rows = holds.discard(**asked.done)
    desk.forget_excerpts(asked.session, asked.command.id, but_open=True)
    _note(asked, "discard")
    return _accepted(asked, rows)


def _note(asked: Asked, action: str) -> None:
    logbook.note(session=asked.session, actor=asked.member, action=action, target=asked.command.id, now=asked.now)


# The ladder -----------------------------------------------------------------------------------------------------


def _sanction(verb: Callable[..., list[Event]]) -> Verb:
    """A step on one young person, by a counsellor. Raises Refused "forbidden", "unknown" or "closed"."""

    def step(asked: Asked) -> Accepted:
        return _accepted(asked, verb(actor=asked.member, target=_target(asked), **asked.done))

    return by_counsellors(step)


def _target(asked: Asked) -> Member:
    _while_open(asked)
    target = _find_member(asked, asked.command.member)
    if code := refusal_to_moderate(asked.member, target):
        raise Refused(code)
    return target


def _preview_ban(asked: Asked) -> Accepted:
    target = _target(asked)
    shared = marks.shared_with(session=asked.session, member=target, now=asked.now)
    return _accepted(asked, missing=ladder.missing_for_a_ban(target), shared=shared)


# Whispers, the desk, the door -----------------------------------------------------------------------------------


def _whisper(asked: Asked) -> Accepted:
    _while_open(asked)
    target = None
    if asked.member.is_counsellor:
        if asked.command.member is None:
            raise Refused("bad_command")
        target = _listener(asked, asked.command.member)
    whisper_id, rows = whispers.whisper(author=asked.member, target=target, level=asked.level, **asked.done)
    return _accepted(asked, rows[:2], id=whisper_id)


def _listener(asked: Asked, public_id: str) -> Member:
    """Whom a counsellor can whisper to. Raises Refused "unknown", or "forbidden" for another counsellor."""
    listener = _find_member(asked, public_id)
    if listener.is_counsellor:
        raise Refused("forbidden")
    return listener


def _share(asked: Asked) -> Accepted:
    _while_open(asked)
    target = _listener(asked, asked.command.member) if asked.command.member is not None else None
    card_id, rows = whispers.share(actor=asked.member, target=target, **asked.done)
    return _accepted(asked, rows, id=card_id)


def _at_the_desk(verb: Callable[..., list[Event]]) -> Verb:
    """What counsellors do among themselves; it goes on while a closed room can still be read."""
    return by_counsellors(lambda asked: _accepted(asked, verb(actor=asked.member, **asked.done)))


def _answer_knock(asked: Asked) -> Accepted:
    _while_open(asked)
    return _accepted(asked, knocks.answer_knock(actor=asked.member, **asked.done))


# Polls, and the room itself -------------------------------------------------------------------------------------


def _open_poll(asked: Asked) -> Accepted:
    _while_open(asked)
    poll_id, rows = polls.open_poll(**asked.done)
    return _accepted(asked, rows, id=poll_id)


def _vote(asked: Asked) -> Accepted:
    if code := refusal_to_take_part(asked.session, now=asked.now):
        raise Refused(code)
    polls.vote(session=asked.session, voter=asked.member, command=asked.command)
    return _accepted(asked)


def _close_poll(asked: Asked) -> Accepted:
    _while_open(asked)
    return _accepted(asked, polls.close_poll(**asked.done))


def _room(change: Callable[[Asked], list[Event]]) -> Verb:
    return by_counsellors(lambda asked: _accepted(asked, change(asked)))


_VERBS: dict[type[c.Command], Verb] = {
    c.MessagePost: _post,
    c.MessageRemove: _remove,
    c.MessageReport: by_others(_report),
    c.MessageRelease: by_counsellors(_release),
    c.MessageDiscard: by_counsellors(_discard),
    c.MemberWarn: _sanction(ladder.warn),
    c.MemberMute: _sanction(ladder.mute),
    c.MemberUnmute: _sanction(ladder.unmute),
    c.MemberKick: _sanction(ladder.kick),
    c.MemberBan: _sanction(ladder.ban),
    c.BanPreview: by_counsellors(_preview_ban),
    c.MemberProtect: _sanction(ladder.protect),
    c.MemberUnprotect: _sanction(ladder.unprotect),
    c.WhisperSend: _whisper,
    c.DeskNote: _at_the_desk(desk.note),
    c.AlertClaim: _at_the_desk(desk.claim),
    c.AlertClose: _at_the_desk(desk.close),
    c.DoorAnswer: by_counsellors(_answer_knock),
    c.ReferralShare: by_counsellors(_share),
    c.PollOpen: by_counsellors(_open_poll),
    c.PollVote: by_others(_vote),
    c.PollClose: by_counsellors(_close_poll),
    c.RoomOpen: _room(lambda asked: rooms.open_room(session=asked.session, now=asked.now)),
    c.RoomPause: _room(lambda asked: rooms.pause_room(session=asked.session, now=asked.now)),
    c.RoomResume: _room(lambda asked: rooms.resume_room(session=asked.session, now=asked.now)),
    c.RoomClose: _room(lambda asked: rooms.close_room(actor=asked.member, **asked.done)),
    c.RoomSlow: _room(
        lambda asked: rooms.set_slow(session=asked.session, seconds=asked.command.seconds, now=asked.now)
    ),
    c.RoomHold: _room(lambda asked: rooms.set_hold(session=asked.session, on=asked.command.on, now=asked.now)),
    c.RoomPin: _room(lambda asked: rooms.set_pin(session=asked.session, text=asked.command.text, now=asked.now)),
}


def may_type(*, member_id: int, now: datetime) -> bool:
    """Typing is passed on where writing would be let through."""
    member = Member.objects.select_related("session").get(pk=member_id)
    return refusal_to_write(member, member.session, now=now) is None
