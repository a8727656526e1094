"""*Underretning* on the staff pages: tell, mark, print; and the list of what is to be sent."""

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Profile, User
from accounts.permissions import may_enter_staff_pages
from chat import permissions
from chat.forms import DutyForm
from chat.models import DutyCase, Member, Session
from chat.services import duty
from moderation.refusals import Refused

PRINT, KEEP = "print", "keep"


@login_required
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, slug: str, member: str) -> HttpResponse:
    """Three steps on one page. Printing stores nothing; keeping stores the fact and the deadline."""
    user = cast(User, request.user)
    session = get_object_or_404(Session, slug=slug)
    if not permissions.can_begin_duty_case(user, session):
        raise Http404
    young = get_object_or_404(Member.objects.young().select_related("session"), session=session, public_id=member)
    form = DutyForm(request.POST or None, member=young, user=user)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("action") == KEEP:
            return _keep(request, form, young)
        if form.cleaned_data["lines"]:
            return _print(request, form, young)
        form.add_error("lines", _("Mark at least one line, then there is something to print."))
    return _case_page(request, form, young)


def _case_page(request: HttpRequest, form: DutyForm, member: Member) -> HttpResponse:
    context = {
        "form": form,
        "member": member,
        "session": member.session,
        "lines": form.found,
        "ticked": form.ticked(),
        "wording": suggested_words(),
    }
    return render(request, "chat/duty_case.html", context, status=422 if form.errors else 200)


def suggested_words() -> str:
    """What a counsellor could whisper. In the language of the rooms, whatever the counsellor reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return _(
            "I am worried about you. So I have to tell the municipality, and then somebody can help you. I pass on "
            "what you have told me here, and nothing more. Is there something you would like to have in it? And who "
            "would you like to talk to?"
        )


def _print(request: HttpRequest, form: DutyForm, member: Member) -> HttpResponse:
    """A page to print or to copy from. It is made of the form, and nothing of it is kept."""
    user = cast(User, request.user)
    context = {
        "member": member,
        "session": member.session,
        "organization": form.cleaned_data["organization"],
        "by": name_of(user),
        "deadline_at": _deadline(form),
        "lines": form.marked(),
        "now": timezone.now(),
    }
    return render(request, "chat/duty_print.html", context)


def name_of(user: User) -> str:
    card = Profile.objects.filter(user=user).first()
    return card.working_name if card is not None and card.working_name else user.username


def _deadline(form: DutyForm) -> datetime:
    return duty.deadlines(now=timezone.now())[form.cleaned_data["deadline"]]


def _keep(request: HttpRequest, form: DutyForm, member: Member) -> HttpResponse:
    try:
        duty.register(
            session=member.session,
            member=member,
            user=cast(User, request.user),
            organization=form.cleaned_data["organization"],
            deadline_at=_deadline(form),
            now=timezone.now(),
        )
    except Refused as refused:
        form.add_error(None, str(refused.text))
        return _case_page(request, form, member)
    messages.info(request, _("The deadline is kept. The lines are not: they stand in the room until it is erased."))
    return redirect("chat:duty-cases")


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is to be sent, the first deadline first."""
    user = cast(User, request.user)
    if not may_enter_staff_pages(user):
        raise PermissionDenied
    now = timezone.now()
    rows: list[dict[str, Any]] = [
        {"case": row, "is_overdue": row.done_at is None and row.deadline_at <= now, "by": name_shown(row)}
        for row in duty.cases(user, now=now)
    ]
    context = {
        "open": [row for row in rows if row["case"].done_at is None],
        "done": [row for row in rows if row["case"].done_at is not None],
    }
    return render(request, "chat/duty_cases.html", context)


def name_shown(row: DutyCase) -> str:
    card = getattr(row.counsellor, "profile", None)
    return (card.working_name if card else "") or row.counsellor.username


@login_required
@require_POST
def sent(request: HttpRequest, pk: int) -> HttpResponse:
    """It is in the case system and on its way."""
    user = cast(User, request.user)
    row = get_object_or_404(permissions.duty_cases_in_the_hands_of(user), pk=pk)
    duty.finish(case=row, user=user, now=timezone.now())
    return redirect("chat:duty-cases")
