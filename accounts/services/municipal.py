"""Letting in whom a municipality's identity provider names, with the roles it gives them."""

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.crypto import get_random_string

from accounts import permissions
from accounts.models import Membership, Organization, User
from accounts.municipal.claims import Entry, TurnedAway
from accounts.services import end_sessions

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
NAME_LENGTH = 8


def take_in(*, entry: Entry) -> SocialAccount:
    """The account of whom the entry names, made if it is new, with exactly the entry's roles in its municipality.

    Nobody is joined to an account that was made otherwise. Who has no role any more loses those that they had.
    Raises TurnedAway "not_here", "no_role", "role_lost" or "closed".
    """
    with transaction.atomic():
        organization = _organization(entry)
        account = SocialAccount.objects.filter(provider=entry.login, uid=entry.subject).select_related("user").first()
        is_new = account is None
        if account is None and entry.roles:
            account = _new_account(entry)
        if account is not None:
            is_welcome = permissions.may_come_by_municipality(account.user)
            roles = entry.roles if is_welcome else _held(account.user, organization) & entry.roles
            _set_roles(user=account.user, organization=organization, roles=roles, is_new=is_new)
    # Outside, so that what was taken away stays so.
    if account is None:
        raise TurnedAway("no_role")
    if not entry.roles:
        raise TurnedAway("role_lost")
    if not permissions.may_come_by_municipality(account.user):
        raise TurnedAway("closed")
    return account


def _organization(entry: Entry) -> Organization:
    """The municipality's own row, locked: two first logins of one person at once make one account."""
    ours = Organization.objects.select_for_update(of=("self",)).filter(kind=Organization.Kind.MUNICIPALITY)
    organization = ours.filter(municipality_code=entry.municipality).first()
    if organization is None:
        raise TurnedAway("not_here")
    return organization


def _new_account(entry: Entry) -> SocialAccount:
    """A user name that tells nothing of the person, and no password: there is no other way in."""
    names = (f"{entry.login}-{get_random_string(NAME_LENGTH, LETTERS)}" for _ in range(100))
    user = User(username=next(name for name in names if not User.objects.filter(username=name).exists()))
    user.set_unusable_password()
    user.save()
    return SocialAccount.objects.create(user=user, provider=entry.login, uid=entry.subject)


def _held(user: User, organization: Organization) -> frozenset[str]:
    return frozenset(organization.memberships.filter(user=user).values_list("role", flat=True))


def _set_roles(*, user: User, organization: Organization, roles: frozenset[str], is_new: bool) -> None:
    """What stays, stays as it is: somebody in training is so after the next login, too.

    Whoever becomes a counsellor later, or again, begins in training: nobody ends it by losing the role for a moment.
    """
    held = Membership.objects.filter(user=user, organization=organization)
    lost = held.exclude(role__in=roles)
    if lost.exists():
        lost.delete()
        end_sessions(user=user)  # what was opened with more rights is closed
    for role in sorted(roles - _held(user, organization)):
        in_training = role == Membership.Role.COUNSELLOR and not is_new
        Membership.objects.create(user=user, organization=organization, role=role, is_trainee=in_training)
