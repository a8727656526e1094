"""The staff's doors, for those who keep the directory true."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import cards, link_check, permissions, services
from referrals.forms import AdoptForm, ChannelFormSet, NewServiceForm, ServiceForm
from referrals.hour_forms import Week, monday_for_weekdays
from referrals.models import NumberChange, Service
from referrals.views.doors import StaffRequest, own_service, staff_door


@staff_door
@require_safe
def manage(request: StaffRequest) -> HttpResponse:
    """What this person looks after: what should be looked at again first, then crisis help."""
    mine = Service.objects.editable_by(request.user).to_check_first()
    services_here = link_check.with_silent_links(mine.select_related("organization", "checked_by", "number_change"))
    context = {
        "services": services_here,
        "has_crisis_service": Service.objects.crisis_ready().exists(),
    }
    return render(request, "referrals/manage.html", context)


@staff_door
@require_http_methods(["GET", "HEAD", "POST"])
def manage_new(request: StaffRequest) -> HttpResponse:
    """Name, a few words, a way in and the hours; all else may wait."""
    sent = request.POST.copy() if request.method == "POST" else None
    if sent is not None and "monday" in sent:
        sent = monday_for_weekdays(sent)
    form = NewServiceForm(sent, organizations=permissions.organizations_of(request.user))
    ways = ChannelFormSet(sent)
    week = Week(data=sent, today=timezone.localdate())
    if sent is not None and week.is_valid() and form.is_valid():
        form.ask_for_hours(week)
    is_whole = sent is not None and "monday" not in sent and ways.is_valid() and form.is_valid() and week.is_valid()
    if is_whole:
        values = form.cleaned_data
        try:
            service = services.create_service(
                organization=values["organization"],
                values=values,
                channels=ways.chosen,
                schedules=week.schedules(),
                by=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("Saved. It is not shown yet: check it, then show it."))
            return redirect("referrals:manage-edit", pk=service.pk)
    return _form_page(request, form, ways, week=week)


@staff_door
def manage_edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    form = ServiceForm(request.POST or None, instance=service)
    ways = ChannelFormSet(request.POST or None, service=service)
    if request.method == "POST" and form.is_valid() and ways.is_valid():
        values = form.cleaned_data
        try:
            service = services.edit_service(
                service=service, values=values, channels=ways.chosen, checked=values["checked"], by=request.user
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _saved(service))
            return redirect("referrals:manage-edit", pk=service.pk)
    return _form_page(request, form, ways, service=own_service(request, pk))


def _saved(service: Service) -> str:
    if NumberChange.objects.filter(service=service).exists():
        return _("Saved. The numbers wait for somebody else's yes; until then the old ones stand.")
    if service.is_published:
        return _("Saved. The young see it now.")
    return _("Saved. It is not shown to the young.")


def _form_page(
    request: StaffRequest, form: Any, ways: Any, *, service: Service | None = None, week: Week | None = None
) -> HttpResponse:
    parts = [form, ways, *([week] if week else [])]
    is_bound_and_wrong = form.is_bound and not all(part.is_valid() for part in parts)
    change = NumberChange.objects.select_related("proposed_by", "service").filter(service=service).first()
    context = {
        "form": form,
        "ways": ways,
        "week": week,
        "is_wrong": is_bound_and_wrong,
        "service": service,
        "change": change,
        "may_agree": bool(change and permissions.may_agree(request.user, change)),
        "silent_links": link_check.silent_links_of([service]).get(service.pk, []) if service else [],
        "card": cards.details(service, now=timezone.now()) if service else None,
        "is_fresh": bool(service and service.is_fresh(on=timezone.localdate())),
        "adopt": AdoptForm() if service and permissions.may_adopt(request.user) else None,
    }
    return render(request, "referrals/manage_edit.html", context, status=422 if is_bound_and_wrong else 200)


def _then_back(request: StaffRequest, service: Service, verb: Callable[[], None], done: str) -> HttpResponse:
    try:
        verb()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, done)
    return redirect("referrals:manage-edit", pk=service.pk)


@staff_door
@require_POST
def manage_check(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    done = _("Checked today. Thank you.")
    return _then_back(request, service, lambda: services.check_service(service=service, by=request.user), done)


@staff_door
@require_POST
def manage_publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    done = _("The young see it now.")
    return _then_back(request, service, lambda: services.publish_service(service=service, by=request.user), done)


@staff_door
@require_POST
def manage_withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    done = _("Hidden. The young do not see it any more.")
    return _then_back(request, service, lambda: services.withdraw_service(service=service, by=request.user), done)


@staff_door
@require_POST
def manage_adopt(request: StaffRequest, pk: UUID) -> HttpResponse:
    service = own_service(request, pk)
    form = AdoptForm(request.POST)
    if not form.is_valid():
        return redirect("referrals:manage-edit", pk=service.pk)
    organization = form.cleaned_data["organization"]
    done = _("%(organization)s looks after it now.") % {"organization": organization}

    def adopt() -> None:
        services.adopt_service(service=service, organization=organization, by=request.user)

    return _then_back(request, service, adopt, done)
