"""Coordinators look after boards and letterboxes: what they are, who reads, and what the young are promised."""

from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import coordinated_by, may_enter_staff_pages
from forum.models import Board, Letterbox
from forum.permissions import can_keep
from forum.place_forms import BoardForm, LetterboxForm
from forum.services import boards, letterboxes, places
from moderation.refusals import Refused


def _coordinator(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not may_enter_staff_pages(user) or not coordinated_by(user).exists():
        raise PermissionDenied
    return user


# Boards -----------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def board_list(request: HttpRequest) -> HttpResponse:
    kept = places.kept_by(Board, _coordinator(request)).prefetch_related("organizations")
    return render(request, "forum/staff/boards.html", {"boards": kept, "coordinates": True})


@login_required
@require_http_methods(["GET", "POST"])
def new_board(request: HttpRequest) -> HttpResponse:
    return _edit_board(request, _coordinator(request), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit_board(request: HttpRequest, pk: int) -> HttpResponse:
    user = _coordinator(request)
    board = get_object_or_404(Board, pk=pk)
    _keep(user, board)
    return _edit_board(request, user, board)


def _edit_board(request: HttpRequest, user: User, board: Board | None) -> HttpResponse:
    form = BoardForm(request.POST if request.method == "POST" else None, user=user, instance=board)
    write = partial(boards.change_board, board) if board else partial(places.open_place, Board)
    if request.method == "POST" and _is_saved(form, user, write):
        messages.info(request, _("Saved."))
        return redirect("forum:staff-boards")
    context = {"form": form, "board": board}
    return render(request, "forum/staff/board.html", context, status=422 if form.errors else 200)


# Letterboxes ------------------------------------------------------------------------------------------------------


@login_required
@require_safe
def box_list(request: HttpRequest) -> HttpResponse:
    boxes = list(
        places.kept_by(Letterbox, _coordinator(request)).order_by("name", "pk").prefetch_related("organizations")
    )
    faces = letterboxes.faces_of(boxes)
    return render(request, "forum/letters/boxes.html", {"boxes": [(box, faces[box.pk]) for box in boxes]})


@login_required
@require_http_methods(["GET", "POST"])
def new_box(request: HttpRequest) -> HttpResponse:
    return _edit_box(request, _coordinator(request), None)


@login_required
@require_http_methods(["GET", "POST"])
def edit_box(request: HttpRequest, pk: int) -> HttpResponse:
    user = _coordinator(request)
    box = get_object_or_404(Letterbox, pk=pk)
    _keep(user, box)
    return _edit_box(request, user, box)


def _edit_box(request: HttpRequest, user: User, box: Letterbox | None) -> HttpResponse:
    form = LetterboxForm(request.POST if request.method == "POST" else None, user=user, instance=box)
    write = partial(letterboxes.change_box, box) if box else letterboxes.open_box
    if request.method == "POST" and _is_saved(form, user, write):
        messages.info(request, _("Saved."))
        return redirect("letters:boxes")
    context = {"form": form, "box": box}
    return render(request, "forum/letters/box.html", context, status=422 if form.errors else 200)


# Both -------------------------------------------------------------------------------------------------------------


def _keep(user: User, place: Board | Letterbox) -> None:
    """For all but those who keep it there is nothing here."""
    if not can_keep(user, place):
        raise Http404


def _is_saved(form: BoardForm | LetterboxForm, user: User, write: Callable[..., object]) -> bool:
    """Whether it is written; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        write(user=user, words=form.cleaned_data, organizations=form.cleaned_data["organizations"])
    except Refused as refused:
        form.add_error(None, str(refused.text))
        return False
    return True
