"""The operator's door: what stands behind it, and who gets in."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organization, Profile, User
from tests.accounts.conftest import PASSWORD, MakeStaff, code_now, log_in, set_up_app

pytestmark = pytest.mark.django_db


def operator(make_staff: MakeStaff) -> User:
    return make_staff("drift", role="", is_staff=True, is_superuser=True)


def test_of_accounts_the_operator_sees_four_things_and_of_libraries_none() -> None:
    shown = set(admin.site._registry)
    assert {model for model in shown if model._meta.app_label == "accounts"} == {
        User,
        Organization,
        Membership,
        Profile,
    }
    assert {model._meta.app_label for model in shown} <= {"accounts", "blog", "forum", "moderation", "referrals"}


def test_the_admin_has_no_login_of_its_own(client: Client, make_staff: MakeStaff) -> None:
    operator(make_staff)
    for page in ("/drift/", "/drift/login/", "/drift/accounts/user/"):
        answer = client.get(page)
        assert answer.status_code == 302
        last = client.get(page, follow=True).redirect_chain[-1][0]
        assert last.startswith(reverse("account_login"))
    answer = client.post("/drift/login/", {"username": "drift", "password": PASSWORD})
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_operator_gets_in_with_password_and_code_only(client: Client, make_staff: MakeStaff, no_demo: None) -> None:
    secret = set_up_app(operator(make_staff))
    log_in(client, "drift")
    assert client.get("/drift/").status_code == 302
    client.post("/konto/kode/login/", {"code": code_now(secret)})
    assert client.get("/drift/").status_code == 200


def test_an_operator_without_a_second_factor_sees_nothing(client: Client, make_staff: MakeStaff, no_demo: None) -> None:
    client.force_login(operator(make_staff))
    assert client.get("/drift/")["Location"] == reverse("mfa_activate_totp")


def test_a_counsellor_is_no_operator(client: Client, make_staff: MakeStaff) -> None:
    client.force_login(make_staff())
    assert client.get("/drift/", follow=True).status_code == 403
    assert client.get("/drift/accounts/user/", follow=True).status_code == 403


@pytest.mark.parametrize("model", ["user", "organization", "membership", "profile"])
def test_every_page_of_the_operator_opens(model: str, client: Client, make_staff: MakeStaff) -> None:
    client.force_login(operator(make_staff))
    make_staff()
    first = {"user": User, "organization": Organization, "membership": Membership, "profile": Profile}[model].objects
    assert client.get(f"/drift/accounts/{model}/").status_code == 200
    assert client.get(f"/drift/accounts/{model}/add/").status_code == 200
    page = client.get(f"/drift/accounts/{model}/{first.latest('pk').pk}/change/")
    assert page.status_code == 200
    assert "picture" not in page.content.decode()


def test_the_operator_makes_an_account_and_gives_it_a_role(client: Client, make_staff: MakeStaff) -> None:
    client.force_login(operator(make_staff))
    form = {"username": "ny", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    form |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    assert client.post("/drift/accounts/user/add/", form).status_code == 302
    assert User.objects.get(username="ny").check_password(PASSWORD)


@pytest.mark.parametrize("action,apps_left", [("take_away_second_factor", 0), ("end_sessions", 1)])
def test_the_operator_logs_someone_out_everywhere(
    action: str, apps_left: int, client: Client, make_staff: MakeStaff
) -> None:
    from allauth.mfa.models import Authenticator

    client.force_login(operator(make_staff))
    someone, elsewhere = make_staff(), Client()
    set_up_app(someone)
    elsewhere.force_login(someone)
    assert elsewhere.get("/konto/profil/").status_code == 200
    form = {"action": action, "_selected_action": [someone.pk]}
    assert client.post("/drift/accounts/user/", form).status_code == 302
    assert elsewhere.get("/konto/profil/").status_code == 302
    assert Authenticator.objects.count() == apps_left
    assert client.get("/drift/").status_code == 200
