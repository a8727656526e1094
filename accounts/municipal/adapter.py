"""What we tell django-allauth's social accounts to do otherwise."""

from http import HTTPStatus
from typing import Any, NoReturn

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest

from accounts.models import User
from accounts.municipal.claims import TurnedAway
from accounts.services import municipal


class SocialAdapter(DefaultSocialAccountAdapter):
    """Whoever comes is let in, or turned away, by `services.municipal.take_in`: nobody signs up."""

    def new_user(self, request: HttpRequest, sociallogin: SocialLogin) -> User:
        return User()  # never stored: take_in makes accounts

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Raises TurnedAway."""
        sociallogin.state["process"] = AuthProcess.LOGIN  # what the form says about connecting accounts is not asked
        sociallogin.token = None  # would lie in the session while the second factor is asked for
        sociallogin.account = municipal.take_in(entry=sociallogin.entry)
        sociallogin.user = sociallogin.account.user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        """allauth's own pages are never shown: accounts/views/municipal.py has one for all that can go wrong."""
        raise TurnedAway("cancelled" if error == AuthError.CANCELLED else "failed") from exception

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those of the file. Rows of a database count for nothing."""
        found: dict[str, list[SocialApp]] = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def get_requests_session(self) -> requests.Session:
        """As allauth's; it follows nobody elsewhere with our secret in hand, and knows who is out of order."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        session.hooks["response"].append(_is_in_order)
        return session


def _is_in_order(answer: requests.Response, **_more: Any) -> None:
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        answer.raise_for_status()
