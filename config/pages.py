"""The site's own pages: front page, exit, theme, and the pages that say in plain words how Samrum works."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.static import serve

from accounts.models import Organization, Profile
from accounts.moments import clock, time_in_words
from accounts.redirects import SeeOther
from blog.models import Entry
from chat.models import Session
from chat.services.members import is_letting_in
from forum.models import Topic

EXIT_MARK = "ude"
EXIT_MINUTES = 30
SHOWN = 8  # sessions on the front page
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
        texts.append(Path(path).read_text(encoding="utf-8"))
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
            "exit_mark": EXIT_MARK,
        }
    }


@require_safe
def stylesheet(request: HttpRequest, digest: str = "") -> HttpResponse:
    """The site's look under a name that changes with it; without a digest for error pages, which know nothing."""
    current = request.path == stylesheet_url()
    if digest and not current:
        raise Http404
    response = HttpResponse(stylesheet_text(), content_type="text/css; charset=utf-8")
    if current:
        response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


@csrf_exempt  # it changes colours only; a token would give every reader a cookie
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in a cookie that says nothing else; an empty choice forgets it."""
    response = SeeOther(_own_path(request.POST.get("next", "")))
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
    """First step of "Væk herfra": everything this browser holds of us is thrown away, and its login is dead."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        with suppress(DatabaseError):  # nothing keeps anybody from leaving
            request.session.delete()
    response = SeeOther(reverse("left"))
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Second step: a mark without identity, so that Back shows nothing, and on to a page nobody wonders about.

    A step of its own, because Clear-Site-Data would throw the mark away as well.
    """
    response = SeeOther(settings.EXIT_URL)
    response.set_cookie(EXIT_MARK, "1", max_age=EXIT_MINUTES * 60, secure=settings.SECURE_COOKIES, samesite="Lax")
    return response


@csrf_exempt  # it takes a mark away; whoever is shown the closed page must get past it without another cookie
@require_POST
def come_back(request: HttpRequest) -> HttpResponse:
    response = SeeOther(_own_path(request.POST.get("next", "")))
    response.delete_cookie(EXIT_MARK, samesite="Lax")
    return response


# The front page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evening:
    """A session as the front page tells of it."""

    session: Session
    people: list[Profile]
    names: str
    when: str
    ends: str
    has_begun: bool
    lets_in: bool


def listed(names: list[str]) -> str:
    """Names as one says them: "Sofie", "Sofie and Amir", "Sofie, Amir and Ida"."""
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def evening(session: Session, *, now: datetime) -> Evening:
    has_begun = session.state != Session.State.LOBBY
    people = session.counsellor_profiles()
    return Evening(
        session=session,
        people=people,
        names=listed([profile.working_name for profile in people]),
        when=capfirst(time_in_words(session.starts_at, now=now)),
        ends=clock(session.ends_at),
        has_begun=has_begun,
        lets_in=is_letting_in(session, now=now),
    )


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What is open now and next, and with whom."""
    now = timezone.now()
    evenings = [evening(session, now=now) for session in Session.objects.on_front(now=now)[:SHOWN]]
    last = Session.objects.told_of(now=now).first()
    told = [evening.session.before_post_id for evening in evenings] + ([last.after_post_id] if last else [])
    return render(
        request,
        "config/front.html",
        {
            "open_now": [evening for evening in evenings if evening.lets_in],
            "coming": [evening for evening in evenings if not evening.lets_in],
            "last": last,
            "threads": Topic.objects.published().filter(board__is_open=True, warning="").exclude(title="")[:3],
            "entries": Entry.objects.published(now=now).exclude(pk__in=[pk for pk in told if pk is not None])[:3],
            "hours": settings.RETENTION_HOURS,
        },
    )


# Pages ------------------------------------------------------------------------------------------------------------


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture of a counsellor, or of a city. Its name is random; it is there until it is replaced, shown or not."""
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept and for how long, from the settings that decide it."""
    organizations = listed(list(Organization.objects.order_by("name").values_list("name", flat=True)))
    return render(
        request,
        "config/privacy.html",
        {
            "hours": settings.RETENTION_HOURS,
            "letter_days": settings.LETTER_DAYS,
            "exit_minutes": EXIT_MINUTES,
            "database_log": not settings.ON_SQLITE,
            "organizations": organizations,
        },
    )


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
