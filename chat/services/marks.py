"""Marks on networks ("The counsellor's tools" of the design): newcomers from where somebody was banned knock first.

A place holds the digest of its network under its session's seal: equal for two places of one session, and unlike the
digest of a mark or of a place elsewhere, so that a copy of the database joins none of them (T07). Digests and seals
are made with the key of the session's day, which lies outside the database and is destroyed after two days.
"""

from datetime import date, datetime, time, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils import timezone

from accounts.addresses import KEYS_KEPT, NOWHERE, KeyGone, network_key
from chat.models import Ban, Mark, Member, Session
from chat.models.marks import MarkQuerySet

PURPOSE = "room"
MARK_LASTS = timedelta(hours=24)
COARSE = timedelta(minutes=15)  # the exact time of a ban stands in the log, and must not lead there
WATCHED_MESSAGES = 3
MANY = 5


def network_digest(session: Session, address: str, *, now: datetime) -> str:
    """What a place keeps of its network; "" when the address is not known or the key of the session's day is gone.

    `session` is locked by the caller: the first address that is known gives it its day.
    """
    if not _is_known(address):
        return ""
    if session.network_day is None:
        session.network_day = timezone.localdate(now)
        session.save(update_fields=["network_day"])
    try:
        return _sealed(session, network_key(address, purpose=PURPOSE, day=session.network_day))
    except KeyGone:
        return ""


def shared_with(member: Member) -> str:
    """Whether none, some (1 to 4) or many other young people of the session came from the same network."""
    if not member.network:
        return "none"
    others = Member.objects.young().filter(session_id=member.session_id, network=member.network).exclude(pk=member.pk)
    count = others.count()
    return "many" if count >= MANY else "some" if count else "none"


def mark_after_ban(*, session: Session, member: Member, now: datetime) -> Mark | None:
    """Mark the member's network in all chats of the organisations that hold `session`. None when it is not known."""
    houses = set(session.organizations.all())
    for mark in _marks_on(session, member, Mark.Kind.BAN, now):
        if set(mark.organizations.all()) == houses and renew(mark, now=now):
            return mark
    return _mark(session, member, Mark.Kind.BAN, now)


def watch_newcomers(*, session: Session, member: Member, now: datetime) -> Mark | None:
    """Let the first messages of newcomers from the member's network be read first, till the session ends."""
    for mark in _marks_on(session, member, Mark.Kind.WATCH, now).filter(session=session):
        return mark
    return _mark(session, member, Mark.Kind.WATCH, now)


def is_marked(session: Session, address: str, *, now: datetime) -> bool:
    """Newcomers from there knock at this session's door."""
    held_by = session.organizations.all()
    return _is_under(Mark.objects.holding(now=now).filter(kind=Mark.Kind.BAN, organizations__in=held_by), address)


def is_watched(session: Session, address: str, *, now: datetime) -> bool:
    """What newcomers from there write first is read by a counsellor first."""
    return _is_under(Mark.objects.holding(now=now).filter(kind=Mark.Kind.WATCH, session=session), address)


def longest(mark: Mark, *, now: datetime) -> datetime:
    """How long the mark could hold from now: a day, and no longer than the key that it is compared with."""
    key_goes_on = mark.day + timedelta(days=KEYS_KEPT)
    return min(_coarse(now) + MARK_LASTS, timezone.make_aware(datetime.combine(key_goes_on, time.min)))


def renew(mark: Mark, *, now: datetime) -> bool:
    """By a counsellor's hand, never by itself. Whether it was still there: somebody may lift it at the same moment."""
    mark.set_at, mark.expires_at = _coarse(now), longest(mark, now=now)
    return Mark.objects.filter(pk=mark.pk).update(set_at=mark.set_at, expires_at=mark.expires_at) > 0


def lift(mark: Mark) -> None:
    mark.delete()


def forget_networks(session: Session) -> None:
    """The session ends: whoever was in it came from nowhere now, and its watches and knocks are over."""
    session.members.exclude(network="").update(network="")
    session.marks.all().delete()
    session.knocks.all().delete()
    session.network_day = None
    session.save(update_fields=["network_day"])


def forget_expired(*, now: datetime) -> int:
    """Delete marks and bans that are over. Answers how many rows went."""
    marks, _per_model = Mark.objects.filter(expires_at__lte=now).delete()
    bans, _per_model = Ban.objects.filter(expires_at__lte=now).delete()
    return marks + bans


def _coarse(moment: datetime) -> datetime:
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % COARSE


# Digests ----------------------------------------------------------------------------------------------------------


def _is_known(address: str) -> bool:
    return address not in {"", NOWHERE}


def _mark(session: Session, member: Member, kind: Mark.Kind, now: datetime) -> Mark | None:
    network = _network_of(session, member)
    if session.network_day is None or not network:
        return None
    mark = Mark(kind=kind, network=network, day=session.network_day, set_at=_coarse(now))
    mark.session = session if kind == Mark.Kind.WATCH else None
    mark.expires_at = longest(mark, now=now)
    if mark.expires_at <= now:
        return None
    mark.save()
    mark.organizations.set(session.organizations.all())
    return mark


def _marks_on(session: Session, member: Member, kind: Mark.Kind, now: datetime) -> MarkQuerySet:
    """Marks that hold on the member's network."""
    network = _network_of(session, member)
    if session.network_day is None or not network:
        return Mark.objects.none()
    return Mark.objects.holding(now=now).filter(kind=kind, day=session.network_day, network=network)


def _is_under(marks: MarkQuerySet, address: str) -> bool:
    """One of `marks` is on the network of `address`. A mark whose key is gone is on none."""
    if not _is_known(address):
        return False
    digests = set(marks.values_list("day", "network"))
    return any((day, _digest(address, day)) in digests for day in {day for day, _network in digests})


def _digest(address: str, day: date) -> str:
    try:
        return network_key(address, purpose=PURPOSE, day=day)
    except KeyGone:
        return ""


def _network_of(session: Session, member: Member) -> str:
    """The digest that a mark is made of, from the sealed one of a place; "" when there is none to be had."""
    if not member.network or session.network_day is None:
        return ""
    try:
        opening = _seal(session).decryptor()
    except KeyGone:
        return ""
    return (opening.update(bytes.fromhex(member.network)) + opening.finalize()).hex()


def _sealed(session: Session, digest: str) -> str:
    closing = _seal(session).encryptor()
    return (closing.update(bytes.fromhex(digest)) + closing.finalize()).hex()


def _seal(session: Session) -> Cipher[modes.ECB]:
    """One block is all it ever encrypts, and equal digests are to stay equal: that is what ECB is good for."""
    key = bytes.fromhex(network_key(NOWHERE, purpose=f"seal {session.pk}", day=session.network_day))
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
