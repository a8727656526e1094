"""People of an organisation, their codes, and a site that is no demo."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client
from pytest_django import Settings

from accounts.models import Membership, Organization, Profile, User

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
