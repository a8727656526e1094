from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from blog.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """What is published, to look at. Drafts are the desk's, and publishing has its rules: neither is done here."""

    list_display = ("title", "kind", "author", "published_at")
    list_filter = ("kind",)
    search_fields = ("title",)
    fields = ("title", "kind", "author", "source", "published_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return Entry.objects.published(now=timezone.now()).select_related("author")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False
