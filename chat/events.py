"""What the server says in a room, one dataclass each. PROTOCOL.md is their table, and a test holds the two together.

A field without a default is always sent, as null too; one with a default of None is left out while it is None. An
underscore at a field's end keeps it apart from Python's own words.
"""

import json
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds and `Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value


def encode(value: Any) -> str:
    """Compact JSON; letters stay letters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Wire:
    """Turns a dataclass into its wire form."""

    __slots__ = ()
    type: ClassVar[str]

    def wire(self) -> dict[str, Any]:
        body: dict[str, Any] = {"type": self.type}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value is not None or field.default is MISSING:
                body[field.name.rstrip("_")] = plain(value)
        return body

    def frame(self) -> str:
        """The wire form of an event without a number."""
        return encode(self.wire())


def numbered(event: Wire, *, stream: str, seq: int, at: datetime) -> str:
    """The text of a durable event, as it is stored and sent to every reader."""
    body = event.wire()
    return encode({"type": body.pop("type"), "stream": stream, "seq": seq, "at": stamp(at), **body})


def tombstone(frame: str) -> str:
    """A message's place in its stream once its text is gone: the number, the time and the author stay."""
    body = json.loads(frame)
    kept = {key: body[key] for key in ("type", "stream", "seq", "at", "id", "member") if key in body}
    return encode({**kept, "text": None, "removed": True})


def without_text(frame: str) -> str:
    """A held message that was ended: why it was held stays, the text goes."""
    return encode({**json.loads(frame), "text": None})


def last_warning(frames: Sequence[str], *, member: str) -> int:
    """The number of the last warning of `member` among these frames of their own line; 0 for none."""
    warnings = [json.loads(frame) for frame in frames if frame.startswith(_WARNED)]
    mine = [body["seq"] for body in warnings if body["member"] == member and body["stream"] == "private"]
    return max(mine, default=0)


_WARNED = '{"type":"member.warned"'


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEntered(Wire):
    """First on every connection; the replay follows it."""

    type: ClassVar[str] = "room.entered"
    you: dict[str, Any]
    room: dict[str, Any]
    members: Sequence[dict[str, Any]]
    polls: Sequence[dict[str, Any]]
    limits: dict[str, int]
    from_: dict[str, int]
    heads: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Wire):
    """To everyone in the room, the author included, once the row is committed; the same bytes for everybody."""

    type: ClassVar[str] = "message.posted"
    id: str
    member: str
    text: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemoved(Wire):
    """Its text is gone. When a counsellor did it the desk reads `reason` and `by`, the author `reason`."""

    type: ClassVar[str] = "message.removed"
    id: str
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeld(Wire):
    """To the desk: a message that the others do not see before a counsellor has read it."""

    type: ClassVar[str] = "message.held"
    id: str
    member: str
    text: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReleased(Wire):
    """A held message was shown to all, as a new one: `as` is its id. To the desk and its author."""

    type: ClassVar[str] = "message.released"
    id: str
    as_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDiscarded(Wire):
    """A held message will not be shown. To the desk and its author."""

    type: ClassVar[str] = "message.discarded"
    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Wire):
    """To the desk: somebody needs a grown-up. `excerpt` is the whole text when the alert is acute."""

    type: ClassVar[str] = "alert.raised"
    alert: str
    kind: str
    member: str
    level: str | None = None
    id: str | None = None
    excerpt: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClaimed(Wire):
    """A counsellor says "I take it"; a later claim takes it over."""

    type: ClassVar[str] = "alert.claimed"
    alert: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClosed(Wire):
    """Dealt with."""

    type: ClassVar[str] = "alert.closed"
    alert: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperSent(Wire):
    """A line between one young person or guest and the counsellors. Without `to` it goes to the desk."""

    type: ClassVar[str] = "whisper.sent"
    id: str
    from_: str
    text: str
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralShared(Wire):
    """A service shown to all, or to one in the whisper line."""

    type: ClassVar[str] = "referral.shared"
    id: str
    from_: str
    service: dict[str, Any]
    to: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNoted(Wire):
    """From one counsellor to the others."""

    type: ClassVar[str] = "desk.noted"
    from_: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorKnocked(Wire):
    """A newcomer under a network mark asks to be let in."""

    type: ClassVar[str] = "door.knocked"
    knock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorAnswered(Wire):
    """What a counsellor said to it."""

    type: ClassVar[str] = "door.answered"
    knock: str
    let_in: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpOffered(Wire):
    """To the writer of an acute text alone: who can help now."""

    type: ClassVar[str] = "help.offered"
    services: Sequence[dict[str, Any]]
    text: str


# The ladder, and protecting beside it: to the desk with `by`, and to the member without.


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberWarned(Wire):
    """A private word with the guideline it is about."""

    type: ClassVar[str] = "member.warned"
    member: str
    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMuted(Wire):
    """They read along and cannot write to the room; without `until` until it is lifted."""

    type: ClassVar[str] = "member.muted"
    member: str
    reason: str
    until: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUnmuted(Wire):
    """By a counsellor, or because the time ran out (then nobody's name stands there)."""

    type: ClassVar[str] = "member.unmuted"
    member: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberProtected(Wire):
    """All they wrote left the room, and what they write next is held."""

    type: ClassVar[str] = "member.protected"
    member: str
    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUnprotected(Wire):
    """What they write is shown again."""

    type: ClassVar[str] = "member.unprotected"
    member: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKicked(Wire):
    """Out of this session."""

    type: ClassVar[str] = "member.kicked"
    member: str
    reason: str
    ground: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberBanned(Wire):
    """Out of the chats of the organisations that hold this session."""

    type: ClassVar[str] = "member.banned"
    member: str
    reason: str
    until: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged(Wire):
    """The room's state, whole. `why` is a word for machines: see PROTOCOL.md."""

    type: ClassVar[str] = "room.changed"
    state: str
    slow: int
    hold: bool
    pin: str | None
    closes_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpened(Wire):
    """A question with answers to choose from."""

    type: ClassVar[str] = "poll.opened"
    poll: str
    question: str
    options: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed(Wire):
    """The last counts, in the order of the options."""

    type: ClassVar[str] = "poll.closed"
    poll: str
    counts: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTallied(Wire):
    """The counts so far, in the order of the options."""

    type: ClassVar[str] = "poll.tallied"
    poll: str
    counts: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Wire):
    """With the first tab, and before the first event of that member."""

    type: ClassVar[str] = "member.joined"
    member: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Wire):
    """With the last tab."""

    type: ClassVar[str] = "member.left"
    member: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTyping(Wire):
    """The young see only counsellors typing."""

    type: ClassVar[str] = "member.typing"
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted(Wire):
    """Done and durable: it comes after the commit and before the event it speaks of."""

    type: ClassVar[str] = "accepted"
    ref: str
    id: str | None = None
    number: dict[str, Any] | None = None
    held: bool | None = None
    missing: Sequence[str] | None = None
    shared: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Wire):
    """The answer to `ping`."""

    type: ClassVar[str] = "pong"


DURABLE: tuple[type[Wire], ...] = (
    *(MessagePosted, MessageRemoved, MessageHeld, MessageReleased, MessageDiscarded),
    *(WhisperSent, HelpOffered, ReferralShared, DeskNoted),
    *(MemberWarned, MemberMuted, MemberUnmuted, MemberProtected, MemberUnprotected, MemberKicked, MemberBanned),
    *(AlertRaised, AlertClaimed, AlertClosed, DoorKnocked, DoorAnswered),
    *(RoomChanged, PollOpened, PollClosed),
)
FLEETING: tuple[type[Wire], ...] = (
    *(RoomEntered, MemberJoined, MemberLeft, MemberTyping, PollTallied, Accepted, Pong),
)
