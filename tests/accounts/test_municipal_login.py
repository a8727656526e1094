"""Login by the municipality's identity provider: who comes in, as what, and what is kept of it (M1, T23)."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import permissions
from accounts.models import Membership, Organization, User
from referrals.models import Service
from tests.accounts.conftest import PASSWORD, MakeStaff, code_now, is_in, set_up_app
from tests.accounts.municipal import back, come, set_out
from tests.identity import OpenID, Saml, privileges

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("municipal_logins")]


@pytest.fixture(params=["oidc", "saml"])
def provider(request: pytest.FixtureRequest, openid: OpenID, saml: Saml) -> OpenID | Saml:
    return openid if request.param == "oidc" else saml


def say_roles(provider: OpenID | Saml, *roles: str) -> None:
    if isinstance(provider, OpenID):
        provider.claims["groups"] = list(roles)
    else:
        provider.claims["rights"] = [privileges(*(("11111111", f"urn:dk:samrum:{role}") for role in roles))]


def roles_of(organization: Organization) -> set[tuple[str, str]]:
    return set(organization.memberships.values_list("user__username", "role"))


# Who comes in ---------------------------------------------------------------------------------------------------


def test_a_counsellor_comes_in_with_the_role_that_the_municipality_gives(
    client: Client, provider: OpenID | Saml, organization: Organization
) -> None:
    answer = come(client, provider)
    assert (answer.status_code, answer["Location"]) == (302, reverse("chat:desk"))
    assert is_in(client)
    membership = organization.memberships.get()
    assert (membership.role, membership.is_trainee) == ("counsellor", False)
    assert client.get("/vagt/").status_code == 200


def test_they_are_led_back_to_where_they_were_and_to_no_other_site(client: Client, provider: OpenID | Saml) -> None:
    assert come(client, provider, next="/konto/profil/?a=1")["Location"] == "/konto/profil/?a=1"
    for foreign in (
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "http://testserver/vagt/",
        "javascript:1",
    ):
        client.logout()
        assert come(client, provider, next=foreign)["Location"] == reverse("chat:desk")


def test_of_the_answer_nothing_is_kept_but_the_login_and_a_digest(
    client: Client, provider: OpenID | Saml, organization: Organization
) -> None:
    provider.claims |= {"email": ["a@b.dk"], "name": ["Sofie Holm"], "sub": "sofie holm"}
    if isinstance(provider, Saml):
        del provider.claims["sub"]
        provider.subject = "sofie holm"
    else:
        provider.claims |= {"email": "a@b.dk", "email_verified": True, "name": "Sofie Holm"}
    come(client, provider)
    account, user = SocialAccount.objects.get(), User.objects.get()
    assert account.extra_data == {}
    assert (account.provider, account.uid[:4], len(account.uid)) == (
        "aarhus" if isinstance(provider, OpenID) else "kommunerne",
        "751:",
        68,
    )
    assert (user.email, user.has_usable_password(), user.is_young, user.is_staff, user.is_superuser) == (
        "",
        False,
        False,
        False,
        False,
    )
    assert user.username.startswith(f"{account.provider}-")
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    rows = repr(list(User.objects.values())) + repr([s.get_decoded() for s in Session.objects.all()])
    for word in ("sofie", "Holm", "a@b.dk", "afluttet"):
        assert word not in rows


def test_the_same_person_comes_back_to_the_same_account(client: Client, provider: OpenID | Saml) -> None:
    come(client, provider)
    first = User.objects.get()
    client.logout()
    come(Client(), provider)
    assert User.objects.get() == first


def test_nobody_is_joined_to_an_account_with_the_same_name_or_mail(
    client: Client, openid: OpenID, make_staff: MakeStaff
) -> None:
    sofie = make_staff("sofie", email="sofie@testby.dk")
    openid.claims |= {"preferred_username": "sofie", "email": "sofie@testby.dk", "email_verified": True}
    come(client, openid)
    assert client.session["_auth_user_id"] != str(sofie.pk)
    assert not SocialAccount.objects.filter(user=sofie).exists()


def test_whoever_is_logged_in_is_not_joined_either(client: Client, openid: OpenID, make_staff: MakeStaff) -> None:
    sofie = make_staff("sofie")
    client.force_login(sofie)
    come(client, openid, process="connect")
    assert client.session["_auth_user_id"] != str(sofie.pk)
    assert not SocialAccount.objects.filter(user=sofie).exists()


# Who does not ---------------------------------------------------------------------------------------------------


def test_nobody_comes_in_for_merely_being_known_there(
    client: Client, provider: OpenID | Saml, settings: Settings
) -> None:
    say_roles(provider, "kantine")
    answer = come(client, provider)
    assert answer.status_code == 403
    name = "aarhus" if isinstance(provider, OpenID) else "kommunerne"
    assert settings.MUNICIPAL_LOGINS[name].help in answer.content.decode()  # who can give the role
    assert not is_in(client)
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


def test_a_municipality_that_is_not_here_yet_leaves_no_trace(
    client: Client, provider: OpenID | Saml, organization: Organization
) -> None:
    Organization.objects.filter(pk=organization.pk).update(municipality_code="101")
    assert come(client, provider).status_code == 403
    Organization.objects.filter(pk=organization.pk).update(kind="association", municipality_code="")
    assert come(client, provider).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_active"])
def test_administrators_and_the_switched_off_stay_out(client: Client, provider: OpenID | Saml, field: str) -> None:
    come(client, provider)
    client.logout()
    User.objects.update(**{field: field != "is_active"})
    assert come(client, provider).status_code == 403
    assert not is_in(client)


def test_the_admin_stays_shut_for_whom_a_municipality_lets_in(client: Client, provider: OpenID | Saml) -> None:
    come(client, provider)
    User.objects.update(is_staff=True, is_superuser=True)
    for path in ("/drift/", "/drift/accounts/user/"):
        assert client.get(path).status_code == 302
        assert "/drift/logout/" not in client.get(path, follow=True).content.decode()
    assert not permissions.may_enter_admin(User.objects.get())


def test_t23_they_see_and_change_what_is_their_municipalitys_only(
    client: Client, openid: OpenID, organization: Organization
) -> None:
    say_roles(openid, "redaktion")
    come(client, openid)
    other = Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    own, foreign = (Service.objects.create(organization=of, name=f"Hos {of.slug}") for of in (organization, other))
    listed = client.get(reverse("referrals:manage")).content.decode()
    assert own.name in listed
    assert foreign.name not in listed
    for door in ("manage-edit", "manage-hours", "manage-history"):
        assert client.get(reverse(f"referrals:{door}", args=[own.pk])).status_code == 200
        assert client.get(reverse(f"referrals:{door}", args=[foreign.pk])).status_code == 404
        assert client.post(reverse(f"referrals:{door}", args=[foreign.pk]), {"name": "Nyt"}).status_code in {404, 405}


def test_t15_a_session_from_before_the_login_is_dead_after_it_and_the_clocks_run(
    client: Client, provider: OpenID | Saml
) -> None:
    set_out(client, "aarhus")
    planted = client.cookies["sessionid"].value
    come(client, provider)
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()
    assert {"began", "seen"} <= set(client.session.keys())
    assert client.session.get_expire_at_browser_close()


# Roles follow the assertion -------------------------------------------------------------------------------------


def test_roles_follow_the_municipality_at_every_login(
    client: Client, provider: OpenID | Saml, organization: Organization
) -> None:
    say_roles(provider, "raadgiver", "redaktion")
    come(client, provider)
    name = User.objects.get().username
    assert roles_of(organization) == {(name, "counsellor"), (name, "editor")}
    organization.memberships.filter(role="counsellor").update(is_trainee=True)
    say_roles(provider, "raadgiver")
    come(Client(), provider)
    assert roles_of(organization) == {(name, "counsellor")}
    assert organization.memberships.get().is_trainee


def test_a_lost_role_is_lost_in_every_open_session(
    client: Client, provider: OpenID | Saml, organization: Organization
) -> None:
    come(client, provider)
    assert client.get("/vagt/").status_code == 200
    say_roles(provider)
    elsewhere = Client()
    assert come(elsewhere, provider).status_code == 403
    assert not organization.memberships.exists()
    assert client.get("/vagt/").status_code == 302
    assert not is_in(elsewhere)


def test_memberships_elsewhere_are_not_touched(client: Client, provider: OpenID | Saml) -> None:
    come(client, provider)
    house = Organization.objects.create(name="Huset", slug="huset", kind="association")
    Membership.objects.create(user=User.objects.get(), organization=house, role="editor")
    come(Client(), provider)
    assert list(house.memberships.values_list("role", flat=True)) == ["editor"]


def test_t23_a_provider_speaks_for_its_own_municipality_only(client: Client, openid: OpenID, saml: Saml) -> None:
    """The other one's CVR, the other one's code, rights given for the other one: none of it opens a door there."""
    other = Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    openid.claims |= {"cvr": "22222222", "municipality": "461"}
    come(client, openid)
    assert not other.memberships.exists()
    saml.claims |= {"rights": [privileges(("22222222", "urn:dk:samrum:raadgiver"))]}
    assert come(Client(), saml).status_code == 403
    for cvr in (["33333333"], ["22222222", "11111111"], []):
        saml.claims["cvr"] = cvr
        assert come(Client(), saml).status_code == 403
    assert not other.memberships.exists()


def test_t23_no_municipality_can_name_the_staff_of_another_behind_a_shared_login(client: Client, saml: Saml) -> None:
    """The same subject from two municipalities: two people."""
    Organization.objects.create(name="Odense", slug="odense", kind="municipality", municipality_code="461")
    come(client, saml)
    first = User.objects.get()
    saml.claims |= {"cvr": ["22222222"], "rights": [privileges(("22222222", "urn:dk:samrum:raadgiver"))]}
    intruder = Client()
    come(intruder, saml)
    assert intruder.session["_auth_user_id"] != str(first.pk)
    assert list(first.memberships.values_list("organization__slug", flat=True)) == ["testby"]


def test_t23_the_same_subject_at_two_logins_is_two_people(client: Client, openid: OpenID, saml: Saml) -> None:
    openid.claims["sub"] = saml.subject = "den-samme"
    come(client, openid)
    come(Client(), saml)
    assert User.objects.count() == 2


# The second factor ----------------------------------------------------------------------------------------------


def test_a_login_that_says_how_sure_it_is_needs_no_second_factor_of_ours(
    client: Client, saml: Saml, no_demo: None
) -> None:
    come(client, saml)
    user = User.objects.get()
    assert client.get("/vagt/").status_code == 200
    assert permissions.may_enter_staff_pages(user)
    user.set_password(PASSWORD)
    user.save()
    assert permissions.needs_second_factor(user)


def test_another_login_leads_to_the_second_factor_first(
    client: Client, openid: OpenID, no_demo: None, settings: Settings
) -> None:
    settings.DEMO = True  # the provider on this machine has no TLS
    come(client, openid)
    settings.DEMO = False
    assert client.get("/vagt/")["Location"] == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert not permissions.may_enter_staff_pages(User.objects.get())


def test_who_has_set_up_codes_is_asked_for_one(client: Client, provider: OpenID | Saml) -> None:
    come(client, provider)
    user = User.objects.get()
    secret = set_up_app(user)
    phone = Client()
    assert come(phone, provider, next="/konto/profil/")["Location"] == reverse("mfa_authenticate")
    assert not is_in(phone)
    assert "afluttet" not in repr([session.get_decoded() for session in Session.objects.all()])
    assert phone.post("/konto/kode/login/", {"code": "000000"}).status_code == 200
    assert phone.post("/konto/kode/login/", {"code": code_now(secret)})["Location"] == "/konto/profil/"
    assert is_in(phone)
    assert Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("loa", [["Low"], [], ["Substantial", "Low"]])
def test_who_is_not_sure_enough_stays_out(client: Client, saml: Saml, loa: list[str]) -> None:
    saml.claims["loa"] = loa
    answer = come(client, saml)
    assert answer.status_code == 403
    assert "FK Administrationsmodul" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/konto/adgangskode/", "/konto/igen/"])
def test_there_is_no_password_to_change_or_to_ask_for(client: Client, provider: OpenID | Saml, path: str) -> None:
    come(client, provider)
    assert client.get(path).status_code == 403
    stranger = Client()
    for password in ("", "!", User.objects.get().password):
        stranger.post("/konto/login/", {"login": User.objects.get().username, "password": password})
        assert not is_in(stranger)


# The pages ------------------------------------------------------------------------------------------------------


def test_without_a_file_nothing_of_it_is_there(client: Client, settings: Settings) -> None:
    settings.MUNICIPAL_LOGINS = {}
    assert "/konto/kommune/" not in client.get("/konto/login/").content.decode()
    for path in ("", "aarhus/svar/", "kommunerne/acs/", "kommunerne/acs/videre/", "kommunerne/metadata/"):
        assert client.get(f"/konto/kommune/{path}").status_code in {404, 405}
        assert client.post(f"/konto/kommune/{path}").status_code in {404, 405}


def test_the_choice_is_remembered_for_these_pages_only_and_stands_first(client: Client) -> None:
    shown = client.get("/konto/kommune/?next=/vagt/").content.decode()
    assert shown.index('value="aarhus"') < shown.index('value="kommunerne"')
    set_out(client, "kommunerne")
    cookie = client.cookies["valg"]
    assert (cookie.value, cookie["path"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (
        "kommunerne",
        "/konto/kommune/",
        365 * 24 * 3600,
        True,
        "Lax",
    )
    shown = client.get("/konto/kommune/?next=/vagt/").content.decode()
    assert shown.index('value="kommunerne"') < shown.index('value="aarhus"')
    assert 'name="next" value="/vagt/"' in shown


def test_with_one_login_the_choice_is_skipped(client: Client, settings: Settings) -> None:
    settings.MUNICIPAL_LOGINS = {"aarhus": settings.MUNICIPAL_LOGINS["aarhus"]}
    shown = client.get("/konto/login/?next=/vagt/tavler/").content.decode()
    assert 'name="login" value="aarhus"' in shown
    assert 'name="next" value="/vagt/tavler/"' in shown
    set_out(client, "aarhus")
    assert "valg" not in client.cookies


def test_the_way_there_opens_no_form_to_another_site(client: Client) -> None:
    for answer in (client.get("/konto/login/"), client.post("/konto/kommune/", {"login": "aarhus"})):
        assert "form-action 'self';" in answer["Content-Security-Policy"] + ";"
    assert Client(enforce_csrf_checks=True).post("/konto/kommune/", {"login": "aarhus"}).status_code == 403


def test_who_stops_on_the_way_is_told_so(client: Client, openid: OpenID) -> None:
    state = back(set_out(client, "aarhus")).split("state=")[1]
    answer = client.get(f"/konto/kommune/aarhus/svar/?error=access_denied&state={state}")
    assert answer.status_code == 400
    assert not is_in(client)


def test_a_provider_that_is_away_leaves_the_local_login_open(
    client: Client, openid: OpenID, make_staff: MakeStaff
) -> None:
    openid.is_away = True
    answer = client.post("/konto/kommune/", {"login": "aarhus", "next": "/vagt/tavler/"})
    assert answer.status_code == 503
    assert 'href="/konto/login/?next=%2Fvagt%2Ftavler%2F"' in answer.content.decode()
    make_staff("sofie")
    assert client.post("/konto/login/", {"login": "sofie", "password": PASSWORD}).status_code == 302


def test_a_provider_that_goes_away_on_the_way_back_is_told_of_calmly(client: Client, openid: OpenID) -> None:
    path = back(set_out(client, "aarhus"))
    openid.is_away = True
    assert client.get(path).status_code == 503


def test_the_provider_is_never_waited_for_longer_than_five_seconds(settings: Settings) -> None:
    assert settings.SOCIALACCOUNT_REQUESTS_TIMEOUT <= 5
