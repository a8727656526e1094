"""What a reader is told on arrival, and what they missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.commands import MAX_FRAME, MAX_TEXT
from chat.events import RoomEntered, encode, stamp
from chat.models import MAX_TABS, Event, Member, Role, Session, Stream
from chat.services.ladder import standing_of
from chat.services.pace import BURST, PER_SECOND
from chat.services.polls import open_polls, tallies

LIMITS = {"text": MAX_TEXT, "frame": MAX_FRAME, "burst": BURST, "per_second": PER_SECOND, "tabs": MAX_TABS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """`entered` and the texts of the events after `from`, in the order they happened."""

    entered: str
    frames: Sequence[str]
    tallies: Sequence[str]  # of the open polls, without a number
    heads: Mapping[str, int]
    position: int
    known: frozenset[int]  # members told of: no event of anybody else may come without `member.joined`
    present: frozenset[int]


def card_of(member: Member) -> dict[str, str]:
    return {"id": member.public_id, "alias": member.alias, "role": member.role}


def asked_number(value: str | None, *, head: int, start: int) -> int:
    """Where a replay starts: the number asked for, or `start` when it is none, negative, or beyond what there is."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 12:
        return start
    return int(value) if start <= int(value) <= head else start


def read(*, member: Member, after: str | None, side_after: str | None, now: datetime) -> Replay:
    """The room as `member` may see it, from the numbers they had. Nothing beyond `heads` is in it."""
    # One statement: read apart, the heads of session and member could be of different moments.
    member = Member.objects.select_related("session").get(pk=member.pk)
    session = member.session
    heads = {"room": session.room_head, "side": session.desk_head if member.is_counsellor else member.private_head}
    start = 0 if member.is_counsellor else member.room_start or 0
    origin = {
        "room": asked_number(after, head=heads["room"], start=start),
        "side": asked_number(side_after, head=heads["side"], start=0),
    }
    readable = Event.objects.readable_by(member).filter(position__lte=session.log_head)
    known = list(_told_of(member, session, readable, now))
    entered = RoomEntered(
        you=card_of(member),
        room=room_of(session),
        members=[_told(other, member, now) for other in known],
        polls=open_polls(session, reader=member),
        limits=LIMITS,
        from_=origin,
        heads=heads,
    )
    missed = readable.filter(
        Q(stream=Stream.ROOM, seq__gt=origin["room"]) | (~Q(stream=Stream.ROOM) & Q(seq__gt=origin["side"]))
    )
    return Replay(
        entered=encode(entered.wire()),
        frames=list(missed.order_by("position").values_list("frame", flat=True)),
        tallies=tallies(session),
        heads=heads,
        position=session.log_head,
        known=frozenset(other.pk for other in known),
        present=frozenset(other.pk for other in known if other.is_present),  # type: ignore[attr-defined]
    )


def _told(other: Member, reader: Member, now: datetime) -> dict[str, Any]:
    """One of `members`: with the standing of the young for counsellors, and one's own."""
    told = {**card_of(other), "present": other.is_present}  # type: ignore[attr-defined]
    is_told_standing = reader.is_counsellor or other.pk == reader.pk
    if is_told_standing and other.role == Role.YOUNG:
        told["standing"] = standing_of(other, now=now)
    return told


def room_of(session: Session) -> dict[str, Any]:
    """`room` of `room.entered`."""
    return {
        "slug": session.slug,
        "title": session.title,
        "format": session.format,
        "state": session.state,
        "slow": session.slow,
        "hold": session.hold,
        "pin": session.pin or None,
        "closes_at": stamp(session.closes_at),
        "erased_at": stamp(session.erase_at),
    }


def _told_of(member: Member, session: Session, readable: QuerySet[Event], now: datetime) -> QuerySet[Member]:
    """All who are present or appear in a replay of this reader; to counsellors everybody who ever came."""
    present = Member.objects.present(now=now).filter(pk=OuterRef("pk"))
    people = session.members.annotate(is_present=Exists(present))
    if member.is_counsellor:
        return people.filter(Q(room_start__isnull=False) | Q(pk=member.pk)).order_by("public_id")
    authors = readable.filter(author__isnull=False).values("author")
    return people.filter(Q(is_present=True) | Q(pk=member.pk) | Q(pk__in=authors)).order_by("public_id")
