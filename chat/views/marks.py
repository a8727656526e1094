"""The marks that hold on networks, for those whose chats they close: since when and until when, never whose."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.moments import time_in_words
from chat.models import Mark
from chat.models.marks import MarkQuerySet
from chat.permissions import can_plan, planning_organizations
from chat.services import logbook, marks

WORTH_IT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A mark, and how long it could hold when it is renewed now; None when that is no longer than it does."""

    mark: Mark
    houses: list[str]
    longest: datetime | None


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not can_plan(user):
        raise PermissionDenied
    if request.method == "POST":
        return _carry_out(request, user)
    now = timezone.now()
    held = _marks_of(user, now).prefetch_related("organizations").select_related("session").order_by("expires_at", "pk")
    return render(request, "chat/marks.html", {"rows": [_row(mark, now) for mark in held]})


def _marks_of(user: User, now: datetime) -> MarkQuerySet:
    """Marks of the organisations that `user` works for as a counsellor or a coordinator."""
    return Mark.objects.holding(now=now).filter(organizations__in=planning_organizations(user)).distinct()


def _row(mark: Mark, now: datetime) -> Row:
    longest = marks.longest(mark, now=now)
    is_longer = mark.kind == Mark.Kind.BAN and longest > mark.expires_at + WORTH_IT
    return Row(
        mark=mark,
        houses=sorted(house.name for house in mark.organizations.all()),
        longest=longest if is_longer else None,
    )


@transaction.atomic
def _carry_out(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    number = request.POST.get("mark", "")
    known = _marks_of(user, now)
    mark = get_object_or_404(known, pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0)
    if request.POST.get("action") == "lift":
        logbook.note_mark(user=user, mark=mark, action="mark_lift", now=now)
        marks.lift(mark)
        messages.success(request, _("The mark is gone. Newcomers from there come in as all others do."))
    elif mark.kind == Mark.Kind.BAN:
        _renew(request, user, mark, now)
    return redirect("chat:marks")


def _renew(request: HttpRequest, user: User, mark: Mark, now: datetime) -> None:
    if marks.renew(mark, now=now):
        logbook.note_mark(user=user, mark=mark, action="mark_renew", now=now)
        until = time_in_words(mark.expires_at, now=now)
        messages.success(request, _("The mark holds until %(when)s.") % {"when": until})
    else:
        messages.info(request, _("Somebody has just lifted that mark. It is gone."))
