"""Mail to staff. It says that something waits, never what was written nor by whom (law 4)."""

import logging
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet

from accounts.models import Membership, Organization, User

logger = logging.getLogger(__name__)


def coordinators_of(organizations: Iterable[Organization]) -> list[str]:
    """Addresses of those who lead the counsellors of any of these."""
    return addresses(_members(organizations, Membership.Role.COORDINATOR))


def counsellors_of(organizations: Iterable[Organization]) -> list[str]:
    return addresses(_members(organizations, Membership.Role.COUNSELLOR))


def _members(organizations: Iterable[Organization], role: str) -> QuerySet[User]:
    return User.objects.filter(memberships__role=role, memberships__organization__in=list(organizations))


def addresses(people: QuerySet[User]) -> list[str]:
    return sorted(set(people.filter(is_active=True).exclude(email="").values_list("email", flat=True)))


def send(*, subject: str, text: str, to: Sequence[str]) -> bool:
    """Whether it went, or there is nobody to send it to; else the next sweep tries again."""
    if not to:
        return True
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, to)
    except OSError as error:  # smtplib's errors are OSErrors, too
        logger.error("A mail to staff was not sent: %s", type(error).__name__)
        return False
    return True
