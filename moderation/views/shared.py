"""What the pages of the one desk have in common."""

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from moderation.permissions import may_use_desk

View = Callable[..., HttpResponse]


def desk_required(view: View) -> View:
    """For counsellors and coordinators; others of the staff are told that it is not for them."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_use_desk(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)
