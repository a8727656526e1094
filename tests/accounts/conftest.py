"""People of an organisation, their codes, and a site that is no demo."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client
from pytest_django import Settings

from accounts.models import Membership, Organization, Profile, User
from accounts.municipal import logins
from tests.identity import OpenID, Saml, running, write_file

PASSWORD = "syv-grønne-elefanter-i-sne"

MakeStaff = Callable[..., User]


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(name="Testby Kommune", slug="testby", kind="municipality")


@pytest.fixture
def make_staff(organization: Organization) -> MakeStaff:
    """An account with a card and one role, or with none (`role=""`)."""

    def make(username: str = "sofie", *, role: str = "counsellor", **fields: object) -> User:
        user = User.objects.create_user(username, password=PASSWORD, **fields)
        if role:
            Membership.objects.create(user=user, organization=organization, role=role)
        Profile.objects.create(user=user, working_name=username.title(), role_title="Rådgiver", about="Jeg lytter.")
        return user

    return make


@pytest.fixture
def no_demo(settings: Settings, tmp_path: Path) -> None:
    """The rules of production, where staff need a second factor."""
    settings.DEMO = False


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenID, Saml, Path]]:
    with running(OpenID) as openid, running(Saml) as saml:
        yield openid, saml, write_file(tmp_path_factory.mktemp("logins"), openid=openid.url, saml=saml.url)


@pytest.fixture
def municipal_logins(
    providers: tuple[OpenID, Saml, Path], settings: Settings, organization: Organization
) -> tuple[OpenID, Saml]:
    """Both kinds of municipal login, and an organisation that they speak for. Read as config/settings.py does it."""
    openid, saml, path = providers
    for provider in (openid, saml):
        provider.well()
    settings.MUNICIPAL_LOGINS = logins.read(path, plain_http=True)
    settings.SOCIALACCOUNT_PROVIDERS = logins.for_allauth(settings.MUNICIPAL_LOGINS.values())
    Organization.objects.filter(pk=organization.pk).update(municipality_code="751")
    organization.refresh_from_db()
    return openid, saml


@pytest.fixture
def openid(municipal_logins: tuple[OpenID, Saml]) -> OpenID:
    return municipal_logins[0]


@pytest.fixture
def saml(municipal_logins: tuple[OpenID, Saml]) -> Saml:
    return municipal_logins[1]


def set_up_app(user: User) -> str:
    """Give someone an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def secret_of(user: User) -> str:
    return str(decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"]))


def code_now(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or `steps` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client: Client, username: str, password: str = PASSWORD, **headers: str) -> int:
    """Send the login form; the status of the answer."""
    answer = client.post("/konto/login/", {"login": username, "password": password}, **headers)  # type: ignore[arg-type]
    return answer.status_code


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
