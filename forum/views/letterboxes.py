"""Coordinators look after letterboxes: who answers, how soon, whether a colleague reads along."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import may_enter_staff_pages
from forum.letter_forms import LetterboxForm
from forum.models import Letterbox
from forum.permissions import can_keep
from forum.services import letterboxes
from moderation.refusals import Refused


def _coordinator(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not may_enter_staff_pages(user) or not letterboxes.organizations_of(user).exists():
        raise PermissionDenied
    return user


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    boxes = list(letterboxes.kept_by(_coordinator(request)).prefetch_related("organizations"))
    faces = letterboxes.faces_of(boxes)
    return render(request, "forum/letters/boxes.html", {"boxes": [(box, faces[box.pk]) for box in boxes]})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, _coordinator(request), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = _coordinator(request)
    box = get_object_or_404(Letterbox, pk=pk)
    if not can_keep(user, box):
        raise Http404
    return _edit(request, user, box)


def _edit(request: HttpRequest, user: User, box: Letterbox | None) -> HttpResponse:
    form = LetterboxForm(request.POST if request.method == "POST" else None, user=user, instance=box)
    if form.is_valid():
        words, chosen = form.cleaned_data, form.cleaned_data["organizations"]
        try:
            if box is None:
                letterboxes.open_box(user=user, words=words, organizations=chosen)
            else:
                letterboxes.change_box(box=box, user=user, words=words, organizations=chosen)
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, _("Saved."))
            return redirect("letters:boxes")
    context = {"form": form, "box": box}
    return render(request, "forum/letters/box.html", context, status=422 if form.errors else 200)
