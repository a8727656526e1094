"""Who may do what: each row one person, each column one question."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from accounts import permissions
from accounts.models import Membership, Organization, User
from tests.accounts.conftest import MakeStaff, set_up_app

pytestmark = pytest.mark.django_db

PEOPLE = {
    "visitor": None,
    "counsellor": {"role": "counsellor"},
    "coordinator": {"role": "coordinator"},
    "editor": {"role": "editor"},
    "counsellor switched off": {"role": "counsellor", "is_active": False},
    "operator": {"role": "", "is_staff": True, "is_superuser": True},
    "operator switched off": {"role": "", "is_staff": True, "is_active": False},
    "account without a role": {"role": ""},
}
QUESTIONS: dict[str, Callable[..., bool]] = {
    "active": permissions.is_active,
    "staff": permissions.is_staff_member,
    "counsellor": permissions.is_counsellor,
    "pages": permissions.may_enter_staff_pages,
    "admin": permissions.may_enter_admin,
    "card": permissions.may_edit_profile,
}
# Outside the demo, with a second factor.
ALLOWED = {
    "visitor": "",
    "counsellor": "active staff counsellor pages card",
    "coordinator": "active staff pages card",
    "editor": "active staff pages",
    "counsellor switched off": "",
    "operator": "active admin",
    "operator switched off": "",
    "account without a role": "active",
}
# Being someone needs no second factor, entering anything does.
ENTERING = {"pages", "admin", "card"}


@pytest.mark.parametrize("second_factor", [True, False], ids=["with a second factor", "without"])
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_may_exactly_what_their_role_needs(
    person: str, question: str, second_factor: bool, make_staff: MakeStaff, no_demo: None
) -> None:
    fields = PEOPLE[person]
    user = AnonymousUser() if fields is None else make_staff(**fields)
    if second_factor and isinstance(user, User):
        set_up_app(user)
    allowed = question in ALLOWED[person].split() and (second_factor or question not in ENTERING)
    assert QUESTIONS[question](user) is allowed


def test_in_the_demo_nobody_needs_a_second_factor(make_staff: MakeStaff) -> None:
    counsellor = make_staff()
    assert permissions.may_enter_staff_pages(counsellor)
    assert permissions.may_edit_profile(counsellor)
    assert not permissions.has_second_factor(counsellor)


def test_recovery_codes_alone_are_no_second_factor(make_staff: MakeStaff, no_demo: None) -> None:
    counsellor = make_staff()
    Authenticator.objects.create(user=counsellor, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert not permissions.has_second_factor(counsellor)
    assert not permissions.may_enter_staff_pages(counsellor)


def test_a_coordinator_leads_their_own_organisation_only(make_staff: MakeStaff, organization: Organization) -> None:
    other = Organization.objects.create(name="Foreningen", slug="foreningen", kind="association")
    coordinator, counsellor = make_staff("mette", role="coordinator"), make_staff("ali")
    Membership.objects.create(user=coordinator, organization=other, role="counsellor")
    assert permissions.is_coordinator(coordinator, organization)
    assert not permissions.is_coordinator(coordinator, other)
    assert not permissions.is_coordinator(counsellor, organization)
    assert not permissions.is_coordinator(AnonymousUser(), organization)


def test_a_right_ends_with_the_role_for_an_object_loaded_before(make_staff: MakeStaff) -> None:
    """T24: an open socket holds such an object."""
    counsellor = make_staff()
    assert permissions.may_enter_staff_pages(counsellor)
    User.objects.filter(pk=counsellor.pk).update(is_active=False)
    assert not permissions.may_enter_staff_pages(counsellor)
    User.objects.filter(pk=counsellor.pk).update(is_active=True)
    Membership.objects.all().delete()
    assert not permissions.is_counsellor(counsellor)


def test_a_counsellor_in_two_organisations_is_listed_once(make_staff: MakeStaff) -> None:
    counsellor = make_staff()
    other = Organization.objects.create(name="Foreningen", slug="foreningen", kind="association")
    Membership.objects.create(user=counsellor, organization=other, role="counsellor")
    make_staff("mette", role="coordinator")
    make_staff("gone", is_active=False)
    assert list(User.objects.counsellors()) == [counsellor]
