"""Who may use the one desk and read its log: the only place that answers it."""

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, Organization, User
from accounts.permissions import Person, may_enter_staff_pages
from moderation.models import Decision

DESK_ROLES = (Membership.Role.COUNSELLOR, Membership.Role.COORDINATOR)


def houses_of(user: Person, *roles: Membership.Role) -> QuerySet[Organization]:
    """Organisations in which `user` has one of `roles`."""
    if user.pk is None:
        return Organization.objects.none()
    own = Membership.objects.filter(user_id=user.pk, organization=OuterRef("pk"), role__in=roles)
    return Organization.objects.filter(Exists(own))


def may_use_desk(user: Person) -> bool:
    """Counsellors and coordinators. What an editor edits are the offers."""
    return may_enter_staff_pages(user) and houses_of(user, *DESK_ROLES).exists()


def coordinated_houses(user: Person) -> QuerySet[Organization]:
    """Organisations whose numbers `user` may read."""
    if not may_enter_staff_pages(user):
        return Organization.objects.none()
    return houses_of(user, Membership.Role.COORDINATOR)


def decisions_readable_by(user: User) -> QuerySet[Decision]:
    """Of one's own the lines one wrote; a coordinator reads all of their houses."""
    if not may_use_desk(user):
        return Decision.objects.none()
    own = Decision.objects.filter(actor=user)
    return own | Decision.objects.filter(organization__in=houses_of(user, Membership.Role.COORDINATOR))
