from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from moderation.ids import random_slug

if TYPE_CHECKING:
    from accounts.models import User


def random_public_id() -> str:
    """A name for addresses that says nothing: ten letters and digits, 50 random bits."""
    return random_slug(10)


class EntryQuerySet(models.QuerySet["Entry"]):
    def published(self, *, now: datetime) -> "EntryQuerySet":
        """Entries that anybody may read, newest first."""
        return self.filter(published_at__lte=now).order_by("-published_at", "-pk")

    def with_author(self) -> "EntryQuerySet":
        """Together with the card of whoever signs them: what every page that shows entries needs."""
        return self.select_related("author__profile")

    def notes_in_the_hands_of(self, user: "User") -> "EntryQuerySet":
        """Notes that `user` wrote, or that people wrote whose organisation they coordinate; the unfinished first."""
        coordinates = Membership.objects.filter(
            user_id=user.pk,
            role=Membership.Role.COORDINATOR,
            organization__memberships__user=models.OuterRef("author"),
        )
        own = models.Q(author_id=user.pk)
        return self.filter(own | models.Exists(coordinates), kind=Entry.Kind.NOTE).order_by(
            models.F("published_at").desc(nulls_first=True), "-pk"
        )


class Entry(models.Model):
    """A counsellor's blog post: one of a session's two, or a note of its own.

    `html` is rendered and sanitised when the source is saved, never when it is read.
    """

    class Kind(models.TextChoices):
        BEFORE = "before", _("Before a chat")
        AFTER = "after", _("After a chat")
        NOTE = "note", _("From the counsellors")

    public_id = models.CharField(max_length=16, unique=True, default=random_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.NOTE)
    title = models.CharField(_("title"), max_length=120)
    source = models.TextField(_("text"), max_length=20_000, blank=True)
    html = models.TextField(editable=False, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="entries")
    # Whose words stand there now: a second reading is by somebody else.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("blog post")
        verbose_name_plural = _("blog posts")
        constraints = [
            models.CheckConstraint(
                name="published_entry_has_text",
                condition=models.Q(published_at__isnull=True) | ~models.Q(html=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def opening(self) -> str:
        """Its words without the markup, for lists."""
        return unescape(strip_tags(self.html))

    @property
    def is_published(self) -> bool:
        return self.published_at is not None
