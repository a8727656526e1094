"""Places in a session: taking one at the door, coming back to it, and the counsellors' own (law 8)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile, User
from chat import broadcast
from chat.models import Connection, Member, Role, Session, Waiter, digest
from chat.permissions import can_lead, is_announced
from chat.services import knocks, marks
from moderation import alias as aliases
from moderation.words import normalise_word_code, word_code

KEEPS_A_PLACE = timedelta(seconds=90)  # a short absence does not give a place in a full room away
WAITER_LEASE = timedelta(seconds=40)  # the waiting page asks every 10 s
NOT_JOINED = 4401


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the door hands over: shown and set once, stored as hashes only."""

    member: Member
    token: str
    word_code: str | None


class DoorClosed(Exception):  # noqa: N818 - an answer, not an error
    """The door does not open: `code` is "alias", "full", "marked" (knock first), "early", "closed" or "code"; `text`
    says it to the young."""

    def __init__(self, code: str, text: object = "") -> None:
        self.code = code
        self.text = text
        super().__init__(code)


def code_digest(session: Session, word_code: str) -> str:
    """What is stored of a word code. It holds 40 bits, so the hash is keyed with a key that is not in the database."""
    message = f"word-code:{session.pk}:{normalise_word_code(word_code)}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()


def names_present(session: Session) -> list[str]:
    """Every alias of this session, of those who left too: a name is kept until the session's end (T06)."""
    return list(session.members.exclude(role=Role.COUNSELLOR).values_list("alias", flat=True))


def staff_names() -> list[str]:
    """Working names nobody else may use or imitate."""
    return list(Profile.objects.exclude(working_name="").values_list("working_name", flat=True))


def suggest_alias(session: Session) -> str:
    return aliases.suggest(taken=names_present(session))


def is_letting_in(session: Session, *, now: datetime) -> bool:
    """The lobby is open, or the room is."""
    opens_at = session.starts_at - timedelta(minutes=settings.LOBBY_MINUTES)
    return is_announced(session, now=now) and session.state != Session.State.CLOSED and opens_at <= now


def in_the_room(session: Session, *, now: datetime) -> QuerySet[Member]:
    """Young people who are here, or were a moment ago. Who was sent out takes nobody's place."""
    young = session.members.young().filter(kicked_at__isnull=True)
    return young.filter(Q(pk__in=young.present(now=now)) | Q(seen_at__gt=now - KEEPS_A_PLACE))


@transaction.atomic
def join(
    *, session: Session, alias: str, token: str, waiting: str, now: datetime, address: str = "", knock: str = ""
) -> Place:
    """Take a place under `alias`; whoever has one in this browser (`token`) goes back to it instead.

    Either way the place gets a new token and the old one is dead (T15). `waiting` and `knock` are the tokens of who
    stood in line or at a closed door; of `address` a digest is kept. Raises DoorClosed.
    """
    session = Session.objects.locked(session)
    if not is_letting_in(session, now=now):
        raise DoorClosed("closed" if session.state == Session.State.CLOSED else "early")
    kept = marks.kept_of(session, address, now=now)
    if member := Member.objects.by_place(session, token):
        return _hand_over(member, kept=kept, now=now)
    if marks.is_marked(session, address, now=now) and not knocks.is_let_in(session, knock):
        raise DoorClosed("marked")
    if not _has_room(session, waiting, now):
        raise DoorClosed("full")
    name = aliases.clean(alias)
    verdict = aliases.check(name, staff=staff_names(), present=names_present(session))
    if not verdict.accept:
        raise DoorClosed("alias", verdict.text)
    code = word_code()
    try:
        with transaction.atomic():
            member = Member.objects.create(
                session=session,
                alias=name,
                skeleton=aliases.skeleton(name),
                code_hash=code_digest(session, code),
                seen_at=now,
                watched=marks.WATCHED_MESSAGES if marks.is_watched(session, address, now=now) else 0,
            )
    except IntegrityError:
        raise DoorClosed("alias", _("Somebody here already has that name. Choose another.")) from None
    Waiter.objects.filter(token_hash=digest(waiting)).delete()
    session.knocks.filter(token_hash=digest(knock)).delete()
    return _hand_over(member, kept=kept, now=now, code=code)


def come_back(*, session: Session, code: str, now: datetime, address: str = "") -> Place:
    """Return to one's place with the word code; a place open elsewhere ends (T15). Raises DoorClosed "code".

    Who was kicked or banned gets theirs back as well: it opens no room, but leads to the page that tells them.
    """
    with transaction.atomic():
        session = Session.objects.locked(session)
        if not is_letting_in(session, now=now):
            raise DoorClosed("closed" if session.state == Session.State.CLOSED else "early")
        member = session.members.filter(code_hash=code_digest(session, code)).first()
        if member is None:
            raise DoorClosed("code", _("We don't know those words here. Check them, or go in under a new name."))
        return _hand_over(member, kept=marks.kept_of(session, address, now=now), now=now)


def _hand_over(member: Member, *, kept: marks.Kept, now: datetime, code: str | None = None) -> Place:
    """Give the place a fresh token. Tabs that came in by the old one are closed."""
    token = secrets.token_urlsafe(16)
    member.token_hash, member.seen_at = digest(token), now
    if kept != marks.UNKNOWN:
        member.network, member.area = kept
    member.save(update_fields=["token_hash", "seen_at", "network", "area"])
    for connection in Connection.objects.filter(member=member):
        broadcast.evict(member.session_id, connection.public_id, NOT_JOINED)
        connection.delete()
    return Place(member=member, token=token, word_code=code)


def _has_room(session: Session, waiting: str, now: datetime) -> bool:
    """A place is free, and nobody has waited longer for it."""
    free = session.capacity - in_the_room(session, now=now).count()
    return free > len(_queue_before(session, waiting, now))


def _queue_before(session: Session, waiting: str, now: datetime) -> list[str]:
    """Token hashes of those who stand before `waiting`; all of them for a newcomer."""
    standing = session.waiters.filter(seen_at__gt=now - WAITER_LEASE).order_by("since", "pk")
    hashes = list(standing.values_list("token_hash", flat=True))
    mine = digest(waiting) if waiting else ""
    return hashes[: hashes.index(mine)] if mine in hashes else hashes


@transaction.atomic
def wait_in_line(*, session: Session, waiting: str, now: datetime) -> tuple[str, int, bool]:
    """Stand in line, or go on standing. Answers the token, the number in the line from 1, and if it is one's turn."""
    session = Session.objects.locked(session)
    token = waiting if session.waiters.filter(token_hash=digest(waiting)).exists() else secrets.token_urlsafe(16)
    Waiter.objects.update_or_create(
        token_hash=digest(token),
        defaults={"session": session, "seen_at": now},
        create_defaults={"session": session, "since": now, "seen_at": now},
    )
    number = len(_queue_before(session, token, now)) + 1
    return token, number, _has_room(session, token, now)


@transaction.atomic
def seat_counsellor(*, session: Session, user: User, now: datetime) -> Member | None:
    """The place of a counsellor of this session, made at the first visit; None for anybody else."""
    if not can_lead(user, session):
        return None
    profile = Profile.objects.get(user=user)
    session = Session.objects.locked(session)
    member, _is_new = Member.objects.update_or_create(
        session=session,
        user=user,
        defaults={"alias": profile.working_name},
        create_defaults={
            "role": Role.COUNSELLOR,
            "alias": profile.working_name,
            "skeleton": f"{aliases.skeleton(profile.working_name)}#{user.pk}",
            "seen_at": now,
        },
    )
    return member
