"""The door, under `konto/`: for staff, and for the young who want a profile.

allauth's views are listed by hand: its own lists would add e-mail and reset pages, which answer even when their
settings are off.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_required
from django.urls import include, path

from accounts.doors import not_for_the_young, not_without_password, while_limits_hold
from accounts.views import card, colleagues, municipal, young

own = [
    path("profil/", card.profile, name="profile"),
    path("kolleger/", colleagues.colleagues, name="colleagues"),
]

# Tries are counted here, so these close while nothing can be counted.
counted = [
    path("login/", account.login, name="account_login"),
    path("ny/", account.signup, name="account_signup"),
    path("glemt/", young.recover, name="recover"),
    path("igen/", not_for_the_young(account.reauthenticate), name="account_reauthenticate"),
    path("adgangskode/", login_required(not_without_password(account.password_change)), name="account_change_password"),
    path("mig/ord/", young.new_phrase, name="new-phrase"),
    path("mig/slet/", young.leave, name="leave-profile"),
    path("kommune/", municipal.choose, name="municipal"),
    path("kommune/<slug:login_id>/svar/", municipal.back, name="municipal-back"),
    path("kommune/<slug:login_id>/acs/", municipal.acs, name="municipal-acs"),
    path("kommune/<slug:login_id>/acs/videre/", municipal.finish, name="municipal-finish"),
    path("kode/login/", mfa.authenticate, name="mfa_authenticate"),
    path("kode/igen/", not_for_the_young(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("kode/app/", not_for_the_young(totp.activate_totp), name="mfa_activate_totp"),
]
for door in counted:
    door.callback = while_limits_hold(door.callback)

urlpatterns = [
    path("", include((own, "accounts"))),
    *counted,
    path("kommune/<slug:login_id>/metadata/", municipal.metadata, name="municipal-metadata"),
    path("mig/", young.me, name="me"),
    path("logout/", account.logout, name="account_logout"),
    path("kode/", not_for_the_young(mfa.index), name="mfa_index"),
    path("kode/app/fjern/", not_for_the_young(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("kode/noedkoder/", not_for_the_young(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "kode/noedkoder/nye/",
        not_for_the_young(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
