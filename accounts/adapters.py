"""What we tell django-allauth to do otherwise."""

import unicodedata
from base64 import urlsafe_b64encode
from hashlib import sha256
from io import BytesIO
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts import permissions
from accounts.addresses import address_of_request, network_key
from accounts.models import User
from accounts.services import young

_WRONG_CODE = _("That code did not work. Wait for the next one in the app, and type it at once.")


class AccountAdapter(DefaultAccountAdapter):
    """Login with a user name and a password: for staff, whom an operator made, and for the young, who made themselves.

    Neither has a mail field anywhere.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name and the password do not fit together. Try again."),
        "incorrect_password": _("That is not your password. Try again."),
        "enter_current_password": _("That is not your password of today. Try again."),
        "username_taken": _("Somebody has that user name already. Choose another one."),
        "too_many_login_attempts": _("That was wrong too often. Wait 15 minutes, then try again."),
        "rate_limited": _("That was too fast. Wait a minute, then try again."),
        "incorrect_code": _WRONG_CODE,
    }

    def new_user(self, request: HttpRequest) -> User:
        """Only the young sign up by themselves."""
        return young.new_profile(now=timezone.now())

    def clean_password(self, password: str, user: User | None = None) -> str:
        """Staff, who can see what others wrote, need a longer password than a profile."""
        is_young = user is not None and (user.is_young or user.pk is None)  # whoever signs up is no row yet
        rules = get_password_validators(settings.YOUNG_PASSWORD_VALIDATORS) if is_young else None
        validate_password(password, user, password_validators=rules)
        return password

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if permissions.is_young(request.user):
            return reverse("forum:profile")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        if permissions.is_young(request.user):
            return reverse("me")
        url: str = super().get_password_change_redirect_url(request)
        return url

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """A new profile is shown its recovery phrase at once: nothing keeps it for a later page.

        However somebody came in, the login ends with the browser.
        """
        request.session.set_expiry(0)
        answer = super().post_login(request, user, **more)
        if not user.is_young:
            return answer
        keep_no_times(request)
        phrase = getattr(user, "phrase", None)
        if phrase is None:
            return answer
        onward = more["redirect_url"]  # where they were, if the way here said so; allauth lets no other site in
        return render(request, "accounts/phrase.html", {"words": phrase.split("-"), "is_new": True, "onward": onward})

    def may_recover(self, request: HttpRequest, username: str) -> bool:
        """Count a try to come back under this name, known or not: few from one network, more from all the world."""
        credentials = {"username": young.name_as_kept(username)}
        keys = {
            "recover": self._get_login_attempts_cache_key(request, **credentials),
            "recover_anywhere": _one_name(credentials),
        }
        return all(
            ratelimit.consume(request, app="allauth.account", action=action, key=key) for action, key in keys.items()
        )

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


def keep_no_times(request: HttpRequest) -> None:
    """The login of a young person ends with the browser, and its session does not tell when it began."""
    clear_authentication_records(request)
    request.session.pop("account_verified_email", None)  # allauth leaves it, empty
    request.session.set_expiry(0)


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
