"""What we tell django-allauth to do otherwise."""

import unicodedata
from base64 import urlsafe_b64encode
from hashlib import sha256
from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts.addresses import address_of_request, network_key

_WRONG_CODE = _("That code did not work. Wait for the next one in the app, and type it at once.")


class StaffAccountAdapter(DefaultAccountAdapter):
    """Login with a user name and a password, for accounts that an operator made."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name and the password do not fit together. Try again."),
        "incorrect_password": _("That is not your password. Try again."),
        "enter_current_password": _("That is not your password of today. Try again."),
        "too_many_login_attempts": _("That was wrong too often. Wait 15 minutes, then try again."),
        "rate_limited": _("That was too fast. Wait a minute, then try again."),
        "incorrect_code": _WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """A pseudo address, for allauth writes it into cache keys: the digest stands in the upper half, which
        is all that allauth looks at in an IPv6 address."""
        digest = network_key(address_of_request(request), purpose="login")
        return ":".join([f"fd{digest[:2]}", digest[2:6], digest[6:10], digest[10:14]]) + "::"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Two limits a name: a strict one for tries from one network, and a wide one for all the world's tries.

        So nobody guesses on, and nobody locks a counsellor out from somewhere else just before a session.
        """
        super().pre_authenticate(request, **credentials)
        everywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=_one_name(credentials)
        )
        if not everywhere:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += everywhere.usage  # given back when the login succeeds

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the Host header in here, which the one who guesses can vary.
        return f"{_one_name(credentials)} {self.get_client_ip(request)}"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        # Someone switched off is answered as someone unknown.
        return user if user and user.is_active else None

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code from your app"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words[method["id"]]} for method in methods]


def _one_name(credentials: dict[str, Any]) -> str:
    """One value for all spellings that a database may take for the same user name."""
    name = unicodedata.normalize("NFKC", credentials.get("username") or "")
    return sha256(name.upper().casefold().encode()).hexdigest()


class StaffMFAAdapter(DefaultMFAAdapter):
    """Second factors; what can make codes is stored encrypted, its key outside the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _WRONG_CODE,
        "cannot_generate_recovery_codes": _("Set up your app first."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when it was encrypted with another key."""
        return _box().decrypt(encrypted_text).decode()

    def get_totp_issuer(self) -> str:
        return "Samrum"

    def build_totp_svg(self, url: str) -> str:
        """With a white ground: phones read no dark code on a dark page."""
        picture = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(settings.SECOND_FACTOR_KEY.encode()).digest()))
