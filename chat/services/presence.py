"""Who is here: tabs with leases, in the database, so that a killed process takes nobody's word with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from chat import broadcast
from chat.events import last_warning
from chat.models import LEASE, MAX_TABS, Connection, Member, Session
from chat.permissions import can_lead, way_barred
from chat.services import rooms

RELOAD_GRACE = timedelta(seconds=5)  # a counsellor who reloads the page is back before this is over
SILENT = timedelta(seconds=15)  # a living socket's row is renewed at least this often
TAKEN_OVER = 4409
NOT_ALLOWED = 4403
NOT_JOINED = 4401


class PlaceMoved(Exception):  # noqa: N818 - an answer, not an error
    """Meanwhile the place went on to another token (T15), or its member was sent out: `code` closes the socket."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


@transaction.atomic
def arrive(*, member: Member, kind: Connection.Kind, now: datetime) -> Connection:
    """A tab opens. The fourth socket of a member ends the oldest; a request over HTTP renews the one before it.

    `member` is as the door knew it; raises PlaceMoved when its token is not the place's any more.

    A young person's replay begins at the first arrival. A counsellor's arrival brings a waiting room back at once.
    """
    session = Session.objects.locked(member.session_id)
    known = Member.objects.filter(pk=member.pk, token_hash=member.token_hash).first()
    if known is None:
        raise PlaceMoved(NOT_JOINED)
    if code := way_barred(known, now=now):
        raise PlaceMoved(code)
    member = known
    was_here = Member.objects.present(now=now).filter(pk=member.pk).exists()
    if member.room_start is None:
        member.room_start = 0 if member.is_counsellor else session.room_head
    member.seen_at = now
    member.save(update_fields=["room_start", "seen_at"])
    connection = _http_tab(session, member, now) if kind == Connection.Kind.HTTP else _socket_tab(session, member, now)
    if member.is_counsellor:
        rooms.settle(session=session, now=now)
    if kind == Connection.Kind.SOCKET or not was_here:
        broadcast.presence_changed(session.pk)
    return connection


def _socket_tab(session: Session, member: Member, now: datetime) -> Connection:
    sockets = Connection.objects.alive(now=now).filter(member=member, kind=Connection.Kind.SOCKET)
    # Lines that broke without a word go first, then the oldest.
    by_life = sorted(sockets, key=lambda tab: (tab.answered_at > now - SILENT, tab.opened_at, tab.pk), reverse=True)
    for oldest in by_life[MAX_TABS - 1 :]:
        oldest.delete()
        broadcast.evict(session.pk, oldest.public_id, TAKEN_OVER)
    return Connection.objects.create(
        session=session, member=member, opened_at=now, answered_at=now, input_at=_last_input(member, now)
    )


def _last_input(member: Member, now: datetime) -> datetime:
    """Opening the page is input; a line that broke a moment ago and comes back by itself is none (law 1)."""
    if not member.is_counsellor:
        return now
    recent = member.connections.filter(kind=Connection.Kind.SOCKET, answered_at__gt=now - timedelta(minutes=1))
    return max((tab.input_at for tab in recent), default=now)


def _http_tab(session: Session, member: Member, now: datetime) -> Connection:
    connection, _is_new = Connection.objects.update_or_create(
        member=member,
        kind=Connection.Kind.HTTP,
        defaults={"session": session, "answered_at": now},
        create_defaults={"session": session, "opened_at": now, "answered_at": now, "input_at": now},
    )
    return connection


def renew(*, answered: Mapping[int, datetime]) -> None:
    """Prolong the leases of sockets, by the time each last answered."""
    rows = [Connection(pk=pk, answered_at=at) for pk, at in answered.items()]
    if rows:
        Connection.objects.bulk_update(rows, ["answered_at"], batch_size=200)


def note_warning(*, member_id: int, seq: int) -> None:
    """A warning was written to an open socket of theirs, or fetched: from here on it counts for the ladder."""
    Member.objects.filter(pk=member_id, reached_seq__lt=seq).update(reached_seq=seq)


def note_warnings(member: Member, frames: Sequence[str]) -> None:
    """As `note_warning`, of frames that `member` is about to be handed."""
    if seq := last_warning(frames, member=member.public_id):
        note_warning(member_id=member.pk, seq=seq)


def note_input(*, connection_id: int, now: datetime) -> None:
    """Somebody sits at this page: "Er du her?" need not be asked for a while, and a room that waited may go on."""
    row = Connection.objects.select_related("session").filter(pk=connection_id).first()
    if row is None:
        return
    Connection.objects.filter(pk=connection_id).update(input_at=now)
    if row.session.state == Session.State.WAITING:
        settle(session_id=row.session_id, now=now)


@transaction.atomic
def depart(*, connection_id: int, now: datetime) -> None:
    """A socket closed. A counsellor's lease runs out a few seconds later, so that a reload does not stop the room."""
    connection = Connection.objects.select_related("member").filter(pk=connection_id).first()
    if connection is None:
        return
    Member.objects.filter(pk=connection.member_id).update(seen_at=now)
    if connection.member.is_counsellor:
        lapsed = min(connection.answered_at, now - LEASE + RELOAD_GRACE)
        Connection.objects.filter(pk=connection_id).update(answered_at=lapsed)
    else:
        connection.delete()
    broadcast.presence_changed(connection.session_id)


@transaction.atomic
def settle(*, session_id: int, now: datetime) -> None:
    """Lock the room and do what presence and time ask of it."""
    rooms.settle(session=Session.objects.locked(session_id), now=now)


def expel_strangers(*, session_id: int) -> None:
    """Close the tabs of counsellors who were taken off the session, switched off, or lost their role meanwhile."""
    open_tabs = Connection.objects.filter(session_id=session_id, member__user__isnull=False)
    for tab in open_tabs.select_related("member__user", "session"):
        if tab.member.user is not None and not can_lead(tab.member.user, tab.session):
            tab.delete()
            broadcast.evict(session_id, tab.public_id, NOT_ALLOWED)


def forget_the_gone(*, now: datetime) -> int:
    """Delete the rows of tabs that have not answered for long. Answers how many."""
    deleted, _per_model = Connection.objects.filter(answered_at__lt=now - timedelta(minutes=5)).delete()
    return deleted
