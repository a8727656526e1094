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
class Ping(Command):
    type: ClassVar[str] = "ping"
    here: bool = reads(flag, default=False)


COMMANDS: dict[str, type[Command]] = {
    command.type: command
    for command in (MessagePost, MessageRemove, MemberType, RoomOpen, RoomPause, RoomResume, RoomClose, Ping)
}


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
    said = body.get("text")
    return said if body.get("type") == MessagePost.type and isinstance(said, str) else ""


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
