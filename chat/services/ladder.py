"""The ladder (law 2) and protecting beside it: what counsellors do about one young person in one session.

Every verb is given the session locked and the member read under that lock, which is the lock that writing takes, too:
from its commit on no later number of the room shows a message of that member (law 3). Each answers the events it made,
none where nothing changed, and raises Refused "ladder" with what is `missing` where a step has to come first. No role
gets around the order: it stands here, and nowhere else is a standing changed.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from chat import broadcast, log
from chat.commands import MemberBan, MemberKick, MemberMute, MemberProtect, MemberUnmute, MemberUnprotect, MemberWarn
from chat.events import (
    DeskNoted,
    MemberBanned,
    MemberKicked,
    MemberMuted,
    MemberProtected,
    MemberUnmuted,
    MemberUnprotected,
    MemberWarned,
    stamp,
)
from chat.models import UNTIL_LIFTED, Event, Member, Session, Stream
from chat.permissions import BANNED, KICKED
from chat.services import crisis, holds, logbook, marks
from moderation.refusals import Refused

SAME_END = timedelta(hours=1)  # two bans of as many days are one

KICKS = {"discord": "kick_discord", "harassment": "kick_harassing"}  # the ground is part of the log's code

Told = MemberWarned | MemberMuted | MemberUnmuted | MemberProtected | MemberUnprotected | MemberKicked | MemberBanned

CODES: dict[type[Told], str] = {
    MemberWarned: "warn",
    MemberMuted: "mute",
    MemberUnmuted: "unmute",
    MemberProtected: "protect",
    MemberUnprotected: "unprotect",
    MemberBanned: "ban",
}


def standing_of(member: Member, *, now: datetime) -> dict[str, Any]:
    """`standing` of the protocol, as one who read all events knows it: whether a warning reached them is asked with
    `ban.preview`. A mute without an end is told with UNTIL_LIFTED."""
    return {
        "warned": member.warning_seq is not None,
        "muted_until": stamp(member.muted_until) if member.is_muted(now=now) else None,
        "protected": member.protected_at is not None,
        "kicked": member.is_out,
    }


def missing_for_a_kick(member: Member) -> list[str]:
    return [] if member.is_warned else ["warning"]


def missing_for_a_ban(member: Member) -> list[str]:
    steps = {"mute": member.muted_at, "kick": member.kicked_at}
    return missing_for_a_kick(member) + [name for name, taken_at in steps.items() if taken_at is None]


def warn(*, session: Session, actor: Member, target: Member, command: MemberWarn, now: datetime) -> list[Event]:
    """A private word. It counts for the ladder once it was written to an open socket of theirs, or fetched."""
    warned = MemberWarned(member=target.public_id, reason=command.reason, by=actor.public_id)
    rows = _tell(session, target, [warned], now, actor)
    if target.warning_seq is None:
        target.warning_seq = next(row.seq for row in rows if row.stream == Stream.PRIVATE)
        target.save(update_fields=["warning_seq"])
    return rows


def mute(*, session: Session, actor: Member, target: Member, command: MemberMute, now: datetime) -> list[Event]:
    """For some minutes or until it is lifted; of one who is muted it sets the end."""
    until = now + timedelta(minutes=command.minutes) if command.minutes else UNTIL_LIFTED
    if target.is_muted(now=now) and target.muted_until == until:
        return []
    return _tell(session, target, [_mute(actor, target, command.reason, until, now)], now, actor)


def _mute(actor: Member, target: Member, reason: str, until: datetime, now: datetime) -> MemberMuted:
    target.muted_at = target.muted_at or now
    target.muted_until = until
    target.save(update_fields=["muted_at", "muted_until"])
    told_until = None if until == UNTIL_LIFTED else until
    return MemberMuted(member=target.public_id, reason=reason, until=told_until, by=actor.public_id)


def unmute(*, session: Session, actor: Member, target: Member, command: MemberUnmute, now: datetime) -> list[Event]:
    if target.muted_until is None:
        return []
    return _unmute(session, target, by=actor, now=now)


def _unmute(session: Session, target: Member, *, by: Member | None, now: datetime) -> list[Event]:
    target.muted_until = None
    target.save(update_fields=["muted_until"])
    unmuted = MemberUnmuted(member=target.public_id, by=by.public_id if by else None)
    return _tell(session, target, [unmuted], now, by)


def lapsed_mutes(*, now: datetime) -> QuerySet[Member]:
    """Members whose mute ran out and who have not been told."""
    return Member.objects.filter(muted_until__lte=now, kicked_at__isnull=True)


def lift_lapsed(*, session: Session, now: datetime) -> list[Event]:
    """Tell those whose mute ran out."""
    rows: list[Event] = []
    for member in lapsed_mutes(now=now).filter(session=session).order_by("pk"):
        rows += _unmute(session, member, by=None, now=now)
    return rows


def kick(*, session: Session, actor: Member, target: Member, command: MemberKick, now: datetime) -> list[Event]:
    """Out of this session: all tabs close with 4423. Records a mute if there was none. The desk reads when `watch` was
    asked for and cannot be: the kick itself waits for nothing."""
    if target.is_out:
        return []
    if missing := missing_for_a_kick(target):
        raise Refused("ladder", missing=missing)
    told: list[Told] = []
    if target.muted_at is None:
        told.append(_mute(actor, target, command.reason, UNTIL_LIFTED, now))
    target.kicked_at = now
    target.save(update_fields=["kicked_at"])
    told.append(MemberKicked(member=target.public_id, reason=command.reason, ground=command.ground, by=actor.public_id))
    after: list[log.Entry] = []
    if command.watch and marks.watch_newcomers(session=session, member=target, now=now) is None:
        after.append(_unwatched(actor, target))
    elif command.watch:
        logbook.note(session=session, actor=actor, action="watch", target=target.public_id, now=now)
    rows = _tell(session, target, told, now, actor, after=after)
    broadcast.expel(target, code=KICKED, after=rows)
    return rows


def _unwatched(actor: Member, target: Member) -> log.Entry:
    """A note to the desk, in the site's language, as all of its counsellors read it."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("Nobody can watch for newcomers: we do not know the network of {name}.").format(name=target.alias)
    return log.Entry(event=DeskNoted(from_=actor.public_id, text=text), stream=Stream.DESK, author=actor)


