"""Who stands at a session's door, for the socket and for the fallback alike: one answer, one set of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from chat.models import READABLE_AFTER_CLOSING, Member, Session
from chat.permissions import is_announced, is_rostered
from chat.places import token_in
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
    """The reader, or the protocol's close code. A counsellor is known by the login, all others by the place cookie."""
    session = Session.objects.filter(slug=slug).select_related("before_post").first()
    if session is None or session.erased_at is not None:
        return NO_SUCH_SESSION if session is None else CLOSED
    member = _member(session, cookies, user, now)
    if member is None:
        if user.is_authenticated:
            return NOT_ALLOWED
        return NOT_JOINED if is_announced(session, now=now) else NO_SUCH_SESSION
    if session.closed_at is not None and session.closed_at + READABLE_AFTER_CLOSING <= now:
        return CLOSED
    return Reader(session, member)


def _member(session: Session, cookies: Mapping[str, str], user: User | AnonymousUser, now: datetime) -> Member | None:
    if isinstance(user, User) and is_rostered(user, session):
        return seat_counsellor(session=session, user=user, now=now)
    return Member.objects.by_place(session, token_in(cookies))
