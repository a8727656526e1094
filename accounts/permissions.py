"""Who may do what with an account: the only place that answers it.

Every answer is read from the database when it is asked: someone who lost a role or was
switched off loses the right at the next question, also over a socket that is already open.
"""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Organization, User, UserQuerySet

Person = User | AnonymousUser


def is_active(user: Person) -> bool:
    """Logged in, and not switched off since."""
    return user.pk is not None and User.objects.filter(pk=user.pk, is_active=True).exists()


def is_young(user: Person) -> bool:
    """Logged in with the profile of a young person."""
    return isinstance(user, User) and user.is_young


def _shut_out() -> Q:
    """Whose only way in is a municipal login that is not in the file any more: taking it out ends what it opened."""
    gone = SocialAccount.objects.filter(user=OuterRef("pk")).exclude(provider__in=list(settings.MUNICIPAL_LOGINS))
    return Q(Exists(gone), password__startswith=UNUSABLE_PASSWORD_PREFIX)


def _staff(user: Person) -> UserQuerySet:
    """This very person, if they are active, no young person, and their way in is still there."""
    found: UserQuerySet = User.objects.staff().filter(pk=user.pk, is_active=True).exclude(_shut_out())
    return found


def is_shut_out(user: Person) -> bool:
    return user.pk is not None and User.objects.filter(_shut_out(), pk=user.pk).exists()


def is_staff_member(user: Person) -> bool:
    """Active, and with a role in some organisation. An administrator without one is not meant."""
    return user.pk is not None and _staff(user).filter(memberships__isnull=False).exists()


def is_counsellor(user: Person) -> bool:
    """Active, and a counsellor somewhere. Whether of a given session is for the chat to say."""
    return user.pk is not None and User.objects.counsellors().filter(pk=user.pk).exclude(_shut_out()).exists()


def is_answering(user: Person) -> bool:
    """Active, and a counsellor or a coordinator somewhere."""
    roles = [Membership.Role.COUNSELLOR, Membership.Role.COORDINATOR]
    return user.pk is not None and _staff(user).filter(memberships__role__in=roles).exists()


def is_coordinator(user: Person, organization: Organization) -> bool:
    """Active, and a coordinator of this very organisation."""
    return (
        user.pk is not None
        and Membership.objects.filter(
            user__in=_staff(user),
            organization=organization,
            role=Membership.Role.COORDINATOR,
        ).exists()
    )


def coordinated_by(user: Person) -> QuerySet[Organization]:
    """The organisations that this person coordinates."""
    if user.pk is None:
        return Organization.objects.none()
    own = Membership.objects.filter(user__in=_staff(user), role=Membership.Role.COORDINATOR)
    return Organization.objects.filter(pk__in=own.values("organization"))


def may_keep_colleagues(user: Person) -> bool:
    """Say who is in training: coordinators, in the organisations that they coordinate."""
    return may_enter_staff_pages(user) and coordinated_by(user).exists()


def trained_by(user: Person) -> QuerySet[Membership]:
    """Those whose training this person begins and ends: counsellors of what they coordinate, never themselves."""
    if user.pk is None or not may_keep_colleagues(user):
        return Membership.objects.none()
    counsellors = Membership.objects.filter(role=Membership.Role.COUNSELLOR, user__is_active=True)
    return counsellors.filter(organization__in=coordinated_by(user)).exclude(user_id=user.pk)


def has_second_factor(user: Person) -> bool:
    """Has set up an authenticator app. Recovery codes alone are none."""
    return user.pk is not None and Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def has_password(user: Person) -> bool:
    """Can log in here by one. Not those whom a municipality lets in."""
    return isinstance(user, User) and user.has_usable_password()


def is_vouched_for(user: Person) -> bool:
    """Comes in by a municipality's login that says how sure it is of somebody, and by no other way."""
    vouching = [login.id for login in settings.MUNICIPAL_LOGINS.values() if login.vouches]
    only_there = User.objects.filter(pk=user.pk, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return bool(vouching) and only_there.filter(socialaccount__provider__in=vouching).exists()


def needs_second_factor(user: Person) -> bool:
    """Staff without a second factor where one is demanded: everywhere but in the demo. Never of the young, nor of
    those whose municipality has looked already."""
    if user.pk is None or is_young(user) or settings.DEMO:
        return False
    return not has_second_factor(user) and not is_vouched_for(user)


def may_enter_staff_pages(user: Person) -> bool:
    return is_staff_member(user) and not needs_second_factor(user)


def may_enter_admin(user: Person) -> bool:
    """The operator's door: an active administrator with a second factor. Nobody whom a municipality lets in."""
    ours = User.objects.filter(pk=user.pk, is_active=True, is_staff=True, socialaccount__isnull=True)
    return user.pk is not None and ours.exists() and not needs_second_factor(user)


def may_come_by_municipality(user: User) -> bool:
    """Active staff without rights of an administrator: those are given by hand and kept by an own second factor."""
    return user.is_active and not (user.is_young or user.is_staff or user.is_superuser)


def may_edit_profile(user: Person) -> bool:
    """Those who answer the young have a card, and only their own: counsellors, and coordinators, who answer too."""
    return is_answering(user) and not needs_second_factor(user)