def ban(*, session: Session, actor: Member, target: Member, command: MemberBan, now: datetime) -> list[Event]:
    """Out of the chats of the organisations that hold this session; their network's newcomers knock for a while."""
    if missing := missing_for_a_ban(target):
        raise Refused("ladder", missing=missing)
    until = now + timedelta(days=command.days)
    if target.banned_until is not None and abs(target.banned_until - until) < SAME_END:
        return []
    target.banned_until = until
    target.save(update_fields=["banned_until"])
    marks.mark_after_ban(session=session, member=target, now=now)
    banned = MemberBanned(member=target.public_id, reason=command.reason, until=until, by=actor.public_id)
    rows = _tell(session, target, [banned], now, actor)
    broadcast.expel(target, code=BANNED, after=rows)
    return rows


def protect(*, session: Session, actor: Member, target: Member, command: MemberProtect, now: datetime) -> list[Event]:
    """For danger: all they wrote leaves the room for the desk, and what they write next waits there. They get help."""
    if target.protected_at is not None:
        return []
    target.protected_at = now
    target.save(update_fields=["protected_at"])
    protected = MemberProtected(member=target.public_id, reason=command.reason, by=actor.public_id)
    help_now = crisis.help_entry(target, now=now)
    return _tell(session, target, [protected], now, actor, before=holds.withdraw_all(session, target), after=[help_now])


def unprotect(
    *, session: Session, actor: Member, target: Member, command: MemberUnprotect, now: datetime
) -> list[Event]:
    """What they write from here on is shown; what is held stays held until it is released."""
    if target.protected_at is None:
        return []
    target.protected_at = None
    target.save(update_fields=["protected_at"])
    return _tell(session, target, [MemberUnprotected(member=target.public_id, by=actor.public_id)], now, actor)


def lift_ban(*, target: Member, told: Collection[str]) -> bool:
    """Another adult found bans wrong that were `told` to last until then. Whether one of them still lasted: a later
    ban stays, and so does the kick."""
    if stamp(target.banned_until) not in told:
        return False
    target.banned_until = None
    target.save(update_fields=["banned_until"])
    return True


def _tell(
    session: Session,
    target: Member,
    told: list[Told],
    now: datetime,
    actor: Member | None,
    *,
    before: list[log.Entry] | None = None,
    after: list[log.Entry] | None = None,
) -> list[Event]:
    """Each event twice: with `by` to the desk, without to the member. What an `actor` did goes into the log, too."""
    entries = [*(before or [])]
    for event in told:
        if actor is not None:
            logbook.note(session=session, actor=actor, action=_code(event), target=target.public_id, now=now)
        entries.append(log.Entry(event=event, stream=Stream.DESK, author=target))
        mine = replace(event, by=None)
        entries.append(log.Entry(event=mine, stream=Stream.PRIVATE, reader=target, author=target))
    rows = log.append(session, [*entries, *(after or [])], at=now)
    broadcast.announce(session, rows)
    return rows


def _code(event: Told) -> str:
    """Of the log: "warn", "mute" …, and of a kick its ground."""
    if isinstance(event, MemberKicked):
        return KICKS[event.ground]
    return CODES[type(event)]
