"""The doors of those who keep it true: the link in the mail, and the second person's yes to numbers."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from referrals import cards, checks, link_check, services
from referrals.checks import Answer
from referrals.forms import NumbersForm
from referrals.views.doors import StaffRequest, own_service, staff_door


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """The service as the young see it, and one button. Only pressing it changes something."""
    is_pressed = request.method == "POST"
    told = checks.confirm(token=token) if is_pressed else checks.read_token(token)
    asks = told.answer is Answer.ASKS
    service = told.service
    if service and asks and is_pressed:
        service.refresh_from_db(fields=["checked_on"])
    context = {
        "service": service,
        "asks": asks and not is_pressed,
        "is_done": asks and is_pressed,
        "is_checked_since": told.answer is Answer.CHECKED_SINCE,
        "is_changed_since": told.answer is Answer.CHANGED_SINCE,
        "card": cards.details(service, now=timezone.now()) if service and asks else None,
        "silent_links": link_check.silent_links_of([service]).get(service.pk, []) if service else [],
    }
    status = 200 if service else 410
    response = render(request, "referrals/check_confirm.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


@staff_door
@require_POST
def manage_numbers(request: StaffRequest, pk: UUID) -> HttpResponse:
    """A second person's answer to other numbers of crisis help."""
    service = own_service(request, pk)
    form = NumbersForm(request.POST)
    if form.is_valid():
        agrees = form.cleaned_data["answer"] == "yes"
        try:
            services.decide_numbers(service=service, change=form.cleaned_data["change"], agrees=agrees, by=request.user)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(
                request, _("The new numbers stand now.") if agrees else _("The numbers stay as they were.")
            )
    return redirect("referrals:manage-edit", pk=service.pk)
