"""What changes something about staff."""

import logging
import secrets
from datetime import datetime
from functools import partial
from typing import BinaryIO

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from cryptography.fernet import InvalidToken
from django.contrib.auth.password_validation import validate_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from accounts.faces import encode_picture
from accounts.models import Membership, Organization, Profile, User

log = logging.getLogger(__name__)


@transaction.atomic
def create_staff(
    *,
    username: str,
    password: str,
    working_name: str,
    role_title: str,
    organization: Organization,
    role: str,
    is_trainee: bool = False,
) -> User:
    """Give someone an account, a card and a role in one organisation.

    Raises ValidationError for a user name that is taken, a weak password, a card that does not fit, or a trainee who is
    no counsellor.
    """
    user = User(username=User.normalize_username(username))
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    membership = Membership(user=user, organization=organization, role=role, is_trainee=is_trainee)
    profile = Profile(user=user, working_name=working_name, role_title=role_title)
    for part in (membership, profile):
        part.full_clean()
        part.save()
    return user


@transaction.atomic
def set_trainee(*, membership: Membership, is_trainee: bool) -> Membership:
    """Begin or end somebody's training. Raises ValidationError for a role that has none."""
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    membership.is_trainee = is_trainee
    membership.full_clean()
    membership.save(update_fields=["is_trainee"])
    return membership


@transaction.atomic
def write_card(*, profile: Profile, working_name: str, role_title: str, about: str) -> Profile:
    """Change the words that the young read about a counsellor."""
    profile.working_name, profile.role_title, profile.about = working_name, role_title, about
    profile.full_clean()
    profile.save(update_fields=["working_name", "role_title", "about"])
    return profile


@transaction.atomic
def set_picture(*, profile: Profile, upload: BinaryIO) -> Profile:
    """Show this picture on the card: its pixels alone, under a random name. The earlier file goes with the commit.

    Raises ValidationError, see faces.encode_picture.
    """
    encoded = encode_picture(upload)
    forget_picture_file(profile=profile)
    profile.picture.save(f"{secrets.token_hex(16)}.webp", ContentFile(encoded), save=False)
    profile.save(update_fields=["picture"])
    return profile


@transaction.atomic
def remove_picture(*, profile: Profile) -> Profile:
    """Show a drawn face again."""
    forget_picture_file(profile=profile)
    profile.picture = ""
    profile.save(update_fields=["picture"])
    return profile


def forget_picture_file(*, profile: Profile) -> None:
    """Delete the file behind the card when the transaction commits."""
    if profile.picture:
        transaction.on_commit(partial(profile.picture.storage.delete, str(profile.picture.name)))


def end_sessions(*, user: User) -> None:
    """End every session of this person, also those that are open on other devices."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def take_away_second_factor(*, user: User) -> None:
    """For someone who lost phone and recovery codes: at the next login they set it up anew."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)


# One-time codes -------------------------------------------------------------------------------------------------


def use_second_factor(*, user: User, code: str, now: datetime) -> Authenticator | None:
    """Spend a code of the app or a recovery code, and say which factor it was.

    None when it is wrong, too old or was used before.
    """
    for authenticator in Authenticator.objects.filter(user=user):
        try:
            if authenticator.type == Authenticator.Type.TOTP:
                secret = decrypt(authenticator.data["secret"])
                accepted = spend_code(user=user, secret=secret, code=code, now=now)
            else:
                accepted = bool(authenticator.wrap().validate_code(code))
        except InvalidToken:
            log.error("A second factor cannot be read. Is SAMRUM_SECOND_FACTOR_KEY the one it was made with?")
            continue
        if accepted:
            return authenticator
    return None


def spend_code(*, user: User, secret: str, code: str, now: datetime) -> bool:
    """Whether this code of the app is right and none of its time step or a later one was used before (RFC 6238, 5.2).

    The database decides: of two that spend one code at the same moment one gets it.
    """
    step = _step_of(secret=secret, code=code, now=now)
    if step is None:
        return False
    return bool(User.objects.filter(pk=user.pk, last_code_step__lt=step).update(last_code_step=step))


def _step_of(*, secret: str, code: str, now: datetime) -> int | None:
    """The time step that this code belongs to, among those we still take."""
    present = int(now.timestamp()) // int(mfa_settings.TOTP_PERIOD)
    tolerance = int(mfa_settings.TOTP_TOLERANCE)
    for step in range(present - tolerance, present + tolerance + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None
