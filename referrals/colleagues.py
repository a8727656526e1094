"""Who is written to about a service, and where it stands: mail to those who look after it."""

from django.conf import settings

from accounts.models import User
from referrals import permissions
from referrals.models import Service


def with_mail(service: Service) -> list[User]:
    """Those of its organisation who have a mail address and may say that it is true. Of an organisation without any,
    such as one that has not taken over its national offer: the administrators."""
    reachable = User.objects.staff().filter(is_active=True).exclude(email="").order_by("pk")
    own = reachable.filter(memberships__organization=service.organization).distinct()
    people = [user for user in own if permissions.may_edit(user, service)]
    return people or [user for user in reachable.filter(is_superuser=True) if permissions.administers(user)]


def address(path: str) -> str:
    """A path of ours as a mail tells it; without the site's address where nobody has named one."""
    return (settings.ORIGINS[0] if settings.ORIGINS else "") + path
