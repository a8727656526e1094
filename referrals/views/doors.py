"""What stands before every staff page of the directory: who comes in, and whose rows they find there."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from accounts.models import User
from referrals import permissions
from referrals.models import CityPage, Service

View = Callable[..., HttpResponse]


class StaffRequest(HttpRequest):
    """What comes through the door: somebody is logged in."""

    user: User


def staff_door(view: View) -> View:
    """Only those who may open the directory's staff pages; which services they find there is in each fetch."""

    @wraps(view)
    @never_cache
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not permissions.may_open_manage(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door


def own_service(request: StaffRequest, pk: UUID) -> Service:
    """404 for the services of others: whether they exist is nobody's business."""
    return get_object_or_404(Service.objects.editable_by(request.user).with_details(), pk=pk)


def own_city_page(request: StaffRequest, page_pk: UUID) -> CityPage:
    """404 for the pages of other cities, and for a colleague who does not write for this one."""
    page = get_object_or_404(CityPage.objects.editable_by(request.user).with_cities(), pk=page_pk)
    if not permissions.may_edit_city(request.user, page):
        raise Http404
    return page
