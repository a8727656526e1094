"""The operator's door: Django admin behind the staff's login and second factor."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts import permissions


class Drift(AdminSite):
    site_title = site_header = "Samrum"
    index_title = _("Operation")

    def has_permission(self, request: HttpRequest) -> bool:
        return permissions.may_enter_admin(request.user)

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Never the admin's own form, which asks for no second factor: the staff's login, then back."""
        return super().login(request, extra_context)
