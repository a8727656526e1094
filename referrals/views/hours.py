"""The staff's door to the hours of a service: write them, see them as the young will, save, take back."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.moments import clock
from referrals import cards, services, versions
from referrals.hour_forms import HoursForms, monday_for_weekdays, one_more_special_row
from referrals.models import Service, Version
from referrals.views.doors import StaffRequest, own_service, staff_door

PREVIEW_AT = time(17)  # when most are home from school, and most services close
JUST_NOW = timedelta(hours=1)  # for so long the page offers to take back what one has saved oneself


@staff_door
@require_http_methods(["GET", "HEAD", "POST"])
def manage_hours(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The week, special days and holidays. Only the button "Save" writes anything."""
    service, now = own_service(request, pk), timezone.now()
    sent = _sent(request)
    forms = _forms(service, sent, now)
    refused = ""
    if sent is not None and forms.is_valid():
        service.tried_out = forms.timetable
        if "save" in sent:
            seen = forms.year.cleaned_data["seen"] or None
            try:
                services.set_hours(service=service, **forms.values, by=request.user, seen=seen, now=now)
            except ValidationError as refusal:
                refused = " ".join(refusal.messages)
                # The page tells what the others saved; who saves once more has read it.
                sent["seen"] = versions.mark_of_hours(own_service(request, pk))
                forms = _forms(service, sent, now)
            else:
                return redirect("referrals:manage-hours", pk=service.pk)
    is_wrong = sent is not None and not forms.is_valid()
    context = {
        "service": service,
        "forms": forms,
        "refused": refused,
        "now_kept": cards.details(own_service(request, pk), now=now) if refused else None,
        "is_wrong": is_wrong,
        "is_sent": sent is not None,
        "card": cards.details(service, now=_at(now, PREVIEW_AT)),
        "saved": _just_saved(request, service, now) if sent is None else None,
    }
    return render(request, "referrals/manage_hours.html", context, status=422 if is_wrong or refused else 200)


def _sent(request: StaffRequest) -> QueryDict | None:
    """What was sent, with what the smaller buttons add to it."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    if "monday" in sent:
        return monday_for_weekdays(sent)
    return one_more_special_row(sent) if "more" in sent else sent


def _forms(service: Service, sent: QueryDict | None, now: datetime) -> HoursForms:
    mark = versions.mark_of_hours(service)
    return HoursForms(service, mark=mark, today=timezone.localdate(now), data=sent)


@dataclass(frozen=True, slots=True)
class Saved:
    """What this person has just done to the hours, and the version that Undo takes back."""

    words: str
    is_shown: bool
    seen: int
    before: int | None


def _just_saved(request: StaffRequest, service: Service, now: datetime) -> Saved | None:
    found: list[Version] = list(service.versions.all()[:2])
    last = found[0] if found else None
    if last is None or last.made_by_id != request.user.pk or now - last.made_at > JUST_NOW:
        return None
    is_shown = Service.objects.shown().filter(pk=service.pk).exists()
    words: dict[str, Any] = {"clock": clock(last.made_at)}
    if last.what == Version.What.HOURS:
        before = found[1].pk if len(found) > 1 else None
        shown = _("Shown to the young since %(clock)s.") % words
        return Saved(shown if is_shown else _hidden(words), is_shown, last.pk, before)
    if last.what == Version.What.TAKEN_BACK:
        shown = _("Taken back. The young see the earlier version since %(clock)s.") % words
        return Saved(shown if is_shown else _hidden(words), is_shown, last.pk, None)
    return None


def _hidden(words: dict[str, Any]) -> str:
    return _("Saved at %(clock)s. The young do not see this service yet.") % words


def _at(now: datetime, clock_time: time) -> datetime:
    """That time of the same day, in Denmark."""
    return timezone.localtime(now).replace(hour=clock_time.hour, minute=clock_time.minute, second=0, microsecond=0)
