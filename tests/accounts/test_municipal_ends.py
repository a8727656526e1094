"""What ends with a municipality's login: the login itself, a role, an account."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import permissions
from accounts.models import Membership, Organization, Profile, User
from chat.permissions import is_rostered
from tests.accounts.conftest import MakeStaff, is_in
from tests.accounts.municipal import come
from tests.accounts.test_municipal_login import say_roles
from tests.chat.evenings import planned
from tests.identity import OpenID, Saml

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipal_logins")]


def test_taking_a_login_out_of_the_file_shuts_everybody_out_who_came_by_it(
    client: Client, saml: Saml, no_demo: None, settings: Settings, make_staff: MakeStaff, organization: Organization
) -> None:
    make_staff("mads", role="coordinator")
    come(client, saml)
    user = User.objects.get(socialaccount__isnull=False)
    Membership.objects.create(user=user, organization=organization, role="coordinator")
    assert client.get("/vagt/").status_code == 200
    settings.MUNICIPAL_LOGINS = {name: one for name, one in settings.MUNICIPAL_LOGINS.items() if name == "aarhus"}
    predicates: list[Any] = [permissions.is_staff_member, permissions.is_counsellor, permissions.is_answering]
    assert not any(one(user) for one in predicates)
    assert not permissions.is_coordinator(user, organization)
    assert not permissions.coordinated_by(user).exists()
    assert not permissions.may_enter_staff_pages(user)
    assert permissions.is_coordinator(User.objects.get(username="mads"), organization)
    assert client.get("/vagt/")["Location"].startswith("/konto/login/")
    assert not is_in(client)


def test_who_is_an_editor_now_leads_no_room_any_more(
    client: Client, openid: OpenID, organization: Organization, make_staff: MakeStaff
) -> None:
    come(client, openid)
    user = User.objects.get(socialaccount__isnull=False)
    Profile.objects.get_or_create(user=user)
    session = planned(make_staff("mads"), at=(organization,))
    session.organizations.clear()
    session.roster.create(user=user)
    assert is_rostered(user, session)
    say_roles(openid, "redaktion")
    come(Client(), openid)
    assert not is_rostered(User.objects.get(pk=user.pk), session)
    say_roles(openid, "koordinator")
    come(Client(), openid)
    assert not is_rostered(User.objects.get(pk=user.pk), session)
    session.organizations.add(organization)
    assert is_rostered(User.objects.get(pk=user.pk), session)


def test_losing_a_role_for_a_moment_does_not_end_anybodys_training(
    client: Client, openid: OpenID, organization: Organization
) -> None:
    come(client, openid)
    assert not organization.memberships.get().is_trainee
    organization.memberships.update(is_trainee=True)
    for roles in ((), ("raadgiver",)):
        say_roles(openid, *roles)
        come(Client(), openid)
    assert organization.memberships.get().is_trainee


def test_an_answer_without_a_word_of_roles_takes_none_away(
    client: Client, openid: OpenID, organization: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    come(client, openid)
    del openid.claims["groups"]
    assert come(Client(), openid).status_code == 400
    assert organization.memberships.get().role == "counsellor"
    assert "role_claim" in caplog.text


def test_a_closed_account_can_lose_roles_and_get_none(
    client: Client, openid: OpenID, organization: Organization
) -> None:
    come(client, openid)
    User.objects.update(is_active=False)
    for said, held in ((("raadgiver", "koordinator"), ["counsellor"]), (("koordinator",), [])):
        say_roles(openid, *said)
        assert come(Client(), openid).status_code == 403
        assert list(organization.memberships.values_list("role", flat=True)) == held


def test_the_log_says_what_was_wrong_with_an_id_token(
    client: Client, openid: OpenID, caplog: pytest.LogCaptureFixture
) -> None:
    openid.token = {"aud": "andet"}
    come(client, openid)
    assert "the ID token: InvalidAudienceError" in caplog.text
