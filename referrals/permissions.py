"""Who may do what with the directory: the only place that answers it."""

from django.db.models import QuerySet

from accounts.models import Membership, Organization, User
from accounts.permissions import Person, may_enter_admin, may_enter_staff_pages
from referrals.models import CityPage, NumberChange, Service


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


# A city's page ------------------------------------------------------------------------------------------------------

WRITERS = (Membership.Role.COORDINATOR, Membership.Role.EDITOR)


def cities_of(user: User) -> QuerySet[Organization]:
    """Municipalities in whose name this person writes: its editors and coordinators, and an administrator."""
    cities = Organization.objects.exclude(municipality_code="")
    if administers(user):
        return cities
    return cities.filter(memberships__user=user.pk, memberships__role__in=WRITERS).distinct()


def may_write_for_city(user: Person, organization: Organization) -> bool:
    """Write on its page, and say yes or no to what it holds together with others."""
    if administers(user):
        return True
    if user.pk is None or not may_enter_staff_pages(user):
        return False
    return organization.memberships.filter(user_id=user.pk, role__in=WRITERS).exists()


def may_edit_city(user: Person, page: CityPage) -> bool:
    """Of a joint page everybody who writes for a city that stands behind it."""
    return administers(user) or any(may_write_for_city(user, house) for house in page.houses)
