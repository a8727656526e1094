"""The operator's door to the directory. Checking and showing happens on the staff pages, by the verbs."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import User
from referrals import permissions, second_person, services, versions
from referrals.models import Channel, Service, Topic, Version


class ChannelInline(admin.TabularInline):
    """Ways in. Those of crisis help need two people, whoever one is: they are changed on the staff pages."""

    model = Channel
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        return not _needs_two(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        return not _needs_two(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        return not _needs_two(obj) and super().has_delete_permission(request, obj)


def _needs_two(service: Service | None) -> bool:
    return service is not None and service.pk is not None and second_person.needs_two(service)


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = [
        "name",
        "organization",
        "status",
        "is_published",
        "is_crisis",
        "always_open",
        "checked_on",
        "is_demo",
    ]
    list_filter = ["is_published", "is_crisis", "status", "is_demo"]
    search_fields = ["name", "organization__name"]
    list_select_related = ["organization"]
    filter_horizontal = ["topics"]
    readonly_fields = ["is_demo", "is_published", "checked_on", "checked_by", "last_modified"]
    inlines = [ChannelInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        """What is there becomes crisis help, or ends being it, on the staff pages alone."""
        return [*self.readonly_fields, *(["is_crisis"] if obj else [])]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Whoever may open the admin without running the installation finds the rows of their organisations here."""
        everything: Any = super().get_queryset(request)
        return everything.editable_by(request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organization":
            kwargs["queryset"] = permissions.organizations_of(cast(User, request.user))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Service, form: Any, change: bool) -> None:
        if change:
            versions.record_beginning(Service.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A fact that changes here takes the check away, as everywhere."""
        super().save_related(request, form, formsets, change)
        channels_changed = any(formset.has_changed() for formset in formsets)
        if channels_changed or not set(services.FACTS).isdisjoint(form.changed_data):
            services.forget_check(service=form.instance)
        what = Version.What.EDITED if change else Version.What.CREATED
        versions.record(form.instance, what, by=cast(User, request.user), now=None)


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """The vocabulary is everybody's: only those who run the installation change it."""

    list_display = ["name", "name_en", "code", "position"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.administers(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        return permissions.administers(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        return permissions.administers(request.user)
