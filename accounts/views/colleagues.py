"""Coordinators about their colleagues: who answers in their organisations, and who is in training."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import permissions, services
from accounts.models import Membership, User

IS_TRAINEE = {"train": True, "done": False}  # by what the button says
LONGEST_NUMBER = 19  # of what a database counts


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def colleagues(request: HttpRequest) -> HttpResponse:
    """All roles of the organisations that this person coordinates. One's own training is for others to end."""
    user = cast(User, request.user)
    if not permissions.may_keep_colleagues(user):
        raise PermissionDenied
    if request.method == "POST":
        return _set(request, user)
    trained = set(permissions.trained_by(user).values_list("pk", flat=True))
    context = {"memberships": _of_colleagues(user), "trained": trained}
    return render(request, "accounts/colleagues.html", context)


def _of_colleagues(user: User) -> QuerySet[Membership]:
    kept = Membership.objects.filter(user__is_active=True, organization__in=permissions.coordinated_by(user))
    order = ("organization__name", "user__profile__working_name", "user__username", "pk")
    return kept.select_related("user__profile", "organization").order_by(*order)


def _set(request: HttpRequest, user: User) -> HttpResponse:
    membership = get_object_or_404(permissions.trained_by(user), pk=_number(request.POST.get("membership", "")))
    action = request.POST.get("action", "")
    if action not in IS_TRAINEE:
        raise BadRequest
    is_trainee = IS_TRAINEE[action]
    services.set_trainee(membership=membership, is_trainee=is_trainee)
    told = (
        _("From now on a colleague reads their letters.") if is_trainee else _("They answer letters on their own now.")
    )
    messages.info(request, told)
    return redirect("accounts:colleagues")


def _number(typed: str) -> int | None:
    """None for what is no number of anybody."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < LONGEST_NUMBER else None
