"""Who stands at a session's door, for the socket and for the fallback alike: one answer, one set of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.permissions import is_young
from chat.models import READABLE_AFTER_CLOSING, Member, Role, Session
from chat.permissions import BANNED, is_announced, is_rostered, way_barred
from chat.places import token_in
from chat.services.bans import is_banned
from chat.services.members import seat_counsellor

NOT_JOINED = 4401
NOT_ALLOWED = 4403
NO_SUCH_SESSION = 4404
CLOSED = 4410

STATUS = {4401: 401, 4403: 403, 4404: 404, 4410: 410, 4423: 423, 4429: 429, 4451: 451}


@dataclass(frozen=True, slots=True)
class Reader:
    """Let in: the session and the place in it."""

    session: Session
    member: Member


def let_in(*, slug: str, cookies: Mapping[str, str], user: User | AnonymousUser, now: datetime) -> Reader | int:
    """The reader, or the protocol's close code. A counsellor is known by the login, all others by the place cookie:
    whether a young person is logged in with a profile makes no difference here (law 8)."""
    session = Session.objects.filter(slug=slug).select_related("before_post").first()
    if session is None or session.erased_at is not None:
        return NO_SUCH_SESSION if session is None else CLOSED
    member = _member(session, cookies, user, now)
    if member is None and user.is_authenticated and not is_young(user):
        return NOT_ALLOWED
    if code := shut_out(session, member, cookies, now=now):
        return code
    if member is None:
        return NOT_JOINED if is_announced(session, now=now) else NO_SUCH_SESSION
    if session.closed_at is not None and session.closed_at + READABLE_AFTER_CLOSING <= now:
        return CLOSED
    return Reader(session, member)


def _member(session: Session, cookies: Mapping[str, str], user: User | AnonymousUser, now: datetime) -> Member | None:
    if isinstance(user, User) and is_rostered(user, session):
        return seat_counsellor(session=session, user=user, now=now)
    return Member.objects.by_place(session, token_in(cookies))


def shut_out(session: Session, member: Member | None, cookies: Mapping[str, str], *, now: datetime) -> int | None:
    """The close code for who was kicked or banned, by the place or by the browser; None for all others.

    It holds as long as the place does, after closing too. Who has no place is told of no session they may not know of.
    """
    if member is None:
        is_theirs = is_announced(session, now=now) and is_banned(cookies, session, now=now)
        return BANNED if is_theirs else None
    if member.role != Role.YOUNG:
        return None
    return BANNED if is_banned(cookies, session, now=now) else way_barred(member, now=now)
