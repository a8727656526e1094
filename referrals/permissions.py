"""Who may do what with the directory: the only place that answers it."""

from django.db.models import QuerySet

from accounts.models import Organization, User
from accounts.permissions import Person, may_enter_admin, may_enter_staff_pages
from referrals.models import NumberChange, Service


def administers(user: Person) -> bool:
    """Runs the installation: may look after every service, such as national drafts that nobody here owns."""
    return user.is_superuser and may_enter_admin(user)


def may_open_manage(user: Person) -> bool:
    """May come to the staff pages of the directory, whatever stands on them for this person."""
    return administers(user) or may_enter_staff_pages(user)


def organizations_of(user: User) -> QuerySet[Organization]:
    """Those whose services this person looks after: all of them for an administrator."""
    if administers(user):
        return Organization.objects.all()
    return Organization.objects.filter(memberships__user=user.pk).distinct()


def may_add_to(user: Person, organization: Organization) -> bool:
    """Any role in the organisation will do: those who answer the young know best what is true."""
    if administers(user):
        return True
    is_member = user.pk is not None and organization.memberships.filter(user_id=user.pk).exists()
    return is_member and may_enter_staff_pages(user)


def may_edit(user: Person, service: Service) -> bool:
    """Change, check, show and hide it."""
    return may_add_to(user, service.organization)


def may_agree(user: Person, change: NumberChange) -> bool:
    """Say yes to other numbers of crisis help: anybody else who may change the service."""
    return user.pk != change.proposed_by_id and may_edit(user, change.service)


def may_adopt(user: Person) -> bool:
    """Give a service to another organisation."""
    return administers(user)
