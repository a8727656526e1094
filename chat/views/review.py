""" "Bed en anden voksen se på det": the page of who was sanctioned, and the list of those who look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import is_over
from accounts.models import Profile, User
from accounts.moments import clock, time_in_words
from accounts.permissions import may_enter_staff_pages
from chat import permissions
from chat.entrance import shut_out
from chat.forms import ReviewForm
from chat.models import REVIEW_KEPT, Member, Review, Session
from chat.places import REVIEW, token_in
from chat.services import crisis, reviews
from moderation.refusals import Refused
from referrals.cards import help_now

ASKED = "60/m"


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words."""

    at: datetime | None
    what: str
    reason: str


# The one it happened to -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for another adult, and read the answer on the same page. Nobody else learns that there is such a page."""
    session = get_object_or_404(Session, slug=slug)
    member = Member.objects.by_place(session, token_in(request.COOKIES))
    asking = member if member is not None and reviews.can_ask(member) else None
    if request.method == "POST" and asking is not None:
        return _ask(request, session, asking)
    asked = reviews.find(session=session, member=member, token=token_in(request.COOKIES, REVIEW), now=timezone.now())
    if asked:
        return redirect("chat:review", slug) if request.method == "POST" else _asked(request, session, member, asked)
    return _gone(request, session) if asking is None else _form(request, session, asking)


