"""The staff's door, under `konto/`.

allauth's views are listed by hand: its own lists would add sign-up, e-mail and reset pages, which answer even when
their settings are off.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_required
from django.urls import include, path

from accounts import views

own = [path("profil/", views.profile, name="profile")]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("igen/", account.reauthenticate, name="account_reauthenticate"),
    path("adgangskode/", login_required(account.password_change), name="account_change_password"),
    path("kode/", mfa.index, name="mfa_index"),
    path("kode/login/", mfa.authenticate, name="mfa_authenticate"),
    path("kode/igen/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("kode/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("kode/app/fjern/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("kode/noedkoder/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("kode/noedkoder/nye/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
