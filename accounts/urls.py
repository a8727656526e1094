"""The staff's door, under `konto/`.

allauth's views are listed by hand: its own lists would add sign-up, e-mail and reset pages, which answer even when
their settings are off.
"""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, include, path
from django.views.decorators.cache import never_cache

from accounts import views

own = [path("profil/", views.profile, name="profile")]


def door(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """A page that the Back button of the next one at this screen must not show again."""
    return path(route, never_cache(view), name=name)


urlpatterns = [
    path("", include((own, "accounts"))),
    door("login/", account.login, "account_login"),
    door("logout/", account.logout, "account_logout"),
    door("igen/", account.reauthenticate, "account_reauthenticate"),
    door("adgangskode/", login_required(account.password_change), "account_change_password"),
    door("kode/", mfa.index, "mfa_index"),
    door("kode/login/", mfa.authenticate, "mfa_authenticate"),
    door("kode/igen/", mfa.reauthenticate, "mfa_reauthenticate"),
    door("kode/app/", totp.activate_totp, "mfa_activate_totp"),
    door("kode/app/fjern/", totp.deactivate_totp, "mfa_deactivate_totp"),
    door("kode/noedkoder/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    door("kode/noedkoder/nye/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
]
