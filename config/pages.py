"""The site's own pages: front page, exit, theme, and the pages that say in plain words how Samrum works."""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from config.middleware import EXIT_MARKER

THEME_COOKIE = "tema"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600
SHEETS = ("tokens", "base", "layout", "parts")


# What every page needs --------------------------------------------------------------------------------------------


@cache
def stylesheet_text() -> str:
    """The sheets that every page needs, as one: four requests less before a phone on a train sees anything."""
    texts = []
    for name in SHEETS:
        path = finders.find(f"css/{name}.css")
        if not isinstance(path, str):
            raise FileNotFoundError(f"static/css/{name}.css")
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    return "\n".join(texts)


@cache
def stylesheet_url() -> str:
    digest = hashlib.sha256(stylesheet_text().encode()).hexdigest()[:12]
    return reverse("stylesheet", args=[digest])


def look(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what base.html needs on every page."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "look": {
            "theme": theme if theme in THEMES else "",
            "stylesheet": stylesheet_url(),
            "exit_url": settings.EXIT_URL,
            "exit_marker": EXIT_MARKER,
        }
    }


@require_safe
def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    if stylesheet_url() != request.path:
        raise Http404
    response = HttpResponse(stylesheet_text(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@csrf_exempt  # it changes colours only; a token would give every reader a cookie
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie that says nothing else; an empty choice forgets it."""
    response = HttpResponseRedirect(_own_path(request.POST.get("next", "")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, secure=settings.SECURE_COOKIES, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def _own_path(path: str) -> str:
    """`path` if it leads to a page of ours, else the front page."""
    if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return reverse("front")


# Exit -------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """First step of "Væk herfra": everything this browser holds of us is thrown away."""
    response = redirect("left")
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Second step: a mark without identity, so that Back shows nothing, and on to a page nobody wonders about.

    A step of its own, because Clear-Site-Data would throw the mark away as well.
    """
    response = HttpResponseRedirect(settings.EXIT_URL)
    response.set_cookie(EXIT_MARKER, "1", max_age=1800, secure=settings.SECURE_COOKIES, samesite="Lax")
    return response


@csrf_exempt  # it takes a mark away; whoever is shown the closed page must get past it without another cookie
@require_POST
def come_back(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_own_path(request.POST.get("next", "")))
    response.delete_cookie(EXIT_MARKER, samesite="Lax")
    return response


# Pages ------------------------------------------------------------------------------------------------------------


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "config/front.html", {"now": timezone.now()})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "config/privacy.html", {"hours": settings.RETENTION_HOURS})


@require_safe
def duty(request: HttpRequest) -> HttpResponse:
    return render(request, "config/duty.html")


@require_safe
def who_sees_me(request: HttpRequest) -> HttpResponse:
    return render(request, "config/who_sees_me.html", {"hours": settings.RETENTION_HOURS})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "config/accessibility.html", {"statement": settings.WAS_URL})


@require_safe
def was(request: HttpRequest) -> HttpResponse:
    """The short address that the law asks for: to the state's register if we stand there, else to our own page."""
    return redirect(settings.WAS_URL or "accessibility")
