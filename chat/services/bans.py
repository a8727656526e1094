"""The ban that a browser carries: a random cookie for the addresses of chats, and its hash here. Nothing of whom."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from chat.models import Ban, Session, digest
from chat.places import MOST_BANS, bans_in


def ban_of(cookies: Mapping[str, str], session: Session, *, now: datetime) -> Ban | None:
    """The longest ban of this browser by an organisation that holds `session`."""
    tokens = bans_in(cookies)
    if not tokens:
        return None
    held_by = session.organizations.all()
    hashes = [digest(token) for token in tokens]
    bans = Ban.objects.filter(token_hash__in=hashes, expires_at__gt=now, organizations__in=held_by)
    return bans.order_by("expires_at").last()


def is_banned(cookies: Mapping[str, str], session: Session, *, now: datetime) -> bool:
    return ban_of(cookies, session, now=now) is not None


def knows_of(cookies: Mapping[str, str], session: Session, *, until: datetime, now: datetime) -> bool:
    """The browser carries this ban already."""
    ban = ban_of(cookies, session, now=now)
    return ban is not None and ban.expires_at >= _coarse(until)


@transaction.atomic
def remember(cookies: Mapping[str, str], session: Session, *, until: datetime) -> tuple[list[str], datetime]:
    """Store a ban from the chats of those who hold `session`.

    Answers the tokens that the browser is to carry, and until when: as long as the longest of its bans.
    """
    token = secrets.token_urlsafe(16)
    ban = Ban.objects.create(token_hash=digest(token), expires_at=_coarse(until))
    ban.organizations.set(session.organizations.all())
    tokens = [token, *bans_in(cookies)][:MOST_BANS]
    carried = Ban.objects.filter(token_hash__in=[digest(token) for token in tokens])
    return tokens, max(carried.values_list("expires_at", flat=True))


def forgive(cookies: Mapping[str, str], session: Session, *, until: datetime) -> bool:
    """Another adult found the ban wrong: take it, and no other, from the browser that carries it. Whether it did."""
    hashes = [digest(token) for token in bans_in(cookies)]
    bans = Ban.objects.filter(token_hash__in=hashes, expires_at=_coarse(until))
    deleted, _per_model = bans.filter(organizations__in=session.organizations.all()).delete()
    return deleted > 0


def _coarse(until: datetime) -> datetime:
    """The full hour before: the exact time stands on the member's row, and must not lead there."""
    return until.replace(minute=0, second=0, microsecond=0)
