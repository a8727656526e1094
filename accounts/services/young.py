"""What changes a young person's profile."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts import phrases
from accounts.models import Recovery, User
from accounts.services import end_sessions
from accounts.signals import profile_leaving


@dataclass(frozen=True, slots=True)
class Recovered:
    """`phrase` is the new one: shown once, then only its hash is left."""

    user: User
    phrase: str


def name_as_kept(typed: str) -> str:
    """A user name as profiles are stored: small letters, and "-" for a space, so that one name has one spelling."""
    return "-".join(unicodedata.normalize("NFKC", typed).casefold().split())


def name_at_login(typed: str) -> str:
    """The stored spelling of a profile's name; any other name, known or not, as it was typed."""
    kept = name_as_kept(typed)
    return kept if User.objects.young().filter(username=kept).exists() else typed.strip()


def new_profile(*, now: datetime) -> User:
    """A profile without a name yet. Of the day on which it was made only the month is known."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return User(is_young=True, date_joined=first)


@transaction.atomic
def renew_phrase(*, user: User, now: datetime) -> str:
    """Give the profile another recovery phrase; the earlier one is dead. Never of staff, who come back by people."""
    if not user.is_young:
        raise ValueError("Staff have no recovery phrase.")
    phrase = phrases.draw()
    Recovery.objects.update_or_create(
        user=user, defaults={"phrase_hash": make_password(phrase), "made_on": timezone.localdate(now)}
    )
    return phrase


@transaction.atomic
def recover(*, username: str, phrase: str, password: str, now: datetime) -> Recovered | None:
    """Set a new password for whoever knows the phrase, end all sessions, and draw another phrase.

    None when name and phrase do not fit: after the work of one hash, whether the name exists or not (T22). Of two that
    spend one phrase at the same moment one gets in.
    """
    typed = phrases.as_drawn(phrase)
    known = Recovery.objects.filter(
        user__username=name_as_kept(username), user__is_young=True, user__is_active=True
    ).select_related("user")
    recovery = known.first()
    if recovery is None:
        make_password(typed)
        return None
    if not check_password(typed, recovery.phrase_hash) or not _spend(recovery):
        return None
    user = recovery.user
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user=user)
    return Recovered(user, renew_phrase(user=user, now=now))


def _spend(recovery: Recovery) -> bool:
    return bool(Recovery.objects.filter(pk=recovery.pk, phrase_hash=recovery.phrase_hash).delete()[0])


def forget_ended_logins(*, now: datetime) -> None:
    """Delete sessions that are over: a row tells that somebody was here, and until when."""
    Session.objects.filter(expire_date__lte=now).delete()


@transaction.atomic
def leave(*, user: User, with_texts: bool, now: datetime) -> None:
    """Delete the profile for good. What it wrote goes with it, or stands on without belonging to anybody."""
    if not user.is_young:
        raise ValueError("Staff leave by the hand of an administrator.")
    profile_leaving.send(sender=User, user=user, with_texts=with_texts, now=now)
    user.delete()
