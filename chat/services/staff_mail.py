"""Whom a mail about a session goes to, and how it names the session without telling its topic (law 4)."""

from django.utils import timezone

from accounts.models import User
from accounts.staff_mail import addresses, coordinators_of, send
from chat.models import Session

__all__ = ["begun_at", "coordinator_addresses", "counsellor_addresses", "send"]


def coordinator_addresses(session: Session) -> list[str]:
    """Of the organisations that hold the session."""
    return coordinators_of(session.organizations.all())


def counsellor_addresses(session: Session) -> list[str]:
    """Of those who are put on the session."""
    return addresses(User.objects.filter(rosters__session=session))


def begun_at(session: Session) -> str:
    """ "19.30": which chat it is, told by its time alone."""
    return timezone.localtime(session.starts_at).strftime("%H.%M")
