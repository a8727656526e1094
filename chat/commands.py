"""What a client may say, one dataclass each, read strictly: anything else is `bad_command`, never a traceback.

The fields, their lengths and their ranges are those of PROTOCOL.md; a test holds the two together.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar

from moderation.refusals import Refused
from moderation.text import clean_text

MAX_FRAME = 16_384  # bytes
MAX_TEXT = 1_000  # code points
MAX_REASON = 500
MAX_REF = 36
MAX_ID = 64
MAX_CLOSING_MINUTES = 15
MAX_MUTE_MINUTES = 180
MAX_BAN_DAYS = 30
MAX_SLOW_SECONDS = 300
MAX_QUESTION = 200
MIN_OPTIONS = 2
MAX_OPTIONS = 6
MAX_OPTION = 80

Reader = Callable[[Any], Any]


def bad(detail: str = "") -> Refused:
    return Refused("bad_command", detail)


def token(limit: int) -> Reader:
    """A short string without control characters or lone surrogates."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= limit or not value.isprintable():
            raise bad()
        return value

    return read


def text(limit: int) -> Reader:
    def read(value: Any) -> str:
        return clean_text(value, limit=limit)

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise bad()
    return value


def whole(low: int, high: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise bad()
        return value

    return read


def one_of(*words: str) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in words:
            raise bad()
        return value

    return read


def empty_or(reader: Reader) -> Reader:
    """The empty text, or whatever `reader` makes of any other."""

    def read(value: Any) -> Any:
        return "" if isinstance(value, str) and not value.strip() else reader(value)

    return read


def choices(value: Any) -> tuple[str, ...]:
    """The answers of a poll, each one another."""
    if not isinstance(value, list) or not MIN_OPTIONS <= len(value) <= MAX_OPTIONS:
        raise bad()
    options = tuple(clean_text(option, limit=MAX_OPTION) for option in value)
    if len(set(options)) != len(options):
        raise bad()
    return options


def reads(reader: Reader, **kwargs: Any) -> Any:
    """A field that `reader` turns from JSON into its value."""
    return field(metadata={"reader": reader}, **kwargs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something a client asks for. Those that change something carry a `ref`."""

    type: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting(Command):
    ref: str = reads(token(MAX_REF))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePost(Lasting):
    type: ClassVar[str] = "message.post"
    text: str = reads(text(MAX_TEXT))
    reply_to: str | None = reads(token(MAX_ID), default=None)
    ask: bool = reads(flag, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemove(Lasting):
    type: ClassVar[str] = "message.remove"
    id: str = reads(token(MAX_ID))
    reason: str | None = reads(text(MAX_REASON), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberType(Command):
    type: ClassVar[str] = "member.type"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReport(Lasting):
    type: ClassVar[str] = "message.report"
    id: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRelease(Lasting):
    type: ClassVar[str] = "message.release"
    id: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDiscard(Lasting):
    type: ClassVar[str] = "message.discard"
    id: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberWarn(Lasting):
    type: ClassVar[str] = "member.warn"
    member: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMute(Lasting):
    type: ClassVar[str] = "member.mute"
    member: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))
    minutes: int | None = reads(whole(1, MAX_MUTE_MINUTES), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUnmute(Lasting):
    type: ClassVar[str] = "member.unmute"
    member: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKick(Lasting):
    type: ClassVar[str] = "member.kick"
    member: str = reads(token(MAX_ID))
    ground: str = reads(one_of("discord", "harassment"))
    reason: str = reads(text(MAX_REASON))
    watch: bool = reads(flag, default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBan(Lasting):
    type: ClassVar[str] = "member.ban"
    member: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))
    days: int = reads(whole(1, MAX_BAN_DAYS))


@dataclass(frozen=True, slots=True, kw_only=True)
class BanPreview(Lasting):
    type: ClassVar[str] = "ban.preview"
    member: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberProtect(Lasting):
    type: ClassVar[str] = "member.protect"
    member: str = reads(token(MAX_ID))
    reason: str = reads(text(MAX_REASON))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUnprotect(Lasting):
    type: ClassVar[str] = "member.unprotect"
    member: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSend(Lasting):
    type: ClassVar[str] = "whisper.send"
    text: str = reads(text(MAX_TEXT))
    member: str | None = reads(token(MAX_ID), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNote(Lasting):
    type: ClassVar[str] = "desk.note"
    text: str = reads(text(MAX_TEXT))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClaim(Lasting):
    type: ClassVar[str] = "alert.claim"
    alert: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClose(Lasting):
    type: ClassVar[str] = "alert.close"
    alert: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAnswer(Lasting):
    type: ClassVar[str] = "door.answer"
    knock: str = reads(token(MAX_ID))
    let_in: bool = reads(flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralShare(Lasting):
    type: ClassVar[str] = "referral.share"
    service: str = reads(token(MAX_ID))
    member: str | None = reads(token(MAX_ID), default=None)
    text: str | None = reads(text(MAX_TEXT), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpen(Lasting):
    type: ClassVar[str] = "poll.open"
    question: str = reads(text(MAX_QUESTION))
    options: tuple[str, ...] = reads(choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollVote(Lasting):
    type: ClassVar[str] = "poll.vote"
    poll: str = reads(token(MAX_ID))
    option: int = reads(whole(0, MAX_OPTIONS - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClose(Lasting):
    type: ClassVar[str] = "poll.close"
    poll: str = reads(token(MAX_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpen(Lasting):
    type: ClassVar[str] = "room.open"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPause(Lasting):
    type: ClassVar[str] = "room.pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomResume(Lasting):
    type: ClassVar[str] = "room.resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClose(Lasting):
    type: ClassVar[str] = "room.close"
    text: str | None = reads(text(MAX_TEXT), default=None)
    minutes: int = reads(whole(0, MAX_CLOSING_MINUTES), default=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSlow(Lasting):
    type: ClassVar[str] = "room.slow"
    seconds: int = reads(whole(0, MAX_SLOW_SECONDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomHold(Lasting):
    type: ClassVar[str] = "room.hold"
    on: bool = reads(flag)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPin(Lasting):
    type: ClassVar[str] = "room.pin"
    text: str = reads(empty_or(text(MAX_REASON)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(Command):
    type: ClassVar[str] = "ping"
    here: bool = reads(flag, default=False)


COMMANDS: dict[str, type[Command]] = {
    command.type: command
    for command in (
        *(MessagePost, MessageRemove, MessageReport, MessageRelease, MessageDiscard),
        *(MemberType, MemberWarn, MemberMute, MemberUnmute, MemberKick, MemberBan, BanPreview),
        *(MemberProtect, MemberUnprotect),
        *(WhisperSend, DeskNote, AlertClaim, AlertClose, DoorAnswer, ReferralShare),
        *(PollOpen, PollVote, PollClose),
        *(RoomOpen, RoomPause, RoomResume, RoomClose, RoomSlow, RoomHold, RoomPin, Ping),
    )
}


# What the crisis check looks at: the young say it to the room, on their own line, or of somebody else.
SPOKEN = {MessagePost.type: "text", WhisperSend.type: "text", MessageReport.type: "reason"}


def load(frame: str) -> dict[str, Any]:
    """The JSON object of a text frame. Raises Refused "bad_command"."""
    try:
        body = json.loads(frame)
    except (ValueError, RecursionError):  # ValueError also covers numbers of thousands of digits
        raise bad() from None
    if not isinstance(body, dict):
        raise bad()
    return body


def ref_of(body: Mapping[str, Any]) -> str | None:
    """The ref to answer under: None where there is none that could be one."""
    try:
        return token(MAX_REF)(body.get("ref"))
    except Refused:
        return None


def spoken_text(body: Mapping[str, Any]) -> str:
    """What a text command tries to say, however it ends: help is looked for before any refusal (law 7)."""
    kind = body.get("type")
    said = body.get(SPOKEN[kind]) if isinstance(kind, str) and kind in SPOKEN else None
    return said if isinstance(said, str) else ""


def parse(body: Mapping[str, Any]) -> Command:
    """The command that `body` is. Unknown fields are ignored; null stands for absent.

    Raises Refused "bad_command", or "too_long" for a text over its limit.
    """
    kind = body.get("type")
    command = COMMANDS.get(kind) if isinstance(kind, str) else None
    if command is None:
        raise bad()
    values: dict[str, Any] = {}
    for spec in fields(command):
        value = body.get(spec.name)
        if value is not None:
            values[spec.name] = spec.metadata["reader"](value)
        elif spec.default is MISSING:
            raise bad()
    return command(**values)
