"""The staff's door to what stood on a service before: look into it, and go back in it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.moments import clock, day_in_words
from referrals import changes, services
from referrals.models import Service, Topic, Version
from referrals.uptake import months_of
from referrals.views.doors import StaffRequest, own_service, staff_door


@dataclass(frozen=True, slots=True)
class Line:
    """One version as the page tells it. Without `changes` nothing of what people write was another."""

    pk: int
    what: str
    when: str
    who: str
    changes: list[changes.Change]
    is_current: bool


@staff_door
@require_safe
def manage_history(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    own = Version.objects.editable_by(request.user).filter(service=service)
    found = list(own.select_related("made_by__profile").prefetch_related("made_by__memberships"))
    context = {
        "uptake": months_of(service),
        "service": service,
        "lines": _lines(service, found, timezone.now()),
        "seen": found[0].pk if found else None,
        "is_shown": Service.objects.shown().filter(pk=service.pk).exists(),
    }
    return render(request, "referrals/manage_history.html", context)


def _lines(service: Service, found: list[Version], now: datetime) -> list[Line]:
    """The latest first; each with what is another than in the one before it."""
    topics = {topic.code: topic.label for topic in Topic.objects.all()}
    lines = []
    for version, before in zip_longest(found, found[1:]):
        day = timezone.localdate(version.made_at)
        told = changes.between(before.content, version.content, topics=topics, today=day) if before else []
        lines.append(
            Line(
                pk=version.pk,
                what=version.get_what_display(),
                when=_("%(day)s at %(clock)s")
                % {"day": day_in_words(version.made_at, now=now), "clock": clock(version.made_at)},
                who=_who(version.made_by, service),
                changes=told,
                is_current=version.content == found[0].content,
            )
        )
    return lines


def _who(user: User | None, service: Service) -> str:
    """By the name that colleagues know. Nobody of another organisation is named: the service may have been theirs."""
    if user is None:
        return _("came with Samrum")
    if any(membership.organization_id == service.organization_id for membership in user.memberships.all()):
        profile = getattr(user, "profile", None)
        return (profile.working_name if profile else "") or user.get_short_name()
    return _("the administrators") if user.is_superuser else _("somebody who is not in your organisation")


@staff_door
@require_POST
def manage_take_back(request: StaffRequest, pk: UUID, number: int) -> HttpResponse:
    """Let it stand as in that version. `seen`: the last version that was on the page whose button was pressed."""
    service = own_service(request, pk)
    version = get_object_or_404(Version.objects.editable_by(request.user).filter(service=service), pk=number)
    seen = request.POST.get("seen", "")
    back = "referrals:manage-hours" if request.POST.get("then") == "hours" else "referrals:manage-history"
    try:
        service = services.take_back(
            service=service, version=version, by=request.user, seen=int(seen) if seen.isdecimal() else None
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("referrals:manage-history", pk=service.pk)
    if back == "referrals:manage-history":
        messages.success(request, _taken_back(service))
    return redirect(back, pk=service.pk)


def _taken_back(service: Service) -> str:
    if service.is_published:
        return _("Taken back. The young see it now.")
    return _("Taken back. The young see it when somebody has checked it and shown it.")
