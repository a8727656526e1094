"""Coordinators look after boards: what they are about, who reads, and what the young are promised."""

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
from forum.models import Board
from forum.permissions import can_keep
from forum.services import boards
from forum.services.letterboxes import organizations_of
from forum.staff_forms import BoardForm
from moderation.refusals import Refused


def _coordinator(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not may_enter_staff_pages(user) or not organizations_of(user).exists():
        raise PermissionDenied
    return user


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    kept = boards.kept_by(_coordinator(request)).prefetch_related("organizations")
    return render(request, "forum/staff/boards.html", {"boards": kept, "coordinates": True})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, _coordinator(request), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = _coordinator(request)
    board = get_object_or_404(Board, pk=pk)
    if not can_keep(user, board):
        raise Http404
    return _edit(request, user, board)


def _edit(request: HttpRequest, user: User, board: Board | None) -> HttpResponse:
    form = BoardForm(request.POST if request.method == "POST" else None, user=user, instance=board)
    if form.is_valid():
        words, chosen = form.cleaned_data, form.cleaned_data["organizations"]
        try:
            if board is None:
                boards.open_board(user=user, words=words, organizations=chosen)
            else:
                boards.change_board(board=board, user=user, words=words, organizations=chosen)
        except Refused as refused:
            form.add_error(None, str(refused.text))
        else:
            messages.info(request, _("Saved."))
            return redirect("forum:staff-boards")
    context = {"form": form, "board": board}
    return render(request, "forum/staff/board.html", context, status=422 if form.errors else 200)
