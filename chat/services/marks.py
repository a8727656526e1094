"""Marks on networks ("The counsellor's tools" of the design): newcomers from where somebody was banned knock first.

A place holds the digest of its network under its session's seal: equal for two places of one session, and unlike the
digest of a mark or of a place elsewhere, so that a copy of the database joins none of them (T07). Digests and seals
are made with the key of the session's day, which lies outside the database and is destroyed after two days.

Beside the network stands the area around it (T02): a home that is given a /56 can choose among 256 networks. Once two
of them are marked, all of the area is. Within the key of one day, that is: whether digests of two days are of one
network or of two nobody can tell, and where we cannot tell nobody is made to knock.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from django.db.models import Q
from django.utils import timezone

from accounts.addresses import KEYS_KEPT, NOWHERE, KeyGone, area_key, network_key
from chat.models import Ban, Mark, Member, Session
from chat.models.marks import MarkQuerySet

PURPOSE = "room"
MARK_LASTS = timedelta(hours=24)
COARSE = timedelta(minutes=15)  # the exact time of a ban stands in the log, and must not lead there
WATCHED_MESSAGES = 3
MANY = 5
MARKS_AN_AREA = 2  # networks: one is chance or a neighbour; before a third, somebody climbs the whole ladder again


class Kept(NamedTuple):
    """What is kept of an address: digests of its network and of the area around that."""

    network: str
    area: str


UNKNOWN = Kept("", "")


def kept_of(session: Session, address: str, *, now: datetime) -> Kept:
    """What a place keeps; UNKNOWN when the address is not known or the key of the session's day is gone.

    `session` is locked by the caller: the first address that is known gives it its day.
    """
    if not _is_known(address):
        return UNKNOWN
    if session.network_day is None:
        session.network_day = timezone.localdate(now)
        session.save(update_fields=["network_day"])
    try:
        seal, plain = _seal(session), _digests(address, session.network_day)
    except KeyGone:
        return UNKNOWN
    return Kept(*(_passed(seal.encryptor(), digest) for digest in plain))


def shared_with(*, session: Session, member: Member, now: datetime) -> str:
    """Whether none, some (1 to 4) or many other young people of the session came from where newcomers will knock when
    this member is banned: from the same network, or from the area around it. Who was sent out is not among them."""
    if not member.network:
        return "none"
    where = Q(network=member.network)
    if _would_mark_the_area(session, member, now):
        where |= Q(area=member.area)
    others = session.members.young().filter(where, kicked_at__isnull=True).exclude(pk=member.pk)
    count = others.count()
    return "many" if count >= MANY else "some" if count else "none"


def _would_mark_the_area(session: Session, member: Member, now: datetime) -> bool:
    kept = _opened(session, member)
    return _is_area_marked(kept.area, {kept, *_kept(_bans_at(session, now))})


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
    return _is_under(_bans_at(session, now), address)


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
    session.members.exclude(network="", area="").update(network="", area="")
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
    kept = _opened(session, member)
    if session.network_day is None or not kept.network:
        return None
    mark = Mark(kind=kind, network=kept.network, area=kept.area, day=session.network_day, set_at=_coarse(now))
    mark.session = session if kind == Mark.Kind.WATCH else None
    mark.expires_at = longest(mark, now=now)
    if mark.expires_at <= now:
        return None
    mark.save()
    mark.organizations.set(session.organizations.all())
    return mark


def _marks_on(session: Session, member: Member, kind: Mark.Kind, now: datetime) -> MarkQuerySet:
    """Marks that hold on the member's network."""
    network = _opened(session, member).network
    if session.network_day is None or not network:
        return Mark.objects.none()
    return Mark.objects.holding(now=now).filter(kind=kind, day=session.network_day, network=network)


def _bans_at(session: Session, now: datetime) -> MarkQuerySet:
    """Marks of bans that hold at this session's door."""
    held_by = session.organizations.all()
    return Mark.objects.holding(now=now).filter(kind=Mark.Kind.BAN, organizations__in=held_by)


def _is_under(marks: MarkQuerySet, address: str) -> bool:
    """One of `marks` is on the network of `address`, or enough of them are around it."""
    if not _is_known(address):
        return False
    marked = _kept(marks)
    return any(_covers(marked, address, day) for day in set(marks.values_list("day", flat=True)))


def _covers(marked: set[Kept], address: str, day: date) -> bool:
    """Whether what was marked under the key of that day covers the address. Without the key nothing does."""
    try:
        kept = _digests(address, day)
    except KeyGone:
        return False
    return any(mark.network == kept.network for mark in marked) or _is_area_marked(kept.area, marked)


def _is_area_marked(area: str, marked: set[Kept]) -> bool:
    """So many different networks of the area are marked that all of it is. Areas of two days are never alike."""
    return bool(area) and sum(mark.area == area for mark in marked) >= MARKS_AN_AREA


def _kept(marks: MarkQuerySet) -> set[Kept]:
    return {Kept(*digests) for digests in marks.values_list("network", "area")}


def _digests(address: str, day: date) -> Kept:
    """Raises KeyGone."""
    return Kept(network_key(address, purpose=PURPOSE, day=day), area_key(address, purpose=PURPOSE, day=day))


def _opened(session: Session, member: Member) -> Kept:
    """The digests that a mark is made of, from the sealed ones of a place; UNKNOWN when there are none to be had."""
    if not member.network or session.network_day is None:
        return UNKNOWN
    try:
        seal = _seal(session)
    except KeyGone:
        return UNKNOWN
    return Kept(*(_passed(seal.decryptor(), sealed) for sealed in (member.network, member.area)))


def _passed(through: CipherContext, digest: str) -> str:
    return (through.update(bytes.fromhex(digest)) + through.finalize()).hex()


def _seal(session: Session) -> Cipher[modes.ECB]:
    """One block is all it ever encrypts, and equal digests are to stay equal: that is what ECB is good for."""
    key = bytes.fromhex(network_key(NOWHERE, purpose=f"seal {session.pk}", day=session.network_day))
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
