"""Staff set up a second factor before they see anything else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from accounts import permissions

# What someone may see on the way there. Everything else waits, so that a new staff page is guarded from its first day.
ON_THE_WAY = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "municipal",
        "municipal-back",
        "municipal-acs",
        "municipal-finish",
        "municipal-metadata",
        # Exit, help and the looks of a page are for everybody, always.
        "exit",
        "left",
        "come-back",
        "stylesheet",
        "theme",
        "set_language",
        "healthz",
        "readyz",
        "referrals:help",
    }
)


class SecondFactorMiddleware:
    """Leads whoever is logged in without a second factor to the page that sets it up. Not in the demo."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        # The young have no such cookie, and for them the session is not even looked at.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        match = request.resolver_match
        if match and match.view_name in ON_THE_WAY:
            return None
        if not permissions.needs_second_factor(request.user):
            return None
        if permissions.is_shut_out(request.user):
            logout(request)  # no second factor of our own keeps open what was closed
            return redirect("account_login")
        return redirect("mfa_activate_totp")
