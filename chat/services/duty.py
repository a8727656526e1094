"""*Underretning*: the counsellor tells the young person, marks lines and prints them. What is kept is the fact and the
deadline (domain.md); the lines and the alias go to the organisation's own case system, on paper or copied, and never
into a row of ours.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Membership, Organization, User
from chat.events import AlertRaised, MessageHeld, MessagePosted, WhisperSent
from chat.models import DutyCase, Event, Member, Role, Session, Stream
from chat.permissions import can_begin_duty_case, duty_cases_in_the_hands_of
from moderation.refusals import Code, Refused

AT_ONCE = timedelta(hours=1)
USUAL = timedelta(hours=24)
TAPPED_TWICE = timedelta(seconds=10)
SHOWN_WHEN_DONE = timedelta(days=30)
KINDS = {MessagePosted.type: "posted", MessageHeld.type: "held", WhisperSent.type: "whisper", AlertRaised.type: "alert"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something between the young person and the counsellors, as the counsellor marks it."""

    number: int  # its position in the session's log
    at: datetime
    by: str
    is_theirs: bool
    kind: str  # "posted", "held", "whisper" or "alert"
    text: str


# Verbs ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def register(
    *, session: Session, member: Member, user: User, organization: Organization, deadline_at: datetime, now: datetime
) -> DutyCase:
    """Keep that somebody was told of an underretning, by whom, and until when it is to be sent. Nothing else.

    Raises Refused "forbidden", "unknown" (no young person of this session) or "bad_command" (a deadline that has
    passed, another organisation).
    """
    session = Session.objects.locked(session)
    if not can_begin_duty_case(user, session):
        raise Refused(Code.FORBIDDEN)
    if member.session_id != session.pk or member.role != Role.YOUNG:
        raise Refused(Code.UNKNOWN)
    if deadline_at <= now or organization not in organizations_for(user, session):
        raise Refused(Code.BAD_COMMAND)
    facts = {"session": session, "organization": organization, "counsellor": user}
    if twice := DutyCase.objects.filter(**facts, told_at__range=(now - TAPPED_TWICE, now)).first():
        return twice
    return DutyCase.objects.create(**facts, told_at=now, deadline_at=deadline_at)


def finish(*, case: DutyCase, user: User, now: datetime) -> None:
    """It has been sent. Raises Refused "forbidden". Saying it again changes nothing."""
    if not duty_cases_in_the_hands_of(user).filter(pk=case.pk).exists():
        raise Refused(Code.FORBIDDEN)
    DutyCase.objects.filter(pk=case.pk, done_at__isnull=True).update(done_at=now)


# Reads ------------------------------------------------------------------------------------------------------------


def organizations_for(user: User, session: Session) -> QuerySet[Organization]:
    """Whose case system it goes into: organisations that hold the session and that `user` is a counsellor of."""
    mine = Membership.objects.filter(user_id=user.pk, role=Membership.Role.COUNSELLOR)
    return session.organizations.filter(memberships__in=mine).distinct()


def deadlines(*, now: datetime) -> dict[str, datetime]:
    """What may be chosen. An underretning is sent as soon as possible, in acute danger at once."""
    midnight = timezone.make_aware(datetime.combine(timezone.localtime(now).date() + timedelta(days=1), time.min))
    return {"now": now + AT_ONCE, "today": max(midnight, now + AT_ONCE), "tomorrow": now + USUAL}


def cases(user: User, *, now: datetime) -> QuerySet[DutyCase]:
    """Open ones by deadline, then for a while those that were sent."""
    mine = duty_cases_in_the_hands_of(user).select_related("session", "organization", "counsellor__profile")
    return mine.exclude(done_at__lte=now - SHOWN_WHEN_DONE).order_by("deadline_at", "pk")


def lines(member: Member) -> list[Line]:
    """All that this young person wrote, and what the counsellors whispered to them, in order."""
    names = dict(member.session.members.values_list("public_id", "alias"))
    events = Event.objects.filter(session_id=member.session_id, type__in=KINDS)
    events = events.filter(stream__in=[Stream.ROOM, Stream.DESK]).order_by("position")
    found = [line for event in events if (line := _line(event, member, names))]
    return _without_doublets(found)


def chosen(member: Member, numbers: Collection[int]) -> list[Line]:
    return [line for line in lines(member) if line.number in numbers]


def _line(event: Event, member: Member, names: dict[str, str]) -> Line | None:
    body = json.loads(event.frame)
    me = member.public_id
    text = body.get("excerpt") if event.type == AlertRaised.type else body.get("text")
    writer = body.get("from") or body.get("member")
    if not text or me not in (writer, body.get("to")):
        return None
    at = parse_datetime(body["at"]) or event.at
    kind = KINDS[event.type]
    return Line(number=event.position, at=at, by=names.get(writer, ""), is_theirs=writer == me, kind=kind, text=text)


def _without_doublets(found: list[Line]) -> list[Line]:
    """An alert quotes what stands elsewhere, as a rule; what was refused or taken back stands there alone."""
    said = {line.text for line in found if line.kind != "alert"}
    kept: list[Line] = []
    for line in found:
        if line.kind == "alert":
            if line.text in said:
                continue
            said.add(line.text)
        kept.append(line)
    return kept
