"""Closed doors: marks on networks, bans of browsers, and those who knock. Nothing here leads to a member."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from chat.models.ids import random_id
from chat.models.sessions import Session


class MarkQuerySet(models.QuerySet["Mark"]):
    def holding(self, *, now: datetime) -> "MarkQuerySet":
        return self.filter(expires_at__gt=now)


class Mark(models.Model):
    """A network whose newcomers knock first (`ban`), or whose first messages are read first (`watch`).

    All there is of the network is a keyed digest, and another of the area around it (`services.marks`); the key of
    `day` lies outside the database and is destroyed after two days. A mark of a ban counts in all chats of its
    organisations, one of a watch in its session until that ends.
    """

    class Kind(models.TextChoices):
        BAN = "ban", _("after a ban")
        WATCH = "watch", _("watch")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    network = models.CharField(max_length=32)
    area = models.CharField(max_length=32, blank=True, default="", db_default="")
    day = models.DateField()  # whose key made the digests
    organizations = models.ManyToManyField(Organization, related_name="marks")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="marks")
    set_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="mark_by_network", fields=["network"])]
        constraints = [
            models.CheckConstraint(
                name="a_watch_belongs_to_a_session",
                condition=Q(kind="ban", session__isnull=True) | Q(kind="watch", session__isnull=False),
            ),
            models.CheckConstraint(
                name="a_mark_lasts_a_day_at_most",
                condition=Q(expires_at__lte=F("set_at") + timedelta(hours=24)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.expires_at:%H:%M}"


class Ban(models.Model):
    """A browser that chats of these organisations stay closed to: the hash of its ban cookie, and nothing of whom."""

    token_hash = models.CharField(max_length=64, unique=True)
    organizations = models.ManyToManyField(Organization, related_name="bans")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d}"


class Knock(models.Model):
    """Somebody at a closed door, whom a counsellor lets in or not."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="knocks")
    public_id = models.CharField(max_length=32, default=random_id)
    token_hash = models.CharField(max_length=64, unique=True)
    knocked_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    is_let_in = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="knock_public_id_once", fields=["session", "public_id"])]

    def __str__(self) -> str:
        return self.public_id
