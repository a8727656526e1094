"""Mail to staff. It says that something waits and when the chat is, never what was written nor by whom (law 4)."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Membership, User
from chat.models import Session

logger = logging.getLogger(__name__)


def coordinator_addresses(session: Session) -> list[str]:
    """Of the organisations that hold the session."""
    return _addresses(
        User.objects.filter(
            memberships__role=Membership.Role.COORDINATOR, memberships__organization__in=session.organizations.all()
        )
    )


def counsellor_addresses(session: Session) -> list[str]:
    """Of those who are put on the session."""
    return _addresses(User.objects.filter(rosters__session=session))


def _addresses(people: QuerySet[User]) -> list[str]:
    return sorted(set(people.filter(is_active=True).exclude(email="").values_list("email", flat=True)))


def begun_at(session: Session) -> str:
    """ "19.30": which chat it is, told by its time alone."""
    return timezone.localtime(session.starts_at).strftime("%H.%M")


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
