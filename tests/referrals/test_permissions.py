"""Who may do what with the directory, allowed and refused side by side."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from accounts.models import Organization, User
from accounts.permissions import Person
from referrals import permissions
from referrals.models import Service
from tests.referrals.conftest import MakeService, person

pytestmark = pytest.mark.django_db

WHO = {
    # who: (opens the pages, edits its service, adds to its organisation, adopts)
    "a visitor": (False, False, False, False),
    "an account without a role": (False, False, False, False),
    "an editor": (True, True, True, False),
    "a counsellor": (True, True, True, False),
    "a coordinator": (True, True, True, False),
    "a coordinator of another organisation": (True, False, False, False),
    "a coordinator who was switched off": (False, False, False, False),
    "an administrator": (True, True, True, True),
    "an administrator who was switched off": (False, False, False, False),
    "an account that may only open the admin": (False, False, False, False),
}


def somebody(who: str, own: Organization, other: Organization) -> Person:
    if who == "a visitor":
        return AnonymousUser()
    role = next((role for role in ("editor", "counsellor", "coordinator") if role in who), "")
    user = person("nogen", (other if "another" in who else own) if role else None, role)
    user.is_superuser = "an administrator" in who
    user.is_staff = user.is_superuser or "only open the admin" in who
    user.is_active = "switched off" not in who
    user.save()
    return user


@pytest.mark.parametrize("who,allowed", WHO.items())
def test_who_may_do_what(
    make: MakeService, association: Organization, town: Organization, who: str, allowed: tuple[bool, ...]
) -> None:
    user, service = somebody(who, association, town), make()
    assert (
        permissions.may_open_manage(user),
        permissions.may_edit(user, service),
        permissions.may_add_to(user, association),
        permissions.may_adopt(user),
    ) == allowed


@pytest.mark.parametrize("who", ["an editor", "a counsellor", "a coordinator", "an administrator"])
def test_in_production_nobody_does_anything_without_a_second_factor(
    make: MakeService, association: Organization, town: Organization, settings: Any, who: str
) -> None:
    settings.DEMO = False
    user, service = somebody(who, association, town), make()
    assert not permissions.may_open_manage(user)
    assert not permissions.may_edit(user, service)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert permissions.may_edit(user, service)


@pytest.mark.parametrize("who,count", [("an editor", 1), ("an administrator", 2), ("an account without a role", 0)])
def test_one_finds_the_services_of_one_s_own_organisations_each_once(
    make: MakeService, association: Organization, town: Organization, who: str, count: int
) -> None:
    make(name="Egen")
    make(name="Fremmed", organization=town)
    user = somebody(who, association, town)
    assert isinstance(user, User)
    if who == "an editor":
        user.memberships.create(organization=association, role="counsellor")
    found = Service.objects.editable_by(user)
    assert len(found) == count
    assert all(permissions.may_edit(user, service) for service in found)
