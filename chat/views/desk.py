"""The desk: what waits for a counsellor or a coordinator, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Membership, Organization, Profile, User
from accounts.permissions import is_counsellor, may_enter_staff_pages
from chat import permissions
from chat.events import MessagePosted
from chat.models import Alert, Connection, Event, Mark, Roster, Session, SessionQuerySet, Stream

TONIGHT = timedelta(hours=12)


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this counsellor, the most urgent first."""
    user = cast(User, request.user)
    if not may_enter_staff_pages(user):
        raise PermissionDenied
    now = timezone.now()
    unclaimed = _unclaimed(user, now)
    context = {
        "now": now,
        "can_plan": permissions.can_plan(user),
        "card_is_missing": _card_is_missing(user),
        "unclaimed": unclaimed,
        "waits": _waits(user, now),
        **_evenings(user, unclaimed, now),
        "due": _due(user, now),
    }
    return render(request, "chat/desk.html", context)


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Acute alerts of one session that nobody took. What they are about stands in the room."""

    session: Session
    count: int
    minutes: int
    is_mine: bool
    member: str  # whom to help, once the room is closed


def _unclaimed(user: User, now: datetime) -> list[Unclaimed]:
    """One row a session, the one that has waited longest first."""
    mine = _rostered(user)
    rows: dict[int, list[Alert]] = {}
    alerts = permissions.alerts_to_take_up(user).select_related("session", "member")
    for alert in alerts.order_by("raised_at", "pk"):
        rows.setdefault(alert.session_id, []).append(alert)
    return [
        Unclaimed(
            session=alerts[0].session,
            count=len(alerts),
            minutes=_minutes(now - alerts[0].raised_at),
            is_mine=pk in mine,
            member=alerts[0].member.public_id,
        )
        for pk, alerts in rows.items()
    ]


def _rostered(user: User) -> set[int]:
    return set(Roster.objects.filter(user=user).values_list("session_id", flat=True))


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))


def _waits(user: User, now: datetime) -> dict[str, int]:
    """How much waits on the pages beside this one."""
    houses = permissions.planning_organizations(user)
    marks = Mark.objects.holding(now=now).filter(kind=Mark.Kind.BAN, organizations__in=houses)
    return {
        "reviews": permissions.reviews_in_the_hands_of(user, now=now).filter(answered_at__isnull=True).count(),
        "duties": permissions.duty_cases_in_the_hands_of(user).filter(done_at__isnull=True).count(),
        "marks": marks.distinct().count(),
    }


def _card_is_missing(user: User) -> bool:
    """The young see nothing of this counsellor yet, so nobody can put them on an evening."""
    card = Profile.objects.filter(user=user).first()
    return is_counsellor(user) and not (card is not None and card.is_complete)


@dataclass(frozen=True, slots=True)
class Room:
    """One of tonight's rooms on the board."""

    session: Session
    present: list[str]  # counsellors who sit in it now
    alerts: int
    quiet: int | None  # minutes since the last message, None when there is none
    can_enter: bool


def _board(tonight: list[Session], user: User, unclaimed: list[Unclaimed], now: datetime) -> list[Room]:
    """State, people and silence of each room, with as many questions for ten as for one."""
    ids = [session.pk for session in tonight]
    mine = _rostered(user)
    present: dict[int, list[str]] = {}
    leading = Connection.objects.leading(now=now).filter(session__in=ids)
    for pk, name in leading.values_list("session_id", "member__alias").order_by("member__alias").distinct():
        present.setdefault(pk, []).append(name)
    said = Event.objects.filter(session__in=ids, stream=Stream.ROOM, type=MessagePosted.type).order_by("session_id")
    last = dict(said.values_list("session_id").annotate(Max("at")))
    alerts = {row.session.pk: row.count for row in unclaimed}
    return [
        Room(
            session=session,
            present=present.get(session.pk, []),
            alerts=alerts.get(session.pk, 0),
            quiet=_minutes(now - last[session.pk]) if session.pk in last else None,
            can_enter=session.pk in mine,
        )
        for session in tonight
    ]


def _evenings(user: User, unclaimed: list[Unclaimed], now: datetime) -> dict[str, list[Session] | list[Room]]:
    """Sessions that have not closed: without a counsellor, tonight's, later ones, drafts."""
    sessions = permissions.sessions_in_the_hands_of(user).exclude(state=Session.State.CLOSED)
    rows = list(sessions.with_people().order_by("starts_at", "pk"))
    announced = [row for row in rows if permissions.is_announced(row, now=now)]
    coordinated = set(_coordinated(user).values_list("pk", flat=True))
    return {
        "missed": [row for row in announced if row.pk in coordinated and _nobody_came(row)],
        "tonight": _board([row for row in announced if row.starts_at <= now + TONIGHT], user, unclaimed, now),
        "later": [row for row in announced if row.starts_at > now + TONIGHT],
        "drafts": [row for row in rows if row not in announced],
    }


def _coordinated(user: User) -> SessionQuerySet:
    role = Membership.Role.COORDINATOR
    houses = Organization.objects.filter(memberships__user=user, memberships__role=role)
    return Session.objects.filter(organizations__in=houses)


def _nobody_came(session: Session) -> bool:
    return session.no_show_told_at is not None and session.state == Session.State.LOBBY


@dataclass(frozen=True, slots=True)
class Due:
    """An after-post on the desk. `waits_for_reader`: it was written by this very counsellor, and needs another."""

    session: Session
    is_overdue: bool
    can_write: bool
    waits_for_reader: bool


def _due(user: User, now: datetime) -> list[Due]:
    """After-posts that are not published, the oldest first; those of a coordinator's house to know of."""
    mine = set(permissions.after_posts_in_the_hands_of(user).values_list("pk", flat=True))
    known = mine | set(permissions.sessions_in_the_hands_of(user).values_list("pk", flat=True))
    sessions = Session.objects.filter(pk__in=known, state=Session.State.CLOSED, after_post__isnull=False)
    rows = sessions.filter(after_post__published_at__isnull=True).with_people().order_by("closed_at", "pk")
    return [
        Due(
            session=row,
            is_overdue=row.erased_at is not None or row.erase_at <= now,
            can_write=row.pk in mine,
            waits_for_reader=permissions.is_waiting_for_a_reader(user, row),
        )
        for row in rows
    ]
