"""What the operator sees: accounts and organisations. Never what anybody wrote."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.models import Membership, Organization, Profile, User

admin.site.unregister(Group)  # came in with Django's own page of users; roles are memberships here


class UserCreationForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = UserCreationForm
    list_display = ("username", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__organization")
    search_fields = ("username", "profile__working_name")
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    inlines = (MembershipInline,)
    actions = ("take_away_second_factor", "end_sessions")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Profiles of the young are nobody's to look at (law 8)."""
        return User.objects.staff()

    @admin.action(description=_("Second factor lost: let them set it up anew"), permissions=["change"])
    def take_away_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.take_away_second_factor(user=user)
        self._say(
            request,
            ngettext(
                "%d person sets up the second factor at the next login.",
                "%d people set up the second factor at the next login.",
                len(queryset),
            )
            % len(queryset),
        )

    @admin.action(description=_("Log out everywhere"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.end_sessions(user=user)
        self._say(
            request,
            ngettext("%d person is logged out.", "%d people are logged out.", len(queryset)) % len(queryset),
        )

    def _say(self, request: HttpRequest, text: str) -> None:
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "municipality_code")
    list_filter = ("kind",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ("user", "organization", "role", "is_trainee")
    list_filter = ("organization", "role", "is_trainee")


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):
    """The words of the card. The picture is the counsellor's own to set: this page would take it as it is."""

    list_display = ("working_name", "role_title", "user")
    fields = ("user", "working_name", "role_title", "about")