def _form(
    request: HttpRequest, session: Session, member: Member, *, words: str = "", error: object = ""
) -> HttpResponse:
    now = timezone.now()
    context = {
        "session": session,
        "steps": told_steps(reviews.new_steps(member)),
        "words": words,
        "error": error,
        "longest": reviews.LONGEST,
        "hours": int(REVIEW_KEPT.total_seconds() // 3600),
        "help_cards": help_now(now=now, limit=3),
    }
    return render(request, "chat/review.html", context, status=422 if error else 200)


def _ask(request: HttpRequest, session: Session, member: Member) -> HttpResponse:
    if is_over(request, group="review", rate=ASKED):
        return render(request, "429.html", status=429)
    words = request.POST.get("words", "")
    try:
        token = reviews.ask(session=session, member=member, words=words, now=timezone.now())
    except Refused as refused:
        return _form(request, session, member, words=words, error=refused.text)
    response = redirect("chat:review", session.slug)
    response.set_cookie(
        REVIEW,
        token,
        max_age=REVIEW_KEPT,  # the place may be erased and the browser closed before somebody answers
        path=reverse("chat:session", args=[session.slug]),
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return response


def _asked(request: HttpRequest, session: Session, member: Member | None, asked: list[Review]) -> HttpResponse:
    """That the latest waits, or its answer; and when more was done since, the way to ask about that.

    Bans that were wrong are lifted from this browser.
    """
    for each in asked:
        reviews.lift_ban(review=each, cookies=request.COOKIES)
    now = timezone.now()
    review, *earlier = asked
    context = {
        "session": session,
        "review": review,
        "earlier": [each for each in earlier if each.answered_at is not None],
        "can_ask": member is not None and reviews.can_ask(member),
        "steps": told_steps(reviews.new_steps(member)) if member is not None else [],
        "by": Profile.objects.filter(user=review.answered_by_id).first() if review.answered_by_id else None,
        "was_wrong": review.outcome == Review.Outcome.CHANGED,
        "is_open_again": bool(reviews.ban_ends(review))
        and shut_out(session, member, request.COOKIES, now=now) != permissions.BANNED,
        "is_acute": is_acute(review),
        "gone_at": reviews.gone_at(review),
        "help_cards": help_now(now=now, limit=3),
    }
    return render(request, "chat/review_asked.html", context)


def _gone(request: HttpRequest, session: Session) -> HttpResponse:
    """For a browser that asked once, plain words; for all others there is nothing here."""
    if not token_in(request.COOKIES, REVIEW):
        raise Http404
    response = render(
        request, "chat/review_gone.html", {"help_cards": help_now(now=timezone.now(), limit=3)}, status=410
    )
    response.delete_cookie(REVIEW, path=reverse("chat:session", args=[session.slug]), samesite="Lax")
    return response


def is_acute(review: Review) -> bool:
    """Help comes first (law 7), here too."""
    return crisis.level_of(review.words, writer="young") == crisis.ACUTE


# The steps in words -----------------------------------------------------------------------------------------------


def told_steps(steps: list[dict[str, Any]]) -> list[Step]:
    """To the one they were about."""
    return [_in_words(step, _told(step)) for step in steps]


def named_steps(steps: list[dict[str, Any]]) -> list[Step]:
    """To the staff, by the names of the ladder."""
    return [_in_words(step, _named(step)) for step in steps]


def _in_words(step: Mapping[str, Any], what: str) -> Step:
    return Step(at=parse_datetime(step["at"]), what=what, reason=step.get("reason") or "")


def _until(step: Mapping[str, Any]) -> datetime | None:
    return parse_datetime(step["until"]) if step.get("until") else None


def _told(step: Mapping[str, Any]) -> str:
    until = _until(step)
    if step["type"] == "member.muted" and until:
        return _("You could not write until %(time)s.") % {"time": clock(until)}
    if step["type"] == "member.banned" and until:
        return _("The chats were closed to you until %(when)s.") % {"when": time_in_words(until, now=timezone.now())}
    return {
        "member.warned": _("You got a warning."),
        "member.muted": _("You could not write."),
        "member.unmuted": _("You could write again."),
        "member.protected": _("What you wrote was put aside."),
        "member.unprotected": _("What you write is shown again."),
        "member.kicked": _("You were put out of the chat."),
        "member.banned": _("The chats were closed to you."),
    }[step["type"]]


def _named(step: Mapping[str, Any]) -> str:
    until = _until(step)
    if step["type"] == "member.muted" and until:
        return _("Mute until %(time)s") % {"time": clock(until)}
    if step["type"] == "member.banned" and until:
        return _("Ban until %(when)s") % {"when": time_in_words(until, now=timezone.now())}
    if step["type"] == "member.kicked" and step.get("ground") == "harassment":
        return _("Kick, for harassing one person")
    if step["type"] == "member.kicked":
        return _("Kick, for sowing discord")
    return {
        "member.warned": _("Warning"),
        "member.muted": _("Mute until lifted"),
        "member.unmuted": _("Mute lifted"),
        "member.protected": _("Protected"),
        "member.unprotected": _("Protection ended"),
        "member.banned": _("Ban"),
    }[step["type"]]


# Those who look at it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A review in the list."""

    review: Review
    is_acute: bool
    gone_at: datetime


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Reviews that this person may answer, the oldest first."""
    user = cast(User, request.user)
    if not may_enter_staff_pages(user):
        raise PermissionDenied
    mine = permissions.reviews_in_the_hands_of(user, now=timezone.now()).select_related("session")
    rows = [Row(review, is_acute(review), reviews.gone_at(review)) for review in mine.order_by("asked_at", "pk")]
    context = {
        "waiting": [row for row in rows if row.review.answered_at is None],
        "answered": [row for row in rows if row.review.answered_at is not None],
    }
    return render(request, "chat/reviews.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: what was done, what was written, and the answer to it. For an actor it is not there."""
    user = cast(User, request.user)
    mine = permissions.reviews_in_the_hands_of(user, now=timezone.now())
    review = get_object_or_404(mine.select_related("session", "member"), pk=pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reviews.answer(review=review, user=user, now=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, _("Answered. The young person reads it on their own page."))
            return redirect("chat:reviews")
    return _review_page(request, review, form)


def _review_page(request: HttpRequest, review: Review, form: ReviewForm) -> HttpResponse:
    review.refresh_from_db()
    taken = {step["type"] for step in review.steps}
    member = review.member
    context = {
        "review": review,
        "form": form,
        "steps": named_steps(review.steps),
        "lines": [{"at": parse_datetime(line["at"]), "text": line["text"]} for line in review.lines],
        "is_acute": is_acute(review),
        "gone_at": reviews.gone_at(review),
        "is_banned": "member.banned" in taken,
        "is_muted": member is not None and member.is_muted(now=timezone.now()),
        "can_enter": permissions.is_rostered(cast(User, request.user), review.session),
    }
    return render(request, "chat/review_answer.html", context, status=422 if form.errors else 200)
