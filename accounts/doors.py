"""Who gets as far as the views behind `konto/`."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts import permissions

logger = logging.getLogger(__name__)
More = ParamSpec("More")
View = Callable[Concatenate[HttpRequest, More], HttpResponseBase]


def while_limits_hold(view: View[More]) -> View[More]:
    """Closed while the cache is away: without counted tries anybody could guess on. Help stays open, and so does
    every way of writing to a counsellor."""

    @wraps(view)
    def door(request: HttpRequest, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        try:
            cache.get("samrum-door")
        except Exception as error:  # each kind of cache has its own
            logger.warning("The login is closed, its limits cannot be counted: %s", type(error).__name__)
            return render(request, "accounts/shut.html", status=503)
        return view(request, *args, **kwargs)

    return door


def not_for_the_young(view: View[More]) -> View[More]:
    """Second factors are for staff: a profile without a mail address could lock itself out with one."""

    @wraps(view)
    def door(request: HttpRequest, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        if permissions.is_young(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door


def not_without_password(view: View[More]) -> View[More]:
    """Who comes in by the municipality's login has no password here, and gets none."""

    @wraps(view)
    def door(request: HttpRequest, *args: More.args, **kwargs: More.kwargs) -> HttpResponseBase:
        if not permissions.has_password(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door


def young_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """The pages of a profile. Staff have a card instead."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.is_young(request.user):
            raise Http404
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    return login_required(door)
