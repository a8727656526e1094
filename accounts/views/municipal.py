"""In by the municipality's identity provider: choosing one, the way there, and the way back."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.municipal import saml
from accounts.municipal.claims import Entry, TurnedAway, entry_of
from accounts.municipal.logins import OIDC, SAML, Login
from accounts.municipal.openid import OpenIDAdapter
from accounts.redirects import SeeOther

logger = logging.getLogger(__name__)

CHOSEN = "valg"  # the cookie of the last choice: sent to these pages only
KEPT_IN = "svar"  # the cookie between the two steps of a SAML answer
YEAR = 365 * 24 * 3600
ON_THE_WAY_SECONDS = 300
STATUS = {"failed": 400, "cancelled": 400, "away": 503}  # 403 for all that is a refusal


def calmly(kind: str) -> Callable[..., Any]:
    """Give the view its login instead of the name in the address, and turn a refusal into the page that explains it."""

    def decorator(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @ratelimit.decorator(app="allauth.account", action="municipal", limit_get=True)
        @wraps(view)
        def door(request: HttpRequest, login_id: str) -> HttpResponseBase:
            login = settings.MUNICIPAL_LOGINS.get(login_id)
            if login is None or login.kind != kind:
                raise Http404
            return _calmly(request, login, view)

        return door

    return decorator


def _calmly(request: HttpRequest, login: Login, view: Callable[..., HttpResponseBase]) -> HttpResponseBase:
    try:
        return view(request, login)
    except TurnedAway as turned:
        logger.warning("Municipal login %s: nobody let in, %s", login.id, turned.why or turned.code)
        context = {"code": turned.code, "login": login, "several": len(settings.MUNICIPAL_LOGINS) > 1}
        context["next"] = _own_path(request)
        return render(request, "accounts/municipal_away.html", context, status=STATUS.get(turned.code, 403))


# The way there --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponseBase:
    """Which one; the last one chosen stands first."""
    logins: dict[str, Login] = settings.MUNICIPAL_LOGINS
    if not logins:
        raise Http404
    if request.method == "POST":
        return _set_out(request)
    last = request.COOKIES.get(CHOSEN)
    offered = sorted(logins.values(), key=lambda login: login.id != last)
    context = {"offered": offered, "last": last, "next": _own_path(request)}
    return render(request, "accounts/municipal.html", context)


@ratelimit.decorator(app="allauth.account", action="municipal")
def _set_out(request: HttpRequest) -> HttpResponseBase:
    login = settings.MUNICIPAL_LOGINS.get(request.POST.get("login", ""))
    if login is None:
        raise Http404
    answer = _calmly(request, login, _lead_there)
    if len(settings.MUNICIPAL_LOGINS) > 1:
        answer.set_cookie(
            CHOSEN,
            login.id,
            max_age=YEAR,
            path=reverse("municipal"),
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _lead_there(request: HttpRequest, login: Login) -> HttpResponse:
    """A page that leads on by itself, not a redirect: our content policy lets no form lead to another site, and the
    provider may well redirect to a third one."""
    provider = get_adapter().get_provider(request, login.id)
    then = {"process": AuthProcess.LOGIN, "next_url": _own_path(request)}
    if login.kind == OIDC:
        address = provider.redirect(request, **then).url
    else:
        address, request_id = saml.ask(request, login)
        provider.stash_redirect_state(request, state_id=request_id, **then)
    answer = render(request, "accounts/municipal_onward.html", {"login": login, "address": address})
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


def _own_path(request: HttpRequest) -> str | None:
    """Where they were: a page of ours, or nothing."""
    found: str | None = get_next_redirect_url(request)
    return found if found and found.startswith("/") else None


# The way back ---------------------------------------------------------------------------------------------------


@require_safe
@calmly(OIDC)
def back(request: HttpRequest, login: Login) -> HttpResponseBase:
    view = OAuth2CallbackView.adapter_view(OpenIDAdapter(request, login.id))
    answer: HttpResponseBase = view(request)
    return answer


@csrf_exempt  # the provider's page sends this form; whether this browser asked for it is seen in `finish`
@require_POST
@calmly(SAML)
def acs(request: HttpRequest, login: Login) -> HttpResponseBase:
    """The assertion consumer service. A form from another site comes without our cookies: what it says is checked and
    kept for a moment, and the page after it has the cookies again."""
    answer = saml.read(request, login, request.POST.get("SAMLResponse", ""))
    entry = entry_of(login, subject=answer.subject, claims=answer.claims)
    onward = SeeOther(reverse("municipal-finish", args=[login.id]))
    kept = _kept(request)
    kept.store.update(
        {"login": login.id, "request": answer.request_id, "municipality": entry.municipality}
        | {"subject": entry.subject, "roles": sorted(entry.roles)}
    )
    kept.store.set_expiry(ON_THE_WAY_SECONDS)
    kept.save(onward)
    onward.cookies[KEPT_IN]["httponly"] = True
    return onward


@require_safe
@calmly(SAML)
def finish(request: HttpRequest, login: Login) -> HttpResponseBase:
    """Let in who answered what this very browser asked, once."""
    kept = _kept(request)
    said = dict(kept.store.items())
    kept.delete()
    if said.get("login") != login.id:
        raise TurnedAway("failed")
    state = statekit.unstash_state(request, provider_id=login.id, state_id=said["request"])
    if state is None:
        raise TurnedAway("failed")
    roles = frozenset(said["roles"])
    entry = Entry(login=login.id, municipality=said["municipality"], subject=said["subject"], roles=roles)
    social = get_adapter().get_provider(request, login.id).sociallogin_from_response(request, entry)
    social.state = state
    answer: HttpResponseBase = complete_social_login(request, social)
    return answer


def _kept(request: HttpRequest) -> LoginSession:
    return LoginSession(request, "municipal_answer", KEPT_IN)


@require_safe
@calmly(SAML)
def metadata(request: HttpRequest, login: Login) -> HttpResponseBase:
    return HttpResponse(saml.metadata(request, login), content_type="application/samlmetadata+xml")
