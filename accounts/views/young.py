"""A young person's own profile: what it is, the way back to it, and the way out of it."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.adapters import keep_no_times
from accounts.doors import young_only
from accounts.forms import LeaveForm, OwnPasswordForm, RecoverForm
from accounts.models import User
from accounts.services import young


@require_safe
@young_only
def me(request: HttpRequest) -> HttpResponse:
    return _me(request, OwnPasswordForm(user=cast(User, request.user)))


def _me(request: HttpRequest, form: OwnPasswordForm) -> HttpResponse:
    context = {"form": form, "recovery": getattr(request.user, "recovery", None)}
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("password")
@require_POST
@young_only
def new_phrase(request: HttpRequest) -> HttpResponse:
    """The phrase stands in the answer itself: nothing keeps it for a later page."""
    user = cast(User, request.user)
    form = OwnPasswordForm(request.POST, user=user)
    if not form.is_valid():
        return _me(request, form)
    return _show_phrase(request, young.renew_phrase(user=user, now=timezone.now()))


def _show_phrase(request: HttpRequest, phrase: str, **more: Any) -> HttpResponse:
    return render(request, "accounts/phrase.html", {"words": phrase.split("-"), **more})


@sensitive_post_parameters("phrase", "password")
@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong phrase, a name nobody has and a name of staff (T22)."""
    form = RecoverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        recovered = _recover(request, form)
        if recovered is not None:
            _log_in(request, recovered.user)
            return _show_phrase(request, recovered.phrase, is_back=True)
    return render(request, "accounts/recover.html", {"form": form}, status=422 if form.errors else 200)


def _recover(request: HttpRequest, form: RecoverForm) -> young.Recovered | None:
    """Try it; why it did not work becomes an error of the form."""
    if not get_adapter(request).may_recover(request, form.cleaned_data["username"]):
        form.add_error(None, get_adapter(request).validation_error("too_many_login_attempts"))
        return None
    recovered = young.recover(**form.cleaned_data, now=timezone.now())
    if recovered is None:
        form.add_error(None, _("The name and the six words do not fit together. Look at them once more."))
    return recovered


def _log_in(request: HttpRequest, user: User) -> None:
    get_adapter(request).login(request, user)
    keep_no_times(request)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@young_only
def leave(request: HttpRequest) -> HttpResponse:
    """Say what happens, then do it."""
    user = cast(User, request.user)
    form = LeaveForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with_texts = form.cleaned_data["texts"] == "go"
        young.leave(user=user, with_texts=with_texts, now=timezone.now())
        logout(request)
        return render(request, "accounts/left.html", {"with_texts": with_texts})
    return render(request, "accounts/leave.html", {"form": form}, status=422 if form.errors else 200)
